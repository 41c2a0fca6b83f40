//! `GET /v1/notices`: what every visitor should know right now, and as it changes.

use std::convert::Infallible;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use tokio_stream::wrappers::WatchStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::client::limits::CountedClients;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::language::visitor_locale;
use crate::http::edge::limits::take_stream_place;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::locale::TagText;
use crate::locale::Locale;

/// What every visitor should know right now.
#[derive(Debug, Serialize, ToSchema)]
struct NoticesResponse {
    /// The oldest first; show each as a status message above everything else.
    notices: Vec<NoticeBody>,
}

/// An incident as visitors are told of it.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeBody {
    /// Names the incident, so that a page can tell a new notice from one it shows.
    #[schema(example = "INC-2041")]
    incident: String,
    /// Plain text in the reader's language.
    text: String,
    /// Tag of that language.
    #[schema(example = "zh-Hant")]
    locale: &'static str,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// When it goes away by itself.
    #[schema(format = DateTime)]
    expires: String,
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LanguageQuery {
    /// Tag of the page's locale, such as `zh-Hant`; `Accept-Language` decides when it is left out.
    #[param(inline)]
    lang: Option<TagText>,
}

impl LanguageQuery {
    fn locale(&self, headers: &HeaderMap) -> Locale {
        let chosen = self.lang.as_deref().and_then(Locale::from_tag);
        chosen.unwrap_or_else(|| visitor_locale(headers))
    }
}

fn notices(app: &AppState, locale: Locale) -> NoticesResponse {
    let surges = app.visitors().surges(app.now());
    let notices = surges.into_iter().filter_map(|surge| {
        Some(NoticeBody {
            text: surge.texts.get(&locale.worded())?.clone(),
            incident: surge.incident,
            locale: locale.tag(),
            since: surge.begun.to_string(),
            expires: surge.expires.to_string(),
        })
    });
    NoticesResponse {
        notices: notices.collect(),
    }
}

/// Tells what every visitor should know right now.
#[utoipa::path(
    get,
    path = "/v1/notices",
    tag = "conversations",
    params(LanguageQuery),
    responses(
        (status = 200, description = "The notices that are on; none on a calm day", body = NoticesResponse),
        ApiError,
    )
)]
async fn read(
    State(app): State<AppState>,
    ApiQuery(query): ApiQuery<LanguageQuery>,
    headers: HeaderMap,
) -> Response {
    let notices = notices(&app, query.locale(&headers));
    let caching = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::VARY, HeaderValue::from_static("accept-language")),
    ];
    (caching, Json(notices)).into_response()
}

/// Tells the same at once and whenever it changes, as events named `notices`.
#[utoipa::path(
    get,
    path = "/v1/notices/events",
    tag = "conversations",
    params(LanguageQuery),
    responses(
        (status = 200, description = "Events without end", body = NoticesResponse, content_type = "text/event-stream"),
        ApiError,
    )
)]
async fn follow(
    State(app): State<AppState>,
    CountedClients(clients): CountedClients,
    ApiQuery(query): ApiQuery<LanguageQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let locale = query.locale(&headers);
    let place = take_stream_place(&app, &clients)?;
    let keep_alive = KeepAlive::new().interval(app.settings().keep_alive());
    let changes = WatchStream::new(app.visitors().surges_changed()).take_until(app.closing());
    let sent = async_stream::stream! {
        let _place = place;
        for await _ in changes {
            match Event::default().event("notices").json_data(notices(&app, locale)) {
                Ok(event) => yield Ok(event),
                Err(error) => {
                    ApiError::internal(error).log_ended_stream();
                    return;
                }
            }
        }
    };
    Ok(Sse::new(sent).keep_alive(keep_alive))
}

/// Routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Routes that last.
pub(super) fn unbounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(follow))
}
