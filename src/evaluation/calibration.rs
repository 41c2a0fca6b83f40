//! Finds, per language, the lowest confidence at which answers are provably precise enough.

use serde::Serialize;

use super::precision_bound::{MOST_ASKED_FOR, answers_that_prove, lower_precision_bound};
use crate::language::Language;

/// Thresholds that are tried.
///
/// Few and stated beforehand: every threshold tried is one more chance that luck passes for precision. They are tried on
/// nested sets of questions, so the chances overlap, but the stated confidence level still holds for one threshold, not
/// for the best of twenty; an operator who needs it to hold for all of them states a higher level.
pub const THRESHOLD_GRID: [f32; 20] = [
    0.20, 0.30, 0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.84, 0.87, 0.90, 0.92, 0.94,
    0.95, 0.96, 0.97, 0.98,
];

/// What the operator demands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationTarget {
    /// Share of answers that must be right.
    pub precision: f64,
    /// Probability with which that must hold.
    pub confidence_level: f64,
}

/// One labelled question after it was asked with no threshold in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationRow {
    /// Language the visitor is addressed in, whose threshold decides.
    pub language: Language,
    /// The confidence; `None` when policy hands the question to a person however sure the engine is.
    pub confidence: Option<f32>,
    /// The first ranked article answers the question.
    pub right: bool,
    /// Some article answers the question.
    pub in_scope: bool,
}

/// A threshold with what it gives and costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ThresholdChoice {
    /// Least confidence that is answered.
    pub threshold: f32,
    /// Questions answered at it.
    pub answered: usize,
    /// Those answered rightly.
    pub right: usize,
    /// Lower bound of the precision.
    pub precision_bound: f64,
    /// Share of the in-scope questions answered.
    pub coverage: f64,
    /// Share of the out-of-scope questions answered.
    pub out_of_scope_answered: f64,
}

/// What calibration says about one language.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The lowest threshold that meets the target.
    Met(ThresholdChoice),
    /// No question is out of scope, so that nothing tells how often the bot answers what it should leave to a person.
    NothingOutOfScope,
    /// Some threshold is precise enough as far as one can see, but too few questions prove it.
    TooFewQuestions {
        /// The threshold nearest to being proved, when anything is answered at all.
        nearest: Option<ThresholdChoice>,
        /// Labelled questions it lacks, if new ones fare as the present ones did.
        more_questions: usize,
    },
    /// Answers are wrong too often at every threshold; more questions would not help.
    TooImprecise {
        /// The threshold with the best bound, when anything is answered at all.
        best: Option<ThresholdChoice>,
    },
}

/// Judges one language by the questions addressed in it.
pub fn calibrate(rows: &[CalibrationRow], target: CalibrationTarget) -> Verdict {
    let fewest = fewest_questions(target);
    if rows.len() < fewest {
        return Verdict::TooFewQuestions {
            nearest: None,
            more_questions: fewest - rows.len(),
        };
    }
    if rows.iter().all(|row| row.in_scope) {
        return Verdict::NothingOutOfScope;
    }
    let choices: Vec<ThresholdChoice> = THRESHOLD_GRID
        .into_iter()
        .map(|threshold| choice(rows, threshold, target.confidence_level))
        .filter(|choice| choice.answered > 0)
        .collect();
    let met = choices
        .iter()
        .find(|choice| choice.precision_bound >= target.precision);
    if let Some(met) = met {
        return Verdict::Met(*met);
    }
    let nearest = choices
        .iter()
        .filter_map(|choice| Some((*choice, more_questions(choice, rows.len(), target)?)))
        .min_by_key(|(_, more_questions)| *more_questions);
    if let Some((nearest, more_questions)) = nearest {
        return Verdict::TooFewQuestions {
            nearest: Some(nearest),
            more_questions,
        };
    }
    let best = choices
        .into_iter()
        .max_by(|left, right| left.precision_bound.total_cmp(&right.precision_bound));
    Verdict::TooImprecise { best }
}

/// Counts the questions below which not even right answers to all of them would prove the precision.
fn fewest_questions(target: CalibrationTarget) -> usize {
    // The bound after n right answers of n is the n-th root of the chance that is left.
    let fewest = ((1.0 - target.confidence_level).ln() / target.precision.ln()).ceil();
    (fewest as usize).min(MOST_ASKED_FOR)
}

fn choice(rows: &[CalibrationRow], threshold: f32, confidence_level: f64) -> ThresholdChoice {
    let answers = |row: &&CalibrationRow| row.confidence.is_some_and(|sure| sure >= threshold);
    let answered = rows.iter().filter(answers).count();
    let right = rows.iter().filter(answers).filter(|row| row.right).count();
    let share_answered = |in_scope: bool| {
        let all = rows.iter().filter(|row| row.in_scope == in_scope);
        let answered = all.clone().filter(answers).count();
        answered as f64 / all.count().max(1) as f64
    };
    ThresholdChoice {
        threshold,
        answered,
        right,
        precision_bound: lower_precision_bound(right, answered, confidence_level),
        coverage: share_answered(true),
        out_of_scope_answered: share_answered(false),
    }
}

/// How many more labelled questions would prove a threshold; `None` when no reasonable number would.
fn more_questions(
    choice: &ThresholdChoice,
    questions: usize,
    target: CalibrationTarget,
) -> Option<usize> {
    let enough = answers_that_prove(
        choice.right,
        choice.answered,
        target.precision,
        target.confidence_level,
    )?;
    if enough > MOST_ASKED_FOR * choice.answered / questions.max(1) {
        return None;
    }
    let more_answers = (enough - choice.answered) as f64;
    Some((more_answers * questions as f64 / choice.answered as f64).ceil() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: CalibrationTarget = CalibrationTarget {
        precision: 0.95,
        confidence_level: 0.95,
    };

    fn rows(count: usize, confidence: f32, right: bool, in_scope: bool) -> Vec<CalibrationRow> {
        vec![
            CalibrationRow {
                language: Language::English,
                confidence: Some(confidence),
                right,
                in_scope,
            };
            count
        ]
    }

    #[test]
    fn the_lowest_threshold_whose_bound_holds_is_taken() {
        // At .95: 100 right. At .80: 60 more right. At .50: 40 wrong of 80 more.
        let all = [
            rows(100, 0.97, true, true),
            rows(60, 0.85, true, true),
            rows(40, 0.60, true, true),
            rows(40, 0.60, false, false),
        ]
        .concat();
        let Verdict::Met(met) = calibrate(&all, TARGET) else {
            panic!("the target is met at .65 and above");
        };
        // 0.65 answers the same questions as 0.84 and is the lowest on the grid to do so.
        assert_eq!((met.threshold, met.answered, met.right), (0.65, 160, 160));
        assert_eq!((met.coverage, met.out_of_scope_answered), (0.8, 0.0));
        assert!(met.precision_bound > 0.98, "{}", met.precision_bound);
    }

    #[test]
    fn an_answered_question_out_of_scope_is_an_error() {
        let all = [rows(95, 0.97, true, true), rows(5, 0.97, false, false)].concat();
        let Verdict::TooImprecise { best: Some(best) } = calibrate(&all, TARGET) else {
            panic!("95 of 100 is never provably 95 %");
        };
        assert_eq!((best.answered, best.right), (100, 95));
    }

    #[test]
    fn thin_data_say_how_much_is_missing() {
        // 58 right of 58 fall just short, 59 of 59 suffice.
        let check = |count: usize, right: bool, expected: usize| {
            let Verdict::TooFewQuestions { more_questions, .. } =
                calibrate(&rows(count, 0.99, right, right), TARGET)
            else {
                panic!("{count} do not suffice");
            };
            assert_eq!(more_questions, expected);
        };
        check(58, true, 1);
        check(1, true, 58);
        check(1, false, 58);
        check(0, true, 59);
        let enough = [rows(59, 0.99, true, true), rows(5, 0.1, false, false)].concat();
        assert!(matches!(calibrate(&enough, TARGET), Verdict::Met(_)));
    }

    #[test]
    fn questions_that_all_have_an_answer_prove_nothing() {
        let flattering = rows(200, 0.25, true, true);
        assert_eq!(calibrate(&flattering, TARGET), Verdict::NothingOutOfScope);
    }

    #[test]
    fn what_policy_escalates_is_never_answered() {
        let mut all = rows(100, 0.97, true, true);
        all.extend(rows(1, 0.1, false, false));
        for row in &mut all[..50] {
            row.confidence = None;
            row.right = false;
        }
        let Verdict::TooFewQuestions {
            nearest: Some(nearest),
            ..
        } = calibrate(&all, TARGET)
        else {
            panic!("fifty answers do not suffice");
        };
        assert_eq!((nearest.answered, nearest.coverage), (50, 0.5));
    }
}
