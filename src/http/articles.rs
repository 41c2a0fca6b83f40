//! `GET /v1/search` and `GET /v1/articles/{article}`: the knowledge base for people who look for themselves.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{AcceptedLanguages, ApiPath, ApiQuery};
use super::help::help_link;
use super::locale::{self, Locale};
use super::problem::{ApiError, Problem};
use super::state::AppState;
use super::wire::{LanguageCode, OptionBody};
use crate::knowledge::{Article, ArticleId, KnowledgeBase, Translation, to_html};
use crate::language::{Language, Priors};
use crate::pipeline::{Question, SearchHit};

const DEFAULT_HITS: usize = 10;
const MAX_HITS: usize = 50;

/// What to search for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words or a question.
    #[param(example = "withdrawal fee")]
    q: String,
    /// Locale of the reader, such as `ko`; a hint for texts that could be in several languages.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    lang: Locale,
    /// Most hits wanted, from 1 to 50.
    #[param(default = 10, minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
struct SearchResponse {
    /// Articles, best first.
    hits: Vec<HitBody>,
}

/// One article found.
#[derive(Debug, Serialize, ToSchema)]
struct HitBody {
    /// The article.
    #[schema(example = "deposit-how")]
    article: String,
    /// Language of the text.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// The question the article answers.
    title: String,
    /// The short answer.
    summary: String,
    /// Page with the whole article.
    link: String,
    /// Orders the hits of one search; not comparable between searches.
    score: f32,
}

impl From<SearchHit> for HitBody {
    fn from(hit: SearchHit) -> Self {
        let SearchHit {
            article,
            language,
            title,
            summary,
            link,
            score,
        } = hit;
        Self {
            article: article.to_string(),
            language,
            title,
            summary,
            link,
            score,
        }
    }
}

/// Finds articles.
#[utoipa::path(
    get,
    path = "/v1/search",
    tag = "articles",
    params(SearchQuery),
    responses(
        (status = 200, description = "Articles, best first", body = SearchResponse),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "The server failed", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn search(
    State(app): State<AppState>,
    AcceptedLanguages(accept_language): AcceptedLanguages,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<Json<SearchResponse>, ApiError> {
    let question =
        Question::parse(&query.q).map_err(|error| ApiError::from(error).in_field("q"))?;
    let priors = Priors {
        conversation: None,
        page: query.lang.language(),
        accept_language,
    };
    let limit = query.limit.unwrap_or(DEFAULT_HITS).clamp(1, MAX_HITS);
    let engine = app.desk().engine().clone();
    let day = app.now().day();
    let hits = tokio::task::spawn_blocking(move || engine.search(&question, &priors, &day, limit))
        .await
        .map_err(ApiError::internal)??;
    Ok(Json(SearchResponse {
        hits: hits.into_iter().map(HitBody::from).collect(),
    }))
}

/// Which wording of an article.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ArticleQuery {
    /// Language of the text; where the article lacks it, another is given.
    #[serde(default, deserialize_with = "locale::served")]
    #[param(value_type = Option<String>, example = "zh")]
    lang: Option<Language>,
}

/// An article in one language.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleResponse {
    /// The article.
    #[schema(example = "deposit-how")]
    article: String,
    /// Language of the text.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// Languages the article exists in.
    #[schema(value_type = Vec<LanguageCode>)]
    languages: Vec<Language>,
    /// The question the article answers.
    title: String,
    /// The short answer, plain text.
    summary: String,
    /// The long answer, HTML without scripts.
    html: String,
    /// Page with the whole article.
    link: String,
    /// Articles often needed next.
    follow_ups: Vec<OptionBody>,
}

/// Reads an article.
#[utoipa::path(
    get,
    path = "/v1/articles/{article}",
    tag = "articles",
    params(("article" = String, Path, description = "The article"), ArticleQuery),
    responses(
        (status = 200, description = "The article", body = ArticleResponse),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "The server failed", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn read_article(
    State(app): State<AppState>,
    AcceptedLanguages(accepted): AcceptedLanguages,
    ApiPath(id): ApiPath<ArticleId>,
    ApiQuery(query): ApiQuery<ArticleQuery>,
) -> Result<Json<ArticleResponse>, ApiError> {
    let language = query
        .lang
        .or(accepted.first().copied())
        .unwrap_or(Language::English);
    let snapshot = app.desk().engine().snapshot();
    let day = app.now().day();
    // Markdown of a long article takes more than half a millisecond.
    let article = tokio::task::spawn_blocking(move || {
        let rendered = RenderedArticle::find(snapshot.knowledge(), &id, language, &day, |slug| {
            help_link(language, slug)
        })?;
        Some(ArticleResponse::from(rendered))
    })
    .await
    .map_err(ApiError::internal)?;
    article
        .map(Json)
        .ok_or_else(|| ApiError::not_found("article"))
}

/// An article ready to be shown.
pub(super) struct RenderedArticle {
    pub(super) article: ArticleId,
    pub(super) languages: Vec<Language>,
    pub(super) wording: Translation,
    pub(super) html: String,
    pub(super) follow_ups: Vec<(ArticleId, String)>,
}

impl RenderedArticle {
    /// Finds an article that may be given on a day, in a language or the nearest one it has; `link` gives the pages of
    /// the articles it mentions.
    pub(super) fn find(
        knowledge: &KnowledgeBase,
        id: &ArticleId,
        language: Language,
        day: &str,
        link: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let current = |id: &ArticleId| -> Option<&Article> {
            knowledge
                .article(id)
                .filter(|article| article.is_valid_on(day))
        };
        let article = current(id)?;
        let wording = article.wording(language)?;
        let follow_ups = article
            .follow_ups
            .iter()
            .filter_map(|next| {
                Some((
                    next.clone(),
                    current(next)?.wording(language)?.title.clone(),
                ))
            })
            .collect();
        Some(Self {
            article: article.id.clone(),
            languages: article.translations.keys().copied().collect(),
            html: to_html(&wording.body, link),
            wording: wording.clone(),
            follow_ups,
        })
    }
}

impl From<RenderedArticle> for ArticleResponse {
    fn from(rendered: RenderedArticle) -> Self {
        let RenderedArticle {
            article,
            languages,
            wording,
            html,
            follow_ups,
        } = rendered;
        Self {
            link: help_link(wording.language, article.as_str()),
            article: article.to_string(),
            language: wording.language,
            languages,
            title: wording.title,
            summary: wording.summary,
            html,
            follow_ups: follow_ups
                .into_iter()
                .map(|(article, title)| OptionBody {
                    article: article.to_string(),
                    title,
                })
                .collect(),
        }
    }
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(read_article))
}
