//! `mondo insights labels`: what people judged, as labelled questions that `mondo calibrate`, `eval` and `kb diff` read.

use std::process::ExitCode;

use crate::conversation::Judgement;
use crate::store::{Judged, StoreError};
use serde_json::{Value, json};

use super::place::Place;
use crate::commands::output::print_data;
use crate::commands::workbench::Workbench;

/// Which days.
#[derive(Debug, clap::Args)]
pub struct LabelsArgs {
    #[command(flatten)]
    place: Place,
}

/// Runs the command.
pub fn run(args: &LabelsArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.place.config.as_deref())?;
    let since = Place::now().days_earlier(args.place.days);
    let (lines, left_out) = args.place.read(&workbench, async |reader| {
        let mut lines = Vec::new();
        let mut left_out = 0;
        for judged in reader.judged(since).await? {
            let Some(relevant) = relevant_of(&judged) else {
                left_out += 1;
                continue;
            };
            match reader.answer(&judged.answer).await {
                Ok(record) if !record.question.trim().is_empty() => lines.push(json!({
                    "id": judged.answer.to_string(),
                    "text": record.question,
                    "lang": judged.language.code(),
                    "relevant": relevant,
                })),
                // The words have expired or were erased; what was said of them still counts.
                Ok(_) | Err(StoreError::UnknownAnswer(_)) => left_out += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Ok((lines, left_out))
    })?;
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    if !text.is_empty() {
        print_data(&text.join("\n"))?;
    }
    if left_out > 0 {
        eprintln!(
            "mondo: {left_out} judgements name no article, or their questions are no longer kept"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The articles that answer; nothing where nobody has said which.
fn relevant_of(judged: &Judged) -> Option<Vec<String>> {
    match (judged.judgement, &judged.better) {
        (Judgement::Right, _) => Some(vec![judged.article.to_string()]),
        (Judgement::Wrong, Some(better)) => Some(vec![better.to_string()]),
        (Judgement::NothingAnswers, _) => Some(Vec::new()),
        (Judgement::Wrong, None) | (Judgement::Unclear, _) => None,
    }
}
