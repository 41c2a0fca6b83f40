//! Mail that has to leave: put here in the transaction of what it tells of, taken out until it was accepted.

use super::attempts;
use std::fmt;

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr, VariantNames};
use uuid::Uuid;

use crate::conversation::{Author, Channel, Message, Ticket, TicketNumber};
use crate::ids::{AgentId, MessageId, TicketId, UnknownCode};
use crate::locale::Locale;
use crate::staff::{Agent, EmailAddress, Notice};
use crate::store::codes::parse;
use crate::store::conversations::{messages, rows as conversations};
use crate::store::delivery::push_outbox;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::store::staff::agents;
use crate::store::tickets::rows as tickets;
use crate::time::Timestamp;

/// What a mail tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum MailKind {
    /// The visitor's ticket is open.
    Opened,
    /// An agent has answered.
    Replied,
    /// The visitor's ticket is settled.
    Solved,
    /// A ticket was given to an agent.
    Assigned,
    /// A promise was broken.
    Breached,
    /// A new ticket that nobody has looked at.
    Unseen,
    /// A promised time is near.
    Near,
    /// A note names its reader.
    Mentioned,
}

impl MailKind {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the notice by which staff ask for it; nothing for mail to visitors.
    pub fn notice(self) -> Option<Notice> {
        match self {
            Self::Opened | Self::Replied | Self::Solved => None,
            Self::Assigned => Some(Notice::Assigned),
            Self::Breached => Some(Notice::Breached),
            Self::Unseen => Some(Notice::Unseen),
            Self::Near => Some(Notice::Near),
            Self::Mentioned => Some(Notice::Mentioned),
        }
    }
}

/// What has become of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum MailState {
    /// It will be tried.
    Waiting,
    /// The other server has it.
    Sent,
    /// It had become needless.
    Dropped,
    /// It will never be accepted.
    Failed,
}

impl MailState {
    /// Every state.
    pub const ALL: [MailState; 4] = [
        MailState::Waiting,
        MailState::Sent,
        MailState::Dropped,
        MailState::Failed,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Names a mail, here and in its Message-ID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MailId(String);

impl fmt::Display for MailId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A mail with what its text is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct DueMail {
    /// Its name.
    pub id: MailId,
    /// What it tells of.
    pub kind: MailKind,
    /// The ticket it is about.
    pub ticket: Ticket,
    /// The member of staff it goes to; the visitor where there is none.
    pub agent: Option<Agent>,
    /// How its reader reads: Chinese in the script of the visitor's page.
    pub locale: Locale,
    /// Where it goes.
    pub recipient: EmailAddress,
    /// Attempts before this one.
    pub attempts: i64,
    /// What agents have said, for a mail that tells of it.
    pub said: Vec<Message>,
    /// Whether the visitor has written since, and so has read what it tells of.
    pub is_stale: bool,
    /// Whether its reader is a visitor who writes by mail.
    pub answers_mail: bool,
}

/// What has become of a mail, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// Its name.
    pub id: MailId,
    /// What it tells of.
    pub kind: MailKind,
    /// Where it goes.
    pub recipient: String,
    /// What has become of it.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    /// What the other server said last, when it refused.
    pub error: Option<String>,
    /// When it was put here.
    pub created: Timestamp,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailOutcome {
    /// The other server has it.
    Sent,
    /// It had become needless.
    Dropped,
    /// It will never be accepted.
    Failed(String),
    /// It may be accepted later.
    Later(String),
}

/// Most mails read at once.
const MAX_DUE: i64 = 64;
/// Most mails shown of a ticket or a state.
const MAX_SHOWN: i64 = 100;

impl Store {
    /// Counts an attempt before it is made, so that a crash in it leads to another one later; `false` when another
    /// server is at it.
    pub async fn begin_mail(
        &self,
        mail: &DueMail,
        next_attempt: Timestamp,
    ) -> Result<bool, StoreError> {
        let attempt = (mail.id.0.clone(), mail.attempts);
        self.writer
            .write_aside(move |connection| {
                Box::pin(attempts::begin(
                    connection,
                    "mail_outbox",
                    attempt,
                    next_attempt,
                ))
            })
            .await
    }

    /// Keeps how an attempt ended.
    pub async fn end_mail(
        &self,
        id: &MailId,
        outcome: MailOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = id.0.clone();
        let (state, error) = match outcome {
            MailOutcome::Sent => (MailState::Sent, None),
            MailOutcome::Dropped => (MailState::Dropped, None),
            MailOutcome::Failed(error) => (MailState::Failed, Some(error)),
            MailOutcome::Later(error) => (MailState::Waiting, Some(error)),
        };
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE mail_outbox SET state = $2, last_error = $3, settled = $4 WHERE id = $1",
                    )
                    .bind(id)
                    .bind(state.code())
                    // Servers repeat addresses in what they say.
                    .bind(error.map(|error| connection.keys().house().seal(&error)))
                    .bind((state != MailState::Waiting).then_some(now.as_millis()))
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads mail whose time has come, the longest due first.
    pub async fn due_mail(&self, now: Timestamp) -> Result<Vec<DueMail>, StoreError> {
        let mut connection = self.connection().await?;
        let rows = sqlx::query(
            "SELECT id, kind, ticket, message, agent, recipient_sealed, attempts FROM mail_outbox \
             WHERE state = 'waiting' AND next_attempt <= $1 ORDER BY next_attempt, id LIMIT $2",
        )
        .bind(now.as_millis())
        .bind(MAX_DUE)
        .rows(&mut connection)
        .await?;
        let mut due = Vec::new();
        for row in &rows {
            let ticket: TicketId = parse("ticket id", row.try_get("ticket")?)?;
            let ticket = tickets::load(&mut connection, &ticket).await?;
            let agent: Option<String> = row.try_get("agent")?;
            let agent = match agent {
                Some(id) => Some(agents::load(&mut connection, &parse("agent id", id)?).await?),
                None => None,
            };
            let first: Option<String> = row.try_get("message")?;
            let mut said = Vec::new();
            if let Some(first) = first {
                let first: MessageId = parse("message id", first)?;
                let first = messages::load(&mut connection, &ticket.conversation, &first).await?;
                said = self
                    .messages_after(&ticket.conversation, first.sequence - 1)
                    .await?;
            }
            let is_stale = said.iter().any(|message| message.author == Author::Visitor);
            said.retain(|message| message.author == Author::Agent);
            let conversation = conversations::load(&mut connection, &ticket.conversation).await?;
            let locale = match &agent {
                Some(agent) => agent.locale.or_else(|| {
                    let served = agent.languages.iter().find_map(|spoken| spoken.served());
                    served.map(Locale::of)
                }),
                None => Some(conversation.spoken(ticket.language)),
            };
            due.push(DueMail {
                locale: locale.unwrap_or(Locale::English),
                answers_mail: agent.is_none() && conversation.channel == Channel::Mail,
                id: MailId(row.try_get("id")?),
                kind: parse("kind of mail", row.try_get("kind")?)?,
                ticket,
                agent,
                recipient: parse("address", row.open("recipient_sealed")?)?,
                attempts: row.try_get("attempts")?,
                said,
                is_stale,
            });
        }
        Ok(due)
    }

    /// Reads what has become of the mails of a ticket, the oldest first.
    pub async fn mail_of(&self, ticket: &TicketId) -> Result<Vec<SentMail>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, kind, recipient_sealed, state, attempts, last_error, created FROM mail_outbox \
             WHERE ticket = $1 ORDER BY created, id LIMIT $2",
        )
        .bind(ticket.to_string())
        .bind(MAX_SHOWN)
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(sent_from_row).collect()
    }
}

impl Reader {
    /// Reads mails with their ticket, in one state or in any, the newest first.
    pub async fn mail_in(
        &self,
        state: Option<MailState>,
    ) -> Result<Vec<(TicketNumber, SentMail)>, StoreError> {
        // Ids sort by the time of their making, and have an index for every state together.
        let (chosen, order) = match state {
            Some(_) => ("m.state = $1", "m.created DESC, m.id DESC"),
            None => ("($1 IS NULL OR m.state = $1)", "m.id DESC"),
        };
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT m.id, m.kind, m.recipient_sealed, m.state, m.attempts, m.last_error, m.created, t.number \
             FROM mail_outbox m JOIN tickets t ON t.id = m.ticket WHERE {chosen} ORDER BY {order} LIMIT $2",
        )))
        .bind(state.map(MailState::code))
        .bind(MAX_SHOWN)
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter()
            .map(|row| Ok((TicketNumber(row.try_get("number")?), sent_from_row(row)?)))
            .collect()
    }
}

fn sent_from_row(row: &Row) -> Result<SentMail, StoreError> {
    Ok(SentMail {
        id: MailId(row.try_get("id")?),
        kind: parse("kind of mail", row.try_get("kind")?)?,
        recipient: row.open("recipient_sealed")?,
        state: parse("state of a mail", row.try_get("state")?)?,
        attempts: row.try_get("attempts")?,
        error: row.open_if_any("last_error")?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}

/// How long an agent's words wait for the visitor to be seen in the chat.
const REPLY_DELAY_MS: i64 = 60_000;

/// Tells the visitor of their ticket, where they have left an address; of its opening only once.
pub(in crate::store) async fn tell_visitor(
    connection: &mut Connection,
    kind: MailKind,
    ticket: &Ticket,
    message: Option<&MessageId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    // A contact that is no single address, such as a telephone number or two lines, gets no mail.
    let address = ticket
        .contact
        .as_deref()
        .and_then(|contact| contact.parse::<EmailAddress>().ok());
    let Some(address) = address else {
        return Ok(());
    };
    // Whoever writes by mail is answered there, in the same words.
    let is_told_otherwise = matches!(kind, MailKind::Opened | MailKind::Replied)
        && conversations::load(connection, &ticket.conversation)
            .await?
            .channel
            == Channel::Mail;
    if is_told_otherwise {
        return Ok(());
    }
    let due = match kind {
        MailKind::Replied => now.later_by(REPLY_DELAY_MS),
        _ => now,
    };
    let notice = Outgoing {
        kind,
        ticket,
        message,
        agent: None,
        address: &address,
        due,
        now,
    };
    notice.put(connection).await
}

/// Tells the assignee and everybody who follows the ticket, except whoever did it.
pub(in crate::store) async fn tell_staff(
    connection: &mut Connection,
    kind: MailKind,
    ticket: &Ticket,
    by: Option<&AgentId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut concerned: Vec<AgentId> = ticket.assignee.into_iter().collect();
    for watcher in watchers_of(connection, &ticket.id).await? {
        if !concerned.contains(&watcher) {
            concerned.push(watcher);
        }
    }
    concerned.retain(|id| Some(id) != by);
    tell_agents(connection, kind, ticket, &concerned, now).await
}

/// Reads who follows a ticket.
pub(in crate::store) async fn watchers_of(
    connection: &mut Connection,
    ticket: &TicketId,
) -> Result<Vec<AgentId>, StoreError> {
    let rows = sqlx::query("SELECT agent FROM ticket_watchers WHERE ticket = $1 ORDER BY agent")
        .bind(ticket.to_string())
        .fetch_all(connection)
        .await?;
    let ids = rows.iter();
    ids.map(|row| parse("agent id", row.try_get("agent")?))
        .collect()
}

/// Tells those of some people who want to be told.
pub(in crate::store) async fn tell_agents(
    connection: &mut Connection,
    kind: MailKind,
    ticket: &Ticket,
    whom: &[AgentId],
    now: Timestamp,
) -> Result<(), StoreError> {
    for id in whom {
        let agent = agents::load(connection, id).await?;
        let is_wanted = kind
            .notice()
            .is_some_and(|notice| agent.mail_notices.contains(&notice));
        if agent.active && kind != MailKind::Assigned {
            push_outbox::queue(connection, kind.code(), &ticket.id, id, now).await?;
        }
        if agent.active && is_wanted {
            let notice = Outgoing {
                kind,
                ticket,
                message: None,
                agent: Some(id),
                address: &agent.email,
                due: now,
                now,
            };
            notice.put(connection).await?;
        }
    }
    Ok(())
}

/// A mail that may have to leave.
struct Outgoing<'a> {
    kind: MailKind,
    ticket: &'a Ticket,
    message: Option<&'a MessageId>,
    agent: Option<&'a AgentId>,
    address: &'a EmailAddress,
    due: Timestamp,
    now: Timestamp,
}

/// What keeps a visitor from being told twice: of the opening there is one mail, and one mail tells of everything an
/// agent says while it waits.
const UNLESS_TOLD: &str = "AND NOT EXISTS (SELECT 1 FROM mail_outbox WHERE ticket = $3 AND kind = $2 AND agent IS NULL \
                           AND (kind = 'opened' OR (state = 'waiting' AND attempts = 0)))";

/// What is told to one person within so long after a mail goes with the next, all in one.
const GATHER_MS: i64 = 10 * 60_000;

impl Outgoing<'_> {
    /// Puts it into the outbox, in one statement: only where mail is sent at all, and nothing twice.
    async fn put(self, connection: &mut Connection) -> Result<(), StoreError> {
        let unless_told = match (self.agent, self.kind) {
            (None, MailKind::Opened | MailKind::Replied) => UNLESS_TOLD,
            _ => "",
        };
        let key = seal::of_conversation(connection, &self.ticket.conversation).await?;
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO mail_outbox (id, kind, ticket, message, agent, recipient_sealed, state, attempts, \
             next_attempt, created) SELECT $1, $2, $3, $4, $5, $6, 'waiting', 0, COALESCE((SELECT MIN(m.created) + {GATHER_MS} \
             FROM mail_outbox m WHERE m.agent = $5 AND m.created > $8 - {GATHER_MS}), $7), $8 FROM counters \
             WHERE name = 'mail' AND value = 1 {unless_told}"
        )))
        .bind(Uuid::now_v7().to_string())
        .bind(self.kind.code())
        .bind(self.ticket.id.to_string())
        .bind(self.message.map(ToString::to_string))
        .bind(self.agent.map(ToString::to_string))
        .bind(key.seal(self.address.as_str()))
        .bind(self.due.as_millis())
        .bind(self.now.as_millis())
        .execute(connection)
        .await?;
        Ok(())
    }
}
