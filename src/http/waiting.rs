//! What visitors do and see while they wait for a person: fill in what will be asked, and know where they stand.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::conversation_wire::TicketBody;
use super::extract::{ApiJson, ApiQuery};
use super::owning::OwnConversation;
use super::problem::{ApiError, Problem, ProblemKind};
use super::state::AppState;
use crate::conversation::Timestamp;
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
    Ok(Json(TicketBody::from(ticket).with_link(&app)))
}

/// Where a visitor stands: counted and measured, never promised.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceResponse {
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
    /// When somebody is there in the next seven days, in the zone that was asked for.
    hours: Vec<HoursBody>,
    /// That zone.
    #[schema(example = "Asia/Seoul")]
    zone: String,
}

/// A span in which somebody is at the desk.
#[derive(Debug, Serialize, ToSchema)]
struct HoursBody {
    /// Beginning, with the offset of the zone.
    #[schema(format = DateTime, example = "2026-11-23T09:00:00+09:00")]
    from: String,
    /// End.
    #[schema(format = DateTime, example = "2026-11-23T18:00:00+09:00")]
    to: String,
}

/// Where the visitor lives.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ZoneQuery {
    /// IANA name of the visitor's time zone, as browsers know it; UTC when it is left out.
    #[param(example = "Asia/Seoul")]
    zone: Option<String>,
}

impl ZoneQuery {
    pub(super) fn zone(&self) -> Result<TimeZone, ApiError> {
        let Some(name) = &self.zone else {
            return Ok(TimeZone::UTC);
        };
        TimeZone::get(name).map_err(|_| {
            ApiError::new(
                ProblemKind::BadRequest,
                "there is no such time zone; send an IANA name such as Asia/Seoul",
            )
            .in_field("zone")
        })
    }
}

/// Writes a moment as clocks of a zone show it.
pub(super) fn local(moment: Timestamp, zone: &TimeZone) -> Zoned {
    jiff::Timestamp::from_millisecond(moment.as_millis())
        .unwrap_or_default()
        .to_zoned(zone.clone())
}

impl PlaceResponse {
    pub(super) fn new(place: Place, zone: &TimeZone) -> Self {
        let written = |moment: Timestamp| {
            local(moment, zone)
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string()
        };
        let Place {
            before,
            waits,
            open,
            opens,
            hours,
        } = place;
        // Rounded up: whoever is told three minutes should not wait four.
        let minutes = |millis: i64| millis.max(0).unsigned_abs().div_ceil(60_000) as i64;
        Self {
            before,
            half_minutes: waits.map(|Waits { half_ms, .. }| minutes(half_ms)),
            most_minutes: waits.map(|Waits { most_ms, .. }| minutes(most_ms)),
            open,
            opens: opens.map(|moment| moment.to_string()),
            hours: hours
                .into_iter()
                .map(|(from, to)| HoursBody {
                    from: written(from),
                    to: written(to),
                })
                .collect(),
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}

/// Tells where the visitor stands.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/place",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation"), ZoneQuery),
    responses(
        (status = 200, description = "Position, measured waits, opening hours", body = PlaceResponse),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn place(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiQuery(query): ApiQuery<ZoneQuery>,
) -> Result<Json<PlaceResponse>, ApiError> {
    let zone = query.zone()?;
    let place = app.desk().place(&id, app.now()).await?;
    Ok(Json(PlaceResponse::new(place, &zone)))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(fill_in))
        .routes(routes!(place))
}
