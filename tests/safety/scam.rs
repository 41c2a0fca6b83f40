//! Precision and recall of the scam shield on labelled lines, those to write rules by apart from those held out.

use std::collections::BTreeMap;

use mondo::safety::scam::{self, ScamKind};
use sha2::{Digest as _, Sha256};

const LABELLED: &str = include_str!("scam.tsv");

#[derive(Default)]
struct Tally {
    positive: usize,
    heard: usize,
    same_kind: usize,
    negative: usize,
    wrong: usize,
}

impl Tally {
    fn recall(&self) -> f64 {
        self.heard as f64 / self.positive.max(1) as f64
    }

    fn precision(&self) -> f64 {
        self.heard as f64 / (self.heard + self.wrong).max(1) as f64
    }

    fn add(&mut self, expected: Option<ScamKind>, heard: Option<ScamKind>) {
        self.positive += usize::from(expected.is_some());
        self.negative += usize::from(expected.is_none());
        self.heard += usize::from(expected.is_some() && heard.is_some());
        self.same_kind += usize::from(expected.is_some() && heard == expected);
        self.wrong += usize::from(expected.is_none() && heard.is_some());
    }
}

#[test]
fn scams_are_heard_and_questions_about_them_are_not() {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut by_language: BTreeMap<&str, Tally> = BTreeMap::new();
    for line in LABELLED.lines().filter(|line| !line.starts_with('#')) {
        let (label, rest) = line.split_once('\t').expect("a kind");
        let (language, text) = rest.split_once('\t').expect("a language");
        let expected = kind_of(label);
        let heard = scam::read(text).kind();
        let part = if is_held_out(text) {
            "held out"
        } else {
            "written by"
        };
        tallies.entry(part).or_default().add(expected, heard);
        by_language
            .entry(language)
            .or_default()
            .add(expected, heard);
        if expected.is_some() != heard.is_some() {
            println!("{part} {label} {language} {heard:?}: {text}");
        }
    }
    for (name, tally) in tallies.iter().chain(&by_language) {
        println!(
            "{name:10} {} scams, {} questions  recall {:.3}  precision {:.3}  kind right {:.3}",
            tally.positive,
            tally.negative,
            tally.recall(),
            tally.precision(),
            tally.same_kind as f64 / tally.positive as f64
        );
    }
    let held_out = &tallies["held out"];
    assert!(held_out.positive >= 80 && held_out.negative >= 50);
    assert!(held_out.recall() >= 0.95, "recall {}", held_out.recall());
    assert!(
        held_out.precision() >= 0.98,
        "precision {}",
        held_out.precision()
    );
}

/// One line in three, chosen by the hash of its text, so that no hand chooses.
fn is_held_out(text: &str) -> bool {
    Sha256::digest(text)[0].is_multiple_of(3)
}

fn kind_of(label: &str) -> Option<ScamKind> {
    Some(match label {
        "none" => return None,
        "code" => ScamKind::AskedForCode,
        "password" => ScamKind::AskedForPassword,
        "seed" => ScamKind::AskedForSeed,
        "screen" => ScamKind::RemoteAccess,
        "safe_account" => ScamKind::SafeAccount,
        "fee" => ScamKind::AdvanceFee,
        "loan" => ScamKind::Loan,
        "channel" => ScamKind::UnofficialChannel,
        "threat" => ScamKind::Threat,
        "deceived" => ScamKind::Deceived,
        _ => panic!("no kind is called {label}"),
    })
}
