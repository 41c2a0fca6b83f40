//! `GET /v1/conversations/{id}/events`: a conversation as it happens, by server-sent events.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio_stream::wrappers::WatchStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::ConversationEvent;
use crate::desk::{DeskError, Live, Presence, TYPING_SECONDS};
use crate::http::edge::client::limits::CountedClients;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::lasting::Shown;
use crate::http::edge::guard::visitor::OwnConversation;
use crate::http::edge::limits::take_stream_place;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::conversation::EventData;
use crate::ids::EventNumber;

/// From where to follow.
#[derive(Debug, Deserialize)]
struct EventsQuery {
    /// Number of the last event already known, for the first connection; later ones send `Last-Event-ID`.
    after: Option<i64>,
}

const LAST_EVENT_ID: &str = "last-event-id";

/// Follows a conversation after an event, or from the beginning.
///
/// Each event has its number as id, its kind as name (`message`, `ticket`, `state`, `feedback`) and JSON as data.
/// A browser reconnects with `Last-Event-ID` by itself; no event is lost or sent twice. `typing`, `presence` `read` and `notices`
/// have no id: they say that the agent is writing, whether a person is there, how far a person has read, and that what
/// every visitor should know has changed. The events end with the token, session or key that they were opened with.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/events",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        ("after" = Option<i64>, Query, description = "Number of the last event already known"),
        ("Last-Event-ID" = Option<i64>, Header, description = "The same, from a reconnecting browser; wins over `after`"),
    ),
    responses(
        (status = 200, description = "Events without end", body = EventData, content_type = "text/event-stream"),
        ApiError,
    )
)]
async fn follow(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    shown: Shown,
    CountedClients(clients): CountedClients,
    ApiQuery(query): ApiQuery<EventsQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let after = last_event_id(&headers)?.or(query.after);
    let place = take_stream_place(&app, &clients)?;
    let own = app.visitors().follow(id, after).map(Followed::Own);
    let notices =
        WatchStream::from_changes(app.visitors().surges_changed()).map(|_| Followed::Notices);
    let events = stream::select(own, notices)
        .take_until(app.closing())
        .take_until(Box::pin(shown.ended(app.clone())));
    let keep_alive = KeepAlive::new().interval(app.settings().keep_alive());
    let sent = async_stream::stream! {
        let _place = place;
        for await event in events {
            let event = match event {
                Followed::Own(event) => event.map_err(ApiError::from).and_then(|event| to_sse(&app, event)),
                Followed::Notices => passing("notices", EventData::Notices {}),
            };
            match event {
                Ok(event) => yield Ok(event),
                Err(error) => {
                    // The browser reconnects after the last event it got, so ending loses nothing.
                    error.log_ended_stream();
                    return;
                }
            }
        }
    };
    Ok(Sse::new(sent).keep_alive(keep_alive))
}

/// What a stream brings.
enum Followed {
    /// Something of the conversation itself.
    Own(Result<Live, DeskError>),
    /// That what every visitor should know has changed.
    Notices,
}

fn to_sse(app: &AppState, live: Live) -> Result<Event, ApiError> {
    let event = match live {
        Live::Event(event) => *event,
        Live::Typing { name } => {
            let data = EventData::Typing {
                name,
                seconds: TYPING_SECONDS,
            };
            return passing("typing", data);
        }
        Live::Presence(presence) => {
            let here = presence == Presence::Here;
            return passing("presence", EventData::Presence { here });
        }
        Live::Read(up_to) => return passing("read", EventData::Read { up_to }),
    };
    let ConversationEvent {
        sequence,
        body,
        created: _,
    } = event;
    Event::default()
        .id(sequence.to_string())
        .event(body.kind())
        .json_data(EventData::from(body).with_link(app))
        .map_err(ApiError::internal)
}

/// What is not kept has no number, so that nobody asks for what came after it.
fn passing(kind: &str, data: EventData) -> Result<Event, ApiError> {
    Event::default()
        .event(kind)
        .json_data(data)
        .map_err(ApiError::internal)
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .map(|number: EventNumber| Some(number.get()))
        .ok_or_else(|| {
            ApiError::new(
                ProblemKind::BadRequest,
                "Last-Event-ID is the number of an event; send the id of the last one received",
            )
            .in_field("Last-Event-ID")
        })
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(follow))
}
