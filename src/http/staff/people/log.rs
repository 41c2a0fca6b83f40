//! `/v1/staff/log`: who did what.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::StaffLogLine;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
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
}

/// Who did what.
#[derive(Debug, Serialize, ToSchema)]
struct LogResponse {
    /// The newest first.
    lines: Vec<LogLineBody>,
}

/// One act.
#[derive(Debug, Serialize, ToSchema)]
struct LogLineBody {
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
            actor,
            action,
            subject,
            detail,
            created,
        } = line;
        Self {
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
        (status = 200, description = "The newest 200 acts", body = LogResponse),
        ApiError,
    )
)]
async fn read_log(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Result<Json<LogResponse>, ApiError> {
    staff.require(Permission::ReadAudit)?;
    let lines = app
        .workplace()
        .staff_log(query.subject.as_deref(), app.now())
        .await?;
    let lines = lines.into_iter().map(LogLineBody::from).collect();
    Ok(Json(LogResponse { lines }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_log))
}
