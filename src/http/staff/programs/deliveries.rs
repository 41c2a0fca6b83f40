//! `/v1/staff/webhooks/{id}/deliveries`: what was told, and having it told again.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{Delivery, DeliveryFilter, DeliveryStatus};
use crate::http::edge::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::nothing::Nothing;
use crate::http::wire::form::number::Moment;
use crate::http::wire::form::text::IdText;
use crate::ids::EndpointId;
use crate::staff::Permission;
use crate::time::Timestamp;

/// A line of the delivery log.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryBody {
    /// Its name in the record.
    id: String,
    /// The `webhook-id` it is sent with, the same in every repetition.
    webhook_id: String,
    /// What kind of thing is told.
    #[schema(example = "ticket.created")]
    event: &'static str,
    /// In which conversation it happened.
    conversation: String,
    /// `pending`, `delivered`, `failed`, or `dropped` when there was nothing to tell this place.
    #[schema(example = "delivered")]
    status: &'static str,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next.
    #[schema(format = DateTime)]
    next_attempt: Option<String>,
    /// Status of the last reply.
    response_status: Option<i64>,
    /// How long the last attempt took.
    duration_ms: Option<i64>,
    /// What was wrong with the last attempt.
    error: Option<String>,
    /// When it was tried last.
    #[schema(format = DateTime)]
    last_attempt: Option<String>,
    /// When it happened.
    #[schema(format = DateTime)]
    created: String,
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> Self {
        let Delivery {
            id,
            telling,
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
        Self {
            id: id.to_string(),
            webhook_id: telling.to_string(),
            event: topic.code(),
            conversation: conversation.to_string(),
            status: status.code(),
            attempts,
            next_attempt: next_attempt.map(|moment| moment.to_string()),
            response_status,
            duration_ms,
            error,
            last_attempt: last_attempt.map(|moment| moment.to_string()),
            created: created.to_string(),
        }
    }
}

/// The delivery log.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveriesResponse {
    /// The newest first, 200 at most.
    deliveries: Vec<DeliveryBody>,
}

/// What has become of a delivery.
type DeliveryStatusCode = Code<DeliveryStatus>;

/// Which lines are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveriesQuery {
    /// Only those of this status.
    #[param(inline)]
    status: Option<DeliveryStatusCode>,
    /// Only what happened before this moment, in milliseconds since 1970.
    before: Option<i64>,
}

/// Reads the delivery log of a place.
#[utoipa::path(
    get,
    path = "/v1/staff/webhooks/{id}/deliveries",
    tag = "staff",
    params(
        ("id" = String, Path, description = "The webhook", format = "uuid"),
        DeliveriesQuery,
    ),
    responses(
        (status = 200, description = "What was told, and what came of it", body = DeliveriesResponse),
        ApiError,
    )
)]
async fn list_deliveries(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<EndpointId>,
    ApiQuery(query): ApiQuery<DeliveriesQuery>,
) -> Result<Json<DeliveriesResponse>, ApiError> {
    staff.require(Permission::ManageWebhooks)?;
    let filter = DeliveryFilter {
        status: query.status.map(|code| code.0),
        until: query.before.map(Timestamp::from_millis),
        ..DeliveryFilter::default()
    };
    let deliveries = app.workplace().deliveries(&id, &filter, app.now()).await?;
    let deliveries = deliveries.into_iter().map(DeliveryBody::from).collect();
    Ok(Json(DeliveriesResponse { deliveries }))
}

/// What is to be told again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayRequest {
    /// One delivery.
    delivery: Option<IdText>,
    /// What happened at this moment or later, in milliseconds since 1970.
    from_ms: Option<Moment>,
    /// What happened before this moment.
    until_ms: Option<Moment>,
    /// Only what has this status, such as `failed`.
    status: Option<DeliveryStatusCode>,
}

/// The same, as it is described: one delivery, or those of a time.
#[derive(ToSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schema(as = ReplayRequest)]
#[expect(
    dead_code,
    reason = "describes `ReplayRequest` in the OpenAPI document"
)]
enum DescribedReplay {
    /// One delivery, if the rest holds of it too.
    One {
        /// Which.
        delivery: IdText,
        /// It happened at this moment or later, in milliseconds since 1970.
        from_ms: Option<Moment>,
        /// It happened before this moment.
        until_ms: Option<Moment>,
        /// It has this status, such as `failed`.
        status: Option<DeliveryStatusCode>,
    },
    /// Those of a time.
    Time {
        /// Stays out.
        #[schema(required = false)]
        delivery: Nothing,
        /// What happened at this moment or later, in milliseconds since 1970.
        from_ms: Moment,
        /// What happened before this moment.
        until_ms: Option<Moment>,
        /// Only what has this status, such as `failed`.
        status: Option<DeliveryStatusCode>,
    },
}

/// What is told again.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayResponse {
    /// How many deliveries.
    deliveries: u64,
}

/// Has one delivery, or those of a time, made again; they keep their `webhook-id`.
#[utoipa::path(
    post,
    path = "/v1/staff/webhooks/{id}/replay",
    tag = "staff",
    request_body = DescribedReplay,
    params(("id" = String, Path, description = "The webhook", format = "uuid")),
    responses(
        (status = 200, description = "How many are made again", body = ReplayResponse),
        ApiError,
    )
)]
async fn replay(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<EndpointId>,
    ApiJson(request): ApiJson<ReplayRequest>,
) -> Result<Json<ReplayResponse>, ApiError> {
    staff.agent_with(Permission::ManageWebhooks)?;
    if request.delivery.is_none() && request.from_ms.is_none() {
        let detail = "name a `delivery`, or say `from_ms` when";
        return Err(ApiError::new(ProblemKind::BadRequest, detail).in_field("delivery"));
    }
    let filter = DeliveryFilter {
        delivery: request.delivery.map(|id| id.parse()).transpose()?,
        status: request.status.map(|code| code.0),
        from: request
            .from_ms
            .map(|moment| Timestamp::from_millis(moment.0)),
        until: request
            .until_ms
            .map(|moment| Timestamp::from_millis(moment.0)),
    };
    let deliveries = app.workplace().replay(id, filter, app.now()).await?;
    Ok(Json(ReplayResponse { deliveries }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_deliveries))
        .routes(routes!(replay))
}
