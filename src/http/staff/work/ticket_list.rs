//! `/v1/staff/tickets`: tickets found by words, listed by what they are, and taken away as a table.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::TicketStatus;
use crate::desk::{ListedTicket, TicketFilter};
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::staff::wire::{TeamName, WantedTag};
use crate::http::wire::conversation::TicketBody;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::text::{Any, IdText, ServedTag, Text};
use crate::http::wire::locale;
use crate::language::Language;
use crate::schedule::Priority;
use crate::staff::Permission;
use crate::time::Timestamp;

/// What is looked for.
type SearchedText = Text<Any, 2_000>;

/// A status that is listed alone.
type ListedStatus = Code<TicketStatus>;

/// A priority that is listed alone.
type ListedPriority = Code<Priority>;

/// A category that is listed alone.
type ListedCategory = Text<Any, 80>;

/// Days that are looked back at most.
const MAX_DAYS: u32 = 3_650;

/// Which tickets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TicketsQuery {
    /// Words said in the conversation or noted, in any language; or a number. Where there are some, nothing else counts.
    #[serde(default)]
    #[param(inline, example = "출금")]
    q: SearchedText,
    /// Of this status only; all that are not settled where none is named.
    #[param(inline)]
    status: Option<ListedStatus>,
    /// Settled ones too, where no status is named.
    #[serde(default)]
    any_status: bool,
    /// Of this priority only.
    #[param(inline)]
    priority: Option<ListedPriority>,
    /// In this language only.
    #[serde(default, deserialize_with = "locale::served")]
    #[param(inline, value_type = Option<ServedTag>)]
    language: Option<Language>,
    /// Of this category only, by its code.
    #[param(inline)]
    category: Option<ListedCategory>,
    /// That this agent works on only.
    #[param(inline)]
    assignee: Option<IdText>,
    /// For this team only.
    #[param(inline)]
    team: Option<TeamName>,
    /// With this tag only.
    #[param(inline)]
    tag: Option<WantedTag>,
    /// Opened in the last so many days only.
    #[param(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

impl TicketsQuery {
    fn filter(&self, now: Timestamp) -> Result<TicketFilter, ApiError> {
        let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if self
            .days
            .is_some_and(|days| !(1..=MAX_DAYS).contains(&days))
        {
            let detail = format!("`days` is from 1 to {MAX_DAYS}");
            return Err(ApiError::new(ProblemKind::BadRequest, detail).in_field("days"));
        }
        let assignee = self.assignee.as_ref().map(|id| id.parse()).transpose();
        Ok(TicketFilter {
            status: self.status.map(|code| code.0),
            any_status: self.any_status,
            priority: self.priority.map(|code| code.0),
            language: self.language,
            category: self.category.as_deref().and_then(named),
            assignee: assignee.map_err(|error| ApiError::from(error).in_field("assignee"))?,
            team: self.team.as_deref().and_then(named),
            tag: self
                .tag
                .as_deref()
                .and_then(named)
                .map(|tag| tag.to_lowercase()),
            opened_since: self.days.map(|days| now.days_earlier(days)),
        })
    }
}

/// Tickets that were found or listed.
#[derive(Debug, Serialize, ToSchema)]
struct TicketsResponse {
    /// Those found the best first; those listed the newest change first.
    tickets: Vec<TicketBody>,
}

/// Tickets listed at once.
const MAX_LISTED: usize = 200;

/// Finds tickets by words, or lists them by what they are.
#[utoipa::path(
    get,
    path = "/v1/staff/tickets",
    tag = "staff",
    params(TicketsQuery),
    responses(
        (status = 200, description = "The 50 best that were found, or the 200 listed with the newest change", body = TicketsResponse),
        ApiError,
    )
)]
async fn list(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<TicketsQuery>,
) -> Result<Json<TicketsResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let desk = app.workplace();
    let tickets = match query.q.trim() {
        "" => {
            let listed = desk
                .list_tickets(&query.filter(app.now())?, MAX_LISTED)
                .await?;
            listed.into_iter().map(|one| one.ticket.into()).collect()
        }
        words => {
            let found = desk.search_tickets(words).await?;
            found.into_iter().map(TicketBody::from).collect()
        }
    };
    Ok(Json(TicketsResponse { tickets }))
}

/// Takes tickets away as a table, comma-separated, with a line of names; who did it stands in the log. Cells that a
/// spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(
    get,
    path = "/v1/staff/tickets/export",
    tag = "staff",
    params(TicketsQuery),
    responses(
        (status = 200, description = "Up to 5,000 tickets, those with the newest change first", body = String, content_type = "text/csv"),
        ApiError,
    )
)]
async fn export(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<TicketsQuery>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    if !query.q.trim().is_empty() {
        let detail = "an export is narrowed by status, priority, language, category, assignee, team, tag and days; leave out q";
        return Err(ApiError::new(ProblemKind::ContentRefused, detail).in_field("q"));
    }
    let now = app.now();
    let listed = app
        .workplace()
        .export_tickets(&query.filter(now)?, &staff.principal, now)
        .await?;
    let table = table(&listed).map_err(ApiError::internal)?;
    let name = format!("attachment; filename=\"tickets-{}.csv\"", now.day());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, table).into_response())
}

const COLUMNS: [&str; 17] = [
    "number",
    "status",
    "priority",
    "level",
    "category",
    "language",
    "tier",
    "reason",
    "team",
    "assignee",
    "tags",
    "opened",
    "first_answer",
    "solved",
    "updated",
    "promise_broken",
    "summary",
];

fn table(listed: &[ListedTicket]) -> Result<Vec<u8>, csv::Error> {
    // Spreadsheets take a file without the mark for one in a local encoding.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for one in listed {
        let ListedTicket {
            ticket,
            team,
            assignee,
            tags,
            breached,
            first_responded,
            solved,
            updated,
        } = one;
        let moment =
            |moment: &Option<Timestamp>| moment.map_or_else(String::new, |at| at.to_string());
        let subject = ticket.subject.as_ref();
        let cells = [
            ticket.number.to_string(),
            ticket.status.code().to_owned(),
            ticket.priority.code().to_owned(),
            ticket.level.code().to_owned(),
            subject.map_or_else(String::new, |subject| subject.category.clone()),
            ticket.language.code().to_owned(),
            ticket.tier.code().to_owned(),
            ticket.reason.code().to_owned(),
            team.clone().unwrap_or_default(),
            assignee.clone().unwrap_or_default(),
            tags.join(" "),
            ticket.created.to_string(),
            moment(first_responded),
            moment(solved),
            updated.to_string(),
            if *breached { "yes" } else { "no" }.to_owned(),
            ticket.summary.clone(),
        ];
        writer.write_record(cells.map(harmless))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

/// What begins like a formula is only text.
fn harmless(cell: String) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell,
    }
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(export))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+82", "-1", "@SUM(A1)", "\t=1"] {
            assert!(harmless(text.to_owned()).starts_with('\''), "{text:?}");
        }
        assert_eq!(harmless("출금 = 0".to_owned()), "출금 = 0");
    }
}
