//! `mondo model bench`: how fast a model is, by length of text, and how much memory it takes.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::encoder::{Encoder, ModelFolder, TextRole, TextTokens};
use serde::Serialize;

use super::settings::{Format, settings};
use crate::commands::output::print_data;

#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// Model folder, or `built-in` [default: the configured one]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Lengths measured, in tokens; those the model cuts are left out.
const LENGTHS: [usize; 6] = [8, 16, 30, 64, 128, 256];

/// Time spent on one figure.
const TIME: Duration = Duration::from_millis(400);

/// Questions asked at once to see what all cores do together.
const BATCH: usize = 256;

#[derive(Serialize)]
struct Measured {
    model: String,
    /// Resident memory after loading less that before; nothing where the system does not tell.
    memory_kib: Option<u64>,
    load_ms: f64,
    lengths: Vec<MeasuredLength>,
}

#[derive(Serialize)]
struct MeasuredLength {
    tokens: usize,
    /// Time of one question by itself, on one core: the median.
    question_us: f64,
    /// Questions a second when many are encoded together, on all cores.
    questions_per_second: f64,
}

pub fn run(args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(args.config.as_deref(), args.folder.as_deref())?;
    let before = resident_kib();
    let started = Instant::now();
    let folder = ModelFolder::chosen(&settings)?;
    let tokens = TextTokens::of(&folder)?;
    let longest = folder.max_tokens();
    let encoder = folder.load(&settings)?;
    let load_ms = started.elapsed().as_secs_f64() * 1e3;
    let memory_kib = before
        .zip(resident_kib())
        .map(|(before, after)| after.saturating_sub(before));
    let lengths = LENGTHS.into_iter().filter(|length| *length <= longest);
    let measured = Measured {
        model: encoder.identity().to_owned(),
        memory_kib,
        load_ms,
        lengths: lengths
            .map(|length| measure(encoder.as_ref(), &tokens, length))
            .collect(),
    };
    match args.format {
        Format::Json => print_data(&serde_json::to_string_pretty(&measured)?)?,
        Format::Text => print_data(&lines_of(&measured))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(encoder: &dyn Encoder, tokens: &TextTokens, length: usize) -> MeasuredLength {
    let text = text_of(tokens, length);
    encoder.encode_one(TextRole::Query, &text);
    let mut times = Vec::new();
    let started = Instant::now();
    while started.elapsed() < TIME {
        let begun = Instant::now();
        encoder.encode_one(TextRole::Query, &text);
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    let batch = vec![text.as_str(); BATCH];
    let mut asked = 0;
    let started = Instant::now();
    while started.elapsed() < TIME {
        asked += encoder.encode(TextRole::Query, &batch).len();
    }
    MeasuredLength {
        tokens: tokens.ids(TextRole::Query, &text).len(),
        question_us: times[times.len() / 2],
        questions_per_second: asked as f64 / started.elapsed().as_secs_f64(),
    }
}

/// Words of four languages, taken in turn until the text has enough tokens.
const WORDS: [&str; 12] = [
    "money", "提现", "注文", "환불", "order", "密码", "返金", "배송", "late", "客服", "確認",
    "계좌",
];

fn text_of(tokens: &TextTokens, length: usize) -> String {
    let mut text = String::new();
    for word in WORDS.iter().cycle().take(length * 2) {
        let longer = match text.is_empty() {
            true => (*word).to_owned(),
            false => format!("{text} {word}"),
        };
        if tokens.ids(TextRole::Query, &longer).len() > length {
            break;
        }
        text = longer;
    }
    text
}

/// Resident memory of this process, as Linux tells it.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn lines_of(measured: &Measured) -> String {
    let memory = measured.memory_kib.map_or("unknown".to_owned(), |kib| {
        format!("{:.1} MiB", kib as f64 / 1024.0)
    });
    let mut lines = vec![
        measured.model.clone(),
        format!("loaded in {:.0} ms, memory {memory}", measured.load_ms),
        format!(
            "{:>7} {:>12} {:>20}",
            "tokens", "us/question", "questions/s together"
        ),
    ];
    for length in &measured.lengths {
        lines.push(format!(
            "{:>7} {:>12.1} {:>20.0}",
            length.tokens, length.question_us, length.questions_per_second
        ));
    }
    lines.join("\n")
}
