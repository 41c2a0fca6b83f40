//! `mondo model use`: checks a folder, writes it into the configuration, and encodes the knowledge base with it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::config::{DEFAULT_FILE, set_text};
use crate::encoder::{ModelError, ModelFolder, verify_folder};
use crate::knowledge::load_folder;
use crate::pipeline::Snapshot;
use anyhow::{Context, ensure};

use super::settings::{BUILT_IN, configuration, settings};
use crate::commands::counted_encoder::counted_over;
use crate::commands::workbench::index_folder;

#[derive(Debug, clap::Args)]
pub struct UseArgs {
    /// Model folder, or `built-in`
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Configuration file, made when there is none [default: mondo.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn run(args: &UseArgs) -> anyhow::Result<ExitCode> {
    let file = args
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let existing = file.is_file().then_some(file.as_path());
    let before = settings(existing, None)?;
    let settings = settings(existing, Some(&args.folder))?;
    let verified = ModelFolder::chosen(&settings)
        .and_then(|folder| verify_folder(folder, &settings))
        .map_err(|error| unusable(error, &file))?;
    write_setting(&file, &settings.model)?;
    let place = match settings.chosen() {
        Some(folder) => folder.display().to_string(),
        None => BUILT_IN.to_owned(),
    };
    eprintln!("{}: encoder.model is now {place}", file.display());

    let config = configuration(Some(&file))?;
    ensure!(
        config.encoder.model == settings.model,
        "{} says {place}, but the variable MONDO__ENCODER__MODEL overrides it; unset the variable",
        file.display()
    );
    let knowledge = load_folder(&config.server.kb)
        .and_then(|loaded| loaded.into_served())
        .with_context(|| {
            format!(
                "the model is set, but the knowledge base in {} cannot be read; mend it, or leave the encoding to `mondo serve`",
                config.server.kb.display()
            )
        })?;
    let articles = knowledge.articles.len();
    let encoder = counted_over(Arc::clone(&verified.encoder), &knowledge);
    Snapshot::open_or_build(&index_folder(&config.server.data), knowledge, &encoder)?;
    drop(encoder);
    eprintln!(
        "{articles} articles are encoded with {}",
        verified.encoder.identity()
    );
    if before.model != settings.model {
        eprintln!(
            "thresholds belong to a model: run `mondo calibrate`; restart a running `mondo serve`"
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn unusable(error: ModelError, file: &Path) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("{} is left as it was", file.display()))
}

fn write_setting(file: &Path, model: &Path) -> anyhow::Result<()> {
    let model = model
        .to_str()
        .with_context(|| format!("{} is not UTF-8; rename the folder", model.display()))?;
    let text = match file.is_file() {
        true => std::fs::read_to_string(file)
            .with_context(|| format!("could not read {}", file.display()))?,
        false => String::new(),
    };
    let changed = set_text(&text, "encoder", "model", model).with_context(|| {
        format!(
            "could not change {} by itself; write `model = {model:?}` under [encoder] by hand",
            file.display()
        )
    })?;
    // Written beside and moved, so that a crash leaves the old settings or the new ones.
    let beside = file.with_extension("toml.new");
    std::fs::write(&beside, changed)
        .and_then(|()| std::fs::rename(&beside, file))
        .with_context(|| {
            format!(
                "could not write {}; check the rights of its folder",
                file.display()
            )
        })
}
