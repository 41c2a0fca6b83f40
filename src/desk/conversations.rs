//! Conversations: opening, messages, options, persons, feedback.

use std::sync::Arc;

use super::attachments::{MAX_FILES_PER_MESSAGE, joined};
use super::fingerprint::fingerprint;
use super::record::record_of;
use super::{AskContext, ConversationView, Desk, DeskError, Exchange, IdempotencyKey, Said};
use crate::conversation::{
    AnswerId, BotReply, Conversation, ConversationId, Feedback, FeedbackReason, MessageId,
    NewConversation, Responder, Standing, Ticket, Timestamp,
};
use crate::language::Language;
use crate::pipeline::{EscalationReason, Question};
use crate::store::{
    AnswerOrigin, KeyedRequest, NewEscalation, NewFeedback, NewTurn, Owner, ProposedReply,
    StoreError, Written,
};

impl Desk {
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
        let Said { words, files } = said.into();
        if files.len() > MAX_FILES_PER_MESSAGE {
            return Err(DeskError::TooManyFilesInMessage);
        }
        let text = words.as_ref().map_or("", Question::as_str);
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
        if let Some(exchange) = self.earlier_exchange(id, request.as_ref()).await? {
            return Ok(exchange);
        }
        let mut conversation = self.store.reader().conversation(id).await?;
        loop {
            let mut turn = NewTurn {
                conversation: *id,
                text: text.to_owned(),
                language: None,
                files: files.clone(),
                proposal: None,
                fallback: self.settings.fallback,
                request: request.clone(),
                now,
            };
            if conversation.standing.state.responder() == Responder::Bot {
                // A picture without words is for people; the bot would only guess.
                let question = words.clone().ok_or(DeskError::WordsNeeded)?;
                let context = with_history(context.clone(), &conversation);
                let outcome = self.decide(question.clone(), context, now).await?;
                let mut reply = BotReply::new(AnswerId::generate(now), &outcome);
                self.answer_by_draft(id, &question, &outcome, &mut reply)
                    .await?;
                turn.language = language_of(&reply);
                let record = record_of(&reply, &outcome, text, AnswerOrigin::Asked, Some(*id), now);
                turn.proposal = Some(ProposedReply { reply, record });
            }
            if let Some(exchange) = self.take_turn(turn).await? {
                return Ok(exchange);
            }
            conversation = self.store.reader().conversation(id).await?;
        }
    }

    /// Hands over to a person; the episode's open ticket is given back if there is one.
    pub async fn escalate(
        &self,
        id: &ConversationId,
        reason: Option<String>,
        contact: Option<String>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Ticket, DeskError> {
        let (note, contact) = (
            tidy(reason, MAX_NOTE_CHARS),
            tidy(contact, MAX_CONTACT_CHARS),
        );
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("escalate:{id}"),
            fingerprint: fingerprint(&[
                note.as_deref().unwrap_or(""),
                contact.as_deref().unwrap_or(""),
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
        Ok(self
            .announced(*id, async move { store.escalate(escalation).await })
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
        let comment = feedback.comment.as_deref().unwrap_or("");
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
            request,
            now,
        };
        let store = self.store.clone();
        Ok(self
            .announced(*id, async move { store.give_feedback(feedback).await })
            .await?)
    }

    /// Reads a conversation whole.
    pub async fn conversation(&self, id: &ConversationId) -> Result<ConversationView, DeskError> {
        let reader = self.store.reader();
        // The conversation is read first: what is read after it is at least as new as its last sequence.
        let conversation = reader.conversation(id).await?;
        let messages = reader.messages(id).await?;
        let ticket = reader.tickets(id).await?.pop();
        let satisfaction = reader.satisfaction(id).await?;
        Ok(ConversationView {
            conversation,
            messages,
            ticket,
            satisfaction,
        })
    }

    /// Gives what a repeated message led to the first time, before the engine is asked again.
    pub(super) async fn earlier_exchange(
        &self,
        id: &ConversationId,
        request: Option<&KeyedRequest>,
    ) -> Result<Option<Exchange>, DeskError> {
        match request {
            Some(request) => Ok(self.store.reader().earlier_exchange(id, request).await?),
            None => Ok(None),
        }
    }

    /// Waits for a change, wakes those who listen, and gives what was made.
    ///
    /// A task of its own: a caller that stops waiting, such as at a time-out, must not keep the listeners asleep.
    pub(super) async fn announced<T: Send + 'static>(
        &self,
        id: ConversationId,
        change: impl Future<Output = Result<Written<T>, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let announcements = Arc::clone(&self.announcements);
        let task = tokio::spawn(async move {
            let Written {
                value,
                last_sequence,
            } = change.await?;
            if let Some(sequence) = last_sequence {
                announcements.announce(&id, sequence);
            }
            Ok(value)
        });
        task.await.map_err(|_| StoreError::Stopped)?
    }

    /// Takes a turn; `None` when the bot has become the responder in between and its reply has to be found first.
    pub(super) async fn take_turn(&self, turn: NewTurn) -> Result<Option<Exchange>, DeskError> {
        let store = self.store.clone();
        let id = turn.conversation;
        match self
            .announced(id, async move { store.take_turn(turn).await })
            .await
        {
            Ok(exchange) => Ok(Some(exchange)),
            Err(StoreError::ReplyNeeded) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A conversation as it begins, and the request that a retry repeats.
pub(super) fn opened(
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
        opened_with: new,
        last_sequence: 0,
        waiting_since: None,
        agent_spoke: None,
        created: now,
    };
    (conversation, request)
}

/// Longest reason kept with a ticket, in characters.
const MAX_NOTE_CHARS: usize = 2_000;
/// Longest contact kept with a ticket, in characters.
const MAX_CONTACT_CHARS: usize = 200;

pub(super) fn tidy(text: Option<String>, max_chars: usize) -> Option<String> {
    let text = text?;
    let shortened: String = text.trim().chars().take(max_chars).collect();
    (!shortened.is_empty()).then_some(shortened)
}

/// Adds what the conversation knows to what the request knows.
fn with_history(mut context: AskContext, conversation: &Conversation) -> AskContext {
    let priors = &mut context.priors;
    priors.conversation = conversation.language;
    priors.page = priors.page.or(conversation.opened_with.page_language());
    if priors.accept_language.is_empty() {
        priors
            .accept_language
            .clone_from(&conversation.opened_with.accept_language);
    }
    context
}

/// The language of the visitor's words; a language not served is addressed in the fallback, which says nothing of it.
pub(super) fn language_of(reply: &BotReply) -> Option<Language> {
    (reply.person_reason() != Some(EscalationReason::LanguageNotServed)).then_some(reply.language)
}
