//! The articles that an import would leave without a language that others have: perhaps it stands elsewhere, unjoined.

use std::collections::BTreeMap;

use super::error::ImportError;
use super::run::{SourceAtHand, parts, read};
use super::settings::ImportSettings;
use crate::knowledge::to_plain_text;
use crate::language::{Detector, Language};

/// Characters of a text that are compared.
const COMPARED: usize = 400;

/// One text of such an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApartText {
    /// Its title.
    pub title: String,
    /// How it begins, without markup.
    pub opening: String,
}

/// An article that lacks a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApartArticle {
    /// Its key.
    pub key: String,
    /// The texts it has.
    pub texts: BTreeMap<Language, ApartText>,
}

/// Reads a source for articles that lack a language which others have; nothing is written.
pub fn articles_apart(
    settings: &ImportSettings,
    detector: &Detector,
) -> Result<Vec<ApartArticle>, ImportError> {
    let source = SourceAtHand::open(settings)?;
    let settings = &source.settings;
    let plan = &source.learn(detector)?;
    let languages = plan.languages();
    let mut found: BTreeMap<String, ApartArticle> = BTreeMap::new();
    read(settings, &mut Default::default(), &mut |page, _| {
        for page in parts(page, settings, plan) {
            let Some(language) = plan.language_of(&page, settings) else {
                continue;
            };
            let is_whole = plan.languages_of(&page.key).len() >= languages.len();
            if is_whole || !plan.takes(&page, language) {
                continue;
            }
            let opening = to_plain_text(&page.body).chars().take(COMPARED).collect();
            let key = page.key.clone();
            let article = found.entry(key.clone()).or_insert_with(|| ApartArticle {
                key,
                texts: BTreeMap::new(),
            });
            let text = ApartText {
                title: page.title,
                opening,
            };
            article.texts.entry(language).or_insert(text);
        }
        Ok(())
    })?;
    Ok(found.into_values().collect())
}
