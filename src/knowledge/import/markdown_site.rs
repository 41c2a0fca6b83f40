//! What all pages of a tree of Markdown say together, before any of them is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::front;
use super::locale_tag::below_language;
use super::slug::{address, without_hash, without_number};
use super::source_path::{Layout, PathSense};

/// What is known of all pages before they are read.
pub struct Site {
    /// Which folders stand for languages.
    pub layout: Layout,
    /// Keys of pages whose translations have other names, each with the key of all of them.
    pub shared: BTreeMap<String, String>,
    /// Folders, as keys, in which numbers before names only order them: several have one.
    ordered: BTreeSet<String>,
    /// Folders that every key begins with and that say nothing of what is in them, with a slash behind; may be empty.
    top: String,
}

impl Site {
    /// Learns from all pages: each file, and its path within its tree, `/` between the parts.
    pub fn of(pages: &[(PathBuf, &str)]) -> Self {
        let layout = Layout::of(pages.iter().map(|(_, path)| *path));
        let senses: Vec<(&PathBuf, PathSense)> = pages
            .iter()
            .map(|(file, path)| (file, layout.read(path)))
            .collect();
        let keys: Vec<String> = senses.iter().map(|(_, sense)| sense.key.clone()).collect();
        Self {
            shared: keys_by_permalink(senses),
            ordered: ordered(&keys),
            top: plain_top(&keys),
            layout,
        }
    }

    /// Returns the name of a page, without what only orders it or tells it apart.
    pub fn leaf_of<'k>(&self, key: &'k str) -> &'k str {
        let key = key.trim_end_matches('/');
        let (above, leaf) = key.rsplit_once('/').unwrap_or(("", key));
        without_hash(match self.ordered.contains(above) {
            true => without_number(leaf),
            false => leaf,
        })
    }

    /// Returns a key without the folders that hold everything.
    pub fn below_top<'k>(&self, key: &'k str) -> &'k str {
        key.strip_prefix(&self.top).unwrap_or(key)
    }
}

fn ordered(keys: &[String]) -> BTreeSet<String> {
    let mut numbered: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for key in keys {
        let key = key.trim_end_matches('/');
        let (folder, leaf) = key.rsplit_once('/').unwrap_or(("", key));
        if without_number(leaf) != leaf {
            let names = numbered.entry(folder.to_owned()).or_default();
            names.insert(leaf.to_owned());
        }
    }
    let several = numbered.into_iter().filter(|(_, names)| names.len() > 1);
    several.map(|(folder, _)| folder).collect()
}

/// Names of folders that hold everything, so that they name no category.
const PLAIN_FOLDERS: [&str; 7] = [
    "content",
    "doc",
    "docs",
    "documentation",
    "pages",
    "site",
    "src",
];

fn plain_top(keys: &[String]) -> String {
    let mut top = String::new();
    loop {
        let next = keys
            .first()
            .and_then(|key| key[top.len()..].split_once('/'));
        let Some((folder, _)) = next.filter(|(folder, _)| PLAIN_FOLDERS.contains(folder)) else {
            return top;
        };
        let longer = format!("{top}{folder}/");
        if !keys.iter().all(|key| key.starts_with(&longer)) {
            return top;
        }
        top = longer;
    }
}

/// Finds pages whose files are named in their own language, so that only a permalink that they repeat joins them: the
/// key of each with that of all, which is the English one's where English has a folder, else that of the first. A permalink
/// that two pages of a language have joins neither.
fn keys_by_permalink(pages: Vec<(&PathBuf, PathSense)>) -> BTreeMap<String, String> {
    let mut tags: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut by_name: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for (file, sense) in pages {
        // The language that a site has without a folder is one of them.
        let tag = sense.locale.map_or_else(String::new, |locale| locale.tag);
        let of_key = tags.entry(sense.key.clone()).or_default();
        of_key.insert(tag.clone());
        let text = fs::read_to_string(file).unwrap_or_default();
        let front = front::read(&text).unwrap_or_default();
        if let Some(stated) = front.text(&["permalink", "url"]) {
            let stated = address(&stated);
            let name = below_language(&stated).unwrap_or(&stated).to_owned();
            let keys = by_name.entry(name).or_default().entry(tag).or_default();
            keys.push(sense.key);
        }
    }
    let mut shared = BTreeMap::new();
    for mut keys in by_name.into_values() {
        keys.retain(|_, keys| keys.len() == 1);
        let first = keys.get("en").or_else(|| keys.values().next());
        let Some(with) = first.and_then(|keys| keys.first()).cloned() else {
            continue;
        };
        let alone = keys.into_values().flatten();
        let alone = alone.filter(|key| tags[key].len() == 1);
        shared.extend(alone.map(|key| (key, with.clone())));
    }
    shared
}
