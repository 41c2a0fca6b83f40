//! Tickets as a list: found by words, or narrowed by what they are, and taken away as a table.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::conversation::{Ticket, TicketStatus};
use crate::desk::{ListedTicket, TicketFilter};
use crate::http::console::clocks::length;
use crate::http::console::shell::AtDesk;
use crate::http::console::ticket::{
    PRIORITIES, assignable, category_name, category_of, choices, teams,
};
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::Language;
use crate::schedule::Priority;
use crate::staff::Permission;

/// What to look for; what is unknown narrows nothing.
#[derive(Debug, Default, Deserialize)]
pub(in crate::http::console) struct TicketsQuery {
    #[serde(default)]
    q: String,
    /// Code of a status, or `any`; all that are not settled without one.
    #[serde(default)]
    status: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    assignee: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    tag: String,
}

impl TicketsQuery {
    fn filter(&self) -> TicketFilter {
        let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        TicketFilter {
            status: self.status.parse().ok(),
            any_status: self.status == ANY,
            priority: self.priority.parse().ok(),
            language: Language::from_tag(&self.language),
            category: named(&self.category),
            assignee: self.assignee.parse().ok(),
            team: named(&self.team),
            tag: named(self.tag.trim()).map(|tag| tag.to_lowercase()),
            opened_since: None,
        }
    }

    /// The same for the API, whose export takes what has a value and nothing else.
    fn for_export(&self) -> String {
        let any = [("any_status", if self.status == ANY { "true" } else { "" })];
        let status = if self.status == ANY { "" } else { &self.status };
        let fields = [
            ("status", status),
            ("priority", &self.priority),
            ("language", &self.language),
            ("category", &self.category),
            ("assignee", &self.assignee),
            ("team", &self.team),
            ("tag", self.tag.trim()),
        ];
        let pairs = fields.into_iter().chain(any);
        let pairs = pairs.filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        pairs.join("&")
    }
}

/// Settled or not.
const ANY: &str = "any";

/// What the list can be narrowed to.
const LISTED: [TicketStatus; 5] = [
    TicketStatus::Open,
    TicketStatus::Pending,
    TicketStatus::AwaitingIdentity,
    TicketStatus::Solved,
    TicketStatus::Closed,
];

/// Tickets shown at once.
const MAX_SHOWN: usize = 200;

/// One ticket of the list; a search tells less of it.
struct Row {
    ticket: Ticket,
    assignee: Option<String>,
    team: Option<String>,
    tags: Vec<String>,
    breached: bool,
}

impl Row {
    fn of_list(listed: ListedTicket) -> Self {
        Self {
            ticket: listed.ticket,
            assignee: listed.assignee,
            team: listed.team,
            tags: listed.tags,
            breached: listed.breached,
        }
    }

    fn of_search(ticket: Ticket) -> Self {
        Self {
            ticket,
            assignee: None,
            team: None,
            tags: Vec::new(),
            breached: false,
        }
    }
}

/// Tickets found by words said in them, filled in or noted on them; without words, those that the filters leave.
pub(in crate::http::console) async fn tickets(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiQuery(query): ApiQuery<TicketsQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadConversations)?;
    let preferences = at_desk.preferences();
    let q = query.q.trim();
    let desk = app.workplace();
    let found: Vec<Row> = match q.is_empty() {
        true => {
            let listed = desk.list_tickets(&query.filter(), MAX_SHOWN).await?;
            listed.into_iter().map(Row::of_list).collect()
        }
        false => {
            let found = desk.search_tickets(q).await?;
            found.into_iter().map(Row::of_search).collect()
        }
    };
    let is_full = found.len() == MAX_SHOWN;
    let agents = desk.agents().await?;
    let snapshot = app.library().snapshot();
    let now = app.now();
    let locale = preferences.locale();
    let tickets: Vec<Value> = found
        .into_iter()
        .map(|one| {
            let ticket = &one.ticket;
            context! {
                number => ticket.number.to_string(),
                conversation => ticket.conversation.to_string(),
                summary => &ticket.summary,
                language => ticket.language.code(),
                status_word => preferences.word(ticket.status.code()),
                priority => ticket.priority.code(),
                priority_word => preferences.word(ticket.priority.code()),
                category => category_of(snapshot.knowledge(), ticket, locale),
                age => length(preferences, now.millis_since(ticket.created).max(0)),
                assignee => one.assignee,
                team => one.team,
                tags => one.tags,
                breached => one.breached,
            }
        })
        .collect();
    let categories: Vec<Value> = snapshot
        .knowledge()
        .category_codes()
        .into_iter()
        .map(|code| {
            let word = category_name(snapshot.knowledge(), code, locale);
            context! { code, word, chosen => code == query.category }
        })
        .collect();
    let people: Vec<Value> = assignable(preferences, &agents);
    let values = context! {
        q,
        tickets,
        statuses => statuses(preferences, &query.status),
        priorities => choices(preferences, PRIORITIES.map(Priority::code), &query.priority),
        languages_listed => Language::ALL.map(|language| {
            let code = language.code();
            context! { code, word => language.endonym(), chosen => code == query.language }
        }).to_vec(),
        categories,
        people,
        assignee => &query.assignee,
        teams => teams(&agents, None),
        team => &query.team,
        tag => query.tag.trim(),
        export => query.for_export(),
        is_full,
    };
    at_desk.page("tickets.html", "/console/tickets", values)
}

fn statuses(preferences: &Preferences, chosen: &str) -> Vec<Value> {
    let named = LISTED.map(|status| (status.code(), preferences.word(status.code())));
    [("", preferences.word("unsolved"))]
        .into_iter()
        .chain(named)
        .chain([(ANY, preferences.word("allTickets"))])
        .map(|(code, word)| context! { code, word, chosen => code == chosen })
        .collect()
}
