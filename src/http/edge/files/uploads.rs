//! Takes files: a bounded number at once, up to a bounded length.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use tokio::sync::OwnedSemaphorePermit;

use super::TRANSFER_TIME;
use crate::http::edge::client::clients::ClientPlace;
use crate::http::edge::client::origin::Origin;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;

/// A place among the uploads, held until it is dropped.
pub(in crate::http) struct UploadPlace {
    _of_all: OwnedSemaphorePermit,
    _of_client: Option<ClientPlace>,
}

/// Takes a place among the uploads, or refuses when all are taken or when whoever sends has theirs.
pub(in crate::http) fn take_upload_place(
    app: &AppState,
    origin: Origin,
) -> Result<UploadPlace, ApiError> {
    let busy = |who: &str| {
        let told = format!(
            "{who} as many files at once as it can; try again after the time in Retry-After"
        );
        ApiError::new(ProblemKind::Busy, told)
    };
    let of_client = match origin.address {
        Some(address) => {
            let place = app.clients().take_upload_place(address);
            Some(place.ok_or_else(|| busy("your network sends"))?)
        }
        None => None,
    };
    let of_all = Arc::clone(app.uploads()).try_acquire_owned();
    Ok(UploadPlace {
        _of_all: of_all.map_err(|_| busy("the server takes"))?,
        _of_client: of_client,
    })
}

/// What is said once an upload took longer than it may.
pub(in crate::http) fn took_too_long() -> ApiError {
    ApiError::new(
        ProblemKind::TimedOut,
        format!(
            "the file did not arrive within {} seconds; repeat it with the same Idempotency-Key",
            TRANSFER_TIME.as_secs()
        ),
    )
}

/// Reads the body of an upload, in a bounded number of uploads and up to a bounded length.
pub(in crate::http) async fn read_upload(
    app: &AppState,
    origin: Origin,
    body: Body,
) -> Result<Vec<u8>, ApiError> {
    read_bounded(app, origin, body, app.visitors().most_file_bytes()).await
}

/// Reads a mail, whose files are half as long again as they are elsewhere; all of them come from one mail server.
pub(in crate::http) async fn read_letter(app: &AppState, body: Body) -> Result<Vec<u8>, ApiError> {
    let most = app.visitors().most_file_bytes().saturating_mul(2);
    read_bounded(app, Origin::default(), body, most).await
}

async fn read_bounded(
    app: &AppState,
    origin: Origin,
    body: Body,
    most: usize,
) -> Result<Vec<u8>, ApiError> {
    let _place = take_upload_place(app, origin)?;
    let too_long = || {
        ApiError::new(
            ProblemKind::FileTooLarge,
            format!(
                "the file has more than {most} bytes (attachments.max_bytes); send a smaller one"
            ),
        )
        .in_field("body")
    };
    match tokio::time::timeout(TRANSFER_TIME, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) if is_too_long(&error) => Err(too_long()),
        Ok(Err(_)) => Err(ApiError::new(
            ProblemKind::BadRequest,
            "the body ended early; send it again",
        )
        .in_field("body")),
        Err(_) => Err(took_too_long()),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.to_string().contains("length limit") {
            return true;
        }
        source = cause.source();
    }
    error.to_string().contains("length limit")
}
