//! What visitors do in a conversation, each in one transaction with its idempotency key.

use std::collections::BTreeMap;

use crate::conversation::{
    BotDecision, BotReply, ConversationState, Exchange, Message, Moved, RefusedStep, Responder,
    Step, SystemNote, Ticket, TicketQueue, TicketStatus, VisitedPage, level_for, priority, step,
};
use crate::ids::{AttachmentId, ConversationId, TicketId};
use crate::language::Language;
use crate::pipeline::EscalationReason;
use crate::safety::{Lookup, Words};
use crate::store::codes::parse;
use crate::store::conversations::answers::AnswerRecord;
use crate::store::conversations::{answers, messages};
use crate::store::delivery::mail_outbox::{MailKind, tell_visitor};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::idempotency::{KeyedRequest, remember_response};
use crate::store::remembered::Rules;
use crate::store::tickets::rows as tickets;
use crate::store::turns::exchanges::{StoredExchange, restore};
use crate::store::turns::hidden::{found_in, tell_of_channels, warn};
use crate::store::turns::raising::raise;
use crate::store::turns::transcript::{Transcript, Written};
use crate::time::Timestamp;

/// A visitor's message, with what the bot would say to it.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// Where it is said.
    pub conversation: ConversationId,
    /// What is said; nothing where files say it.
    pub text: Option<Words>,
    /// Language of the text, where it is known.
    pub language: Option<Language>,
    /// Files the message carries.
    pub files: Vec<AttachmentId>,
    /// Channels it names that its writer is told about.
    pub channels: Vec<Lookup>,
    /// What the bot would say. Dropped when an agent holds the conversation by then; while it waits for one, an answer or
    /// first aid is said all the same.
    pub proposal: Option<ProposedReply>,
    /// How the visitor can be reached who cannot be offered a person, such as by a letter: then every want of an answer opens
    /// a ticket, which names it.
    pub contact: Option<Words>,
    /// Where it is written, where the browser says so.
    pub page: Option<VisitedPage>,
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
    pub note: Option<Words>,
    /// How the visitor can be reached.
    pub contact: Option<Words>,
    /// Language of the ticket while the visitor's is unknown.
    pub fallback: Language,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// The present moment.
    pub now: Timestamp,
}

impl Store {
    /// Keeps the record of an answer given outside a conversation.
    pub async fn record_answer(&self, record: AnswerRecord) -> Result<(), StoreError> {
        self.writer.record(record.into()).await
    }

    /// Takes a message: keeps it, lets the responder of this moment have it, and opens a ticket when the bot hands over.
    pub async fn take_turn(&self, turn: NewTurn) -> Result<Written<Exchange>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(take_turn(connection, rules, turn)))
            .await
    }

    /// Queues a conversation for a person; the episode's open ticket is given back if there is one.
    pub async fn escalate(&self, escalation: NewEscalation) -> Result<Written<Ticket>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(escalate(connection, rules, escalation)))
            .await
    }
}

async fn take_turn(
    connection: &mut Connection,
    rules: Rules,
    turn: NewTurn,
) -> Result<Written<Exchange>, StoreError> {
    let NewTurn {
        conversation,
        text,
        language,
        files,
        channels,
        proposal,
        contact,
        page,
        fallback,
        request,
        now,
    } = turn;
    let (mut transcript, earlier) =
        Transcript::open_for(connection, &conversation, request.as_ref(), rules, now).await?;
    if let Some(response) = earlier {
        let value = restore(transcript.connection(), &conversation, &response).await?;
        return Ok(Written {
            value,
            last_sequence: None,
        });
    }
    let moved = step(transcript.standing(), Step::VisitorWrites)?;
    transcript.stand(&moved);
    if page.is_some() {
        transcript.conversation_mut().page = page;
    }
    let findings = found_in(&[&text]);
    let question = transcript.visitor_says(text, language, &files).await?;
    let (reply, note) = match transcript.standing().state.responder() {
        Responder::Bot => {
            let proposal = proposal.ok_or(StoreError::ReplyNeeded)?;
            let (reply, note) = reply(&mut transcript, proposal, contact, now).await?;
            (Some(reply), note)
        }
        Responder::Person => beside_the_queue(&mut transcript, proposal, fallback).await?,
    };
    let warning = warn(&mut transcript, findings, fallback).await?;
    let told = tell_of_channels(&mut transcript, channels, fallback).await?;
    let exchange = Exchange {
        question,
        reply,
        notes: note.into_iter().chain(warning).chain(told).collect(),
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
    contact: Option<Words>,
    now: Timestamp,
) -> Result<(Message, Option<Message>), StoreError> {
    let ProposedReply { reply, record } = proposal;
    answers::insert_all(transcript.connection(), &[record.into()]).await?;
    let language = reply.language;
    // The fallback is no evidence of the visitor's language, and must not become a prior.
    if asked_for(&reply) != Some(EscalationReason::LanguageNotServed) {
        transcript.speak(&reply);
    }
    let message = transcript.bot_says(reply.clone()).await?;
    // For want of an answer a person is offered, and the visitor decides. Whoever writes letters has decided by writing.
    let is_wished = contact.is_some();
    let Some(reason) = asked_for(&reply).filter(|reason| is_wished || !reason.is_for_want()) else {
        return Ok((message, None));
    };
    let fresh = TicketId::generate(now);
    let handing_over = match is_wished {
        true => Step::VisitorEscalates { fresh },
        false => Step::BotEscalates { fresh },
    };
    let moved = match step(transcript.standing(), handing_over) {
        Ok(moved) => moved,
        // Once an episode; from then on the reply itself offers a person.
        Err(RefusedStep::AlreadyEscalated) => return Ok((message, None)),
        Err(refused) => return Err(refused.into()),
    };
    let handover = Handover {
        reason,
        reply: Some(&reply),
        note: None,
        contact,
        language,
        now,
    };
    let (_, note) = hand_over(transcript, &moved, handover).await?;
    Ok((message, Some(note)))
}

/// Why the bot would bring in a person instead of answering.
fn asked_for(reply: &BotReply) -> Option<EscalationReason> {
    match &reply.decision {
        BotDecision::Escalate { reason, .. } => Some(*reason),
        BotDecision::Answer { .. }
        | BotDecision::Clarify { .. }
        | BotDecision::SmallTalk { .. } => None,
    }
}

/// While the ticket waits, the bot goes on answering what it is sure of and gives first aid, and the message may raise the
/// ticket; everything else waits for the person.
async fn beside_the_queue(
    transcript: &mut Transcript<'_>,
    proposal: Option<ProposedReply>,
    fallback: Language,
) -> Result<(Option<Message>, Option<Message>), StoreError> {
    if transcript.standing().state != ConversationState::Queued {
        return Ok((None, None));
    }
    let Some(ProposedReply { reply, record }) = proposal else {
        return Ok((None, acknowledge(transcript, fallback).await?));
    };
    if let Some(reason) = asked_for(&reply).filter(|reason| !reason.is_for_want()) {
        raise(transcript, &reply, reason).await?;
    }
    let said = match reply.decision.given_answer() {
        Some(_) => {
            answers::insert_all(transcript.connection(), &[record.into()]).await?;
            transcript.speak(&reply);
            Some(transcript.bot_says(reply).await?)
        }
        None => None,
    };
    Ok((said, acknowledge(transcript, fallback).await?))
}

/// Says once that messages wait for a person: the same words below each other say nothing more.
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
    let note = SystemNote::AddedToTicket(ticket.number);
    if transcript.has_noted(&note, language) {
        return Ok(None);
    }
    Ok(Some(transcript.note(&note, language).await?))
}

/// What a ticket is made of beside the conversation itself.
pub(in crate::store) struct Handover<'a> {
    pub(in crate::store) reason: EscalationReason,
    pub(in crate::store) reply: Option<&'a BotReply>,
    pub(in crate::store) note: Option<Words>,
    pub(in crate::store) contact: Option<Words>,
    pub(in crate::store) language: Language,
    pub(in crate::store) now: Timestamp,
}

/// Queues the conversation under its open ticket or a new one, and says so.
pub(in crate::store) async fn hand_over(
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
    let recorded = |words: Words| words.as_str().to_owned();
    let (note, contact) = (note.map(recorded), contact.map(recorded));
    transcript.stand(moved);
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
    let tier = transcript.tier();
    let subject = reply.and_then(|reply| reply.subject.clone());
    let severity = subject
        .as_ref()
        .map(|subject| subject.severity)
        .unwrap_or_default();
    let ticket = transcript
        .open_ticket(|number, summary| Ticket {
            id,
            number,
            conversation,
            status: TicketStatus::Open,
            language,
            elsewhere: reply.and_then(|reply| reply.elsewhere),
            subject,
            priority: priority(severity, reason, tier),
            level: level_for(reason),
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
    rules: Rules,
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
    let (mut transcript, earlier) =
        Transcript::open_for(connection, &conversation, request.as_ref(), rules, now).await?;
    if let Some(response) = earlier {
        let ticket = parse("ticket id", response)?;
        return Ok(Written {
            value: tickets::load(transcript.connection(), &ticket).await?,
            last_sequence: None,
        });
    }
    let findings = found_in(&[&note, &contact]);
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
            &conversation,
            &open,
            note.as_ref(),
            contact.as_ref(),
        )
        .await?;
        transcript.ticket_changed();
    }
    if moved.standing != before {
        let episode = moved.standing.episode;
        let replies = messages::replies(transcript.connection(), &conversation, episode).await?;
        let last = matter_of(&replies);
        let language = transcript.conversation().addressed_in(fallback);
        let handover = Handover {
            reason: last
                .and_then(BotReply::person_reason)
                .unwrap_or(EscalationReason::PersonRequested),
            reply: last,
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
    warn(&mut transcript, findings, fallback).await?;
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

/// Returns the reply that says what a ticket is about: the surest of the episode, the newest of equals. What was said out
/// of courtesy, or after it, is no matter.
fn matter_of(replies: &[BotReply]) -> Option<&BotReply> {
    replies
        .iter()
        .filter(|reply| reply.subject.is_some())
        .max_by(|one, other| one.confidence.0.total_cmp(&other.confidence.0))
}
