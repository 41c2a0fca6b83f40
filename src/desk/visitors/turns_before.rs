//! What a conversation has said so far, as far as the next message may lean on it.

use crate::conversation::{Author, BotDecision, BotReply, Message};
use crate::dialogue::{DialogueAct, leans_on_turn_before};
use crate::knowledge::ArticleId;
use crate::pipeline::{Question, TurnsBefore};
use crate::safety::Words;

/// Messages looked back on; what was said longer ago is no longer leaned on.
pub(super) const REMEMBERED: usize = 12;

/// One message, as far as it is leaned on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken<'a> {
    author: Author,
    text: &'a str,
    reply: Option<&'a BotReply>,
}

impl<'a> Spoken<'a> {
    /// Returns what a visitor has written.
    pub(super) fn by_visitor(words: &'a Words) -> Self {
        Self {
            author: Author::Visitor,
            text: words.as_str(),
            reply: None,
        }
    }

    /// Returns what the bot has replied.
    pub(super) fn by_bot(reply: &'a BotReply) -> Self {
        Self {
            author: Author::Bot,
            text: "",
            reply: Some(reply),
        }
    }
}

impl<'a> From<&'a Message> for Spoken<'a> {
    fn from(message: &'a Message) -> Self {
        Self {
            author: message.author,
            text: &message.text,
            reply: message.reply.as_ref(),
        }
    }
}

/// Reads the turns before from what was spoken, oldest first.
pub(super) fn turns_before<'a>(spoken: impl IntoIterator<Item = Spoken<'a>>) -> TurnsBefore {
    let spoken: Vec<Spoken<'_>> = spoken.into_iter().collect();
    let recent = &spoken[spoken.len().saturating_sub(REMEMBERED)..];
    let mut before = TurnsBefore::default();
    let mut is_last = true;
    let mut answered = false;
    for (place, message) in recent.iter().enumerate().rev() {
        let Some(reply) = message.reply else {
            continue;
        };
        match &reply.decision {
            BotDecision::SmallTalk { act } => {
                // Other small talk in between changes nothing.
                is_last = is_last && !ends_offers(*act);
                continue;
            }
            BotDecision::Clarify { options } if is_last => {
                before.options = options
                    .iter()
                    .map(|option| option.article.clone())
                    .collect();
            }
            BotDecision::Answer {
                answer,
                offer_person,
            } if is_last => {
                before.follow_ups = answer
                    .follow_ups
                    .iter()
                    .map(|option| option.article.clone())
                    .collect();
                before.person_offered = offer_person.is_some();
                before.offered_for = question_before(&recent[..place]);
            }
            BotDecision::Escalate { reason, .. } if is_last => {
                before.person_offered = reason.is_for_want();
                before.offered_for = question_before(&recent[..place]);
            }
            BotDecision::Answer { .. }
            | BotDecision::Clarify { .. }
            | BotDecision::Escalate { .. } => {}
        }
        is_last = false;
        let given = reply.decision.given_answer();
        if let Some(given) = given {
            note_given(&mut before.articles, &given.article);
        }
        let about = about(&reply.decision);
        if answered || about.is_empty() {
            continue;
        }
        let question = question_before(&recent[..place]);
        // What leaned on an earlier turn and found nothing that is sure is still about what that one was about.
        let leans = given.is_none() && question.as_deref().is_some_and(leans_on_turn_before);
        if before.question.is_none() || !leans {
            before.topic = given.map(|given| given.title.clone());
            before.question = question;
            before.about = about;
        }
        answered = !leans;
    }
    before
}

/// What was refused, or is no longer needed, is no longer offered.
fn ends_offers(act: DialogueAct) -> bool {
    matches!(
        act,
        DialogueAct::Neither | DialogueAct::NotThat | DialogueAct::SecretKept
    )
}

/// The articles that a reply gave or offered.
fn about(decision: &BotDecision) -> Vec<ArticleId> {
    if let BotDecision::Clarify { options } = decision {
        return options
            .iter()
            .map(|option| option.article.clone())
            .collect();
    }
    let given = decision.given_answer().map(|given| given.article.clone());
    given.into_iter().collect()
}

fn note_given(articles: &mut Vec<ArticleId>, given: &ArticleId) {
    if !articles.contains(given) {
        articles.push(given.clone());
    }
}

fn question_before(spoken: &[Spoken<'_>]) -> Option<String> {
    let mut said = spoken.iter().rev();
    let last = said.find(|message| message.author == Author::Visitor)?;
    // As it was read then: on one line, without what was hidden.
    let question = Question::of(&Words::from_record(last.text.to_owned()));
    Some(question.ok()?.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AnswerId;
    use crate::language::{ChineseScript, Language};
    use crate::pipeline::{ClarifyOption, Confidence};
    use crate::time::Timestamp;

    fn offering(articles: &[&str]) -> BotReply {
        let option = |id: &&str| ClarifyOption {
            article: ArticleId::new(*id),
            title: (*id).to_owned(),
        };
        BotReply {
            answer: AnswerId::generate(Timestamp::from_millis(0)),
            decision: BotDecision::Clarify {
                options: articles.iter().map(option).collect(),
            },
            language: Language::English,
            script: ChineseScript::Simplified,
            elsewhere: None,
            confidence: Confidence(0.4),
            subject: None,
        }
    }

    #[test]
    fn what_leans_on_a_topic_is_not_the_next_topic() {
        let subject = |turns: &[(&str, &[&str])]| {
            let turns: Vec<(Words, BotReply)> = turns
                .iter()
                .map(|(text, options)| {
                    let words = Words::from_record((*text).to_owned());
                    (words, offering(options))
                })
                .collect();
            let spoken = turns
                .iter()
                .flat_map(|(words, reply)| [Spoken::by_visitor(words), Spoken::by_bot(reply)]);
            let before = turns_before(spoken);
            let about: Vec<String> = before.about.iter().map(ToString::to_string).collect();
            (before.question.unwrap_or_default(), about)
        };
        let asked = (
            "withdrawing my savings to a bank account",
            &["bank", "coins"][..],
        );
        let said = |question: &str, about: &[&str]| {
            let about = about.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            (question.to_owned(), about)
        };
        assert_eq!(subject(&[asked]), said(asked.0, asked.1));
        assert_eq!(
            subject(&[asked, ("and how long?", &["tickets"])]),
            said(asked.0, asked.1)
        );
        let other = ("changing the mail address of my account", &["mail"][..]);
        assert_eq!(subject(&[asked, other]), said(other.0, other.1));
        assert_eq!(
            subject(&[("and how long?", &["tickets"])]),
            said("and how long?", &["tickets"])
        );
    }
}
