//! Surges as staff, programs and webhooks write and read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::form::number::Whole;
use super::form::object::Object;
use super::form::text::{Any, Incident, Shown, Text};
use crate::conversation::{MAX_INCIDENT_CHARS, MAX_NOTICE_CHARS, NewSurge, Surge};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::store::PastSurge;
use crate::time::Timestamp;

/// An incident to be told to everybody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SurgeBody {
    /// Your own name of the incident.
    incident: IncidentName,
    /// The notice by tag of the language.
    #[schema(value_type = NoticeTexts)]
    texts: Object<NoticeTexts>,
    /// Categories whose tickets are affected; all when it is left out.
    #[serde(default)]
    categories: Option<Vec<CategoryName>>,
    /// Steps by which their priority is raised; one when it is left out.
    #[serde(default = "one_step")]
    bump: Steps,
    /// When it is over by itself, at most seven days from now.
    #[schema(format = DateTime, example = "2026-11-22T12:00:00Z")]
    expires: String,
}

/// What visitors are told of an incident, by tag of the language.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "en": "Withdrawals are delayed.", "zh": "提现延迟。", "ja": "出金が遅れています。", "ko": "출금이 지연되고 있습니다." }))]
struct NoticeTexts {
    en: NoticeText,
    zh: NoticeText,
    ja: NoticeText,
    ko: NoticeText,
    /// Derived from `zh` when it is left out.
    #[serde(rename = "zh-Hant")]
    zh_hant: Option<NoticeText>,
}

pub(in crate::http) type IncidentName = Text<Incident, MAX_INCIDENT_CHARS>;
type NoticeText = Text<Shown, MAX_NOTICE_CHARS>;
type CategoryName = Text<Any, 80>;
type Steps = Whole<0, 3>;

fn one_step() -> Steps {
    Whole(1)
}

impl From<NoticeTexts> for BTreeMap<String, String> {
    fn from(texts: NoticeTexts) -> Self {
        let NoticeTexts {
            en,
            zh,
            ja,
            ko,
            zh_hant,
        } = texts;
        let needed = [("en", en), ("zh", zh), ("ja", ja), ("ko", ko)];
        let derived = zh_hant.map(|text| ("zh-Hant", text));
        let texts = needed.into_iter().chain(derived);
        texts
            .map(|(tag, text)| (tag.to_owned(), text.into_string()))
            .collect()
    }
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
            incident: incident.into_string(),
            texts: texts.0.into(),
            categories: categories
                .map(|names| names.into_iter().map(CategoryName::into_string).collect()),
            bump: u8::try_from(bump.0).unwrap_or_default(),
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
