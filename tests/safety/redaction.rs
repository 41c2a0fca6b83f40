//! Precision and recall of hiding, by kind, on labelled lines in four languages; and what holds of every text.

use std::collections::BTreeMap;

use mondo::safety::redact::{Hides, Kind, Span, find_spans, redact};
use proptest::prelude::*;

const LABELLED: &str = include_str!("redaction.tsv");
const LEAST: f64 = 0.97;

#[derive(Default)]
struct Tally {
    expected: usize,
    found: usize,
    wrong: usize,
}

impl Tally {
    fn recall(&self) -> f64 {
        self.found as f64 / self.expected.max(1) as f64
    }

    fn precision(&self) -> f64 {
        self.found as f64 / (self.found + self.wrong).max(1) as f64
    }
}

#[test]
fn secrets_are_hidden_and_lookalikes_stay() {
    let mut tallies: BTreeMap<Kind, Tally> = BTreeMap::new();
    let mut faults = Vec::new();
    for (language, line) in lines(LABELLED) {
        let (text, expected) = unmark(line);
        let found = find_spans(&text, Hides::Everything);
        let shown = |span: &Span| format!("{} {:?}", span.kind.code(), &text[span.start..span.end]);
        for span in &expected {
            let tally = tallies.entry(span.kind).or_default();
            tally.expected += 1;
            let covers = |other: &&Span| {
                other.kind == span.kind && other.start <= span.start && other.end >= span.end
            };
            if found.iter().any(|other| covers(&other)) {
                tally.found += 1;
            } else {
                faults.push(format!("{language} missed {}: {text:?}", shown(span)));
            }
        }
        for span in &found {
            let meets = |other: &&Span| {
                other.kind == span.kind && other.start < span.end && span.start < other.end
            };
            if !expected.iter().any(|other| meets(&other)) {
                tallies.entry(span.kind).or_default().wrong += 1;
                faults.push(format!("{language} wrong {}: {text:?}", shown(span)));
            }
        }
    }
    let mut total = Tally::default();
    for (kind, tally) in &tallies {
        print_tally(kind.code(), tally);
        total.expected += tally.expected;
        total.found += tally.found;
        total.wrong += tally.wrong;
    }
    print_tally("total", &total);
    println!("{}", faults.join("\n"));
    for kind in Kind::ALL {
        let tally = tallies.get(&kind).expect("every kind is in the set");
        assert!(tally.expected >= 10, "{} has too few lines", kind.code());
        assert!(
            tally.recall() >= LEAST,
            "{}: recall {}",
            kind.code(),
            tally.recall()
        );
        assert!(
            tally.precision() >= LEAST,
            "{}: precision {}",
            kind.code(),
            tally.precision()
        );
    }
}

fn print_tally(name: &str, tally: &Tally) {
    println!(
        "{name:16} {:4} lines  recall {:.3}  precision {:.3}",
        tally.expected,
        tally.recall(),
        tally.precision()
    );
}

fn lines(labelled: &str) -> impl Iterator<Item = (&str, &str)> {
    labelled
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').expect("a language and a text"))
}

/// Takes the marks out of a line: its text, and where they stood.
fn unmark(line: &str) -> (String, Vec<Span>) {
    let line = line.replace("\\n", "\n");
    let mut text = String::new();
    let mut spans = Vec::new();
    let mut rest = line.as_str();
    while let Some((before, marked)) = rest.split_once('{') {
        let (kind, marked) = marked.split_once('|').expect("a kind");
        let (secret, after) = marked.split_once('}').expect("an end");
        text.push_str(before);
        let start = text.len();
        text.push_str(secret);
        let kind = Kind::ALL
            .into_iter()
            .find(|known| known.code() == kind)
            .expect("a known kind");
        spans.push(Span {
            kind,
            start,
            end: text.len(),
        });
        rest = after;
    }
    text.push_str(rest);
    (text, spans)
}

fn check_any(text: &str) {
    let spans = find_spans(text, Hides::Everything);
    for pair in spans.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{text:?}");
    }
    for span in &spans {
        assert!(
            text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
            "{text:?}"
        );
    }
    if let Some(redacted) = redact(text, Hides::Everything) {
        assert_eq!(redact(&redacted.text, Hides::Everything), None, "{text:?}");
    }
}

#[test]
fn hiding_twice_changes_nothing() {
    for (_, line) in lines(LABELLED) {
        check_any(&unmark(line).0);
    }
}

/// Pieces that detectors look for, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("4111111111111111".to_owned()),
        Just("密码是".to_owned()),
        Just("password: ".to_owned()),
        Just("验证码".to_owned()),
        Just("private key 0x".to_owned()),
        Just("⟦card⟧".to_owned()),
        Just("⟦".to_owned()),
        Just("@".to_owned()),
        Just("eyJ".to_owned()),
        Just("-----BEGIN PRIVATE KEY-----".to_owned()),
        Just("GB82".to_owned()),
        Just(" seed ".to_owned()),
        Just("abandon ".to_owned()),
        Just("的 ".to_owned()),
        Just("+86 ".to_owned()),
        "[0-9]{1,8}",
        "[a-f0-9]{8}",
        "\\PC{0,4}",
        Just("\n".to_owned()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in any::<String>()) {
        check_any(&text);
    }

    #[test]
    fn any_pieces_can_be_read(text in pieces()) {
        check_any(&text);
    }
}
