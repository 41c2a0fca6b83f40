//! Every route of the server, and what each request passes on its way.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, Version, header,
};
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::edge::client::{limits as client_limits, origin};
use super::edge::pages::assets;
use super::edge::problem::{self, ApiError, ProblemKind};
use super::edge::state::AppState;
use super::edge::{addresses, caching, limits, request_id, request_metrics, unread_body};
use super::{console, handbook, help, openapi, service, visitors};

/// Builds every route of the server.
pub fn router(app: AppState) -> Router {
    // Live streams last, so they have a bound of their own; so do the questions of operators, which must get through
    // when everything else is busy.
    let bounded = Router::from(openapi::bounded())
        .merge(visitors::widget::router())
        .merge(help::router().layer(middleware::from_fn_with_state(
            app.clone(),
            assets::allow_pictures,
        )))
        .merge(help::status::page::router())
        .merge(help::contact::router())
        .merge(handbook::router())
        .merge(console::router(&app))
        .layer(middleware::from_fn_with_state(app.clone(), limits::bound));
    let routes = Router::new()
        .merge(bounded)
        .merge(Router::from(openapi::unbounded()))
        .merge(help::status::page::lasting(&app))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            client_limits::hold_back,
        ))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            visitors::widget::share_with_pages,
        ))
        .layer(DefaultBodyLimit::max(app.settings().body_limit_bytes.get()))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(problem::render_problems))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            request_metrics::measure,
        ))
        .layer(middleware::from_fn(caching::keep_private))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            origin::note_origin,
        ))
        .layer(middleware::from_fn(unread_body::announce_end))
        .layer(middleware::from_fn(request_id::name_request))
        .with_state(app.clone());
    let routes = addresses::reached(routes, app);
    // Outside of everything that still writes into pages.
    routes.layer(CompressionLayer::new().compress_when(is_of_a_page))
}

/// Tells whether a reply is a page, or what pages are made of; the API is sent as it is.
fn is_of_a_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    const KINDS: [&str; 6] = [
        "text/html",
        "text/css",
        "text/javascript",
        "application/xml",
        "application/manifest+json",
        "image/svg+xml",
    ];
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    KINDS.iter().any(|known| kind.starts_with(known))
}

/// Builds what operators ask, for a listener that visitors do not reach.
pub fn operations(app: AppState) -> Router {
    Router::new()
        .merge(Router::from(service::for_operators()))
        .merge(Router::from(service::for_everybody()))
        .merge(openapi::router(&app.settings().site.address).layer(CompressionLayer::new()))
        .route("/metrics", axum::routing::get(request_metrics::scrape))
        .fallback(unknown_path)
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(problem::render_problems))
        .layer(middleware::from_fn(caching::keep_private))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
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
            "there is no path {}; `mondo openapi` lists those that are",
            uri.path()
        ),
    )
}

async fn wrong_method() -> ApiError {
    ApiError::new(
        ProblemKind::MethodNotAllowed,
        "this path has another method; see the header Allow",
    )
}
