//! Tells who asks, and refuses what they may not do.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use crate::desk::Principal;
use crate::http::problem::{ApiError, ProblemKind};
use crate::http::state::AppState;
use crate::staff::{Agent, Permission, SecretToken};

/// Cookie with the token of a session.
pub(in crate::http) const SESSION_COOKIE: &str = "mondo_session";

/// Header in which our own pages repeat what only they can read.
const CSRF_HEADER: &str = "x-csrf-token";

/// Whoever asks, once it is known who that is.
pub(in crate::http) struct Staff {
    /// Who.
    pub(in crate::http) principal: Principal,
    /// What forms and scripts of the session must repeat; nothing for a key.
    pub(in crate::http) csrf: Option<String>,
}

impl Staff {
    /// Refuses whoever may not do this.
    pub(in crate::http) fn require(&self, permission: Permission) -> Result<(), ApiError> {
        if self.principal.may(permission) {
            return Ok(());
        }
        let detail = match &self.principal {
            Principal::Agent(agent) => format!(
                "the role {} lacks {permission}; ask an admin for a role that has it",
                agent.role
            ),
            Principal::Key(key) => format!(
                "the key {:?} lacks the scope {permission}; make one that has it",
                key.name
            ),
        };
        Err(ApiError::new(ProblemKind::Forbidden, detail))
    }

    /// Gives the member of staff who does this in their own name; a key has none.
    pub(in crate::http) fn agent(&self) -> Result<&Agent, ApiError> {
        self.principal.agent().ok_or_else(|| {
            ApiError::new(
                ProblemKind::Forbidden,
                "this is done in a person's name, which a key does not have; sign in instead",
            )
        })
    }

    /// Both at once.
    pub(in crate::http) fn agent_with(&self, permission: Permission) -> Result<&Agent, ApiError> {
        self.require(permission)?;
        self.agent()
    }
}

impl FromRequestParts<AppState> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        if let Some(token) = bearer(&parts.headers) {
            let principal = app.desk().with_key(&token).await?;
            return principal
                .map(|principal| Self {
                    principal,
                    csrf: None,
                })
                .ok_or_else(|| {
                    ApiError::new(
                        ProblemKind::SignInNeeded,
                        "this key is unknown or revoked; make a new one in the console",
                    )
                });
        }
        let session = match session_token(&parts.headers) {
            Some(token) => app.desk().in_session(&token, app.now()).await?,
            None => None,
        };
        let Some((principal, csrf)) = session else {
            return Err(ApiError::new(
                ProblemKind::SignInNeeded,
                "sign in with POST /v1/staff/session, or send a key as `Authorization: Bearer`",
            ));
        };
        let is_safe = matches!(parts.method, Method::GET | Method::HEAD);
        if !is_safe && !repeats(&parts.headers, &csrf) {
            return Err(ApiError::new(
                ProblemKind::Forbidden,
                "send the `csrf` of GET /v1/staff/session in the header X-CSRF-Token",
            )
            .in_field("X-CSRF-Token"));
        }
        Ok(Self {
            principal,
            csrf: Some(csrf),
        })
    }
}

/// The token of the session cookie.
pub(super) fn session_token(headers: &HeaderMap) -> Option<SecretToken> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, token)| SecretToken::presented(token))
}

fn bearer(headers: &HeaderMap) -> Option<SecretToken> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| SecretToken::presented(token.trim()))
}

fn repeats(headers: &HeaderMap, csrf: &str) -> bool {
    // Compared as digests, so that the time it takes tells nothing.
    headers
        .get(CSRF_HEADER)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|sent| {
            SecretToken::presented(sent).hash() == SecretToken::presented(csrf).hash()
        })
}
