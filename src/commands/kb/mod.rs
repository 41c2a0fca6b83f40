//! `mondo kb`: work on a knowledge base.

mod check;
mod diff;
mod diff_formats;
mod export;
mod folder;
mod import;
mod report_formats;
mod suggest;
mod translations;
mod try_out;

use std::process::ExitCode;

/// Works on a knowledge base.
#[derive(Debug, clap::Args)]
pub struct KbArgs {
    #[command(subcommand)]
    command: KbCommand,
}

/// What to do with a knowledge base.
#[derive(Debug, clap::Subcommand)]
enum KbCommand {
    /// Report everything an author should mend, and which article exists in which language
    Check(check::CheckArgs),
    /// Bring in pages of a site, another help centre or a table of questions
    Import(import::ImportArgs),
    /// Write the base for other tools
    Export(export::ExportArgs),
    /// Ask the same questions of two states of a base, and tell which would get another answer
    Diff(diff::DiffArgs),
    /// Print a JSON schema of article.toml, category.toml and the front matter, for editors
    Schema,
    /// Propose other words for the questions, from headings, other languages and what visitors asked
    SuggestAlternates(suggest::SuggestArgs),
    /// Print what the bot says to ten questions of the base, or to those of a file
    Try(try_out::TryArgs),
}

/// Runs the command.
pub fn run(args: KbArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        KbCommand::Check(args) => check::run(&args),
        KbCommand::Import(args) => import::run(&args),
        KbCommand::Export(args) => export::run(&args),
        KbCommand::Diff(args) => diff::run(&args),
        KbCommand::Schema => {
            let schema = crate::knowledge::json_schema();
            super::output::print_data(&serde_json::to_string_pretty(&schema)?)?;
            Ok(ExitCode::SUCCESS)
        }
        KbCommand::SuggestAlternates(args) => suggest::run(&args),
        KbCommand::Try(args) => try_out::run(&args),
    }
}
