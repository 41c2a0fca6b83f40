//! What a new article that closes a gap may begin with: its questions, and nothing that answers them.

use std::collections::BTreeMap;

use super::report::Gap;
use crate::knowledge::KnowledgeBase;
use crate::language::Language;

/// A new article without its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleDraft {
    /// Category of the nearest article, if any.
    pub category: Option<String>,
    /// The language most articles are written in.
    pub language: Language,
    /// The most central question, in that language where somebody asked in it.
    pub title: String,
    /// Other questions in that language.
    pub alternates: Vec<String>,
}

/// Drafts an article from the samples of a gap.
pub fn draft_for(gap: &Gap, knowledge: &KnowledgeBase) -> ArticleDraft {
    let language = source_language(knowledge).unwrap_or(gap.title().language);
    let own = gap
        .shown()
        .iter()
        .filter(|asked| asked.language == language);
    let mut own = own.map(|asked| asked.text.clone());
    // Where nobody asked in it, the author translates what was asked.
    let title = own.next().unwrap_or_else(|| gap.title().text.clone());
    let nearest = gap.nearest.as_ref();
    let nearest = nearest.and_then(|nearest| knowledge.article(&nearest.article));
    ArticleDraft {
        category: nearest.map(|article| article.category.clone()),
        language,
        title,
        alternates: own.collect(),
    }
}

/// The language that most articles have; of several, the first.
fn source_language(knowledge: &KnowledgeBase) -> Option<Language> {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for article in &knowledge.articles {
        for language in article.translations.keys() {
            *counts.entry(*language).or_default() += 1;
        }
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(language, _)| language)
}
