//! `mondo eval`: measures the engine on sets of labelled questions.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::evaluation::{
    AskedQuestion, EvaluationSet, PairReport, Report, SetReport, evidence_line, is_pair_set,
    pair_similarities, predict, read_pairs, set_name, spearman,
};
use anyhow::{Context, ensure};

use crate::pipeline::Engine;

use super::eval_suggestions;
use super::progress::progress_bar;
use super::workbench::Workbench;

/// Measures the engine on sets of labelled questions.
#[derive(Debug, clap::Args)]
pub struct EvalArgs {
    /// Folders with kb.jsonl and queries.jsonl, or with sts.tsv
    #[arg(value_name = "SET_DIR", required = true)]
    sets: Vec<PathBuf>,
    /// Write a line with the ranked articles, confidence and decision for each question; with several sets, a folder
    /// that gets one file a set
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Write the names of the evidence, then a line with the evidence of each candidate for each question, to fit the
    /// fusion on
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Ask only so many questions of each set, spread evenly over it
    #[arg(long, value_name = "COUNT")]
    sample: Option<usize>,
    /// Take so large a share of each set's articles out first, from 0 to 1, so that questions near the subject have no
    /// answer
    #[arg(long, value_name = "SHARE", value_parser = share)]
    leave_out: Option<f64>,
    /// Also ask the suggestions API of a server started for each set, and print how often a right article is among the
    /// first three suggestions, beside accuracy@3
    #[arg(long)]
    suggestions: bool,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = ReportFormat::Table)]
    format: ReportFormat,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Articles of an evaluation set carry no dates, so the day does not matter; a fixed one keeps runs alike.
const ANY_DAY: &str = "2000-01-01";

/// Runs the command.
pub fn run(args: EvalArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.config.as_deref())?;
    let mut evidence = args.evidence.as_deref().map(create).transpose()?;
    if let Some(file) = &mut evidence {
        let names = workbench.evidence_names()?;
        writeln!(file, "{}", serde_json::json!({ "names": names }))
            .context("could not write the evidence")?;
    }
    let mut report = Report::default();
    for folder in &args.sets {
        if is_pair_set(folder) {
            report.pairs.push(measure_pairs(folder, &workbench)?);
            continue;
        }
        let (set, asked, engine) = ask_set(folder, &workbench, &args)?;
        if let Some(path) = &args.predictions {
            write_predictions(&predictions_path(path, &args.sets, &set.name)?, &asked)?;
        }
        if let Some(file) = &mut evidence {
            write_evidence(file, &set, &asked)?;
        }
        report.sets.push(SetReport::of(&set, &asked));
        if args.suggestions {
            let shares = eval_suggestions::measure(&set, &asked, engine)?;
            eprint!("{}", eval_suggestions::lines(&set.name, &shares));
        }
    }
    if let Some(mut file) = evidence {
        file.flush().context("could not write the evidence")?;
    }
    print_report(&report.with_mean(), args.format)?;
    Ok(ExitCode::SUCCESS)
}

fn ask_set(
    folder: &Path,
    workbench: &Workbench,
    args: &EvalArgs,
) -> anyhow::Result<(EvaluationSet, Vec<AskedQuestion>, Engine)> {
    let mut set = EvaluationSet::read(folder)?;
    if let Some(share) = args.leave_out {
        set.leave_out(share);
    }
    if let Some(count) = args.sample {
        set.questions = evenly(set.questions, count);
    }
    let engine =
        workbench.engine_over(set.knowledge.clone(), workbench.config.thresholds.clone())?;
    let bar = progress_bar(&set.name, set.questions.len());
    let asked = predict(&engine, &set.questions, ANY_DAY, || bar.inc(1))?;
    bar.finish_and_clear();
    Ok((set, asked, engine))
}

fn measure_pairs(folder: &Path, workbench: &Workbench) -> anyhow::Result<PairReport> {
    let pairs = read_pairs(folder)?;
    let name = set_name(folder);
    let second = workbench.second.iter().map(|second| &second.encoder);
    let encoders: Vec<_> = std::iter::once(&workbench.encoder).chain(second).collect();
    let bar = progress_bar(&name, pairs.len() * encoders.len());
    // Where both are asked, what they say together is their mean.
    let mut similarities = vec![0.0; pairs.len()];
    for encoder in &encoders {
        let of_one = pair_similarities(encoder.as_ref(), &pairs, || bar.inc(1));
        for (sum, similarity) in similarities.iter_mut().zip(of_one) {
            *sum += similarity / encoders.len() as f64;
        }
    }
    bar.finish_and_clear();
    let scores: Vec<f64> = pairs.iter().map(|pair| pair.score).collect();
    Ok(PairReport {
        set: name,
        pairs: pairs.len(),
        spearman: spearman(&scores, &similarities),
    })
}

fn predictions_path(path: &Path, sets: &[PathBuf], name: &str) -> anyhow::Result<PathBuf> {
    if sets.len() == 1 {
        return Ok(path.to_owned());
    }
    ensure!(
        !path.is_file(),
        "{} is a file; several sets need a folder for --predictions",
        path.display()
    );
    std::fs::create_dir_all(path)
        .with_context(|| format!("could not create the folder {}", path.display()))?;
    Ok(path.join(format!("{name}.jsonl")))
}

fn write_predictions(path: &Path, asked: &[AskedQuestion]) -> anyhow::Result<()> {
    let mut file = create(path)?;
    for asked in asked {
        serde_json::to_writer(&mut file, &asked.prediction)?;
        writeln!(file)?;
    }
    file.flush()
        .with_context(|| format!("could not write {}", path.display()))
}

fn write_evidence(
    file: &mut impl Write,
    set: &EvaluationSet,
    asked: &[AskedQuestion],
) -> anyhow::Result<()> {
    for (question, asked) in set.questions.iter().zip(asked) {
        let line = evidence_line(&set.name, question, asked);
        serde_json::to_writer(&mut *file, &line)?;
        writeln!(file).context("could not write the evidence")?;
    }
    Ok(())
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..1.0).contains(&share) => Ok(share),
        _ => Err("a share is from 0 to less than 1, such as 0.25".to_owned()),
    }
}

/// Keeps `count` at most, spread evenly.
fn evenly<T>(all: Vec<T>, count: usize) -> Vec<T> {
    let total = all.len().max(1);
    let kept = |place: usize| place * count / total != (place + 1) * count / total;
    let numbered = all.into_iter().enumerate();
    numbered
        .filter(|(place, _)| count >= total || kept(*place))
        .map(|(_, one)| one)
        .collect()
}

fn print_report(report: &Report, format: ReportFormat) -> anyhow::Result<()> {
    let text = match format {
        ReportFormat::Table => report.table(),
        ReportFormat::Json => serde_json::to_string_pretty(report)? + "\n",
    };
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("could not write the report")
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file =
        File::create(path).with_context(|| format!("could not create {}", path.display()))?;
    Ok(BufWriter::new(file))
}
