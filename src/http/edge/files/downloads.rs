//! Sends files: a bounded number at once, each in a bounded time.

use std::io;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use tokio::time::timeout;

use super::TRANSFER_TIME;
use super::served::served;
use crate::conversation::Attachment;
use crate::http::edge::client::download_places::DownloadPlace;
use crate::http::edge::client::origin::Origin;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;

/// Length of the pieces that are sent, in bytes. They are copies: what a connection still has to send when the last piece is
/// taken keeps no file.
const PIECE: usize = 64 * 1_024;

/// Reads a file once there is a place for it, and sends it.
pub(in crate::http) async fn download(
    app: &AppState,
    origin: Origin,
    read: impl Future<Output = Result<(Attachment, Vec<u8>), ApiError>>,
    resource_policy: &'static str,
) -> Result<Response, ApiError> {
    let limit = app.settings().request_timeout();
    let waited = timeout(limit, app.download_places().take(origin.address)).await;
    let place = waited.map_err(|_| {
        let told = "as many files are on their way as there may be at once; try again after the time in Retry-After";
        ApiError::new(ProblemKind::Busy, told)
    })?;
    let (attachment, content) = timeout(limit, read).await.map_err(|_| {
        let told = format!(
            "the file could not be read within {} ms (http.request_timeout_ms)",
            limit.as_millis()
        );
        ApiError::new(ProblemKind::TimedOut, told)
    })??;
    let length = HeaderValue::from(content.len());
    let mut response = served(&attachment, sent(content, place), resource_policy);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    Ok(response)
}

/// Sends content piece by piece; the place is kept until the last was taken or the time is over.
fn sent(content: Vec<u8>, place: DownloadPlace) -> Body {
    let begun = Instant::now();
    Body::from_stream(async_stream::stream! {
        let _place = place;
        for piece in content.chunks(PIECE) {
            if begun.elapsed() > TRANSFER_TIME {
                yield Err(io::Error::from(io::ErrorKind::TimedOut));
                return;
            }
            yield Ok(Bytes::copy_from_slice(piece));
        }
    })
}
