//! The shape of an article: one subject, explained once per language.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::glossary::Glossary;
use super::media::Media;
use super::stage::Stage;
use super::traditional::TraditionalWording;
use super::translation::Translation;
use crate::language::{ChineseScript, Language};

/// Names an article; unique in a knowledge base and stable across renames of its folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(String);

impl ArticleId {
    /// Wraps an identifier as it stands in `article.toml`.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ArticleId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How much harm a wrong or late answer on this subject does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A matter of convenience.
    Low,
    /// The usual question.
    #[default]
    Normal,
    /// Money or access is held up.
    High,
    /// Money is being lost while the visitor types.
    Critical,
}

/// What kind of question an article answers; routing policy is stated per intent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// The same answer holds for every visitor.
    #[default]
    General,
    /// The visitor's own case: an article helps, a person has to look.
    Personal,
    /// A report of fraud or a stolen account.
    Fraud,
    /// Law, tax or residence: approved wording only.
    Regulated,
}

/// What to do when an article lacks the visitor's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguagePolicy {
    /// Hand over to a person.
    Strict,
    /// Answer in the fallback language and say so in the visitor's.
    #[default]
    Label,
    /// Answer in the fallback language without a label.
    Allow,
}

/// One subject with its translations.
#[derive(Debug, Clone)]
pub struct Article {
    /// Unique name.
    pub id: ArticleId,
    /// The folder it lives in, a label for routing and reports.
    pub category: String,
    /// Harm done by a wrong or late answer.
    pub severity: Severity,
    /// Kind of question it answers.
    pub intent: Intent,
    /// What to do when the visitor's language is missing.
    pub policy: LanguagePolicy,
    /// Groups of visitors it is meant for; `all` for everybody, `staff` for nobody but staff.
    pub audience: Vec<String>,
    /// Team that answers for its text.
    pub owner: String,
    /// Revision of the source text; a translation states which one it follows.
    pub rev: u32,
    /// Where it stands between its first word and its end.
    pub stage: Stage,
    /// First day it may be given, `YYYY-MM-DD`.
    pub valid_from: Option<String>,
    /// Last day it may be given, `YYYY-MM-DD`.
    pub valid_until: Option<String>,
    /// Articles a reader often needs next.
    pub follow_ups: Vec<ArticleId>,
    /// Fields a ticket on this subject needs, such as `txid`.
    pub collect: Vec<String>,
    /// What whoever answers a ticket on it should know about, beside the category.
    pub skills: Vec<String>,
    /// The text in each language it exists in.
    pub translations: BTreeMap<Language, Translation>,
    /// Its Chinese in traditional characters.
    pub traditional: TraditionalWording,
}

impl Article {
    /// Returns the wording in a language, else in the fallback, else in English, else in any.
    pub fn wording(&self, language: Language, fallback: Language) -> Option<&Translation> {
        [language, fallback, Language::English]
            .iter()
            .find_map(|language| self.translations.get(language))
            .or_else(|| self.translations.values().next())
    }

    /// Returns an article that says nothing yet, for everybody.
    pub fn blank(id: ArticleId) -> Self {
        Self {
            id,
            category: String::new(),
            severity: Severity::default(),
            intent: Intent::default(),
            policy: LanguagePolicy::default(),
            audience: Vec::new(),
            owner: String::new(),
            rev: 1,
            stage: Stage::Published,
            valid_from: None,
            valid_until: None,
            follow_ups: Vec::new(),
            collect: Vec::new(),
            skills: Vec::new(),
            translations: BTreeMap::new(),
            traditional: TraditionalWording::default(),
        }
    }

    /// Returns the wording for a visitor who reads Chinese in a script: as [`wording`](Self::wording) chooses it, and a
    /// Chinese one written in that script. Every place that shows an article's words to a person takes them from here.
    pub fn wording_in(
        &self,
        language: Language,
        fallback: Language,
        script: ChineseScript,
    ) -> Option<&Translation> {
        self.wording(language, fallback)
            .map(|wording| self.written(wording, script))
    }

    /// Returns one of the article's own wordings in a script of Chinese; one in another language as it is.
    pub fn written<'a>(
        &'a self,
        wording: &'a Translation,
        script: ChineseScript,
    ) -> &'a Translation {
        self.traditional.written(wording, script)
    }

    /// Tells whether the article may be given on a day written `YYYY-MM-DD`.
    pub fn is_valid_on(&self, day: &str) -> bool {
        // ISO dates compare as text.
        let begun = self.valid_from.as_deref().is_none_or(|from| from <= day);
        let ended = self.valid_until.as_deref().is_some_and(|until| day > until);
        begun && !ended
    }
}

/// Fingerprint of everything a knowledge base says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub String);

impl std::fmt::Display for Revision {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A set of articles with one fingerprint.
#[derive(Debug, Clone)]
pub struct KnowledgeBase {
    /// Articles in the order of their identifiers.
    pub articles: Vec<Article>,
    /// What is known of the categories, by their names; an article's category need not be among them.
    pub categories: BTreeMap<String, Category>,
    /// Pictures and other files of the articles.
    pub media: Media,
    /// The operator's own words.
    pub glossary: Glossary,
    /// Changes exactly when a file changes.
    pub revision: Revision,
}

impl KnowledgeBase {
    /// Joins articles, in the order of their identifiers, with nothing beside them: no names of categories, no files.
    pub fn of_articles(articles: Vec<Article>, revision: Revision) -> Self {
        Self {
            articles,
            categories: BTreeMap::new(),
            media: Media::default(),
            glossary: Glossary::default(),
            revision,
        }
    }
}

/// A category as readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its name in the languages it has one in.
    pub titles: BTreeMap<Language, String>,
    /// Its place among the others; the smallest comes first.
    pub place: u32,
}

/// What the articles of a category have in common, for a matter that none of them answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryTraits {
    /// The severity in the middle of theirs; of two, the greater.
    pub severity: Severity,
    /// Every field that one of them needs.
    pub collect: Vec<String>,
    /// Every skill that one of them names.
    pub skills: Vec<String>,
}

impl KnowledgeBase {
    /// Changes exactly when a file changes.
    pub fn revision(&self) -> &Revision {
        &self.revision
    }

    /// Names every category that has an article, in the order readers see them.
    pub fn category_codes(&self) -> Vec<&str> {
        let used: BTreeSet<&str> = self
            .articles
            .iter()
            .map(|article| article.category.as_str())
            .collect();
        let place = |code: &&str| self.categories.get(*code).map_or(u32::MAX, |one| one.place);
        let mut codes: Vec<&str> = used.into_iter().collect();
        codes.sort_by_key(place);
        codes
    }

    /// Tells what the articles of a category have in common; nothing where there are none.
    pub fn traits_of(&self, category: &str) -> Option<CategoryTraits> {
        let of_it = || {
            self.articles
                .iter()
                .filter(|article| article.category == category)
        };
        let mut severities: Vec<Severity> = of_it().map(|article| article.severity).collect();
        severities.sort_unstable();
        let severity = *severities.get(severities.len() / 2)?;
        let distinct = |texts: Vec<&String>| {
            let mut seen = BTreeSet::new();
            let first = texts.into_iter().filter(|text| seen.insert(*text));
            first.cloned().collect()
        };
        Some(CategoryTraits {
            severity,
            collect: distinct(of_it().flat_map(|article| &article.collect).collect()),
            skills: distinct(of_it().flat_map(|article| &article.skills).collect()),
        })
    }

    /// Finds an article by its identifier.
    pub fn article(&self, id: &ArticleId) -> Option<&Article> {
        self.articles
            .binary_search_by(|article| article.id.cmp(id))
            .ok()
            .map(|position| &self.articles[position])
    }
}
