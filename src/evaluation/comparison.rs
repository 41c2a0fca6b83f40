//! The same questions asked of two states of a knowledge base.

use serde::Serialize;

use super::error::EvaluationError;
use super::prediction::{AskedQuestion, PredictedDecision, predict};
use super::questions::LabelledQuestion;
use crate::knowledge::ArticleId;
use crate::pipeline::Engine;

/// A question that both states are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedQuestion {
    /// The question, with the articles that answer it where that is known.
    pub question: LabelledQuestion,
    /// Whether those articles are known; a recorded question has no label, and none of its answers is called right.
    pub is_labelled: bool,
}

/// What a visitor would be told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// What would be done.
    pub decision: PredictedDecision,
    /// The article given, or the likeliest.
    pub article: Option<ArticleId>,
    /// Probability that it is right.
    pub confidence: f32,
}

impl Told {
    fn of(asked: &AskedQuestion) -> Self {
        Self {
            decision: asked.prediction.decision,
            article: asked.prediction.ranked.first().cloned(),
            confidence: asked.prediction.confidence.0,
        }
    }

    /// The article that is given as the answer, where one is.
    fn given(&self) -> Option<&ArticleId> {
        match self.decision {
            PredictedDecision::Answer => self.article.as_ref(),
            _ => None,
        }
    }
}

/// What an edit changes for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was not answered wrongly, and is now.
    Wrong,
    /// It was answered, rightly where that is known, and no longer is.
    Lost,
    /// Another article answers it, where neither is known to be right or wrong, or both are right.
    Another,
    /// It is answered, rightly where that is known, and was not before.
    Gained,
}

/// A question that would be told something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The words.
    pub text: String,
    /// Language they are labelled with.
    pub language: String,
    /// What changes.
    pub change: Change,
    /// By the old state.
    pub before: Told,
    /// By the new state.
    pub after: Told,
    /// The same article leads, so that only its number has crossed the threshold.
    pub crosses_threshold: bool,
}

/// Asks questions of two engines and returns those whose answer differs, the worst first. `today` is the day,
/// `YYYY-MM-DD`, on which articles must be valid; `on_question` is called twice for each.
pub fn compare(
    old: &Engine,
    new: &Engine,
    questions: &[ComparedQuestion],
    today: &str,
    mut on_question: impl FnMut(),
) -> Result<Vec<Difference>, EvaluationError> {
    let labelled: Vec<LabelledQuestion> =
        questions.iter().map(|one| one.question.clone()).collect();
    let before = predict(old, &labelled, today, &mut on_question)?;
    let after = predict(new, &labelled, today, &mut on_question)?;
    let pairs = before.iter().zip(&after);
    let mut differences: Vec<Difference> = questions
        .iter()
        .zip(pairs)
        .filter_map(|(asked, (before, after))| {
            let (before, after) = (Told::of(before), Told::of(after));
            let change = change(asked, &before, &after)?;
            Some(Difference {
                text: asked.question.text.clone(),
                language: asked.question.language.clone(),
                change,
                crosses_threshold: before.article.is_some() && before.article == after.article,
                before,
                after,
            })
        })
        .collect();
    differences.sort_by_key(|one| one.change);
    Ok(differences)
}

fn change(asked: &ComparedQuestion, before: &Told, after: &Told) -> Option<Change> {
    let (was, is) = (before.given(), after.given());
    if was == is {
        return None;
    }
    let is_right = |given: Option<&ArticleId>| {
        given.is_some_and(|article| !asked.is_labelled || asked.question.relevant.contains(article))
    };
    let is_wrong = |given: Option<&ArticleId>| given.is_some() && !is_right(given);
    if is_wrong(is) {
        // One wrong answer in place of another changes nothing that matters.
        return (!is_wrong(was)).then_some(Change::Wrong);
    }
    match (is_right(was), is_right(is)) {
        (true, false) => Some(Change::Lost),
        (false, true) => Some(Change::Gained),
        (true, true) => Some(Change::Another),
        // A wrong answer that is no longer given.
        (false, false) => Some(Change::Gained),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(given: Option<&str>) -> Told {
        Told {
            decision: match given {
                Some(_) => PredictedDecision::Answer,
                None => PredictedDecision::Clarify,
            },
            article: Some(ArticleId::new(given.unwrap_or("near"))),
            confidence: 0.5,
        }
    }

    #[test]
    fn a_change_is_named_by_what_it_does_to_the_visitor() {
        let check = |label: Option<&[&str]>, was, is, expected| {
            let articles = label.unwrap_or_default().iter();
            let asked = ComparedQuestion {
                question: LabelledQuestion {
                    id: "1".to_owned(),
                    language: "en".to_owned(),
                    text: "a question".to_owned(),
                    relevant: articles.map(|id| ArticleId::new(*id)).collect(),
                    kind: None,
                    before: None,
                },
                is_labelled: label.is_some(),
            };
            assert_eq!(change(&asked, &told(was), &told(is)), expected);
        };
        let (a, b) = (Some("a"), Some("b"));
        check(None, a, a, None);
        check(None, None, None, None);
        check(None, a, None, Some(Change::Lost));
        check(None, None, a, Some(Change::Gained));
        check(None, a, b, Some(Change::Another));
        check(Some(&["a", "b"]), a, b, Some(Change::Another));
        check(Some(&["a"]), a, b, Some(Change::Wrong));
        check(Some(&["a"]), None, b, Some(Change::Wrong));
        check(Some(&["a"]), a, None, Some(Change::Lost));
        check(Some(&["a"]), b, a, Some(Change::Gained));
        check(Some(&["a"]), b, None, Some(Change::Gained));
        check(Some(&["c"]), a, b, None);
        check(Some(&[]), None, a, Some(Change::Wrong));
        check(Some(&[]), a, None, Some(Change::Gained));
    }
}
