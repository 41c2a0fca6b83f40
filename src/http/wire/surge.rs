//! Surges as staff, programs and webhooks write and read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::conversation::{NewSurge, Surge};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::store::PastSurge;
use crate::time::Timestamp;

/// An incident to be told to everybody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SurgeBody {
    /// Your own name of the incident.
    #[schema(example = "INC-2041")]
    incident: String,
    /// The notice by tag of the language: `en`, `zh`, `ja` and `ko`; `zh-Hant` is derived from `zh` when it is left out.
    #[schema(example = json!({ "en": "Withdrawals are delayed.", "zh": "提现延迟。", "ja": "出金が遅れています。", "ko": "출금이 지연되고 있습니다." }))]
    texts: BTreeMap<String, String>,
    /// Categories whose tickets are affected; all when it is left out.
    #[serde(default)]
    categories: Option<Vec<String>>,
    /// Steps by which their priority is raised, 0 to 3.
    #[serde(default = "one_step")]
    #[schema(example = 1)]
    bump: u8,
    /// When it is over by itself, at most seven days from now.
    #[schema(format = DateTime, example = "2026-11-22T12:00:00Z")]
    expires: String,
}

fn one_step() -> u8 {
    1
}

impl TryFrom<SurgeBody> for NewSurge {
    type Error = ApiError;

    fn try_from(body: SurgeBody) -> Result<Self, ApiError> {
        let SurgeBody {
            incident,
            texts,
            categories,
            bump,
            expires,
        } = body;
        let moment: jiff::Timestamp = expires.parse().map_err(|_| {
            ApiError::new(
                ProblemKind::BadRequest,
                "write the moment as 2026-11-22T12:00:00Z",
            )
            .in_field("expires")
        })?;
        Ok(Self {
            incident,
            texts,
            categories,
            bump,
            expires: Timestamp::from_millis(moment.as_millisecond()),
        })
    }
}

/// A surge that is or was on.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct SurgeResponse {
    /// Name of the incident.
    incident: String,
    /// The notice by tag of the locale, all five.
    texts: BTreeMap<&'static str, String>,
    /// Categories whose tickets are affected; nothing when all are.
    categories: Option<Vec<String>>,
    /// Steps by which their priority is raised.
    bump: u8,
    /// When it began.
    #[schema(format = DateTime)]
    begun: String,
    /// Who began it.
    begun_by: String,
    /// When it is over by itself.
    #[schema(format = DateTime)]
    expires: String,
    /// When it ended, if it has.
    #[schema(format = DateTime)]
    ended: Option<String>,
}

impl From<PastSurge> for SurgeResponse {
    fn from(past: PastSurge) -> Self {
        let PastSurge {
            surge,
            begun_by,
            ended,
        } = past;
        let Surge {
            incident,
            texts,
            categories,
            bump,
            begun,
            expires,
        } = surge;
        Self {
            incident,
            texts: texts
                .into_iter()
                .map(|(locale, text)| (locale.tag(), text))
                .collect(),
            categories,
            bump,
            begun: begun.to_string(),
            begun_by,
            expires: expires.to_string(),
            ended: ended.map(|moment| moment.to_string()),
        }
    }
}
