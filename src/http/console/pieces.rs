//! Pieces of the console that are swapped while it is open.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use super::shell::private;
use super::words::Preferences;
use crate::conversation::{Attachment, Author, ConversationState, Message};
use crate::desk::{Suggestion, SuggestionSource, Twin, TwinKind};
use crate::http::edge::extract::ApiPath;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::ConversationId;
use crate::language::Language;
use crate::staff::{Agent, Permission};

/// An article that is less likely to answer than this is not shown beside a better one.
const LEAST_SHOWN: f32 = 0.05;

/// One conversation: what can be done, what was said, where to write.
pub(super) async fn conversation(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let view = app.workplace().conversation(&id).await?;
    let standing = view.conversation.standing;
    let me = staff.principal.agent();
    let holder = match standing.agent {
        Some(agent) => Some(app.workplace().agent(&agent).await?.name),
        None => None,
    };
    let acts: Vec<(&str, String)> = acts_for(standing.state, standing.agent, me)
        .iter()
        .map(|act| (*act, preferences.word(act)))
        .collect();
    let language = view
        .conversation
        .language
        .or(view.conversation.opened_with.page_language());
    let read = view.reads.visitor;
    let messages: Vec<Value> = view
        .messages
        .into_iter()
        .map(|mut message| {
            // What is said to a person is not read by the bot, so its language is that of the talk.
            if message.author == Author::Visitor {
                message.language = message.language.or(language);
            }
            message_values(&preferences, message)
        })
        .collect();
    let piece = preferences.piece(
        "conversation.html",
        context! {
            id => id.to_string(),
            state => standing.state.code(),
            state_word => preferences.word(&format!("{}_state", standing.state.code())),
            holder,
            held_by_me => standing.agent.is_some() && standing.agent == me.map(|me| me.id),
            number => view.ticket.map(|ticket| ticket.number.to_string()),
            locale => preferences.locale().worded().tag(),
            visitor_language => language.map_or("", Language::code),
            may_snooze => may_snooze(standing.state, standing.agent, me),
            snoozed_until => view.conversation.snoozed_until.map(|until| until.to_string()),
            acts,
            messages,
            read,
            may_work => me.is_some_and(|me| me.role.may(Permission::WorkConversations)),
            lookers => lookers_of(&app, &preferences, &id, me),
            visitor_here => app.workplace().visitor_is_here(&id),
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
        .workplace()
        .viewers(id, app.now())
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
    let visitor_here = app.workplace().visitor_is_here(&id);
    let piece = preferences.piece("presence.html", context! { lookers, visitor_here })?;
    Ok(private(piece))
}

/// What somebody can do here; the server refuses the rest anyway.
fn acts_for(
    state: ConversationState,
    holder: Option<crate::ids::AgentId>,
    me: Option<&Agent>,
) -> &'static [&'static str] {
    let Some(me) = me.filter(|me| me.role.may(Permission::WorkConversations)) else {
        return &[];
    };
    let within_reach = holder == Some(me.id) || me.role.may(Permission::AssignWork);
    match state {
        ConversationState::Bot | ConversationState::Queued => &["claim", "close"],
        // Ending it stands last, far from where taking over was.
        ConversationState::Agent if within_reach => &["requeue", "return", "close"],
        ConversationState::Agent => &[],
        ConversationState::Closed => &["reopen"],
    }
}

/// Whoever holds a conversation puts it aside, or a lead does.
fn may_snooze(
    state: ConversationState,
    holder: Option<crate::ids::AgentId>,
    me: Option<&Agent>,
) -> bool {
    let Some(me) = me.filter(|me| me.role.may(Permission::WorkConversations)) else {
        return false;
    };
    let within_reach = holder == Some(me.id) || me.role.may(Permission::AssignWork);
    state == ConversationState::Agent && within_reach
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
        true => app.workplace().suggest_for(&id, app.now()).await?,
        false => Vec::new(),
    };
    let found = worth_reading(found);
    let reader = preferences.reader();
    let twins = app.workplace().twins(&found, reader, app.now()).await?;
    let suggestions: Vec<Value> = found
        .into_iter()
        .zip(twins)
        .map(|(suggestion, twin)| suggestion_values(&preferences, suggestion, twin))
        .collect();
    let piece = preferences.piece("suggestions.html", context! { suggestions })?;
    Ok(private(piece))
}

/// Leaves out what is hardly ever right: whoever reads it loses time. The first stays however unlikely it is, unless it
/// would be told as nothing at all.
fn worth_reading(mut found: Vec<Suggestion>) -> Vec<Suggestion> {
    let best = found.first().map_or(0.0, |first| first.confidence);
    found.retain(|one| one.confidence >= LEAST_SHOWN || one.confidence == best && best >= 0.005);
    found
}

fn suggestion_values(
    preferences: &Preferences,
    suggestion: Suggestion,
    twin: Option<Twin>,
) -> Value {
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
            owner: _,
            span,
            seen,
        } => {
            let revision = Some(revision.to_string());
            let span = span.map(|span| span.text);
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
        twin => twin.map(|twin| twin_values(preferences, twin)),
    }
}

/// A twin with a word on how far it says the same.
pub(super) fn twin_values(preferences: &Preferences, twin: Twin) -> Value {
    let Twin { kind, title, text } = twin;
    let percent = match kind {
        TwinKind::Near { percent } => Some(percent),
        _ => None,
    };
    context! {
        kind => kind.code(),
        kind_word => preferences.word(&format!("twin_{}", kind.code())),
        percent,
        title,
        text,
        language => preferences.locale().worded().tag(),
    }
}
