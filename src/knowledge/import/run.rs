//! The import itself: a reading that learns, then one that writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

use super::error::ImportError;
use super::linking::Linking;
use super::links::rewritten;
use super::locale_tag::Locale;
use super::loss::{LossKind, LossReport};
use super::opening::{says_nothing, summary_of};
use super::page::{Notes, Page, Reading, Take};
use super::pictures::Pictures;
use super::plan::Plan;
use super::settings::{ImportFormat, ImportSettings};
use super::split::{count_of_parts, split};
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
    /// What could not be carried.
    pub losses: LossReport,
}

/// Imports a source into a knowledge folder.
pub fn import(
    settings: &ImportSettings,
    detector: &Detector,
) -> Result<ImportOutcome, ImportError> {
    fs::metadata(&settings.source).map_err(ImportError::reading(&settings.source))?;
    let mut writer = Writer::open(
        settings.into.clone(),
        settings.dry_run,
        settings.take_theirs,
    )?;
    let scope = scope_of(settings);
    // Kept until everything is written: pictures lie in it.
    let unpacked = match settings.format {
        ImportFormat::Docx => Some(word_file::unpack(&settings.source)?),
        _ => None,
    };
    let asked = settings;
    let settings = &match &unpacked {
        Some(place) => ImportSettings {
            source: place.path().to_owned(),
            ..settings.clone()
        },
        None => settings.clone(),
    };
    let (mut plan, notes) = learn(settings, detector)?;
    if !notes.faults.is_empty() {
        let mut faults = notes.faults;
        faults.sort();
        return Err(ImportError::Faulty { faults });
    }
    plan.settle(&scope, &writer.manifest, &settings.into);
    if plan.languages().is_empty() {
        return Err(ImportError::Empty {
            path: asked.source.clone(),
            format: settings.format.name(),
        });
    }
    let gone: Vec<String> = writer
        .manifest
        .articles
        .iter()
        .filter(|(key, _)| {
            key.strip_prefix(&scope)
                .is_some_and(|key| plan.place(key).is_none())
        })
        .map(|(_, place)| place.folder.clone())
        .collect();
    write_matters(&plan, &scope, &mut writer)?;
    let (pictures, losses) = write_pages(settings, &plan, &mut writer)?;
    writer.save()?;
    Ok(ImportOutcome {
        articles: plan.places().count(),
        languages: plan.languages(),
        files: writer.counts,
        notable: writer.notable,
        pictures,
        gone,
        losses,
    })
}

/// What the keys of a source begin with, so that two sources in one target do not meet.
fn scope_of(settings: &ImportSettings) -> String {
    let full = settings.source.canonicalize();
    let full = full.as_deref().unwrap_or(&settings.source);
    let name = full.file_name().unwrap_or_default().to_string_lossy();
    format!("{}:{name}:", settings.format.name())
}

fn read(
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

fn learn(settings: &ImportSettings, detector: &Detector) -> Result<(Plan, Notes), ImportError> {
    let mut plan = Plan::default();
    let mut notes = Notes::default();
    if settings.split_questions {
        let mut unheard = Notes::default();
        read(settings, &mut unheard, &mut |page, _| {
            plan.count_parts(&page, count_of_parts(&page));
            Ok(())
        })?;
    }
    read(settings, &mut notes, &mut |page, _| {
        for page in parts(page, settings, &plan) {
            plan.learn(&page, settings, detector);
        }
        Ok(())
    })?;
    Ok((plan, notes))
}

fn parts(page: Page, settings: &ImportSettings, plan: &Plan) -> Vec<Page> {
    match settings.split_questions {
        true => {
            let by_place = plan.has_equal_parts(&page.key);
            split(page, by_place)
        }
        false => vec![page],
    }
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
