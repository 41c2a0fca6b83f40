//! Proposes other words for the questions of a base: from its headings, from its other languages, from what visitors
//! asked. An author takes or leaves them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::knowledge::{Article, ArticleId, KnowledgeBase, Translation, sections};
use crate::language::{Language, normalize_for_matching};

/// Longest proposal, in characters.
const LONGEST: usize = 120;
/// Most proposals from the headings of one text.
const MOST_HEADINGS: usize = 6;
/// Articles in which a word of another language may stand before it says little about any.
const RARE: usize = 3;

/// Where proposed words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WordsFrom {
    /// A visitor's question that led to the article.
    Visitor,
    /// A heading of the text that no other article has.
    Heading,
    /// A name or code that the article has in another language.
    OtherLanguage,
}

/// Words that could become an alternate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ProposedAlternate {
    /// The article.
    pub article: ArticleId,
    /// The language of the text they would stand in.
    pub language: Language,
    /// Where they come from.
    pub from: WordsFrom,
    /// The words.
    pub words: String,
}

/// Proposes alternates for every text; `asked` are questions of visitors with the articles they led to.
pub fn propose_alternates(
    knowledge: &KnowledgeBase,
    asked: &[(ArticleId, Language, String)],
) -> Vec<ProposedAlternate> {
    let mut proposals = Vec::new();
    for language in Language::ALL {
        let taken = taken_words(knowledge, language);
        let headings = headings_of(knowledge, language);
        let names = names_of_articles(knowledge);
        for article in &knowledge.articles {
            let Some(text) = article.translations.get(&language) else {
                continue;
            };
            let mut own: BTreeSet<String> = BTreeSet::new();
            let mut propose = |from, words: &str, proposals: &mut Vec<ProposedAlternate>| {
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                let plain = normalize_for_matching(&words);
                let fits = (2..=LONGEST).contains(&words.chars().count()) && !plain.is_empty();
                if fits && !taken.contains(&plain) && own.insert(plain) {
                    proposals.push(ProposedAlternate {
                        article: article.id.clone(),
                        language,
                        from,
                        words,
                    });
                }
            };
            let of_visitors = asked
                .iter()
                .filter(|(id, spoken, _)| *id == article.id && *spoken == language);
            for (_, _, question) in of_visitors {
                propose(WordsFrom::Visitor, question, &mut proposals);
            }
            let unique = own_headings(text)
                .into_iter()
                .filter(|heading| headings.get(&normalize_for_matching(heading)) == Some(&1))
                .filter(|heading| !is_label(heading));
            for heading in unique.take(MOST_HEADINGS) {
                propose(WordsFrom::Heading, &heading, &mut proposals);
            }
            for name in names_elsewhere(article, language) {
                if names.get(&name).is_some_and(|count| *count <= RARE) {
                    propose(WordsFrom::OtherLanguage, &name, &mut proposals);
                }
            }
        }
    }
    proposals.sort();
    proposals
}

/// Every title and alternate of a language: words that are taken by some article.
fn taken_words(knowledge: &KnowledgeBase, language: Language) -> BTreeSet<String> {
    knowledge
        .articles
        .iter()
        .filter_map(|article| article.translations.get(&language))
        .flat_map(|text| std::iter::once(&text.title).chain(&text.alternates))
        .map(|words| normalize_for_matching(words))
        .collect()
}

/// Counts in how many articles a heading stands.
fn headings_of(knowledge: &KnowledgeBase, language: Language) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for article in &knowledge.articles {
        if let Some(text) = article.translations.get(&language) {
            let own: BTreeSet<String> = own_headings(text)
                .iter()
                .map(|heading| normalize_for_matching(heading))
                .collect();
            for heading in own {
                *counts.entry(heading).or_default() += 1;
            }
        }
    }
    counts
}

fn own_headings(text: &Translation) -> Vec<String> {
    sections(&text.body)
        .into_iter()
        .filter_map(|section| section.heading)
        .map(|heading| heading.text)
        .collect()
}

/// A word alone names a part of a page, not what a visitor asks.
fn is_label(heading: &str) -> bool {
    let is_ascii = heading.is_ascii();
    let words = heading.split_whitespace().count();
    let letters = heading.chars().filter(|one| one.is_alphanumeric()).count();
    if is_ascii { words < 2 } else { letters < 5 }
}

/// Counts in how many articles a name in Latin letters stands among titles and alternates.
fn names_of_articles(knowledge: &KnowledgeBase) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for article in &knowledge.articles {
        let own: BTreeSet<String> = article.translations.values().flat_map(names_in).collect();
        for name in own {
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}

/// Names that an article has in other languages than one, and not in that one.
fn names_elsewhere(article: &Article, language: Language) -> BTreeSet<String> {
    let own: BTreeSet<String> = article
        .translations
        .get(&language)
        .map(|text| words_of(text).map(|word| word.to_lowercase()).collect())
        .unwrap_or_default();
    article
        .translations
        .iter()
        .filter(|(other, _)| **other != language && **other != Language::English)
        .flat_map(|(_, text)| names_in(text))
        .filter(|name| !own.contains(&name.to_lowercase()))
        .collect()
}

/// Words in Latin letters and digits of a Chinese, Japanese or Korean text: what its visitors type although it is not
/// their script.
fn names_in(text: &Translation) -> BTreeSet<String> {
    if text.language == Language::English {
        return BTreeSet::new();
    }
    words_of(text)
        .filter(|word| word.len() >= 2 && word.chars().any(|one| one.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect()
}

fn words_of(text: &Translation) -> impl Iterator<Item = &str> {
    std::iter::once(&text.title)
        .chain(&text.alternates)
        .flat_map(|words| words.split(|one: char| !one.is_ascii_alphanumeric()))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::knowledge::load_folder;

    #[test]
    fn headings_and_names_of_other_languages_are_proposed_once() {
        let root = tempfile::tempdir().unwrap();
        let write = |id: &str, language: &str, title: &str, alternates: &str, body: &str| {
            let folder = root.path().join("shop").join(id);
            fs::create_dir_all(&folder).unwrap();
            let matter = format!("id = \"{id}\"\ncategory = \"shop\"\n");
            fs::write(folder.join("article.toml"), matter).unwrap();
            let text = format!(
                "+++\ntitle = \"{title}\"\nalternates = [{alternates}]\nsummary = \"So.\"\nsource_rev = 1\n+++\n{body}\n"
            );
            fs::write(folder.join(format!("{language}.md")), text).unwrap();
        };
        let body =
            "## Limits\n\nOne.\n\n## Can I pay by telephone?\n\nYes.\n\n## Common heading\n\nTwo.";
        write("pay", "en", "How do I pay?", "\"paying\"", body);
        write("pay", "zh", "怎么用 FPS 付款？", "", "可以。");
        write(
            "post",
            "en",
            "Where is it?",
            "",
            "## Common heading\n\nOne.",
        );
        let knowledge = load_folder(root.path()).unwrap().into_served().unwrap();
        let asked = [
            (
                ArticleId::new("pay"),
                Language::English,
                "Paying".to_owned(),
            ),
            (
                ArticleId::new("pay"),
                Language::English,
                "which cards".to_owned(),
            ),
            (
                ArticleId::new("pay"),
                Language::English,
                "Which  cards".to_owned(),
            ),
        ];
        let found: Vec<(String, WordsFrom, String)> = propose_alternates(&knowledge, &asked)
            .into_iter()
            .map(|one| (one.language.to_string(), one.from, one.words))
            .collect();
        let expected = [
            (WordsFrom::Visitor, "which cards"),
            (WordsFrom::Heading, "Can I pay by telephone?"),
            (WordsFrom::OtherLanguage, "FPS"),
        ];
        let expected = expected.map(|(from, words)| ("en".to_owned(), from, words.to_owned()));
        assert_eq!(found, expected);
    }
}
