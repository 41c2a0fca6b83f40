//! One place that is told what happens: what it wants to hear, and what became of each delivery.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use super::programs::{event_values, event_word, kind_word, title};
use crate::desk::{Delivery, DeliveryFilter, DeliveryStatus, EndpointKind, MAX_DELIVERIES};
use crate::http::console::clocks::{ago, moment};
use crate::http::console::shell::AtDesk;
use crate::http::console::words::Preferences;
use crate::http::edge::extract::{ApiPath, ApiQuery};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::EndpointId;
use crate::relay::{TOOK_NOTHING, WANTS_NOTHING};
use crate::staff::Permission;
use crate::time::Timestamp;

/// What the deliveries can be narrowed to.
const LISTED: [DeliveryStatus; 4] = [
    DeliveryStatus::Pending,
    DeliveryStatus::Delivered,
    DeliveryStatus::Failed,
    DeliveryStatus::Dropped,
];

/// Which deliveries are shown.
#[derive(Debug, Deserialize)]
pub(super) struct DeliveriesQuery {
    /// Code of a status; all without one.
    #[serde(default)]
    status: String,
    /// Only what happened before this moment.
    before: Option<i64>,
}

/// The page.
pub(super) async fn webhook(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiPath(id): ApiPath<EndpointId>,
    ApiQuery(query): ApiQuery<DeliveriesQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ManageWebhooks)?;
    let preferences = at_desk.preferences();
    let now = app.now();
    let endpoint = app.workplace().endpoint(&id, now).await?;
    let status = LISTED
        .into_iter()
        .find(|status| status.code() == query.status);
    let filter = DeliveryFilter {
        status,
        until: query.before.map(Timestamp::from_millis),
        ..DeliveryFilter::default()
    };
    let deliveries = app.workplace().deliveries(&id, &filter, now).await?;
    let is_full = deliveries.len() >= MAX_DELIVERIES;
    let older = deliveries
        .last()
        .filter(|_| is_full)
        .map(|last| last.created.as_millis());
    let deliveries: Vec<Value> = deliveries
        .into_iter()
        .map(|delivery| delivery_values(preferences, delivery))
        .collect();
    let filters: Vec<Value> = [None]
        .into_iter()
        .chain(LISTED.map(Some))
        .map(|listed| {
            let code = listed.map_or("", DeliveryStatus::code);
            let word = listed.map_or_else(
                || preferences.word("all"),
                |one| status_word(preferences, one),
            );
            context! { code, word, chosen => listed == status }
        })
        .collect();
    let disabled_why = endpoint.disabled_why.as_deref().map(|why| match why {
        WANTS_NOTHING => preferences.word("offWantsNothing"),
        TOOK_NOTHING => preferences.word("offTookNothing"),
        other => other.to_owned(),
    });
    let values = context! {
        id => id.to_string(),
        heading => title(&endpoint),
        description => &endpoint.description,
        url => &endpoint.url,
        kind_word => kind_word(preferences, &endpoint),
        is_channel => endpoint.kind.channel().is_some(),
        events_path => endpoint.events_path(),
        has_secret => !endpoint.kind.brings_secret(),
        is_mailbox => endpoint.kind == EndpointKind::Mail,
        events => event_values(preferences, &endpoint.topics),
        active => endpoint.active,
        disabled_why,
        failing => endpoint.failing_since.map(|since| ago(preferences, since, now)),
        created => ago(preferences, endpoint.created, now),
        deliveries,
        filters,
        status => status.map_or("", DeliveryStatus::code),
        older,
    };
    at_desk.page("webhook.html", "/console/programs", values)
}

fn delivery_values(preferences: &Preferences, delivery: Delivery) -> Value {
    let Delivery {
        id,
        telling: _,
        topic,
        conversation,
        status,
        attempts,
        next_attempt,
        response_status,
        duration_ms,
        error,
        last_attempt,
        created,
    } = delivery;
    context! {
        id => id.to_string(),
        event => topic.code(),
        event_word => event_word(preferences, topic),
        conversation => conversation.to_string(),
        status => status.code(),
        status_word => status_word(preferences, status),
        can_replay => status != DeliveryStatus::Pending,
        attempts,
        next => next_attempt.map(moment),
        last => last_attempt.map(moment),
        response_status,
        duration_ms,
        error,
        created => moment(created),
    }
}

fn status_word(preferences: &Preferences, status: DeliveryStatus) -> String {
    preferences.word(&format!("delivery_{}", status.code()))
}
