//! `/v1/staff/insights/review`: answers that people judge, one after the other.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::{Judgement, Pick};
use crate::desk::{DeskError, ToJudge};
use crate::http::edge::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::contract::{Waiting, next_to_judge, review_contract};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::text::{Line, Shown, Text};
use crate::ids::AnswerId;
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::pipeline::{MAX_QUESTION_CHARS, asked_words};
use crate::safety::Words;
use crate::staff::Permission;

type PickCode = Code<Pick>;
type JudgementCode = Code<Judgement>;
type ArticleName = Text<Line, 200>;
type BroughtQuestion = Text<Shown, MAX_QUESTION_CHARS>;

/// Most questions that are brought at once.
const MOST_BROUGHT: usize = 200;

/// What is wanted next.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReviewQuery {
    /// Only questions in this language.
    #[param(value_type = Option<LanguageCode>, inline)]
    language: Option<Language>,
    /// Only what was picked for this: `given` (drawn from the answers that were given), `near` (drawn from those just below
    /// the threshold) or `brought` (by staff).
    #[param(inline)]
    pick: Option<PickCode>,
}

/// What is put before a judge next.
#[derive(Debug, Serialize, ToSchema)]
struct ReviewResponse {
    /// The answer; nothing where none waits.
    next: Option<ToJudgeBody>,
    /// How many wait; of many, those that were looked at.
    waiting: WaitingBody,
}

/// How many answers wait for a judge.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingBody {
    /// Answers that were given.
    given: usize,
    /// Questions whose article was nearly given.
    near: usize,
    /// Questions that staff brought.
    brought: usize,
}

/// An answer to be judged.
#[derive(Debug, Serialize, ToSchema)]
struct ToJudgeBody {
    /// Record of the answer, which names it here.
    answer: String,
    /// What it was picked for.
    #[schema(example = "given")]
    pick: &'static str,
    /// What was asked; what was hidden in it stays hidden.
    question: String,
    /// What the visitor had asked before, where the question says nothing by itself.
    before: Option<String>,
    /// Language the visitor was addressed in.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// The article to be judged.
    article: String,
    /// Its title in that language, or in another where it has none; nothing where it is no longer served.
    title: Option<String>,
    /// What it says in short.
    summary: Option<String>,
    /// Other articles that came into question, the likeliest first.
    others: Vec<String>,
    /// How sure the bot was.
    #[schema(minimum = 0, maximum = 1)]
    confidence: f32,
    /// When it was asked.
    #[schema(format = DateTime)]
    asked: String,
}

/// What somebody says of an answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JudgementRequest {
    /// `right` (the article answers the question), `wrong`, `nothing_answers` (no other article does either) or `unclear`
    /// (the words do not tell what was meant; it counts for nothing).
    judgement: JudgementCode,
    /// With `wrong`, the article that answers.
    better: Option<ArticleName>,
}

/// Questions to be asked and judged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BroughtRequest {
    /// As visitors wrote them, such as in an earlier help desk; 1 to 200.
    #[schema(min_items = 1, max_items = 200)]
    questions: Vec<BroughtQuestion>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
struct BroughtResponse {
    /// Questions that were asked.
    asked: usize,
}

impl From<Waiting> for WaitingBody {
    fn from(waiting: Waiting) -> Self {
        let Waiting {
            given,
            near,
            brought,
        } = waiting;
        Self {
            given,
            near,
            brought,
        }
    }
}

impl ToJudgeBody {
    fn new(app: &AppState, pick: Pick, shown: ToJudge) -> Self {
        let snapshot = app.library().snapshot();
        let article = snapshot.knowledge().article(&shown.article);
        let fallback = app.visitors().fallback();
        let texts = article.and_then(|article| article.wording(shown.language, fallback));
        Self {
            answer: shown.answer.to_string(),
            pick: pick.code(),
            question: shown.question,
            before: shown.before,
            language: shown.language,
            article: shown.article.to_string(),
            title: texts.map(|text| text.title.clone()),
            summary: texts.map(|text| text.summary.clone()),
            others: shown.others.iter().map(ToString::to_string).collect(),
            confidence: shown.confidence,
            asked: shown.created.to_string(),
        }
    }
}

/// Draws the next answer to be judged.
///
/// Answers that were given are drawn so that each is as likely as any other; what is said of them is evidence for all.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/review",
    tag = "staff",
    params(ReviewQuery),
    responses(
        (status = 200, description = "The answer, and how many wait", body = ReviewResponse),
        ApiError,
    )
)]
async fn next_answer(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<ReviewQuery>,
) -> Result<Json<ReviewResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let pick = query.pick.map(|Code(pick)| pick);
    let found = next_to_judge(&app, query.language, pick).await?;
    Ok(Json(ReviewResponse {
        next: found
            .next
            .map(|(pick, shown)| ToJudgeBody::new(&app, pick, shown)),
        waiting: found.waiting.into(),
    }))
}

/// Keeps what somebody says of an answer. Where it was wrong, the promise is looked at at once.
#[utoipa::path(
    put,
    path = "/v1/staff/insights/review/{answer}",
    tag = "staff",
    params(("answer" = String, Path, description = "Record of the answer", format = "uuid")),
    request_body = JudgementRequest,
    responses((status = 204, description = "Kept"), ApiError)
)]
async fn judge_answer(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(answer): ApiPath<AnswerId>,
    ApiJson(request): ApiJson<JudgementRequest>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::ReadInsights)?;
    let Code(judgement) = request.judgement;
    let better = match (judgement, request.better) {
        (_, None) => None,
        (Judgement::Wrong, Some(better)) => Some(known_article(&app, better.into_string())?),
        (_, Some(_)) => {
            let told = "only of a wrong answer a better article is named; leave `better` out";
            return Err(ApiError::new(ProblemKind::BadRequest, told).in_field("better"));
        }
    };
    let desk = app.library();
    let shown = desk.to_judge(&answer).await?;
    let shown = shown.ok_or(DeskError::UnknownAnswer(answer))?;
    let language = shown.language;
    let is_new = desk.judge(shown, judgement, better, by, app.now()).await?;
    if !is_new {
        return Err(ApiError::new(
            ProblemKind::Taken,
            "somebody has judged this answer before; take the next one",
        ));
    }
    if judgement.is_right() == Some(false) {
        review_contract(&app, Some(language)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn known_article(app: &AppState, id: String) -> Result<ArticleId, ApiError> {
    let id = ArticleId::new(id);
    match app.library().snapshot().knowledge().article(&id) {
        Some(_) => Ok(id),
        None => Err(ApiError::new(
            ProblemKind::ContentRefused,
            format!("there is no article {id}; name one that is served"),
        )
        .in_field("better")),
    }
}

/// Takes back what you said of an answer; it is asked about again.
#[utoipa::path(
    delete,
    path = "/v1/staff/insights/review/{answer}",
    tag = "staff",
    params(("answer" = String, Path, description = "Record of the answer", format = "uuid")),
    responses((status = 204, description = "Taken back"), ApiError)
)]
async fn take_back(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(answer): ApiPath<AnswerId>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::ReadInsights)?;
    match app.library().unjudge(&answer, by).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("judgement of yours")),
    }
}

/// Brings questions of visitors to be asked and judged, such as those of an earlier help desk: so a threshold is proved
/// before the first visitor has come. They count in no outcome, and only a sample that was not chosen for being easy proves
/// anything.
#[utoipa::path(
    post,
    path = "/v1/staff/insights/review/questions",
    tag = "staff",
    request_body = BroughtRequest,
    responses(
        (status = 200, description = "Asked; they wait for a judge", body = BroughtResponse),
        ApiError,
    )
)]
async fn bring_questions(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<BroughtRequest>,
) -> Result<Json<BroughtResponse>, ApiError> {
    staff.agent_with(Permission::ReadInsights)?;
    if !(1..=MOST_BROUGHT).contains(&request.questions.len()) {
        let told = format!("send 1 to {MOST_BROUGHT} questions at once");
        return Err(ApiError::new(ProblemKind::BadRequest, told).in_field("questions"));
    }
    let read = request.questions.iter().map(|text| asked_words(text));
    let words: Vec<Words> = read.collect::<Result<_, _>>().map_err(|_| {
        let told = "each question has letters in it and is not longer than a visitor may write";
        ApiError::new(ProblemKind::ContentRefused, told).in_field("questions")
    })?;
    let asked = app.library().bring_questions(words, app.now()).await?;
    Ok(Json(BroughtResponse { asked }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(next_answer))
        .routes(routes!(judge_answer, take_back))
        .routes(routes!(bring_questions))
}
