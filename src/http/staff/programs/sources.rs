//! `/v1/staff/sources`: programs that may tell us something.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{NewSource, Source, SourceFormat};
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::text::{Any, IdText, SourceName, Text};
use crate::staff::Permission;

/// A program that may tell us something, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct SourceBody {
    /// Its name; it posts to `/v1/hooks/{name}`.
    name: String,
    /// `mondo`, `chatwoot` or `zendesk`.
    #[schema(example = "mondo")]
    format: &'static str,
    /// The help desk whose tickets it speaks of, by the id of its webhook.
    webhook: Option<String>,
    /// In whose name it acts.
    agent: String,
    /// When it was let in.
    #[schema(format = DateTime)]
    created: String,
}

impl From<Source> for SourceBody {
    fn from(source: Source) -> Self {
        let Source {
            name,
            format,
            endpoint,
            agent,
            secrets: _,
            created,
        } = source;
        Self {
            name,
            format: format.code(),
            webhook: endpoint.map(|id| id.to_string()),
            agent: agent.to_string(),
            created: created.to_string(),
        }
    }
}

/// Every program.
#[derive(Debug, Serialize, ToSchema)]
struct SourcesResponse {
    /// By name.
    sources: Vec<SourceBody>,
}

/// Lists the programs that may tell us something.
#[utoipa::path(
    get,
    path = "/v1/staff/sources",
    tag = "staff",
    responses(
        (status = 200, description = "Every source, without its secret", body = SourcesResponse),
        ApiError,
    )
)]
async fn list_sources(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<SourcesResponse>, ApiError> {
    staff.require(Permission::ManageWebhooks)?;
    let sources = app.workplace().sources(app.now()).await?;
    let sources = sources.into_iter().map(SourceBody::from).collect();
    Ok(Json(SourcesResponse { sources }))
}

/// A name of a source.
type NameOfSource = Text<SourceName, 40>;

/// How a source speaks and signs.
type SourceFormatCode = Code<SourceFormat>;

/// What a source signs with.
type GivenSecret = Text<Any, 200>;

/// A program to be let in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddSourceRequest {
    /// Small letters, digits and dashes.
    name: NameOfSource,
    /// How it speaks and signs.
    format: SourceFormatCode,
    /// The help desk whose tickets it speaks of, by the id of its webhook.
    webhook: Option<IdText>,
    /// The account in whose name it acts.
    agent: IdText,
    /// What it signs with, as the help desk shows it; left out for the format `mondo`.
    secret: Option<GivenSecret>,
}

/// A program with its secret.
#[derive(Serialize, ToSchema)]
struct NewSourceResponse {
    /// The program.
    source: SourceBody,
    /// What it signs with; shown this once.
    secret: String,
}

/// Lets a program tell us something.
#[utoipa::path(
    post,
    path = "/v1/staff/sources",
    tag = "staff",
    request_body = AddSourceRequest,
    responses(
        (status = 201, description = "The source and its secret", body = NewSourceResponse),
        ApiError,
    )
)]
async fn add_source(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<AddSourceRequest>,
) -> Result<(StatusCode, Json<NewSourceResponse>), ApiError> {
    let by = staff.agent_with(Permission::ManageWebhooks)?;
    staff.require_proof(&app)?;
    let new = NewSource {
        name: request.name.into_string(),
        format: request.format.0,
        endpoint: request.webhook.map(|id| id.parse()).transpose()?,
        agent: request.agent.parse()?,
        secret: request.secret.map(GivenSecret::into_string),
    };
    let (source, secret) = app.workplace().add_source(new, by, app.now()).await?;
    let source = source.into();
    Ok((
        StatusCode::CREATED,
        Json(NewSourceResponse { source, secret }),
    ))
}

/// A secret to be taken from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RotateSourceRequest {
    /// As the help desk shows it; left out for the format `mondo`.
    secret: Option<GivenSecret>,
}

/// A program's secret.
#[derive(Serialize, ToSchema)]
struct SourceSecretResponse {
    /// Taken from now on; the one before is taken beside it for a day. Shown this once.
    secret: String,
}

/// Gives a program a new secret.
#[utoipa::path(
    post,
    path = "/v1/staff/sources/{name}/secret",
    tag = "staff",
    request_body = RotateSourceRequest,
    params(("name" = String, Path, description = "The source", max_length = 200)),
    responses(
        (status = 200, description = "The new secret", body = SourceSecretResponse),
        ApiError,
    )
)]
async fn rotate_source(
    State(app): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    ApiJson(request): ApiJson<RotateSourceRequest>,
) -> Result<Json<SourceSecretResponse>, ApiError> {
    let by = staff.agent_with(Permission::ManageWebhooks)?;
    staff.require_proof(&app)?;
    let secret = app
        .workplace()
        .rotate_source(
            &name,
            request.secret.map(GivenSecret::into_string),
            by,
            app.now(),
        )
        .await?;
    Ok(Json(SourceSecretResponse { secret }))
}

/// Lets a program tell us nothing any more.
#[utoipa::path(
    delete,
    path = "/v1/staff/sources/{name}",
    tag = "staff",
    params(("name" = String, Path, description = "The source", max_length = 200)),
    responses(
        (status = 204, description = "Nothing is taken from it any more"),
        ApiError,
    )
)]
async fn remove_source(
    State(app): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::ManageWebhooks)?;
    app.workplace().remove_source(name, by, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_sources, add_source))
        .routes(routes!(rotate_source))
        .routes(routes!(remove_source))
}
