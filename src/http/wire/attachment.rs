//! Files as they travel.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::form::text::{Any, IdText, Text};
use crate::conversation::{Attachment, RecognisedFile, SaidName};
use crate::http::edge::problem::ApiError;
use crate::ids::AttachmentId;

/// A file of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct AttachmentBody {
    /// Its name in the record; messages carry it by this.
    id: String,
    /// What people call it.
    #[schema(example = "screenshot.png")]
    name: String,
    /// What it is by its content: `png`, `jpeg`, `webp`, `gif`, `pdf` or `text`.
    #[schema(example = "png")]
    kind: &'static str,
    /// The type it is served under.
    #[schema(example = "image/png")]
    media_type: &'static str,
    /// Its length.
    bytes: usize,
    /// Whether it is a picture that a page may show.
    picture: bool,
    /// Width of a picture, so that a page can leave room for it.
    width: Option<u32>,
    /// Height of a picture.
    height: Option<u32>,
    /// Where it is served, relative to the site; for whoever the conversation belongs to.
    address: String,
}

impl From<Attachment> for AttachmentBody {
    fn from(attachment: Attachment) -> Self {
        let Attachment {
            id,
            conversation,
            author: _,
            message: _,
            name,
            file,
            created: _,
        } = attachment;
        let RecognisedFile {
            kind,
            bytes,
            pixels,
        } = file;
        Self {
            id: id.to_string(),
            name: name.to_string(),
            kind: kind.code(),
            media_type: kind.media_type(),
            bytes,
            picture: kind.is_picture(),
            width: pixels.map(|(width, _)| width),
            height: pixels.map(|(_, height)| height),
            address: format!("/v1/conversations/{conversation}/attachments/{id}"),
        }
    }
}

/// The bytes of a file, one at least; how many it may have is a setting.
pub(in crate::http) enum FileContent {}

impl PartialSchema for FileContent {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .min_length(Some(1))
            .into()
    }
}

impl ToSchema for FileContent {}

/// A name of a file; short enough to stand in an address in any script.
type FileName = Text<Any, 500>;

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct NameQuery {
    /// Name of the file, percent-encoded; only its last part is kept, and its ending is made to fit the content.
    #[serde(default)]
    #[param(inline, example = "screenshot.png")]
    pub(in crate::http) name: FileName,
}

impl NameQuery {
    /// Returns the name as it is taken from whoever sends it.
    pub(in crate::http) fn said(&self) -> SaidName {
        SaidName::new(&self.name)
    }
}

/// Reads the ids of files.
pub(in crate::http) fn parsed(ids: &[IdText]) -> Result<Vec<AttachmentId>, ApiError> {
    ids.iter()
        .map(|id| {
            id.parse()
                .map_err(|error| ApiError::from(error).in_field("attachments"))
        })
        .collect()
}
