//! A base in the shape of Zendesk's help centre API: articles with their translations, and sections.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::outcome::{ExportError, ExportOutcome, local_files};
use crate::knowledge::article::KnowledgeBase;
use crate::knowledge::html::to_html;
use crate::knowledge::translation::Translation;
use crate::language::Language;

/// Writes one file.
pub(super) fn write(knowledge: &KnowledgeBase, out: &Path) -> Result<ExportOutcome, ExportError> {
    let mut outcome = ExportOutcome::default();
    let sections: BTreeMap<&str, usize> = knowledge
        .category_codes()
        .into_iter()
        .enumerate()
        .map(|(place, code)| (code, place + 1))
        .collect();
    let mut articles = Vec::new();
    for (place, article) in knowledge.articles.iter().enumerate() {
        let source = [Language::English]
            .iter()
            .chain(Language::ALL.iter())
            .find(|language| article.translations.contains_key(language));
        let Some((source, text)) =
            source.and_then(|one| Some((one, article.translations.get(one)?)))
        else {
            continue;
        };
        outcome.texts += article.translations.len();
        let texts = article.translations.values();
        outcome.files_left += texts.map(|text| local_files(&text.body)).sum::<usize>();
        let translations: Vec<Value> = article
            .translations
            .iter()
            .map(|(language, text)| {
                json!({
                    "source_id": place + 1,
                    "source_type": "Article",
                    "locale": locale_of(*language),
                    "title": text.title,
                    "body": body_of(text),
                    "draft": false,
                })
            })
            .collect();
        articles.push(json!({
            "id": place + 1,
            "name": article.id.as_str(),
            "title": text.title,
            "locale": locale_of(*source),
            "source_locale": locale_of(*source),
            "html_url": format!("/hc/{}/articles/{}-{}", locale_of(*source), place + 1, article.id),
            "section_id": sections.get(article.category.as_str()),
            "label_names": text.alternates,
            "draft": false,
            "body": body_of(text),
            "translations": translations,
        }));
    }
    let named: Vec<Value> = sections
        .iter()
        .map(|(code, id)| json!({ "id": id, "name": code, "locale": "en-us" }))
        .collect();
    let file = json!({ "articles": articles, "sections": named });
    fs::write(out, format!("{file:#}\n")).map_err(ExportError::at(out))?;
    Ok(outcome)
}

fn locale_of(language: Language) -> &'static str {
    match language {
        Language::English => "en-us",
        Language::Chinese => "zh-cn",
        Language::Japanese => "ja",
        Language::Korean => "ko",
    }
}

/// The short answer as the first paragraph, as such help centres write it, then the text.
fn body_of(text: &Translation) -> String {
    to_html(&text.body, |id| format!("article:{id}"))
}
