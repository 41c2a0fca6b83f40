//! The figures of one set or language: accuracy, coverage, separation from out-of-scope questions, decisions.

use serde::Serialize;

use super::curves::{Coverage, Judged, area_under_risk_coverage, auroc, best_coverage, share};
use super::prediction::{PredictedDecision, Prediction};
use super::questions::LabelledQuestion;

/// The fixed confidence at which precision is also reported, the one an operator would state without calibrating.
const FIXED_CONFIDENCE: f32 = 0.95;

/// How many ranked articles the reciprocal rank looks at.
const RECIPROCAL_DEPTH: usize = 10;

/// Figures over a set of questions. A figure without questions to compute it from is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metrics {
    /// Questions that some article answers.
    pub in_scope: usize,
    /// Questions that no article answers.
    pub out_of_scope: usize,
    /// Share of in-scope questions whose first article is right.
    pub accuracy_at_1: Option<f64>,
    /// Share of in-scope questions with a right article among the first three.
    pub accuracy_at_3: Option<f64>,
    /// Mean of one over the rank of the first right article, zero beyond ten.
    pub mrr_at_10: Option<f64>,
    /// What can be answered at 95 % precision.
    pub coverage_at_95: Option<Coverage>,
    /// What can be answered at 90 % precision.
    pub coverage_at_90: Option<Coverage>,
    /// How well confidence tells in-scope from out-of-scope questions.
    pub auroc: Option<f64>,
    /// Mean share of wrong answers over all coverages.
    pub aurc: Option<f64>,
    /// What answering at a confidence of .95 gives.
    pub fixed: FixedThreshold,
    /// What the engine decided by its thresholds.
    pub decisions: DecisionRates,
}

/// Precision and coverage when everything at or above one confidence is answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FixedThreshold {
    /// The confidence.
    pub confidence: f32,
    /// Questions answered.
    pub answered: usize,
    /// Share of them answered rightly; `None` when none is answered.
    pub precision: Option<f64>,
    /// Share of in-scope questions answered.
    pub coverage: Option<f64>,
}

/// What the engine decided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DecisionRates {
    /// Share of all questions answered.
    pub answered: f64,
    /// Share of answers that are right; `None` when nothing is answered.
    pub answer_precision: Option<f64>,
    /// Share of in-scope questions answered rightly.
    pub in_scope_answered_rightly: Option<f64>,
    /// Share of all questions met with a choice.
    pub clarified: f64,
    /// Share of out-of-scope questions answered.
    pub out_of_scope_answered: Option<f64>,
    /// Share of out-of-scope questions handed to a person.
    pub out_of_scope_escalated: Option<f64>,
    /// Share of in-scope questions handed to a person.
    pub in_scope_escalated: Option<f64>,
}

/// Holds a prediction against its label.
pub fn judge(question: &LabelledQuestion, prediction: &Prediction) -> Judged {
    Judged {
        confidence: prediction.confidence.0,
        right: rank_of_right(question, prediction) == Some(0),
        in_scope: question.is_in_scope(),
    }
}

impl Metrics {
    /// Computes the figures; questions and predictions come in the same order.
    pub fn of(questions: &[&LabelledQuestion], predictions: &[&Prediction]) -> Self {
        let pairs = || questions.iter().copied().zip(predictions.iter().copied());
        let judged: Vec<Judged> = pairs()
            .map(|(question, prediction)| judge(question, prediction))
            .collect();
        let in_scope = judged.iter().filter(|one| one.in_scope).count();
        let ranks: Vec<usize> = pairs()
            .filter_map(|(question, prediction)| rank_of_right(question, prediction))
            .collect();
        let within = |depth: usize| ranks.iter().filter(|rank| **rank < depth).count();
        let reciprocal: f64 = ranks
            .iter()
            .filter(|rank| **rank < RECIPROCAL_DEPTH)
            .map(|rank| 1.0 / (rank + 1) as f64)
            .sum();
        Self {
            in_scope,
            out_of_scope: judged.len() - in_scope,
            accuracy_at_1: ratio(within(1), in_scope),
            accuracy_at_3: ratio(within(3), in_scope),
            mrr_at_10: (in_scope > 0).then(|| reciprocal / in_scope as f64),
            coverage_at_95: best_coverage(&judged, 0.95),
            coverage_at_90: best_coverage(&judged, 0.90),
            auroc: auroc(&judged),
            aurc: area_under_risk_coverage(&judged),
            fixed: fixed_threshold(&judged, FIXED_CONFIDENCE),
            decisions: decision_rates(&judged, predictions),
        }
    }
}

/// Place of the first right article, counted from 0.
fn rank_of_right(question: &LabelledQuestion, prediction: &Prediction) -> Option<usize> {
    prediction
        .ranked
        .iter()
        .position(|article| question.relevant.contains(article))
}

fn fixed_threshold(judged: &[Judged], confidence: f32) -> FixedThreshold {
    let answered: Vec<&Judged> = judged
        .iter()
        .filter(|one| one.confidence >= confidence)
        .collect();
    let right = answered.iter().filter(|one| one.right).count();
    let answered_in_scope = answered.iter().filter(|one| one.in_scope).count();
    let in_scope = judged.iter().filter(|one| one.in_scope).count();
    FixedThreshold {
        confidence,
        answered: answered.len(),
        precision: ratio(right, answered.len()),
        coverage: ratio(answered_in_scope, in_scope),
    }
}

fn decision_rates(judged: &[Judged], predictions: &[&Prediction]) -> DecisionRates {
    let count = |keep: &dyn Fn(&Judged, PredictedDecision) -> bool| {
        judged
            .iter()
            .zip(predictions)
            .filter(|(one, prediction)| keep(one, prediction.decision))
            .count()
    };
    let all = judged.len();
    let in_scope = count(&|one, _| one.in_scope);
    let out_of_scope = all - in_scope;
    let answered = count(&|_, decision| decision == PredictedDecision::Answer);
    let rightly = count(&|one, decision| one.right && decision == PredictedDecision::Answer);
    DecisionRates {
        answered: share(answered, all),
        answer_precision: ratio(rightly, answered),
        in_scope_answered_rightly: ratio(rightly, in_scope),
        clarified: share(
            count(&|_, decision| decision == PredictedDecision::Clarify),
            all,
        ),
        out_of_scope_answered: ratio(
            count(&|one, decision| !one.in_scope && decision == PredictedDecision::Answer),
            out_of_scope,
        ),
        out_of_scope_escalated: ratio(
            count(&|one, decision| !one.in_scope && decision == PredictedDecision::Escalate),
            out_of_scope,
        ),
        in_scope_escalated: ratio(
            count(&|one, decision| one.in_scope && decision == PredictedDecision::Escalate),
            in_scope,
        ),
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| share(part, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::ArticleId;
    use crate::pipeline::Confidence;

    fn question(id: &str, relevant: &[&str]) -> LabelledQuestion {
        LabelledQuestion {
            id: id.to_owned(),
            language: "en".to_owned(),
            text: id.to_owned(),
            relevant: relevant.iter().map(|id| ArticleId::new(*id)).collect(),
            kind: None,
            before: None,
        }
    }

    fn prediction(
        id: &str,
        ranked: &[&str],
        confidence: f32,
        decision: PredictedDecision,
    ) -> Prediction {
        Prediction {
            id: id.to_owned(),
            ranked: ranked.iter().map(|id| ArticleId::new(*id)).collect(),
            confidence: Confidence(confidence),
            decision,
        }
    }

    fn close(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-12)
    }

    #[test]
    fn figures_are_those_computed_by_hand() {
        use PredictedDecision::{Answer, Clarify, Escalate};
        let questions = [
            question("first", &["a"]),
            question("third", &["b", "z"]),
            question("missed", &["c"]),
            question("noise", &[]),
        ];
        let predictions = [
            prediction("first", &["a", "b"], 0.97, Answer),
            prediction("third", &["a", "c", "b"], 0.60, Clarify),
            prediction("missed", &["a"], 0.96, Answer),
            prediction("noise", &["a"], 0.10, Escalate),
        ];
        let metrics = Metrics::of(
            &questions.iter().collect::<Vec<_>>(),
            &predictions.iter().collect::<Vec<_>>(),
        );
        assert_eq!((metrics.in_scope, metrics.out_of_scope), (3, 1));
        assert!(close(metrics.accuracy_at_1, 1.0 / 3.0));
        assert!(close(metrics.accuracy_at_3, 2.0 / 3.0));
        assert!(close(metrics.mrr_at_10, (1.0 + 1.0 / 3.0) / 3.0));
        assert!(close(
            metrics.coverage_at_95.map(|found| found.coverage),
            1.0 / 3.0
        ));
        assert!(close(metrics.auroc, 1.0));
        assert_eq!(metrics.fixed.answered, 2);
        assert!(close(metrics.fixed.precision, 0.5));
        assert!(close(metrics.fixed.coverage, 2.0 / 3.0));
        assert_eq!(metrics.decisions.answered, 0.5);
        assert_eq!(metrics.decisions.clarified, 0.25);
        assert!(close(metrics.decisions.answer_precision, 0.5));
        assert!(close(
            metrics.decisions.in_scope_answered_rightly,
            1.0 / 3.0
        ));
        assert!(close(metrics.decisions.out_of_scope_escalated, 1.0));
        assert!(close(metrics.decisions.in_scope_escalated, 0.0));
    }

    #[test]
    fn no_question_gives_no_figure() {
        let metrics = Metrics::of(&[], &[]);
        assert_eq!(metrics.accuracy_at_1, None);
        assert_eq!(metrics.fixed.precision, None);
        assert_eq!(metrics.decisions.answer_precision, None);
    }
}
