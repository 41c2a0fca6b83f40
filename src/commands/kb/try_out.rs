//! `mondo kb try`: what the bot says to ten questions.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::knowledge::FirstQuestion;
use crate::language::{Detector, Language, Priors};
use anyhow::Context;

use crate::commands::first_answers::first_answers;
use crate::commands::output::print_data;
use crate::commands::workbench::Workbench;

/// What to ask, and of which base.
#[derive(Debug, clap::Args)]
pub struct TryArgs {
    /// File with questions, one a line [default: ten of the base's own, two of them without an answer]
    #[arg(value_name = "FILE")]
    questions: Option<PathBuf>,
    /// Folder with the knowledge base [default: that of the configuration]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &TryArgs) -> anyhow::Result<ExitCode> {
    let questions = match &args.questions {
        None => Vec::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("could not read {}", path.display()))?;
            let detector = Detector::new();
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines
                .map(|line| FirstQuestion {
                    language: detector
                        .detect(line, &Priors::default())
                        .most_likely()
                        .unwrap_or(Language::English),
                    text: line.to_owned(),
                    of: None,
                })
                .collect()
        }
    };
    let workbench = Workbench::open(args.config.as_deref())?;
    let server = &workbench.config.server;
    let kb = args.kb.as_ref().unwrap_or(&server.kb);
    print_data(first_answers(&workbench, kb, &server.data, questions)?.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
