//! Hears that somebody is being deceived, or has been: what a caller asked of the visitor, what the visitor has done.
//!
//! Rules over plain phrases in four languages and both forms of Chinese, so that an operator can read them: a rule holds
//! where signs of all its groups stand close together in one sentence and no sign of a general question does. It must
//! not know articles, and it decides nothing; the caller shows the safety card.

mod kind;
mod rules;
mod signs;

use std::ops::Range;

use super::redact::folded::Folded;
use rules::RULES;
use signs::{Hit, Sign, find_signs};

pub use kind::ScamKind;

/// One kind heard, with the words that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScamEvidence {
    /// What it is.
    pub kind: ScamKind,
    /// Bytes of the text.
    pub spans: Vec<Range<usize>>,
}

/// What was heard in a text, the gravest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScamReading {
    /// Each kind once.
    pub evidence: Vec<ScamEvidence>,
}

impl ScamReading {
    /// Returns the gravest kind.
    pub fn kind(&self) -> Option<ScamKind> {
        self.evidence.first().map(|evidence| evidence.kind)
    }

    /// Tells whether the visitor was deceived already.
    pub fn is_distress(&self) -> bool {
        self.kind().is_some_and(ScamKind::is_distress)
    }

    /// Tells whether somebody is asking something of the visitor that no honest party asks.
    pub fn is_solicitation(&self) -> bool {
        self.evidence
            .iter()
            .any(|evidence| !evidence.kind.is_distress())
    }
}

/// Reads a text.
pub fn read(text: &str) -> ScamReading {
    let folded = Folded::of(text);
    let signs = find_signs(&folded);
    let mut evidence: Vec<ScamEvidence> = Vec::new();
    for sentence in signs.chunk_by(|one, next| one.sentence == next.sentence) {
        for rule in RULES {
            let is_general = rule
                .unless
                .iter()
                .any(|sign| sentence.iter().any(|hit| hit.sign == *sign));
            if is_general || evidence.iter().any(|known| known.kind == rule.kind) {
                continue;
            }
            if let Some(spans) = closest(sentence, rule.needs, rule.within) {
                evidence.push(ScamEvidence {
                    kind: rule.kind,
                    spans: spans
                        .into_iter()
                        .map(|range| folded.byte_start(range.start)..folded.byte_end(range.end - 1))
                        .collect(),
                });
            }
        }
    }
    evidence.sort_by_key(|evidence| evidence.kind);
    ScamReading { evidence }
}

/// Returns one sign of each group such that all lie within so many glyphs.
fn closest(hits: &[Hit], needs: &[&[Sign]], within: usize) -> Option<Vec<Range<usize>>> {
    let (first, rest) = needs.split_first()?;
    hits.iter()
        .filter(|hit| first.contains(&hit.sign))
        .find_map(|anchor| {
            let mut spans = vec![anchor.range.clone()];
            for group in rest {
                let near = hits
                    .iter()
                    .filter(|hit| group.contains(&hit.sign))
                    .map(|hit| (distance(&anchor.range, &hit.range), hit))
                    .filter(|(distance, _)| *distance <= within)
                    .min_by_key(|(distance, _)| *distance)?;
                spans.push(near.1.range.clone());
            }
            spans.sort_by_key(|range| range.start);
            spans.dedup();
            Some(spans)
        })
}

fn distance(one: &Range<usize>, other: &Range<usize>) -> usize {
    one.start
        .saturating_sub(other.end)
        .max(other.start.saturating_sub(one.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_say_so_are_shown() {
        let text = "你好，客服让我把驗證碼告诉他";
        let reading = read(text);
        assert_eq!(reading.kind(), Some(ScamKind::AskedForCode));
        assert!(reading.is_solicitation() && !reading.is_distress());
        let words: Vec<&str> = reading.evidence[0]
            .spans
            .iter()
            .map(|span| &text[span.clone()])
            .collect();
        assert!(words.contains(&"驗證碼"), "{words:?}");
    }

    #[test]
    fn harm_done_comes_before_what_was_asked() {
        let reading =
            read("He asked me for my seed phrase. I was scammed, all my coins were stolen.");
        assert!(reading.is_distress() && reading.is_solicitation());
        assert_eq!(read(""), ScamReading::default());
    }
}
