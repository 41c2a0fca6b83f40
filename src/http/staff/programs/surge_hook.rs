//! `POST /v1/hooks/surge`: surge mode switched by a monitor, which signs what it says and cannot be replayed.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::NewSurge;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::form::object::Object;
use crate::http::wire::surge::{IncidentName, SurgeBody};
use crate::signing::{TOLERANCE_S, verify_timestamped};
use crate::time::Timestamp;

type SurgeObject = Object<SurgeBody>;

/// What the monitor wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum SurgeHookBody {
    /// Begin a surge; one of the same name is replaced.
    Begin(SurgeObject),
    /// End the surge of this name.
    End(IncidentName),
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
        ApiError,
    )
)]
async fn surge(
    State(app): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let now = app.now();
    let signed = verify(
        app.settings().hooks.surge_secret.reveal(),
        &headers,
        &body,
        now,
    )?;
    let wanted: SurgeHookBody = serde_json::from_slice(&body).map_err(|error| {
        ApiError::new(ProblemKind::BadRequest, error.to_string()).in_field("body")
    })?;
    let by = ACTOR.to_owned();
    match wanted {
        SurgeHookBody::Begin(Object(body)) => {
            let new = NewSurge::try_from(body)?;
            app.workplace()
                .begin_surge(new, by, Some(signed), now)
                .await?;
        }
        SurgeHookBody::End(incident) => {
            app.workplace()
                .end_surge(incident.into_string(), by, Some(signed), now)
                .await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the signature and until when it could be shown again.
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
    verify_timestamped(secret, seconds, signature, body, now).map_err(|refused| {
        let error = ApiError::new(ProblemKind::SignInNeeded, refused.to_string());
        error.in_field("X-Mondo-Signature")
    })?;
    let sent = seconds
        .parse::<i64>()
        .unwrap_or(now.as_seconds())
        .saturating_mul(1_000);
    let shown_again = Timestamp::from_millis(sent).later_by(2 * TOLERANCE_S * 1_000);
    Ok((signature.to_ascii_lowercase(), shown_again))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(surge))
}
