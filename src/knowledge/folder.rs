//! Reads `<category>/{category.toml, <slug>/{article.toml, <lang>.md}}` into a knowledge base and reports every fault at once.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::article::{Article, Category, KnowledgeBase, Revision};
use super::fault::{Fault, Level};
use super::front_matter::{ArticleMatter, CategoryMatter, TranslationMatter, parse_toml, split};
use super::glossary::Glossary;
use super::media::Media;
use super::traditional::TraditionalWording;
use super::translation::Translation;
use crate::language::{ChineseScript, Language, in_simplified_characters};

/// Why a knowledge folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder or a file in it cannot be read.
    #[error("could not read {path}: {source}; check that it exists and that this user may read it")]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder holds no article at all.
    #[error(
        "no article in {path}: an article is a folder <category>/<slug>/ with article.toml and one <language>.md or more; `mondo init` makes some to begin with, `mondo kb import` brings in what you have"
    )]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// Files are broken.
    #[error("{} in the knowledge base:\n{}", count_of(faults), lines_of(faults))]
    Faulty {
        /// Every error found.
        faults: Vec<Fault>,
    },
}

fn count_of(faults: &[Fault]) -> String {
    match faults.len() {
        1 => "1 error".to_owned(),
        many => format!("{many} errors"),
    }
}

fn lines_of(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
    lines.join("\n")
}

/// What a folder held: the articles that could be read, and every fault met on the way.
#[derive(Debug)]
pub struct LoadedFolder {
    /// Articles without a fault in their own files.
    pub knowledge: KnowledgeBase,
    /// Faults of form; faults of sense are the knowledge check's business.
    pub faults: Vec<Fault>,
}

impl LoadedFolder {
    /// Returns the knowledge base when nothing is broken, and every error otherwise.
    pub fn into_served(self) -> Result<KnowledgeBase, LoadError> {
        let errors: Vec<Fault> = self
            .faults
            .into_iter()
            .filter(|fault| fault.level == Level::Error)
            .collect();
        if errors.is_empty() {
            Ok(self.knowledge)
        } else {
            Err(LoadError::Faulty { faults: errors })
        }
    }
}

/// Reads a whole knowledge folder; one without a single article is an error, since it is probably another folder than was
/// meant.
pub fn load_folder(root: &Path) -> Result<LoadedFolder, LoadError> {
    let loaded = load_folder_to_fill(root)?;
    let is_empty = loaded.knowledge.articles.is_empty() && loaded.faults.is_empty();
    match is_empty {
        true => Err(LoadError::Empty {
            path: root.to_owned(),
        }),
        false => Ok(loaded),
    }
}

/// Reads a whole knowledge folder, which may be without an article: somebody is about to write the first.
pub fn load_folder_to_fill(root: &Path) -> Result<LoadedFolder, LoadError> {
    let mut articles: BTreeMap<_, (Article, PathBuf)> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut categories = BTreeMap::new();
    for category in folders_in(root)? {
        if let Some((name, read)) = read_category(root, &category, &mut faults)? {
            categories.insert(name, read);
        }
        for folder in folders_in(&category)? {
            let relative = folder.strip_prefix(root).unwrap_or(&folder).to_owned();
            let Some(article) = read_article(root, &folder, &mut faults)? else {
                continue;
            };
            if let Some((_, first)) = articles.get(&article.id) {
                faults.push(Fault::error(
                    relative.join("article.toml"),
                    "duplicate-id",
                    format!(
                        "id `{}` is taken by {}; give each article its own",
                        article.id,
                        first.display()
                    ),
                ));
                continue;
            }
            articles.insert(article.id.clone(), (article, relative));
        }
    }
    let glossary = read_glossary(root, &mut faults)?;
    let revision = fingerprint(root)?;
    let media = Media::read(root, files_below(root)?).map_err(|source| LoadError::Unreadable {
        path: root.to_owned(),
        source,
    })?;
    Ok(LoadedFolder {
        knowledge: KnowledgeBase {
            articles: articles.into_values().map(|(article, _)| article).collect(),
            categories,
            media,
            glossary,
            revision,
        },
        faults,
    })
}

/// Hashes every article file with its path, in order; cheap enough to run before deciding to rebuild.
pub fn fingerprint(root: &Path) -> Result<Revision, LoadError> {
    let mut hasher = Sha256::new();
    let mut files = Vec::new();
    let glossary = root.join(GLOSSARY);
    if glossary.is_file() {
        files.push(glossary);
    }
    for category in folders_in(root)? {
        let own = std::iter::once(category.clone());
        for folder in own.chain(folders_in(&category)?) {
            files.extend(files_in(&folder)?);
        }
        for article in folders_in(&category)? {
            for folder in folders_in(&article)? {
                files.extend(files_below(&folder)?);
            }
        }
    }
    for file in files {
        let relative = file.strip_prefix(root).unwrap_or(&file);
        hasher.update(relative.to_string_lossy().as_bytes());
        hasher.update([0]);
        hasher.update(read_bytes(&file)?);
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    Ok(Revision(hex::encode(&digest[..8])))
}

/// Name of the file with the operator's own words.
const GLOSSARY: &str = "glossary.toml";

/// Reads `glossary.toml`, which a base may do without.
fn read_glossary(root: &Path, faults: &mut Vec<Fault>) -> Result<Glossary, LoadError> {
    let path = root.join(GLOSSARY);
    if !path.is_file() {
        return Ok(Glossary::default());
    }
    Ok(read_matter::<Glossary>(root, &path, faults)?
        .unwrap_or_default()
        .folded())
}

/// Reads `category.toml`, which a category may do without.
fn read_category(
    root: &Path,
    folder: &Path,
    faults: &mut Vec<Fault>,
) -> Result<Option<(String, Category)>, LoadError> {
    let path = folder.join("category.toml");
    if !path.is_file() {
        return Ok(None);
    }
    let matter = read_matter::<CategoryMatter>(root, &path, faults)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Ok(matter.map(|CategoryMatter { title, place }| {
        let titles = title;
        (name.into_owned(), Category { titles, place })
    }))
}

fn read_article(
    root: &Path,
    folder: &Path,
    faults: &mut Vec<Fault>,
) -> Result<Option<Article>, LoadError> {
    let relative = folder.strip_prefix(root).unwrap_or(folder);
    let matter_path = folder.join("article.toml");
    let matter = if matter_path.is_file() {
        read_matter::<ArticleMatter>(root, &matter_path, faults)?
    } else {
        faults.push(Fault::error(
            relative,
            "no-article-toml",
            "there is no article.toml here; write one with id and category".to_owned(),
        ));
        None
    };
    let Translations {
        translations,
        traditional,
    } = read_translations(root, folder, faults)?;
    let Some(matter) = matter else {
        return Ok(None);
    };
    if translations.is_empty() {
        faults.push(Fault::error(
            relative,
            "no-translation",
            "the article has no readable text; add en.md, zh.md, ja.md or ko.md".to_owned(),
        ));
        return Ok(None);
    }
    Ok(Some(Article {
        id: matter.id,
        category: matter.category,
        severity: matter.severity,
        intent: matter.intent,
        policy: matter.policy,
        audience: matter.audience,
        owner: matter.owner,
        rev: matter.rev,
        stage: matter.stage,
        valid_from: matter.valid_from.map(|date| date.to_string()),
        valid_until: matter.valid_until.map(|date| date.to_string()),
        follow_ups: matter.follow_ups,
        collect: matter.collect,
        skills: matter.skills,
        translations,
        traditional: TraditionalWording::of(traditional),
    }))
}

fn read_matter<T: DeserializeOwned>(
    root: &Path,
    path: &Path,
    faults: &mut Vec<Fault>,
) -> Result<Option<T>, LoadError> {
    let Some(text) = read_text(root, path, faults)? else {
        return Ok(None);
    };
    let relative = path.strip_prefix(root).unwrap_or(path);
    match parse_toml::<T>(&text) {
        Ok(matter) => Ok(Some(matter)),
        Err(bad) => {
            faults.push(Fault::error(relative, "bad-front-matter", bad.message).at_line(bad.line));
            Ok(None)
        }
    }
}

/// The texts of one article.
struct Translations {
    translations: BTreeMap<Language, Translation>,
    /// What `zh-Hant.md` says.
    traditional: Option<Translation>,
}

fn read_translations(
    root: &Path,
    folder: &Path,
    faults: &mut Vec<Fault>,
) -> Result<Translations, LoadError> {
    let mut translations = BTreeMap::new();
    let mut traditional = None;
    for path in files_in(folder)? {
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_traditional = stem == ChineseScript::Taiwan.tag();
        let known = Language::ALL.into_iter().find(|known| known.code() == stem);
        let Some(language) = known.or(is_traditional.then_some(Language::Chinese)) else {
            faults.push(Fault::error(
                relative,
                "unknown-language",
                format!("`{stem}` is not a served language; use en.md, zh.md, zh-Hant.md, ja.md or ko.md"),
            ));
            continue;
        };
        let Some(text) = read_text(root, &path, faults)? else {
            continue;
        };
        match read_translation(language, relative, &text) {
            Ok(translation) if is_traditional => traditional = Some(translation),
            Ok(translation) => {
                translations.insert(language, translation);
            }
            Err(fault) => faults.push(fault),
        }
    }
    // Who writes in traditional characters alone is read by everybody, and found in either script.
    if let Some(traditional) = &traditional {
        translations
            .entry(Language::Chinese)
            .or_insert_with(|| simplified(traditional));
    }
    Ok(Translations {
        translations,
        traditional,
    })
}

fn simplified(traditional: &Translation) -> Translation {
    let write = |text: &String| in_simplified_characters(text);
    Translation {
        title: write(&traditional.title),
        alternates: traditional.alternates.iter().map(write).collect(),
        summary: write(&traditional.summary),
        body: write(&traditional.body),
        ..traditional.clone()
    }
}

fn read_translation(language: Language, path: &Path, text: &str) -> Result<Translation, Fault> {
    let fault = |message: String, line: usize| {
        Fault::error(path, "bad-front-matter", message).at_line(line)
    };
    let parts = split(text).map_err(|bad| fault(bad.message, bad.line))?;
    let matter: TranslationMatter =
        parse_toml(parts.matter).map_err(|bad| fault(bad.message, bad.line + 1))?;
    for (name, value) in [("title", &matter.title), ("summary", &matter.summary)] {
        if value.trim().is_empty() {
            return Err(fault(format!("`{name}` is empty; write it"), 2));
        }
    }
    Ok(Translation {
        language,
        title: matter.title.trim().to_owned(),
        alternates: matter
            .alternates
            .iter()
            .map(|alternate| alternate.trim().to_owned())
            .filter(|alternate| !alternate.is_empty())
            .collect(),
        summary: matter.summary.trim().to_owned(),
        keywords: matter.keywords,
        source_rev: matter.source_rev,
        body: parts.body.trim().to_owned(),
        path: path.to_owned(),
        body_line: parts.body_line,
    })
}

fn read_text(
    root: &Path,
    path: &Path,
    faults: &mut Vec<Fault>,
) -> Result<Option<String>, LoadError> {
    match String::from_utf8(read_bytes(path)?) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..valid]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
                + 1;
            faults.push(
                Fault::error(
                    path.strip_prefix(root).unwrap_or(path),
                    "not-utf8",
                    "the file is not UTF-8; save it as UTF-8".to_owned(),
                )
                .at_line(line),
            );
            Ok(None)
        }
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, LoadError> {
    fs::read(path).map_err(|source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

/// Files of a folder and of all folders in it, in order.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut found = files_in(folder)?;
    for inner in folders_in(folder)? {
        found.extend(files_below(&inner)?);
    }
    Ok(found)
}

fn folders_in(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    entries_in(path, Path::is_dir)
}

fn files_in(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    entries_in(path, Path::is_file)
}

/// Entries in name order; names beginning with a dot are left to editors and git.
fn entries_in(path: &Path, keep: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && keep(&entry.path()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
