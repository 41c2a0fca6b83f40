//! `GET /v1/search` and `GET /v1/articles/{article}`: the knowledge base for people who look for themselves.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::{ApiPath, ApiQuery, Hints};
use crate::http::edge::guard::readers::Readers;
use crate::http::edge::pages::address::help_link;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::{LanguageCode, OptionBody};
use crate::http::wire::article::{RenderedArticle, Shelf};
use crate::http::wire::form::text::{QuestionText, ServedTag};
use crate::http::wire::locale;
use crate::http::wire::locale::{Locale, TagText};
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::locale::Locale as Page;
use crate::pipeline::{Question, SearchHit};

const DEFAULT_HITS: usize = 10;
const MAX_HITS: usize = 50;

/// What to search for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words or a question.
    #[param(inline, value_type = QuestionText, example = "withdrawal fee")]
    q: String,
    /// Locale of the reader, such as `ko`; a hint for texts that could be in several languages.
    #[serde(default)]
    #[param(inline, value_type = Option<TagText>)]
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
        ApiError,
    )
)]
async fn search(
    State(app): State<AppState>,
    Readers(readership): Readers,
    Hints(browser): Hints,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<Json<SearchResponse>, ApiError> {
    let question =
        Question::parse(&query.q).map_err(|error| ApiError::from(error).in_field("q"))?;
    let priors = query.lang.added_to(browser);
    let limit = query.limit.unwrap_or(DEFAULT_HITS);
    if !(1..=MAX_HITS).contains(&limit) {
        return Err(ApiError::new(
            ProblemKind::BadRequest,
            format!("`limit` is from 1 to {MAX_HITS}"),
        )
        .in_field("limit"));
    }
    let hits = app
        .visitors()
        .search(question, priors, readership, limit, app.now())
        .await?;
    Ok(Json(SearchResponse {
        hits: hits.into_iter().map(HitBody::from).collect(),
    }))
}

/// Which wording of an article.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ArticleQuery {
    /// Language of the text; where the article lacks it, another is given.
    #[serde(default, deserialize_with = "locale::served_locale")]
    #[param(inline, value_type = Option<ServedTag>, example = "zh-Hant")]
    lang: Option<Page>,
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
    params(("article" = String, Path, description = "The article", max_length = 200), ArticleQuery),
    responses(
        (status = 200, description = "The article", body = ArticleResponse),
        ApiError,
    )
)]
async fn read_article(
    State(app): State<AppState>,
    Readers(readership): Readers,
    Hints(browser): Hints,
    ApiPath(id): ApiPath<ArticleId>,
    ApiQuery(query): ApiQuery<ArticleQuery>,
) -> Result<Json<ArticleResponse>, ApiError> {
    let fallback = app.visitors().fallback();
    let accepted = browser.accept_language.first().copied();
    let locale = query.lang.unwrap_or_else(|| {
        let language = accepted.unwrap_or(fallback);
        Page::for_reader(language, browser.script.unwrap_or_default())
    });
    let snapshot = app.visitors().snapshot();
    // Markdown of a long article takes more than half a millisecond.
    let shelf = Shelf {
        locale,
        fallback,
        day: app.now().day(),
        readership,
        pictures: app.settings().site.pictures.clone(),
    };
    let article = tokio::task::spawn_blocking(move || {
        let link = |slug: &str| help_link(locale, slug);
        let rendered = RenderedArticle::find(snapshot.knowledge(), &id, &shelf, link)?;
        Some(ArticleResponse::new(rendered, locale))
    })
    .await
    .map_err(ApiError::internal)?;
    article
        .map(Json)
        .ok_or_else(|| ApiError::not_found("article"))
}

impl ArticleResponse {
    fn new(rendered: RenderedArticle, locale: Page) -> Self {
        let RenderedArticle {
            article,
            languages,
            wording,
            html,
            follow_ups,
        } = rendered;
        Self {
            link: help_link(
                Page::for_reader(wording.language, locale.script()),
                article.as_str(),
            ),
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
