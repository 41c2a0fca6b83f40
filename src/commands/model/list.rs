//! `mondo model list`: the built-in model, the folders beside it, and the configured one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::encoder::{EncoderSettings, ModelError, ModelFolder, ModelSummary};
use serde::Serialize;

use super::settings::{BUILT_IN, Format, configuration, in_mebibytes};
use crate::commands::output::print_data;

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Folder whose folders are looked at
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// One line of the list.
#[derive(Serialize)]
struct Listed {
    /// What to give to `mondo model use`.
    place: String,
    in_use: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    summary: Option<ModelSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub fn run(args: &ListArgs) -> anyhow::Result<ExitCode> {
    let settings = configuration(args.config.as_deref())?.encoder;
    let listed = listed(&args.models, &settings);
    match args.format {
        Format::Json => {
            for model in &listed {
                print_data(&serde_json::to_string(model)?)?;
            }
        }
        Format::Text => print_data(&table(&listed))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn listed(models: &Path, settings: &EncoderSettings) -> Vec<Listed> {
    let chosen = settings.chosen();
    let mut list = vec![listed_model(
        BUILT_IN.to_owned(),
        chosen.is_none(),
        ModelFolder::built_in(),
    )];
    let mut folders: Vec<PathBuf> = std::fs::read_dir(models)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let same = |folder: &Path| chosen.is_some_and(|chosen| is_same(folder, chosen));
    let is_among_them = folders.iter().any(|folder| same(folder));
    folders.extend(chosen.filter(|_| !is_among_them).map(Path::to_owned));
    for folder in folders {
        let in_use = same(&folder);
        match ModelFolder::open(&folder) {
            // `models/` holds more than models.
            Err(ModelError::NotAModel { .. }) if !in_use => {}
            opened => list.push(listed_model(folder.display().to_string(), in_use, opened)),
        }
    }
    list
}

fn is_same(left: &Path, right: &Path) -> bool {
    match (left.canonicalize(), right.canonicalize()) {
        (Ok(left), Ok(right)) => left == right,
        _ => left == right,
    }
}

fn listed_model(place: String, in_use: bool, opened: Result<ModelFolder, ModelError>) -> Listed {
    let summary = opened.and_then(|folder| ModelSummary::of(&folder));
    let (summary, error) = match summary {
        Ok(summary) => (Some(summary), None),
        Err(error) => (None, Some(error.to_string())),
    };
    Listed {
        place,
        in_use,
        summary,
        error,
    }
}

fn table(listed: &[Listed]) -> String {
    let width = listed.iter().map(|model| model.place.chars().count()).max();
    let width = width.unwrap_or(0);
    let lines = listed.iter().map(|model| {
        let mark = if model.in_use { '*' } else { ' ' };
        let about = match (&model.summary, &model.error) {
            (Some(summary), _) => format!(
                "{:9} {:4} numbers  {:>10}  {}  {}",
                summary.runtime.name(),
                summary.dimension,
                in_mebibytes(summary.bytes),
                summary.name,
                summary.licence
            ),
            (None, error) => format!("unusable: {}", error.as_deref().unwrap_or_default()),
        };
        format!("{mark} {:width$}  {}", model.place, about.trim_end())
    });
    lines.collect::<Vec<_>>().join("\n")
}
