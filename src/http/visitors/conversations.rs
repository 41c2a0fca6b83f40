//! `/v1/conversations`: open one, say something, read it, ask for a person, rate an answer.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::{
    ConversationState, Feedback, FeedbackReason, MAX_COMMENT_CHARS, NewConversation, Surface,
};
use crate::desk::{AskContext, Choice, Exchange, MAX_CONTACT_CHARS, MAX_NOTE_CHARS, Said};
use crate::http::edge::client::work::WorkProof;
use crate::http::edge::extract::{ApiJson, ApiPath, ApiQuery, Hints, RequestKey};
use crate::http::edge::guard::readers::Readers;
use crate::http::edge::guard::visitor::{Caller, OwnConversation};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::attachment::parsed;
use crate::http::wire::conversation::{ConversationResponse, ExchangeResponse, TicketBody};
use crate::http::wire::form::nothing::Nothing;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{
    Any, ArticleName, CutText, IdText, QuestionText, ServedTag, Text,
};
use crate::http::wire::locale;
use crate::http::wire::locale::Locale;
use crate::http::wire::page_context::PageContext;
use crate::http::wire::place::{PlaceResponse, ZoneQuery};
use crate::http::wire::rating::RatingCode;
use crate::ids::{ConversationId, MessageId};
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::locale::Locale as Page;
use crate::pipeline::asked_words;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};

/// A conversation to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenRequest {
    /// Locale of the page, such as `ja-JP`.
    #[serde(default)]
    page: Locale,
    /// Where on the web it is begun: what became of questions is told apart by it.
    surface: Option<SurfaceCode>,
}

/// Where on the web a conversation is begun.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SurfaceCode {
    /// The page of the chat itself.
    Page,
    /// The widget on a page of the operator's.
    Widget,
    /// The help bubble inside of an application.
    App,
    /// The help pages.
    Help,
}

impl From<SurfaceCode> for Surface {
    fn from(code: SurfaceCode) -> Self {
        match code {
            SurfaceCode::Page => Self::Page,
            SurfaceCode::Widget => Self::Widget,
            SurfaceCode::App => Self::App,
            SurfaceCode::Help => Self::Help,
        }
    }
}

/// A conversation that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenedResponse {
    /// The conversation.
    #[serde(flatten)]
    conversation: ConversationResponse,
    /// Opens it again, as the header `Mondo-Visitor`, to a visitor without a token; given this once.
    visitor_secret: Option<String>,
}

/// Something a visitor says: either `text` or `article`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageRequest {
    text: Option<String>,
    #[serde(default)]
    attachments: Vec<IdText>,
    article: Option<ArticleName>,
    #[serde(default, deserialize_with = "locale::served")]
    language: Option<Language>,
    #[serde(default)]
    page: Locale,
    context: Option<Object<PageContext>>,
}

/// The same, as it is described: words, files without words, or the option that was chosen.
#[derive(ToSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schema(as = MessageRequest)]
#[expect(
    dead_code,
    reason = "describes `MessageRequest` in the OpenAPI document"
)]
pub(super) enum DescribedMessage {
    /// What the visitor typed.
    #[schema(example = json!({ "text": "認証コードが届きません" }))]
    Words {
        /// What the visitor typed.
        text: QuestionText,
        /// Files attached before, by their ids.
        #[schema(required = false)]
        attachments: Vec<IdText>,
        /// Stays out.
        #[schema(required = false)]
        article: Nothing,
        /// Language the visitor chose; overrides detection.
        language: Option<ServedTag>,
        /// Locale of the page, such as `ja-JP`.
        #[schema(required = false)]
        page: Locale,
        /// Where the visitor asks; in doubt, what they are reading is what they mean.
        context: Option<PageContext>,
    },
    /// Files alone, while a person is responsible.
    Files {
        /// Stays empty.
        text: Option<EmptyText>,
        /// Files attached before, by their ids.
        #[schema(min_items = 1)]
        attachments: Vec<IdText>,
        /// Stays out.
        #[schema(required = false)]
        article: Nothing,
        /// Language the visitor chose.
        language: Option<ServedTag>,
        /// Locale of the page, such as `ja-JP`.
        #[schema(required = false)]
        page: Locale,
        /// Where the visitor is.
        context: Option<PageContext>,
    },
    /// The option that the visitor chose.
    #[schema(example = json!({ "article": "code-not-received" }))]
    Choice {
        /// Stays out.
        #[schema(required = false)]
        text: Nothing,
        /// Stays empty.
        #[schema(required = false, max_items = 0)]
        attachments: Vec<IdText>,
        /// The option the visitor chose.
        article: ArticleName,
        /// Language the visitor chose.
        language: Option<ServedTag>,
        /// Locale of the page, such as `ja-JP`.
        #[schema(required = false)]
        page: Locale,
        /// Where the visitor is.
        context: Option<PageContext>,
    },
}

/// No text.
type EmptyText = Text<Any, 0>;

/// A wish for a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EscalateRequest {
    /// Why, in the visitor's words.
    reason: Option<CutText>,
    /// How to reach the visitor outside the conversation.
    contact: Option<CutText>,
}

/// What a visitor thinks of an answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedbackRequest {
    /// Thumb up or down.
    rating: RatingCode,
    /// What was wrong, when something was.
    reason: Option<ReasonOfFeedback>,
    /// What the visitor adds.
    comment: Option<CutText>,
}

/// What was wrong with an answer.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReasonOfFeedback {
    /// It is not correct.
    Wrong,
    /// It is hard to understand.
    Unclear,
    /// It is not detailed enough.
    NotDetailed,
    /// It answers another question.
    OtherQuestion,
}

impl From<ReasonOfFeedback> for FeedbackReason {
    fn from(code: ReasonOfFeedback) -> Self {
        match code {
            ReasonOfFeedback::Wrong => FeedbackReason::Wrong,
            ReasonOfFeedback::Unclear => FeedbackReason::Unclear,
            ReasonOfFeedback::NotDetailed => FeedbackReason::NotDetailed,
            ReasonOfFeedback::OtherQuestion => FeedbackReason::OtherQuestion,
        }
    }
}

/// Opens a conversation. It belongs to the account in the token, or to whoever holds the secret in the reply.
#[utoipa::path(
    post,
    path = "/v1/conversations",
    tag = "conversations",
    request_body = OpenRequest,
    params(RequestKey, WorkProof),
    responses(
        (status = 201, description = "The conversation, which is its visitor's alone", body = OpenedResponse),
        ApiError,
    )
)]
async fn open_conversation(
    State(app): State<AppState>,
    caller: Caller,
    Hints(browser): Hints,
    key: Option<RequestKey>,
    ApiJson(request): ApiJson<OpenRequest>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<OpenedResponse>), ApiError> {
    let account = caller.shown.account;
    let spoken = account.as_ref().and_then(|account| account.language);
    let hints = request.page.added_to(browser);
    let new = NewConversation {
        page: request.page.0.page.or(spoken.map(Page::of)),
        accept_language: hints.accept_language,
        elsewhere: hints.elsewhere,
        script: hints.script,
        surface: request.surface.map(Surface::from),
    };
    let (conversation, secret) = app
        .visitors()
        .open_for(account, new, key.map(|key| key.0), app.now())
        .await?;
    let location = format!("/v1/conversations/{}", conversation.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(OpenedResponse {
            conversation: conversation.into(),
            visitor_secret: secret.map(|secret| secret.reveal().to_owned()),
        }),
    ))
}

/// Takes a visitor's message or choice, and answers it unless a person is responsible.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/messages",
    tag = "conversations",
    request_body = DescribedMessage,
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        RequestKey,
    ),
    responses(
        (status = 200, description = "The message as it was stored and what it led to", body = ExchangeResponse),
        ApiError,
    )
)]
async fn post_message(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    Readers(readership): Readers,
    Hints(browser): Hints,
    key: Option<RequestKey>,
    ApiJson(request): ApiJson<MessageRequest>,
) -> Result<Json<ExchangeResponse>, ApiError> {
    let key = key.map(|key| key.0);
    let started = Instant::now();
    let exchange = match (request.text, request.article) {
        (text, None) if text.is_some() || !request.attachments.is_empty() => {
            let text = text.filter(|text| !text.is_empty() || request.attachments.is_empty());
            let named = text.as_deref().unwrap_or_default();
            let said = Said {
                channels: app.settings().channels.look_up_in_message(named),
                words: text.map(|text| asked_words(&text)).transpose()?,
                files: parsed(&request.attachments)?,
            };
            let page = request.context.map(|context| context.0);
            let context = AskContext {
                question: None,
                contact: None,
                page: page.as_ref().and_then(PageContext::visited),
                reading: page.and_then(PageContext::reading),
                priors: request.page.added_to(browser),
                forced: request.language,
                readership,
            };
            app.visitors()
                .post_message(&id, said, context, key, app.now())
                .await?
        }
        (None, Some(article)) if request.attachments.is_empty() => {
            let choice = Choice {
                article: ArticleId::new(article.into_string()),
                readership,
            };
            app.visitors()
                .choose_option(&id, choice, key, app.now())
                .await?
        }
        _ => {
            return Err(ApiError::new(
                ProblemKind::BadRequest,
                "send either `text`, what the visitor typed, or `article`, the option they chose",
            )
            .in_field("text"));
        }
    };
    count(&app, &exchange, started);
    Ok(Json(ExchangeResponse::from(exchange).with_link(&app)))
}

fn count(app: &AppState, exchange: &Exchange, started: Instant) {
    let reply = exchange
        .reply
        .as_ref()
        .and_then(|message| message.reply.as_ref());
    if let Some(reply) = reply {
        app.metrics().answered(reply, started);
    }
}

/// Reads a conversation whole.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation", format = "uuid"), ZoneQuery),
    responses(
        (status = 200, description = "Everything said so far", body = ConversationResponse),
        ApiError,
    )
)]
async fn read_conversation(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiQuery(query): ApiQuery<ZoneQuery>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let zone = query.zone()?;
    let view = app.visitors().conversation(&id).await?;
    let place = match view.conversation.standing.state {
        ConversationState::Queued => {
            let place = app.visitors().place(&id, app.now()).await?;
            Some(PlaceResponse::new(place, &zone))
        }
        _ => None,
    };
    let body = ConversationResponse::from(view);
    Ok(Json(body.with_link(&app).with_place(place)))
}

/// Hands the conversation to a person.
///
/// A conversation that waits for a person already keeps its ticket, and that one is given back.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/escalate",
    tag = "conversations",
    request_body = EscalateRequest,
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        RequestKey,
    ),
    responses(
        (status = 200, description = "The ticket", body = TicketBody),
        ApiError,
    )
)]
async fn escalate(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    key: Option<RequestKey>,
    ApiJson(request): ApiJson<EscalateRequest>,
) -> Result<Json<TicketBody>, ApiError> {
    let reason = request.reason.and_then(|reason| {
        Words::shortened(&reason, MAX_NOTE_CHARS, Lines::Kept, Hides::Everything)
    });
    let contact = request.contact.and_then(|contact| {
        Words::shortened(
            &contact,
            MAX_CONTACT_CHARS,
            Lines::Joined,
            Hides::AllButContacts,
        )
    });
    let ticket = app
        .visitors()
        .escalate(&id, reason, contact, key.map(|key| key.0), app.now())
        .await?;
    Ok(Json(TicketBody::from(ticket).with_link(&app)))
}

/// Rates a reply of the bot; a later rating replaces an earlier one.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/messages/{message}/feedback",
    tag = "conversations",
    request_body = FeedbackRequest,
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        ("message" = String, Path, description = "A reply of the bot", format = "uuid"),
        RequestKey,
    ),
    responses(
        (status = 204, description = "The rating is kept"),
        ApiError,
    )
)]
async fn give_feedback(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiPath(path): ApiPath<(ConversationId, MessageId)>,
    key: Option<RequestKey>,
    ApiJson(request): ApiJson<FeedbackRequest>,
) -> Result<StatusCode, ApiError> {
    let (_, message) = path;
    let feedback = Feedback {
        rating: request.rating.into(),
        reason: request.reason.map(FeedbackReason::from),
        comment: request.comment.and_then(|comment| {
            Words::shortened(&comment, MAX_COMMENT_CHARS, Lines::Kept, Hides::Everything)
        }),
    };
    app.visitors()
        .give_feedback(&id, message, feedback, key.map(|key| key.0), app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(open_conversation))
        .routes(routes!(read_conversation))
        .routes(routes!(post_message))
        .routes(routes!(escalate))
        .routes(routes!(give_feedback))
}
