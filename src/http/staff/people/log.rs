//! `/v1/staff/log`: who did what.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{StaffLogFilter, StaffLogLine};
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::form::text::{Any, Text};
use crate::staff::Permission;

/// The name of something in the log.
type SubjectName = Text<Any, 200>;

/// Which lines are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// About this conversation, ticket or account only.
    #[param(inline)]
    subject: Option<SubjectName>,
    /// By this agent or key only, or by `timer`, `operator` and the like.
    #[param(inline)]
    actor: Option<SubjectName>,
    /// Of this kind only.
    #[param(inline, example = "change_agent")]
    action: Option<SubjectName>,
    /// Only those before the line with this number, to read on.
    before: Option<i64>,
    /// From 1 to 200, which is what is read when it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Most lines read at once.
const MAX_LINES: i64 = 200;

/// Who did what.
#[derive(Debug, Serialize, ToSchema)]
struct LogResponse {
    /// The newest first.
    lines: Vec<LogLineBody>,
}

/// One act.
#[derive(Debug, Serialize, ToSchema)]
struct LogLineBody {
    /// Its number: a later line has a higher one.
    sequence: i64,
    /// Id of an agent or key, `timer`, or `operator` for the command line.
    actor: String,
    /// What was done.
    action: String,
    /// To what.
    subject: String,
    /// What changed; never a visitor's words.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// When it was done.
    #[schema(format = DateTime)]
    created: String,
}

impl From<StaffLogLine> for LogLineBody {
    fn from(line: StaffLogLine) -> Self {
        let StaffLogLine {
            sequence,
            actor,
            action,
            subject,
            detail,
            created,
        } = line;
        Self {
            sequence,
            actor,
            action,
            subject,
            detail,
            created: created.to_string(),
        }
    }
}

/// Reads who did what.
#[utoipa::path(
    get,
    path = "/v1/staff/log",
    tag = "staff",
    params(LogQuery),
    responses(
        (status = 200, description = "The newest acts that fit", body = LogResponse),
        ApiError,
    )
)]
async fn read_log(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Result<Json<LogResponse>, ApiError> {
    staff.require(Permission::ReadAudit)?;
    let LogQuery {
        subject,
        actor,
        action,
        before,
        limit,
    } = query;
    let limit = limit.unwrap_or(MAX_LINES);
    if !(1..=MAX_LINES).contains(&limit) {
        let detail = format!("`limit` is from 1 to {MAX_LINES}");
        return Err(ApiError::new(ProblemKind::BadRequest, detail).in_field("limit"));
    }
    let text = |name: Option<SubjectName>| name.map(SubjectName::into_string);
    let filter = StaffLogFilter {
        subject: text(subject),
        actor: text(actor),
        action: text(action),
        before,
    };
    let lines = app.workplace().staff_log(&filter, limit).await?;
    let lines = lines.into_iter().map(LogLineBody::from).collect();
    Ok(Json(LogResponse { lines }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_log))
}
