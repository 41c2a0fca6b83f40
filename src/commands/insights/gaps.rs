//! `mondo insights gaps`: what visitors ask and get no good answer on.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::insights::{Gap, GapReport, Period, Readings, find_gaps};
use crate::knowledge::load_folder;
use serde_json::{Value, json};

use super::place::Place;
use crate::commands::ask::Format;
use crate::commands::output::print_data;
use crate::commands::workbench::Workbench;

/// Which gaps, and how they are written.
#[derive(Debug, clap::Args)]
pub struct GapsArgs {
    #[command(flatten)]
    place: Place,
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command. It keeps nothing: names of new gaps are those that the server gives them.
pub fn run(args: &GapsArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.place.config.as_deref())?;
    let period = Period {
        days: args.place.days,
        until: Place::now(),
    };
    let unanswered = args.place.read(&workbench, async |reader| {
        Ok(reader.unanswered(period.read_from()).await?)
    })?;
    let folder = args.kb.as_deref().unwrap_or(&workbench.config.server.kb);
    let knowledge = load_folder(folder)?.into_served()?;
    let engine = workbench.engine_over_kept(knowledge, &args.place.data(&workbench))?;
    let readings = Readings::default();
    let report = loop {
        let found = find_gaps(&engine, &readings, unanswered.clone(), period)?;
        if found.report.unread == 0 {
            break found.report;
        }
        eprintln!("{} questions are still to be read", found.report.unread);
    };
    match args.format {
        Format::Json => print_data(&serde_json::to_string_pretty(&as_json(&report))?)?,
        Format::Text => print_data(&for_people(&report))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(report: &GapReport) -> Value {
    let gaps = |gaps: &[Gap]| gaps.iter().map(gap_json).collect::<Vec<_>>();
    json!({
        "days": report.period.days,
        "questions": report.questions,
        "settled": report.settled,
        "cut": report.is_cut,
        "gaps": gaps(&report.gaps),
        "dismissed": gaps(&report.dismissed),
    })
}

fn gap_json(gap: &Gap) -> Value {
    let languages = gap.by_language().into_iter();
    let languages: serde_json::Map<String, Value> = languages
        .map(|(language, count)| (language.code().to_owned(), json!(count)))
        .collect();
    let samples: Vec<Value> = gap
        .shown()
        .iter()
        .map(|asked| json!({ "answer": asked.answer.to_string(), "language": asked.language.code(), "text": asked.text }))
        .collect();
    let nearest = gap.nearest.as_ref().map(|nearest| {
        json!({
            "article": nearest.article.as_str(),
            "confidence": nearest.confidence,
            "threshold": nearest.threshold,
        })
    });
    json!({
        "id": gap.id.to_string(),
        "title": gap.title().text,
        "language": gap.title().language.code(),
        "kind": gap.kind.code(),
        "count": gap.asked.len(),
        "count_before": gap.before,
        "languages": languages,
        "samples": samples,
        "nearest": nearest,
        "shortfall": { "code": gap.shortfall.code(), "sentence": gap.shortfall.sentence() },
        "dismissal": gap.dismissal.as_ref().map(|dismissal| &dismissal.reason),
    })
}

fn for_people(report: &GapReport) -> String {
    let mut lines = vec![format!(
        "{} questions of the last {} days had no good answer; {} of them would be answered now",
        report.questions, report.period.days, report.settled
    )];
    if report.is_cut {
        lines.push("there are more than can be looked at; the oldest are left out".to_owned());
    }
    for gap in &report.gaps {
        lines.push(String::new());
        lines.extend(lines_of(gap));
    }
    if !report.dismissed.is_empty() {
        let count = report.dismissed.len();
        lines.push(format!("\n{count} more were left aside by authors"));
    }
    lines.join("\n")
}

fn lines_of(gap: &Gap) -> Vec<String> {
    let languages: Vec<String> = gap
        .by_language()
        .into_iter()
        .map(|(language, count)| format!("{} {count}", language.code()))
        .collect();
    let mut lines = vec![
        format!("{:>4}  {}", gap.asked.len(), gap.title().text),
        format!(
            "      {}, {} ({} in the days before), {}",
            gap.kind.code().replace('_', " "),
            languages.join(", "),
            gap.before,
            gap.id
        ),
    ];
    let others = gap.shown().iter().skip(1);
    lines.extend(others.map(|asked| format!("      {}  {}", asked.language.code(), asked.text)));
    let nearest = gap.nearest.as_ref().map(|nearest| {
        format!(
            "nearest {} ({:.2}, needed {:.2}): ",
            nearest.article, nearest.confidence, nearest.threshold
        )
    });
    lines.push(format!(
        "      {}{}",
        nearest.unwrap_or_default(),
        gap.shortfall.sentence()
    ));
    lines
}
