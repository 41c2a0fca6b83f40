//! `mondo insights`: what visitors ask and get no good answer on, and how the days went.

mod gaps;
mod labels;
mod outcomes;

mod place;

use std::process::ExitCode;

/// Tells what visitors ask and get no good answer on, and how the days went
#[derive(Debug, clap::Args)]
pub struct InsightsArgs {
    #[command(subcommand)]
    command: InsightsCommand,
}

/// What to tell.
#[derive(Debug, clap::Subcommand)]
enum InsightsCommand {
    /// Gather the questions without a good answer by their matter, whatever their language
    Gaps(gaps::GapsArgs),
    /// Count what was answered, what helped and what was handed over, each day and language
    Outcomes(outcomes::OutcomesArgs),
    /// Write what people judged as labelled questions, for `mondo calibrate`, `eval` and `kb diff`
    Labels(labels::LabelsArgs),
}

/// Runs the command.
pub fn run(args: &InsightsArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        InsightsCommand::Gaps(args) => gaps::run(args),
        InsightsCommand::Outcomes(args) => outcomes::run(args),
        InsightsCommand::Labels(args) => labels::run(args),
    }
}
