//! `/v1/staff/queue` and `/v1/staff/conversations`: what waits, and what is done about it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::{ConversationState, TicketQueue};
use crate::desk::{
    DeskError, Given, MAX_MESSAGE_CHARS, QueueFilter, QueueOrder, StaffAct, StaffOutcome,
    UsedSuggestion, words_of_staff,
};
use crate::http::edge::extract::{ApiJson, ApiPath, ApiQuery, RequestKey};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::staff::wire::{ActResponse, QueueResponse, TeamName, WantedTag};
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::attachment::parsed;
use crate::http::wire::conversation::MessageBody;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Any, ArticleName, IdText, ServedTag, Text};
use crate::http::wire::locale;
use crate::ids::{AgentId, ConversationId};
use crate::knowledge::{ArticleId, Revision};
use crate::language::Language;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};
use crate::schedule::Priority;
use crate::staff::Permission;

/// Which part of the queue is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QueueQuery {
    /// In this state only.
    #[param(inline)]
    state: Option<ConversationStateCode>,
    /// Held by me only.
    #[serde(default)]
    mine: bool,
    /// In this queue only.
    #[param(inline)]
    queue: Option<TicketQueueCode>,
    /// Of this priority only.
    #[param(inline)]
    priority: Option<WantedPriority>,
    /// For this team only.
    #[param(inline)]
    team: Option<TeamName>,
    /// With this tag only.
    #[param(inline)]
    tag: Option<WantedTag>,
    /// Only what is put aside; otherwise only what is not.
    #[serde(default)]
    snoozed: bool,
    /// In which order: the most urgent first where none is named.
    #[param(inline)]
    order: Option<QueueOrderCode>,
    /// Only what waits and fits me, by language, level, urgency and skill; the first is what `next` gives.
    #[serde(default)]
    offered: bool,
    /// Only what waits and no agent who is at the desk may take, by language and level.
    #[serde(default)]
    stranded: bool,
    /// In this language only.
    #[serde(default, deserialize_with = "locale::served")]
    #[param(inline, value_type = Option<ServedTag>)]
    language: Option<Language>,
}

/// Who answers.
type ConversationStateCode = Code<ConversationState>;

/// Where a conversation waits.
type TicketQueueCode = Code<TicketQueue>;

/// How soon something should be taken.
type WantedPriority = Code<Priority>;

/// In which order a queue is read.
type QueueOrderCode = Code<QueueOrder>;

/// Reads the queue.
#[utoipa::path(
    get,
    path = "/v1/staff/queue",
    tag = "staff",
    params(QueueQuery),
    responses(
        (status = 200, description = "What waits for a person and what is with one", body = QueueResponse),
        ApiError,
    )
)]
async fn read_queue(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<QueueQuery>,
) -> Result<Json<QueueResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let filter = QueueFilter {
        state: query.state.map(|code| code.0),
        agent: match query.mine {
            true => Some(staff.agent()?.id),
            false => None,
        },
        language: query.language,
        queue: query.queue.map(|code| code.0),
        priority: query.priority.map(|code| code.0),
        team: query.team.map(Text::into_string),
        tag: query.tag.map(|tag| tag.to_lowercase()),
        snoozed: query.snoozed,
        order: query.order.map(|code| code.0).unwrap_or_default(),
    };
    let view = app.workplace().queue(&filter, app.now()).await?;
    let entries = match (query.offered, query.stranded) {
        (true, _) => app.workplace().offers(staff.agent()?).await?,
        (false, true) => app.workplace().stranded(app.now()).await?,
        (false, false) => view.entries.clone(),
    };
    let me = staff.principal.agent();
    Ok(Json(QueueResponse::new(entries, &view.tally, me)))
}

/// What the next conversation is.
#[derive(Debug, Serialize, ToSchema)]
struct NextResponse {
    /// The conversation that is yours now; nothing when nothing waits that fits you.
    conversation: Option<String>,
    /// How it stands.
    act: Option<ActResponse>,
    /// Nothing was given because you hold as many as you are to hold.
    hands_full: bool,
    /// When nothing fits you, how many wait for somebody else.
    others: i64,
}

/// Takes the conversation that fits best: in a language of yours, of a level of yours, the most urgent first, of those
/// what you know about, of those the one that waits longest. Two who ask at once get different ones.
#[utoipa::path(
    post,
    path = "/v1/staff/queue/next",
    tag = "staff",
    params(RequestKey),
    responses(
        (status = 200, description = "What was taken", body = NextResponse),
        ApiError,
    )
)]
async fn next(
    State(app): State<AppState>,
    staff: Staff,
    key: Option<RequestKey>,
) -> Result<Json<NextResponse>, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    let taken = app
        .workplace()
        .take_next(by, key.map(|key| key.0), app.now())
        .await?;
    let nothing = NextResponse {
        conversation: None,
        act: None,
        hands_full: false,
        others: 0,
    };
    Ok(Json(match taken {
        Given::Taken(id, outcome) => NextResponse {
            conversation: Some(id.to_string()),
            act: Some(ActResponse::from(outcome)),
            ..nothing
        },
        Given::HandsFull => NextResponse {
            hands_full: true,
            ..nothing
        },
        Given::NothingFits { others } => NextResponse { others, ..nothing },
    }))
}

/// Something staff do to a conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActRequest {
    /// What is done.
    act: ActCode,
    /// With `assign`, the agent who holds it from now on.
    to: Option<IdText>,
}

/// The same, as it is described: to whom, where somebody is given it.
#[derive(ToSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schema(as = ActRequest)]
#[expect(dead_code, reason = "describes `ActRequest` in the OpenAPI document")]
enum DescribedAct {
    /// Give it to somebody.
    Assign {
        /// What is done.
        act: AssignCode,
        /// The agent who holds it from now on.
        to: IdText,
    },
    /// Do something else.
    Other {
        /// What is done.
        act: OtherActCode,
        /// Not looked at.
        to: Option<IdText>,
    },
}

/// Giving a conversation to somebody.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `ActCode` in the OpenAPI document")]
enum AssignCode {
    /// Give it to somebody.
    Assign,
}

/// What else staff can do to a conversation.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `ActCode` in the OpenAPI document")]
enum OtherActCode {
    /// Take it, from the queue or from the bot.
    Claim,
    /// Put it back into the queue.
    Requeue,
    /// Let the bot go on.
    Return,
    /// Settle it, and its ticket.
    Close,
    /// Take up a settled one again.
    Reopen,
}

/// What staff can do to a conversation.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActCode {
    /// Take it, from the queue or from the bot.
    Claim,
    /// Give it to somebody.
    Assign,
    /// Put it back into the queue.
    Requeue,
    /// Let the bot go on.
    Return,
    /// Settle it, and its ticket.
    Close,
    /// Take up a settled one again.
    Reopen,
}

/// Does something to a conversation. The visitor is told whenever another one answers from now on.
#[utoipa::path(
    post,
    path = "/v1/staff/conversations/{id}/acts",
    tag = "staff",
    request_body = DescribedAct,
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        RequestKey,
    ),
    responses(
        (status = 200, description = "How it stands now", body = ActResponse),
        (status = "4XX", description = "The request was refused; 409 when the conversation has moved on", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn act(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
    key: Option<RequestKey>,
    ApiJson(request): ApiJson<ActRequest>,
) -> Result<Json<ActResponse>, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    let key = key.map(|key| key.0);
    let (desk, now) = (app.workplace(), app.now());
    let act = match request.act {
        ActCode::Claim => StaffAct::Claim,
        ActCode::Requeue => StaffAct::Requeue,
        ActCode::Return => StaffAct::Return,
        ActCode::Close => StaffAct::Close,
        ActCode::Reopen => StaffAct::Reopen,
        ActCode::Assign => {
            let to = request.to.as_deref().ok_or_else(|| {
                ApiError::new(ProblemKind::BadRequest, "name the agent to give it to")
                    .in_field("to")
            })?;
            let to: AgentId = to.parse()?;
            let outcome = desk.assign(by, &id, &to, key, now).await?;
            return Ok(Json(outcome.into()));
        }
    };
    Ok(Json(desk.act(by, &id, act, key, now).await?.into()))
}

/// What an agent says.
type MessageText = Text<Any, MAX_MESSAGE_CHARS>;

/// The revision of the knowledge that something came from.
type RevisionName = Text<Any, 100>;

/// Something an agent says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "お待たせいたしました。" }))]
struct SayRequest {
    /// What; may be left out when files say it.
    #[serde(default)]
    text: MessageText,
    /// Files attached before, by their ids.
    #[serde(default)]
    attachments: Vec<IdText>,
    /// Language of the text, where it is known.
    #[serde(default, deserialize_with = "locale::served")]
    #[schema(value_type = Option<ServedTag>)]
    language: Option<Language>,
    /// The suggestion it was made from; authors learn what became of it.
    #[serde(default)]
    #[schema(value_type = Option<UsedSuggestionBody>)]
    suggestion: Option<Object<UsedSuggestionBody>>,
}

/// A text that was suggested; cut to what a message can be.
type SuggestedText = Text<Any, 50_000>;

/// A suggestion an agent has used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UsedSuggestionBody {
    /// The article.
    article: ArticleName,
    /// Language of the text.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// The knowledge it came from.
    revision: RevisionName,
    /// The text as it was suggested.
    text: SuggestedText,
}

impl From<UsedSuggestionBody> for UsedSuggestion {
    fn from(body: UsedSuggestionBody) -> Self {
        let UsedSuggestionBody {
            article,
            language,
            revision,
            text,
        } = body;
        Self {
            article: ArticleId::new(article.into_string()),
            language,
            revision: Revision(revision.into_string()),
            text: Words::shortened(
                &text,
                MAX_MESSAGE_CHARS,
                Lines::Kept,
                Hides::AllButWhatStaffSend,
            )
            .map_or_else(String::new, |words| words.as_str().to_owned()),
        }
    }
}

/// Says something to the visitor; only the agent who holds the conversation can.
#[utoipa::path(
    post,
    path = "/v1/staff/conversations/{id}/messages",
    tag = "staff",
    request_body = SayRequest,
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        RequestKey,
    ),
    responses(
        (status = 200, description = "The message as it was stored", body = ActResponse),
        ApiError,
    )
)]
async fn say(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
    key: Option<RequestKey>,
    ApiJson(request): ApiJson<SayRequest>,
) -> Result<Json<ActResponse>, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    let key = key.map(|key| key.0);
    let text = match request.text.trim().is_empty() {
        true => None,
        false => Some(words_of_staff(&request.text).map_err(|_| DeskError::MessageLength)?),
    };
    let outcome = app
        .workplace()
        .say(
            by,
            &id,
            text,
            request.language,
            parsed(&request.attachments)?,
            request.suggestion.map(|used| UsedSuggestion::from(used.0)),
            key,
            app.now(),
        )
        .await?;
    Ok(Json(outcome.into()))
}

impl From<StaffOutcome> for ActResponse {
    fn from(outcome: StaffOutcome) -> Self {
        let StaffOutcome { standing, said } = outcome;
        Self {
            state: standing.state.code(),
            agent: standing.agent.map(|agent| agent.to_string()),
            said: said.map(MessageBody::from),
        }
    }
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_queue))
        .routes(routes!(next))
        .routes(routes!(act))
        .routes(routes!(say))
}
