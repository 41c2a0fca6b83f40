//! TOML front matter: what stands in `article.toml` and between the `+++` lines of a translation.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::article::{ArticleId, Intent, LanguagePolicy, Severity};
use super::stage::Stage;
use crate::language::Language;

/// What `article.toml` holds. Unknown keys are errors, so a typing slip is found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticleMatter {
    /// Unique name of the article.
    pub id: ArticleId,
    /// Label for routing and reports.
    pub category: String,
    /// Harm done by a wrong or late answer.
    #[serde(default)]
    pub severity: Severity,
    /// Kind of question.
    #[serde(default)]
    pub intent: Intent,
    /// What to do when a language is missing.
    #[serde(default)]
    pub policy: LanguagePolicy,
    /// Groups of visitors.
    #[serde(default)]
    pub audience: Vec<String>,
    /// Team that answers for the text.
    #[serde(default)]
    pub owner: String,
    /// Revision of the source text.
    #[serde(default = "first_revision")]
    pub rev: u32,
    /// Where it stands.
    #[serde(default)]
    pub stage: Stage,
    /// First day of validity.
    #[serde(default)]
    pub valid_from: Option<toml::value::Datetime>,
    /// Last day of validity.
    #[serde(default)]
    pub valid_until: Option<toml::value::Datetime>,
    /// Articles often needed next.
    #[serde(default)]
    pub follow_ups: Vec<ArticleId>,
    /// Fields a ticket needs.
    #[serde(default)]
    pub collect: Vec<String>,
    /// What agents should know about, beside the category.
    #[serde(default)]
    pub skills: Vec<String>,
}

/// What `category.toml` holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryMatter {
    /// Its name in each language.
    pub(super) title: BTreeMap<Language, String>,
    /// Its place among the others.
    #[serde(default)]
    pub(super) place: u32,
}

/// What stands between the `+++` lines of a translation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranslationMatter {
    /// The question as a visitor asks it.
    pub title: String,
    /// The same question in other words.
    #[serde(default)]
    pub alternates: Vec<String>,
    /// Words it should be found by that stand nowhere in it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The short answer.
    pub summary: String,
    /// Revision of the source text this follows.
    #[serde(default = "first_revision")]
    pub source_rev: u32,
}

fn first_revision() -> u32 {
    1
}

/// Where TOML went wrong: the line, counted from 1 in the text given, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadMatter {
    pub(super) line: usize,
    pub(super) message: String,
}

/// Reads TOML into a type, with the line of the first mistake.
pub(super) fn parse_toml<T: DeserializeOwned>(text: &str) -> Result<T, BadMatter> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        BadMatter {
            line,
            message: error.message().trim().to_owned(),
        }
    })
}

/// A translation file cut at its `+++` lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) matter: &'a str,
    pub(super) body: &'a str,
    /// Line of the file on which the body begins, counted from 1.
    pub(super) body_line: usize,
}

/// Cuts a translation file; the message of the error says what to write.
pub(super) fn split(text: &str) -> Result<Parts<'_>, BadMatter> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let opening = text.lines().next().unwrap_or_default();
    if opening.trim_end() != "+++" {
        return Err(BadMatter {
            line: 1,
            message: "the file must begin with a line `+++`, then title, alternates and summary, then `+++`".to_owned(),
        });
    }
    let matter_start = (opening.len() + 1).min(text.len());
    let mut offset = matter_start;
    for (number, line) in text[matter_start..].split_inclusive('\n').enumerate() {
        if line.trim_end() == "+++" {
            return Ok(Parts {
                matter: &text[matter_start..offset],
                body: &text[offset + line.len()..],
                body_line: number + 3,
            });
        }
        offset += line.len();
    }
    Err(BadMatter {
        line: 1,
        message: "the front matter is never closed: add a line `+++` after the summary".to_owned(),
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset.min(text.len())].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matter_and_body_are_cut_at_the_plus_lines() {
        let parts = split("+++\ntitle = \"a\"\n+++\nbody\n").expect("well formed");
        assert_eq!(parts.matter, "title = \"a\"\n");
        assert_eq!(parts.body, "body\n");
        assert_eq!(parts.body_line, 4);
    }

    #[test]
    fn a_file_without_matter_says_what_to_write() {
        for text in ["", "hello", "+++\ntitle = \"a\"\n"] {
            let error = split(text).expect_err("no matter");
            assert!(error.message.contains("+++"), "{}", error.message);
        }
    }

    #[test]
    fn a_mistake_names_its_line() {
        let error = parse_toml::<TranslationMatter>("title = \"a\"\nsummary = 3\n")
            .expect_err("summary is text");
        assert_eq!(error.line, 2);
        let error = parse_toml::<TranslationMatter>("title = \"a\"\nsumary = \"b\"\n")
            .expect_err("unknown key");
        assert_eq!(error.line, 2, "{}", error.message);
    }
}
