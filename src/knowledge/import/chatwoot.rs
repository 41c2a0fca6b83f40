//! Reads articles of a Chatwoot portal, as its API lists them; their text is Markdown.

use std::path::Path;

use serde_json::Value;

use super::dialect::normalised;
use super::error::ImportError;
use super::json_file::{field, files, objects, read as read_json};
use super::locale_tag::Locale;
use super::loss::LossKind;
use super::opening::says_nothing;
use super::origin::Origin;
use super::page::{Page, Reading};
use super::slug::{address, slug};

/// Reads every article.
pub fn read(reading: &mut Reading<'_>) -> Result<(), ImportError> {
    let source = reading.settings.source.clone();
    for (path, name) in files(&source)? {
        let Some(file) = read_json(&path, &name, reading.notes)? else {
            continue;
        };
        for article in objects(&file, &["payload", "articles", "data"]) {
            if article.get("content").is_some() {
                read_article(article, &name, reading)?;
            }
        }
    }
    Ok(())
}

fn read_article(
    article: &Value,
    file: &Path,
    reading: &mut Reading<'_>,
) -> Result<(), ImportError> {
    let Some(id) = field(article, &["id", "slug"]) else {
        return Ok(());
    };
    let origin = Origin {
        path: file.join(&id),
        line: None,
    };
    let category = article.get("category").cloned().unwrap_or_default();
    let tag = field(article, &["locale"]).or_else(|| field(&category, &["locale"]));
    let status = field(article, &["status"]).unwrap_or_else(|| "published".to_owned());
    if !matches!(status.as_str(), "published" | "1") {
        reading.notes.lost(LossKind::Unpublished, status, &origin);
        return Ok(());
    }
    let Some(title) = field(article, &["title"]) else {
        reading.notes.fault(
            &origin,
            "no-title",
            format!("the article {id} has no title"),
        );
        return Ok(());
    };
    let content = article
        .get("content")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let body = normalised(content, &origin, reading.notes);
    let root = field(article, &["associated_article_id"])
        .or_else(|| field(article.get("root_article")?, &["id"]));
    let own_slug = field(article, &["slug"]).unwrap_or_default();
    let described = field(article, &["description"]).filter(|one| !says_nothing(one, &title));
    reading.give(Page {
        key: format!("chatwoot/{}", root.clone().unwrap_or(id)),
        name: match root {
            Some(_) => String::new(),
            None => slug(own_slug.trim_start_matches(|one: char| one.is_ascii_digit())),
        },
        locale: tag.as_deref().and_then(Locale::read),
        title,
        keywords: described.into_iter().collect(),
        category: slug(&field(&category, &["slug", "name"]).unwrap_or_default()),
        category_title: field(&category, &["name"]).unwrap_or_default(),
        body,
        addresses: vec![address(&own_slug), format!("articles/{own_slug}")],
        folder: reading.settings.source.clone(),
        origin,
        joinable: true,
        ..Page::default()
    })
}
