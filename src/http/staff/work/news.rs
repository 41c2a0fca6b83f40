//! `GET /v1/staff/news`: which conversations change, by server-sent events.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::News;
use crate::http::edge::guard::lasting::Shown;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::limits::take_stream_place;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::Permission;

/// Tells which conversations change.
///
/// `changed` carries the id of a conversation and the number of its newest event; `missed` means that the queue should
/// be read anew, as it should after every connection, so nothing can be lost. Four more are not kept: `typing` carries
/// the id of a conversation whose visitor is writing, for six seconds; `visitor` carries an id and `here` or `away`;
/// `read` carries an id and the number of the newest event that the visitor has read;
/// `looking` carries the id of a conversation that a colleague has come to look at or has left.
/// The events end with the session or key that they were opened with.
/// While a member of staff who may answer follows the news, visitors are told that somebody is there.
#[utoipa::path(
    get,
    path = "/v1/staff/news",
    tag = "staff",
    responses(
        (status = 200, description = "Events without end", body = String, content_type = "text/event-stream"),
        ApiError,
    )
)]
async fn follow(
    State(app): State<AppState>,
    staff: Staff,
    shown: Shown,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let place = take_stream_place(&app, &[])?;
    let attending = staff
        .principal
        .agent()
        .filter(|agent| agent.role.may(Permission::WorkConversations))
        .map(|agent| {
            app.workplace()
                .attend(agent, app.settings().presence_grace())
        });
    let news = app
        .workplace()
        .news()
        .take_until(app.closing())
        .take_until(Box::pin(shown.ended(app.clone())));
    let sent = async_stream::stream! {
        let _held = (place, attending);
        // The first event says that listening has begun: what is read after it misses nothing.
        yield Ok(Event::default().event("missed").data(""));
        for await news in news {
            yield Ok(match news {
                News::Changed { conversation, sequence } => Event::default()
                    .event("changed")
                    .data(format!("{conversation} {sequence}")),
                News::Looking { conversation } => Event::default()
                    .event("looking")
                    .data(conversation.to_string()),
                News::Typing { conversation } => Event::default()
                    .event("typing")
                    .data(conversation.to_string()),
                News::Visitor { conversation, here } => Event::default()
                    .event("visitor")
                    .data(format!("{conversation} {}", if here { "here" } else { "away" })),
                News::Read { conversation, up_to } => Event::default()
                    .event("read")
                    .data(format!("{conversation} {up_to}")),
                News::Missed => Event::default().event("missed").data(""),
            });
        }
    };
    let keep_alive = KeepAlive::new().interval(app.settings().keep_alive());
    Ok(Sse::new(sent).keep_alive(keep_alive))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(follow))
}
