//! `mondo insights outcomes`: how the days went.

use std::process::ExitCode;

use mondo::insights::{Share, Tallied, outcomes_csv, tally};
use mondo::language::Language;
use mondo::store::DailyCount;
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
}

/// Runs the command.
pub fn run(args: &OutcomesArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.place.config.as_deref())?;
    let now = Place::now();
    let from = now.days_earlier(args.place.days - 1).start_of_day();
    let counts = args.place.read(&workbench, async |reader| {
        Ok(reader.daily_outcomes(from, now, now).await?)
    })?;
    match args.format {
        TableFormat::Text => print_data(&for_people(&counts))?,
        TableFormat::Json => print_data(&serde_json::to_string_pretty(&as_json(&counts))?)?,
        TableFormat::Csv => print_data(outcomes_csv(&counts).trim_end())?,
    }
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
