//! `/v1/staff/surges`: the switch of surge mode.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::NewSurge;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::surge::{SurgeBody, SurgeResponse};
use crate::staff::Permission;
use crate::store::PastSurge;

/// Surges that are or were on.
#[derive(Debug, Serialize, ToSchema)]
struct SurgesResponse {
    /// The newest first.
    surges: Vec<SurgeResponse>,
}

/// Lists surges.
#[utoipa::path(
    get,
    path = "/v1/staff/surges",
    tag = "staff",
    responses(
        (status = 200, description = "The 50 newest; those without `ended` are on until `expires`", body = SurgesResponse),
        ApiError,
    )
)]
async fn list(State(app): State<AppState>, staff: Staff) -> Result<Json<SurgesResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let surges = app.workplace().past_surges().await?;
    let surges = surges.into_iter().map(SurgeResponse::from).collect();
    Ok(Json(SurgesResponse { surges }))
}

/// Begins a surge: every surface tells of it, and tickets it affects are raised and go to the queue `surge`.
#[utoipa::path(
    post,
    path = "/v1/staff/surges",
    tag = "staff",
    request_body = SurgeBody,
    responses(
        (status = 201, description = "It is on; one of the same name is replaced", body = SurgeResponse),
        ApiError,
    )
)]
async fn begin(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(body): ApiJson<SurgeBody>,
) -> Result<(StatusCode, Json<SurgeResponse>), ApiError> {
    staff.require(Permission::SwitchSurge)?;
    let by = staff.principal.actor();
    let new = NewSurge::try_from(body)?;
    let surge = app
        .workplace()
        .begin_surge(new, by.clone(), None, app.now())
        .await?;
    let begun = PastSurge {
        surge,
        begun_by: by,
        ended: None,
    };
    Ok((StatusCode::CREATED, Json(begun.into())))
}

/// Ends a surge.
#[utoipa::path(
    delete,
    path = "/v1/staff/surges/{incident}",
    tag = "staff",
    params(("incident" = String, Path, description = "Name of the incident", max_length = 200)),
    responses(
        (status = 204, description = "It is over"),
        ApiError,
    )
)]
async fn end(
    State(app): State<AppState>,
    staff: Staff,
    Path(incident): Path<String>,
) -> Result<StatusCode, ApiError> {
    staff.require(Permission::SwitchSurge)?;
    let by = staff.principal.actor();
    app.workplace()
        .end_surge(incident, by, None, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, begin))
        .routes(routes!(end))
}
