//! The tool `article`: a whole article in one language.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::given::Given;
use crate::http::assistants::asker::Asker;
use crate::http::assistants::reply::{NamedArticle, whole_address};
use crate::http::edge::pages::address::help_link;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::article::{RenderedArticle, Shelf};
use crate::http::wire::locale;
use crate::knowledge::{ArticleId, plain_form};
use crate::language::Language;
use crate::locale::Locale;

/// Which article, and in which wording.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleArguments {
    /// The article, as `ask` and `search` name it.
    #[schema(example = "deposit-how")]
    id: String,
    /// Language to read it in: en, zh, zh-Hant, ja or ko; where the article lacks it, another is given.
    #[serde(default, deserialize_with = "locale::served_locale")]
    #[schema(value_type = Option<String>)]
    language: Option<Locale>,
}

/// An article in one language.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReadArticle {
    /// The article.
    id: String,
    /// Language of the text.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// Languages the article exists in.
    #[schema(value_type = Vec<LanguageCode>)]
    languages: Vec<Language>,
    /// The question the article answers.
    title: String,
    /// The short answer.
    summary: String,
    /// The long answer, as plain text.
    text: String,
    /// Its help page.
    address: String,
    /// Articles often needed next.
    follow_ups: Vec<NamedArticle>,
}

/// Reads an article.
pub(super) async fn read(
    app: &AppState,
    asker: &Asker,
    arguments: ArticleArguments,
) -> Result<Given<ReadArticle>, ApiError> {
    let fallback = app.visitors().fallback();
    let locale = arguments.language.unwrap_or(Locale::of(fallback));
    let id = ArticleId::new(arguments.id);
    let shelf = Shelf {
        locale,
        fallback,
        day: app.now().day(),
        readership: asker.readership(),
        pictures: Vec::new(),
    };
    let app = app.clone();
    // Markdown of a long article takes more than half a millisecond.
    let read = tokio::task::spawn_blocking(move || {
        let snapshot = app.visitors().snapshot();
        let link = |slug: &str| help_link(locale, slug);
        let found = RenderedArticle::find(snapshot.knowledge(), &id, &shelf, link)?;
        Some(ReadArticle::new(found, locale, &app))
    });
    let article = read.await.map_err(ApiError::internal)?;
    let article = article.ok_or_else(|| {
        let detail = "there is no such article; `search` finds those that are";
        ApiError::new(ProblemKind::NotFound, detail).in_field("id")
    })?;
    let ReadArticle {
        title,
        summary,
        text,
        address,
        ..
    } = &article;
    Ok(Given {
        text: format!("{title}\n\n{summary}\n\n{text}\n\n{address}"),
        parts: article,
    })
}

impl ReadArticle {
    fn new(found: RenderedArticle, locale: Locale, app: &AppState) -> Self {
        let RenderedArticle {
            article,
            languages,
            wording,
            html: _,
            follow_ups,
        } = found;
        let link = |target: &str| match target.strip_prefix("article:") {
            Some(slug) => Some(whole_address(app, &help_link(locale, slug))),
            None => target.starts_with("https://").then(|| target.to_owned()),
        };
        let shown = Locale::for_reader(wording.language, locale.script());
        let named = |(article, title): (ArticleId, String)| NamedArticle {
            address: whole_address(app, &help_link(locale, article.as_str())),
            article: article.to_string(),
            title,
        };
        Self {
            address: whole_address(app, &help_link(shown, article.as_str())),
            id: article.to_string(),
            language: wording.language,
            languages,
            title: wording.title,
            summary: wording.summary,
            text: plain_form(&wording.body, link),
            follow_ups: follow_ups.into_iter().map(named).collect(),
        }
    }
}
