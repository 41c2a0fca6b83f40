//! `mondo calibrate`: finds the lowest threshold per language whose answers are provably precise enough.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use crate::evaluation::{
    AskedQuestion, CalibrationRow, CalibrationTarget, EvaluationSet, LabelledQuestion,
    PredictedDecision, ThresholdChoice, Verdict, calibrate, check_labels, judge, predict,
    read_served_questions,
};
use crate::knowledge::{KnowledgeBase, load_folder};
use crate::language::Language;
use crate::pipeline::{PerLanguage, Thresholds};
use crate::time::Timestamp;
use anyhow::Context;

use super::calibrate_slices;
use super::calibrate_without_labels::{self, Writing};
use super::progress::progress_bar;
use super::workbench::Workbench;
use super::workbench::index_folder;

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
    /// Labelled questions: .jsonl files, or folders of them
    #[arg(
        long,
        value_name = "PATH",
        default_value = "tests/relevance",
        num_args = 1..,
        conflicts_with = "set"
    )]
    questions: Vec<PathBuf>,
    /// Take knowledge base and questions from an evaluation set instead
    #[arg(long, value_name = "SET_DIR", conflicts_with = "kb")]
    set: Option<PathBuf>,
    /// Ask no labelled question: leave out each article in turn and ask for it, which shows how sure wrong answers are
    #[arg(long)]
    without_labels: bool,
    /// With --without-labels: write each question that was asked, and what would have been answered in its place
    #[arg(long, value_name = "FILE", requires = "without_labels")]
    rehearsal: Option<PathBuf>,
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
    if args.without_labels {
        let knowledge = read_knowledge(&args, &workbench)?;
        let index = kept_index(&args, &workbench);
        let writing = Writing {
            thresholds: args.write.as_deref(),
            questions: args.rehearsal.as_deref(),
        };
        calibrate_without_labels::run(&workbench, knowledge, &index, writing)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (knowledge, questions) = read(&args, &workbench)?;
    let target = CalibrationTarget {
        precision: args.precision,
        confidence_level: args.confidence_level,
    };
    let folder = kept_index(&args, &workbench);
    let asked = ask(&workbench, knowledge, &folder, &questions)?;
    let rows = rows_of(&questions, &asked);
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
    let thresholds = in_force(&verdicts, &workbench.config.thresholds);
    calibrate_slices::print(&questions, &asked, &thresholds)?;
    if let Some(path) = &args.write {
        write(path, &verdicts, target)?;
    }
    warn_of_thin_evidence(&rows);
    // A desk of one language is calibrated whole with the questions of that one.
    let mut asked_in = verdicts
        .iter()
        .filter(|(_, questions, _)| *questions > 0)
        .peekable();
    let any = asked_in.peek().is_some();
    let all_met = asked_in.all(|(_, _, verdict)| matches!(verdict, Verdict::Met(_)));
    Ok(if any && all_met {
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
            (load_folder(kb)?.into_served()?, read_all(&args.questions)?)
        }
    };
    check_labels(&questions, &knowledge)?;
    Ok((knowledge, questions))
}

fn read_knowledge(args: &CalibrateArgs, workbench: &Workbench) -> anyhow::Result<KnowledgeBase> {
    if let Some(folder) = &args.set {
        return Ok(EvaluationSet::read(folder)?.knowledge);
    }
    let kb = args.kb.as_deref().unwrap_or(&workbench.config.server.kb);
    Ok(load_folder(kb)?.into_served()?)
}

fn read_all(paths: &[PathBuf]) -> anyhow::Result<Vec<LabelledQuestion>> {
    let mut questions = Vec::new();
    for path in paths {
        questions.extend(read_served_questions(path)?);
    }
    Ok(questions)
}

/// The thresholds that were found, and where none was, those that are configured.
fn in_force(verdicts: &[(Language, usize, Verdict)], configured: &Thresholds) -> PerLanguage {
    let mut thresholds = configured.answer;
    for (language, _, verdict) in verdicts {
        if let Verdict::Met(choice) = verdict {
            thresholds.set(*language, choice.threshold);
        }
    }
    thresholds
}

/// Where the index is kept: that of the server for the base it serves, another one for every other base, so that a
/// measurement never throws away what the server has read.
fn kept_index(args: &CalibrateArgs, workbench: &Workbench) -> PathBuf {
    let server = &workbench.config.server;
    let is_served = args.set.is_none() && args.kb.as_ref().is_none_or(|kb| *kb == server.kb);
    if is_served {
        index_folder(&server.data)
    } else {
        server.data.join("measured-index")
    }
}

/// Out-of-scope questions a language needs for its share of wrong answers to mean something.
const FEW_OUT_OF_SCOPE: usize = 20;

fn warn_of_thin_evidence(rows: &[CalibrationRow]) {
    for language in Language::ALL {
        let own = || rows.iter().filter(|row| row.language == language);
        let outside = own().filter(|row| !row.in_scope).count();
        if own().count() > 0 && outside < FEW_OUT_OF_SCOPE {
            eprintln!(
                "mondo: {language} has {outside} questions out of scope (\"relevant\": []); write {} or more that visitors ask and no article answers, or its threshold flatters",
                FEW_OUT_OF_SCOPE
            );
        }
    }
}

/// Asks with no threshold in force, so that what is not answered is what policy hands to a person.
fn ask(
    workbench: &Workbench,
    knowledge: KnowledgeBase,
    index: &Path,
    questions: &[LabelledQuestion],
) -> anyhow::Result<Vec<AskedQuestion>> {
    let mut no_thresholds = workbench.config.thresholds.clone();
    let answer = &mut no_thresholds.answer;
    (answer.en, answer.zh, answer.ja, answer.ko) = (0.0, 0.0, 0.0, 0.0);
    let engine = workbench.engine_over_index(knowledge, index, no_thresholds)?;
    let today = Timestamp::from(SystemTime::now()).day();
    let bar = progress_bar("asking", questions.len());
    let asked = predict(&engine, questions, &today, || bar.inc(1))?;
    bar.finish_and_clear();
    Ok(asked)
}

fn rows_of(questions: &[LabelledQuestion], asked: &[AskedQuestion]) -> Vec<CalibrationRow> {
    let rows = questions.iter().zip(asked).filter_map(|(question, asked)| {
        let judged = judge(question, &asked.prediction);
        let answers = asked.prediction.decision == PredictedDecision::Answer;
        Some(CalibrationRow {
            language: asked.language?,
            confidence: answers.then_some(judged.confidence),
            right: judged.right,
            in_scope: judged.in_scope,
        })
    });
    rows.collect()
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
            _ if *questions == 0 => writeln!(
                out,
                "{language:<8}  {questions:>9}  no labelled question in this language; its threshold stays as it is configured"
            )?,
            Verdict::NothingOutOfScope => writeln!(
                out,
                "{language:<8}  {questions:>9}  refused: no question is out of scope; add questions that no article answers, with \"relevant\": [], or nothing tells what the bot answers that it should not"
            )?,
            Verdict::TooFewQuestions {
                nearest: None,
                more_questions,
            } => writeln!(
                out,
                "{language:<8}  {questions:>9}  refused: too few questions; {more_questions} more are the least that could prove it"
            )?,
            Verdict::Met(choice) => {
                writeln!(out, "{language:<8}  {questions:>9}  {}", cells(choice))?;
            }
            Verdict::TooFewQuestions {
                nearest: Some(nearest),
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
