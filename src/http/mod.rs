//! The HTTP surface: the JSON API under `/v1`, live events, the page at `/`, help pages under `/help`, and what operators ask.
//!
//! Handlers extract, call the desk and convert. This module must not know settings files, the environment or SQL.

mod settings;
mod site;
mod state;

mod articles;
mod ask;
mod attachments;
mod console;
mod conversations;
mod events;
mod help;
mod hooks;
mod living;
mod notices;
mod owning;
mod pages;
mod service;
mod staff;
mod status_answer;
mod status_page;
mod surge_hook;
mod waiting;
mod welcome;
mod widget;

mod conversation_wire;
mod surge_wire;
mod wire;

mod error;
mod problem;
mod templates;

mod extract;
mod language;
mod locale;
mod page_context;

mod limits;
mod metrics;
mod openapi;
mod request_id;
mod serve;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

pub use openapi::openapi_json;
pub use problem::{ApiError, Problem, ProblemKind};
pub use serve::serve;
pub use settings::HttpSettings;
pub use site::SiteSettings;
pub use state::{AppState, Clock, ShownSetting};
pub use surge_hook::HookSettings;
pub use wire::{AnswerBody, AskResponse, OptionBody};

/// Builds every route of the server.
pub fn router(app: AppState) -> Router {
    // Live streams last, so they have a bound of their own; so do the questions of operators, which must get through
    // when everything else is busy.
    let bounded = Router::from(openapi::bounded())
        .merge(widget::router())
        .merge(pages::router().layer(CompressionLayer::new()))
        .merge(status_page::router().layer(CompressionLayer::new()))
        .merge(console::router().layer(CompressionLayer::new()))
        .layer(middleware::from_fn_with_state(app.clone(), limits::bound));
    Router::new()
        .merge(bounded)
        .merge(Router::from(openapi::unbounded()))
        .merge(status_page::uploads(&app))
        .merge(openapi::router().layer(CompressionLayer::new()))
        .route("/metrics", axum::routing::get(metrics::scrape))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            widget::share_with_pages,
        ))
        .layer(DefaultBodyLimit::max(app.settings().body_limit_bytes.get()))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(problem::render_problems))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            metrics::measure,
        ))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(middleware::from_fn(request_id::name_request))
        .with_state(app)
}

fn header_layer(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

async fn unknown_path(uri: Uri) -> ApiError {
    ApiError::new(
        ProblemKind::NotFound,
        format!(
            "there is no path {}; see /docs for those that are",
            uri.path()
        ),
    )
}

async fn wrong_method() -> ApiError {
    ApiError::new(
        ProblemKind::MethodNotAllowed,
        "this path has another method; see /docs, and the header Allow",
    )
}
