//! `/t/{token}`: the status page of a ticket, for whoever holds its signed link; whole without JavaScript.

use std::str::FromStr as _;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, extract::Request};
use jiff::tz::TimeZone;
use minijinja::{Value, context};
use serde::Deserialize;

use super::answer::{Answer, most_bytes, read_answer};
use crate::conversation::{
    Author, ConversationState, Message, RefusedLink, Ticket, TicketNumber, TicketStatus,
};
use crate::desk::{AskContext, ConversationView, IdempotencyKey, Place, StatusAnswer, Waits};
use crate::http::edge::client::origin::Origin;
use crate::http::edge::files::downloads::download;
use crate::http::edge::language::{hints, visitor_locale};
use crate::http::edge::pages::templates::named;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::help::frame::Frame;
use crate::http::wire::place::local;
use crate::ids::{AttachmentId, ConversationId};
use crate::knowledge::Readership;
use crate::language::{ChineseScript, Language};
use crate::locale::{Locale, StatusWords, filled, words};
use crate::pipeline::{InvalidQuestion, asked_words};
use crate::time::Timestamp;

/// How the page is wanted.
#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    /// Tag of a locale; otherwise the one the browser asks for, in the language of the matter.
    lang: Option<String>,
    /// Whether an answer was just sent.
    sent: Option<String>,
}

async fn page(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let number = match app.visitors().read_status_token(&token, app.now()) {
        Ok(number) => number,
        Err(refused) => return explain(&app, &headers, &query, refused),
    };
    let shown = Shown {
        is_sent: query.sent.is_some(),
        ..Shown::default()
    };
    show(&app, &headers, &token, number, &query, shown).await
}

async fn answer(
    State(app): State<AppState>,
    Path(token): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ApiError> {
    let number = match app.visitors().read_status_token(&token, app.now()) {
        Ok(number) => number,
        Err(refused) => return explain(&app, &headers, &query, refused),
    };
    let answer = match read_answer(&app, request).await {
        Ok(answer) => answer,
        Err(error) => return unsaid(&app, &headers, &token, number, &query, error, "").await,
    };
    let text = answer.text.clone();
    let goes_on = match take_answer(&app, &headers, number, answer).await {
        Ok(goes_on) => goes_on,
        Err(error) => return unsaid(&app, &headers, &token, number, &query, error, &text).await,
    };
    let token = match goes_on == number {
        true => token,
        false => app.visitors().status_token(goes_on, app.now()),
    };
    let lang = query.lang.as_deref().and_then(Locale::from_tag);
    let lang = lang.map_or_else(String::new, |locale| format!("&lang={}", locale.tag()));
    Ok(Redirect::to(&format!("/t/{token}?sent=1{lang}#sent")).into_response())
}

async fn take_answer(
    app: &AppState,
    headers: &HeaderMap,
    number: TicketNumber,
    answer: Answer,
) -> Result<TicketNumber, ApiError> {
    let Answer { text, key, files } = answer;
    let words = match asked_words(&text) {
        Err(InvalidQuestion::Empty) if !files.is_empty() => None,
        words => Some(words?),
    };
    let answer = StatusAnswer {
        words,
        files,
        context: AskContext {
            question: None,
            contact: None,
            page: None,
            reading: None,
            priors: hints(headers),
            forced: None,
            readership: Readership::ANYBODY,
        },
        key: IdempotencyKey::from_str(&key)?,
    };
    let desk = app.visitors();
    Ok(desk
        .answer_on_status_page(number, answer, app.now())
        .await?)
}

/// Shows the page again with what the visitor typed and what they can do, where they can do something.
async fn unsaid(
    app: &AppState,
    headers: &HeaderMap,
    token: &str,
    number: TicketNumber,
    query: &PageQuery,
    error: ApiError,
    text: &str,
) -> Result<Response, ApiError> {
    let kind = error.kind();
    if !kind.status().is_client_error() && kind != ProblemKind::Busy {
        return Err(error);
    }
    let shown = Shown {
        fault: Some(kind),
        text: text.to_owned(),
        ..Shown::default()
    };
    let page = show(app, headers, token, number, query, shown).await?;
    Ok((kind.status(), page).into_response())
}

/// A file of the matter.
async fn file(
    State(app): State<AppState>,
    origin: Origin,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let number = app
        .visitors()
        .read_status_token(&token, app.now())
        .map_err(|refused| ApiError::new(ProblemKind::NotFound, refused.to_string()))?;
    let id: AttachmentId = id.parse()?;
    let read = async {
        let ticket = app.visitors().ticket(number).await?;
        Ok(app.visitors().attachment(&ticket.conversation, &id).await?)
    };
    download(&app, origin, read, "same-origin").await
}

/// What this request adds to the page.
#[derive(Default)]
struct Shown {
    is_sent: bool,
    fault: Option<ProblemKind>,
    text: String,
}

async fn show(
    app: &AppState,
    headers: &HeaderMap,
    token: &str,
    number: TicketNumber,
    query: &PageQuery,
    shown: Shown,
) -> Result<Response, ApiError> {
    let ticket = app.visitors().ticket(number).await?;
    let mut view = app.visitors().conversation(&ticket.conversation).await?;
    let place = app
        .visitors()
        .place(&ticket.conversation, app.now())
        .await?;
    let locale = locale_for(headers, query, Some(&ticket));
    if locale.script().is_traditional() {
        view.messages = in_readers_script(view.messages, locale.script()).await?;
    }
    // The zone the visitor wrote from, until the page's script knows the one it is read in.
    let page = view.conversation.page.as_ref();
    let zone = page
        .and_then(|page| TimeZone::get(page.time_zone.as_deref()?).ok())
        .unwrap_or(TimeZone::UTC);
    let say = &words(locale).status;
    let (state, next) = standing(say, &ticket, &view);
    let is_waiting =
        ticket.status.is_open() && view.conversation.standing.state == ConversationState::Queued;
    let page = context! {
        heading => filled(&say.title, &[("number", &number.to_string())]),
        number => number.to_string(),
        state,
        next,
        waits => is_waiting.then(|| waits(say, &place)),
        // Who waits for nothing is not told when somebody is back.
        desk_hours => ticket.status.is_open().then(|| hours(say, &place, &zone)),
        week => week(&place, &zone),
        zone => context! {
            words => &say.zone,
            told => filled(&say.zone, &[("zone", zone.iana_name().unwrap_or("UTC"))]),
            desk => &place.desk_zone,
        },
        messages => messages(say, token, view.messages, &zone),
        sent => shown.is_sent.then_some(&say.sent),
        fault => shown.fault.map(|kind| kind.said_in(locale)),
        text => shown.text,
        key => ConversationId::generate(app.now()).to_string(),
        action => format!("/t/{token}?lang={}", locale.tag()),
        switch => switch(locale, &format!("/t/{token}")),
        status => named(say)?,
    };
    Ok(render(app, locale, page)?.into_response())
}

/// What mondo itself said may have been read in other characters; people's words stay as they wrote them.
async fn in_readers_script(
    mut messages: Vec<Message>,
    script: ChineseScript,
) -> Result<Vec<Message>, ApiError> {
    let converting = tokio::task::spawn_blocking(move || {
        for message in &mut messages {
            let is_own = matches!(message.author, Author::Bot | Author::System);
            if is_own && message.language == Some(Language::Chinese) {
                message.text = script.written(&message.text).into_owned();
            }
        }
        messages
    });
    converting.await.map_err(ApiError::internal)
}

/// Says kindly why a link does not work and what to do.
fn explain(
    app: &AppState,
    headers: &HeaderMap,
    query: &PageQuery,
    refused: RefusedLink,
) -> Result<Response, ApiError> {
    let locale = locale_for(headers, query, None);
    let say = &words(locale).status;
    let (status, refusal) = match refused {
        RefusedLink::Tampered => (StatusCode::NOT_FOUND, &say.tampered),
        RefusedLink::Expired => (StatusCode::GONE, &say.expired),
    };
    let page = context! {
        heading => &say.refused,
        refusal,
        switch => Vec::<Value>::new(),
        status => named(say)?,
    };
    Ok((status, render(app, locale, page)?).into_response())
}

fn render(app: &AppState, locale: Locale, page: Value) -> Result<Html<String>, ApiError> {
    Frame::new(app, locale, "").render("status.html", page)
}

/// The visitor's own choice, else their browser's script of the language of the matter, else that language.
fn locale_for(headers: &HeaderMap, query: &PageQuery, ticket: Option<&Ticket>) -> Locale {
    let asked = visitor_locale(headers);
    match (query.lang.as_deref().and_then(Locale::from_tag), ticket) {
        (Some(chosen), _) => chosen,
        (None, Some(ticket)) if asked.language() != ticket.language => Locale::of(ticket.language),
        (None, _) => asked,
    }
}

fn switch(current: Locale, address: &str) -> Vec<Value> {
    Locale::ALL
        .into_iter()
        .map(|locale| {
            context! {
                tag => locale.tag(),
                name => locale.endonym(),
                link => format!("{address}?lang={}", locale.tag()),
                current => locale == current.worded(),
            }
        })
        .collect()
}

/// What has become of the matter, and what happens next.
fn standing<'w>(
    say: &'w StatusWords,
    ticket: &Ticket,
    view: &ConversationView,
) -> (&'w str, &'w str) {
    match (ticket.status, view.conversation.standing.state) {
        (TicketStatus::Solved, _) => (&say.solved, &say.solved_next),
        (TicketStatus::Closed, _) => (&say.closed, &say.closed_next),
        (TicketStatus::Pending, _) => (&say.pending, &say.pending_next),
        (TicketStatus::AwaitingIdentity, _) => (&say.identity, &say.identity_next),
        (TicketStatus::Open, ConversationState::Agent) => (&say.agent, &say.agent_next),
        (TicketStatus::Open, ConversationState::Bot) => (&say.bot_answers, &say.bot_next),
        (TicketStatus::Open, _) => (&say.queued, &say.queued_next),
    }
}

/// Place in the queue and what others have waited, counted and measured.
fn waits(say: &StatusWords, place: &Place) -> Vec<String> {
    let before = match place.before {
        Some(0) => Some(say.first.clone()),
        Some(count) => Some(filled(&say.before, &[("count", &count.to_string())])),
        None => None,
    };
    let measured = match place.waits {
        Some(Waits { half_ms, most_ms }) => {
            // Rounded up: whoever is told three minutes should not wait four.
            let minutes = |millis: i64| (millis.max(0).unsigned_abs().div_ceil(60_000)).to_string();
            let values = [("half", minutes(half_ms)), ("most", minutes(most_ms))];
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            filled(&say.waits, &values)
        }
        None => say.no_waits.clone(),
    };
    before.into_iter().chain([measured]).collect()
}

/// Whether somebody is there, as the chat says it too; the page's script puts the moment into the reader's zone.
fn hours(say: &StatusWords, place: &Place, zone: &TimeZone) -> Value {
    let until = place.hours.first().map(|(_, end)| *end);
    let (sentence, moment) = match (place.here, place.open, place.opens, until) {
        (true, true, _, Some(until)) => (&say.open_until, Some(until)),
        (true, ..) => (&say.open_now, None),
        (false, true, ..) => (&say.away, None),
        (false, false, Some(opens), _) => (&say.opens, Some(opens)),
        (false, false, None, _) => (&say.shut, None),
    };
    // The longest span that is told is a week; beyond it, "until" says nothing.
    if place.here && is_always_open(place) {
        return context! { before => &say.open_now };
    }
    let (before, after) = sentence.split_once("{time}").unwrap_or((sentence, ""));
    context! { before, after, time => moment.map(|moment| time(moment, zone)) }
}

/// The opening hours of the days to come; a desk that never closes has none to tell.
fn week(place: &Place, zone: &TimeZone) -> Vec<Value> {
    if is_always_open(place) {
        return Vec::new();
    }
    let spans = place.hours.iter();
    let told = spans.map(|(from, to)| {
        let until = local(*to, zone).strftime("%H:%M");
        context! {
            from => time(*from, zone),
            to => context! { machine => to.to_string(), shown => until.to_string() },
        }
    });
    told.collect()
}

fn is_always_open(place: &Place) -> bool {
    let is_a_week = |(from, to): &(Timestamp, Timestamp)| to.millis_since(*from) >= 7 * 86_400_000;
    place.open && place.hours.len() == 1 && place.hours.iter().all(is_a_week)
}

fn time(moment: Timestamp, zone: &TimeZone) -> Value {
    let shown = match *zone == TimeZone::UTC {
        true => local(moment, zone).strftime("%Y-%m-%d %H:%M UTC"),
        false => local(moment, zone).strftime("%Y-%m-%d %H:%M"),
    };
    context! { machine => moment.to_string(), shown => shown.to_string() }
}

fn messages(say: &StatusWords, token: &str, messages: Vec<Message>, zone: &TimeZone) -> Vec<Value> {
    messages
        .into_iter()
        .map(|message| {
            let who = match (message.author, &message.speaker) {
                (Author::Visitor, _) => say.you.clone(),
                (Author::Agent, Some(speaker)) => speaker.name.clone(),
                (Author::Agent, None) => say.staff.clone(),
                (Author::Bot, _) => say.bot.clone(),
                (Author::System, _) => say.notice.clone(),
            };
            let files: Vec<Value> = message
                .attachments
                .iter()
                .map(|file| {
                    context! {
                        name => file.name.as_str(),
                        size => filled(&say.size, &[("size", &kilobytes(file.file.bytes))]),
                        link => format!("/t/{token}/files/{}", file.id),
                    }
                })
                .collect();
            context! {
                who,
                author => message.author.code(),
                text => message.text,
                lang => message.language.map(|language| language.code()),
                time => time(message.created, zone),
                files,
            }
        })
        .collect()
}

fn kilobytes(bytes: usize) -> String {
    bytes.div_ceil(1_024).to_string()
}

/// Middleware: nobody keeps, lists or is told the address of such a page.
pub(in crate::http::help) async fn keep_private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The pages.
pub(in crate::http) fn router() -> Router<AppState> {
    Router::new()
        .route("/t/{token}", get(page))
        .layer(middleware::from_fn(crate::http::edge::pages::assets::guard))
        .layer(middleware::from_fn(keep_private))
}

/// Files, and answers that may bring some: their time depends on the visitor's connection. Files come without the policy of the
/// pages, as they have a stricter one.
pub(in crate::http) fn lasting(app: &AppState) -> Router<AppState> {
    Router::new()
        .route("/t/{token}", post(answer))
        .layer(DefaultBodyLimit::max(most_bytes(app)))
        .layer(middleware::from_fn(crate::http::edge::pages::assets::guard))
        .route("/t/{token}/files/{id}", get(file))
        .layer(middleware::from_fn(keep_private))
}
