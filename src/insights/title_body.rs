//! Finds bodies that do not answer their title, by how far apart the two lie compared with the rest of the base.

use super::sources::Sources;
use super::wording::at;
use crate::encoder::{Embedding, Encoder, TextRole};
use crate::knowledge::{Fault, KnowledgeBase, PassageLength, Translation, passages, to_plain_text};
use crate::language::Language;

/// Articles that make a distribution; with fewer, nothing is known about what is usual.
const FEWEST_ARTICLES: usize = 8;

/// How many median deviations below the median is far.
const FAR: f32 = 4.0;

/// A sentence or two: in longer pieces the vectors of many words blur into the same middle.
const PIECE: PassageLength = PassageLength(100);

/// A title and the text under it.
struct Described<'a> {
    translation: &'a Translation,
    title: Embedding,
    passages: Vec<Embedding>,
}

pub(super) fn check(
    knowledge: &KnowledgeBase,
    language: Language,
    encoder: &dyn Encoder,
    sources: &Sources<'_>,
) -> Vec<Fault> {
    let described: Vec<Described<'_>> = knowledge
        .articles
        .iter()
        .filter_map(|article| article.translations.get(&language))
        .filter(|translation| !translation.body.trim().is_empty())
        .map(|translation| describe(translation, encoder))
        .collect();
    if described.len() < FEWEST_ARTICLES {
        return Vec::new();
    }
    let own: Vec<f32> = described
        .iter()
        .map(|one| nearest(&one.title, one))
        .collect();
    let far = far_below(&own);
    let mut faults = Vec::new();
    for (one, similarity) in described.iter().zip(&own) {
        if *similarity >= far {
            continue;
        }
        let Some((other, nearer)) = nearest_other(one, &described) else {
            continue;
        };
        if nearer <= *similarity {
            continue;
        }
        let path = &one.translation.path;
        let message = format!(
            "the text does not seem to answer the title (cosine {similarity:.2}, usually above {far:.2}); {} is nearer to it ({nearer:.2}). Check that the body belongs here",
            other.path.display()
        );
        faults.push(at(
            Fault::warning(path, "title-body-mismatch", message),
            sources.line_of_key(path, "title"),
        ));
    }
    faults
}

fn describe<'a>(translation: &'a Translation, encoder: &dyn Encoder) -> Described<'a> {
    let pieces = passages(&to_plain_text(&translation.body), PIECE);
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    Described {
        translation,
        title: encoder.encode_one(TextRole::Query, &translation.title),
        passages: encoder.encode(TextRole::Passage, &pieces),
    }
}

/// Best cosine of a title with the passages of a text.
fn nearest(title: &Embedding, text: &Described<'_>) -> f32 {
    text.passages
        .iter()
        .map(|passage| title.similarity(passage).0)
        .fold(-1.0, f32::max)
}

fn nearest_other<'a>(
    one: &Described<'_>,
    described: &[Described<'a>],
) -> Option<(&'a Translation, f32)> {
    described
        .iter()
        .filter(|other| other.translation.path != one.translation.path)
        .map(|other| (other.translation, nearest(&one.title, other)))
        .max_by(|left, right| left.1.total_cmp(&right.1))
}

/// The similarity below which a value is far from the others: robust against the very outliers that are looked for.
fn far_below(values: &[f32]) -> f32 {
    let middle = median(values);
    let deviations: Vec<f32> = values.iter().map(|value| (value - middle).abs()).collect();
    middle - FAR * median(&deviations)
}

fn median(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => sorted[middle],
        _ => (sorted[middle - 1] + sorted[middle]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_is_four_median_deviations() {
        // Median 0.6, deviations 0.1 0.05 0 0.05 0.5 with median 0.05.
        let far = far_below(&[0.7, 0.65, 0.6, 0.55, 0.1]);
        assert!((far - 0.4).abs() < 1e-6, "{far}");
        assert_eq!(median(&[1.0, 2.0]), 1.5);
        assert_eq!(median(&[]), 0.0);
    }
}
