//! How well questions in four languages are gathered: made questions whose matters are known, with both encoders and with
//! the first alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::clusters::Nearness;
use super::report::{NEAR, NEAR_BY_FIRST, gather_vectors};
use crate::encoder::{Embedding, EncoderSettings, Mode, ModelFolder};
use crate::knowledge::load_folder;
use crate::language::{Detector, Language};
use crate::pipeline::{Engine, Fusion, Routing, SecondOpinion, Snapshot, Thresholds};

struct Made {
    matter: String,
    language: Language,
    text: &'static str,
}

fn made_questions() -> Vec<Made> {
    let lines = include_str!("../../../tests/insights/questions.tsv").lines();
    lines
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#'))
        .map(|(number, line)| {
            let [matter, language, text] = line
                .split('\t')
                .collect::<Vec<_>>()
                .try_into()
                .expect("three columns");
            Made {
                matter: match matter {
                    "-" => format!("line {number}"),
                    matter => matter.to_owned(),
                },
                language: Language::from_tag(language).expect("one of the four"),
                text,
            }
        })
        .collect()
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn engine(with_second: bool) -> Engine {
    let knowledge = load_folder(&folder("tests/knowledge"))
        .and_then(|loaded| loaded.into_served())
        .expect("a base that can be served");
    let settings = EncoderSettings {
        mode: if with_second {
            Mode::Default
        } else {
            Mode::Fast
        },
        ..EncoderSettings::default()
    };
    let encoder = ModelFolder::chosen(&settings)
        .and_then(|folder| folder.load(&settings))
        .expect("ships with the binary");
    let second = ModelFolder::chosen_second(&settings).expect("ships with the binary");
    let second = second.map(|folder| SecondOpinion {
        encoder: folder.load(&settings).expect("ships with the binary"),
        fusion: Fusion::built_in_for_both().expect("ships with the binary"),
        sure_from: SecondOpinion::SURE,
    });
    let snapshot = Snapshot::build(knowledge, encoder.as_ref()).expect("an index in memory");
    let engine = Engine::new(
        Detector::new(),
        Arc::clone(&encoder),
        Fusion::built_in().expect("ships with the binary"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    );
    let engine = match second {
        Some(second) => engine.with_second_opinion(second),
        None => engine,
    };
    engine.prepare_second().expect("the base is small");
    engine
}

/// Of pairs that were put together, the share that belongs together; and of those that belong together, the share that was
/// put together: of all pairs, and of those of two languages.
struct Measured {
    precision: f64,
    recall: f64,
    recall_across: f64,
}

fn measure(made: &[Made], vectors: &[Embedding], least: Nearness) -> Measured {
    let mut set_of = vec![0; made.len()];
    for (number, set) in gather_vectors(vectors, least).into_iter().enumerate() {
        for row in set {
            set_of[row] = number;
        }
    }
    let (mut together, mut right, mut wanted) = (0, 0, 0);
    let (mut right_across, mut wanted_across) = (0, 0);
    for one in 0..made.len() {
        for other in one + 1..made.len() {
            let belongs = usize::from(made[one].matter == made[other].matter);
            let is_together = usize::from(set_of[one] == set_of[other]);
            let across = usize::from(made[one].language != made[other].language);
            together += is_together;
            wanted += belongs;
            right += is_together * belongs;
            wanted_across += belongs * across;
            right_across += is_together * belongs * across;
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    Measured {
        precision: share(right, together),
        recall: share(right, wanted),
        recall_across: share(right_across, wanted_across),
    }
}

fn check(with_second: bool, chosen: Nearness, precision: f64, recall: f64) {
    let engine = engine(with_second);
    let snapshot = engine.snapshot();
    let made = made_questions();
    let vectors: Vec<Embedding> = made
        .iter()
        .map(|one| engine.question_vector(&snapshot, one.text, one.language))
        .collect();
    for offset in [-0.05, 0.05, 0.1, 0.0] {
        let near = Nearness(chosen.0 + offset);
        let measured = measure(&made, &vectors, near);
        println!(
            "second encoder {with_second}, from {:.2}: pairwise precision {:.3}, recall {:.3}, across languages {:.3}",
            near.0, measured.precision, measured.recall, measured.recall_across
        );
        if offset == 0.0 {
            assert!(measured.precision >= precision, "{}", measured.precision);
            assert!(measured.recall >= recall, "{}", measured.recall);
        }
    }
}

#[test]
fn questions_in_four_languages_are_gathered_by_their_matter() {
    check(true, NEAR, 0.85, 0.74);
}

#[test]
fn the_first_encoder_alone_gathers_them_too() {
    check(false, NEAR_BY_FIRST, 0.85, 0.63);
}
