//! Conversations, messages, tickets and events as they travel.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{AskResponse, LanguageCode, ReasonCode};
use super::attachment::AttachmentBody;
use super::form::number::OtherNumber;
use super::place::PlaceResponse;
use crate::conversation::{Author, Conversation, EventBody, Message, Rating, Ticket, TicketNumber};
use crate::desk::{ConversationView, Exchange, Reads};
use crate::http::edge::state::AppState;
use crate::language::Language;
use crate::pipeline::EscalationReason;

/// A conversation as its visitor sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ConversationResponse {
    /// Its name.
    id: String,
    /// Who answers.
    #[schema(value_type = StateCode)]
    state: &'static str,
    /// Language the visitor was last addressed in.
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<Language>,
    /// When it was opened.
    #[schema(format = DateTime)]
    created: String,
    /// Number of the newest event; follow the events after it.
    last_event: i64,
    /// Everything said, in order.
    messages: Vec<MessageBody>,
    /// The newest ticket.
    ticket: Option<TicketBody>,
    /// Where the visitor stands, while they wait for a person.
    place: Option<PlaceResponse>,
    /// The score the visitor gave since the last episode began; asked for once the conversation is closed.
    satisfaction: Option<u8>,
    /// Number of the newest event that a member of staff has read; what the visitor said up to it was seen by a person.
    read_by_staff: i64,
    /// Number of the newest event that the visitor is known to have read.
    read_by_visitor: i64,
}

impl From<Conversation> for ConversationResponse {
    fn from(conversation: Conversation) -> Self {
        Self::from(ConversationView {
            conversation,
            messages: Vec::new(),
            ticket: None,
            satisfaction: Vec::new(),
            reads: Reads::default(),
        })
    }
}

impl From<ConversationView> for ConversationResponse {
    fn from(view: ConversationView) -> Self {
        let ConversationView {
            conversation,
            messages,
            ticket,
            satisfaction,
            reads,
        } = view;
        let scored = satisfaction
            .last()
            .filter(|newest| newest.episode == conversation.standing.episode)
            .map(|newest| newest.score.number());
        let Conversation {
            id,
            standing,
            language,
            script: _,
            opened_with: _,
            last_sequence,
            waiting_since: _,
            held_since: _,
            agent_spoke: _,
            created,
            channel: _,
            address: _,
            snoozed_until: _,
            woken: _,
            page: _,
        } = conversation;
        Self {
            id: id.to_string(),
            state: standing.state.code(),
            language,
            created: created.to_string(),
            last_event: last_sequence,
            messages: messages.into_iter().map(MessageBody::from).collect(),
            ticket: ticket.map(TicketBody::from),
            place: None,
            satisfaction: scored,
            read_by_staff: reads.staff,
            read_by_visitor: reads.visitor,
        }
    }
}

impl ConversationResponse {
    /// Adds the link by which the visitor follows the ticket.
    #[must_use]
    pub(in crate::http) fn with_link(mut self, app: &AppState) -> Self {
        self.ticket = self.ticket.map(|ticket| ticket.with_link(app));
        self
    }

    /// Adds where the visitor stands.
    #[must_use]
    pub(in crate::http) fn with_place(mut self, place: Option<PlaceResponse>) -> Self {
        self.place = place;
        self
    }
}

/// How far somebody has read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ReadRequest {
    /// Number (`sequence`) of the newest message that has been on the screen.
    #[schema(example = 12)]
    up_to: OtherNumber,
}

impl ReadRequest {
    /// Returns the number.
    pub(in crate::http) fn up_to(&self) -> i64 {
        self.up_to.0
    }
}

/// What one message led to.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ExchangeResponse {
    /// The visitor's message as it was stored.
    question: MessageBody,
    /// The bot's reply; nothing when a person is responsible.
    reply: Option<MessageBody>,
    /// What the desk itself adds, such as the number of a ticket.
    notes: Vec<MessageBody>,
    /// Who answers next.
    #[schema(value_type = StateCode)]
    state: &'static str,
    /// The open ticket.
    ticket: Option<TicketBody>,
}

impl From<Exchange> for ExchangeResponse {
    fn from(exchange: Exchange) -> Self {
        let Exchange {
            question,
            reply,
            notes,
            state,
            ticket,
        } = exchange;
        Self {
            question: question.into(),
            reply: reply.map(MessageBody::from),
            notes: notes.into_iter().map(MessageBody::from).collect(),
            state: state.code(),
            ticket: ticket.map(TicketBody::from),
        }
    }
}

impl ExchangeResponse {
    /// Adds the link by which the visitor follows the ticket.
    #[must_use]
    pub(in crate::http) fn with_link(mut self, app: &AppState) -> Self {
        self.ticket = self.ticket.map(|ticket| ticket.with_link(app));
        self
    }
}

/// One message.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MessageBody {
    /// Its name.
    id: String,
    /// Number of the event that brought it; messages sort by it.
    sequence: i64,
    /// Who says it.
    #[schema(value_type = AuthorCode)]
    author: Author,
    /// Plain text.
    text: String,
    /// Language of the text, where it is known.
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<Language>,
    /// When it was said.
    #[schema(format = DateTime)]
    created: String,
    /// What a bot message is made of.
    reply: Option<AskResponse>,
    /// Name of the agent who says it.
    speaker: Option<String>,
    /// Files it carries.
    attachments: Vec<AttachmentBody>,
}

impl From<Message> for MessageBody {
    fn from(message: Message) -> Self {
        let Message {
            id,
            sequence,
            author,
            text,
            language,
            reply,
            speaker,
            attachments,
            created,
        } = message;
        Self {
            id: id.to_string(),
            sequence,
            author,
            text,
            language,
            created: created.to_string(),
            reply: reply.map(AskResponse::from),
            speaker: speaker.map(|speaker| speaker.name),
            attachments: attachments.into_iter().map(AttachmentBody::from).collect(),
        }
    }
}

/// A matter handed to people.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct TicketBody {
    /// The number people use.
    #[schema(example = "M-000123")]
    number: String,
    /// The conversation, which is the transcript.
    conversation: String,
    /// What has become of it.
    #[schema(example = "open")]
    status: &'static str,
    /// Language the visitor is addressed in.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// Name of the language the visitor speaks, where it is not served.
    #[schema(example = "Français")]
    elsewhere: Option<&'static str>,
    /// Category of the article nearest to the question.
    category: Option<String>,
    /// Facts staff will need, such as `txid`.
    collect: Vec<String>,
    /// How soon it is taken.
    #[schema(example = "high")]
    priority: &'static str,
    /// How much whoever takes it has to know.
    #[schema(example = "l1")]
    level: &'static str,
    /// What is known of who the visitor is: `unverified`, `verified` or `premium`.
    #[schema(example = "verified")]
    tier: &'static str,
    /// Where it waits: `standard`, or `surge` while an incident brings many.
    #[schema(example = "standard")]
    queue: &'static str,
    /// What the visitor filled in, by name of the field.
    fields: BTreeMap<String, String>,
    /// Why a person was asked.
    #[schema(value_type = ReasonCode)]
    reason: EscalationReason,
    /// The first question.
    summary: String,
    /// Whether the visitor has said how to reach them outside the conversation.
    reachable: bool,
    /// When it was opened.
    #[schema(format = DateTime)]
    created: String,
    /// Page on which whoever holds this address follows the ticket and answers, relative to the site; for the visitor
    /// alone.
    #[schema(example = "/t/123.1797984000.5f0c")]
    link: Option<String>,
    #[serde(skip)]
    plain_number: TicketNumber,
}

impl TicketBody {
    /// Adds the link by which the visitor follows it.
    #[must_use]
    pub(in crate::http) fn with_link(mut self, app: &AppState) -> Self {
        let token = app.visitors().status_token(self.plain_number, app.now());
        self.link = Some(format!("/t/{token}"));
        self
    }
}

impl From<Ticket> for TicketBody {
    fn from(ticket: Ticket) -> Self {
        let Ticket {
            id: _,
            number,
            conversation,
            status,
            language,
            elsewhere,
            subject,
            priority,
            level,
            tier,
            queue,
            assignee: _,
            fields,
            reason,
            note: _,
            contact,
            summary,
            created,
        } = ticket;
        let (category, collect) = match subject {
            Some(subject) => (Some(subject.category), subject.collect),
            None => (None, Vec::new()),
        };
        Self {
            number: number.to_string(),
            conversation: conversation.to_string(),
            status: status.code(),
            language,
            elsewhere: elsewhere.map(|language| language.endonym()),
            category,
            collect,
            priority: priority.code(),
            level: level.code(),
            tier: tier.code(),
            queue: queue.code(),
            fields,
            reason,
            summary,
            reachable: contact.is_some(),
            created: created.to_string(),
            link: None,
            plain_number: number,
        }
    }
}

/// Data of one server-sent event; the event's name says which.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every event is a message; a box for it would only cost"
)]
pub(in crate::http) enum EventData {
    /// `message`: something was said.
    Message(MessageBody),
    /// `ticket`: a ticket was opened or changed.
    Ticket(TicketBody),
    /// `state`: another one answers from now on.
    State {
        /// Who answers from now on.
        #[schema(value_type = StateCode)]
        state: &'static str,
    },
    /// `typing`: the agent is writing; not kept.
    Typing {
        /// Name of the agent.
        name: String,
        /// For how long it is good.
        seconds: u32,
    },
    /// `presence`: whether a person is there for the visitor; not kept.
    Presence {
        /// Whether they are.
        here: bool,
    },
    /// `read`: a person has read what the visitor said; not kept among the events.
    Read {
        /// Number of the newest event they have seen.
        up_to: i64,
    },
    /// `notices`: what every visitor should know has changed; `/v1/notices` tells it in any language; not kept.
    Notices {},
    /// `feedback`: a reply was rated.
    Feedback {
        /// The rated message.
        message: String,
        /// The rating as it stands.
        #[schema(value_type = String, example = "helpful")]
        rating: Rating,
    },
}

impl EventData {
    /// Adds the link by which the visitor follows a ticket.
    #[must_use]
    pub(in crate::http) fn with_link(self, app: &AppState) -> Self {
        match self {
            Self::Ticket(ticket) => Self::Ticket(ticket.with_link(app)),
            other => other,
        }
    }
}

impl From<EventBody> for EventData {
    fn from(body: EventBody) -> Self {
        match body {
            EventBody::Message(message) => Self::Message(message.into()),
            EventBody::Ticket(ticket) => Self::Ticket(ticket.into()),
            EventBody::State(state) => Self::State {
                state: state.code(),
            },
            EventBody::Feedback { message, rating } => Self::Feedback {
                message: message.to_string(),
                rating,
            },
        }
    }
}

/// Who answers in a conversation.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the codes of `ConversationState` in the OpenAPI document"
)]
pub(in crate::http) enum StateCode {
    /// The bot.
    Bot,
    /// A person will.
    Queued,
    /// A person does.
    Agent,
    /// Nobody any more.
    Closed,
}

/// Who says a message.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the codes of `Author` in the OpenAPI document"
)]
pub(in crate::http) enum AuthorCode {
    /// The person who asks.
    Visitor,
    /// The bot.
    Bot,
    /// A member of staff.
    Agent,
    /// The desk itself.
    System,
}
