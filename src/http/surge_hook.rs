//! `POST /v1/hooks/surge`: surge mode switched by a monitor, which signs what it says and cannot be replayed.

use std::fmt;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{ApiError, Problem, ProblemKind};
use super::state::AppState;
use super::surge_wire::SurgeBody;
use crate::conversation::{NewSurge, Timestamp};

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

/// How far the clocks of both sides may be apart.
const TOLERANCE_MS: i64 = 5 * 60 * 1_000;

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
    let digits = signature.strip_prefix("sha256=").unwrap_or(signature);
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    let presented = bytes_of(digits).unwrap_or_default();
    if mac.verify_slice(&presented).is_err() {
        return Err(refuse(
            "the signature does not fit timestamp and body; check the secret, and sign the bytes as they are sent",
        ));
    }
    // Read only now: an unsigned time deserves no answer of its own.
    let sent = seconds.parse::<i64>().unwrap_or(0).saturating_mul(1_000);
    let sent = Timestamp::from_millis(sent);
    if now.millis_since(sent).abs() > TOLERANCE_MS {
        return Err(refuse(
            "the request is older or newer than five minutes; check the clocks and send it again",
        ));
    }
    Ok((digits.to_ascii_lowercase(), sent.later_by(2 * TOLERANCE_MS)))
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    (0..32)
        .map(|place| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).ok())
        .collect()
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(surge))
}
