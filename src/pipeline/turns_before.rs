//! What was said before in the same conversation, as far as it helps to read the next message.

use super::outcome::Decision;
use crate::knowledge::ArticleId;

/// The turns before a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TurnsBefore {
    /// The last question that was about something, in the visitor's words.
    pub question: Option<String>,
    /// What it was about: the title of the article given, where one was.
    pub topic: Option<String>,
    /// Articles given, newest first.
    pub articles: Vec<ArticleId>,
    /// What was given or offered in answer to that question.
    pub about: Vec<ArticleId>,
    /// The options of the last reply, in their order; empty where it had none.
    pub options: Vec<ArticleId>,
    /// What the last reply suggested to read next, in its order.
    pub follow_ups: Vec<ArticleId>,
    /// The last reply offered a person.
    pub person_offered: bool,
    /// What the visitor had written when a person was offered.
    pub offered_for: Option<String>,
}

impl TurnsBefore {
    /// What is known after one question and what was decided about it.
    pub fn after(question: &str, decision: &Decision) -> Self {
        let mut before = Self {
            question: Some(question.to_owned()),
            ..Self::default()
        };
        let given = match decision {
            Decision::Answer {
                answer,
                offer_person,
            } => {
                before.person_offered = offer_person.is_some();
                before.offered_for = Some(question.to_owned());
                Some(answer)
            }
            Decision::Escalate { reason, first_aid } => {
                before.person_offered = reason.is_for_want();
                before.offered_for = Some(question.to_owned());
                first_aid.as_ref()
            }
            Decision::Clarify { options } => {
                let offered = options.iter().map(|option| option.article.clone());
                before.options = offered.collect();
                before.about = before.options.clone();
                None
            }
            Decision::SmallTalk { .. } => None,
        };
        if let Some(given) = given {
            before.topic = Some(given.title.clone());
            before.articles = vec![given.article.clone()];
            before.about = before.articles.clone();
            let next = given.follow_ups.iter().map(|option| option.article.clone());
            before.follow_ups = next.collect();
        }
        before
    }

    /// What the talk was about, in words that can be read together with the next.
    pub(super) fn subject(&self) -> Option<&str> {
        self.topic.as_deref().or(self.question.as_deref())
    }

    /// Tells whether anything was talked about.
    pub(super) fn has_topic(&self) -> bool {
        self.question.is_some() && !(self.articles.is_empty() && self.options.is_empty())
    }
}
