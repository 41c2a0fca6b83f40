//! What visitors do and see while they wait for a person: fill in what will be asked, and know where they stand.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::conversation_wire::TicketBody;
use super::extract::ApiJson;
use super::owning::OwnConversation;
use super::problem::{ApiError, Problem};
use super::state::AppState;
use crate::desk::{Place, Waits};

/// Facts a person will need.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldsRequest {
    /// By the names in the ticket's `collect`.
    #[schema(example = json!({ "txid": "0x5f0c" }))]
    fields: BTreeMap<String, String>,
}

/// Fills in fields of the open ticket.
#[utoipa::path(
    put,
    path = "/v1/conversations/{id}/fields",
    tag = "conversations",
    request_body = FieldsRequest,
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 200, description = "The ticket as it is now", body = TicketBody),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn fill_in(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiJson(request): ApiJson<FieldsRequest>,
) -> Result<Json<TicketBody>, ApiError> {
    let ticket = app.desk().fill_in(&id, request.fields, app.now()).await?;
    Ok(Json(ticket.into()))
}

/// Where a visitor stands: counted and measured, never promised.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceResponse {
    /// Visitors who will be taken before; nothing while nobody is waited for.
    before: Option<i64>,
    /// Minutes within which half of the visitors were answered lately; nothing while too few were measured.
    half_minutes: Option<i64>,
    /// Minutes within which nine in ten were.
    most_minutes: Option<i64>,
    /// Whether the desk is open.
    open: bool,
    /// When it opens, in UTC, for the page to say in the visitor's own zone.
    #[schema(format = DateTime)]
    opens: Option<String>,
}

impl From<Place> for PlaceResponse {
    fn from(place: Place) -> Self {
        let Place {
            before,
            waits,
            open,
            opens,
        } = place;
        // Rounded up: whoever is told three minutes should not wait four.
        let minutes = |millis: i64| millis.max(0).unsigned_abs().div_ceil(60_000) as i64;
        Self {
            before,
            half_minutes: waits.map(|Waits { half_ms, .. }| minutes(half_ms)),
            most_minutes: waits.map(|Waits { most_ms, .. }| minutes(most_ms)),
            open,
            opens: opens.map(|moment| moment.to_string()),
        }
    }
}

/// Tells where the visitor stands.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/place",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 200, description = "Position, measured waits, opening hours", body = PlaceResponse),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn place(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
) -> Result<Json<PlaceResponse>, ApiError> {
    Ok(Json(app.desk().place(&id, app.now()).await?.into()))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(fill_in))
        .routes(routes!(place))
}
