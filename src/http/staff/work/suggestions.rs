//! Suggested replies.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::Author;
use crate::desk::{Suggestion, SuggestionContext, SuggestionSource, TranscriptLine};
use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Any, ArticleName, ServedTag, Text};
use crate::http::wire::locale;
use crate::ids::ConversationId;
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::staff::Permission;

/// Replies an agent could send.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionsResponse {
    /// Articles first, the likeliest first; then macros and earlier replies.
    suggestions: Vec<SuggestionBody>,
}

/// One reply an agent could send.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionBody {
    /// `article`, `macro`, `sent_reply`, or `drafted` for what a program has written from articles.
    #[schema(example = "article")]
    source: &'static str,
    /// The article, the macro, or the earlier message.
    #[schema(example = "withdrawal-pending")]
    id: String,
    /// What agents look at to tell it from the others.
    title: String,
    /// What would be sent.
    text: String,
    /// Language of the text, where it is known.
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<Language>,
    /// Probability that this is what answers; for macros and earlier replies, how alike the questions are.
    confidence: f32,
    /// With an article, the knowledge it comes from.
    revision: Option<String>,
    /// With an article, its page.
    link: Option<String>,
    /// With an article, the team that answers for its text.
    owner: Option<String>,
    /// With an article, the part nearest to the question.
    span: Option<SpanBody>,
    /// Whether the visitor was shown the article before.
    seen: bool,
    /// With a draft, the articles that it cites; a program has written it, and an agent should read it.
    cites: Vec<String>,
}

/// A part of an article.
#[derive(Debug, Serialize, ToSchema)]
struct SpanBody {
    /// First byte in the Markdown.
    start: usize,
    /// Byte after the last.
    end: usize,
    /// What it says.
    text: String,
}

impl From<Suggestion> for SuggestionBody {
    fn from(suggestion: Suggestion) -> Self {
        let Suggestion {
            source,
            title,
            text,
            language,
            confidence,
        } = suggestion;
        let plain = |source, id| Self {
            source,
            id,
            title,
            text,
            language,
            confidence,
            revision: None,
            link: None,
            owner: None,
            span: None,
            seen: false,
            cites: Vec::new(),
        };
        match source {
            SuggestionSource::Article {
                article,
                revision,
                link,
                owner,
                span,
                seen,
            } => Self {
                revision: Some(revision.to_string()),
                link: Some(link),
                owner: Some(owner).filter(|owner| !owner.is_empty()),
                span: span.map(|span| SpanBody {
                    start: span.range.start,
                    end: span.range.end,
                    text: span.markdown,
                }),
                seen,
                ..plain("article", article.to_string())
            },
            SuggestionSource::Drafted {
                articles,
                revision,
                link,
            } => {
                let cites: Vec<String> = articles.iter().map(ToString::to_string).collect();
                Self {
                    revision: Some(revision.to_string()),
                    link: Some(link),
                    ..plain("drafted", cites.first().cloned().unwrap_or_default())
                }
                .citing(cites)
            }
            SuggestionSource::Macro { id } => plain("macro", id),
            SuggestionSource::SentReply { message, .. } => plain("sent_reply", message.to_string()),
        }
    }
}

impl SuggestionBody {
    fn citing(self, cites: Vec<String>) -> Self {
        Self { cites, ..self }
    }
}

fn respond(found: Vec<Suggestion>) -> Json<SuggestionsResponse> {
    let suggestions = found.into_iter().map(SuggestionBody::from).collect();
    Json(SuggestionsResponse { suggestions })
}

/// Suggests replies for a conversation.
#[utoipa::path(
    get,
    path = "/v1/staff/conversations/{id}/suggestions",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 200, description = "Replies an agent could send", body = SuggestionsResponse),
        ApiError,
    )
)]
async fn suggest_for(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Json<SuggestionsResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    staff.require(Permission::ReadSuggestions)?;
    Ok(respond(app.workplace().suggest_for(&id, app.now()).await?))
}

/// A conversation of another help desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuggestionsRequest {
    /// What was said, in order.
    #[schema(value_type = Vec<LineBody>, max_items = 500)]
    transcript: Vec<Object<LineBody>>,
    /// Language the customer is addressed in, where it is known.
    #[serde(default, deserialize_with = "locale::served")]
    #[schema(value_type = Option<ServedTag>)]
    language: Option<Language>,
    /// Articles the customer was shown before.
    #[serde(default)]
    seen: Vec<ArticleName>,
}

/// One line of a transcript.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "author": "visitor", "text": "출금이 아직 안 왔어요" }))]
struct LineBody {
    /// Who said it.
    author: LineAuthor,
    /// What was said.
    text: SaidText,
}

/// What somebody said elsewhere.
type SaidText = Text<Any, 50_000>;

/// Who said a line.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LineAuthor {
    /// The customer.
    Visitor,
    /// A program.
    Bot,
    /// A person of the company.
    Agent,
}

/// Longest transcript that is looked at, in lines.
const MAX_LINES: usize = 500;

/// Suggests replies for a transcript of another help desk; nothing of it is kept.
#[utoipa::path(
    post,
    path = "/v1/suggestions",
    tag = "staff",
    request_body = SuggestionsRequest,
    responses(
        (status = 200, description = "Replies an agent could send", body = SuggestionsResponse),
        ApiError,
    )
)]
async fn suggest(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<SuggestionsRequest>,
) -> Result<Json<SuggestionsResponse>, ApiError> {
    staff.require(Permission::ReadSuggestions)?;
    if request.transcript.len() > MAX_LINES {
        let detail = format!("a transcript has {MAX_LINES} lines at most; send the last ones");
        return Err(ApiError::new(ProblemKind::BadRequest, detail).in_field("transcript"));
    }
    let lines: Vec<TranscriptLine> = request
        .transcript
        .into_iter()
        .map(|Object(line)| TranscriptLine {
            author: match line.author {
                LineAuthor::Visitor => Author::Visitor,
                LineAuthor::Bot => Author::Bot,
                LineAuthor::Agent => Author::Agent,
            },
            text: line.text.into_string(),
        })
        .collect();
    let context = SuggestionContext {
        language: request.language,
        script: None,
        seen: request
            .seen
            .into_iter()
            .map(|article| ArticleId::new(article.into_string()))
            .collect::<HashSet<_>>(),
    };
    Ok(respond(
        app.workplace().suggest(&lines, context, app.now()).await?,
    ))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(suggest_for))
        .routes(routes!(suggest))
}
