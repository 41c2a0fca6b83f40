//! Reads articles of Intercom, as its API lists them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::error::ImportError;
use super::html_blocks::fragment_to_markdown;
use super::json_file::{address_of_url, field, files, objects, read as read_json};
use super::locale_tag::Locale;
use super::loss::LossKind;
use super::opening::says_nothing;
use super::origin::Origin;
use super::page::{Notes, Page, Reading};
use super::slug::slug;

/// Reads every article in every language.
pub fn read(reading: &mut Reading<'_>) -> Result<(), ImportError> {
    let source = reading.settings.source.clone();
    let files = files(&source)?;
    let mut collections = BTreeMap::new();
    for (path, name) in &files {
        let Some(file) = read_json(path, name, reading.notes)? else {
            continue;
        };
        for one in objects(&file, &["collections", "data"]) {
            let is_collection = one.get("body").is_none()
                && field(one, &["type"]).is_none_or(|kind| kind != "article");
            if let (true, Some(id), Some(name)) =
                (is_collection, field(one, &["id"]), field(one, &["name"]))
            {
                collections.insert(id, name);
            }
        }
    }
    for (path, name) in &files {
        let mut silent = Notes::default();
        let Some(file) = read_json(path, name, &mut silent)? else {
            continue;
        };
        for article in objects(&file, &["articles", "data"]) {
            if article.get("body").is_none() && article.get("translated_content").is_none() {
                continue;
            }
            read_article(article, name, &collections, reading)?;
        }
    }
    Ok(())
}

fn read_article(
    article: &Value,
    file: &Path,
    collections: &BTreeMap<String, String>,
    reading: &mut Reading<'_>,
) -> Result<(), ImportError> {
    let Some(id) = field(article, &["id"]) else {
        return Ok(());
    };
    let name = slug(&field(article, &["title"]).unwrap_or_default());
    let parent = field(article, &["parent_id"]).unwrap_or_default();
    let collection = collections.get(&parent).cloned().unwrap_or_default();
    let own = field(article, &["default_locale", "locale"]).unwrap_or_default();
    let mut texts: Vec<(String, &Value)> = vec![(own.clone(), article)];
    if let Some(Value::Object(map)) = article.get("translated_content") {
        let others = map
            .iter()
            .filter(|(tag, one)| one.is_object() && **tag != own);
        texts.extend(others.map(|(tag, one)| (tag.clone(), one)));
    }
    for (tag, text) in texts {
        let origin = Origin {
            path: file.join(&id),
            line: None,
        };
        let body = text.get("body").and_then(Value::as_str).unwrap_or_default();
        if field(text, &["state"]).is_some_and(|state| state != "published") {
            reading.notes.lost(LossKind::Unpublished, tag, &origin);
            continue;
        }
        let Some(title) = field(text, &["title"]) else {
            reading.notes.fault(
                &origin,
                "no-title",
                format!("the article {id} has no title"),
            );
            continue;
        };
        let body = fragment_to_markdown(body, &origin, reading.notes);
        let described = field(text, &["description"]).filter(|one| !says_nothing(one, &title));
        let address = field(text, &["url"]).map(|url| address_of_url(&url));
        reading.give(Page {
            key: format!("intercom/{id}"),
            name: name.clone(),
            locale: Locale::read(&tag),
            title,
            keywords: described.into_iter().collect(),
            category: slug(&collection),
            category_title: if tag == own {
                collection.clone()
            } else {
                String::new()
            },
            body,
            addresses: address.into_iter().chain(field(text, &["url"])).collect(),
            folder: reading.settings.source.clone(),
            origin,
            joinable: true,
            ..Page::default()
        })?;
    }
    Ok(())
}
