//! Pieces of the console that are swapped while it is open.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use super::clocks::length;
use super::shell::private;
use super::words::Preferences;
use crate::conversation::{
    Attachment, Author, ConversationId, ConversationState, Message, Speaker, Timestamp,
};
use crate::desk::{QueueEntry, QueueFilter, Suggestion, SuggestionSource};
use crate::http::extract::{ApiPath, ApiQuery};
use crate::http::problem::ApiError;
use crate::http::staff::Staff;
use crate::http::state::AppState;
use crate::knowledge::to_plain_text;
use crate::language::Language;
use crate::staff::{Agent, Permission};

/// Parts of the queue by the word that names them.
pub(super) const FILTERS: [(&str, &str); 5] = [
    ("all", "all"),
    ("queued", "waiting"),
    ("mine", "mine"),
    ("bot", "withBot"),
    ("closed", "closed"),
];

/// Which part of the queue is wanted.
#[derive(Debug, Deserialize)]
pub(super) struct QueueQuery {
    #[serde(default)]
    filter: String,
}

/// The queue.
pub(super) async fn queue(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiQuery(query): ApiQuery<QueueQuery>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let mut filter = QueueFilter::default();
    match query.filter.as_str() {
        "mine" => filter.agent = Some(staff.agent()?.id),
        other => filter.state = other.parse().ok(),
    }
    let view = app.desk().queue(&filter).await?;
    render_queue(&preferences, &view.entries, app.now()).map(private)
}

/// Renders lines of the queue.
pub(super) fn render_queue(
    preferences: &Preferences,
    entries: &[QueueEntry],
    now: Timestamp,
) -> Result<String, ApiError> {
    let entries: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let waited = entry.waiting_since.map(|since| {
                let time = length(preferences, now.millis_since(since).max(0));
                preferences.filled("waitingFor", &[("time", &time)])
            });
            context! {
                conversation => entry.conversation.to_string(),
                state => entry.state.code(),
                number => entry.number.map(|number| number.to_string()),
                priority => entry.priority.map(|priority| priority.code()),
                priority_word => entry.priority.map(|priority| preferences.word(priority.code())),
                language => entry.language.map(Language::code),
                summary => &entry.summary,
                holder => standing_word(preferences, entry.state, entry.agent.as_ref()),
                waited,
            }
        })
        .collect();
    preferences.piece("queue.html", context! { entries })
}

fn standing_word(
    preferences: &Preferences,
    state: ConversationState,
    holder: Option<&Speaker>,
) -> String {
    match holder {
        Some(holder) => preferences.filled("heldBy", &[("name", &holder.name)]),
        None => preferences.word(&format!("{}_state", state.code())),
    }
}

/// One conversation: what can be done, what was said, where to write.
pub(super) async fn conversation(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let view = app.desk().conversation(&id).await?;
    let standing = view.conversation.standing;
    let me = staff.principal.agent();
    let holder = match standing.agent {
        Some(agent) => Some(app.desk().agent(&agent).await?.name),
        None => None,
    };
    let acts: Vec<(&str, String)> = acts_for(standing.state, standing.agent, me)
        .iter()
        .map(|act| (*act, preferences.word(act)))
        .collect();
    let messages: Vec<Value> = view
        .messages
        .into_iter()
        .map(|message| message_values(&preferences, message))
        .collect();
    let language = view
        .conversation
        .language
        .or(view.conversation.opened_with.page_language());
    let piece = preferences.piece(
        "conversation.html",
        context! {
            id => id.to_string(),
            state => standing.state.code(),
            state_word => preferences.word(&format!("{}_state", standing.state.code())),
            holder,
            held_by_me => standing.agent.is_some() && standing.agent == me.map(|me| me.id),
            number => view.ticket.map(|ticket| ticket.number.to_string()),
            visitor_language => language.map_or("", Language::code),
            acts,
            messages,
            lookers => lookers_of(&app, &preferences, &id, me),
            visitor_here => app.desk().visitor_is_here(&id),
        },
    )?;
    Ok(private(piece))
}

/// Who else looks at a conversation, in words.
fn lookers_of(
    app: &AppState,
    preferences: &Preferences,
    id: &ConversationId,
    me: Option<&Agent>,
) -> Option<String> {
    let others: Vec<String> = app
        .desk()
        .lookers(id, app.now())
        .into_iter()
        .filter(|looker| me.is_none_or(|me| me.id != looker.agent))
        .map(|looker| looker.name)
        .collect();
    let names = others.join(", ");
    (!others.is_empty()).then(|| preferences.filled("alsoHere", &[("name", &names)]))
}

/// Who else looks at a conversation.
pub(super) async fn presence(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let lookers = lookers_of(&app, &preferences, &id, staff.principal.agent());
    let visitor_here = app.desk().visitor_is_here(&id);
    let piece = preferences.piece("presence.html", context! { lookers, visitor_here })?;
    Ok(private(piece))
}

/// What somebody can do here; the server refuses the rest anyway.
fn acts_for(
    state: ConversationState,
    holder: Option<crate::conversation::AgentId>,
    me: Option<&Agent>,
) -> &'static [&'static str] {
    let Some(me) = me.filter(|me| me.role.may(Permission::WorkConversations)) else {
        return &[];
    };
    let within_reach = holder == Some(me.id) || me.role.may(Permission::AssignWork);
    match state {
        ConversationState::Bot | ConversationState::Queued => &["claim", "close"],
        ConversationState::Agent if within_reach => &["close", "requeue", "return"],
        ConversationState::Agent => &[],
        ConversationState::Closed => &["reopen"],
    }
}

fn message_values(preferences: &Preferences, message: Message) -> Value {
    let who = match (message.author, message.speaker) {
        (Author::Agent, Some(speaker)) => speaker.name,
        (author, _) => preferences.word(author.code()),
    };
    context! {
        author => message.author.code(),
        who,
        text => message.text,
        files => message.attachments.iter().map(file_values).collect::<Vec<_>>(),
        language => message.language.map(Language::code),
        sequence => message.sequence,
        created => message.created.to_string(),
    }
}

/// A picture is shown small, anything else is only named.
fn file_values(attachment: &Attachment) -> Value {
    let (id, conversation) = (&attachment.id, &attachment.conversation);
    let file = &attachment.file;
    context! {
        name => attachment.name.to_string(),
        picture => file.kind.is_picture(),
        kind => file.kind.code(),
        kilobytes => file.bytes.div_ceil(1024),
        width => file.pixels.map(|(width, _)| width),
        height => file.pixels.map(|(_, height)| height),
        address => format!("/v1/staff/conversations/{conversation}/attachments/{id}"),
    }
}

/// Suggested replies for a conversation.
pub(super) async fn suggestions(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let found = match staff.principal.may(Permission::ReadSuggestions) {
        true => app.desk().suggest_for(&id, app.now()).await?,
        false => Vec::new(),
    };
    let suggestions: Vec<Value> = found
        .into_iter()
        .map(|suggestion| suggestion_values(&preferences, suggestion))
        .collect();
    let piece = preferences.piece("suggestions.html", context! { suggestions })?;
    Ok(private(piece))
}

fn suggestion_values(preferences: &Preferences, suggestion: Suggestion) -> Value {
    let Suggestion {
        source,
        title,
        text,
        language,
        confidence,
    } = suggestion;
    let (code, id, revision, link, span, seen) = match source {
        SuggestionSource::Article {
            article,
            revision,
            link,
            span,
            seen,
        } => {
            let revision = Some(revision.to_string());
            let span = span.map(|span| to_plain_text(&span.text));
            (
                "article",
                article.to_string(),
                revision,
                Some(link),
                span,
                seen,
            )
        }
        SuggestionSource::Drafted {
            articles,
            revision,
            link,
        } => {
            let first = articles.first().map(ToString::to_string);
            let revision = Some(revision.to_string());
            let link = Some(link);
            (
                "drafted",
                first.unwrap_or_default(),
                revision,
                link,
                None,
                false,
            )
        }
        SuggestionSource::Macro { id } => ("macro", id, None, None, None, false),
        SuggestionSource::SentReply { message, .. } => {
            ("sent_reply", message.to_string(), None, None, None, false)
        }
    };
    context! {
        source => code,
        source_word => preferences.word(code),
        id,
        revision,
        link,
        span,
        seen,
        title,
        text,
        language => language.map(Language::code),
        percent => (confidence * 100.0).round() as i64,
    }
}
