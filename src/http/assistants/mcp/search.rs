//! The tool `search`: articles by words or a question.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::given::Given;
use crate::http::assistants::asker::Asker;
use crate::http::assistants::reply::{numbered, whole_address};
use crate::http::edge::client::clients::Act;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::locale;
use crate::language::Language;
use crate::locale::Locale;
use crate::pipeline::{Question, SearchHit};

const DEFAULT_HITS: usize = 5;
const MAX_HITS: usize = 50;

/// What to search for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchArguments {
    /// Words or a question.
    query: String,
    /// Language of the reader, such as en, zh-Hant, ja or ko; a hint for words that could be in several.
    #[serde(default, deserialize_with = "locale::served_locale")]
    #[schema(value_type = Option<String>)]
    language: Option<Locale>,
    /// Most articles wanted.
    #[schema(default = 5, minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundArticles {
    /// Articles, the best first.
    articles: Vec<FoundArticle>,
}

/// An article that was found.
#[derive(Debug, Serialize, ToSchema)]
struct FoundArticle {
    /// The article, as the tool `article` takes it.
    id: String,
    /// Language of the text.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// The question the article answers.
    title: String,
    /// The short answer.
    summary: String,
    /// Its help page.
    address: String,
}

/// Finds articles.
pub(super) async fn search(
    app: &AppState,
    asker: &Asker,
    arguments: SearchArguments,
) -> Result<Given<FoundArticles>, ApiError> {
    asker.count(app, Act::Question)?;
    let question = Question::parse(&arguments.query)?;
    let limit = arguments.limit.unwrap_or(DEFAULT_HITS);
    if !(1..=MAX_HITS).contains(&limit) {
        let detail = format!("`limit` is from 1 to {MAX_HITS}");
        return Err(ApiError::new(ProblemKind::BadRequest, detail).in_field("limit"));
    }
    let priors = asker.priors(arguments.language);
    let hits = app
        .visitors()
        .search(question, priors, asker.readership(), limit, app.now())
        .await?;
    let found = |hit: SearchHit| FoundArticle {
        id: hit.article.to_string(),
        language: hit.language,
        title: hit.title,
        summary: hit.summary,
        address: whole_address(app, &hit.link),
    };
    let articles: Vec<FoundArticle> = hits.into_iter().map(found).collect();
    Ok(Given {
        text: listed(&articles),
        parts: FoundArticles { articles },
    })
}

fn listed(articles: &[FoundArticle]) -> String {
    if articles.is_empty() {
        return "No article was found.".to_owned();
    }
    let lines: Vec<String> = articles
        .iter()
        .map(|found| {
            let FoundArticle {
                id,
                language,
                title,
                summary,
                address,
            } = found;
            format!("{title}\n   {summary}\n   {address} (id {id}, language {language})")
        })
        .collect();
    numbered(lines.iter().map(String::as_str))
}
