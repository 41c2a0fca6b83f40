//! What visitors do and see while they wait for a person: fill in what will be asked, and know where they stand and when
//! somebody is there.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{DeskError, MAX_FIELD_CHARS};
use crate::http::edge::extract::{ApiJson, ApiQuery};
use crate::http::edge::guard::visitor::OwnConversation;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::conversation::TicketBody;
use crate::http::wire::form::text::{Any, Shown, Text};
use crate::http::wire::place::{PlaceResponse, ZoneQuery};
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};

/// Facts a person will need.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldsRequest {
    /// By the names in the ticket's `collect`.
    #[schema(example = json!({ "txid": "0x5f0c" }))]
    fields: BTreeMap<FieldName, FieldText>,
}

/// The name of a field.
type FieldName = Text<Any, 80>;

/// What stands in a field.
type FieldText = Text<Shown, MAX_FIELD_CHARS>;

/// Fills in fields of the open ticket.
#[utoipa::path(
    put,
    path = "/v1/conversations/{id}/fields",
    tag = "conversations",
    request_body = FieldsRequest,
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 200, description = "The ticket as it is now", body = TicketBody),
        ApiError,
    )
)]
async fn fill_in(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiJson(request): ApiJson<FieldsRequest>,
) -> Result<Json<TicketBody>, ApiError> {
    let fields = request.fields.into_iter().map(|(name, text)| {
        // A subject may ask for an address or a telephone number.
        let words = Words::parse_as(&text, MAX_FIELD_CHARS, Lines::Kept, Hides::AllButContacts);
        match words {
            Ok(words) => Ok((name.into_string(), words)),
            Err(_) => Err(DeskError::UnwantedField(name.chars().take(40).collect())),
        }
    });
    let fields: BTreeMap<String, Words> = fields.collect::<Result<_, DeskError>>()?;
    let ticket = app.visitors().fill_in(&id, fields, app.now()).await?;
    Ok(Json(TicketBody::from(ticket).with_link(&app)))
}

/// Tells where the visitor stands.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/place",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation", format = "uuid"), ZoneQuery),
    responses(
        (status = 200, description = "Position, measured waits, opening hours", body = PlaceResponse),
        ApiError,
    )
)]
async fn place(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiQuery(query): ApiQuery<ZoneQuery>,
) -> Result<Json<PlaceResponse>, ApiError> {
    let zone = query.zone()?;
    let place = app.visitors().place(&id, app.now()).await?;
    Ok(Json(PlaceResponse::new(place, &zone)))
}

/// Tells when somebody is at the desk, and how long visitors have waited lately.
#[utoipa::path(
    get,
    path = "/v1/desk",
    tag = "conversations",
    params(ZoneQuery),
    responses(
        (status = 200, description = "Opening hours and measured waits; nobody's place in the queue", body = PlaceResponse),
        ApiError,
    )
)]
async fn desk(
    State(app): State<AppState>,
    ApiQuery(query): ApiQuery<ZoneQuery>,
) -> Result<Json<PlaceResponse>, ApiError> {
    let zone = query.zone()?;
    let desk = app.visitors().desk_at(app.now()).await?;
    Ok(Json(PlaceResponse::new(desk, &zone)))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(fill_in))
        .routes(routes!(place))
        .routes(routes!(desk))
}
