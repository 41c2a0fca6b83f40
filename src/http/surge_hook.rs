//! `POST /v1/hooks/surge`: surge mode switched by a monitor, which signs what it says and cannot be replayed.

use std::fmt;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{ApiError, Problem, ProblemKind};
use super::state::AppState;
use super::surge_wire::SurgeBody;
use crate::conversation::{NewSurge, Timestamp};
use crate::safety::{TOLERANCE_S, verify_timestamped};

/// What signs webhooks that come in.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookSettings {
    /// Shared with the monitor that switches surge mode; empty to take no such webhook.
    pub surge_secret: String,
}

impl fmt::Debug for HookSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HookSettings(***)")
    }
}

/// What the monitor wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum SurgeHookBody {
    /// Begin a surge; one of the same name is replaced.
    Begin(SurgeBody),
    /// End the surge of this name.
    End(String),
}

const TIMESTAMP: &str = "x-mondo-timestamp";
const SIGNATURE: &str = "x-mondo-signature";

/// Who the log names.
const ACTOR: &str = "webhook";

/// Begins or ends a surge.
///
/// `X-Mondo-Timestamp` holds the seconds since 1970; `X-Mondo-Signature` holds `sha256=` and the hexadecimal digits of
/// HMAC-SHA256 with `http.hooks.surge_secret` over the timestamp, a full stop and the body. A request is taken within
/// five minutes, once.
#[utoipa::path(
    post,
    path = "/v1/hooks/surge",
    tag = "hooks",
    request_body = SurgeHookBody,
    params(
        ("X-Mondo-Timestamp" = i64, Header, description = "Seconds since 1970"),
        ("X-Mondo-Signature" = String, Header, description = "`sha256=` and 64 hexadecimal digits"),
    ),
    responses(
        (status = 204, description = "Done"),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "The server failed", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn surge(
    State(app): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let now = app.now();
    let signed = verify(&app.settings().hooks.surge_secret, &headers, &body, now)?;
    let wanted: SurgeHookBody = serde_json::from_slice(&body).map_err(|error| {
        ApiError::new(ProblemKind::BadRequest, error.to_string()).in_field("body")
    })?;
    let by = ACTOR.to_owned();
    match wanted {
        SurgeHookBody::Begin(body) => {
            let new = NewSurge::try_from(body)?;
            app.desk().begin_surge(new, by, Some(signed), now).await?;
        }
        SurgeHookBody::End(incident) => {
            app.desk()
                .end_surge(incident, by, Some(signed), now)
                .await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the signature and until when it could be shown again.
fn verify(
    secret: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(String, Timestamp), ApiError> {
    let refuse = |detail: &'static str| ApiError::new(ProblemKind::SignInNeeded, detail);
    if secret.is_empty() {
        return Err(refuse(
            "this webhook is off; set http.hooks.surge_secret to the secret of the monitor",
        ));
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(seconds), Some(signature)) = (text(TIMESTAMP), text(SIGNATURE)) else {
        return Err(refuse(
            "send X-Mondo-Timestamp and X-Mondo-Signature; see /docs for what is signed",
        ));
    };
    let now_s = now.as_millis().div_euclid(1_000);
    verify_timestamped(secret, seconds, signature, body, now_s).map_err(|refused| {
        let error = ApiError::new(ProblemKind::SignInNeeded, refused.to_string());
        error.in_field("X-Mondo-Signature")
    })?;
    let sent = seconds
        .parse::<i64>()
        .unwrap_or(now_s)
        .saturating_mul(1_000);
    let shown_again = Timestamp::from_millis(sent).later_by(2 * TOLERANCE_S * 1_000);
    Ok((signature.to_ascii_lowercase(), shown_again))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(surge))
}
