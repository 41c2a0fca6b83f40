//! `/v1/staff/insights/gaps/{id}/acts`: what authors do about a gap.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::TakenOver;
use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{DEFAULT_DAYS, gap_in, gap_report};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Id, Line, Shown, Text};
use crate::ids::{AnswerId, GapId};
use crate::insights::{ArticleDraft, Gap, draft_for};
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::pipeline::MAX_QUESTION_CHARS;
use crate::safety::Words;
use crate::staff::Permission;

/// Longest reason.
const MAX_REASON_CHARS: usize = 500;

type SampleId = Text<Id, 36>;
type ArticleName = Text<Line, 200>;
type EditedQuestion = Text<Shown, MAX_QUESTION_CHARS>;
type DismissReason = Text<Line, MAX_REASON_CHARS>;
type AlternateObject = Object<AlternateRequest>;
type DismissObject = Object<DismissRequest>;
type NothingObject = Object<NothingMore>;

/// What is done about a gap; exactly one of the fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum GapActRequest {
    /// A question becomes another wording of an article's.
    AddAlternate(AlternateObject),
    /// A draft of a new article is made from the questions; nothing is saved, for without an answer there is nothing to
    /// serve. Send it to `POST /v1/staff/knowledge` once it is written.
    DraftArticle(NothingObject),
    /// It is left aside until it has grown by half.
    Dismiss(DismissObject),
    /// It is taken up again.
    Restore(NothingObject),
}

/// Which question goes into which article.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlternateRequest {
    /// The question, by the `answer` of a sample.
    answer: SampleId,
    /// The article; it must have the question's language.
    article: ArticleName,
    /// The question as the author has edited it; as it was asked where this is left out.
    text: Option<EditedQuestion>,
}

/// Why a gap is left aside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DismissRequest {
    /// In a sentence.
    reason: DismissReason,
}

/// Nothing more needs to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NothingMore {}

/// What an act led to.
#[derive(Debug, Serialize, ToSchema)]
struct GapActResponse {
    /// With `draft_article`, what a new article may begin with.
    draft: Option<DraftedArticle>,
}

/// A new article without its answer.
#[derive(Debug, Serialize, ToSchema)]
struct DraftedArticle {
    /// Category of the nearest article, if any.
    category: Option<String>,
    /// What it may say by language; the short answer is still to be written.
    #[schema(value_type = BTreeMap<String, DraftedWording>)]
    texts: BTreeMap<Language, DraftedWording>,
}

/// One language of it.
#[derive(Debug, Serialize, ToSchema)]
struct DraftedWording {
    /// The most central question.
    title: String,
    /// Other questions of the gap.
    alternates: Vec<String>,
    /// Empty.
    summary: String,
    /// Empty.
    body: String,
}

impl From<ArticleDraft> for DraftedArticle {
    fn from(draft: ArticleDraft) -> Self {
        let ArticleDraft {
            category,
            language,
            title,
            alternates,
        } = draft;
        let wording = DraftedWording {
            title,
            alternates,
            summary: String::new(),
            body: String::new(),
        };
        Self {
            category,
            texts: BTreeMap::from([(language, wording)]),
        }
    }
}

/// Does something about a gap.
#[utoipa::path(
    post,
    path = "/v1/staff/insights/gaps/{id}/acts",
    tag = "staff",
    request_body = GapActRequest,
    params(("id" = String, Path, description = "The gap, by any name it has had")),
    responses(
        (status = 200, description = "Done; the next list shows it once the article is served", body = GapActResponse),
        ApiError,
    )
)]
async fn act_on_gap(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<GapId>,
    ApiJson(request): ApiJson<GapActRequest>,
) -> Result<Json<GapActResponse>, ApiError> {
    let by = staff.agent_with(Permission::WriteKnowledge)?;
    staff.require(Permission::ReadInsights)?;
    let gap = gap_in(gap_report(&app, DEFAULT_DAYS).await?, id)?;
    let (desk, now) = (app.library(), app.now());
    let mut draft = None;
    match request {
        GapActRequest::AddAlternate(Object(request)) => {
            let (language, question) = alternate_of(&gap, &request)?;
            let article = ArticleId::new(request.article.into_string());
            desk.take_over(article, language, TakenOver::Alternate(question), by, now)
                .await?;
        }
        GapActRequest::DraftArticle(Object(NothingMore {})) => {
            draft = Some(draft_for(&gap, desk.snapshot().knowledge()).into());
        }
        GapActRequest::Dismiss(Object(DismissRequest { reason })) => {
            let reason = Words::parse_line(&reason, MAX_REASON_CHARS).map_err(|_| {
                let detail = format!("a reason has 1 to {MAX_REASON_CHARS} characters");
                ApiError::new(ProblemKind::ContentRefused, detail).in_field("reason")
            })?;
            desk.dismiss_gap(gap.id, reason, by, now).await?;
        }
        GapActRequest::Restore(Object(NothingMore {})) => desk.restore_gap(gap.id, by, now).await?,
    }
    Ok(Json(GapActResponse { draft }))
}

fn alternate_of(gap: &Gap, request: &AlternateRequest) -> Result<(Language, String), ApiError> {
    let answer: Option<AnswerId> = request.answer.parse().ok();
    let asked = gap.asked.iter().find(|asked| Some(asked.answer) == answer);
    let asked =
        asked.ok_or_else(|| ApiError::not_found("question in this gap").in_field("answer"))?;
    let text = request.text.as_deref().unwrap_or(&asked.text);
    match text.trim() {
        "" => Err(
            ApiError::new(ProblemKind::ContentRefused, "the question is empty").in_field("text"),
        ),
        text => Ok((asked.language, text.to_owned())),
    }
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(act_on_gap))
}
