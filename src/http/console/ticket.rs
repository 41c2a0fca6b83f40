//! The ticket beside its conversation.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use super::clocks::{due, length};
use super::shell::private;
use super::words::Preferences;
use crate::conversation::{Ticket, TicketStatus};
use crate::desk::TicketView;
use crate::http::edge::extract::ApiPath;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::identity::Tier;
use crate::ids::ConversationId;
use crate::knowledge::KnowledgeBase;
use crate::locale::{Locale, words};
use crate::pipeline::EscalationReason;
use crate::safety::Words;
use crate::schedule::Priority;
use crate::staff::{Agent, Availability, Level, Permission};
use crate::time::Timestamp;

/// The ticket of a conversation with everything staff keep beside it.
pub(super) async fn ticket(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let view = app.workplace().conversation(&id).await?;
    let Some(ticket) = view.ticket else {
        return Ok(private(preferences.piece("ticket.html", context! {})?));
    };
    let kept = app.workplace().ticket(ticket.number).await?;
    let agents = app.workplace().agents().await?;
    let snapshot = app.library().snapshot();
    let may = |permission| staff.principal.agent().is_some() && staff.principal.may(permission);
    let values = context! {
        conversation => id.to_string(),
        state => view.conversation.standing.state.code(),
        ticket => ticket_values(&preferences, &kept, snapshot.knowledge(), app.now()),
        satisfaction => view.satisfaction.last().map(|given| {
            let score = given.score.number().to_string();
            let words = preferences.filled("ofFive", &[("n", &score)]);
            context! { words, comment => given.comment.as_ref().map(Words::as_str) }
        }),
        fields => fields_of(&preferences, &kept.ticket),
        notes => notes_of(&kept),
        tags => kept.tags.join(", "),
        watchers => names_of(&agents, &kept),
        watched => staff.principal.agent().is_some_and(|me| kept.watchers.contains(&me.id)),
        assignee => kept.ticket.assignee.map(|agent| agent.to_string()),
        holder => view.conversation.standing.agent.map(|agent| agent.to_string()),
        agents => assignable(&preferences, &agents),
        teams => teams(&agents, kept.team.as_deref()),
        team => kept.team,
        categories => categories(snapshot.knowledge(), &kept.ticket, preferences.locale()),
        levels => choices(&preferences, Level::ALL.map(Level::code), kept.ticket.level.code()),
        priorities => choices(&preferences, PRIORITIES.map(Priority::code), kept.ticket.priority.code()),
        tiers => choices(&preferences, TIERS.map(Tier::code), kept.ticket.tier.code()),
        statuses => choices(&preferences, OPEN_STATUSES.map(TicketStatus::code), kept.ticket.status.code()),
        may_work => may(Permission::WorkConversations),
        may_assign => may(Permission::AssignWork),
        may_override => may(Permission::OverridePriority),
    };
    Ok(private(preferences.piece("ticket.html", values)?))
}

pub(super) const PRIORITIES: [Priority; 4] = [
    Priority::Urgent,
    Priority::High,
    Priority::Normal,
    Priority::Low,
];

pub(super) const TIERS: [Tier; 3] = [Tier::Unverified, Tier::Verified, Tier::Premium];

const OPEN_STATUSES: [TicketStatus; 3] = [
    TicketStatus::Open,
    TicketStatus::Pending,
    TicketStatus::AwaitingIdentity,
];

/// Codes with their words, and which one is chosen.
pub(super) fn choices<const N: usize>(
    preferences: &Preferences,
    codes: [&'static str; N],
    chosen: &str,
) -> Vec<Value> {
    codes
        .iter()
        .map(|code| context! { code => *code, word => preferences.word(code), chosen => *code == chosen })
        .collect()
}

fn ticket_values(
    preferences: &Preferences,
    kept: &TicketView,
    knowledge: &KnowledgeBase,
    now: Timestamp,
) -> Value {
    let ticket = &kept.ticket;
    let clock = |moment: Option<Timestamp>| {
        moment.map(|moment| {
            let (standing, words) = due(preferences, moment, now);
            context! { standing => standing.code(), words, moment => moment.to_string() }
        })
    };
    let paused = matches!(
        ticket.status,
        TicketStatus::Pending | TicketStatus::AwaitingIdentity
    );
    context! {
        number => ticket.number.to_string(),
        status => ticket.status.code(),
        status_word => preferences.word(ticket.status.code()),
        is_open => ticket.status.is_open(),
        is_settled => matches!(ticket.status, TicketStatus::Solved | TicketStatus::Closed),
        priority => ticket.priority.code(),
        priority_word => preferences.word(ticket.priority.code()),
        level => ticket.level.code(),
        level_word => preferences.word(ticket.level.code()),
        category => category_of(knowledge, ticket, preferences.locale()),
        reason => preferences.word(reason_word(ticket.reason)),
        language => ticket.language.code(),
        language_name => ticket.language.endonym(),
        elsewhere => ticket.elsewhere.map(|language| context! {
            code => language.code(),
            name => language.endonym(),
        }),
        summary => &ticket.summary,
        note => &ticket.note,
        contact => &ticket.contact,
        age => length(preferences, now.millis_since(ticket.created).max(0)),
        first_response => clock(kept.first_response_due),
        resolution => clock(kept.resolution_due),
        paused => paused && kept.resolution_due.is_none(),
        breached => kept.breached,
    }
}

/// Names why a person was asked.
pub(super) fn reason_word(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::NothingFound => "reason_nothing_found",
        EscalationReason::LowConfidence => "reason_low_confidence",
        EscalationReason::PersonRequested => "reason_person_requested",
        EscalationReason::PersonalCase => "reason_personal_case",
        EscalationReason::FraudReport => "reason_fraud_report",
        EscalationReason::Regulated => "reason_regulated",
        EscalationReason::LanguageMissing => "reason_language_missing",
        EscalationReason::LanguageNotServed => "reason_language_not_served",
    }
}

/// The name of the category in the language of the console; its code where it has none.
pub(super) fn category_of(
    knowledge: &KnowledgeBase,
    ticket: &Ticket,
    locale: Locale,
) -> Option<String> {
    let code = &ticket.subject.as_ref()?.category;
    Some(category_name(knowledge, code, locale))
}

pub(super) fn category_name(knowledge: &KnowledgeBase, code: &str, locale: Locale) -> String {
    let category = knowledge.categories.get(code);
    let title = category.and_then(|category| category.titles.get(&locale.language()));
    title.map_or_else(
        || code.to_owned(),
        |title| locale.script().written(title).into_owned(),
    )
}

/// Every category, and which one the ticket has; it may be one that has no article any more, or none.
fn categories(knowledge: &KnowledgeBase, ticket: &Ticket, locale: Locale) -> Vec<Value> {
    let chosen = ticket.subject.as_ref();
    let chosen = chosen.map_or("", |subject| subject.category.as_str());
    let mut codes = knowledge.category_codes();
    if !codes.contains(&chosen) {
        codes.insert(0, chosen);
    }
    let choice = |code: &str| {
        let word = category_name(knowledge, code, locale);
        context! { code, word, chosen => code == chosen }
    };
    codes.into_iter().map(choice).collect()
}

/// What the subject asks for and what the visitor filled in, by its name in words.
fn fields_of(preferences: &Preferences, ticket: &Ticket) -> Vec<Value> {
    let names = &words(preferences.locale().worded()).widget["fields"];
    let wanted = ticket
        .subject
        .iter()
        .flat_map(|subject| subject.collect.iter());
    let others = ticket.fields.keys();
    let mut seen = BTreeSet::new();
    wanted
        .chain(others)
        .filter(|field| seen.insert(field.as_str()))
        .map(|field| {
            let name = names[field.as_str()]
                .as_str()
                .map_or_else(|| field.replace('_', " "), str::to_owned);
            context! { name, value => ticket.fields.get(field) }
        })
        .collect()
}

fn notes_of(kept: &TicketView) -> Vec<Value> {
    kept.notes
        .iter()
        .map(|note| {
            context! { by => &note.by.name, text => note.text.as_str(), created => note.created.to_string() }
        })
        .collect()
}

fn names_of(agents: &[Agent], kept: &TicketView) -> Vec<String> {
    agents
        .iter()
        .filter(|agent| kept.watchers.contains(&agent.id))
        .map(|agent| agent.name.clone())
        .collect()
}

/// Those who can be given a conversation, with what they say about themselves.
pub(super) fn assignable(preferences: &Preferences, agents: &[Agent]) -> Vec<Value> {
    agents
        .iter()
        .filter(|agent| agent.active && agent.role.may(Permission::WorkConversations))
        .map(|agent| {
            let told = match (agent.availability, agent.availability_reason()) {
                (Availability::Here, _) => None,
                (other, "") => Some(preferences.word(other.code())),
                (other, reason) => Some(format!("{}: {reason}", preferences.word(other.code()))),
            };
            context! { id => agent.id.to_string(), name => &agent.name, told }
        })
        .collect()
}

/// The teams people work in, and the one a ticket is for.
pub(super) fn teams(agents: &[Agent], chosen: Option<&str>) -> Vec<String> {
    let names = agents.iter().filter(|agent| agent.active);
    let names = names.map(|agent| agent.department.as_str());
    let known: BTreeSet<&str> = names
        .chain(chosen)
        .filter(|name| !name.is_empty())
        .collect();
    known.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::load_folder;

    #[test]
    fn every_field_the_demo_asks_for_has_a_name_in_every_language() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["knowledge_base", "tests/knowledge"] {
            let loaded = load_folder(&root.join(folder)).unwrap();
            let articles = &loaded.knowledge.articles;
            for field in articles.iter().flat_map(|article| &article.collect) {
                for locale in Locale::ALL {
                    let name = &words(locale).widget["fields"][field.as_str()];
                    assert!(name.is_string(), "{field} in {}", locale.tag());
                }
            }
        }
    }
}
