//! Finds secrets and personal numbers in a text and puts a placeholder where each stood.
//!
//! Pure functions over one text. Every detector reads the same folded form, in which full-width, circled and look-alike
//! characters are plain ones, and returns spans of the text as it was written. A placeholder is the name of the kind in
//! white square brackets, `⟦card⟧`: Markdown gives those no meaning, a search finds the name inside, and nobody types
//! them by chance.

mod kind;

pub(super) mod folded;

mod cues;
mod numbers;
mod tokens;

mod api_secrets;
mod bank_accounts;
mod cards;
mod codes;
mod mails;
mod national_ids;
mod passwords;
mod phones;
mod seed_phrases;
mod wallet_keys;

use cues::Cues;
use folded::{Folded, placeholder_length};
use kind::{CLOSING, OPENING};
use numbers::number_runs;

pub use kind::{Finding, Hides, Kind, Span};

/// A text after hiding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text with placeholders.
    pub text: String,
    /// What was hidden, each kind once, in the order of [`Kind::ALL`].
    pub findings: Vec<Finding>,
}

/// Hides what is secret; nothing where nothing is.
pub fn redact(text: &str, hides: Hides) -> Option<Redacted> {
    let mut hidden: Vec<Span> = Vec::new();
    let mut current: Option<String> = None;
    // What is hidden can bring a word and a number closer together; a text is done when another look changes nothing.
    loop {
        let seen = current.as_deref().unwrap_or(text);
        let spans = find_spans(seen, hides);
        if spans.is_empty() {
            break;
        }
        current = Some(with_placeholders(seen, &spans));
        hidden.extend(spans);
    }
    let findings = Kind::ALL
        .into_iter()
        .map(|kind| Finding {
            kind,
            count: hidden.iter().filter(|span| span.kind == kind).count(),
        })
        .filter(|finding| finding.count > 0)
        .collect();
    current.map(|text| Redacted { text, findings })
}

/// Returns the secrets of a text in order, none touching another.
pub fn find_spans(text: &str, hides: Hides) -> Vec<Span> {
    let folded = Folded::of(text);
    let cues = Cues::of(&folded);
    let runs = number_runs(&folded, &cues);
    let mut found = Vec::new();
    seed_phrases::find(&folded, &cues, &mut found);
    wallet_keys::find(&folded, &cues, &mut found);
    passwords::find(&folded, &cues, &runs, &mut found);
    codes::find(&folded, &cues, &runs, &mut found);
    api_secrets::find(&folded, &cues, &mut found);
    cards::find(&cues, &runs, &mut found);
    bank_accounts::find(&folded, &cues, &runs, &mut found);
    national_ids::find(&folded, &cues, &runs, &mut found);
    phones::find(&folded, &cues, &runs, &mut found);
    mails::find(&folded, &mut found);
    let mut spans: Vec<Span> = found
        .into_iter()
        .filter(|found| hides.hides(found.kind) && found.start < found.end)
        .map(|found| Span {
            kind: found.kind,
            start: folded.byte_start(found.start),
            end: folded.byte_end(found.end - 1),
        })
        .collect();
    spans.sort_by_key(|span| (span.kind, span.start, std::cmp::Reverse(span.end)));
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        let overlaps = |other: &Span| span.start < other.end && other.start < span.end;
        match kept.iter_mut().find(|other| overlaps(other)) {
            // Two readings of one secret: what either covers is hidden.
            Some(other) if other.kind == span.kind => other.end = other.end.max(span.end),
            Some(_) => {}
            None => kept.push(span),
        }
    }
    kept.sort_by_key(|span| span.start);
    kept
}

/// Returns a text without the placeholders that stand in it.
pub fn without_placeholders(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPENING) {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let length = placeholder_length(from);
        if length.is_none() {
            kept.push(OPENING);
        } else if kept.ends_with(' ')
            && from[length.unwrap_or_default()..].starts_with(char::is_whitespace)
        {
            kept.pop();
        }
        rest = &from[length.unwrap_or(OPENING.len_utf8())..];
    }
    kept.push_str(rest);
    kept
}

/// Returns a text without the placeholder that is cut off at its end.
pub(super) fn without_broken_end(text: &str) -> &str {
    match text.rfind(OPENING) {
        Some(at) if !text[at..].contains(CLOSING) => &text[..at],
        _ => text,
    }
}

fn with_placeholders(text: &str, spans: &[Span]) -> String {
    let mut hidden = String::with_capacity(text.len());
    let mut copied = 0;
    for span in spans {
        hidden.push_str(&text[copied..span.start]);
        hidden.push(OPENING);
        hidden.push_str(span.kind.code());
        hidden.push(CLOSING);
        copied = span.end;
    }
    hidden.push_str(&text[copied..]);
    hidden
}
