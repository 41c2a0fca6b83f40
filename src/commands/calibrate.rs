//! `mondo calibrate`: finds the lowest threshold per language whose answers are provably precise enough.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::Context;
use mondo::conversation::Timestamp;
use mondo::evaluation::{
    CalibrationRow, CalibrationTarget, EvaluationSet, LabelledQuestion, PredictedDecision,
    ThresholdChoice, Verdict, calibrate, check_labels, judge, predict, read_questions,
};
use mondo::knowledge::{KnowledgeBase, load_folder};
use mondo::language::Language;

use super::eval::progress_bar;
use super::workbench::Workbench;

/// Finds the lowest threshold per language whose answers are provably precise enough.
#[derive(Debug, clap::Args)]
pub struct CalibrateArgs {
    /// Share of answers that must be right
    #[arg(long, default_value_t = 0.95, value_parser = probability)]
    precision: f64,
    /// Probability with which that must hold
    #[arg(long, default_value_t = 0.95, value_parser = probability)]
    confidence_level: f64,
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Labelled questions: a .jsonl file, or a folder of them
    #[arg(
        long,
        value_name = "PATH",
        default_value = "tests/relevance",
        conflicts_with = "set"
    )]
    questions: PathBuf,
    /// Take knowledge base and questions from an evaluation set instead
    #[arg(long, value_name = "SET_DIR", conflicts_with = "kb")]
    set: Option<PathBuf>,
    /// Write the thresholds to a file that mondo.toml can take over
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command; a language that cannot be calibrated makes the exit code 1.
pub fn run(args: CalibrateArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.config.as_deref())?;
    let (knowledge, questions) = read(&args, &workbench)?;
    let target = CalibrationTarget {
        precision: args.precision,
        confidence_level: args.confidence_level,
    };
    let rows = ask(&workbench, knowledge, &questions)?;
    let verdicts: Vec<(Language, usize, Verdict)> = Language::ALL
        .into_iter()
        .map(|language| {
            let rows: Vec<CalibrationRow> = rows
                .iter()
                .copied()
                .filter(|row| row.language == language)
                .collect();
            (language, rows.len(), calibrate(&rows, target))
        })
        .collect();
    print(&verdicts, target)?;
    if let Some(path) = &args.write {
        write(path, &verdicts, target)?;
    }
    let all_met = verdicts
        .iter()
        .all(|(_, _, verdict)| matches!(verdict, Verdict::Met(_)));
    Ok(if all_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn read(
    args: &CalibrateArgs,
    workbench: &Workbench,
) -> anyhow::Result<(KnowledgeBase, Vec<LabelledQuestion>)> {
    let (knowledge, questions) = match &args.set {
        Some(folder) => {
            let set = EvaluationSet::read(folder)?;
            (set.knowledge, set.questions)
        }
        None => {
            let kb = args.kb.as_deref().unwrap_or(&workbench.config.server.kb);
            (
                load_folder(kb)?.into_served()?,
                read_questions(&args.questions)?,
            )
        }
    };
    check_labels(&questions, &knowledge)?;
    Ok((knowledge, questions))
}

/// Asks with no threshold in force, so that what is not answered is what policy hands to a person.
fn ask(
    workbench: &Workbench,
    knowledge: KnowledgeBase,
    questions: &[LabelledQuestion],
) -> anyhow::Result<Vec<CalibrationRow>> {
    let mut no_thresholds = workbench.config.thresholds.clone();
    let answer = &mut no_thresholds.answer;
    (answer.en, answer.zh, answer.ja, answer.ko) = (0.0, 0.0, 0.0, 0.0);
    let engine = workbench.engine_over(knowledge, no_thresholds)?;
    let today = Timestamp::from(SystemTime::now()).day();
    let bar = progress_bar("asking", questions.len());
    let asked = predict(&engine, questions, &today, || bar.inc(1))?;
    bar.finish_and_clear();
    let rows = questions
        .iter()
        .zip(&asked)
        .filter_map(|(question, asked)| {
            let judged = judge(question, &asked.prediction);
            let answers = asked.prediction.decision == PredictedDecision::Answer;
            Some(CalibrationRow {
                language: asked.language?,
                confidence: answers.then_some(judged.confidence),
                right: judged.right,
                in_scope: judged.in_scope,
            })
        });
    Ok(rows.collect())
}

fn print(verdicts: &[(Language, usize, Verdict)], target: CalibrationTarget) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "answers right in {:.1} % of cases or more, held with probability {}",
        target.precision * 100.0,
        target.confidence_level
    )?;
    writeln!(
        out,
        "{:<8}  {:>9}  {:>9}  {:>8}  {:>5}  {:>5}  {:>8}  {:>8}",
        "language", "questions", "threshold", "answered", "right", "bound", "coverage", "oos_answ"
    )?;
    for (language, questions, verdict) in verdicts {
        let language = language.code();
        match verdict {
            Verdict::Met(choice) => {
                writeln!(out, "{language:<8}  {questions:>9}  {}", cells(choice))?;
            }
            Verdict::TooFewQuestions {
                nearest,
                more_questions,
            } => writeln!(
                out,
                "{language:<8}  {questions:>9}  refused: too few questions; about {more_questions} more would prove {:.2} ({} of {} right, bound {:.3})",
                nearest.threshold, nearest.right, nearest.answered, nearest.precision_bound
            )?,
            Verdict::TooImprecise { best: Some(best) } => writeln!(
                out,
                "{language:<8}  {questions:>9}  refused: answers are wrong too often at every threshold; at best {} of {} right at {:.2} (bound {:.3}). Mend the articles or state a lower precision",
                best.right, best.answered, best.threshold, best.precision_bound
            )?,
            Verdict::TooImprecise { best: None } => writeln!(
                out,
                "{language:<8}  {questions:>9}  refused: nothing is answered; write labelled questions in this language"
            )?,
        }
    }
    Ok(())
}

fn cells(choice: &ThresholdChoice) -> String {
    format!(
        "{:>9.2}  {:>8}  {:>5}  {:>5.3}  {:>8.3}  {:>8.3}",
        choice.threshold,
        choice.answered,
        choice.right,
        choice.precision_bound,
        choice.coverage,
        choice.out_of_scope_answered
    )
}

/// Writes the thresholds that were found; a language that was refused keeps what is configured.
fn write(
    path: &Path,
    verdicts: &[(Language, usize, Verdict)],
    target: CalibrationTarget,
) -> anyhow::Result<()> {
    let mut text = format!(
        "# Found by `mondo calibrate --precision {} --confidence-level {}`.\n[thresholds.answer]\n",
        target.precision, target.confidence_level
    );
    for (language, _, verdict) in verdicts {
        if let Verdict::Met(choice) = verdict {
            text.push_str(&format!("{} = {}\n", language.code(), choice.threshold));
        }
    }
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("use a number between 0 and 1, such as 0.95".to_owned()),
    }
}
