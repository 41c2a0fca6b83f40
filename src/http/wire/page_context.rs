//! Where a visitor asks, as requests tell it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::form::text::{ArticleName, CutText};
use crate::knowledge::ArticleId;

/// Where a visitor asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "article": "verification-duration", "url": "https://www.example.com/pricing" }))]
pub(in crate::http) struct PageContext {
    /// The article the page is about.
    article: Option<ArticleName>,
    /// Address of the page, without its query; that of a help page names its article too.
    url: Option<CutText>,
}

impl PageContext {
    /// Returns the article the visitor is reading.
    pub(in crate::http) fn reading(self) -> Option<ArticleId> {
        let named = self.article.as_deref();
        named
            .filter(|article| !article.trim().is_empty())
            .or_else(|| article_in(self.url.as_deref()?))
            .map(ArticleId::new)
    }
}

/// The article whose help page has this address.
fn article_in(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    let (_, page) = path.split_once("/help/")?;
    let (_, article) = page.trim_end_matches('/').rsplit_once('/')?;
    (!article.is_empty()).then_some(article)
}
