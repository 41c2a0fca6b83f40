//! Asks every question of a set and notes what the engine said and how long it took.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::error::EvaluationError;
use super::questions::LabelledQuestion;
use super::slices::kind_of;
use crate::knowledge::{ArticleId, Readership};
use crate::language::{Language, Priors};
use crate::pipeline::{
    Asked, Confidence, Decision, Engine, Evidence, Outcome, Question, TurnsBefore,
};

/// What the engine decided, without the answer's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PredictedDecision {
    /// It answered.
    Answer,
    /// It asked which of several articles was meant.
    Clarify,
    /// It handed over to a person.
    Escalate,
    /// It took the text for no question, or for too little of one.
    SmallTalk,
}

impl From<&Decision> for PredictedDecision {
    fn from(decision: &Decision) -> Self {
        match decision {
            Decision::Answer { .. } => Self::Answer,
            Decision::Clarify { .. } => Self::Clarify,
            Decision::Escalate { .. } => Self::Escalate,
            Decision::SmallTalk { .. } => Self::SmallTalk,
        }
    }
}

/// What the engine said about one question; one line of a predictions file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The question.
    pub id: String,
    /// Articles, likeliest first.
    pub ranked: Vec<ArticleId>,
    /// Probability that the first is right.
    pub confidence: Confidence,
    /// What it would have done.
    pub decision: PredictedDecision,
}

/// A prediction with what it was made from.
#[derive(Debug, Clone)]
pub struct AskedQuestion {
    /// What the engine said.
    pub prediction: Prediction,
    /// Language the visitor would be addressed in; `None` for a text that is no question.
    pub language: Option<Language>,
    /// What kind of message it is: as labelled, else as it was read.
    pub kind: String,
    /// Evidence of each ranked article, in the order of the prediction.
    pub evidence: Vec<Evidence>,
    /// Time from text to decision.
    pub took: Duration,
}

/// Asks the questions in order, as a stranger on no page would; `on_question` is called after each.
///
/// `today` is the day, `YYYY-MM-DD`, on which articles must be valid.
pub fn predict(
    engine: &Engine,
    questions: &[LabelledQuestion],
    today: &str,
    mut on_question: impl FnMut(),
) -> Result<Vec<AskedQuestion>, EvaluationError> {
    let mut asked = Vec::with_capacity(questions.len());
    for labelled in questions {
        let (before, priors) = turn_before(engine, labelled, today)?;
        let begun = Instant::now();
        // A text that is no question never reaches the engine: at the edge it is sent back, here it counts as escalated.
        let outcome = match Question::parse(&labelled.text) {
            Ok(question) => {
                Some(engine.ask_in_context(&stranger(&question, &priors, today), None, &before)?)
            }
            Err(_) => None,
        };
        let took = begun.elapsed();
        asked.push(asked_question(labelled, outcome, took));
        on_question();
    }
    Ok(asked)
}

fn stranger<'a>(question: &'a Question, priors: &'a Priors, today: &'a str) -> Asked<'a> {
    Asked {
        question,
        priors,
        forced: None,
        fallback: Language::English,
        today,
        readership: Readership::anybody(),
    }
}

/// Asks what was asked before a question, and says what is known from it.
fn turn_before(
    engine: &Engine,
    labelled: &LabelledQuestion,
    today: &str,
) -> Result<(TurnsBefore, Priors), EvaluationError> {
    let mut priors = Priors::default();
    let earlier = labelled.before.as_deref();
    let Some(earlier) = earlier.and_then(|text| Question::parse(text).ok()) else {
        return Ok((TurnsBefore::default(), priors));
    };
    let outcome = engine.ask(&stranger(&earlier, &priors, today))?;
    priors.conversation = Some(outcome.language);
    let before = TurnsBefore::after(earlier.as_str(), &outcome.decision);
    Ok((before, priors))
}

fn asked_question(
    labelled: &LabelledQuestion,
    outcome: Option<Outcome>,
    took: Duration,
) -> AskedQuestion {
    let Some(outcome) = outcome else {
        return AskedQuestion {
            prediction: Prediction {
                id: labelled.id.clone(),
                ranked: Vec::new(),
                confidence: Confidence(0.0),
                decision: PredictedDecision::Escalate,
            },
            language: None,
            kind: kind_of(labelled, None).to_owned(),
            evidence: Vec::new(),
            took,
        };
    };
    AskedQuestion {
        prediction: Prediction {
            id: labelled.id.clone(),
            ranked: outcome
                .ranked
                .iter()
                .map(|ranked| ranked.article.clone())
                .collect(),
            confidence: outcome.confidence,
            decision: PredictedDecision::from(&outcome.decision),
        },
        language: Some(outcome.language),
        kind: kind_of(labelled, Some(&outcome)).to_owned(),
        evidence: outcome
            .ranked
            .iter()
            .map(|ranked| ranked.evidence.clone())
            .collect(),
        took,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_is_one_line_of_json() {
        let labelled = LabelledQuestion {
            id: "q1".to_owned(),
            language: "en".to_owned(),
            text: "?!".to_owned(),
            relevant: Vec::new(),
            kind: None,
            before: None,
        };
        let asked = asked_question(&labelled, None, Duration::ZERO);
        let line = serde_json::to_string(&asked.prediction).expect("plain data");
        assert_eq!(
            line,
            r#"{"id":"q1","ranked":[],"confidence":0.0,"decision":"escalate"}"#
        );
    }
}
