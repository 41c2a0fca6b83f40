//! Labelled short questions hold the agreed accuracy, and lingua's own figure stands beside ours.

mod elsewhere;

use std::collections::BTreeMap;

use mondo::language::{Detector, Language, LanguageDistribution, Priors};

const QUESTIONS: &str = include_str!("short_questions.tsv");
const AGREED_ACCURACY: f64 = 0.97;
/// A text without a language is judged right when no language reaches this.
const SURE: f32 = 0.6;
/// A word of two languages is judged right when each of them keeps this.
const KEPT: f32 = 0.1;

struct Labelled {
    text: &'static str,
    expected: &'static str,
    kind: &'static str,
}

fn labelled_questions() -> Vec<Labelled> {
    QUESTIONS
        .lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [text, expected, kind] = columns[..] else {
                panic!("three columns: {line}")
            };
            Labelled {
                text,
                expected,
                kind,
            }
        })
        .collect()
}

fn is_right(expected: &str, found: &LanguageDistribution) -> bool {
    match expected {
        "unknown" => Language::ALL
            .iter()
            .all(|&language| found.probability(language) < SURE),
        "other" => found.most_likely().is_none(),
        _ if expected.contains('|') => expected
            .split('|')
            .all(|code| found.probability(code.parse().unwrap()) >= KEPT),
        code => found.most_likely() == Some(code.parse().unwrap()),
    }
}

/// FNV-1a, to split the questions in a way that no edit elsewhere in the file changes.
fn is_held_out(text: &str) -> bool {
    let hash = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    (hash >> 32) & 1 == 1
}

#[derive(Default)]
struct Tally {
    total: u32,
    ours: u32,
    linguas: u32,
}

impl Tally {
    fn add(&mut self, ours: bool, linguas: bool) {
        self.total += 1;
        self.ours += u32::from(ours);
        self.linguas += u32::from(linguas);
    }

    fn print(&self, name: &str) {
        let percent = |right: u32| 100.0 * f64::from(right) / f64::from(self.total);
        println!(
            "{name:>10} {:4} {:6.1} {:6.1}",
            self.total,
            percent(self.ours),
            percent(self.linguas)
        );
    }
}

/// lingua restricted to the four languages, by the same rules.
struct Lingua(lingua::LanguageDetector);

impl Lingua {
    fn new() -> Self {
        use lingua::Language::{Chinese, English, Japanese, Korean};
        let languages = [Chinese, English, Japanese, Korean];
        Self(
            lingua::LanguageDetectorBuilder::from_languages(&languages)
                .with_preloaded_language_models()
                .build(),
        )
    }

    fn is_right(&self, expected: &str, text: &str) -> bool {
        let values = self.0.compute_language_confidence_values(text);
        let confidence = |code: &str| {
            let value = values
                .iter()
                .find(|value| value.0.iso_code_639_1().to_string() == code);
            value.map_or(0.0, |value| value.1)
        };
        let (best, best_confidence) = &values[0];
        match expected {
            "unknown" | "other" => *best_confidence < f64::from(SURE),
            _ if expected.contains('|') => expected
                .split('|')
                .all(|code| confidence(code) >= f64::from(KEPT)),
            code => *best_confidence > 0.25 && best.iso_code_639_1().to_string() == code,
        }
    }
}

#[test]
fn short_questions_are_told_apart_without_priors() {
    let detector = Detector::new();
    let lingua = Lingua::new();
    let mut by_kind: BTreeMap<&str, Tally> = BTreeMap::new();
    let (mut all, mut tune, mut held_out) = (Tally::default(), Tally::default(), Tally::default());
    for Labelled {
        text,
        expected,
        kind,
    } in labelled_questions()
    {
        let found = detector.detect(text, &Priors::default());
        let ours = is_right(expected, &found);
        let linguas = lingua.is_right(expected, text);
        let half = if is_held_out(text) {
            &mut held_out
        } else {
            &mut tune
        };
        for tally in [by_kind.entry(kind).or_default(), &mut all, half] {
            tally.add(ours, linguas);
        }
        // The held-out half stays unseen by whoever tunes.
        if !ours && !is_held_out(text) {
            let percent: Vec<String> = Language::ALL
                .iter()
                .map(|&language| format!("{language} {:.0}", 100.0 * found.probability(language)))
                .collect();
            println!(
                "missed: {text:?} is {expected} ({kind}), found {}",
                percent.join(" ")
            );
        }
    }
    println!("      kind    n   ours lingua");
    for (kind, tally) in &by_kind {
        tally.print(kind);
    }
    tune.print("tune");
    held_out.print("held out");
    all.print("all");
    assert!(all.total >= 440);
    assert!(f64::from(all.ours) >= AGREED_ACCURACY * f64::from(all.total));
}

#[test]
fn priors_decide_what_the_text_leaves_open() {
    let detector = Detector::new();
    let from_page = |language| Priors {
        page: Some(language),
        ..Priors::default()
    };
    for text in ["方法", "4711", "🙏", "USDT", ""] {
        for language in [Language::Chinese, Language::Japanese] {
            let found = detector.detect(text, &from_page(language));
            assert_eq!(found.most_likely(), Some(language), "{text}");
        }
    }
    for text in ["4711", "🙏", "USDT", "?"] {
        let flat = detector.detect(text, &Priors::default());
        let values = Language::ALL.map(|language| flat.probability(language));
        assert!(
            values.iter().all(|&value| (value - values[0]).abs() < 1e-6),
            "{text}: {values:?}"
        );
    }
    let conversation = Priors {
        conversation: Some(Language::Korean),
        page: Some(Language::English),
        accept_language: vec![Language::English],
        ..Priors::default()
    };
    assert_eq!(
        detector.detect("1234", &conversation).most_likely(),
        Some(Language::Korean)
    );
    let clear = detector.detect("出金できません", &conversation);
    assert_eq!(clear.most_likely(), Some(Language::Japanese));
}

#[test]
fn every_distribution_sums_to_one() {
    let detector = Detector::new();
    let long = "長い質問です。How long? ".repeat(10_000);
    let texts = labelled_questions()
        .into_iter()
        .map(|labelled| labelled.text)
        .chain([long.as_str(), "\u{0}", "𠮷"]);
    for text in texts {
        let found = detector.detect(text, &Priors::default());
        let total: f32 = Language::ALL
            .iter()
            .map(|&language| found.probability(language))
            .sum();
        assert!((total + found.other() - 1.0).abs() < 1e-4, "{text}");
    }
}
