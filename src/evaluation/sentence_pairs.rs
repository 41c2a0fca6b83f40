//! Sentence pairs with a score given by people: does the encoder's cosine order them as people do?

use std::path::Path;

use super::error::EvaluationError;
use crate::encoder::{Encoder, TextRole};

/// File with the pairs of a set.
pub(super) const PAIRS: &str = "sts.tsv";

/// Texts encoded at once, so that memory does not grow with the set.
const BATCH: usize = 1024;

/// Two sentences and how alike people found them.
#[derive(Debug, Clone, PartialEq)]
pub struct SentencePair {
    /// The score given by people, higher for more alike.
    pub score: f64,
    /// One sentence.
    pub left: String,
    /// The other.
    pub right: String,
}

/// Reads `sts.tsv` of a set folder: score, tab, sentence, tab, sentence.
pub fn read_pairs(folder: &Path) -> Result<Vec<SentencePair>, EvaluationError> {
    let path = folder.join(PAIRS);
    let text = std::fs::read_to_string(&path).map_err(|source| EvaluationError::Unreadable {
        path: path.clone(),
        source,
    })?;
    text.lines()
        .enumerate()
        .map(|(number, line)| {
            parse_pair(line).ok_or_else(|| EvaluationError::BadPair {
                path: path.clone(),
                line: number + 1,
            })
        })
        .collect()
}

/// Returns the cosine of each pair, in order.
pub fn pair_similarities(
    encoder: &dyn Encoder,
    pairs: &[SentencePair],
    mut on_pair: impl FnMut(),
) -> Vec<f64> {
    let mut similarities = Vec::with_capacity(pairs.len());
    for batch in pairs.chunks(BATCH) {
        let left: Vec<&str> = batch.iter().map(|pair| pair.left.as_str()).collect();
        let right: Vec<&str> = batch.iter().map(|pair| pair.right.as_str()).collect();
        let left = encoder.encode(TextRole::Query, &left);
        let right = encoder.encode(TextRole::Query, &right);
        for (left, right) in left.iter().zip(&right) {
            similarities.push(f64::from(left.similarity(right).0));
            on_pair();
        }
    }
    similarities
}

/// Correlation of the ranks, ties at their mean rank; `None` when either side does not vary.
pub fn spearman(left: &[f64], right: &[f64]) -> Option<f64> {
    pearson(&ranks(left), &ranks(right))
}

fn parse_pair(line: &str) -> Option<SentencePair> {
    let mut columns = line.split('\t');
    let score = columns.next()?.trim().parse().ok()?;
    Some(SentencePair {
        score,
        left: columns.next()?.to_owned(),
        right: columns.next()?.to_owned(),
    })
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|left, right| values[*left].total_cmp(&values[*right]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for group in order.chunk_by(|left, right| values[*left] == values[*right]) {
        let mean_rank = (2 * before + group.len() - 1) as f64 / 2.0;
        for position in group {
            ranks[*position] = mean_rank;
        }
        before += group.len();
    }
    ranks
}

fn pearson(left: &[f64], right: &[f64]) -> Option<f64> {
    let count = left.len() as f64;
    let left_mean = left.iter().sum::<f64>() / count;
    let right_mean = right.iter().sum::<f64>() / count;
    let spread = |values: &[f64], mean: f64| -> f64 {
        values.iter().map(|value| (value - mean).powi(2)).sum()
    };
    let together: f64 = left
        .iter()
        .zip(right)
        .map(|(left, right)| (left - left_mean) * (right - right_mean))
        .sum();
    let apart = spread(left, left_mean) * spread(right, right_mean);
    (apart > 0.0).then(|| together / apart.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_ignores_scale_and_halves_ties() {
        for (left, right, expected) in [
            (vec![1.0, 2.0, 3.0], vec![10.0, 100.0, 1000.0], Some(1.0)),
            (vec![1.0, 2.0, 3.0], vec![3.0, 2.0, 1.0], Some(-1.0)),
            (vec![1.0, 1.0], vec![1.0, 2.0], None),
            (vec![], vec![], None),
            // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / sqrt(4.5 * 5).
            (
                vec![1.0, 2.0, 2.0, 3.0],
                vec![1.0, 2.0, 3.0, 4.0],
                Some(4.5 / (4.5_f64 * 5.0).sqrt()),
            ),
        ] {
            let found = spearman(&left, &right);
            let same = match (found, expected) {
                (Some(found), Some(expected)) => (found - expected).abs() < 1e-12,
                (found, expected) => found == expected,
            };
            assert!(same, "{left:?} {right:?}: {found:?}");
        }
    }

    #[test]
    fn a_pair_needs_three_columns() {
        assert_eq!(
            parse_pair("0.5\ta b\tc"),
            Some(SentencePair {
                score: 0.5,
                left: "a b".to_owned(),
                right: "c".to_owned()
            })
        );
        for line in ["", "x\ta\tb", "1\ta"] {
            assert_eq!(parse_pair(line), None, "{line}");
        }
    }
}
