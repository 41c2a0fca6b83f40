//! `/v1/staff/insights/gaps`: what visitors ask and get no good answer on.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{DaysQuery, days_of, gap_report};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::insights::{Gap, GapQuestion, GapReport, NearestArticle};
use crate::language::Language;
use crate::staff::Permission;
use crate::store::Dismissal;

/// What visitors get no good answer on.
#[derive(Debug, Serialize, ToSchema)]
struct GapsResponse {
    /// How many days were looked at.
    days: u32,
    /// Questions without a good answer in them.
    questions: usize,
    /// Of those, the ones that would be answered now.
    settled: usize,
    /// Questions that are still to be read; ask again for the rest.
    unread: usize,
    /// Whether older questions were left out, because there are too many.
    cut: bool,
    /// Those that ask for something, the most asked for first.
    gaps: Vec<GapBody>,
    /// Those that authors left aside.
    dismissed: Vec<GapBody>,
}

/// A matter that visitors ask about and get no good answer on.
#[derive(Debug, Serialize, ToSchema)]
struct GapBody {
    /// Its name, which it keeps as questions come and go.
    id: String,
    /// Other names it has had, before it was found to be one matter; they lead to it.
    earlier_ids: Vec<String>,
    /// The question in the middle of all of them.
    title: String,
    /// Language of that question.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// What would close it: `missing_content` (an article), `falls_short` (other words or a better answer in the nearest
    /// article), `out_of_scope` (perhaps nothing).
    #[schema(example = "missing_content")]
    kind: &'static str,
    /// Questions in the period.
    count: usize,
    /// Questions in as many days before it.
    count_before: usize,
    /// Questions in each language.
    languages: BTreeMap<&'static str, usize>,
    /// Up to five of the questions, of different languages where there are.
    samples: Vec<SampleBody>,
    /// The nearest article, if any is near.
    nearest: Option<NearestBody>,
    /// Why most of the questions were not answered.
    shortfall: ShortfallBody,
    /// Why authors left it aside.
    dismissal: Option<DismissalBody>,
}

/// A question as it is stored: what was hidden in it stays hidden.
#[derive(Debug, Serialize, ToSchema)]
struct SampleBody {
    /// Record of what it was given; names it in acts.
    answer: String,
    /// Where it was asked; left out for those who may not read conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<String>,
    /// What was asked.
    text: String,
    /// Language the visitor was addressed in.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// When it was asked.
    #[schema(format = DateTime)]
    asked: String,
}

/// The article that is nearest.
#[derive(Debug, Serialize, ToSchema)]
struct NearestBody {
    /// Which.
    article: String,
    /// How likely it is right, on the mean of the questions.
    #[schema(minimum = 0, maximum = 1)]
    confidence: f32,
    /// How likely it would have to be.
    #[schema(minimum = 0, maximum = 1)]
    threshold: f32,
}

/// Why questions were not answered.
#[derive(Debug, Serialize, ToSchema)]
struct ShortfallBody {
    /// In a word.
    #[schema(example = "missing_words")]
    code: &'static str,
    /// In a sentence, in English.
    sentence: &'static str,
}

/// Why a gap was left aside.
#[derive(Debug, Serialize, ToSchema)]
struct DismissalBody {
    /// In the author's words.
    reason: String,
    /// The author.
    by: String,
    /// The moment it happened.
    #[schema(format = DateTime)]
    at: String,
    /// Questions it had then; it comes back with half as many more.
    questions: i64,
}

/// Whether whoever asks may read conversations, and so is told where something was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Places {
    Told,
    Hidden,
}

impl GapsResponse {
    fn new(report: GapReport, places: Places) -> Self {
        let bodies = |gaps: Vec<Gap>| {
            let bodies = gaps.into_iter().map(|gap| GapBody::new(gap, places));
            bodies.collect()
        };
        Self {
            days: report.period.days,
            questions: report.questions,
            settled: report.settled,
            unread: report.unread,
            cut: report.is_cut,
            gaps: bodies(report.gaps),
            dismissed: bodies(report.dismissed),
        }
    }
}

impl GapBody {
    fn new(gap: Gap, places: Places) -> Self {
        let languages = gap.by_language();
        Self {
            id: gap.id.to_string(),
            earlier_ids: gap.earlier.iter().map(ToString::to_string).collect(),
            title: gap.title().text.clone(),
            language: gap.title().language,
            kind: gap.kind.code(),
            count: gap.asked.len(),
            count_before: gap.before,
            languages: languages
                .into_iter()
                .map(|(language, count)| (language.code(), count))
                .collect(),
            samples: gap
                .shown()
                .iter()
                .map(|asked| SampleBody::new(asked, places))
                .collect(),
            shortfall: ShortfallBody {
                code: gap.shortfall.code(),
                sentence: gap.shortfall.sentence(),
            },
            nearest: gap.nearest.map(NearestBody::from),
            dismissal: gap.dismissal.map(DismissalBody::from),
        }
    }
}

impl SampleBody {
    fn new(asked: &GapQuestion, places: Places) -> Self {
        let GapQuestion {
            answer,
            conversation,
            text,
            language,
            created,
        } = asked;
        let conversation = conversation.filter(|_| places == Places::Told);
        Self {
            answer: answer.to_string(),
            conversation: conversation.map(|id| id.to_string()),
            text: text.clone(),
            language: *language,
            asked: created.to_string(),
        }
    }
}

impl From<NearestArticle> for NearestBody {
    fn from(nearest: NearestArticle) -> Self {
        let NearestArticle {
            article,
            confidence,
            threshold,
        } = nearest;
        Self {
            article: article.to_string(),
            confidence,
            threshold,
        }
    }
}

impl From<Dismissal> for DismissalBody {
    fn from(dismissal: Dismissal) -> Self {
        let Dismissal {
            reason,
            by,
            at,
            questions,
        } = dismissal;
        Self {
            reason,
            by: by.to_string(),
            at: at.to_string(),
            questions,
        }
    }
}

/// Lists what visitors ask and get no good answer on: questions about one matter together, whatever their language.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/gaps",
    tag = "staff",
    params(DaysQuery),
    responses(
        (status = 200, description = "The gaps, the most asked for first", body = GapsResponse),
        ApiError,
    )
)]
async fn list_gaps(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<DaysQuery>,
) -> Result<Json<GapsResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let report = gap_report(&app, days_of(query.days)?).await?;
    let places = match staff.principal.may(Permission::ReadConversations) {
        true => Places::Told,
        false => Places::Hidden,
    };
    Ok(Json(GapsResponse::new(report, places)))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_gaps))
}
