//! What the first reading learns: which pages are one article, its identifier and folder, and where links lead.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use super::locale_tag::Locale;
use super::loss::LossKind;
use super::manifest::{Manifest, Place, hash_of};
use super::new_keys::NewKeys;
use super::origin::Origin;
use super::page::{Notes, Page};
use super::settings::ImportSettings;
use super::slug::{address, is_hash, percent_decoded, slug, without_hash, without_number};
use crate::knowledge::{sections, to_plain_text};
use crate::language::{Detector, Language, Priors, normalize_for_matching};

/// Characters of a page whose language is looked at.
const LOOKED_AT: usize = 600;

/// One article to be.
#[derive(Debug, Default)]
struct Planned {
    name: String,
    titles: BTreeMap<Language, String>,
    category: String,
    /// The page that gives each language, traditional Chinese by itself, with the rank of its variant.
    given_by: BTreeMap<(Language, bool), (u8, Origin)>,
    addresses: BTreeSet<String>,
    follow_ups: Vec<String>,
}

/// What is known of all pages together.
#[derive(Debug, Default)]
pub struct Plan {
    /// Keys of pages that were joined to others.
    pub keys: NewKeys,
    planned: BTreeMap<String, Planned>,
    /// Languages found for pages that state none, by key and origin.
    guessed: HashMap<Origin, Language>,
    votes: BTreeMap<Language, usize>,
    /// How many questions each page of a key has, by tag.
    parts: BTreeMap<String, BTreeMap<String, usize>>,
    categories: BTreeMap<String, BTreeMap<Language, String>>,
    places: BTreeMap<String, Place>,
    ids_by_address: HashMap<String, String>,
    /// The same addresses by their last parts.
    addresses_by_leaf: HashMap<String, Vec<String>>,
    keys_by_id: HashMap<String, String>,
    hosts: BTreeSet<String>,
    /// How many articles of a language have a title, in a category and in all (an empty one).
    title_counts: HashMap<(Language, String, String), usize>,
    /// Places that headings mark, by key and language, hashed: all of them would be most of what is remembered.
    anchors: HashSet<u64>,
}

impl Plan {
    /// Begins a plan in which some pages have the keys of others.
    pub fn joining(keys: NewKeys) -> Self {
        Self {
            keys,
            ..Self::default()
        }
    }

    /// Learns how many questions a page has, before it is split.
    pub fn count_parts(&mut self, page: &Page, parts: usize) {
        let tag = page.locale.as_ref().map(|locale| locale.tag.clone());
        let counts = self.parts.entry(page.key.clone()).or_default();
        counts.insert(tag.unwrap_or_default(), parts);
    }

    /// Tells whether all translations of a page have as many questions.
    pub fn has_equal_parts(&self, key: &str) -> bool {
        self.parts.get(key).is_none_or(|counts| {
            let mut counts = counts.values();
            let first = counts.next();
            counts.all(|count| Some(count) == first)
        })
    }

    /// Learns a page.
    pub fn learn(&mut self, page: &Page, settings: &ImportSettings, detector: &Detector) {
        let language = match &page.locale {
            Some(locale) => locale.language,
            None => Some(self.guess(page, settings, detector)),
        };
        let Some(language) = language else {
            return;
        };
        let rank = page.locale.as_ref().map_or(0, |locale| locale.rank);
        let category = match page.category.trim() {
            "" => settings.category.clone(),
            own => category_code(own),
        };
        if !page.category_title.is_empty() {
            let titles = self.categories.entry(category.clone()).or_default();
            titles
                .entry(language)
                .or_insert_with(|| page.category_title.clone());
        }
        let planned = self.planned.entry(page.key.clone()).or_default();
        if planned.category.is_empty() || language == Language::English {
            planned.category = category;
        }
        if planned.name.is_empty() {
            planned.name = page.name.clone();
        }
        planned.addresses.extend(page.addresses.iter().cloned());
        let hosts = page
            .addresses
            .iter()
            .filter_map(|one| one.split_once("://"));
        self.hosts
            .extend(hosts.filter_map(|(_, rest)| rest.split('/').next().map(str::to_owned)));
        planned.follow_ups.extend(page.follow_ups.iter().cloned());
        for heading in sections(&page.body)
            .into_iter()
            .filter_map(|one| one.heading)
        {
            self.anchors.insert(anchor_hash(
                &page.key,
                (language, is_traditional(page)),
                &heading.anchor,
            ));
        }
        let text = (language, is_traditional(page));
        let own = (rank, page.origin.clone());
        let is_better = planned
            .given_by
            .get(&text)
            .is_none_or(|(known, _)| rank < *known);
        if is_better {
            planned.given_by.insert(text, own);
            match text.1 {
                true => {
                    let title = planned.titles.entry(language);
                    title.or_insert_with(|| page.title.clone());
                }
                false => {
                    planned.titles.insert(language, page.title.clone());
                }
            }
        }
    }

    fn guess(&mut self, page: &Page, settings: &ImportSettings, detector: &Detector) -> Language {
        if let Some(language) = settings.language {
            return language;
        }
        let body: String = to_plain_text(&page.body).chars().take(LOOKED_AT).collect();
        let text = format!("{}\n{body}", page.title);
        let found = detector.detect(&text, &Priors::default()).most_likely();
        let language = found.unwrap_or(Language::English);
        *self.votes.entry(language).or_default() += 1;
        self.guessed.insert(page.origin.clone(), language);
        language
    }

    /// The language of a page; `None` for one that is not served.
    pub fn language_of(&self, page: &Page, settings: &ImportSettings) -> Option<Language> {
        match &page.locale {
            Some(locale) => locale.language,
            None => settings
                .language
                .or_else(|| self.guessed.get(&page.origin).copied())
                .or(Some(Language::English)),
        }
    }

    /// Tells whether this page, rather than another variant of its language, becomes the text of its article.
    pub fn takes(&self, page: &Page, language: Language) -> bool {
        let given = self
            .planned
            .get(&page.key)
            .and_then(|one| one.given_by.get(&(language, is_traditional(page))));
        given.is_some_and(|(_, origin)| *origin == page.origin)
    }

    /// Settles identifiers and folders: those of the import before stay.
    pub fn settle(&mut self, scope: &str, manifest: &Manifest, target: &Path) {
        // Where the record was lost, an article in the very folder that a page would get is that page's.
        let present = ids_in(target);
        let is_lost = manifest.articles.is_empty();
        let mut taken: BTreeSet<String> = match is_lost {
            true => BTreeSet::new(),
            false => present.keys().cloned().collect(),
        };
        if is_lost {
            let elsewhere = |planned: &Planned, id: &str| {
                present
                    .get(id)
                    .is_some_and(|folder| *folder != format!("{}/{id}", planned.category))
            };
            let none = BTreeSet::new();
            for (key, planned) in &self.planned {
                let id = free_id(key, planned, &none);
                if elsewhere(planned, &id) {
                    taken.insert(id);
                }
            }
        }
        for (key, place) in &manifest.articles {
            if key.starts_with(scope) {
                taken.insert(place.id.clone());
            }
        }
        for (key, planned) in &self.planned {
            if planned.given_by.is_empty() {
                continue;
            }
            let place = match manifest.articles.get(&format!("{scope}{key}")) {
                Some(place) => place.clone(),
                None => {
                    let id = free_id(key, planned, &taken);
                    taken.insert(id.clone());
                    Place {
                        folder: format!("{}/{id}", planned.category),
                        id,
                    }
                }
            };
            for (language, title) in &planned.titles {
                let title = normalize_for_matching(title);
                for category in [String::new(), Self::category_of(&place).to_owned()] {
                    let entry = self
                        .title_counts
                        .entry((*language, title.clone(), category));
                    *entry.or_default() += 1;
                }
            }
            for address in &planned.addresses {
                let with_leaf = self.addresses_by_leaf.entry(leaf_of(address).to_owned());
                with_leaf.or_default().push(address.clone());
                let known = self.ids_by_address.entry(address.clone());
                known.or_insert_with(|| place.id.clone());
            }
            self.keys_by_id.insert(place.id.clone(), key.clone());
            self.places.insert(key.clone(), place);
        }
    }

    /// Tells whether a heading of an article marks a place, in one of its texts.
    pub fn has_anchor(&self, id: &str, text: (Language, bool), anchor: &str) -> bool {
        let key = self.keys_by_id.get(id);
        key.is_some_and(|key| {
            let plain = percent_decoded(anchor);
            [anchor, plain.as_str()]
                .iter()
                .any(|one| self.anchors.contains(&anchor_hash(key, text, one)))
        })
    }

    /// Tells whether an article has a text in a language, or in traditional Chinese.
    pub fn has_text(&self, id: &str, text: (Language, bool)) -> bool {
        let planned = self
            .keys_by_id
            .get(id)
            .and_then(|key| self.planned.get(key));
        planned.is_some_and(|planned| planned.given_by.contains_key(&text))
    }

    /// The place of an article.
    pub fn place(&self, key: &str) -> Option<&Place> {
        self.places.get(key)
    }

    /// Every article with its place.
    pub fn places(&self) -> impl Iterator<Item = (&String, &Place)> {
        self.places.iter()
    }

    /// The category of an article: the first part of its folder.
    pub fn category_of(place: &Place) -> &str {
        place.folder.split('/').next().unwrap_or_default()
    }

    /// Identifiers of the articles that a reader of one often needs next.
    pub fn follow_ups_of(&self, key: &str) -> Vec<String> {
        let Some(planned) = self.planned.get(key) else {
            return Vec::new();
        };
        let mut found: Vec<String> = planned
            .follow_ups
            .iter()
            .filter_map(|one| {
                let by_key = self.places.get(one).map(|place| place.id.clone());
                by_key.or_else(|| self.article_at(&address(one)))
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// The article at an address.
    pub fn article_at(&self, address: &str) -> Option<String> {
        self.ids_by_address.get(address).cloned()
    }

    /// The article at the only address that ends in these parts; `None` where several do.
    pub fn article_ending(&self, ending: &str) -> Option<String> {
        let with_leaf = self.addresses_by_leaf.get(leaf_of(ending))?;
        let ending = format!("/{ending}");
        let mut found = with_leaf
            .iter()
            .filter(|address| address.ends_with(&ending))
            .filter_map(|address| self.ids_by_address.get(address));
        let first = found.next()?;
        found.all(|other| other == first).then(|| first.clone())
    }

    /// Returns the title of a page, with its category where other pages of the language have the same, or with its folder where
    /// those are of its category: visitors choose among titles, and "Settings" of five products would be one.
    pub fn title_of(&self, page: &Page, language: Language, place: &Place) -> String {
        let plain = normalize_for_matching(&page.title);
        let code = Self::category_of(place);
        let is_alone = |category: &str| {
            let title = (language, plain.clone(), category.to_owned());
            self.title_counts.get(&title).is_none_or(|count| *count < 2)
        };
        if is_alone("") {
            return page.title.clone();
        }
        let named = self.categories.get(code);
        let named = named.and_then(|titles| titles.get(&language)).cloned();
        let of_category = || named.unwrap_or_else(|| code.replace('-', " "));
        let within = match is_alone(code) {
            true => of_category(),
            false => folder_of(&page.key).unwrap_or_else(of_category),
        };
        match language {
            Language::English | Language::Korean => format!("{} ({within})", page.title),
            Language::Chinese | Language::Japanese => format!("{}（{within}）", page.title),
        }
    }

    /// Tells whether pages of the source stand on a host by their own word.
    pub fn is_own_host(&self, host: &str) -> bool {
        self.hosts.contains(host)
    }

    /// The article that a heading of the page at an address became, where the page was split.
    pub fn part_at(&self, address: &str, anchor: &str) -> Option<String> {
        let key = format!("{address}#{}", percent_decoded(anchor).to_lowercase());
        self.ids_by_address.get(&key).cloned()
    }

    /// Names of categories in each language.
    pub fn categories(&self) -> impl Iterator<Item = (&String, &BTreeMap<Language, String>)> {
        self.categories.iter()
    }

    /// Languages of one article.
    pub fn languages_of(&self, key: &str) -> BTreeSet<Language> {
        let planned = self.planned.get(key);
        planned
            .map(|planned| planned.titles.keys().copied().collect())
            .unwrap_or_default()
    }

    /// Counts the articles in each language.
    pub fn languages(&self) -> BTreeMap<Language, usize> {
        let mut counts = BTreeMap::new();
        for planned in self.planned.values() {
            for language in planned.titles.keys() {
                *counts.entry(*language).or_default() += 1;
            }
        }
        counts
    }

    /// Notes rows that may be translations of each other, but do not say of which.
    pub fn note_left_apart(&self, notes: &mut Notes, page: &Page) {
        if !page.joinable && self.languages().len() > 1 {
            let name = "no id or language folder says which article it translates";
            notes.lost(LossKind::LeftApart, name, &page.origin);
        }
    }
}

/// The name of the folder that a page lies in, to be read.
fn folder_of(key: &str) -> Option<String> {
    let (folders, _) = key.trim_end_matches('/').rsplit_once('/')?;
    Some(without_hash(without_number(leaf_of(folders))).replace(['-', '_'], " "))
}

fn leaf_of(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

fn is_traditional(page: &Page) -> bool {
    page.locale.as_ref().is_some_and(Locale::is_traditional)
}

fn anchor_hash(key: &str, text: (Language, bool), anchor: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, text, anchor).hash(&mut hasher);
    hasher.finish()
}

fn free_id(key: &str, planned: &Planned, taken: &BTreeSet<String>) -> String {
    let english = planned.titles.get(&Language::English);
    let from_title = english
        .or(planned.titles.values().next())
        .map(|title| slug(title))
        .unwrap_or_default();
    // The last part of a key may be a hash, which would be a name that nobody can say.
    let leaf = key
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let from_key = if is_hash(leaf) || slug(leaf).is_empty() {
        String::new()
    } else {
        slug(key)
    };
    let base = [slug(&planned.name), from_title, from_key]
        .into_iter()
        .find(|name| name.len() > 1)
        .unwrap_or_else(|| format!("article-{}", &hash_of(key.as_bytes())[..8]));
    if !taken.contains(&base) {
        return base;
    }
    let with_category = format!("{}-{base}", slug(&planned.category));
    if !taken.contains(&with_category) && with_category.len() > base.len() + 1 {
        return with_category;
    }
    (2..)
        .map(|number| format!("{base}-{number}"))
        .find(|id| !taken.contains(id))
        .expect("the numbers do not end")
}

/// The code of a category: its slug, or its letters where a slug would say less.
fn category_code(name: &str) -> String {
    let made = slug(name);
    let letters = name.chars().filter(|one| one.is_alphanumeric()).count();
    if made.len() * 2 >= letters && !made.is_empty() {
        return made;
    }
    let kept = name.chars().map(|one| match one.is_alphanumeric() {
        true => one.to_lowercase().next().unwrap_or(one),
        false => '-',
    });
    let code: String = kept.collect();
    code.trim_matches('-').to_owned()
}

/// Identifiers that articles of a target have now, with their folders.
fn ids_in(target: &Path) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect()
    };
    for article in folders(target)
        .iter()
        .flat_map(|category| folders(category))
    {
        let text = fs::read_to_string(article.join("article.toml")).unwrap_or_default();
        if let Ok(matter) = crate::knowledge::read_matter(&text) {
            let below = article.strip_prefix(target).unwrap_or(&article);
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            ids.insert(matter.id.as_str().to_owned(), parts.join("/"));
        }
    }
    ids
}
