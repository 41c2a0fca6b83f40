//! `mondo kb import`: brings in knowledge of other tools.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::knowledge::{
    FileChange, ImportError, ImportFormat, ImportOutcome, ImportSettings, Joins, LossKind, import,
};
use crate::language::{Detector, Language};
use anyhow::Context;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::folder::knowledge_folder;
use super::translations;
use crate::commands::output::print_data;

/// What to import, and how.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// What the source is
    #[arg(value_name = "FORMAT", value_parser = format_parser())]
    format: ImportFormat,
    /// The file or folder
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    /// Knowledge folder to write into [default: that of the configuration]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Write nothing; say what would be written and what would be lost
    #[arg(long)]
    dry_run: bool,
    /// Language of pages that state none: en, zh, ja or ko [default: found from their words]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
    /// Category of pages that have none
    #[arg(long, value_name = "NAME", default_value = "general")]
    category: String,
    /// Address of the site that the pages stand on; links to pages that are not imported then lead there
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// Make an article of every heading that is a question, on pages with two or more of them
    #[arg(long)]
    split_questions: bool,
    /// Import nothing; write into a table which texts are probably translations of each other, for you to confirm
    #[arg(long, value_name = "TABLE", conflicts_with = "join_translations")]
    propose_translations: Option<PathBuf>,
    /// Join the pairs of such a table that say yes; later imports remember them
    #[arg(long, value_name = "TABLE")]
    join_translations: Option<PathBuf>,
    /// Take the text of the source where it changed there and here
    #[arg(long)]
    take_theirs: bool,
    /// Write everything that was lost, with its places, into a JSON file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn format_parser() -> impl TypedValueParser<Value = ImportFormat> {
    let names = ImportFormat::ALL.iter().map(|one| one.name().into());
    // Asked for so often that it gets an answer of its own.
    let all: Vec<PossibleValue> = names
        .chain([PossibleValue::new("pdf").hide(true)])
        .collect();
    PossibleValuesParser::new(all).try_map(|name| {
        let mut formats = ImportFormat::ALL.into_iter();
        formats
            .find(|format| format.name() == name)
            .ok_or(ImportError::Pdf {
                path: "the source".into(),
            })
    })
}

/// Runs the command; exit code 1 where pages are broken, and then nothing was written.
pub fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    match carried_out(args) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => match error.downcast_ref::<ImportError>() {
            Some(ImportError::Faulty { .. }) => {
                eprintln!("{error}");
                Ok(ExitCode::FAILURE)
            }
            _ => Err(error),
        },
    }
}

fn carried_out(args: &ImportArgs) -> anyhow::Result<()> {
    let settings = settings_of(args)?;
    if let Some(table) = &args.propose_translations {
        return translations::propose(&settings, table, args.config.as_deref());
    }
    let outcome = import(&settings, &Detector::new())?;
    if let Some(path) = &args.report {
        let text = serde_json::to_string_pretty(&outcome)? + "\n";
        std::fs::write(path, text)
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    match args.json {
        true => print_data(&serde_json::to_string_pretty(&outcome)?),
        false => print_data(text_of(&outcome, &settings).trim_end()),
    }
}

fn settings_of(args: &ImportArgs) -> anyhow::Result<ImportSettings> {
    let joins = match &args.join_translations {
        Some(table) => {
            let (joins, undecided) = Joins::read(table)?;
            if undecided > 0 {
                eprintln!(
                    "{}: {undecided} pairs are undecided and stay apart",
                    table.display()
                );
            }
            joins
        }
        None => Joins::default(),
    };
    Ok(ImportSettings {
        format: args.format,
        source: args.source.clone(),
        into: knowledge_folder(args.into.as_ref(), args.config.as_ref())?,
        language: args.language,
        category: args.category.clone(),
        site: args.site.clone(),
        split_questions: args.split_questions,
        joins,
        take_theirs: args.take_theirs,
        dry_run: args.dry_run,
    })
}

/// Files named on a terminal before the rest is only counted.
const NAMED: usize = 20;

fn text_of(outcome: &ImportOutcome, settings: &ImportSettings) -> String {
    let languages: Vec<String> = outcome
        .languages
        .iter()
        .map(|(language, count)| format!("{language} {count}"))
        .collect();
    let mut text = format!(
        "{} articles ({}), {} pictures and files, {} {}\n",
        outcome.articles,
        languages.join(", "),
        outcome.pictures,
        if settings.dry_run {
            "would go into"
        } else {
            "into"
        },
        settings.into.display()
    );
    for (change, count) in &outcome.files {
        text.push_str(&format!("{count:>6}  files {}\n", change.heading()));
    }
    for (path, change) in outcome.notable.iter().take(NAMED) {
        text.push_str(&format!("        {path}: {}\n", change.heading()));
    }
    if outcome.notable.len() > NAMED {
        let more = outcome.notable.len() - NAMED;
        text.push_str(&format!("        and {more} more files\n"));
    }
    for folder in outcome.gone.iter().take(NAMED) {
        text.push_str(&format!(
            "        {folder}: gone from the source; remove the folder if it should go here too\n"
        ));
    }
    for (folder, with) in outcome.joined.iter().take(NAMED) {
        text.push_str(&format!(
            "        {folder}: its text stands in {with} now; remove the folder\n"
        ));
    }
    match outcome.losses.is_empty() {
        true => text.push_str("everything came along\n"),
        false => text.push_str(&format!("what could not be carried:\n{}", outcome.losses)),
    }
    let texts: usize = outcome.languages.values().sum();
    let joins_nothing = outcome.languages.len() > 1 && texts == outcome.articles;
    if joins_nothing || outcome.losses.count(LossKind::LeftApart) > 0 {
        text.push_str(
            "--propose-translations pairs.csv proposes which of the articles in different languages belong together\n",
        );
    }
    let has_conflict = outcome.files.contains_key(&FileChange::ChangedOnBothSides);
    if has_conflict {
        text.push_str(
            "files changed on both sides were kept; mend them by hand, or import with --take-theirs\n",
        );
    }
    if settings.dry_run {
        text.push_str("nothing was written\n");
    }
    text
}
