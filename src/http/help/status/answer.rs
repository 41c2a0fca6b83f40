//! What a visitor sends from the status page of a ticket: words, files, or both, by a form that works without JavaScript.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Form, FromRequest as _, Request};
use axum::http::{HeaderMap, header};
use serde::Deserialize;

use crate::conversation::SaidName;
use crate::desk::{MAX_FILES_PER_MESSAGE, NamedFile};
use crate::http::edge::client::origin::Origin;
use crate::http::edge::files::TRANSFER_TIME;
use crate::http::edge::files::uploads::{take_upload_place, took_too_long};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;

/// Room in the form for everything but the files.
const FORM_BYTES: usize = 64 * 1_024;

/// What the visitor answers.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What was typed.
    pub(super) text: String,
    /// Made with the form, so that sending it twice says nothing twice.
    pub(super) key: String,
    /// What was chosen beside it.
    pub(super) files: Vec<NamedFile>,
}

/// A form without files.
#[derive(Deserialize)]
struct Words {
    #[serde(default)]
    text: String,
    key: String,
}

/// Longest form that is read: as much as one file may have, however many share it.
pub(super) fn most_bytes(app: &AppState) -> usize {
    app.visitors().most_file_bytes() + FORM_BYTES
}

/// Reads the form, in a bounded number of uploads at once.
pub(super) async fn read_answer(app: &AppState, request: Request) -> Result<Answer, ApiError> {
    if !has_parts(request.headers()) {
        let form = Form::<Words>::from_request(request, app).await;
        let Form(Words { text, key }) = form.map_err(|error| unreadable(error.body_text()))?;
        let files = Vec::new();
        return Ok(Answer { text, key, files });
    }
    let _place = take_upload_place(app, Origin::of(request.extensions()))?;
    let parts = Multipart::from_request(request, app).await;
    let parts = parts.map_err(|error| unreadable(error.body_text()))?;
    match tokio::time::timeout(TRANSFER_TIME, read_parts(parts)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(took_too_long()),
    }
}

async fn read_parts(mut parts: Multipart) -> Result<Answer, ApiError> {
    let mut answer = Answer::default();
    while let Some(part) = parts.next_field().await.map_err(refused)? {
        match part.name() {
            Some("text") => answer.text = part.text().await.map_err(refused)?,
            Some("key") => answer.key = part.text().await.map_err(refused)?,
            Some("files") => {
                let name = part.file_name().unwrap_or_default().to_owned();
                let content = Vec::from(part.bytes().await.map_err(refused)?);
                // A form whose field of files was left alone sends one without name and content.
                if name.is_empty() && content.is_empty() {
                    continue;
                }
                if answer.files.len() == MAX_FILES_PER_MESSAGE {
                    return Err(ApiError::new(
                        ProblemKind::TooManyFiles,
                        format!("a message has {MAX_FILES_PER_MESSAGE} files at most; send the rest in another"),
                    )
                    .in_field("files"));
                }
                let name = SaidName::new(&name);
                answer.files.push(NamedFile { name, content });
            }
            _ => {}
        }
    }
    Ok(answer)
}

fn has_parts(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

fn refused(error: MultipartError) -> ApiError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(
            ProblemKind::FileTooLarge,
            "the files have more bytes together than one may have (attachments.max_bytes); send smaller ones",
        )
        .in_field("files");
    }
    unreadable(error.body_text())
}

fn unreadable(why: String) -> ApiError {
    ApiError::new(ProblemKind::BadRequest, why)
}
