//! Judges the promise that so many answers are right by what people at the desk have judged of answers that were given.
//!
//! What an answer's question was picked for decides what it proves. Answers drawn at random from those that were given
//! show how precise all of them are; questions just below the threshold show only what a lower one would add. So a
//! threshold rises, and holds, by the first alone, and a lower one is offered only where what it adds is proved precise by
//! itself: answers from two parts that keep the promise each keep it together.

use strum::{EnumString, IntoStaticStr};

use super::calibration::{CalibrationTarget, THRESHOLD_GRID};
use super::precision_bound::{chance_of_at_most, lower_precision_bound, right_ones_that_prove};
use crate::conversation::Pick;
use crate::ids::UnknownCode;

/// An answer that somebody has judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgedAnswer {
    /// What it was picked for.
    pub pick: Pick,
    /// How sure the bot was.
    pub confidence: f32,
    /// Whether the article answers the question.
    pub right: bool,
}

/// Whether the promise is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Keeping {
    /// The lower bound of the precision is that of the promise or more.
    Held,
    /// Nothing says that it is broken, and too few were judged to prove that it is kept.
    Unproved,
    /// It was proved and no longer is, or so many answers are wrong that it cannot be kept.
    Broken,
}

impl Keeping {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A threshold, and what judged answers say of what it lets through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proof {
    /// Least confidence that is answered.
    pub threshold: f32,
    /// Answers that were judged.
    pub judged: usize,
    /// Those that were right.
    pub right: usize,
    /// Lower bound of the precision.
    pub bound: f64,
}

/// How the promise stands in one language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Whether it is kept.
    pub keeping: Keeping,
    /// What is known of the threshold in force.
    pub proof: Proof,
    /// Where it is not proved, the fewest judgements that could prove it: so many more, all of them right. Nothing where no
    /// reasonable number could.
    pub missing: Option<usize>,
    /// Where it is broken, the threshold to rise to.
    pub higher: Option<Proof>,
    /// The lowest threshold that would keep it too, with what is known of the answers that it would add.
    pub lower: Option<Proof>,
}

/// Judges one language. `was_held` tells whether the promise was proved when this was last looked at.
pub fn standing(
    answers: &[JudgedAnswer],
    threshold: f32,
    target: CalibrationTarget,
    was_held: bool,
) -> Standing {
    let proof = proof_from(answers, threshold, target);
    let at_least = |proof: &Proof| proof.bound >= target.precision;
    let keeping = match at_least(&proof) {
        true => Keeping::Held,
        false if was_held || is_out_of_reach(&proof, target) => Keeping::Broken,
        false => Keeping::Unproved,
    };
    let missing = match keeping {
        Keeping::Held => None,
        Keeping::Unproved | Keeping::Broken => right_ones_that_prove(
            proof.right,
            proof.judged,
            target.precision,
            target.confidence_level,
        ),
    };
    Standing {
        keeping,
        proof,
        missing,
        higher: match keeping {
            Keeping::Broken => higher(answers, &proof, target),
            _ => None,
        },
        lower: match keeping {
            Keeping::Held => lower(answers, threshold, target),
            _ => None,
        },
    }
}

/// What judged answers say of each threshold from the one in force on.
pub fn proofs_from(
    answers: &[JudgedAnswer],
    threshold: f32,
    target: CalibrationTarget,
) -> Vec<Proof> {
    let above = THRESHOLD_GRID
        .into_iter()
        .filter(|higher| *higher > threshold);
    std::iter::once(threshold)
        .chain(above)
        .map(|threshold| proof_from(answers, threshold, target))
        .collect()
}

/// What answers from a threshold on say of it.
fn proof_from(answers: &[JudgedAnswer], threshold: f32, target: CalibrationTarget) -> Proof {
    let given = answers
        .iter()
        .filter(|answer| answer.pick != Pick::Near && answer.confidence >= threshold);
    prove(given, threshold, target)
}

fn prove<'a>(
    answers: impl Iterator<Item = &'a JudgedAnswer>,
    threshold: f32,
    target: CalibrationTarget,
) -> Proof {
    let (mut judged, mut right) = (0, 0);
    for answer in answers {
        judged += 1;
        right += usize::from(answer.right);
    }
    Proof {
        threshold,
        judged,
        right,
        bound: lower_precision_bound(right, judged, target.confidence_level),
    }
}

/// Tells whether so few right ones would hardly be seen if the promise were kept.
fn is_out_of_reach(proof: &Proof, target: CalibrationTarget) -> bool {
    proof.judged > 0
        && chance_of_at_most(proof.right, proof.judged, target.precision)
            < 1.0 - target.confidence_level
}

/// The lowest threshold above that keeps the promise. Where none does, the one with the best bound, for fewer wrong answers
/// are better than as many as before; where none has a better one, the highest, since nothing speaks for any other.
fn higher(answers: &[JudgedAnswer], now: &Proof, target: CalibrationTarget) -> Option<Proof> {
    let above: Vec<Proof> = THRESHOLD_GRID
        .into_iter()
        .filter(|higher| *higher > now.threshold)
        .map(|higher| proof_from(answers, higher, target))
        .collect();
    let kept = above.iter().find(|proof| proof.bound >= target.precision);
    let better = above
        .iter()
        .filter(|proof| proof.bound > now.bound)
        .reduce(|best, proof| match proof.bound > best.bound {
            true => proof,
            false => best,
        });
    kept.or(better).or(above.last()).copied()
}

/// The lowest threshold below whose answers up to the one in force are proved precise by themselves.
fn lower(answers: &[JudgedAnswer], threshold: f32, target: CalibrationTarget) -> Option<Proof> {
    let added = |lower: f32| {
        let between = answers.iter().filter(move |answer| {
            answer.pick != Pick::Given && (lower..threshold).contains(&answer.confidence)
        });
        prove(between, lower, target)
    };
    THRESHOLD_GRID
        .into_iter()
        .filter(|lower| *lower < threshold)
        .map(added)
        .find(|proof| proof.bound >= target.precision)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: CalibrationTarget = CalibrationTarget {
        precision: 0.95,
        confidence_level: 0.95,
    };

    fn judged(count: usize, pick: Pick, confidence: f32, right: bool) -> Vec<JudgedAnswer> {
        let answer = JudgedAnswer {
            pick,
            confidence,
            right,
        };
        vec![answer; count]
    }

    #[test]
    fn few_judgements_prove_nothing_and_say_how_many_are_missing() {
        let nothing = standing(&[], 0.65, TARGET, false);
        assert_eq!(
            (nothing.keeping, nothing.missing),
            (Keeping::Unproved, Some(59))
        );
        let some = standing(&judged(40, Pick::Given, 0.8, true), 0.65, TARGET, false);
        assert_eq!((some.keeping, some.missing), (Keeping::Unproved, Some(19)));
        let one_wrong = [
            judged(59, Pick::Given, 0.8, true),
            judged(1, Pick::Given, 0.8, false),
        ]
        .concat();
        // 92 of 93 prove it.
        let told = standing(&one_wrong, 0.65, TARGET, false);
        assert_eq!((told.keeping, told.missing), (Keeping::Unproved, Some(33)));
        let enough = standing(&judged(59, Pick::Given, 0.8, true), 0.65, TARGET, false);
        assert_eq!((enough.keeping, enough.missing), (Keeping::Held, None));
    }

    #[test]
    fn a_promise_that_cannot_be_kept_is_broken_before_it_was_ever_proved() {
        // 16 of 20: were 19 of 20 right on the whole, that would be seen in 1.6 of 100 cases.
        let poor = [
            judged(16, Pick::Given, 0.9, true),
            judged(4, Pick::Given, 0.7, false),
        ]
        .concat();
        let told = standing(&poor, 0.65, TARGET, false);
        assert_eq!(told.keeping, Keeping::Broken);
        let higher = told.higher.expect("there are higher thresholds");
        // Nothing is proved yet; the best bound is that without the wrong ones.
        assert_eq!(
            (higher.threshold, higher.judged, higher.right),
            (0.75, 16, 16)
        );
        // 18 of 20 may well be luck.
        let fair = [
            judged(18, Pick::Given, 0.9, true),
            judged(2, Pick::Given, 0.7, false),
        ]
        .concat();
        assert_eq!(
            standing(&fair, 0.65, TARGET, false).keeping,
            Keeping::Unproved
        );
    }

    #[test]
    fn a_bound_that_falls_raises_the_threshold_to_the_lowest_that_keeps_it() {
        let fallen = [
            judged(90, Pick::Given, 0.93, true),
            judged(10, Pick::Given, 0.72, true),
            judged(4, Pick::Given, 0.72, false),
        ]
        .concat();
        assert_eq!(
            standing(&fallen, 0.65, TARGET, false).keeping,
            Keeping::Unproved
        );
        let told = standing(&fallen, 0.65, TARGET, true);
        assert_eq!(told.keeping, Keeping::Broken);
        let higher = told.higher.expect("one keeps it");
        assert_eq!(
            (higher.threshold, higher.judged, higher.right),
            (0.75, 90, 90)
        );
    }

    #[test]
    fn what_is_just_below_is_added_only_where_it_is_proved_by_itself() {
        let held = judged(100, Pick::Given, 0.9, true);
        let with = |near: Vec<JudgedAnswer>| {
            let all = [held.clone(), near].concat();
            standing(&all, 0.65, TARGET, true)
        };
        assert_eq!(with(judged(58, Pick::Near, 0.61, true)).lower, None);
        let lower = with(judged(59, Pick::Near, 0.61, true)).lower;
        assert_eq!(lower.map(|proof| proof.threshold), Some(0.20));
        let mixed = [
            judged(59, Pick::Near, 0.61, true),
            judged(2, Pick::Near, 0.56, false),
        ]
        .concat();
        let lower = with(mixed).lower.map(|proof| proof.threshold);
        assert_eq!(lower, Some(0.60));
        // However many there are, they say nothing of what is answered.
        let near = judged(500, Pick::Near, 0.64, false);
        assert_eq!(with(near).keeping, Keeping::Held);
    }

    #[test]
    fn where_no_threshold_is_better_the_highest_is_taken() {
        let poor = [
            judged(40, Pick::Given, 0.93, true),
            judged(9, Pick::Given, 0.93, false),
        ]
        .concat();
        let told = standing(&poor, 0.65, TARGET, false);
        let higher = told.higher.map(|proof| (proof.threshold, proof.judged));
        assert_eq!(higher, Some((0.98, 0)));
    }

    #[test]
    fn codes_are_read_back() {
        for keeping in [Keeping::Held, Keeping::Unproved, Keeping::Broken] {
            assert_eq!(keeping.code().parse(), Ok(keeping));
        }
    }
}
