//! Drafts of articles as they travel.

use serde::Deserialize;
use utoipa::ToSchema;

use super::form::code::Code;
use super::form::object::Object;
use super::form::text::{Any, Day, Shown, Text};
use crate::desk::{ArticleFile, Draft, Follows, MAX_FILE_BYTES};
use crate::http::edge::problem::ApiError;
use crate::knowledge::{Publication, Stage, Wording};

/// What a file shall say; exactly one of the fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(in crate::http) enum DraftBody {
    /// The whole text of the file.
    Text(FileText),
    /// The parts of a translation.
    Wording(WordingObject),
    /// Where the article stands, and on which days it may be given; in `article.toml`.
    Publication(PublicationObject),
}

type PublicationObject = Object<PublicationBody>;

type WordingObject = Object<WordingBody>;

/// A text that a file holds.
type FileText = Text<Any, MAX_FILE_BYTES>;

/// A text of a file with something to see in it.
type ShownFileText = Text<Shown, MAX_FILE_BYTES>;

/// The parts of a translation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct WordingBody {
    /// The question as a visitor asks it.
    title: ShownFileText,
    /// The same question in other words.
    #[serde(default)]
    alternates: Vec<FileText>,
    /// The short answer.
    summary: ShownFileText,
    /// The long answer, in Markdown.
    #[serde(default)]
    body: FileText,
    /// Which revision of the source it follows from now on.
    #[serde(default)]
    follows: FollowsCode,
}

/// Which revision of the source a translation follows.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FollowsCode {
    /// The same as before.
    #[default]
    AsBefore,
    /// The current one.
    Current,
    /// A new one, which the other languages have to follow.
    New,
}

/// Where an article stands, and on which days it may be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PublicationBody {
    /// Only a published article is given.
    stage: StageCode,
    /// First day, `YYYY-MM-DD`; from the beginning where it is left out.
    #[serde(default)]
    valid_from: Option<DayText>,
    /// Last day, `YYYY-MM-DD`; for good where it is left out.
    #[serde(default)]
    valid_until: Option<DayText>,
}

/// Where an article stands.
pub(in crate::http) type StageCode = Code<Stage>;

/// A day.
type DayText = Text<Day, 10>;

impl From<DraftBody> for Draft {
    fn from(body: DraftBody) -> Self {
        match body {
            DraftBody::Text(text) => Self::Text(text.into_string()),
            DraftBody::Wording(Object(wording)) => {
                let (wording, follows) = wording.into_parts();
                Self::Wording(wording, follows)
            }
            DraftBody::Publication(Object(body)) => Self::Publication(Publication {
                stage: body.stage.0,
                valid_from: body.valid_from.map(DayText::into_string),
                valid_until: body.valid_until.map(DayText::into_string),
            }),
        }
    }
}

impl WordingBody {
    /// Returns the wording and what it follows.
    pub(in crate::http) fn into_parts(self) -> (Wording, Follows) {
        let Self {
            title,
            alternates,
            summary,
            body,
            follows,
        } = self;
        let wording = Wording {
            title: title.into_string(),
            alternates: alternates.into_iter().map(FileText::into_string).collect(),
            summary: summary.into_string(),
            source_rev: 0,
            body: body.into_string(),
        };
        let follows = match follows {
            FollowsCode::AsBefore => Follows::AsBefore,
            FollowsCode::Current => Follows::Current,
            FollowsCode::New => Follows::New,
        };
        (wording, follows)
    }
}

/// Reads the name of a file.
pub(in crate::http) fn file_from(name: &str) -> Result<ArticleFile, ApiError> {
    ArticleFile::from_name(name).ok_or_else(|| ApiError::not_found("file"))
}
