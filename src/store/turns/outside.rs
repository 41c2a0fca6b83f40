//! What people in another help desk do to a ticket: taken once, in one transaction, in the name of an account here.

use sqlx::Row as _;

use crate::conversation::{ConversationState, Speaker, TicketNumber, TicketStatus};
use crate::ids::{ConversationId, EndpointId, TicketId};
use crate::language::Language;
use crate::safety::Words;
use crate::schedule::Priority;
use crate::staff::Reach;
use crate::store::codes::parse;
use crate::store::conversations::rows as conversations;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::remembered::Rules;
use crate::store::tickets::rows as tickets;
use crate::store::turns::acts::{NewStaffAct, StaffAct};
use crate::store::turns::transcript::Written;
use crate::store::turns::work::{NewTicketWork, TicketWork};
use crate::store::turns::{acts as staff_acts, work as ticket_work};
use crate::time::Timestamp;

/// Something that is wished from outside.
#[derive(Debug, Clone)]
pub struct NewOutsideWish {
    /// The program that tells us.
    pub source: String,
    /// The program's own name for it; the second time nothing happens.
    pub receipt: String,
    /// In whose name, with the name visitors see.
    pub by: Speaker,
    /// What.
    pub wish: OutsideWish,
    /// Language of notes while the visitor's is unknown.
    pub fallback: Language,
    /// The present moment.
    pub now: Timestamp,
}

/// What can be wished from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutsideWish {
    /// Say something to the visitor; whoever answers there takes the conversation over.
    Reply {
        /// Where.
        conversation: ConversationId,
        /// What.
        text: Words,
        /// Language of the text, where it is known.
        language: Option<Language>,
    },
    /// Write something only staff read.
    Note {
        /// On which ticket.
        ticket: TicketNumber,
        /// What.
        text: Words,
    },
    /// Say who has to act, or that it is done.
    Status {
        /// Of which ticket.
        ticket: TicketNumber,
        /// What it is now.
        status: TicketStatus,
    },
    /// Set a priority, with the reason.
    Priority {
        /// Of which ticket.
        ticket: TicketNumber,
        /// What it is now.
        priority: Priority,
        /// Why.
        why: Words,
    },
}

/// Where a ticket also lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalTicket {
    /// The ticket here.
    pub ticket: TicketId,
    /// Its number here.
    pub number: TicketNumber,
    /// Its conversation here.
    pub conversation: ConversationId,
    /// Its name there.
    pub external: String,
}

impl Store {
    /// Does what is wished from outside; nothing when it was done before.
    pub async fn take_from_outside(
        &self,
        wish: NewOutsideWish,
    ) -> Result<Written<Option<ConversationId>>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(take(connection, rules, wish)))
            .await
    }

    /// Remembers where a ticket also lives.
    pub async fn link_ticket(
        &self,
        endpoint: EndpointId,
        ticket: TicketId,
        external: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO external_tickets (outlet, ticket, external, created) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (outlet, ticket) DO NOTHING",
                    )
                    .bind(endpoint.to_string())
                    .bind(ticket.to_string())
                    .bind(external)
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads where a ticket also lives.
    pub async fn external_of(
        &self,
        endpoint: &EndpointId,
        ticket: &TicketId,
    ) -> Result<Option<String>, StoreError> {
        let row =
            sqlx::query("SELECT external FROM external_tickets WHERE outlet = $1 AND ticket = $2")
                .bind(endpoint.to_string())
                .bind(ticket.to_string())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|row| row.try_get("external")).transpose()?)
    }

    /// Reads which ticket is meant by its name elsewhere.
    pub async fn external_ticket(
        &self,
        endpoint: &EndpointId,
        external: &str,
    ) -> Result<Option<ExternalTicket>, StoreError> {
        let row = sqlx::query(
            "SELECT x.ticket, x.external, t.number, t.conversation FROM external_tickets x \
             JOIN tickets t ON t.id = x.ticket WHERE x.outlet = $1 AND x.external = $2 ORDER BY t.number DESC LIMIT 1",
        )
        .bind(endpoint.to_string())
        .bind(external)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(ExternalTicket {
            ticket: parse("ticket id", row.try_get("ticket")?)?,
            number: TicketNumber(row.try_get("number")?),
            conversation: parse("conversation id", row.try_get("conversation")?)?,
            external: row.try_get("external")?,
        }))
    }
}

async fn take(
    connection: &mut Connection,
    rules: Rules,
    wish: NewOutsideWish,
) -> Result<Written<Option<ConversationId>>, StoreError> {
    let NewOutsideWish {
        source,
        receipt,
        by,
        wish,
        fallback,
        now,
    } = wish;
    let fresh = sqlx::query(
        "INSERT INTO hook_receipts (source, id, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(source)
    .bind(receipt)
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    if fresh.rows_affected() == 0 {
        return Ok(Written {
            value: None,
            last_sequence: None,
        });
    }
    let mut changes_nothing = false;
    let conversation = match &wish {
        OutsideWish::Reply { conversation, .. } => *conversation,
        OutsideWish::Note { ticket, .. }
        | OutsideWish::Status { ticket, .. }
        | OutsideWish::Priority { ticket, .. } => {
            let ticket = tickets::load_number(connection, *ticket).await?;
            // What is so already is not said again, so that two desks do not answer each other for ever.
            changes_nothing = match &wish {
                OutsideWish::Status { status, .. } => ticket.status == *status,
                OutsideWish::Priority { priority, .. } => ticket.priority == *priority,
                OutsideWish::Reply { .. } | OutsideWish::Note { .. } => false,
            };
            ticket.conversation
        }
    };
    let standing = conversations::load(connection, &conversation)
        .await?
        .standing;
    let takes_over = match standing.state {
        ConversationState::Agent if standing.agent == Some(by.agent) => None,
        ConversationState::Agent => Some(StaffAct::Assign(by.clone())),
        ConversationState::Queued | ConversationState::Bot => Some(StaffAct::Claim),
        ConversationState::Closed => Some(StaffAct::Reopen),
    };
    let is_closed = standing.state == ConversationState::Closed;
    let work = |ticket, work| Doing::Work(ticket, work);
    let doings: Vec<Doing> = match wish {
        _ if changes_nothing => Vec::new(),
        OutsideWish::Reply { text, language, .. } => {
            let used = None;
            let say = StaffAct::Say {
                text: Some(text),
                language,
                used,
                files: Vec::new(),
            };
            takes_over
                .into_iter()
                .chain([say])
                .map(Doing::Act)
                .collect()
        }
        OutsideWish::Status {
            status: TicketStatus::Solved | TicketStatus::Closed,
            ..
        } if is_closed => Vec::new(),
        OutsideWish::Status {
            status: TicketStatus::Solved | TicketStatus::Closed,
            ..
        } => takes_over
            .into_iter()
            .chain([StaffAct::Close])
            .map(Doing::Act)
            .collect(),
        OutsideWish::Status { .. } if is_closed => vec![Doing::Act(StaffAct::Reopen)],
        OutsideWish::Status { ticket, status } => vec![work(ticket, TicketWork::Status(status))],
        OutsideWish::Note { ticket, text } => vec![work(ticket, TicketWork::Note(text))],
        OutsideWish::Priority {
            ticket,
            priority,
            why,
        } => vec![work(ticket, TicketWork::Priority(priority, why))],
    };
    let mut last_sequence = None;
    for doing in doings {
        let by = by.clone();
        let sequence = match doing {
            Doing::Act(act) => {
                let act = NewStaffAct {
                    conversation,
                    by,
                    reach: Reach::All,
                    act,
                    fallback,
                    request: None,
                    now,
                };
                staff_acts::apply(connection, rules.clone(), act)
                    .await?
                    .last_sequence
            }
            Doing::Work(ticket, work) => {
                let work = NewTicketWork {
                    ticket,
                    by,
                    work,
                    now,
                };
                ticket_work::apply(connection, rules.clone(), work)
                    .await?
                    .last_sequence
            }
        };
        last_sequence = sequence.or(last_sequence);
    }
    Ok(Written {
        value: Some(conversation),
        last_sequence,
    })
}

/// One step of a wish.
enum Doing {
    Act(StaffAct),
    Work(TicketNumber, TicketWork),
}
