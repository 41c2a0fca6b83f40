//! Articles as they are shown.

use crate::http::edge::pages::media::page_html;
use crate::knowledge::{Article, ArticleId, KnowledgeBase, Readership, Translation};
use crate::language::Language;
use crate::locale::Locale;

/// Which articles a reader sees, and in which wording.
pub(in crate::http) struct Shelf {
    pub(in crate::http) locale: Locale,
    pub(in crate::http) fallback: Language,
    /// The day, `YYYY-MM-DD`.
    pub(in crate::http) day: String,
    pub(in crate::http) readership: Readership,
    /// Sites whose pictures are shown.
    pub(in crate::http) pictures: Vec<String>,
}

impl Shelf {
    fn wording<'a>(&self, article: &'a Article) -> Option<&'a Translation> {
        article.wording_in(self.locale.language(), self.fallback, self.locale.script())
    }
}

/// An article ready to be shown.
pub(in crate::http) struct RenderedArticle {
    pub(in crate::http) article: ArticleId,
    pub(in crate::http) languages: Vec<Language>,
    pub(in crate::http) wording: Translation,
    pub(in crate::http) html: String,
    pub(in crate::http) follow_ups: Vec<(ArticleId, String)>,
}

impl RenderedArticle {
    /// Finds an article that may be given, in the reader's language or the nearest one it has; `link` gives the pages
    /// of the articles it mentions.
    pub(in crate::http) fn find(
        knowledge: &KnowledgeBase,
        id: &ArticleId,
        shelf: &Shelf,
        link: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let current = |id: &ArticleId| -> Option<&Article> {
            knowledge
                .article(id)
                .filter(|article| article.may_be_given(&shelf.day, &shelf.readership))
        };
        let article = current(id)?;
        let wording = shelf.wording(article)?;
        let follow_ups = article
            .follow_ups
            .iter()
            .filter_map(|next| Some((next.clone(), shelf.wording(current(next)?)?.title.clone())))
            .collect();
        Some(Self {
            article: article.id.clone(),
            languages: article.translations.keys().copied().collect(),
            html: page_html(knowledge, wording, &shelf.pictures, &link),
            wording: wording.clone(),
            follow_ups,
        })
    }
}
