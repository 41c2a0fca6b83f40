//! `mondo insights outcomes`: how the days went.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::insights::{OutcomeRow, Share, Tallied, outcome_rows, outcomes_csv, rows_csv, tally};
use crate::language::Language;
use crate::store::DailyCount;
use anyhow::Context as _;
use serde_json::{Value, json};

use super::place::Place;
use crate::commands::output::print_data;
use crate::commands::workbench::Workbench;

/// Which days, and how they are written.
#[derive(Debug, clap::Args)]
pub struct OutcomesArgs {
    #[command(flatten)]
    place: Place,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
    /// With --format csv: count articles and channels as well, each day by itself; Arrow always does
    #[arg(long)]
    parts: bool,
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TableFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets: a line for each day, language and outcome.
    Csv,
    /// For data frames: an Arrow IPC file with articles and channels.
    Arrow,
}

/// Runs the command.
pub fn run(args: &OutcomesArgs) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        !args.parts || matches!(args.format, TableFormat::Csv | TableFormat::Arrow),
        "--parts needs --format csv or --format arrow"
    );
    let workbench = Workbench::open(args.place.config.as_deref())?;
    let now = Place::now();
    let from = now.days_earlier(args.place.days - 1).start_of_day();
    let (counts, parts) = args.place.read(&workbench, async |reader| {
        let counts = reader.daily_outcomes(from, now, now).await?;
        Ok((counts, reader.daily_parts(from, now, None, now).await?))
    })?;
    let text = match args.format {
        TableFormat::Text => for_people(&counts),
        TableFormat::Json => serde_json::to_string_pretty(&as_json(&counts))?,
        TableFormat::Csv if args.parts => rows_csv(&outcome_rows(counts, parts))?,
        TableFormat::Csv => outcomes_csv(&counts),
        TableFormat::Arrow => {
            let written = as_arrow(&outcome_rows(counts, parts))?;
            return write_bytes(&written, args.into.as_deref());
        }
    };
    match args.into.as_deref() {
        Some(file) => write_bytes(format!("{}\n", text.trim_end()).as_bytes(), Some(file)),
        None => print_data(text.trim_end()).map(|()| ExitCode::SUCCESS),
    }
}

#[cfg(feature = "arrow")]
fn as_arrow(rows: &[OutcomeRow]) -> anyhow::Result<Vec<u8>> {
    crate::insights::rows_arrow(rows).context("could not write the Arrow file")
}

#[cfg(not(feature = "arrow"))]
fn as_arrow(_rows: &[OutcomeRow]) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!(
        "this mondo was built without the feature `arrow`: build it with `--features arrow`, or use --format csv --parts"
    )
}

fn write_bytes(bytes: &[u8], file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Some(file) = file else {
        let mut output = std::io::stdout().lock();
        anyhow::ensure!(
            !output.is_terminal(),
            "an Arrow file is not for a terminal: name a file with --into"
        );
        return match output.write_all(bytes).and_then(|()| output.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(error).context("could not write to standard output")
            }
            _ => Ok(ExitCode::SUCCESS),
        };
    };
    let failed = || format!("could not write to {}", file.display());
    std::fs::write(file, bytes).with_context(failed)?;
    Ok(ExitCode::SUCCESS)
}

fn for_people(counts: &[DailyCount]) -> String {
    let languages: Vec<Vec<Tallied>> = Language::ALL
        .into_iter()
        .map(|language| tally(counts, Some(language)))
        .collect();
    let codes = Language::ALL.map(|language| format!("{:>6}", language.code()));
    let mut lines = vec![format!(
        "{:<24}{:>7}  {:<18}{}",
        "outcome",
        "count",
        "share (95%)",
        codes.concat()
    )];
    for (place, told) in tally(counts, None).into_iter().enumerate() {
        let Tallied { kind, count, share } = told;
        let share = share.map_or_else(String::new, |share| {
            let percent = |share: f64| share * 100.0;
            format!(
                "{:.0}% ({:.0}-{:.0}%)",
                percent(share.share),
                percent(share.low),
                percent(share.high)
            )
        });
        let own: String = languages
            .iter()
            .map(|told| format!("{:>6}", told[place].count))
            .collect();
        lines.push(format!(
            "{:<24}{count:>7}  {share:<18}{own}",
            kind.code().replace('_', " ")
        ));
    }
    lines.join("\n")
}

fn as_json(counts: &[DailyCount]) -> Value {
    let share = |share: Share| json!({ "total": share.total, "value": share.share, "low": share.low, "high": share.high });
    let told = |language| -> Vec<Value> {
        tally(counts, language)
            .into_iter()
            .map(|told| json!({ "outcome": told.kind.code(), "count": told.count, "share": told.share.map(share) }))
            .collect()
    };
    let languages: serde_json::Map<String, Value> = Language::ALL
        .into_iter()
        .map(|language| (language.code().to_owned(), json!(told(Some(language)))))
        .collect();
    let days: Vec<Value> = counts
        .iter()
        .map(|one| json!({ "day": one.day, "language": one.language, "outcome": one.kind.code(), "count": one.count }))
        .collect();
    json!({ "total": told(None), "languages": languages, "counts": days })
}
