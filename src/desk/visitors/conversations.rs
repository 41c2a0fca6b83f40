//! Conversations: opening, messages, options, persons, feedback.

use super::VisitorDesk;
use super::official_channels::LookupDoor;
use super::suggested::OfferedTo;
use super::turns_before::{REMEMBERED, Spoken, turns_before};
use crate::conversation::{
    BotDecision, BotReply, Channel, Conversation, ConversationState, Feedback, FeedbackReason,
    NewConversation, Responder, Standing, Ticket, is_reachable,
};
use crate::desk::announcements::after;
use crate::desk::attachments::joined;
use crate::desk::fingerprint::fingerprint;
use crate::desk::limits::MAX_FILES_PER_MESSAGE;
use crate::desk::record::record_of;
use crate::desk::{AskContext, ConversationView, DeskError, Exchange, IdempotencyKey, Said};
use crate::ids::{AnswerId, ConversationId, MessageId};
use crate::language::Language;
use crate::pipeline::{EscalationReason, Question};
use crate::safety::Words;
use crate::store::{
    AnswerOrigin, KeyedRequest, NewEscalation, NewFeedback, NewTurn, Owner, ProposedReply,
    StoreError,
};
use crate::time::Timestamp;

impl VisitorDesk {
    /// Opens a conversation that staff alone can read.
    pub async fn open_conversation(
        &self,
        new: NewConversation,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Conversation, DeskError> {
        let (conversation, request) = opened(new, "letters".to_owned(), key, now);
        Ok(self
            .store
            .open_conversation(conversation, Owner::Staff, request)
            .await?)
    }

    /// Takes a visitor's message; the bot answers it unless a person is responsible.
    pub async fn post_message(
        &self,
        id: &ConversationId,
        said: impl Into<Said>,
        context: AskContext,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Exchange, DeskError> {
        let Said {
            words,
            files,
            channels,
        } = said.into();
        if files.len() > MAX_FILES_PER_MESSAGE {
            return Err(DeskError::TooManyFilesInMessage);
        }
        // Without what was hidden, in the digest as well: a short secret is guessed from its digest.
        let text = words.as_ref().map_or("", Words::as_str);
        let question = words.as_ref().map(Question::of).transpose();
        let question = question.map_err(|_| DeskError::WordsNeeded)?;
        let question = context.question.clone().or(question);
        let listed = joined(&files);
        let mut parts = vec!["text", text, context.forced.map_or("", Language::code)];
        if !files.is_empty() {
            parts.push(&listed);
        }
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("messages:{id}"),
            fingerprint: fingerprint(&parts),
        });
        let reader = self.store.reader();
        let mut visit = reader.visit(id, request.as_ref(), REMEMBERED).await?;
        if let Some(exchange) = visit.earlier {
            return Ok(exchange);
        }
        loop {
            let mut turn = NewTurn {
                conversation: *id,
                text: words.clone(),
                language: None,
                files: files.clone(),
                channels: channels.clone(),
                proposal: None,
                contact: context.contact.clone(),
                page: context.page.clone(),
                fallback: self.settings.fallback,
                request: request.clone(),
                now,
            };
            let bot_answers = visit.conversation.standing.state.responder() == Responder::Bot;
            // While a ticket waits, the bot goes on with what it is sure of.
            let waits = visit.conversation.standing.state == ConversationState::Queued;
            // A picture without words is for people; the bot would only guess.
            if bot_answers && question.is_none() {
                return Err(DeskError::WordsNeeded);
            }
            if let Some(question) = question.clone().filter(|_| bot_answers || waits) {
                let readership = context.readership.clone();
                let context = with_history(context.clone(), &visit.conversation);
                let before = turns_before(visit.recent.iter().map(Spoken::from));
                let outcome = self
                    .room
                    .decide_after(question.clone(), context, before, now)
                    .await?;
                let mut reply = BotReply::new(AnswerId::generate(now), &outcome);
                if bot_answers {
                    self.answer_by_draft(id, &question, &outcome, &readership, &mut reply, now)
                        .await?;
                }
                if bot_answers && turn.contact.is_none() {
                    let to = OfferedTo {
                        language: reply.language,
                        script: reply.script,
                        readership: &readership,
                    };
                    self.suggest_next(&mut reply.decision, to, now).await;
                }
                if bot_answers && turn.contact.is_some() {
                    let before = visit.recent.iter().rev();
                    let last = before.filter_map(|message| message.reply.as_ref()).next();
                    reply.decision = decided_by_letter(reply.decision, last);
                }
                turn.language = language_of(&reply);
                let record = record_of(&reply, &outcome, text, AnswerOrigin::Asked, Some(*id), now);
                turn.proposal = Some(ProposedReply { reply, record });
            }
            if let Some(exchange) = self.take_turn(turn).await? {
                self.keep_lookups(channels, LookupDoor::Chat, now).await?;
                return Ok(exchange);
            }
            visit = reader.visit(id, None, REMEMBERED).await?;
        }
    }

    /// Hands over to a person; the episode's open ticket is given back if there is one.
    pub async fn escalate(
        &self,
        id: &ConversationId,
        note: Option<Words>,
        contact: Option<Words>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Ticket, DeskError> {
        if contact
            .as_ref()
            .is_some_and(|contact| !is_reachable(contact.as_str()))
        {
            return Err(DeskError::Unreachable);
        }
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("escalate:{id}"),
            fingerprint: fingerprint(&[
                note.as_ref().map_or("", Words::as_str),
                contact.as_ref().map_or("", Words::as_str),
            ]),
        });
        let fallback = self.settings.fallback;
        let escalation = NewEscalation {
            conversation: *id,
            note,
            contact,
            fallback,
            request,
            now,
        };
        let store = self.store.clone();
        Ok(after(
            &self.bus,
            *id,
            async move { store.escalate(escalation).await },
        )
        .await?)
    }

    /// Rates a reply of the bot; a later rating replaces an earlier one.
    pub async fn give_feedback(
        &self,
        id: &ConversationId,
        message: MessageId,
        feedback: Feedback,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let comment = feedback.comment.as_ref().map_or("", Words::as_str);
        let reason = feedback.reason.map_or("", FeedbackReason::code);
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("feedback:{id}"),
            fingerprint: fingerprint(&[
                &message.to_string(),
                feedback.rating.code(),
                reason,
                comment,
            ]),
        });
        let feedback = NewFeedback {
            conversation: *id,
            message,
            feedback,
            fallback: self.settings.fallback,
            request,
            now,
        };
        let store = self.store.clone();
        Ok(after(&self.bus, *id, async move {
            store.give_feedback(feedback).await
        })
        .await?)
    }

    /// Reads a conversation whole.
    pub async fn conversation(&self, id: &ConversationId) -> Result<ConversationView, DeskError> {
        ConversationView::read(&self.store, id).await
    }

    /// Takes a turn; `None` when the bot has become the responder in between and its reply has to be found first.
    pub(in crate::desk) async fn take_turn(
        &self,
        turn: NewTurn,
    ) -> Result<Option<Exchange>, DeskError> {
        let store = self.store.clone();
        let id = turn.conversation;
        match after(&self.bus, id, async move { store.take_turn(turn).await }).await {
            Ok(exchange) => Ok(Some(exchange)),
            Err(StoreError::ReplyNeeded) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A conversation as it begins, and the request that a retry repeats.
pub(in crate::desk) fn opened(
    new: NewConversation,
    scope: String,
    key: Option<IdempotencyKey>,
    now: Timestamp,
) -> (Conversation, Option<KeyedRequest>) {
    let accept: Vec<&str> = new
        .accept_language
        .iter()
        .map(|language| language.code())
        .collect();
    let request = key.map(|key| KeyedRequest {
        key,
        scope,
        fingerprint: fingerprint(&[
            new.page_language().map_or("", Language::code),
            &accept.join(","),
        ]),
    });
    let conversation = Conversation {
        id: ConversationId::generate(now),
        standing: Standing::OPENED,
        language: None,
        script: None,
        opened_with: new,
        last_sequence: 0,
        waiting_since: None,
        held_since: None,
        agent_spoke: None,
        snoozed_until: None,
        woken: None,
        page: None,
        created: now,
        channel: Channel::Web,
        address: None,
    };
    (conversation, request)
}

/// What the bot does about a letter: whoever has to ask back a second time, or to say that it did not understand, leaves it to
/// a person.
fn decided_by_letter(decision: BotDecision, last: Option<&BotReply>) -> BotDecision {
    let asked_before =
        last.is_some_and(|reply| matches!(reply.decision, BotDecision::Clarify { .. }));
    let reason = match &decision {
        BotDecision::Clarify { .. } if asked_before => EscalationReason::LowConfidence,
        BotDecision::SmallTalk { act } if act.leaves_something_open() => {
            EscalationReason::PersonRequested
        }
        _ => return decision,
    };
    BotDecision::Escalate {
        reason,
        first_aid: None,
    }
}

/// Adds what the conversation knows to what the request knows.
fn with_history(mut context: AskContext, conversation: &Conversation) -> AskContext {
    let priors = &mut context.priors;
    priors.conversation = conversation.language;
    let opened_with = &conversation.opened_with;
    priors.page = priors.page.or(opened_with.page_language());
    priors.script = conversation.known_script().or(priors.script);
    if priors.elsewhere.is_empty() {
        priors.elsewhere.clone_from(&opened_with.elsewhere);
    }
    if priors.accept_language.is_empty() {
        priors
            .accept_language
            .clone_from(&conversation.opened_with.accept_language);
    }
    context
}

/// The language of the visitor's words; a language not served is addressed in the fallback, which says nothing of it.
pub(in crate::desk) fn language_of(reply: &BotReply) -> Option<Language> {
    (reply.person_reason() != Some(EscalationReason::LanguageNotServed)).then_some(reply.language)
}
