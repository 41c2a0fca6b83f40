//! Tickets as a list: narrowed, in the order of their last change, with what stands beside them.

use sqlx::Row as _;

use crate::conversation::{Ticket, TicketStatus};
use crate::ids::AgentId;
use crate::language::Language;
use crate::schedule::Priority;
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::store::tickets::rows as tickets;
use crate::time::Timestamp;

/// Which tickets are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TicketFilter {
    /// Of this status only; otherwise all that are not settled, unless settled ones are wanted too.
    pub status: Option<TicketStatus>,
    /// Settled ones too, where no status is named.
    pub any_status: bool,
    /// Of this priority only.
    pub priority: Option<Priority>,
    /// In this language only.
    pub language: Option<Language>,
    /// Of this category only.
    pub category: Option<String>,
    /// That this agent works on only.
    pub assignee: Option<AgentId>,
    /// For this team only.
    pub team: Option<String>,
    /// With this tag only.
    pub tag: Option<String>,
    /// Opened at this moment or later.
    pub opened_since: Option<Timestamp>,
}

/// A ticket in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// The team it is for.
    pub team: Option<String>,
    /// Name of who works on it.
    pub assignee: Option<String>,
    /// In alphabetical order.
    pub tags: Vec<String>,
    /// Whether a promise was broken.
    pub breached: bool,
    /// When a person spoke first.
    pub first_responded: Option<Timestamp>,
    /// When it was settled.
    pub solved: Option<Timestamp>,
    /// When anything about it changed last.
    pub updated: Timestamp,
}

/// Tickets looked at, at most, to find those of a category.
const MAX_LOOKED_AT: i64 = 20_000;

/// Tickets named in one statement.
const MAX_NAMED: usize = 200;

impl Reader {
    /// Lists tickets, those with the newest change first.
    pub async fn list_tickets(
        &self,
        filter: &TicketFilter,
        limit: usize,
    ) -> Result<Vec<ListedTicket>, StoreError> {
        let TicketFilter {
            status,
            any_status,
            priority,
            language,
            category,
            assignee,
            team,
            tag,
            opened_since,
        } = filter;
        let chosen = match (status, any_status) {
            (Some(status), _) => format!("t.status = '{}'", status.code()),
            (None, true) => "1 = 1".to_owned(),
            (None, false) => "t.status IN ('open', 'pending', 'awaiting_identity')".to_owned(),
        };
        let columns: Vec<String> = tickets::COLUMNS
            .split(", ")
            .map(|column| format!("t.{}", column.trim()))
            .collect();
        // A category stands inside the subject, so it is looked for after reading.
        let most = match category {
            Some(_) => MAX_LOOKED_AT,
            None => i64::try_from(limit).unwrap_or(MAX_LOOKED_AT),
        };
        let mut connection = self.connection().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {}, t.team, t.updated, t.solved, t.first_responded, a.name AS assignee_name, \
             CAST(CASE WHEN t.first_response_breached IS NULL AND t.resolution_breached IS NULL THEN 0 ELSE 1 END AS BIGINT) \
             AS breached FROM tickets t LEFT JOIN agents a ON a.id = t.assignee WHERE {chosen} \
             AND ($1 IS NULL OR t.priority = $1) AND ($2 IS NULL OR t.language = $2) AND ($3 IS NULL OR t.assignee = $3) \
             AND ($4 IS NULL OR t.team = $4) AND ($5 IS NULL OR EXISTS (SELECT 1 FROM ticket_tags g WHERE g.ticket = t.id \
             AND g.tag = $5)) AND t.created >= $6 ORDER BY t.updated DESC, t.number DESC LIMIT $7",
            columns.join(", ")
        )))
        .bind(priority.map(Priority::code))
        .bind(language.map(Language::code))
        .bind(assignee.map(|agent| agent.to_string()))
        .bind(team.clone())
        .bind(tag.clone())
        .bind(opened_since.map_or(0, Timestamp::as_millis))
        .bind(most)
        .rows(&mut connection)
        .await?;
        let mut listed = Vec::new();
        for row in &rows {
            let ticket = tickets::from_row(row)?;
            let is_wanted = category.as_ref().is_none_or(|wanted| {
                ticket
                    .subject
                    .as_ref()
                    .is_some_and(|subject| subject.category == *wanted)
            });
            if !is_wanted {
                continue;
            }
            let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
                let millis: Option<i64> = row.try_get(column)?;
                Ok(millis.map(Timestamp::from_millis))
            };
            listed.push(ListedTicket {
                ticket,
                team: row.try_get("team")?,
                assignee: row.try_get("assignee_name")?,
                tags: Vec::new(),
                breached: row.try_get::<i64, _>("breached")? == 1,
                first_responded: moment("first_responded")?,
                solved: moment("solved")?,
                updated: Timestamp::from_millis(row.try_get("updated")?),
            });
            if listed.len() == limit {
                break;
            }
        }
        for some in listed.chunks_mut(MAX_NAMED) {
            // Ids that this program has made, which hold no quotes.
            let ids: Vec<String> = some
                .iter()
                .map(|one| format!("'{}'", one.ticket.id))
                .collect();
            let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
                "SELECT ticket, tag FROM ticket_tags WHERE ticket IN ({}) ORDER BY tag",
                ids.join(", ")
            )))
            .fetch_all(&mut connection)
            .await?;
            for row in rows {
                let ticket: String = row.try_get("ticket")?;
                let mut named = some.iter_mut();
                if let Some(one) = named.find(|one| one.ticket.id.to_string() == ticket) {
                    one.tags.push(row.try_get("tag")?);
                }
            }
        }
        Ok(listed)
    }
}
