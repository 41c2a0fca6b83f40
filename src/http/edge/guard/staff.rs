//! Tells who asks, and refuses what they may not do.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use super::bearer::{Bearer, bearer};
use crate::desk::{InSession, Principal};
use crate::http::edge::client::origin::Origin;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::staff::{Agent, Permission, SecretToken};

/// Returns the name of the cookie with the token of a session.
pub(in crate::http) fn session_cookie(origin: Origin) -> &'static str {
    origin.cookie_of(
        "mondo_session",
        "__Host-mondo_session",
        "__Secure-mondo_session",
    )
}

/// Header in which our own pages repeat what only they can read.
const CSRF_HEADER: &str = "x-csrf-token";

/// Whoever asks, once it is known who that is.
pub(in crate::http) struct Staff {
    /// The member of staff or the program that asks.
    pub(in crate::http) principal: Principal,
    /// What forms and scripts of the session must repeat; nothing for a key.
    pub(in crate::http) csrf: Option<String>,
    /// The session of a member of staff.
    session: Option<(SecretToken, InSession)>,
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

    /// Returns the member of staff who does this in their own name; a key has none.
    pub(in crate::http) fn agent(&self) -> Result<&Agent, ApiError> {
        self.principal.agent().ok_or_else(|| {
            ApiError::new(
                ProblemKind::Forbidden,
                "this is done in a person's name, which a key does not have; sign in instead",
            )
        })
    }

    /// Returns the token of the session in which a member of staff asks.
    pub(in crate::http) fn session(&self) -> Result<&SecretToken, ApiError> {
        self.agent()?;
        let session = self.session.as_ref().map(|(token, _)| token);
        session.ok_or_else(|| {
            ApiError::new(
                ProblemKind::SignInNeeded,
                "sign in with POST /v1/staff/session",
            )
        })
    }

    /// Tells whether the session was opened by the provider.
    pub(in crate::http) fn is_by_provider(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|(_, session)| session.by_provider)
    }

    /// Refuses what is hard to undo to a session whose owner has not shown for long who they are: somebody else may sit
    /// at an open console.
    pub(in crate::http) fn require_proof(&self, app: &AppState) -> Result<(), ApiError> {
        let is_lately = match &self.session {
            Some((_, session)) => app.workplace().is_proved_lately(session.proved, app.now()),
            None => true,
        };
        is_lately.then_some(()).ok_or_else(|| {
            ApiError::new(
                ProblemKind::ProofNeeded,
                "send the password again with POST /v1/staff/session/proof, or go through GET /v1/staff/sso?prove=true, and then this",
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
        let shown = bearer(&parts.headers);
        if let Some(Bearer::Key(key) | Bearer::Token(key)) = shown {
            let key = SecretToken::presented(key);
            let principal = app.workplace().with_key(&key).await?;
            return principal
                .map(|principal| Self {
                    principal,
                    csrf: None,
                    session: None,
                })
                .ok_or_else(|| {
                    ApiError::new(
                        ProblemKind::SignInNeeded,
                        "this key is unknown or revoked; make a new one in the console",
                    )
                });
        }
        let origin = Origin::of(&parts.extensions);
        let now = app.now();
        let token = session_token(&parts.headers, origin);
        let session = match &token {
            Some(token) => app.workplace().in_session(token, now).await?,
            None => None,
        };
        let Some((token, session)) = token.zip(session) else {
            return Err(ApiError::new(
                ProblemKind::SignInNeeded,
                "sign in with POST /v1/staff/session, or send a key as `Authorization: Bearer`",
            ));
        };
        let is_safe = matches!(parts.method, Method::GET | Method::HEAD);
        if !is_safe && !repeats(&parts.headers, &session.csrf) {
            return Err(ApiError::new(
                ProblemKind::Forbidden,
                "send the `csrf` of GET /v1/staff/session in the header X-CSRF-Token",
            )
            .in_field("X-CSRF-Token"));
        }
        let path = parts.uri.path();
        // Whom the provider lets in has shown there what was to be shown.
        let lacks_factor = !session.by_provider
            && session
                .principal
                .agent()
                .is_some_and(|agent| app.workplace().lacks_second_factor(agent));
        if lacks_factor && !leads_to_second_factor(path) {
            return Err(ApiError::new(
                ProblemKind::SecondFactorNeeded,
                "this role needs a second factor (staff.second_factor_roles); set one up with POST and PUT /v1/staff/second-factor",
            ));
        }
        if is_doing(parts) {
            app.workplace().use_session(&token, &session, now).await?;
        }
        Ok(Self {
            principal: session.principal.clone(),
            csrf: Some(session.csrf.clone()),
            session: Some((token, session)),
        })
    }
}

/// Tells whether a request may be made before a second factor is set up: those that set it up, and those that end it all.
fn leads_to_second_factor(path: &str) -> bool {
    [
        "/v1/staff/session",
        "/v1/staff/second-factor",
        "/v1/staff/account",
        "/console/settings",
        "/console/second-factor",
    ]
    .iter()
    .any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Tells whether somebody does something, rather than their open page by itself.
fn is_doing(parts: &Parts) -> bool {
    let is_page = parts
        .headers
        .get("sec-fetch-mode")
        .is_some_and(|mode| mode.as_bytes() == b"navigate");
    match parts.method {
        Method::GET | Method::HEAD => is_page,
        _ => !parts.uri.path().ends_with("/presence"),
    }
}

/// The token of the session cookie.
pub(in crate::http) fn session_token(headers: &HeaderMap, origin: Origin) -> Option<SecretToken> {
    let token = cookie(headers, session_cookie(origin))?;
    Some(SecretToken::presented(token))
}

/// The value of a cookie.
pub(in crate::http) fn cookie<'r>(headers: &'r HeaderMap, name: &str) -> Option<&'r str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
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
