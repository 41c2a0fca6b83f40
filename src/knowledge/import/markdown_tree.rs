//! Reads a tree of Markdown files as site generators and programs that keep notes lay it out: VuePress, VitePress,
//! Docusaurus, MkDocs, Hugo, GitBook, Nuxt, Jekyll, Obsidian, or none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::dialect::normalised;
use super::error::ImportError;
use super::front::{self, Front, text_of};
use super::locale_tag::Locale;
use super::loss::LossKind;
use super::markdown_site::Site;
use super::opening::{says_nothing, without_title};
use super::origin::Origin;
use super::page::{Page, Reading};
use super::slug::{address, slug, without_hash, without_number};
use super::source_path::addresses_of;

/// Files that speak of the repository, not to its readers.
const NOT_PAGES: [&str; 9] = [
    "license",
    "changelog",
    "contributing",
    "code_of_conduct",
    "security",
    "summary",
    "claude",
    "agents",
    "pull_request_template",
];
/// Folders that hold no pages, wherever they are in a repository.
const NOT_FOLDERS: [&str; 3] = ["node_modules", "vendor", "versioned_docs"];
/// Folders that hold none at the top of a repository; further down a section may be called so.
const NOT_TOP_FOLDERS: [&str; 6] = ["target", "dist", "build", "blog", "test", "tests"];

/// Folders that Jekyll keeps collections of pages in; others that begin so hold pieces of pages.
const COLLECTIONS: [&str; 12] = [
    "_articles",
    "_collections",
    "_docs",
    "_faq",
    "_faqs",
    "_guides",
    "_help",
    "_kb",
    "_pages",
    "_questions",
    "_topics",
    "_tutorials",
];

/// A tree of pages below one folder.
struct Tree {
    /// The folder on the disk.
    root: PathBuf,
    /// Its pages, relative, `/` between parts.
    pages: Vec<String>,
}

/// Reads every page of a source.
pub fn read(reading: &mut Reading<'_>) -> Result<(), ImportError> {
    let source = reading.settings.source.clone();
    let mut trees = Vec::new();
    for root in roots(&source) {
        let mut pages = Vec::new();
        collect(&root, "", &mut pages, root == source)?;
        trees.push(Tree { root, pages });
    }
    let pages = trees.iter().flat_map(|tree| {
        let paths = tree.pages.iter();
        paths.map(|path| (tree.root.join(path), path.as_str()))
    });
    let site = Site::of(&pages.collect::<Vec<_>>());
    let mut titles = CategoryTitles::default();
    for tree in &trees {
        for path in &tree.pages {
            read_page(tree, path, &site, &mut titles, reading)?;
        }
    }
    Ok(())
}

/// Tells whether a folder holds translations as Docusaurus keeps them, as in a checkout without the settings of the site.
fn has_translated_docs(source: &Path) -> bool {
    let Ok(languages) = fs::read_dir(source.join("i18n")) else {
        return false;
    };
    let mut folders = languages.filter_map(Result::ok).map(|one| one.path());
    folders.any(|folder| folder.join("docusaurus-plugin-content-docs").is_dir())
}

/// The folders below a source that hold pages, by the generator that it is made for.
fn roots(source: &Path) -> Vec<PathBuf> {
    let has = |name: &str| source.join(name).exists();
    let docusaurus = [
        "docusaurus.config.js",
        "docusaurus.config.ts",
        "docusaurus.config.mjs",
    ];
    if has("docs") && (docusaurus.iter().any(|name| has(name)) || has_translated_docs(source)) {
        let mut roots = vec![source.join("docs")];
        if has("i18n") {
            roots.push(source.join("i18n"));
        }
        return roots;
    }
    if let Ok(text) = fs::read_to_string(source.join("mkdocs.yml")) {
        let folder = text
            .lines()
            .find_map(|line| line.strip_prefix("docs_dir:"))
            .map_or("docs", |value| value.trim().trim_matches(['"', '\'']));
        return vec![source.join(folder)];
    }
    let site = |folder: &str| {
        let marks = [".vuepress", ".vitepress"];
        marks.iter().any(|mark| has(&format!("{folder}/{mark}")))
    };
    if let Some(folder) = ["docs", "src", "documentation"]
        .into_iter()
        .find(|one| site(one))
    {
        return vec![source.join(folder)];
    }
    let content = [
        "hugo.toml",
        "hugo.yaml",
        "config.toml",
        "nuxt.config.ts",
        "nuxt.config.js",
    ];
    if content.iter().any(|name| has(name)) && has("content") {
        return vec![source.join("content")];
    }
    vec![source.to_owned()]
}

fn collect(
    root: &Path,
    below: &str,
    pages: &mut Vec<String>,
    is_repository: bool,
) -> Result<(), ImportError> {
    let folder = root.join(below);
    let mut entries = Vec::new();
    for entry in fs::read_dir(&folder).map_err(ImportError::reading(&folder))? {
        entries.push(entry.map_err(ImportError::reading(&folder))?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = match below.is_empty() {
            true => name.clone(),
            false => format!("{below}/{name}"),
        };
        let is_collection = COLLECTIONS.contains(&name.to_ascii_lowercase().as_str());
        let is_piece = name.starts_with('_') && !name.starts_with("_index") && !is_collection;
        if name.starts_with('.') || is_piece {
            continue;
        }
        if entry.path().is_dir() {
            let lower = name.to_ascii_lowercase();
            // In a translated tree only the pages count, not the plugin's other folders.
            let is_other_plugin = lower.starts_with("docusaurus-plugin-content-blog")
                || lower.starts_with("docusaurus-theme-")
                || lower.starts_with("version-");
            let is_top = below.is_empty() && NOT_TOP_FOLDERS.contains(&lower.as_str());
            let is_kept_out = is_repository && (is_top || NOT_FOLDERS.contains(&lower.as_str()));
            if !is_other_plugin && !is_kept_out {
                collect(root, &path, pages, is_repository)?;
            }
            continue;
        }
        let Some((stem, ending)) = name.rsplit_once('.') else {
            continue;
        };
        let is_page = matches!(ending, "md" | "mdx" | "markdown");
        let lower = stem.to_ascii_lowercase();
        let base = lower.split(['.', '_']).next().unwrap_or_default();
        if is_page && !NOT_PAGES.contains(&lower.as_str()) && !NOT_PAGES.contains(&base) {
            pages.push(path);
        }
    }
    Ok(())
}

fn read_page(
    tree: &Tree,
    path: &str,
    site: &Site,
    titles: &mut CategoryTitles,
    reading: &mut Reading<'_>,
) -> Result<(), ImportError> {
    let file = tree.root.join(path);
    let origin = Origin {
        path: file
            .strip_prefix(&reading.settings.source)
            .unwrap_or(&file)
            .to_owned(),
        line: None,
    };
    let bytes = fs::read(&file).map_err(ImportError::reading(&file))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..valid];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let origin = Origin {
                line: Some(line),
                ..origin
            };
            let message = "the file is not UTF-8; save it as UTF-8";
            reading.notes.fault(&origin, "not-utf8", message);
            return Ok(());
        }
    };
    let front = match front::read(&text) {
        Ok(front) => front,
        Err(bad) => {
            let origin = Origin {
                line: Some(bad.line),
                ..origin
            };
            reading
                .notes
                .fault(&origin, "bad-front-matter", bad.message);
            return Ok(());
        }
    };
    if front.is_set("draft") || front.is_set("unlisted") || is_unpublished(&front) {
        reading.notes.lost(LossKind::Unpublished, "draft", &origin);
        return Ok(());
    }
    let sense = site.layout.read(path);
    let stated = front.text(&["lang", "language", "locale"]);
    let locale = sense.locale.clone().or_else(|| Locale::read(&stated?));
    let own = sense.key;
    let stated = front.text(&["translationKey", "translation_key", "ref", "faq_id"]);
    let key = stated
        .or_else(|| site.shared.get(&own).cloned())
        .unwrap_or_else(|| own.clone());
    let body = normalised(&front.body, &origin, reading.notes);
    let (heading, body) = without_title(&body);
    let leaf = site.leaf_of(&own);
    let named = front.text(&["title", "question"]);
    let title = named
        .clone()
        .or(heading)
        .or_else(|| front.text(&["sidebar_label", "linkTitle", "nav_title"]))
        .unwrap_or_else(|| humanized(leaf));
    if is_landing(&front) || body.trim().is_empty() {
        reading
            .notes
            .lost(LossKind::EmptyPage, "a page of links or none", &origin);
        return Ok(());
    }
    let folder = file.parent().unwrap_or(&tree.root).to_owned();
    let below = site.below_top(&own);
    let category_parts: Vec<&str> = below.trim_end_matches('/').split('/').collect();
    let category = match category_parts.len() {
        0 | 1 => String::new(),
        _ => category_parts[0].to_owned(),
    };
    let category_title = titles.of(tree, path, &category);
    let said = |names: &[&str]| front.text(names).filter(|text| !says_nothing(text, &title));
    let summary = said(&["summary", "excerpt"]).unwrap_or_default();
    // Written for search engines: what the page is about, and not what it answers.
    let description = said(&["description"]).filter(|text| *text != summary);
    let mut keywords = front.list(&["keywords", "tags_of_question"]);
    keywords.extend(description);
    reading.give(Page {
        addresses: addresses(&front, &own, locale.as_ref()),
        folder_address: folder_address(&own),
        name: front.text(&["id"]).unwrap_or_else(|| slug(leaf)),
        category: front
            .text(&["category"])
            .unwrap_or_else(|| named_folder(&category).to_owned()),
        category_title,
        alternates: front.list(&["alternates", "aliases_of_question", "questions"]),
        keywords,
        follow_ups: front.list(&["related", "follow_ups"]),
        origin,
        key,
        locale,
        title,
        summary,
        body,
        folder,
        joinable: true,
    })
}

fn is_unpublished(front: &Front) -> bool {
    front.values.get("published").and_then(Value::as_bool) == Some(false)
        || front
            .text(&["status"])
            .is_some_and(|status| status == "draft")
}

fn is_landing(front: &Front) -> bool {
    let layout = front.text(&["layout"]).unwrap_or_default();
    front.is_set("home") || matches!(layout.to_ascii_lowercase().as_str(), "home" | "landing")
}

/// The folder in which links of a page are meant, as an address.
fn folder_address(key: &str) -> String {
    match key.rfind('/') {
        Some(end) => key[..end].to_owned(),
        None => String::new(),
    }
}

fn addresses(front: &Front, key: &str, locale: Option<&Locale>) -> Vec<String> {
    let mut found = addresses_of(key, locale);
    let folder = folder_address(key);
    for slug in front.list(&["slug", "permalink", "url", "id"]) {
        found.push(match slug.strip_prefix('/') {
            Some(rest) => address(rest),
            None => address(&format!("{folder}/{slug}")),
        });
    }
    found.extend(
        front
            .list(&["aliases", "redirect_from"])
            .iter()
            .map(|one| address(one)),
    );
    found.retain(|one| !one.is_empty());
    found
}

/// The name of a folder without what only orders it, hides it or tells it apart.
fn named_folder(folder: &str) -> &str {
    without_hash(without_number(folder.trim_start_matches('_')))
}

/// A title made from the name of a file; one with spaces is a title as it is.
fn humanized(leaf: &str) -> String {
    if leaf.contains(' ') {
        return leaf.to_owned();
    }
    let words = leaf.replace(['-', '_'], " ");
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

/// Names of folders, as generators keep them beside the pages.
#[derive(Default)]
struct CategoryTitles {
    known: BTreeMap<PathBuf, String>,
}

impl CategoryTitles {
    /// Returns the name of a page's category in its language; empty where nothing says it.
    fn of(&mut self, tree: &Tree, path: &str, category: &str) -> String {
        if category.is_empty() {
            return String::new();
        }
        let mut folder = tree.root.clone();
        for part in path.split('/') {
            folder.push(part);
            if part == category {
                break;
            }
        }
        let known = self.known.entry(folder.clone());
        known
            .or_insert_with(|| title_of_folder(&folder).unwrap_or_default())
            .clone()
    }
}

fn title_of_folder(folder: &Path) -> Option<String> {
    if let Ok(text) = fs::read_to_string(folder.join("_category_.json"))
        && let Ok(value) = serde_json::from_str::<Value>(&text)
    {
        return text_of(value.get("label")?);
    }
    for name in ["_index.md", "index.md", "README.md", "_category_.yml"] {
        let Ok(text) = fs::read_to_string(folder.join(name)) else {
            continue;
        };
        if let Some(label) = text.lines().find_map(|line| line.strip_prefix("label:")) {
            return Some(label.trim().trim_matches(['"', '\'']).to_owned());
        }
        let front = front::read(&text).ok()?;
        return front
            .text(&["title", "sidebar_label"])
            .or_else(|| without_title(&front.body).0);
    }
    None
}
