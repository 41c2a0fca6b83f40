//! What visitors do in a conversation, each in one transaction with its idempotency key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codes::parse;
use super::idempotency::{find_response, remember_response};
use super::mail_outbox::{MailKind, tell_visitor};
use super::transcript::{Transcript, Written};
use super::{
    AnswerRecord, Connection, KeyedRequest, Reader, Store, StoreError, answers, conversations,
    messages, tickets,
};
use crate::conversation::{
    AttachmentId, BotDecision, BotReply, ConversationId, ConversationState, Exchange, Level,
    Message, Moved, RefusedStep, Responder, Step, SystemNote, Ticket, TicketId, TicketQueue,
    TicketStatus, Timestamp, priority, step,
};
use crate::language::Language;
use crate::pipeline::EscalationReason;
use crate::schedule::Hours;

/// A visitor's message, with what the bot would say to it.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// Where it is said.
    pub conversation: ConversationId,
    /// What is said.
    pub text: String,
    /// Language of the text, where it is known.
    pub language: Option<Language>,
    /// Files the message carries.
    pub files: Vec<AttachmentId>,
    /// What the bot would say; dropped when a person is responsible by then.
    pub proposal: Option<ProposedReply>,
    /// Language of notes while the visitor's is unknown.
    pub fallback: Language,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// When it is said.
    pub now: Timestamp,
}

/// What the bot would say, and the record of how it came to it.
#[derive(Debug, Clone)]
pub struct ProposedReply {
    /// What is said.
    pub reply: BotReply,
    /// Kept when it is said.
    pub record: AnswerRecord,
}

/// A visitor's wish for a person.
#[derive(Debug, Clone)]
pub struct NewEscalation {
    /// Where it is wished.
    pub conversation: ConversationId,
    /// Why, in the visitor's words.
    pub note: Option<String>,
    /// How the visitor can be reached.
    pub contact: Option<String>,
    /// Language of the ticket while the visitor's is unknown.
    pub fallback: Language,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// Takes a message: keeps it, lets the responder of this moment have it, and opens a ticket when the bot hands over.
    pub async fn take_turn(&self, turn: NewTurn) -> Result<Written<Exchange>, StoreError> {
        let hours = self.hours.clone();
        self.writer
            .write(move |connection| Box::pin(take_turn(connection, hours, turn)))
            .await
    }

    /// Queues a conversation for a person; the episode's open ticket is given back if there is one.
    pub async fn escalate(&self, escalation: NewEscalation) -> Result<Written<Ticket>, StoreError> {
        let hours = self.hours.clone();
        self.writer
            .write(move |connection| Box::pin(escalate(connection, hours, escalation)))
            .await
    }
}

impl Reader {
    /// Gives what a repeated message led to the first time.
    pub async fn earlier_exchange(
        &self,
        conversation: &ConversationId,
        request: &KeyedRequest,
    ) -> Result<Option<Exchange>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        match find_response(&mut connection, request).await? {
            Some(response) => Ok(Some(
                restore(&mut connection, conversation, &response).await?,
            )),
            None => Ok(None),
        }
    }
}

async fn take_turn(
    connection: &mut Connection,
    hours: Hours,
    turn: NewTurn,
) -> Result<Written<Exchange>, StoreError> {
    let NewTurn {
        conversation,
        text,
        language,
        files,
        proposal,
        fallback,
        request,
        now,
    } = turn;
    if let Some(request) = &request
        && let Some(response) = find_response(connection, request).await?
    {
        let value = restore(connection, &conversation, &response).await?;
        return Ok(Written {
            value,
            last_sequence: None,
        });
    }
    let mut transcript = Transcript::open(connection, &conversation, hours, now).await?;
    let moved = step(transcript.standing(), Step::VisitorWrites)?;
    transcript.stand(&moved).await?;
    let question = transcript.visitor_says(text, language, &files).await?;
    let (reply, notes) = match transcript.standing().state.responder() {
        Responder::Bot => {
            let proposal = proposal.ok_or(StoreError::ReplyNeeded)?;
            let (reply, note) = reply(&mut transcript, proposal, now).await?;
            (Some(reply), note)
        }
        Responder::Person => (None, acknowledge(&mut transcript, fallback).await?),
    };
    let exchange = Exchange {
        question,
        reply,
        notes: notes.into_iter().collect(),
        state: transcript.standing().state,
        ticket: transcript.ticket().await?,
    };
    let response = StoredExchange::of(&exchange)?;
    remember_response(transcript.connection(), request.as_ref(), &response, now).await?;
    transcript.finish(exchange).await
}

/// The bot speaks, and hands over when that was its decision and it may.
async fn reply(
    transcript: &mut Transcript<'_>,
    proposal: ProposedReply,
    now: Timestamp,
) -> Result<(Message, Option<Message>), StoreError> {
    let ProposedReply { reply, record } = proposal;
    answers::insert_all(transcript.connection(), vec![record.into()]).await?;
    let language = reply.language;
    let hands_over = match &reply.decision {
        BotDecision::Escalate { reason, .. } => Some(*reason),
        BotDecision::Answer { .. } | BotDecision::Clarify { .. } => None,
    };
    // The fallback is no evidence of the visitor's language, and must not become a prior.
    if hands_over != Some(EscalationReason::LanguageNotServed) {
        transcript.speak(language);
    }
    let message = transcript.bot_says(reply.clone()).await?;
    let Some(reason) = hands_over else {
        return Ok((message, None));
    };
    let fresh = TicketId::generate(now);
    let moved = match step(transcript.standing(), Step::BotEscalates { fresh }) {
        Ok(moved) => moved,
        // Once an episode; from then on the reply itself offers a person.
        Err(RefusedStep::AlreadyEscalated) => return Ok((message, None)),
        Err(refused) => return Err(refused.into()),
    };
    let handover = Handover {
        reason,
        reply: Some(&reply),
        note: None,
        contact: None,
        language,
        now,
    };
    let (_, note) = hand_over(transcript, &moved, handover).await?;
    Ok((message, Some(note)))
}

/// Says that a message waits for a person; while one is there, that person says it better.
async fn acknowledge(
    transcript: &mut Transcript<'_>,
    fallback: Language,
) -> Result<Option<Message>, StoreError> {
    if transcript.standing().state != ConversationState::Queued {
        return Ok(None);
    }
    let Some(ticket) = transcript.ticket().await? else {
        return Ok(None);
    };
    let language = transcript.conversation().addressed_in(fallback);
    let note = transcript
        .note(&SystemNote::AddedToTicket(ticket.number), language)
        .await?;
    Ok(Some(note))
}

/// What a ticket is made of beside the conversation itself.
pub(super) struct Handover<'a> {
    pub(super) reason: EscalationReason,
    pub(super) reply: Option<&'a BotReply>,
    pub(super) note: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) language: Language,
    pub(super) now: Timestamp,
}

/// Queues the conversation under its open ticket or a new one, and says so.
pub(super) async fn hand_over(
    transcript: &mut Transcript<'_>,
    moved: &Moved,
    handover: Handover<'_>,
) -> Result<(Ticket, Message), StoreError> {
    let Handover {
        reason,
        reply,
        note,
        contact,
        language,
        now,
    } = handover;
    transcript.stand(moved).await?;
    let Some(id) = moved.opened else {
        let Some(ticket) = transcript.ticket().await? else {
            unreachable!("a queued conversation has an open ticket, see conversation::step")
        };
        let said = transcript
            .note(&SystemNote::AddedToTicket(ticket.number), language)
            .await?;
        return Ok((ticket, said));
    };
    let conversation = transcript.conversation().id;
    let episode = transcript.standing().episode;
    let summary = messages::first_question(transcript.connection(), &conversation, episode).await?;
    let tier = conversations::tier_of(transcript.connection(), &conversation).await?;
    let subject = reply.and_then(|reply| reply.subject.clone());
    let severity = subject
        .as_ref()
        .map(|subject| subject.severity)
        .unwrap_or_default();
    let ticket = transcript
        .open_ticket(|number| Ticket {
            id,
            number,
            conversation,
            status: TicketStatus::Open,
            language,
            subject,
            priority: priority(severity, reason, tier),
            level: Level::for_reason(reason),
            tier,
            queue: TicketQueue::Standard,
            assignee: None,
            fields: BTreeMap::new(),
            reason,
            summary: summary.or_else(|| note.clone()).unwrap_or_default(),
            note,
            contact,
            created: now,
        })
        .await?;
    let said = transcript
        .note(&SystemNote::TicketOpened(ticket.number), language)
        .await?;
    Ok((ticket, said))
}

async fn escalate(
    connection: &mut Connection,
    hours: Hours,
    escalation: NewEscalation,
) -> Result<Written<Ticket>, StoreError> {
    let NewEscalation {
        conversation,
        note,
        contact,
        fallback,
        request,
        now,
    } = escalation;
    if let Some(request) = &request
        && let Some(response) = find_response(connection, request).await?
    {
        let value = tickets::load(connection, &parse("ticket id", response)?).await?;
        return Ok(Written {
            value,
            last_sequence: None,
        });
    }
    let mut transcript = Transcript::open(connection, &conversation, hours, now).await?;
    let before = transcript.standing();
    let moved = step(
        before,
        Step::VisitorEscalates {
            fresh: TicketId::generate(now),
        },
    )?;
    if let Some(open) = before.open_ticket.filter(|_| moved.opened.is_none()) {
        tickets::complete(
            transcript.connection(),
            &open,
            note.as_deref(),
            contact.as_deref(),
        )
        .await?;
    }
    if moved.standing != before {
        let episode = moved.standing.episode;
        let last = messages::last_reply(transcript.connection(), &conversation, episode).await?;
        let language = transcript.conversation().addressed_in(fallback);
        let handover = Handover {
            reason: last
                .as_ref()
                .and_then(BotReply::person_reason)
                .unwrap_or(EscalationReason::PersonRequested),
            reply: last.as_ref(),
            note,
            contact,
            language,
            now,
        };
        hand_over(&mut transcript, &moved, handover).await?;
    }
    let Some(ticket) = transcript.ticket().await? else {
        unreachable!("a queued conversation has an open ticket, see conversation::step")
    };
    tell_visitor(
        transcript.connection(),
        MailKind::Opened,
        &ticket,
        None,
        now,
    )
    .await?;
    let response = ticket.id.to_string();
    remember_response(transcript.connection(), request.as_ref(), &response, now).await?;
    transcript.finish(ticket).await
}

/// An exchange as it is remembered under its key: messages never change, so their names are enough.
#[derive(Serialize, Deserialize)]
struct StoredExchange {
    question: String,
    reply: Option<String>,
    notes: Vec<String>,
    state: String,
    ticket: Option<String>,
}

impl StoredExchange {
    fn of(exchange: &Exchange) -> Result<String, StoreError> {
        let stored = Self {
            question: exchange.question.id.to_string(),
            reply: exchange
                .reply
                .as_ref()
                .map(|message| message.id.to_string()),
            notes: exchange
                .notes
                .iter()
                .map(|message| message.id.to_string())
                .collect(),
            state: exchange.state.code().to_owned(),
            ticket: exchange.ticket.as_ref().map(|ticket| ticket.id.to_string()),
        };
        serde_json::to_string(&stored)
            .map_err(|error| StoreError::unreadable("remembered exchange", error))
    }
}

/// Builds a remembered exchange again; the ticket is given as it stands now.
async fn restore(
    connection: &mut Connection,
    conversation: &ConversationId,
    response: &str,
) -> Result<Exchange, StoreError> {
    let StoredExchange {
        question,
        reply,
        notes,
        state,
        ticket,
    } = serde_json::from_str(response)
        .map_err(|error| StoreError::unreadable("remembered exchange", error))?;
    let mut said = Vec::new();
    for id in [question].into_iter().chain(notes) {
        said.push(messages::load(connection, conversation, &parse("message id", id)?).await?);
    }
    Ok(Exchange {
        question: said.remove(0),
        reply: match reply {
            Some(id) => {
                Some(messages::load(connection, conversation, &parse("message id", id)?).await?)
            }
            None => None,
        },
        notes: said,
        state: parse("conversation state", state)?,
        ticket: match ticket {
            Some(id) => Some(tickets::load(connection, &parse("ticket id", id)?).await?),
            None => None,
        },
    })
}
