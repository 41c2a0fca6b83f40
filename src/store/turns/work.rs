//! What staff do to a ticket beside talking: notes, tags, levels, priorities, waiting states, merging.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;

use crate::conversation::{Speaker, Ticket, TicketNumber, TicketStatus, TicketSubject};
use crate::identity::Tier;
use crate::ids::{AgentId, ConversationId};
use crate::safety::Words;
use crate::schedule::Priority;
use crate::schedule::{Clock, Hours};
use crate::staff::{Department, Level};
use crate::store::codes::parse;
use crate::store::conversations::rows as conversations;
use crate::store::delivery::mail_outbox::{MailKind, SentMail, tell_agents};
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::knowledge::sent_replies;
use crate::store::reader::Reader;
use crate::store::remembered::Rules;
use crate::store::seal;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::store::tickets::rows as tickets;
use crate::store::tickets::rule::{set_priority, set_subject, set_tier};
use crate::store::turns::transcript::{Transcript, Written};
use crate::time::Timestamp;

/// Something a member of staff does to a ticket.
#[derive(Debug, Clone)]
pub struct NewTicketWork {
    /// To which.
    pub ticket: TicketNumber,
    /// Who.
    pub by: Speaker,
    /// What.
    pub work: TicketWork,
    /// The present moment.
    pub now: Timestamp,
}

/// What staff can do to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketWork {
    /// Write something only staff read.
    Note(Words),
    /// Put these tags on it, and no others.
    Tags(Vec<Words>),
    /// Put these tags on it, beside those it has.
    AddTags(Vec<Words>),
    /// Say which team it is for; nobody's where none is named.
    Team(Option<Department>),
    /// Follow it, or stop.
    Watch(bool),
    /// Hand it to people who know more.
    Level(Level),
    /// Set a priority against the rule, with the reason.
    Priority(Priority, Words),
    /// Say what is known of who the visitor is; the priority follows the rule, unless somebody has overridden it.
    Tier(Tier),
    /// Say what it is about; the fields to collect and the priority follow, as with the tier.
    Subject(TicketSubject),
    /// Say who has to act.
    Status(TicketStatus),
    /// Make it part of another ticket of the same visitor's matter.
    MergeInto(TicketNumber),
}

/// Something only staff read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketNote {
    /// Who wrote it.
    pub by: Speaker,
    /// What.
    pub text: Words,
    /// The moment it was made.
    pub created: Timestamp,
}

/// A ticket with what staff keep beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketView {
    /// The ticket.
    pub ticket: Ticket,
    /// Something only staff read, the oldest first.
    pub notes: Vec<TicketNote>,
    /// In alphabetical order.
    pub tags: Vec<String>,
    /// The team it is for.
    pub team: Option<String>,
    /// Who follows it.
    pub watchers: Vec<AgentId>,
    /// When the first word of a person is due, while it is.
    pub first_response_due: Option<Timestamp>,
    /// When the end of the matter is due, while that clock runs.
    pub resolution_due: Option<Timestamp>,
    /// Whether a promise was broken.
    pub breached: bool,
    /// Mails about it, the oldest first.
    pub mails: Vec<SentMail>,
}

/// Most tickets found at once.
const MAX_FOUND: usize = 50;

impl Store {
    /// Does something to a ticket; the conversation's listeners hear of it.
    pub async fn work_ticket(
        &self,
        work: NewTicketWork,
    ) -> Result<Written<ConversationId>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(apply(connection, rules, work)))
            .await
    }
}

pub(in crate::store) async fn apply(
    connection: &mut Connection,
    rules: Rules,
    work: NewTicketWork,
) -> Result<Written<ConversationId>, StoreError> {
    let NewTicketWork {
        ticket: number,
        by,
        work,
        now,
    } = work;
    let found = tickets::load_number(connection, number).await?;
    // What is read from here on stays as it is until the change is made.
    conversations::lock(connection, &found.conversation).await?;
    let ticket = tickets::load(connection, &found.id).await?;
    let id = ticket.id.to_string();
    let (action, detail): (&'static str, Value) = match &work {
        TicketWork::Note(text) => {
            add_note(connection, &ticket, &by, text, now).await?;
            ("note", json!({}))
        }
        TicketWork::Tags(tags) => {
            set_tags(connection, &id, tags).await?;
            ("tags", json!({ "tags": tags }))
        }
        TicketWork::AddTags(tags) => {
            add_tags(connection, &id, tags).await?;
            ("tags", json!({ "added": tags }))
        }
        TicketWork::Team(team) => {
            let team = team.as_ref().map(Department::as_str);
            sqlx::query("UPDATE tickets SET team = $2, updated = $3 WHERE id = $1")
                .bind(&id)
                .bind(team)
                .bind(now.as_millis())
                .execute(&mut *connection)
                .await?;
            ("team", json!({ "to": team }))
        }
        TicketWork::Watch(watches) => {
            watch(connection, &id, &by.agent, *watches).await?;
            ("watch", json!({ "watches": watches }))
        }
        TicketWork::Level(level) => {
            sqlx::query("UPDATE tickets SET level = $2, updated = $3 WHERE id = $1")
                .bind(&id)
                .bind(level.code())
                .bind(now.as_millis())
                .execute(&mut *connection)
                .await?;
            (
                "level",
                json!({ "from": ticket.level.code(), "to": level.code() }),
            )
        }
        TicketWork::Priority(priority, why) => {
            set_priority(connection, &rules.hours, &ticket, *priority, now).await?;
            let (from, to) = (ticket.priority.code(), priority.code());
            ("priority", json!({ "from": from, "to": to, "why": why }))
        }
        TicketWork::Tier(tier) => {
            set_tier(connection, &rules.hours, &ticket, *tier, now).await?;
            let (from, to) = (ticket.tier.code(), tier.code());
            ("tier", json!({ "from": from, "to": to }))
        }
        TicketWork::Subject(subject) => {
            set_subject(connection, &rules.hours, &ticket, subject, now).await?;
            let from = ticket.subject.as_ref().map(|subject| &subject.category);
            ("category", json!({ "from": from, "to": subject.category }))
        }
        TicketWork::Status(status) => {
            set_status(connection, &rules.hours, &ticket, *status, now).await?;
            let (from, to) = (ticket.status.code(), status.code());
            ("status", json!({ "from": from, "to": to }))
        }
        TicketWork::MergeInto(other) => {
            merge(connection, &ticket, *other, now).await?;
            ("merge", json!({ "into": other.to_string() }))
        }
    };
    let line = LogLine {
        actor: by.agent.to_string(),
        action,
        subject: id.clone(),
        detail,
        now,
    };
    staff_log::insert(connection, line).await?;
    let mut transcript = Transcript::open(connection, &ticket.conversation, rules, now).await?;
    transcript.event("ticket", &id);
    transcript.finish(ticket.conversation).await
}

async fn add_note(
    connection: &mut Connection,
    ticket: &Ticket,
    by: &Speaker,
    text: &Words,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = seal::of_conversation(connection, &ticket.conversation).await?;
    let ticket_of_note = ticket;
    let ticket = ticket.id.to_string();
    sqlx::query(
        "INSERT INTO ticket_notes (id, ticket, agent, agent_name, text_sealed, created) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(&ticket)
    .bind(by.agent.to_string())
    .bind(&by.name)
    .bind(key.seal(text.as_str()))
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    sent_replies::index(connection, "ticket", &ticket, text.as_str()).await?;
    tell_mentioned(connection, ticket_of_note, by, text, now).await
}

/// Tells those whom a note names as `@name`.
async fn tell_mentioned(
    connection: &mut Connection,
    ticket: &Ticket,
    by: &Speaker,
    text: &Words,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !text.as_str().contains(['@', '＠']) {
        return Ok(());
    }
    let note = text.as_str().to_lowercase();
    let rows = sqlx::query("SELECT id, name FROM agents WHERE active = 1")
        .fetch_all(&mut *connection)
        .await?;
    let mut named = Vec::new();
    for row in rows {
        let (id, name): (String, String) = (row.try_get("id")?, row.try_get("name")?);
        let name = name.to_lowercase();
        let is_named = ['@', '＠']
            .iter()
            .any(|at| note.contains(&format!("{at}{name}")));
        let id: AgentId = parse("agent id", id)?;
        if is_named && id != by.agent {
            named.push(id);
        }
    }
    tell_agents(connection, MailKind::Mentioned, ticket, &named, now).await
}

async fn set_tags(
    connection: &mut Connection,
    ticket: &str,
    tags: &[Words],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM ticket_tags WHERE ticket = $1")
        .bind(ticket)
        .execute(&mut *connection)
        .await?;
    add_tags(connection, ticket, tags).await
}

pub(super) async fn add_tags(
    connection: &mut Connection,
    ticket: &str,
    tags: &[Words],
) -> Result<(), StoreError> {
    for tag in tags {
        sqlx::query("INSERT INTO ticket_tags (ticket, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(ticket)
            .bind(tag.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn watch(
    connection: &mut Connection,
    ticket: &str,
    agent: &AgentId,
    watches: bool,
) -> Result<(), StoreError> {
    let statement = match watches {
        true => {
            "INSERT INTO ticket_watchers (ticket, agent) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        }
        false => "DELETE FROM ticket_watchers WHERE ticket = $1 AND agent = $2",
    };
    sqlx::query(statement)
        .bind(ticket)
        .bind(agent.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// While the visitor has to act, the clock of the resolution stands still.
async fn set_status(
    connection: &mut Connection,
    hours: &Hours,
    ticket: &Ticket,
    status: TicketStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let moves = |from: TicketStatus| {
        matches!(
            from,
            TicketStatus::Open | TicketStatus::Pending | TicketStatus::AwaitingIdentity
        )
    };
    // Settling and reopening are acts on the conversation, which has one responder to tell.
    if !moves(ticket.status) || !moves(status) {
        return Err(StoreError::TicketSettled(ticket.number));
    }
    let clock = tickets::resolution_clock(connection, &ticket.id).await?;
    let clock = match status {
        TicketStatus::Open => clock.resume(&hours.calendar, now),
        _ => clock.pause(&hours.calendar, now),
    };
    let (due, left) = match clock {
        Clock::Running { due } => (due.map(Timestamp::as_millis), None),
        Clock::Paused { left_ms } => (None, Some(left_ms)),
        Clock::Stopped => (None, None),
    };
    sqlx::query(
        "UPDATE tickets SET status = $2, resolution_due = $3, resolution_left = $4, updated = $5 WHERE id = $1",
    )
    .bind(ticket.id.to_string())
    .bind(status.code())
    .bind(due)
    .bind(left)
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// Only a settled ticket is merged: an open one has a conversation that somebody answers.
async fn merge(
    connection: &mut Connection,
    ticket: &Ticket,
    into: TicketNumber,
    now: Timestamp,
) -> Result<(), StoreError> {
    let other = tickets::load_number(connection, into).await?;
    if other.id == ticket.id
        || !matches!(ticket.status, TicketStatus::Solved | TicketStatus::Closed)
    {
        return Err(StoreError::CannotMerge(ticket.number));
    }
    sqlx::query(
        "UPDATE tickets SET merged_into = $2, status = 'closed', updated = $3 WHERE id = $1",
    )
    .bind(ticket.id.to_string())
    .bind(other.id.to_string())
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    /// Keeps what a visitor fills in on the open ticket of a conversation.
    pub async fn fill_in(
        &self,
        conversation: ConversationId,
        filled: BTreeMap<String, Words>,
        now: Timestamp,
    ) -> Result<Written<Option<Ticket>>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let mut transcript =
                        Transcript::open(connection, &conversation, rules, now).await?;
                    let Some(ticket) = transcript.ticket().await? else {
                        return Ok(Written {
                            value: None,
                            last_sequence: None,
                        });
                    };
                    tickets::fill_in(transcript.connection(), &ticket, &filled, now).await?;
                    transcript.ticket_changed();
                    transcript.event("ticket", &ticket.id.to_string());
                    let filled = transcript.ticket().await?;
                    transcript.finish(filled).await
                })
            })
            .await
    }
}

impl Reader {
    /// Reads a ticket with what staff keep beside it.
    pub async fn ticket(&self, number: TicketNumber) -> Result<TicketView, StoreError> {
        let mut connection = self.connection().await?;
        let ticket = tickets::load_number(&mut connection, number).await?;
        let id = ticket.id.to_string();
        let rows = sqlx::query(
            "SELECT agent, agent_name, text_sealed, created FROM ticket_notes WHERE ticket = $1 ORDER BY created, id",
        )
        .bind(&id)
        .rows(&mut connection)
        .await?;
        let mut notes = Vec::new();
        for row in rows {
            notes.push(TicketNote {
                by: Speaker {
                    agent: parse("agent id", row.try_get("agent")?)?,
                    name: row.try_get("agent_name")?,
                },
                text: Words::from_record(row.open("text_sealed")?),
                created: Timestamp::from_millis(row.try_get("created")?),
            });
        }
        let rows = sqlx::query("SELECT tag FROM ticket_tags WHERE ticket = $1 ORDER BY tag")
            .bind(&id)
            .fetch_all(&mut connection)
            .await?;
        let mut tags = Vec::new();
        for row in rows {
            tags.push(row.try_get("tag")?);
        }
        let rows =
            sqlx::query("SELECT agent FROM ticket_watchers WHERE ticket = $1 ORDER BY agent")
                .bind(&id)
                .fetch_all(&mut connection)
                .await?;
        let mut watchers = Vec::new();
        for row in rows {
            watchers.push(parse("agent id", row.try_get("agent")?)?);
        }
        let row = sqlx::query(
            "SELECT team, first_response_due, resolution_due, first_response_breached, resolution_breached \
             FROM tickets WHERE id = $1",
        )
        .bind(&id)
        .fetch_one(&mut connection)
        .await?;
        let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
            let millis: Option<i64> = row.try_get(column)?;
            Ok(millis.map(Timestamp::from_millis))
        };
        drop(connection);
        let mails = self.mail_of(&ticket.id).await?;
        Ok(TicketView {
            ticket,
            mails,
            notes,
            tags,
            team: row.try_get("team")?,
            watchers,
            first_response_due: moment("first_response_due")?,
            resolution_due: moment("resolution_due")?,
            breached: moment("first_response_breached")?.is_some()
                || moment("resolution_breached")?.is_some(),
        })
    }

    /// Finds tickets by words said in them or noted on them, the best first.
    pub async fn search_tickets(&self, words: &str) -> Result<Vec<Ticket>, StoreError> {
        let mut connection = self.connection().await?;
        let mut found = Vec::new();
        for (id, _) in self.find_by_terms("ticket", words, MAX_FOUND).await? {
            found.push(tickets::load(&mut connection, &parse("ticket id", id)?).await?);
        }
        Ok(found)
    }
}
