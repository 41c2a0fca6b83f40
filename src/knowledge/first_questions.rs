//! Ten questions that show at once what a bot does with a base: eight from its articles, two that no help centre answers.

use std::collections::BTreeMap;

use super::article::{Article, ArticleId, KnowledgeBase};
use super::sections::sections;
use crate::language::Language;

/// How many come from the articles, and how many from elsewhere.
const OWN: usize = 8;
const STRANGE: usize = 2;

/// A question to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstQuestion {
    /// Its language.
    pub language: Language,
    /// Its words.
    pub text: String,
    /// The article it comes from; `None` for one that no article answers.
    pub of: Option<ArticleId>,
}

/// Chooses them: in the languages of the base in turn, from articles spread over it, in words that are not the title where
/// there are any.
pub fn first_questions(knowledge: &KnowledgeBase) -> Vec<FirstQuestion> {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for article in &knowledge.articles {
        for language in article.translations.keys() {
            *counts.entry(*language).or_default() += 1;
        }
    }
    let mut languages: Vec<Language> = counts.keys().copied().collect();
    languages.sort_by_key(|language| std::cmp::Reverse(counts[language]));
    if languages.is_empty() {
        return Vec::new();
    }
    let mut chosen: Vec<FirstQuestion> = Vec::new();
    for (place, language) in languages.iter().cycle().take(OWN).enumerate() {
        let of_language: Vec<&Article> = knowledge
            .articles
            .iter()
            .filter(|article| article.translations.contains_key(language))
            .collect();
        let from = place * of_language.len() / OWN;
        let mut articles = of_language
            .iter()
            .cycle()
            .skip(from)
            .take(of_language.len());
        let question = articles.find_map(|article| {
            let text = other_words(article, *language)?;
            let is_new = chosen.iter().all(|one| one.text != text);
            is_new.then(|| FirstQuestion {
                language: *language,
                text,
                of: Some(article.id.clone()),
            })
        });
        chosen.extend(question);
    }
    let strange = languages.iter().cycle().take(STRANGE).enumerate();
    chosen.extend(strange.map(|(place, language)| FirstQuestion {
        language: *language,
        text: strange_questions(*language)[place].to_owned(),
        of: None,
    }));
    chosen
}

/// An alternate, else a heading that asks, else the title.
fn other_words(article: &Article, language: Language) -> Option<String> {
    let text = article.translations.get(&language)?;
    let headings = sections(&text.body)
        .into_iter()
        .filter_map(|one| one.heading)
        .map(|heading| heading.text)
        .find(|heading| heading.ends_with(['?', '？']));
    let alternate = text.alternates.first().cloned();
    Some(alternate.or(headings).unwrap_or_else(|| text.title.clone()))
}

fn strange_questions(language: Language) -> [&'static str; STRANGE] {
    match language {
        Language::English => [
            "how many moons does Jupiter have",
            "what should I cook tonight",
        ],
        Language::Chinese => ["木星有几颗卫星", "今晚做什么菜好"],
        Language::Japanese => ["木星の衛星はいくつありますか", "今夜の献立は何がいいですか"],
        Language::Korean => ["목성의 위성은 몇 개예요?", "오늘 저녁에 뭐 해 먹을까요?"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::load_folder;
    use std::path::Path;

    #[test]
    fn every_language_is_asked_and_nothing_twice() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge_base");
        let knowledge = load_folder(&root).unwrap().into_served().unwrap();
        let questions = first_questions(&knowledge);
        assert_eq!(questions.len(), OWN + STRANGE);
        for language in Language::ALL {
            let asked = questions.iter().filter(|one| one.language == language);
            assert!(asked.count() >= 2, "{language}");
        }
        let mut texts: Vec<&str> = questions.iter().map(|one| one.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), questions.len());
        assert_eq!(questions.iter().filter(|one| one.of.is_none()).count(), 2);
    }

    #[test]
    fn an_empty_base_is_asked_nothing() {
        let revision = crate::knowledge::Revision(String::new());
        let empty = KnowledgeBase::of_articles(Vec::new(), revision);
        assert_eq!(first_questions(&empty), []);
    }
}
