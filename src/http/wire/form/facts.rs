//! Which conversations behind a number are wanted, as both doors of staff say it.

use std::str::FromStr as _;

use serde::Deserialize;
use utoipa::IntoParams;

use super::code::Code;
use super::text::{Any, IdText, Place, ServedTag, Text};
use crate::http::edge::insights::days_of;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::wire::locale;
use crate::language::Language;
use crate::store::{FactFilter, FactKind, FactPlace, Part};
use crate::time::Timestamp;

/// Something that happened.
type WhatCode = Code<FactKind>;

/// What a count is told apart by.
type PartCode = Code<Part>;

/// Which article, channel and so on.
type PartName = Text<Any, 200>;

/// Why an answer did not help, or a score.
type DetailCode = Text<Any, 20>;

/// Where the list goes on.
type PlaceText = Text<Place, 60>;

/// Which of the things that happened are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct FactsQuery {
    /// How many days, the present one included: 1 to 365.
    #[serde(default)]
    #[param(example = 30, default = 30, minimum = 1, maximum = 365)]
    pub(in crate::http) days: Option<u32>,
    /// What happened.
    #[param(inline, example = "answered")]
    pub(in crate::http) what: WhatCode,
    /// In this language only.
    #[serde(default, deserialize_with = "locale::served")]
    #[param(inline, value_type = Option<ServedTag>)]
    pub(in crate::http) language: Option<Language>,
    /// Of one part only, which `name` tells.
    #[param(inline, example = "channel")]
    pub(in crate::http) part: Option<PartCode>,
    /// Which one: an id of an article, `article#section`, or a code of a category, channel or surface.
    #[param(inline, example = "telegram")]
    pub(in crate::http) name: Option<PartName>,
    /// Why an answer did not help (`none` where no reason was given), or a score from 1 to 5.
    #[param(inline)]
    pub(in crate::http) detail: Option<DetailCode>,
    /// Scores of this agent only.
    #[param(inline)]
    pub(in crate::http) agent: Option<IdText>,
    /// Those after this one in the list only: its `place`.
    #[param(inline)]
    pub(in crate::http) after: Option<PlaceText>,
}

impl FactsQuery {
    /// Returns what is wanted, from now back.
    pub(in crate::http) fn filter(&self, now: Timestamp) -> Result<FactFilter, ApiError> {
        let days = days_of(self.days)?;
        let part = self.part.as_ref().zip(self.name.as_ref());
        Ok(FactFilter {
            kind: self.what.0,
            from: now.days_earlier(days - 1).start_of_day(),
            until: now,
            language: self.language,
            part: part.map(|(part, name)| (part.0, name.to_string())),
            detail: self.detail.as_ref().map(|detail| detail.to_string()),
            agent: self.agent.as_ref().map(|agent| agent.to_string()),
            after: match &self.after {
                Some(place) => Some(FactPlace::from_str(place).map_err(|error| {
                    ApiError::new(ProblemKind::BadRequest, error.to_string()).in_field("after")
                })?),
                None => None,
            },
        })
    }
}
