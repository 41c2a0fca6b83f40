//! What the path of a page says: its language, and what it has in common with its translations.

use std::collections::{BTreeMap, BTreeSet};

use super::locale_tag::Locale;
use super::slug::{address, is_index, unnumbered, without_number};

/// Names of folders under which sites keep translations by language.
const TRANSLATION_FOLDERS: [&str; 5] = ["i18n", "translations", "locales", "locale", "langs"];

/// Which folders of a tree stand for languages.
#[derive(Debug, Default)]
pub struct Layout {
    /// Folders whose children are languages where their names are tags; `""` is the root.
    language_parents: BTreeSet<String>,
    /// Every folder of the tree.
    folders: BTreeSet<String>,
    /// Folders that are languages without a usual code, as the translations beside them show.
    unknown_languages: BTreeSet<String>,
}

/// What a path says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathSense {
    /// The same for every translation; ends with a slash for the index of a folder.
    pub key: String,
    /// The language it names.
    pub locale: Option<Locale>,
}

impl Layout {
    /// Learns the layout from the paths of all pages, `/` between their parts.
    pub fn of<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut children: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut folders = BTreeSet::new();
        let mut pages = BTreeSet::new();
        for path in paths {
            pages.insert(path.to_owned());
            let parts: Vec<&str> = path.split('/').collect();
            for at in 0..parts.len().saturating_sub(1) {
                folders.insert(parts[..=at].join("/"));
                children
                    .entry(parts[..at].join("/"))
                    .or_default()
                    .insert(parts[at].to_owned());
            }
        }
        let is_served =
            |name: &String| Locale::read(name).is_some_and(|locale| locale.language.is_some());
        children.retain(|_, names| names.iter().any(is_served));
        let mut unknown_languages = BTreeSet::new();
        for (parent, names) in &children {
            let of = |name: &String| joined(parent, name);
            let beside: Vec<String> = names
                .iter()
                .filter(|name| is_served(name))
                .map(of)
                .collect();
            let unknown = names.iter().filter(|name| Locale::unknown(name).is_some());
            let unknown = unknown.filter(|name| Locale::read(name).is_none()).map(of);
            unknown_languages.extend(unknown.filter(|folder| {
                repeats(&pages, folder, parent)
                    || beside.iter().any(|one| repeats(&pages, folder, one))
            }));
        }
        Self {
            language_parents: children.into_keys().collect(),
            folders,
            unknown_languages,
        }
    }

    /// Reads a path.
    pub fn read(&self, path: &str) -> PathSense {
        let mut parts: Vec<&str> = path.split('/').collect();
        let file = parts.pop().unwrap_or_default();
        let (stem, mut locale) = self.stem(file);
        let mut kept: Vec<String> = Vec::new();
        let mut at = 0;
        while at < parts.len() {
            let part = parts[at];
            let before = parts[..at].join("/");
            let may_be_tag = locale.is_none() && self.language_parents.contains(&before);
            let tag = Some(part).filter(|_| may_be_tag).and_then(|part| {
                let is_unknown = self.unknown_languages.contains(&parts[..=at].join("/"));
                let unknown = || Locale::unknown(part).filter(|_| is_unknown);
                Locale::read(part).or_else(unknown)
            });
            if tag.is_some() {
                locale = tag;
                let is_translation_folder = kept
                    .last()
                    .is_some_and(|last| TRANSLATION_FOLDERS.contains(&last.as_str()));
                if is_translation_folder {
                    kept.pop();
                }
                at += 1;
                at += docusaurus_parts(&parts[at..], &mut kept);
                continue;
            }
            match self.suffixed(part, &before).filter(|_| locale.is_none()) {
                Some((base, tag)) => {
                    kept.push(base);
                    locale = Some(tag);
                }
                None => kept.push(part.to_owned()),
            }
            at += 1;
        }
        let mut key = kept.join("/");
        if is_index(without_number(&stem)) {
            key.push('/');
        } else {
            if !key.is_empty() {
                key.push('/');
            }
            key.push_str(&stem);
        }
        PathSense { key, locale }
    }

    /// The name of a file without its ending and without a tag before it, as in `guide.ja.md`.
    fn stem(&self, file: &str) -> (String, Option<Locale>) {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        if let Some((base, tag)) = stem.rsplit_once('.')
            && !base.is_empty()
            && let Some(locale) = Locale::read(tag)
        {
            return (base.to_owned(), Some(locale));
        }
        let mark = stem.find(['_', '-']).filter(|_| is_readme(stem));
        if let Some(mark) = mark
            && let Some(locale) = Locale::read(&stem[mark + 1..])
        {
            return (stem[..mark].to_owned(), Some(locale));
        }
        (stem.to_owned(), None)
    }

    /// A folder such as `docs-ja` beside `docs`.
    fn suffixed(&self, part: &str, before: &str) -> Option<(String, Locale)> {
        let mark = part.find(['-', '.', '_'])?;
        let (base, tag) = (&part[..mark], &part[mark + 1..]);
        let locale = Locale::read(tag)?;
        let sibling = match before.is_empty() {
            true => base.to_owned(),
            false => format!("{before}/{base}"),
        };
        self.folders
            .contains(&sibling)
            .then(|| (base.to_owned(), locale))
    }
}

fn joined(folder: &str, name: &str) -> String {
    match folder.is_empty() {
        true => name.to_owned(),
        false => format!("{folder}/{name}"),
    }
}

/// Tells whether most pages of a folder stand in another one too.
fn repeats(pages: &BTreeSet<String>, folder: &str, other: &str) -> bool {
    let below = format!("{folder}/");
    let own = pages.range(below.clone()..);
    let own: Vec<&str> = own.map_while(|page| page.strip_prefix(&below)).collect();
    let beside = own
        .iter()
        .filter(|page| pages.contains(&joined(other, page)));
    beside.count() * 2 > own.len()
}

fn is_readme(stem: &str) -> bool {
    stem.to_ascii_lowercase().starts_with("readme")
}

/// Skips `docusaurus-plugin-content-docs/current`; returns how many parts that took.
fn docusaurus_parts(parts: &[&str], kept: &mut Vec<String>) -> usize {
    let Some(plugin) = parts
        .first()
        .and_then(|part| part.strip_prefix("docusaurus-plugin-content-"))
    else {
        return 0;
    };
    match plugin {
        "docs" => {}
        other => kept.push(other.trim_start_matches("docs-").to_owned()),
    }
    let has_version = parts
        .get(1)
        .is_some_and(|part| *part == "current" || part.starts_with("version-"));
    1 + usize::from(has_version)
}

/// Addresses under which a page with this key may be linked.
pub fn addresses_of(key: &str, locale: Option<&Locale>) -> Vec<String> {
    let plain = address(key);
    let unnumbered = unnumbered(&plain);
    let mut found = vec![plain.clone(), unnumbered.clone()];
    if let Some(locale) = locale {
        let tag = locale.tag.to_lowercase();
        found.push(format!("{tag}/{plain}"));
        found.push(format!("{tag}/{unnumbered}"));
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn paths_of_every_convention_are_read() {
        let check = |tree: &[&str], path: &str, key: &str, language: Option<Language>| {
            let layout = Layout::of(tree.iter().copied());
            let sense = layout.read(path);
            let found = sense.locale.and_then(|locale| locale.language);
            assert_eq!((sense.key.as_str(), found), (key, language), "{path}");
        };
        let japanese = Some(Language::Japanese);
        let pidgin = ["a/pay.md", "a/ja/pay.md", "a/pcm/pay.md", "a/app/more.md"];
        check(&pidgin, "a/pcm/pay.md", "a/pay", None);
        check(&pidgin, "a/app/more.md", "a/app/more", None);
        let tree = ["guide/a.md", "ja/guide/a.md", "zh-CN/guide/a.md", "fr/x.md"];
        check(&tree, "ja/guide/a.md", "guide/a", japanese);
        check(&tree, "guide/a.md", "guide/a", None);
        check(
            &tree,
            "zh-CN/guide/README.md",
            "guide/",
            Some(Language::Chinese),
        );
        check(&tree, "fr/x.md", "x", None);
        let tree = [
            "i18n/ja/docusaurus-plugin-content-docs/current/a/b.md",
            "a/b.md",
        ];
        check(&tree, tree[0], "a/b", japanese);
        check(&["a.md", "a.ja.md"], "a.ja.md", "a", japanese);
        check(&["README.md"], "README_ja.md", "/", japanese);
        check(
            &["docs/a.md", "docs-ja/a.md"],
            "docs-ja/a.md",
            "docs/a",
            japanese,
        );
        check(
            &["content/ja/a.md", "content/en/a.md"],
            "content/ja/a.md",
            "content/a",
            japanese,
        );
        // Not a language: nothing beside it is one.
        check(
            &["it/setup.md", "hr/setup.md"],
            "it/setup.md",
            "it/setup",
            None,
        );
    }
}
