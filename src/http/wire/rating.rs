//! Ratings as they travel.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::conversation::Rating;

/// Thumb up or down.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum RatingCode {
    /// The answer helped.
    Helpful,
    /// It did not.
    NotHelpful,
}

impl From<RatingCode> for Rating {
    fn from(code: RatingCode) -> Self {
        match code {
            RatingCode::Helpful => Rating::Helpful,
            RatingCode::NotHelpful => Rating::NotHelpful,
        }
    }
}
