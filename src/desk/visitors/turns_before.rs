//! What a conversation has said so far, as far as the next message may lean on it.

use crate::conversation::{Author, BotDecision, BotReply, Message};
use crate::dialogue::DialogueAct;
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
                // What was refused is no longer offered; small talk in between changes nothing.
                is_last = is_last && !matches!(act, DialogueAct::Neither | DialogueAct::NotThat);
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
        if let Some(given) = reply.decision.given_answer() {
            note_given(&mut before.articles, &given.article);
        }
        if !answered
            && !matches!(
                reply.decision,
                BotDecision::Escalate {
                    first_aid: None,
                    ..
                }
            )
        {
            answered = true;
            before.topic = reply
                .decision
                .given_answer()
                .map(|given| given.title.clone());
            before.question = question_before(&recent[..place]);
        }
    }
    before
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
