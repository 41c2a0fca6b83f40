//! `mondo kb`: work on a knowledge base.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use mondo::insights::{CheckReport, check};
use mondo::knowledge::{Level, load_folder};

use super::workbench::Workbench;

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
    Check(CheckArgs),
}

/// What to check and how to say it.
#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum CheckFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the command; any error found makes the exit code 1.
pub fn run(args: KbArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        KbCommand::Check(args) => check_folder(&args),
    }
}

fn check_folder(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.config.as_deref())?;
    let root = args.kb.as_deref().unwrap_or(&workbench.config.server.kb);
    let loaded = load_folder(root)?;
    let report = check(
        root,
        &loaded.knowledge,
        loaded.faults,
        workbench.encoder.as_ref(),
    );
    let text = match args.format {
        CheckFormat::Text => text_of(&report),
        CheckFormat::Json => serde_json::to_string_pretty(&report)? + "\n",
    };
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("could not write the report")?;
    Ok(if report.has_error() {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

fn text_of(report: &CheckReport) -> String {
    let mut text = String::new();
    for fault in &report.faults {
        text.push_str(&format!("{fault}\n"));
    }
    if !report.faults.is_empty() {
        text.push('\n');
    }
    text.push_str(&report.coverage.to_string());
    text.push_str(&format!(
        "\n{}, {}\n",
        counted(report.count(Level::Error), "error"),
        counted(report.count(Level::Warning), "warning")
    ));
    text
}
