//! `mondo kb check`: reports what an author should mend.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::insights::{CHECKS, CheckFile, CheckReport, CheckSettings, check_with};
use crate::knowledge::{Level, load_folder};
use crate::language::Language;
use anyhow::Context;
use clap::builder::PossibleValuesParser;

use super::report_formats::{junit_of, sarif_of};
use crate::commands::workbench::Workbench;

/// What to check and how to say it.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
    /// Report these checks only, such as dead-link,missing-image
    #[arg(long, value_name = "CHECKS", value_delimiter = ',', value_parser = PossibleValuesParser::new(CHECKS), hide_possible_values = true)]
    only: Vec<String>,
    /// Leave these checks out; kb-check.toml in the folder does so with a reason and for single places
    #[arg(long, value_name = "CHECKS", value_delimiter = ',', value_parser = PossibleValuesParser::new(CHECKS), hide_possible_values = true)]
    ignore: Vec<String>,
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
    /// For code hosts that show faults beside lines.
    Sarif,
    /// For build servers.
    Junit,
}

/// Runs the command; any error found makes the exit code 1.
pub fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.config.as_deref())?;
    let root = args.kb.as_deref().unwrap_or(&workbench.config.server.kb);
    let decisions = CheckFile::load(root)?;
    let loaded = load_folder(root)?;
    let settings = CheckSettings {
        languages: &Language::ALL,
        picture_sites: Some(&workbench.config.http.site.pictures),
    };
    let mut report = check_with(
        root,
        &loaded.knowledge,
        loaded.faults,
        workbench.encoder.as_ref(),
        settings,
    );
    report.faults.retain(|fault| {
        let is_named = |names: &[String]| names.iter().any(|name| name == fault.check);
        (args.only.is_empty() || is_named(&args.only)) && !is_named(&args.ignore)
    });
    let (ignored, unused) = decisions.apply(&mut report);
    let text = match args.format {
        CheckFormat::Text => text_of(&report, ignored),
        CheckFormat::Json => serde_json::to_string_pretty(&report)? + "\n",
        CheckFormat::Sarif => serde_json::to_string_pretty(&sarif_of(&report, root))? + "\n",
        CheckFormat::Junit => junit_of(&report),
    };
    if args.only.is_empty() && args.ignore.is_empty() {
        for one in unused {
            eprintln!(
                "kb-check.toml: no fault `{}` is left where the entry \"{}\" holds; remove it",
                one.check, one.reason
            );
        }
    }
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

fn text_of(report: &CheckReport, ignored: usize) -> String {
    let mut text = String::new();
    for fault in &report.faults {
        text.push_str(&format!("{fault}\n"));
    }
    if !report.faults.is_empty() {
        text.push('\n');
    }
    text.push_str(&report.coverage.to_string());
    let ignored = match ignored {
        0 => String::new(),
        count => format!(", {count} ignored by kb-check.toml"),
    };
    text.push_str(&format!(
        "\n{}, {}{ignored}\n",
        counted(report.count(Level::Error), "error"),
        counted(report.count(Level::Warning), "warning")
    ));
    text
}
