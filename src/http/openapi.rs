//! The OpenAPI 3.1 document, made from the handlers, and its browsable page.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::Server;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::edge::state::AppState;
use super::{assistants, closed, service, staff, visitors};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "mondo",
        description = "Answers common questions from a knowledge base in Chinese, English, Korean and Japanese, and hands the rest to a person.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "questions", description = "One question, one answer"),
        (name = "conversations", description = "Questions and answers in a row, and the path to a person"),
        (name = "articles", description = "The knowledge base for people who look for themselves"),
        (name = "assistants", description = "Answers for other programs that talk with people"),
        (name = "staff", description = "The desk: signing in, the queue, accounts and keys"),
        (name = "hooks", description = "Signed requests of other systems"),
        (name = "agents", description = "How visitors check that an agent is real"),
        (name = "hooks", description = "What other programs tell mondo"),
        (name = "service", description = "For operators"),
    )
)]
struct Document;

/// Documented routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    visitors::bounded()
        .merge(assistants::bounded())
        .merge(staff::bounded())
}

/// Documented routes that last, or must get through when everything else is busy.
pub(super) fn unbounded() -> OpenApiRouter<AppState> {
    visitors::unbounded()
        .merge(staff::unbounded())
        .merge(service::for_everybody())
}

fn document() -> utoipa::openapi::OpenApi {
    let mut document = OpenApiRouter::<AppState>::with_openapi(Document::openapi())
        .merge(bounded())
        .merge(unbounded())
        .merge(service::for_operators())
        .into_openapi();
    closed::close_bodies(&mut document);
    document
}

/// Returns the document, indented and with a line feed at the end, as it is kept in `web/openapi.json`.
pub fn openapi_json() -> String {
    let mut text = document()
        .to_pretty_json()
        .expect("the document is made of plain strings and maps");
    text.push('\n');
    text
}

/// Swagger UI brings styles of its own in attributes and pictures in its style sheet.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/// `/openapi.json` and `/docs`, for the listener of operators; the paths follow the public address where there is one.
pub(super) fn router(address: &str) -> Router<AppState> {
    let mut document = document();
    document.servers = (!address.is_empty()).then(|| vec![Server::new(address)]);
    let browsable =
        SwaggerUi::new("/docs").config(Config::new(["/openapi.json"]).try_it_out_enabled(true));
    Router::new()
        .merge(browsable)
        .route("/openapi.json", get(async move || Json(document.clone())))
        .layer(middleware::from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    response
}
