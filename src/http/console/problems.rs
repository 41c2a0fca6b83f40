//! What somebody sees who opens a page of the console that is not there or not for them: a page, with the way back.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use minijinja::context;

use super::shell::AtDesk;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;

/// No page stands at this address.
pub(super) async fn missing() -> ApiError {
    ApiError::not_found("page")
}

/// Middleware: a browser that goes to a page gets a page, also when it is refused; programs get what they can read.
pub(super) async fn as_pages(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let is_visit = request.method() == Method::GET
        && request
            .headers()
            .get(header::ACCEPT)
            .and_then(|accepted| accepted.to_str().ok())
            .is_some_and(|accepted| accepted.contains("text/html"));
    let (parts, body) = request.into_parts();
    let mut asked = is_visit.then(|| parts.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let kind = response.extensions().get::<ApiError>().map(ApiError::kind);
    let (title, hint) = match kind {
        Some(ProblemKind::Forbidden) => ("pageForbidden", "pageForbiddenHint"),
        Some(ProblemKind::NotFound) => ("pageMissing", "pageMissingHint"),
        _ => return response,
    };
    let Some(parts) = asked.as_mut() else {
        return response;
    };
    let at_desk = match AtDesk::from_request_parts(parts, &app).await {
        Ok(at_desk) => at_desk,
        Err(sign_in) => return sign_in.into_response(),
    };
    let words = context! {
        heading => at_desk.preferences().word(title),
        hint => at_desk.preferences().word(hint),
    };
    match at_desk.page("problem.html", "", words) {
        Ok(page) => (response.status(), page).into_response(),
        Err(error) => error.into_response(),
    }
}
