//! `mondo model`: work with model folders.

mod bench;
mod list;
mod settings;
mod show;
mod use_model;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::encoder::{Encoder, ModelFolder};

use settings::settings;

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
