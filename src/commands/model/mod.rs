//! `mondo model`: work with model folders.

mod bench;
mod list;
mod show;
mod use_model;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use mondo::config::{Config, Overrides};
use mondo::encoder::{Encoder, EncoderSettings, ModelFolder};

/// Works with model folders.
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    #[command(subcommand)]
    command: ModelCommand,
}

/// What to do with model folders.
#[derive(Debug, clap::Subcommand)]
enum ModelCommand {
    /// List the built-in model and the folders beside it; a star marks the one in use
    List(list::ListArgs),
    /// Tell what a folder is: layout, runtime, dimension, size, licence, checksum, prefixes
    Info(show::InfoArgs),
    /// Check sums, shapes, vocabulary and known vectors; exit code 1 when something is wrong
    Verify(show::VerifyArgs),
    /// Measure questions a second, microseconds a question and memory by length of text
    Bench(bench::BenchArgs),
    /// Check a folder, write it into the configuration, and encode the knowledge base with it
    Use(use_model::UseArgs),
}

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The word that stands for the model that is part of the binary.
const BUILT_IN: &str = "built-in";

/// Runs the command.
pub fn run(args: ModelArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        ModelCommand::List(args) => list::run(&args),
        ModelCommand::Info(args) => show::info(&args),
        ModelCommand::Verify(args) => show::verify(&args),
        ModelCommand::Bench(args) => bench::run(&args),
        ModelCommand::Use(args) => use_model::run(&args),
    }
}

/// Loads the encoder of a folder, or the configured one.
pub fn open_encoder(
    config_file: Option<&Path>,
    folder: Option<&Path>,
) -> anyhow::Result<Arc<dyn Encoder>> {
    let settings = settings(config_file, folder)?;
    Ok(ModelFolder::chosen(&settings)?.load(&settings)?)
}

/// The configured settings, with the folder given on the command line in place of the configured one.
fn settings(config_file: Option<&Path>, folder: Option<&Path>) -> anyhow::Result<EncoderSettings> {
    let mut settings = configuration(config_file)?.encoder;
    if let Some(folder) = folder {
        settings.model = match folder.to_str() == Some(BUILT_IN) {
            true => PathBuf::new(),
            false => folder.to_owned(),
        };
    }
    Ok(settings)
}

fn configuration(config_file: Option<&Path>) -> anyhow::Result<Config> {
    let file = Config::file(config_file);
    Ok(Config::load(file.as_deref(), std::env::vars(), Overrides::default())?.config)
}

/// A number of bytes as people say it.
fn in_mebibytes(bytes: usize) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
