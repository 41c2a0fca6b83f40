//! The page that says that there is none.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::frame::Frame;
use crate::http::edge::problem::ApiError;

/// Says that there is no such page, and where to go on.
pub(super) fn missing(frame: &Frame) -> Result<Response, ApiError> {
    let page = frame.render("help/missing.html", minijinja::context! {})?;
    Ok((StatusCode::NOT_FOUND, page).into_response())
}
