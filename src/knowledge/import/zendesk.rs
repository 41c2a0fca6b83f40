//! Reads a help centre of Zendesk: what its API answers for articles, translations, sections and categories.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::error::ImportError;
use super::front::list_of;
use super::html_blocks::fragment_to_markdown;
use super::json_file::{address_of_url, field, files, is_set, objects, read as read_json};
use super::locale_tag::Locale;
use super::loss::LossKind;
use super::origin::Origin;
use super::page::{Page, Reading};
use super::slug::slug;

/// Names of sections and categories.
#[derive(Default)]
struct Shelves {
    /// Names by id and locale.
    names: BTreeMap<(String, String), String>,
    /// The name that makes the code, by id: the one first met.
    first: BTreeMap<String, String>,
    /// What later texts need of an article, by its id.
    articles: BTreeMap<String, Heading>,
}

/// What a translation takes from its article.
#[derive(Clone, Default)]
struct Heading {
    section: String,
    labels: Vec<String>,
    name: String,
    is_left_out: Option<LossKind>,
}

/// Reads every article and translation.
pub fn read(reading: &mut Reading<'_>) -> Result<(), ImportError> {
    let source = reading.settings.source.clone();
    let files = files(&source)?;
    let mut shelves = Shelves::default();
    for (path, name) in &files {
        let Some(file) = read_json(path, name, reading.notes)? else {
            continue;
        };
        shelves.learn(&file);
    }
    let mut given = BTreeSet::new();
    for (path, name) in &files {
        // A broken file was noted above.
        let mut silent = super::page::Notes::default();
        let Some(file) = read_json(path, name, &mut silent)? else {
            continue;
        };
        for translation in objects(&file, &["translations"]) {
            if field(translation, &["source_type"]).is_none_or(|kind| kind == "Article")
                && let Some(id) = field(translation, &["source_id"])
            {
                text(translation, &id, &shelves, name, &mut given, reading)?;
            }
        }
        for article in objects(&file, &["articles", "results"]) {
            let Some(id) = field(article, &["id"]) else {
                continue;
            };
            if article.get("source_id").is_some() {
                continue;
            }
            for translation in objects(article.get("translations").unwrap_or(&Value::Null), &[]) {
                text(translation, &id, &shelves, name, &mut given, reading)?;
            }
            text(article, &id, &shelves, name, &mut given, reading)?;
        }
    }
    Ok(())
}

impl Shelves {
    fn learn(&mut self, file: &Value) {
        for shelf in objects(file, &["sections"]) {
            let (Some(id), Some(name)) = (field(shelf, &["id"]), field(shelf, &["name"])) else {
                continue;
            };
            if file.is_array() && shelf.get("body").is_some() {
                continue;
            }
            let locale = field(shelf, &["locale"]).unwrap_or_default();
            self.names.insert((id.clone(), locale), name.clone());
            self.first.entry(id).or_insert(name);
        }
        for article in objects(file, &["articles", "results"]) {
            let Some(id) = field(article, &["id"]) else {
                continue;
            };
            let title = field(article, &["title", "name"]).unwrap_or_default();
            let from_address = field(article, &["html_url"])
                .map(|url| address_of_url(&url))
                .and_then(|path| {
                    let leaf = path.rsplit('/').next()?.to_owned();
                    Some(
                        leaf.trim_start_matches(|one: char| one.is_ascii_digit())
                            .to_owned(),
                    )
                })
                .map(|leaf| slug(&leaf))
                .filter(|name| !name.is_empty());
            let is_restricted = ["user_segment_id", "user_segment_ids"].iter().any(|key| {
                article
                    .get(*key)
                    .is_some_and(|one| !one.is_null() && *one != Value::Array(Vec::new()))
            });
            let is_left_out = match (is_set(article, "draft"), is_restricted) {
                (true, _) => Some(LossKind::Unpublished),
                (_, true) => Some(LossKind::Restricted),
                _ => None,
            };
            let heading = Heading {
                section: field(article, &["section_id"]).unwrap_or_default(),
                labels: article.get("label_names").map(list_of).unwrap_or_default(),
                name: from_address.unwrap_or_else(|| slug(&title)),
                is_left_out,
            };
            // The source text is listed in its own locale as well as in others; the first is kept.
            self.articles.entry(id).or_insert(heading);
        }
    }
}

/// Gives one text, unless the same article was given in the same locale before.
fn text(
    value: &Value,
    id: &str,
    shelves: &Shelves,
    file: &Path,
    given: &mut BTreeSet<(String, String)>,
    reading: &mut Reading<'_>,
) -> Result<(), ImportError> {
    let origin = Origin {
        path: file.join(id),
        line: None,
    };
    let Some(body) = value.get("body").and_then(Value::as_str) else {
        return Ok(());
    };
    let tag = field(value, &["locale"]).unwrap_or_default();
    if !given.insert((id.to_owned(), tag.clone())) {
        return Ok(());
    }
    let heading = shelves.articles.get(id).cloned().unwrap_or_default();
    let is_draft = is_set(value, "draft").then_some(LossKind::Unpublished);
    if let Some(kind) = heading.is_left_out.or(is_draft) {
        reading.notes.lost(kind, tag, &origin);
        return Ok(());
    }
    let Some(title) = field(value, &["title", "name"]) else {
        reading.notes.fault(
            &origin,
            "no-title",
            format!("the article {id} has no title"),
        );
        return Ok(());
    };
    let body = fragment_to_markdown(body, &origin, reading.notes);
    for key in ["promoted", "comments_disabled", "outdated"] {
        if is_set(value, key) {
            reading.notes.lost(LossKind::Field, key, &origin);
        }
    }
    let address = field(value, &["html_url"]).map(|url| address_of_url(&url));
    let mut addresses: Vec<String> = address.into_iter().collect();
    addresses.extend(field(value, &["html_url"]));
    addresses.push(format!("hc/{}/articles/{id}", tag.to_lowercase()));
    addresses.push(format!("hc/articles/{id}"));
    let section = &heading.section;
    let first = shelves.first.get(section).cloned().unwrap_or_default();
    let category_title = shelves.names.get(&(section.clone(), tag.clone())).cloned();
    reading.give(Page {
        key: format!("zendesk/{id}"),
        name: heading.name,
        locale: Locale::read(&tag),
        title,
        alternates: heading.labels,
        category: match slug(&first) {
            made if made.is_empty() && !section.is_empty() => format!("section-{section}"),
            made => made,
        },
        category_title: category_title.unwrap_or_default(),
        body,
        addresses,
        folder: reading.settings.source.clone(),
        origin,
        joinable: true,
        ..Page::default()
    })
}
