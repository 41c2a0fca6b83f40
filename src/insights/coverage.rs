//! Which article exists in which language.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::sources::folder_of;
use crate::knowledge::{ArticleId, Fault, KnowledgeBase};
use crate::language::Language;

/// One article in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageCell {
    /// It is there and follows the current source text.
    Present,
    /// It follows an older revision of the source text.
    Stale,
    /// It is not there.
    Missing,
}

/// One article in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// The article.
    pub article: ArticleId,
    /// Its category.
    pub category: String,
    /// Its state in each language, by code.
    pub languages: BTreeMap<&'static str, CoverageCell>,
}

/// Every article in every language; displays as a compact table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CoverageMatrix {
    /// Articles in the order of the base.
    pub rows: Vec<CoverageRow>,
}

impl CoverageMatrix {
    /// Looks at a whole base.
    pub fn of(knowledge: &KnowledgeBase) -> Self {
        let rows = knowledge.articles.iter().map(|article| {
            let cell = |language: Language| match article.translations.get(&language) {
                Some(translation) if translation.source_rev < article.rev => CoverageCell::Stale,
                Some(_) => CoverageCell::Present,
                None => CoverageCell::Missing,
            };
            CoverageRow {
                article: article.id.clone(),
                category: article.category.clone(),
                languages: Language::ALL
                    .into_iter()
                    .map(|language| (language.code(), cell(language)))
                    .collect(),
            }
        });
        Self {
            rows: rows.collect(),
        }
    }
}

impl CoverageMatrix {
    /// Lists the languages that the base is written in: those of at least a tenth of its articles.
    ///
    /// A company of one language owes nobody a translation, and a single page in another language does not change that.
    pub fn used_languages(&self) -> Vec<Language> {
        let is_there = |row: &&CoverageRow, language| row.cell(language) != CoverageCell::Missing;
        let count = |language| {
            self.rows
                .iter()
                .filter(|row| is_there(row, language))
                .count()
        };
        Language::ALL
            .into_iter()
            .filter(|language| count(*language) > 0 && count(*language) * 10 >= self.rows.len())
            .collect()
    }
}

impl fmt::Display for CoverageMatrix {
    /// One line a category with the number of its articles per language, then each article with a gap.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut categories: BTreeMap<&str, Vec<&CoverageRow>> = BTreeMap::new();
        for row in &self.rows {
            categories.entry(&row.category).or_default().push(row);
        }
        let used = self.used_languages();
        let gaps: Vec<&CoverageRow> = self.rows.iter().filter(|row| row.has_gap(&used)).collect();
        let width = categories
            .keys()
            .map(|category| category.chars().count())
            .chain(gaps.iter().map(|row| row.article.as_str().chars().count()))
            .max()
            .unwrap_or(0)
            .max(HEADING.len());
        write!(formatter, "{HEADING:<width$}  {:>8}", "articles")?;
        for language in Language::ALL {
            write!(formatter, "  {:>4}", language.code())?;
        }
        writeln!(formatter)?;
        for (category, rows) in &categories {
            write_counts(formatter, category, rows, width)?;
        }
        write_counts(
            formatter,
            "all",
            &self.rows.iter().collect::<Vec<_>>(),
            width,
        )?;
        if gaps.is_empty() {
            return Ok(());
        }
        writeln!(
            formatter,
            "articles with gaps (+ there, ~ follows an older revision, - missing):"
        )?;
        for row in gaps {
            write!(formatter, "{:<width$}  {:>8}", row.article.as_str(), "")?;
            for language in Language::ALL {
                let mark = match row.cell(language) {
                    CoverageCell::Present => "+",
                    CoverageCell::Stale => "~",
                    CoverageCell::Missing => "-",
                };
                write!(formatter, "  {mark:>4}")?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

const HEADING: &str = "category";

impl CoverageRow {
    /// The article's state in one language.
    pub fn cell(&self, language: Language) -> CoverageCell {
        self.languages
            .get(language.code())
            .copied()
            .unwrap_or(CoverageCell::Missing)
    }

    fn has_gap(&self, used: &[Language]) -> bool {
        used.iter()
            .any(|language| self.cell(*language) != CoverageCell::Present)
    }
}

fn write_counts(
    formatter: &mut fmt::Formatter<'_>,
    name: &str,
    rows: &[&CoverageRow],
    width: usize,
) -> fmt::Result {
    write!(formatter, "{name:<width$}  {:>8}", rows.len())?;
    for language in Language::ALL {
        let there = rows
            .iter()
            .filter(|row| row.cell(language) != CoverageCell::Missing)
            .count();
        write!(formatter, "  {there:>4}")?;
    }
    writeln!(formatter)
}

/// One fault for each article that lacks languages.
pub(super) fn missing_translations(knowledge: &KnowledgeBase) -> Vec<Fault> {
    let mut faults = Vec::new();
    let used = CoverageMatrix::of(knowledge).used_languages();
    for article in &knowledge.articles {
        let missing: Vec<String> = used
            .iter()
            .filter(|language| !article.translations.contains_key(language))
            .map(|language| format!("{}.md", language.code()))
            .collect();
        if !missing.is_empty() {
            faults.push(Fault::warning(
                folder_of(article),
                "missing-translation",
                format!("write {}", missing.join(", ")),
            ));
        }
    }
    faults
}
