//! Articles of one language that ask nearly the same: visitors of one will be given the other.

use std::collections::BTreeMap;

use super::sentences::{Nearness, Sentences, Surroundings};
use super::sources::Sources;
use super::wording::at;
use crate::encoder::Similarity;
use crate::knowledge::{ArticleId, Fault};
use crate::language::{is_han, is_kana, normalize_for_matching};

/// Cosine from which two sentences say the same thing in nearly the same words.
const SAME_WORDS: Similarity = Similarity(0.95);

/// Two sentences of different articles are suspicious when they are at least this near even in a base whose own
/// rewordings lie further apart.
const LEAST_SUSPICIOUS: Similarity = Similarity(0.80);

/// How two articles get in each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// Each has a sentence whose nearest neighbour belongs to the other.
    Confusable,
    /// They have nearly the same sentence.
    NearDuplicate,
}

/// Reports each pair of articles once, with the two sentences that lie nearest.
pub(super) fn check(sentences: &Sentences<'_>, sources: &Sources<'_>) -> Vec<Fault> {
    let surroundings = sentences.surroundings();
    let suspicious = suspicious_similarity(&surroundings);
    let mut pairs: BTreeMap<(&ArticleId, &ArticleId), (Closeness, Nearness)> = BTreeMap::new();
    for around in &surroundings {
        let Some(foreign) = around.foreign else {
            continue;
        };
        let text = |sentence: usize| normalize_for_matching(sentences.all[sentence].text);
        if text(foreign.sentence) == text(foreign.neighbour) {
            // The same words in two articles are an error of their own.
            continue;
        }
        let Some(closeness) = closeness(around, &surroundings[foreign.neighbour], suspicious)
        else {
            continue;
        };
        let is_label = |sentence: usize| is_label(sentences.all[sentence].text);
        if closeness == Closeness::Confusable
            && (is_label(foreign.sentence) || is_label(foreign.neighbour))
        {
            continue;
        }
        let left = &sentences.all[foreign.sentence].article.id;
        let right = &sentences.all[foreign.neighbour].article.id;
        let key = (left.min(right), left.max(right));
        let found = (closeness, foreign);
        let kept = pairs.entry(key).or_insert(found);
        if (found.0, found.1.similarity) > (kept.0, kept.1.similarity) {
            *kept = found;
        }
    }
    pairs
        .into_values()
        .map(|(closeness, nearness)| fault(sentences, closeness, nearness, sources))
        .collect()
}

/// How near sentences of two articles must be to be reported: as near as the base's own rewordings of one question
/// usually are, so that the bar follows the encoder and the style of the authors.
fn suspicious_similarity(surroundings: &[Surroundings]) -> Similarity {
    let mut own: Vec<f32> = surroundings
        .iter()
        .filter_map(|around| around.own)
        .map(|nearness| nearness.similarity.0)
        .collect();
    own.sort_by(f32::total_cmp);
    let usual = own.get(own.len() * 3 / 4).copied().unwrap_or(1.0);
    Similarity(usual.max(LEAST_SUSPICIOUS.0))
}

/// Tells whether a sentence is a mere label such as "Android" or "Limitations": two of them lie close because there is
/// so little in them, and a visitor who types one is asked which article is meant anyway.
fn is_label(text: &str) -> bool {
    let text = text.trim();
    let is_wide = |one: char| is_han(one) || is_kana(one);
    if text.chars().any(is_wide) {
        return text.chars().filter(|one| one.is_alphanumeric()).count() <= 4;
    }
    text.split_whitespace().count() <= 1
}

fn closeness(
    around: &Surroundings,
    around_neighbour: &Surroundings,
    suspicious: Similarity,
) -> Option<Closeness> {
    let foreign = around.foreign?;
    if foreign.similarity >= SAME_WORDS {
        return Some(Closeness::NearDuplicate);
    }
    let is_nearest = |around: &Surroundings| {
        let own = around.own.map_or(Similarity(-1.0), |own| own.similarity);
        around
            .foreign
            .is_some_and(|foreign| foreign.similarity > own)
    };
    let mutual = around_neighbour
        .foreign
        .is_some_and(|back| back.neighbour == foreign.sentence);
    let confusable = foreign.similarity >= suspicious
        && mutual
        && is_nearest(around)
        && is_nearest(around_neighbour);
    confusable.then_some(Closeness::Confusable)
}

fn fault(
    sentences: &Sentences<'_>,
    closeness: Closeness,
    nearness: Nearness,
    sources: &Sources<'_>,
) -> Fault {
    let here = &sentences.all[nearness.sentence];
    let there = &sentences.all[nearness.neighbour];
    let (check, advice) = match closeness {
        Closeness::NearDuplicate => (
            "near-duplicate",
            "keep the sentence in the article that answers it",
        ),
        Closeness::Confusable => (
            "confusable",
            "say in each what sets it apart, or merge the articles",
        ),
    };
    let message = format!(
        "`{}` is close to `{}` of {} (cosine {:.2}); {advice}",
        here.text,
        there.text,
        there.translation.path.display(),
        nearness.similarity.0
    );
    let path = &here.translation.path;
    at(
        Fault::warning(path, check, message),
        sources.line_with(path, 1, here.text),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_told_from_questions() {
        for (text, expected) in [
            ("Android", true),
            ("제한사항", true),
            ("制限事項", true),
            ("アプリ", true),
            ("How do I pay?", false),
            ("refund fee", false),
            ("出金の手数料", false),
            ("수수료 환불", false),
        ] {
            assert_eq!(is_label(text), expected, "{text}");
        }
    }
}
