//! Streams outlast the look at who opens them: they end once that no longer holds.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::time::sleep;

use super::bearer::{Bearer, bearer};
use super::staff::session_token;
use crate::http::edge::client::origin::Origin;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::identity::IdentityMode;
use crate::staff::{Permission, SecretToken};

/// How often a stream looks again by itself: a token runs out, and accounts are changed by other processes, in silence.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// What somebody showed when they opened a stream.
#[derive(Clone)]
pub(in crate::http) enum Shown {
    /// The session of a member of staff.
    Session(SecretToken),
    /// The key of a program.
    Key(SecretToken),
    /// A token of the host.
    Token(String),
    /// Nothing that ends.
    Nothing,
}

impl FromRequestParts<AppState> for Shown {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let shown = match bearer(&parts.headers) {
            Some(Bearer::Key(key)) => Self::Key(SecretToken::presented(key)),
            Some(Bearer::Token(token)) if app.keyring().mode() != IdentityMode::Off => {
                Self::Token(token.to_owned())
            }
            _ => match session_token(&parts.headers, Origin::of(&parts.extensions)) {
                Some(token) => Self::Session(token),
                None => Self::Nothing,
            },
        };
        // A cookie left over from a session that is no more says nothing of its visitor.
        match &shown {
            Self::Session(_) if !shown.holds(app).await? => Ok(Self::Nothing),
            _ => Ok(shown),
        }
    }
}

impl Shown {
    /// Completes once what was shown no longer holds.
    pub(in crate::http) async fn ended(self, app: AppState) {
        if matches!(self, Self::Nothing) {
            return std::future::pending().await;
        }
        let mut changes = app.workplace().access_changes();
        // Where it cannot be looked at, the stream goes on: a busy store must not cut everybody off.
        while self.holds(&app).await.unwrap_or(true) {
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn holds(&self, app: &AppState) -> Result<bool, ApiError> {
        let now = app.now();
        let principal = match self {
            Self::Session(token) => {
                let session = app.workplace().in_session(token, now).await?;
                session.map(|session| session.principal)
            }
            Self::Key(token) => app.workplace().with_key(token).await?,
            Self::Token(token) => return Ok(app.keyring().identify(token, now).is_ok()),
            Self::Nothing => return Ok(true),
        };
        Ok(principal.is_some_and(|principal| principal.may(Permission::ReadConversations)))
    }
}
