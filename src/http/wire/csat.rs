//! How satisfied visitors were (CSAT), as staff read it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::conversation::Satisfaction;

/// How satisfied a visitor was with one episode, for staff.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct SatisfactionBody {
    /// Which episode; the first is 1.
    episode: i64,
    /// From 1 to 5.
    score: u8,
    /// In the visitor's words.
    comment: Option<String>,
    /// When it was given.
    #[schema(format = DateTime)]
    created: String,
}

impl From<Satisfaction> for SatisfactionBody {
    fn from(satisfaction: Satisfaction) -> Self {
        let Satisfaction {
            episode,
            score,
            comment,
            created,
        } = satisfaction;
        Self {
            episode,
            score: score.number(),
            comment: comment.map(|comment| comment.as_str().to_owned()),
            created: created.to_string(),
        }
    }
}
