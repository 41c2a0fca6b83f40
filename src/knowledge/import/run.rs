//! The import itself: a reading that learns, then one that writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::ImportError;
use super::linking::Linking;
use super::links::rewritten;
use super::locale_tag::Locale;
use super::loss::{LossKind, LossReport};
use super::manifest::Manifest;
use super::new_keys::NewKeys;
use super::opening::{says_nothing, summary_of};
use super::origin::Origin;
use super::page::{Notes, Page, Reading, Take};
use super::pictures::Pictures;
use super::plan::Plan;
use super::settings::{ImportFormat, ImportSettings};
use super::split::{count_of_parts, split};
use super::word_file::Unpacked;
use super::writer::{FileChange, Writer};
use super::{chatwoot, intercom, markdown_tree, row_page, saved_site, word_file, zendesk};
use crate::knowledge::{ArticleId, Wording, first_matter};
use crate::language::{Detector, Language};

/// What an import did.
#[derive(Debug, Serialize)]
pub struct ImportOutcome {
    /// Articles.
    pub articles: usize,
    /// Texts in each language.
    pub languages: BTreeMap<Language, usize>,
    /// Files by what became of them.
    pub files: BTreeMap<FileChange, usize>,
    /// Files that somebody should look at.
    pub notable: Vec<(String, FileChange)>,
    /// Pictures that came along.
    pub pictures: usize,
    /// Articles of an earlier import whose pages are gone; they were left.
    pub gone: Vec<String>,
    /// Folders of earlier articles that were joined to another, with the folder of that one; they were left.
    pub joined: Vec<(String, String)>,
    /// What could not be carried.
    pub losses: LossReport,
}

/// Imports a source into a knowledge folder.
pub fn import(
    settings: &ImportSettings,
    detector: &Detector,
) -> Result<ImportOutcome, ImportError> {
    let source = SourceAtHand::open(settings)?;
    let mut writer = Writer::open(
        settings.into.clone(),
        settings.dry_run,
        settings.take_theirs,
    )?;
    let mut plan = source.learn(detector)?;
    let (settings, scope) = (&source.settings, &source.scope);
    plan.settle(scope, &writer.manifest, &settings.into);
    let earlier = writer.manifest.articles.iter().filter_map(|(key, place)| {
        let key = key.strip_prefix(scope)?;
        plan.place(key).is_none().then_some((key, &place.folder))
    });
    let mut gone = Vec::new();
    let mut joined = Vec::new();
    for (key, folder) in earlier {
        match plan.place(plan.keys.of_page(key)) {
            Some(place) => joined.push((folder.clone(), place.folder.clone())),
            None => gone.push(folder.clone()),
        }
    }
    for (key, with) in plan.keys.pairs() {
        let joined = &mut writer.manifest.joined;
        joined.insert(format!("{scope}{key}"), with.clone());
    }
    write_matters(&plan, scope, &mut writer)?;
    let (pictures, mut losses) = write_pages(settings, &plan, &mut writer)?;
    for path in source.left_out() {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let origin = Origin {
            path: path.clone(),
            line: None,
        };
        losses.add(LossKind::OtherDocument, format!(".{ending}"), &origin);
    }
    writer.save()?;
    Ok(ImportOutcome {
        articles: plan.places().count(),
        languages: plan.languages(),
        files: writer.counts,
        notable: writer.notable,
        pictures,
        gone,
        joined,
        losses,
    })
}

/// A source that is ready to be read.
pub(super) struct SourceAtHand {
    /// What was asked for, with the folder that documents were unpacked into as its source.
    pub settings: ImportSettings,
    asked: PathBuf,
    scope: String,
    keys: NewKeys,
    /// Documents as pages, kept until everything is written: pictures lie among them.
    unpacked: Option<Unpacked>,
}

impl SourceAtHand {
    /// Opens a source, unpacks documents, and recalls which texts were joined before.
    pub fn open(asked: &ImportSettings) -> Result<Self, ImportError> {
        fs::metadata(&asked.source).map_err(ImportError::reading(&asked.source))?;
        let scope = scope_of(asked);
        if is_pdf(&asked.source)? {
            return Err(ImportError::Pdf {
                path: asked.source.clone(),
            });
        }
        let manifest = Manifest::load(&asked.into)?;
        let earlier = manifest.joined.into_iter().filter_map(|(key, with)| {
            let key = key.strip_prefix(&scope)?;
            Some((key.to_owned(), with))
        });
        let keys = NewKeys::of(earlier, &asked.joins);
        let unpacked = match asked.format {
            ImportFormat::Docx => Some(word_file::unpack(&asked.source)?),
            _ => None,
        };
        let mut settings = asked.clone();
        if let Some(place) = &unpacked {
            settings.source = place.place.path().to_owned();
        }
        Ok(Self {
            settings,
            asked: asked.source.clone(),
            scope,
            keys,
            unpacked,
        })
    }

    /// Reads the source once and learns what is in it; stops at faults, and where there is nothing.
    pub fn learn(&self, detector: &Detector) -> Result<Plan, ImportError> {
        let mut plan = Plan::joining(self.keys.clone());
        let notes = learn(&self.settings, detector, &mut plan)?;
        if !notes.faults.is_empty() {
            let mut faults = notes.faults;
            faults.sort();
            return Err(ImportError::Faulty { faults });
        }
        if plan.languages().is_empty() {
            let mut left_out = self.left_out().iter();
            let is_pdf = |path: &&PathBuf| path.extension().is_some_and(|one| one == "pdf");
            if let Some(pdf) = left_out.find(is_pdf) {
                return Err(ImportError::Pdf {
                    path: self.asked.join(pdf),
                });
            }
            return Err(ImportError::Empty {
                path: self.asked.clone(),
                format: self.settings.format.name(),
            });
        }
        Ok(plan)
    }

    /// Documents in formats that are not read.
    fn left_out(&self) -> &[PathBuf] {
        let unpacked = self.unpacked.as_ref();
        unpacked.map_or(&[], |unpacked| &unpacked.left_out)
    }
}

fn is_pdf(source: &Path) -> Result<bool, ImportError> {
    const MARK: &[u8] = b"%PDF-";
    if !source.is_file() {
        return Ok(false);
    }
    let mut begin = [0; MARK.len()];
    let mut file = fs::File::open(source).map_err(ImportError::reading(source))?;
    Ok(file.read_exact(&mut begin).is_ok() && begin == MARK)
}

/// What the keys of a source begin with, so that two sources in one target do not meet.
fn scope_of(settings: &ImportSettings) -> String {
    let full = settings.source.canonicalize();
    let full = full.as_deref().unwrap_or(&settings.source);
    let name = full.file_name().unwrap_or_default().to_string_lossy();
    format!("{}:{name}:", settings.format.name())
}

/// Reads every page of a source.
pub(super) fn read(
    settings: &ImportSettings,
    notes: &mut Notes,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let mut reading = Reading {
        settings,
        notes,
        take,
    };
    match settings.format {
        ImportFormat::Markdown => markdown_tree::read(&mut reading),
        // Documents were unpacked into pages.
        ImportFormat::Html | ImportFormat::Docx => saved_site::read(&mut reading),
        ImportFormat::Zendesk => zendesk::read(&mut reading),
        ImportFormat::Intercom => intercom::read(&mut reading),
        ImportFormat::Chatwoot => chatwoot::read(&mut reading),
        ImportFormat::QnaMaker
        | ImportFormat::Dialogflow
        | ImportFormat::MaxKb
        | ImportFormat::FastGpt
        | ImportFormat::Csv
        | ImportFormat::Xlsx
        | ImportFormat::Jsonl => row_page::read(&mut reading),
    }
}

fn learn(
    settings: &ImportSettings,
    detector: &Detector,
    plan: &mut Plan,
) -> Result<Notes, ImportError> {
    let mut notes = Notes::default();
    if settings.split_questions {
        let mut unheard = Notes::default();
        read(settings, &mut unheard, &mut |page, _| {
            plan.count_parts(&page, count_of_parts(&page));
            Ok(())
        })?;
    }
    let mut own_languages: BTreeMap<String, BTreeSet<Language>> = BTreeMap::new();
    read(settings, &mut notes, &mut |page, _| {
        for mut page in own_parts(page, settings, plan) {
            let own = page.key.clone();
            plan.keys.apply(&mut page);
            plan.learn(&page, settings, detector);
            if let Some(language) = plan.language_of(&page, settings) {
                own_languages.entry(own).or_default().insert(language);
            }
        }
        Ok(())
    })?;
    notes.faults.extend(settings.joins.faults(&own_languages));
    Ok(notes)
}

/// The articles that a page is split into, under their own keys.
fn own_parts(page: Page, settings: &ImportSettings, plan: &Plan) -> Vec<Page> {
    match settings.split_questions {
        true => {
            let by_place = plan.has_equal_parts(&page.key);
            split(page, by_place)
        }
        false => vec![page],
    }
}

/// The articles that a page is split into, under the keys of those they were joined to.
pub(super) fn parts(page: Page, settings: &ImportSettings, plan: &Plan) -> Vec<Page> {
    let mut pages = own_parts(page, settings, plan);
    pages.iter_mut().for_each(|page| plan.keys.apply(page));
    pages
}

/// Writes `article.toml` of every article and `category.toml` of every category that has a name.
fn write_matters(plan: &Plan, scope: &str, writer: &mut Writer) -> Result<(), ImportError> {
    // Recorded before the first file, so that an import that is cut short finds its articles again.
    for (key, place) in plan.places() {
        let articles = &mut writer.manifest.articles;
        articles.insert(format!("{scope}{key}"), place.clone());
    }
    writer.save()?;
    for (code, titles) in plan.categories() {
        let lines: String = titles
            .iter()
            .map(|(language, title)| {
                let title = toml::Value::String(title.trim().to_owned());
                format!("{} = {title}\n", language.code())
            })
            .collect();
        let is_used = plan
            .places()
            .any(|(_, place)| Plan::category_of(place) == code);
        if is_used {
            let text = format!("[title]\n{lines}");
            writer.write(&format!("{code}/category.toml"), code, text.as_bytes())?;
        }
    }
    for (key, place) in plan.places() {
        let matter = first_matter(&ArticleId::new(&place.id), Plan::category_of(place));
        let follow_ups: Vec<String> = plan
            .follow_ups_of(key)
            .into_iter()
            .filter(|id| *id != place.id)
            .map(|id| toml::Value::String(id).to_string())
            .collect();
        let matter = matter.replace(
            "follow_ups = []",
            &format!("follow_ups = [{}]", follow_ups.join(", ")),
        );
        let path = format!("{}/article.toml", place.folder);
        writer.write(&path, key, matter.as_bytes())?;
    }
    Ok(())
}

fn write_pages(
    settings: &ImportSettings,
    plan: &Plan,
    writer: &mut Writer,
) -> Result<(usize, LossReport), ImportError> {
    let mut notes = Notes::default();
    let mut pictures = Pictures::default();
    let mut copied = 0;
    read(settings, &mut notes, &mut |page, notes| {
        for page in parts(page, settings, plan) {
            copied += write_page(page, settings, plan, writer, &mut pictures, notes)?;
        }
        Ok(())
    })?;
    Ok((copied, notes.losses))
}

/// Writes one page; returns how many pictures came along.
fn write_page(
    page: Page,
    settings: &ImportSettings,
    plan: &Plan,
    writer: &mut Writer,
    pictures: &mut Pictures,
    notes: &mut Notes,
) -> Result<usize, ImportError> {
    let Some(language) = plan.language_of(&page, settings) else {
        let tag = page
            .locale
            .as_ref()
            .map_or("", |locale| locale.tag.as_str());
        notes.lost(LossKind::OtherLanguage, tag, &page.origin);
        return Ok(0);
    };
    if !plan.takes(&page, language) {
        let tag = page
            .locale
            .as_ref()
            .map_or("the same", |locale| locale.tag.as_str());
        notes.lost(LossKind::OtherVariant, tag, &page.origin);
        return Ok(0);
    }
    let Some(place) = plan.place(&page.key) else {
        return Ok(0);
    };
    let is_traditional = page.locale.as_ref().is_some_and(Locale::is_traditional);
    plan.note_left_apart(notes, &page);
    let mut files: Vec<(String, std::path::PathBuf)> = Vec::new();
    let body = rewritten(&page.body, |found| {
        let linking = Linking {
            page: &page,
            settings,
            text: (language, is_traditional),
            plan,
            notes,
        };
        let name = |file: &Path| {
            let name = pictures.name(&place.folder, language.code(), file);
            files.push((name.clone(), file.to_owned()));
            name
        };
        match found.is_picture {
            true => linking.picture(found, name),
            false => linking.link(found, name),
        }
    });
    let summary = match says_nothing(&page.summary, &page.title) {
        true => summary_of(&body, &page.title),
        false => page.summary.clone(),
    };
    let summary = match summary.is_empty() {
        // A text without a word, such as a page of pictures.
        true => page.title.clone(),
        false => summary,
    };
    let mut alternates = page.alternates.clone();
    alternates.retain(|one| !one.trim().is_empty() && *one != page.title);
    let mut seen = std::collections::BTreeSet::new();
    alternates.retain(|one| seen.insert(crate::language::normalize_for_matching(one)));
    let wording = Wording {
        title: plan.title_of(&page, language, place),
        alternates,
        summary,
        source_rev: 1,
        body,
    };
    let stem = match is_traditional {
        true => "zh-Hant",
        false => language.code(),
    };
    let path = format!("{}/{stem}.md", place.folder);
    writer.write(
        &path,
        &page.origin.to_string(),
        wording.write_with_keywords(&page.keywords).as_bytes(),
    )?;
    files.sort();
    files.dedup();
    for (name, file) in &files {
        let bytes = fs::read(file).map_err(ImportError::reading(file))?;
        let from = file.strip_prefix(&settings.source).unwrap_or(file);
        let path = format!("{}/{name}", place.folder);
        writer.write(&path, &from.to_string_lossy(), &bytes)?;
    }
    Ok(files.len())
}
