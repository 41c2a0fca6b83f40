//! `mondo kb export`: writes the base for other tools.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::knowledge::{ExportFormat, export, load_folder};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::folder::knowledge_folder;

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// What to write
    #[arg(value_name = "FORMAT", value_parser = format_parser())]
    format: ExportFormat,
    /// The file, or for markdown the folder
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Folder with the knowledge base [default: that of the configuration]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn format_parser() -> impl TypedValueParser<Value = ExportFormat> {
    let names: Vec<&'static str> = ExportFormat::ALL.iter().map(|one| one.name()).collect();
    PossibleValuesParser::new(names).map(|name| {
        ExportFormat::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .expect("the names are those of the formats")
    })
}

/// Runs the command.
pub fn run(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let root = knowledge_folder(args.kb.as_ref(), args.config.as_ref())?;
    let knowledge = load_folder(&root)?.into_served()?;
    let outcome = export(&knowledge, &root, args.format, &args.out)?;
    eprintln!(
        "{} texts of {} articles and {} files into {}",
        outcome.texts,
        knowledge.articles.len(),
        outcome.files,
        args.out.display()
    );
    if outcome.files_left > 0 {
        eprintln!(
            "{} pictures stayed behind: the format has no place for files; export markdown to take them along",
            outcome.files_left
        );
    }
    Ok(ExitCode::SUCCESS)
}
