//! Where a visitor asks, as requests tell it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::form::text::{Any, ArticleName, CutText, Text};
use crate::conversation::VisitedPage;
use crate::knowledge::ArticleId;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};
use crate::schedule::Zone;

/// Where a visitor asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "article": "verification-duration", "url": "https://www.example.com/pricing" }))]
pub(in crate::http) struct PageContext {
    /// The article the page is about.
    article: Option<ArticleName>,
    /// Address of the page, without its query; that of a help page names its article too.
    url: Option<CutText>,
    /// Name of the time zone the visitor lives by, for whoever answers them; one that is unknown is left out.
    #[schema(example = "Asia/Seoul")]
    time_zone: Option<ZoneName>,
}

/// A name of a time zone.
type ZoneName = Text<Any, 100>;

/// Longest address kept of a page, in characters.
const MAX_URL_CHARS: usize = 400;

impl PageContext {
    /// Returns where the visitor writes from, without what is theirs alone.
    pub(in crate::http) fn visited(&self) -> Option<VisitedPage> {
        let url = self
            .url
            .as_deref()
            .and_then(|url| url.split(['?', '#']).next());
        let url = url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        let url = url
            .and_then(|url| Words::shortened(url, MAX_URL_CHARS, Lines::Joined, Hides::Everything));
        let zone = self.time_zone.as_deref().and_then(Zone::named);
        let page = VisitedPage {
            url: url.map(|url| url.as_str().to_owned()),
            time_zone: zone.map(|zone| zone.name().to_owned()),
        };
        (page != VisitedPage::default()).then_some(page)
    }

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
