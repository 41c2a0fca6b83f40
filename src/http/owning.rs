//! Lets visitors reach their own conversations and nobody else's.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiPath, PathId};
use super::problem::{ApiError, Problem, ProblemKind};
use super::staff::Staff;
use super::state::AppState;
use crate::conversation::ConversationId;
use crate::desk::Credentials;
use crate::identity::{Identity, IdentityMode, RefusedToken};
use crate::staff::{Permission, SecretToken};

/// Header with the secret of an anonymous conversation.
pub(super) const VISITOR_SECRET: &str = "mondo-visitor";

/// Whoever asks on the visitors' side.
pub(super) struct Caller {
    /// What they show.
    pub(super) shown: Credentials,
    staff: Option<Staff>,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let mode = app.keyring().mode();
        let mut account = None;
        let mut staff = None;
        match bearer(&parts.headers) {
            // A token has dots, a key of a program has none.
            Some(token) if token.contains('.') => {
                if mode != IdentityMode::Off {
                    account = Some(app.keyring().identify(token, app.now())?);
                }
            }
            Some(_) => staff = Some(Staff::from_request_parts(parts, app).await?),
            // A cookie that is none of ours, or is used without its counterpart, makes nobody a member of staff.
            None => staff = Staff::from_request_parts(parts, app).await.ok(),
        }
        if mode == IdentityMode::Enforced && account.is_none() && staff.is_none() {
            return Err(ApiError::new(
                ProblemKind::IdentityNeeded,
                "this server serves signed-in visitors only; send the host's token as `Authorization: Bearer`",
            ));
        }
        let secret = parts
            .headers
            .get(VISITOR_SECRET)
            .and_then(|value| value.to_str().ok())
            .map(SecretToken::presented);
        Ok(Self {
            shown: Credentials { account, secret },
            staff,
        })
    }
}

impl From<RefusedToken> for ApiError {
    fn from(error: RefusedToken) -> Self {
        let kind = match error {
            RefusedToken::Expired => ProblemKind::TokenExpired,
            _ => ProblemKind::TokenRefused,
        };
        Self::new(kind, error.to_string()).in_field("Authorization")
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The conversation in the path, once whoever asks may reach it: its owner, or staff.
pub(super) struct OwnConversation(pub(super) ConversationId);

impl FromRequestParts<AppState> for OwnConversation {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Path(names) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(|error| ApiError::new(ProblemKind::BadRequest, error.body_text()))?;
        let id = ConversationId::parse(names.get("id").map_or("", String::as_str))?;
        let wanted = match parts.method {
            Method::GET | Method::HEAD => Permission::ReadConversations,
            _ => Permission::WorkConversations,
        };
        match &caller.staff {
            Some(staff) if staff.principal.may(wanted) => {}
            _ => app.desk().admit(&id, &caller.shown, app.now()).await?,
        }
        Ok(Self(id))
    }
}

/// Makes an anonymous conversation the signed-in visitor's. Both proofs are needed: the token in `Authorization`, and
/// the secret of the conversation in `Mondo-Visitor`, which is worth nothing afterwards.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/claim",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation"),
        ("Mondo-Visitor" = Option<String>, Header, description = "The secret that was given with the conversation"),
    ),
    responses(
        (status = 204, description = "It is the account's alone from now on"),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "The server failed", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn claim(
    State(app): State<AppState>,
    caller: Caller,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    app.desk()
        .claim_conversation(&id, caller.shown, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who a visitor is, as their host vouches; for staff.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountBody {
    /// The host's own name for the account.
    subject: String,
    /// How the visitor is called.
    name: Option<String>,
    /// Where the visitor is reached.
    email: Option<String>,
    /// How well the host knows the account: `unverified`, `verified` or `premium`.
    tier: Option<&'static str>,
}

impl From<Identity> for AccountBody {
    fn from(identity: Identity) -> Self {
        let Identity {
            subject,
            name,
            email,
            language: _,
            tier,
        } = identity;
        Self {
            subject,
            name,
            email,
            tier: tier.map(|tier| tier.code()),
        }
    }
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(claim))
}
