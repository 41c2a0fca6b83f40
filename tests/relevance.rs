//! The demo knowledge base answers the labelled questions of `tests/relevance` as well as agreed, in every language.

use std::path::Path;

use mondo::encoder::{EncoderSettings, ModelError, ModelFolder};
use mondo::evaluation::{EvaluationSet, Report, SetReport, check_labels, predict, read_questions};
use mondo::knowledge::{ArticleId, Readership, load_folder};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{
    Asked, Decision, Engine, Fusion, Question, Routing, SecondOpinion, Snapshot, Thresholds,
};

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

/// Questions that mean something else on each page, and articles that must be meant on their own pages.
const AMBIGUOUS: &[(&str, &[&str])] = &[
    ("How long does it take?", &["identity-time", "ticket-time"]),
    ("どのくらいかかりますか", &["identity-time", "ticket-time"]),
    ("要多久？", &["identity-time", "ticket-time"]),
    ("얼마나 걸리나요?", &["identity-time", "ticket-time"]),
];

/// Questions that mean the same wherever they are asked.
const CLEAR: &[(&str, &str)] = &[
    (
        "How do I turn on two-factor authentication?",
        "two-factor-setup",
    ),
    ("出金手数料はいくらですか", "withdrawal-fees"),
    ("비밀번호를 잊어버렸어요", "password-reset"),
    ("怎么充值", "deposit-how"),
];

const FLOORS: [Floor; 4] = [
    Floor {
        language: "en",
        accuracy_at_1: 0.94,
        accuracy_at_3: 0.98,
        auroc: 0.92,
        answer_precision: 0.95,
        answered_rightly: 0.60,
    },
    Floor {
        language: "zh",
        accuracy_at_1: 0.92,
        accuracy_at_3: 0.98,
        auroc: 0.96,
        answer_precision: 0.95,
        answered_rightly: 0.80,
    },
    Floor {
        language: "ja",
        accuracy_at_1: 0.95,
        accuracy_at_3: 0.98,
        auroc: 0.95,
        answer_precision: 0.95,
        answered_rightly: 0.75,
    },
    Floor {
        language: "ko",
        accuracy_at_1: 0.92,
        accuracy_at_3: 0.97,
        auroc: 0.90,
        answer_precision: 0.95,
        answered_rightly: 0.50,
    },
];

#[test]
fn every_label_names_an_article() {
    let set = demo_set();
    check_labels(&set.questions, &set.knowledge).expect("labels name articles of the demo base");
    assert!(
        set.questions.len() >= 900,
        "{} questions",
        set.questions.len()
    );
}

/// What an engine of the first encoder makes of a question asked on the page of an article.
fn asked_on(engine: &Engine, question: &str, reading: Option<&str>) -> Decision {
    let question = Question::parse(question).expect("a question");
    let asked = Asked {
        question: &question,
        priors: &Priors::default(),
        forced: None,
        fallback: Language::English,
        today: DAY,
        readership: Readership::anybody(),
    };
    let reading = reading.map(ArticleId::new);
    let outcome = engine.ask_on_page(&asked, reading.as_ref());
    let outcome = outcome.expect("the engine decides");
    outcome.decision
}

#[test]
fn in_doubt_the_page_says_what_is_meant_and_a_clear_question_is_left_alone() {
    let encoder = ModelFolder::built_in()
        .and_then(|folder| folder.load(&EncoderSettings::default()))
        .expect("the built-in model is sound");
    let snapshot = Snapshot::build(demo_set().knowledge, encoder.as_ref()).expect("an index");
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("the built-in fusion is sound"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    );
    let answer = |question: &str, reading: Option<&str>| match asked_on(&engine, question, reading)
    {
        Decision::Answer { answer, .. } => Some(answer.article.as_str().to_owned()),
        _ => None,
    };
    for (question, pages) in AMBIGUOUS {
        for page in *pages {
            let told = answer(question, Some(page));
            assert_eq!(told.as_deref(), Some(*page), "{question}");
        }
    }
    for (question, right) in CLEAR {
        assert_eq!(
            answer(question, None).as_deref(),
            Some(*right),
            "{question}"
        );
        for page in ["identity-time", "ticket-time", "trading-fees"] {
            let told = answer(question, Some(page));
            assert_eq!(told.as_deref(), Some(*right), "{question} on {page}");
        }
    }
    // What no article answers is answered on no page.
    for page in ["identity-time", "ticket-time", "trading-fees"] {
        assert_eq!(
            answer("What is the weather in Paris?", Some(page)),
            None,
            "{page}"
        );
    }
}

#[test]
fn the_agreed_figures_hold_in_every_language() {
    let report = measure();
    let mut shortfalls = Vec::new();
    for floor in FLOORS {
        let metrics = report
            .languages
            .get(floor.language)
            .expect("questions in every language");
        let decisions = metrics.decisions;
        for (figure, found, agreed) in [
            ("accuracy@1", metrics.accuracy_at_1, floor.accuracy_at_1),
            ("accuracy@3", metrics.accuracy_at_3, floor.accuracy_at_3),
            ("AUROC", metrics.auroc, floor.auroc),
            (
                "precision of answers",
                decisions.answer_precision,
                floor.answer_precision,
            ),
            (
                "share answered rightly",
                decisions.in_scope_answered_rightly,
                floor.answered_rightly,
            ),
        ] {
            // Nothing answered has no precision, and is as bad as everything answered wrongly.
            let found = found.unwrap_or(0.0);
            if found < agreed {
                shortfalls.push(format!(
                    "{}: {figure} is {found:.4}, agreed {agreed:.4}",
                    floor.language
                ));
            }
        }
    }
    let table = Report {
        sets: vec![report],
        ..Report::default()
    }
    .table();
    println!("{table}");
    assert!(shortfalls.is_empty(), "{}\n{table}", shortfalls.join("\n"));
}

fn measure() -> SetReport {
    let set = demo_set();
    let settings = EncoderSettings::default();
    let load = |folder: Result<ModelFolder, ModelError>| {
        folder
            .and_then(|folder| folder.load(&settings))
            .expect("the built-in models are sound")
    };
    let encoder = load(ModelFolder::built_in());
    let second = SecondOpinion {
        encoder: load(ModelFolder::built_in_second()),
        fusion: Fusion::built_in_for_both().expect("the built-in fusion is sound"),
        sure_from: SecondOpinion::SURE,
    };
    let snapshot =
        Snapshot::build(set.knowledge.clone(), encoder.as_ref()).expect("an index in memory");
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("the built-in fusion is sound"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    )
    .with_second_opinion(second);
    engine.prepare_second().expect("vectors in memory");
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
