//! `/v1/staff/keys`: keys of programs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{ApiKey, KeyId};
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::text::{Any, Text};
use crate::staff::Permission;

/// A key, without its token.
#[derive(Debug, Serialize, ToSchema)]
struct KeyBody {
    /// Its name in the record.
    id: String,
    /// What it is for.
    name: String,
    /// What it may do.
    #[schema(example = json!(["suggestions.read"]))]
    scopes: Vec<&'static str>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// When it stopped working.
    #[schema(format = DateTime)]
    revoked: Option<String>,
}

impl From<ApiKey> for KeyBody {
    fn from(key: ApiKey) -> Self {
        let ApiKey {
            id,
            name,
            scopes,
            created,
            revoked,
        } = key;
        Self {
            id: id.to_string(),
            name,
            scopes: scopes.iter().map(|scope| scope.code()).collect(),
            created: created.to_string(),
            revoked: revoked.map(|moment| moment.to_string()),
        }
    }
}

/// Every key.
#[derive(Debug, Serialize, ToSchema)]
struct KeysResponse {
    /// The newest first.
    keys: Vec<KeyBody>,
}

/// Lists the keys.
#[utoipa::path(
    get,
    path = "/v1/staff/keys",
    tag = "staff",
    responses(
        (status = 200, description = "Every key, without its token", body = KeysResponse),
        ApiError,
    )
)]
async fn list_keys(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<KeysResponse>, ApiError> {
    staff.require(Permission::ManageUsers)?;
    let keys = app.workplace().api_keys().await?;
    let keys = keys.into_iter().map(KeyBody::from).collect();
    Ok(Json(KeysResponse { keys }))
}

/// What a key is for; cut to what is kept.
type KeyName = Text<Any, 200>;

/// Something that a role or a key may do.
type PermissionCode = Code<Permission>;

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddKeyRequest {
    /// What it is for.
    name: KeyName,
    /// What it may do; nothing its maker may not.
    #[schema(example = json!(["suggestions.read"]))]
    scopes: Vec<PermissionCode>,
}

/// A key with its token.
#[derive(Debug, Serialize, ToSchema)]
struct NewKeyResponse {
    /// The key.
    key: KeyBody,
    /// Sent as `Authorization: Bearer`; shown this once.
    token: String,
}

/// Makes a key.
#[utoipa::path(
    post,
    path = "/v1/staff/keys",
    tag = "staff",
    request_body = AddKeyRequest,
    responses(
        (status = 201, description = "The key and its token", body = NewKeyResponse),
        ApiError,
    )
)]
async fn add_key(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<AddKeyRequest>,
) -> Result<(StatusCode, Json<NewKeyResponse>), ApiError> {
    let by = staff.agent_with(Permission::ManageUsers)?;
    staff.require_proof(&app)?;
    let scopes = request.scopes.into_iter().map(|scope| scope.0).collect();
    let (key, token) = app
        .workplace()
        .add_api_key(&request.name, scopes, by, app.now())
        .await?;
    let made = NewKeyResponse {
        key: key.into(),
        token: token.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes a key stop working.
#[utoipa::path(
    delete,
    path = "/v1/staff/keys/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The key", max_length = 200)),
    responses(
        (status = 204, description = "It does not work any more"),
        ApiError,
    )
)]
async fn revoke_key(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::ManageUsers)?;
    let Ok(id) = id.parse::<KeyId>();
    app.workplace().revoke_api_key(id, by, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_keys, add_key))
        .routes(routes!(revoke_key))
}
