//! Runs every check and puts the faults in order.

use std::path::Path;

use serde::Serialize;

use super::coverage::{self, CoverageMatrix};
use super::sentences::Sentences;
use super::sources::Sources;
use super::{confusable, foreign_text, numbers_check, raw_markup, references, title_body, wording};
use crate::encoder::Encoder;
use crate::knowledge::{Fault, KnowledgeBase, Level};
use crate::language::Language;

/// The names of every check, as faults and `kb-check.toml` have them.
pub const CHECKS: [&str; 29] = [
    "bad-front-matter",
    "blocked-picture",
    "category-mismatch",
    "confusable",
    "dead-link",
    "different-numbers",
    "duplicate-id",
    "empty-body",
    "few-alternates",
    "image-without-alt",
    "long-summary",
    "long-title",
    "missing-image",
    "missing-translation",
    "near-duplicate",
    "never-valid",
    "no-article-toml",
    "no-translation",
    "not-utf8",
    "raw-markup",
    "repeated-alternate",
    "revision-ahead",
    "shared-alternate",
    "stale-translation",
    "summary-says-nothing",
    "title-body-mismatch",
    "unknown-follow-up",
    "unknown-language",
    "untranslated",
];

/// What the check found.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// Every fault, by path and line.
    pub faults: Vec<Fault>,
    /// Which article exists in which language.
    pub coverage: CoverageMatrix,
}

impl CheckReport {
    /// Tells whether anything keeps the base from being served rightly.
    pub fn has_error(&self) -> bool {
        self.faults.iter().any(|fault| fault.level == Level::Error)
    }

    /// Counts the faults of one level.
    pub fn count(&self, level: Level) -> usize {
        self.faults
            .iter()
            .filter(|fault| fault.level == level)
            .count()
    }
}

/// What a check looks at.
#[derive(Debug, Clone, Copy)]
pub struct CheckSettings<'a> {
    /// Languages whose meanings are compared, which is most of the work.
    pub languages: &'a [Language],
    /// Sites whose pictures the pages may show; pictures are not looked at where this is `None`.
    pub picture_sites: Option<&'a [String]>,
}

/// Checks a knowledge base read from `root`; `faults` are those met while reading.
///
/// Files are read again only to name the lines of faults and to see whether pictures exist.
pub fn check(
    root: &Path,
    knowledge: &KnowledgeBase,
    faults: Vec<Fault>,
    encoder: &dyn Encoder,
) -> CheckReport {
    check_languages(root, knowledge, faults, encoder, &Language::ALL)
}

/// Checks a knowledge base as [`check`] does, but compares meanings in some languages only, which is most of the work.
pub fn check_languages(
    root: &Path,
    knowledge: &KnowledgeBase,
    faults: Vec<Fault>,
    encoder: &dyn Encoder,
    languages: &[Language],
) -> CheckReport {
    let settings = CheckSettings {
        languages,
        picture_sites: None,
    };
    check_with(root, knowledge, faults, encoder, settings)
}

/// Checks a knowledge base as [`check`] does, looking at what the settings say.
pub fn check_with(
    root: &Path,
    knowledge: &KnowledgeBase,
    faults: Vec<Fault>,
    encoder: &dyn Encoder,
    settings: CheckSettings<'_>,
) -> CheckReport {
    let sources = Sources::new(root);
    let coverage = CoverageMatrix::of(knowledge);
    let mut faults = faults;
    faults.extend(coverage::missing_translations(knowledge));
    faults.extend(wording::check(knowledge, &sources));
    faults.extend(references::check(knowledge, &sources));
    if let Some(sites) = settings.picture_sites {
        faults.extend(references::blocked_pictures(knowledge, sites, &sources));
    }
    faults.extend(numbers_check::check(knowledge, &sources));
    faults.extend(foreign_text::check(knowledge, &sources));
    faults.extend(raw_markup::check(knowledge, &sources));
    for language in settings.languages.iter().copied() {
        let sentences = Sentences::of(knowledge, language, encoder);
        faults.extend(confusable::check(&sentences, &sources));
        faults.extend(title_body::check(knowledge, language, encoder, &sources));
    }
    faults.sort();
    faults.dedup();
    debug_assert!(
        faults.iter().all(|fault| CHECKS.contains(&fault.check)),
        "every check has its name in the list"
    );
    CheckReport { faults, coverage }
}
