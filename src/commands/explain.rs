//! `mondo explain`: how an answer came about, from its record, and whether it would come about again.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use crate::desk::{AnswerRecord, named_evidence};
use crate::ids::AnswerId;
use crate::knowledge::{Readership, load_folder};
use crate::language::Priors;
use crate::pipeline::{Asked, Outcome, Question, Scheme, analyze};
use crate::safety::Words;
use crate::store::Store;
use crate::time::Timestamp;
use anyhow::Context;
use serde_json::{Value, json};

use super::ask::Format;
use super::explain_sentence::sentence_of;
use super::output::print_data;
use super::workbench::Workbench;

/// Tells how an answer came about, and replays it
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Identifier of the answer
    id: String,
    /// Folder with the database [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder with the knowledge base to replay on [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What asking the same again gives.
enum Replay {
    /// The knowledge or the model is another one now.
    Changed(String),
    /// The same knowledge and model were asked again.
    Asked(Box<Outcome>),
}

/// Runs the command.
pub fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let id: AnswerId = match args.id.parse() {
        Ok(id) => id,
        Err(error) => {
            eprintln!("mondo: {error}");
            return Ok(ExitCode::from(2));
        }
    };
    let workbench = Workbench::open(args.config.as_deref())?;
    let data = args
        .data
        .as_deref()
        .unwrap_or(&workbench.config.server.data);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start the runtime")?;
    let record = runtime.block_on(async {
        let now = Timestamp::from(SystemTime::now());
        let store = Store::open_with(
            data,
            &workbench.config.store,
            &workbench.config.sealing,
            now,
        )
        .await?;
        anyhow::Ok(store.reader().answer(&id).await?)
    })?;
    let recorded = record.outcome.json()?;
    let replay = replay(args, &workbench, &record)?;
    match args.format {
        Format::Json => print_data(&serde_json::to_string_pretty(&as_json(
            &record, &recorded, &replay,
        ))?)?,
        Format::Text => print_data(&for_people(&record, &recorded, &replay))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn replay(
    args: &ExplainArgs,
    workbench: &Workbench,
    record: &AnswerRecord,
) -> anyhow::Result<Replay> {
    let folder = args.kb.as_deref().unwrap_or(&workbench.config.server.kb);
    let knowledge = load_folder(folder)?.into_served()?;
    if knowledge.revision != record.revision {
        return Ok(Replay::Changed(format!(
            "the knowledge base has changed since (revision {} then, {} now)",
            record.revision, knowledge.revision
        )));
    }
    let identity = workbench.identity();
    if identity != record.encoder {
        return Ok(Replay::Changed(format!(
            "other encoders are asked now ({} then, {identity} now)",
            record.encoder
        )));
    }
    let data = args
        .data
        .as_deref()
        .unwrap_or(&workbench.config.server.data);
    let engine = workbench.engine_over_kept(knowledge, data)?;
    let question = Question::of(&Words::from_record(record.question.clone()))?;
    let outcome = engine.ask(&Asked {
        question: &question,
        priors: &Priors {
            conversation: Some(record.language),
            ..Priors::default()
        },
        forced: None,
        fallback: workbench.config.desk.fallback,
        today: &record.created.day(),
        readership: Readership::anybody(),
    })?;
    Ok(Replay::Asked(Box::new(outcome)))
}

fn as_json(record: &AnswerRecord, recorded: &Value, replay: &Replay) -> Value {
    let candidates: Vec<Value> = candidates_of(recorded)
        .iter()
        .map(|candidate| {
            json!({
                "article": candidate["article"],
                "score": candidate["score"],
                "evidence": named_evidence(recorded, candidate).into_iter().map(|(name, value)| (name, json!(value))).collect::<serde_json::Map<_, _>>(),
            })
        })
        .collect();
    json!({
        "id": record.id.to_string(),
        "question": record.question,
        "sentence": sentence_of(record, recorded),
        "created_ms": record.created.as_millis(),
        "language": record.language,
        "detected": recorded["detected"],
        "signals": recorded["signals"],
        "judgement": recorded["judgement"],
        "terms": { "bigrams": terms(Scheme::Bigrams, &record.question), "words": terms(Scheme::Words(record.language), &record.question) },
        "candidates": candidates,
        "confidence": record.confidence,
        "threshold": record.threshold,
        "decision": record.decision,
        "reason": record.reason,
        "article": record.article,
        "revision": record.revision,
        "encoder": record.encoder,
        "replay": match replay {
            Replay::Changed(why) => json!({ "same": Value::Null, "why": why }),
            Replay::Asked(outcome) => json!({ "same": is_same(record, recorded, outcome), "confidence": outcome.confidence }),
        },
    })
}

fn for_people(record: &AnswerRecord, recorded: &Value, replay: &Replay) -> String {
    let mut lines = vec![sentence_of(record, recorded), String::new()];
    lines.push(format!("question    {}", record.question));
    lines.push(format!("detected    {}", recorded["detected"]));
    lines.push(format!("addressed   {}", record.language.endonym()));
    lines.push(format!("signals     {}", recorded["signals"]));
    lines.push(format!("judgement   {}", recorded["judgement"]));
    lines.push(format!(
        "bigrams     {}",
        terms(Scheme::Bigrams, &record.question).join(" | ")
    ));
    lines.push(format!(
        "words       {}",
        terms(Scheme::Words(record.language), &record.question).join(" | ")
    ));
    lines.push(format!("knowledge   {}", record.revision));
    lines.push(format!("model       {}", record.encoder));
    lines.push(String::new());
    for candidate in candidates_of(recorded) {
        let article = candidate["article"].as_str().unwrap_or_default();
        lines.push(format!("{:<28} score {}", article, candidate["score"]));
        let telling: Vec<String> = named_evidence(recorded, candidate)
            .into_iter()
            .filter(|(_, value)| *value != 0.0)
            .map(|(name, value)| format!("{name} {value:.3}"))
            .collect();
        for line in telling.chunks(5) {
            lines.push(format!("    {}", line.join("  ")));
        }
    }
    lines.push(String::new());
    lines.push(format!(
        "confidence  {:.4}, threshold {:.4}",
        record.confidence.0, record.threshold.0
    ));
    lines.push(format!(
        "decision    {:?} {}",
        record.decision,
        reason_of(record)
    ));
    match replay {
        Replay::Changed(why) => lines.push(format!("replay      not possible: {why}")),
        Replay::Asked(outcome) if is_same(record, recorded, outcome) => {
            lines.push("replay      the same, to the digit".to_string())
        }
        Replay::Asked(outcome) => lines.push(format!(
            "replay      differs: confidence {:.4} now; the priors of the visitor's page are not part of the record",
            outcome.confidence.0
        )),
    }
    lines.join("\n")
}

fn reason_of(record: &AnswerRecord) -> String {
    match (&record.article, record.reason) {
        (Some(article), None) => article.to_string(),
        (Some(article), Some(reason)) => format!("{article} ({reason:?})"),
        (None, Some(reason)) => format!("({reason:?})"),
        (None, None) => String::new(),
    }
}

fn candidates_of(recorded: &Value) -> &[Value] {
    recorded["candidates"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn is_same(record: &AnswerRecord, recorded: &Value, outcome: &Outcome) -> bool {
    let first = candidates_of(recorded)
        .first()
        .map(|candidate| &candidate["article"]);
    let now = outcome
        .ranked
        .first()
        .map(|candidate| json!(candidate.article));
    (record.confidence.0 - outcome.confidence.0).abs() < 1e-6 && first == now.as_ref()
}

fn terms(scheme: Scheme, text: &str) -> Vec<String> {
    analyze(scheme, text)
        .into_iter()
        .map(|term| term.text)
        .collect()
}
