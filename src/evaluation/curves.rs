//! Curves over confidence: how much can be answered at a precision, and how well confidence tells scope from noise.
//!
//! Questions with the same confidence are always answered together, because a threshold cannot part them.

use serde::Serialize;

/// One question after the fact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// What the engine said.
    pub confidence: f32,
    /// The first ranked article answers the question.
    pub right: bool,
    /// Some article answers the question.
    pub in_scope: bool,
}

/// What can be answered at a stated precision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coverage {
    /// Share of the answerable questions that are answered.
    pub coverage: f64,
    /// Least confidence that is answered; `None` when nothing can be.
    pub threshold: Option<f32>,
    /// Share of the out-of-scope questions that are answered too.
    pub out_of_scope_answered: f64,
}

/// Finds the largest coverage, over all thresholds, at which answers keep a precision; `None` without answerable questions.
pub fn best_coverage(judged: &[Judged], precision: f64) -> Option<Coverage> {
    let in_scope = judged.iter().filter(|one| one.in_scope).count();
    if in_scope == 0 {
        return None;
    }
    let out_of_scope = judged.len() - in_scope;
    let mut best = Coverage {
        coverage: 0.0,
        threshold: None,
        out_of_scope_answered: 0.0,
    };
    let (mut answered, mut right, mut answered_in_scope) = (0_usize, 0_usize, 0_usize);
    for group in by_falling_confidence(judged).chunk_by(same_confidence) {
        answered += group.len();
        right += group.iter().filter(|one| one.right).count();
        answered_in_scope += group.iter().filter(|one| one.in_scope).count();
        let coverage = share(answered_in_scope, in_scope);
        let precise = right as f64 >= precision * answered as f64 - ROUNDING;
        if precise && coverage > best.coverage {
            best = Coverage {
                coverage,
                threshold: group.first().map(|one| one.confidence),
                out_of_scope_answered: share(answered - answered_in_scope, out_of_scope),
            };
        }
    }
    Some(best)
}

/// Probability that an answerable question gets a higher confidence than an out-of-scope one, ties counting half.
pub fn auroc(judged: &[Judged]) -> Option<f64> {
    let positives = judged.iter().filter(|one| one.in_scope).count();
    let negatives = judged.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let mut rising = by_falling_confidence(judged);
    rising.reverse();
    let mut rank_sum = 0.0;
    let mut before = 0;
    for group in rising.chunk_by(same_confidence) {
        let mean_rank = (2 * before + 1 + group.len()) as f64 / 2.0;
        let in_scope = group.iter().filter(|one| one.in_scope).count();
        rank_sum += mean_rank * in_scope as f64;
        before += group.len();
    }
    let positives = positives as f64;
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives as f64))
}

/// Mean share of wrong answers over all coverages; lower is better.
pub fn area_under_risk_coverage(judged: &[Judged]) -> Option<f64> {
    if judged.is_empty() {
        return None;
    }
    let (mut answered, mut wrong, mut area) = (0_usize, 0_usize, 0.0);
    for group in by_falling_confidence(judged).chunk_by(same_confidence) {
        answered += group.len();
        wrong += group.iter().filter(|one| !one.right).count();
        area += group.len() as f64 * share(wrong, answered);
    }
    Some(area / judged.len() as f64)
}

/// Guards a comparison of counts against the rounding of the precision asked for.
const ROUNDING: f64 = 1e-12;

fn by_falling_confidence(judged: &[Judged]) -> Vec<Judged> {
    let mut sorted = judged.to_vec();
    sorted.sort_by(|left, right| right.confidence.total_cmp(&left.confidence));
    sorted
}

fn same_confidence(left: &Judged, right: &Judged) -> bool {
    left.confidence == right.confidence
}

/// A share of a whole; nothing of nothing is nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `R` right, `W` wrong though answerable, `O` out of scope.
    fn judged(rows: &[(f32, char)]) -> Vec<Judged> {
        rows.iter()
            .map(|(confidence, kind)| Judged {
                confidence: *confidence,
                right: *kind == 'R',
                in_scope: *kind != 'O',
            })
            .collect()
    }

    #[test]
    fn coverage_is_the_largest_at_which_precision_holds() {
        // Answered in order: R R W R O. Precision 1, 1, 2/3, 3/4, 3/5.
        let rows = judged(&[(0.5, 'O'), (0.9, 'R'), (0.8, 'R'), (0.7, 'W'), (0.6, 'R')]);
        for (precision, coverage, threshold, out_of_scope) in [
            (1.0, 0.5, 0.8, 0.0),
            (0.75, 1.0, 0.6, 0.0),
            (0.6, 1.0, 0.6, 0.0),
        ] {
            let found = best_coverage(&rows, precision).expect("answerable questions");
            assert_eq!(found.coverage, coverage, "at {precision}");
            assert_eq!(found.threshold, Some(threshold), "at {precision}");
            assert_eq!(found.out_of_scope_answered, out_of_scope, "at {precision}");
        }
    }

    #[test]
    fn equal_confidences_are_answered_together() {
        let rows = judged(&[(0.9, 'R'), (0.9, 'W'), (0.9, 'O'), (0.5, 'R')]);
        let none = best_coverage(&rows, 0.6).expect("answerable questions");
        assert_eq!((none.coverage, none.threshold), (0.0, None));
        let all = best_coverage(&rows, 0.5).expect("answerable questions");
        assert_eq!((all.coverage, all.threshold), (1.0, Some(0.5)));
        assert_eq!(all.out_of_scope_answered, 1.0);
    }

    #[test]
    fn nothing_answerable_has_no_coverage() {
        assert_eq!(best_coverage(&judged(&[(0.9, 'O')]), 0.9), None);
        assert_eq!(best_coverage(&[], 0.9), None);
    }

    #[test]
    fn auroc_counts_ties_half() {
        for (rows, expected) in [
            (judged(&[(0.9, 'R'), (0.1, 'O')]), Some(1.0)),
            (judged(&[(0.1, 'R'), (0.9, 'O')]), Some(0.0)),
            (judged(&[(0.5, 'W'), (0.5, 'O')]), Some(0.5)),
            // Of four pairs three are won and one is a tie.
            (
                judged(&[(0.9, 'R'), (0.5, 'R'), (0.5, 'O'), (0.2, 'O')]),
                Some(3.5 / 4.0),
            ),
            (judged(&[(0.9, 'R')]), None),
            (judged(&[(0.9, 'O')]), None),
        ] {
            assert_eq!(auroc(&rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn risk_is_averaged_over_coverages() {
        // Wrong shares: 0/1, 1/2, 1/3.
        let rows = judged(&[(0.9, 'R'), (0.8, 'O'), (0.7, 'R')]);
        let area = area_under_risk_coverage(&rows).expect("rows");
        assert!(
            (area - (0.0 + 0.5 + 1.0 / 3.0) / 3.0).abs() < 1e-12,
            "{area}"
        );
        assert_eq!(area_under_risk_coverage(&[]), None);
    }
}
