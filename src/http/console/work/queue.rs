//! The queue: its parts with their counts, the order, views somebody keeps, and the lines.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::conversation::{Author, ConversationState, Speaker};
use crate::desk::{QueueEntry, QueueFilter, QueueOrder, QueuePart, QueueTally, SavedView};
use crate::http::console::clocks::length;
use crate::http::console::shell::private;
use crate::http::console::ticket::{PRIORITIES, reason_word};
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::{Elsewhere, Language};
use crate::schedule::Priority;
use crate::staff::{Agent, Permission};
use crate::time::Timestamp;

/// Which part of the queue is wanted, and in which order.
#[derive(Debug, Default, Deserialize)]
pub(in crate::http::console) struct QueueQuery {
    #[serde(default)]
    filter: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    tag: String,
}

impl QueueQuery {
    /// What is unknown narrows nothing.
    fn filter(&self, staff: &Staff) -> Result<QueueFilter, ApiError> {
        let mut filter = QueueFilter {
            language: Language::from_tag(&self.language),
            priority: self.priority.parse().ok(),
            tag: (!self.tag.trim().is_empty()).then(|| self.tag.trim().to_lowercase()),
            order: self.order.parse().unwrap_or_default(),
            ..QueueFilter::default()
        };
        let part: QueuePart = self.filter.parse().unwrap_or_default();
        part.narrow(&mut filter, staff.agent()?);
        Ok(filter)
    }
}

/// The queue.
pub(in crate::http::console) async fn queue(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiQuery(query): ApiQuery<QueueQuery>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let filter = query.filter(&staff)?;
    Ok(private(render(&app, &preferences, &staff, &filter).await?))
}

/// The parts of the queue with the words that name them; that of a team for whoever is in one.
pub(in crate::http::console) fn parts(preferences: &Preferences, me: &Agent) -> Vec<Value> {
    let has_team = !me.department.as_str().is_empty();
    QueuePart::ALL
        .into_iter()
        .filter(|part| *part != QueuePart::Team || has_team)
        .map(|part| {
            let word = match part {
                QueuePart::Team => me.department.as_str().to_owned(),
                other => preferences.word(part_word(other)),
            };
            context! { code => part.code(), word }
        })
        .collect()
}

fn part_word(part: QueuePart) -> &'static str {
    match part {
        QueuePart::All => "all",
        QueuePart::Queued => "waiting",
        QueuePart::Mine => "mine",
        QueuePart::Team => "team",
        QueuePart::Snoozed => "snoozed",
        QueuePart::Bot => "withBot",
        QueuePart::Closed => "closed",
    }
}

/// What the queue can be narrowed to and how it can be ordered.
pub(in crate::http::console) fn narrowing(preferences: &Preferences) -> Value {
    let orders: Vec<Value> = QueueOrder::ALL
        .map(|order| {
            let word = preferences.word(&format!("order_{}", order.code()));
            context! { code => order.code(), word }
        })
        .to_vec();
    let priorities: Vec<Value> = PRIORITIES
        .map(Priority::code)
        .map(|code| context! { code, word => preferences.word(code) })
        .to_vec();
    context! { orders, priorities }
}

/// Views somebody keeps.
pub(in crate::http::console) fn views(views: Vec<SavedView>) -> Vec<Value> {
    views
        .into_iter()
        .map(|view| context! { id => view.id, name => view.name, query => view.query })
        .collect()
}

/// Renders the queue; whoever runs the shift is told what nobody else may take.
pub(in crate::http::console) async fn render(
    app: &AppState,
    preferences: &Preferences,
    staff: &Staff,
    filter: &QueueFilter,
) -> Result<String, ApiError> {
    let now = app.now();
    let view = app.workplace().queue(filter, now).await?;
    let me = staff.principal.agent();
    let stranded = match staff.principal.may(Permission::AssignWork) {
        true => stranded(app, preferences).await?,
        false => None,
    };
    let entries: Vec<Value> = view
        .entries
        .iter()
        .map(|entry| line(preferences, entry, me, now))
        .collect();
    let may_work = me.is_some_and(|me| me.role.may(Permission::WorkConversations));
    let counts = counts(&view.tally, me);
    let piece = context! { entries, stranded, counts, may_work };
    preferences.piece("queue.html", piece)
}

/// How many stand in each part, as JSON for the script that shows them.
fn counts(tally: &QueueTally, me: Option<&Agent>) -> String {
    let held = me
        .and_then(|me| tally.held.get(&me.id))
        .copied()
        .unwrap_or_default();
    let team = me.and_then(|me| tally.teams.get(me.department.as_str()));
    let all = &tally.counts;
    serde_json::json!({
        "all": all.queued + all.agent,
        "queued": all.queued,
        "mine": held.at_hand,
        "team": team.copied().unwrap_or_default(),
        "snoozed": held.snoozed,
        "bot": all.bot,
    })
    .to_string()
}

async fn stranded(app: &AppState, preferences: &Preferences) -> Result<Option<String>, ApiError> {
    let numbers: Vec<String> = app
        .workplace()
        .stranded(app.now())
        .await?
        .iter()
        .filter_map(|entry| {
            let level = entry.level.map(|level| preferences.word(level.code()));
            let own = entry.elsewhere.map(Elsewhere::endonym);
            let language = own.or_else(|| entry.language.map(Language::endonym));
            let facts = [language.map(str::to_owned), level, entry.team.clone()];
            let facts: Vec<String> = facts.into_iter().flatten().collect();
            Some(format!("{} ({})", entry.number?, facts.join(", ")))
        })
        .collect();
    let told = || preferences.filled("stranded", &[("numbers", &numbers.join(", "))]);
    Ok((!numbers.is_empty()).then(told))
}

fn line(
    preferences: &Preferences,
    entry: &QueueEntry,
    me: Option<&Agent>,
    now: Timestamp,
) -> Value {
    let since = |word: &str, then: Timestamp| {
        let time = length(preferences, now.millis_since(then).max(0));
        preferences.filled(word, &[("time", &time)])
    };
    let waited = entry.waiting_since.map(|then| since("waitingFor", then));
    // That somebody waits is said by how long they have.
    let is_told = waited.is_some() && entry.state == ConversationState::Queued;
    let holder = entry.agent.as_ref();
    let last = entry
        .last
        .as_ref()
        .filter(|last| last.text != entry.summary);
    context! {
        conversation => entry.conversation.to_string(),
        state => entry.state.code(),
        mine => me.is_some() && holder.map(|holder| holder.agent) == me.map(|me| me.id),
        number => entry.number.map(|number| number.to_string()),
        priority => entry.priority.map(|priority| priority.code()),
        priority_word => entry.priority.map(|priority| preferences.word(priority.code())),
        language => entry.language.map(Language::code),
        elsewhere => entry.elsewhere.map(|language| context! {
            code => language.code(),
            name => language.endonym(),
        }),
        reason => entry.reason.map(|reason| preferences.word(reason_word(reason))),
        summary => &entry.summary,
        last => last.map(|last| &last.text),
        last_by => last.filter(|last| last.author == Author::Agent).map(|_| {
            holder.map_or_else(|| preferences.word("agent"), |holder| holder.name.clone())
        }),
        heard => entry.visitor_sequence.unwrap_or_default(),
        holder => (!is_told).then(|| standing_word(preferences, entry.state, holder)),
        waited,
        team => &entry.team,
        snoozed_until => entry.snoozed_until.map(|until| until.to_string()),
        woken => entry.woken.is_some(),
    }
}

fn standing_word(
    preferences: &Preferences,
    state: ConversationState,
    holder: Option<&Speaker>,
) -> String {
    match holder {
        Some(holder) => preferences.filled("heldBy", &[("name", &holder.name)]),
        None => preferences.word(&format!("{}_state", state.code())),
    }
}
