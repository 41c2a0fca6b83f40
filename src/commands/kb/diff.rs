//! `mondo kb diff`: which questions would be told something else after an edit.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, SystemTime};

use crate::evaluation::{
    Change, ComparedQuestion, LabelledQuestion, check_labels, compare, read_served_questions,
};
use crate::knowledge::{KnowledgeBase, load_folder};
use crate::pipeline::Engine;
use crate::store::{Reader, RecordedQuestion};
use crate::time::Timestamp;
use anyhow::{Context, bail};

use super::diff_formats::{Report, junit_of, markdown_of, text_of};
use crate::commands::output::print_data;
use crate::commands::progress::progress_bar;
use crate::commands::workbench::Workbench;

/// Asks the same questions of two states of a base, and tells which would get another answer.
///
/// Asked are the titles and alternates of both states, labelled questions, and what visitors asked as it is recorded.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// The old state: a folder, or a git revision of the folder named by --kb
    old: String,
    /// The new state, named likewise [default: the folder as it is]
    new: Option<String>,
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Labelled questions: .jsonl files, or folders of them
    #[arg(long, value_name = "PATH", num_args = 1..)]
    questions: Vec<PathBuf>,
    /// Folder with the database, for what visitors asked; nothing is read where it is left out
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Days to look back in it
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    format: DiffFormat,
    /// Changes that make the exit code 1
    #[arg(long, value_enum, value_delimiter = ',')]
    fail_on: Vec<Gate>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// How the differences are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    /// For people
    Text,
    /// For a comment on a change
    Markdown,
    /// For programs
    Json,
    /// For build servers
    Junit,
}

/// A change that may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Gate {
    /// A wrong answer where there was none
    Wrong,
    /// No answer where there was a right one
    Lost,
    /// Another article in place of one
    Another,
}

impl Gate {
    fn change(self) -> Change {
        match self {
            Self::Wrong => Change::Wrong,
            Self::Lost => Change::Lost,
            Self::Another => Change::Another,
        }
    }
}

/// Most of the bases' own questions, and of the recorded ones, that are asked.
const MOST_OWN: usize = 2_000;
const MOST_RECORDED: usize = 5_000;

/// Runs the command.
pub fn run(args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let workbench = Workbench::open(args.config.as_deref())?;
    let folder = args.kb.as_deref().unwrap_or(&workbench.config.server.kb);
    let old = read_state(&args.old, folder)?;
    let new = match &args.new {
        Some(named) => read_state(named, folder)?,
        None => load_folder(folder)?.into_served()?,
    };
    let questions = questions(args, &workbench, &old, &new)?;
    let thresholds = workbench.config.thresholds.clone();
    let old: Engine = workbench.engine_over(old, thresholds)?;
    let new = old.on(new)?;
    let today = Timestamp::from(SystemTime::now()).day();
    let progress = progress_bar("questions", 2 * questions.len());
    let differences = compare(&old, &new, &questions, &today, || progress.inc(1))?;
    progress.finish_and_clear();
    let report = Report {
        asked: questions.len(),
        differences,
    };
    print_data(&match args.format {
        DiffFormat::Text => text_of(&report),
        DiffFormat::Markdown => markdown_of(&report),
        DiffFormat::Json => serde_json::to_string_pretty(&report)?,
        DiffFormat::Junit => junit_of(&report),
    })?;
    let is_barred = |change: Change| args.fail_on.iter().any(|gate| gate.change() == change);
    let fails = report.differences.iter().any(|one| is_barred(one.change));
    Ok(ExitCode::from(u8::from(fails)))
}

/// Reads a folder, or what a revision has in place of the folder that is edited.
fn read_state(named: &str, folder: &Path) -> anyhow::Result<KnowledgeBase> {
    let path = Path::new(named);
    if path.is_dir() {
        return Ok(load_folder(path)?.into_served()?);
    }
    let archive = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["archive", "--format=tar", named, "."])
        .output();
    let archive = match archive {
        Ok(output) if output.status.success() => output.stdout,
        Ok(output) => bail!(
            "{named:?} is neither a folder nor a git revision of {}: {}",
            folder.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        ),
        Err(error) => bail!(
            "{named:?} is no folder, and git, which could know it as a revision, does not run: {error}"
        ),
    };
    let place = tempfile::tempdir().context("could not make a folder for the revision")?;
    tar::Archive::new(archive.as_slice())
        .unpack(place.path())
        .with_context(|| format!("could not unpack {named:?}"))?;
    Ok(load_folder(place.path())?.into_served()?)
}

fn questions(
    args: &DiffArgs,
    workbench: &Workbench,
    old: &KnowledgeBase,
    new: &KnowledgeBase,
) -> anyhow::Result<Vec<ComparedQuestion>> {
    let mut asked = Vec::new();
    for path in &args.questions {
        let labelled = read_served_questions(path)?;
        check_labels(&labelled, old).or_else(|_| check_labels(&labelled, new))?;
        asked.extend(labelled.into_iter().map(|question| ComparedQuestion {
            question,
            is_labelled: true,
        }));
    }
    let own = own_questions([old, new]);
    let step = own.len().div_ceil(MOST_OWN).max(1);
    asked.extend(own.into_iter().step_by(step));
    if let Some(data) = &args.data {
        asked.extend(recorded(data, args.days, workbench)?);
    }
    // A question that is labelled is not asked again because a visitor asked it.
    let mut seen = HashSet::new();
    asked.retain(|one| seen.insert((one.question.text.clone(), one.question.before.clone())));
    Ok(asked)
}

/// The titles and alternates of both states, each right for the articles that have it.
fn own_questions(states: [&KnowledgeBase; 2]) -> Vec<ComparedQuestion> {
    let mut own: Vec<ComparedQuestion> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for article in states.iter().flat_map(|state| &state.articles) {
        for (language, wording) in &article.translations {
            for text in std::iter::once(&wording.title).chain(&wording.alternates) {
                let place = *places.entry(text.clone()).or_insert_with(|| {
                    own.push(ComparedQuestion {
                        question: LabelledQuestion {
                            id: format!("own-{}", own.len()),
                            language: language.code().to_owned(),
                            text: text.clone(),
                            relevant: Vec::new(),
                            kind: None,
                            before: None,
                        },
                        is_labelled: true,
                    });
                    own.len() - 1
                });
                let relevant: &mut Vec<_> = &mut own[place].question.relevant;
                if !relevant.contains(&article.id) {
                    relevant.push(article.id.clone());
                }
            }
        }
    }
    own
}

fn recorded(
    data: &Path,
    days: u32,
    workbench: &Workbench,
) -> anyhow::Result<Vec<ComparedQuestion>> {
    let config = &workbench.config;
    let back = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    let since = Timestamp::from(SystemTime::now() - back);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start the runtime")?;
    let found: Vec<RecordedQuestion> = runtime.block_on(async {
        let reader = Reader::open_with(data, &config.store, &config.sealing).await?;
        anyhow::Ok(reader.recorded_questions(since, MOST_RECORDED).await?)
    })?;
    let texts: BTreeSet<_> = found
        .into_iter()
        .map(|one| (one.language, one.text))
        .collect();
    let numbered = texts.into_iter().enumerate();
    Ok(numbered
        .map(|(number, (language, text))| ComparedQuestion {
            question: LabelledQuestion {
                id: format!("recorded-{number}"),
                language: language.code().to_owned(),
                text,
                relevant: Vec::new(),
                kind: None,
                before: None,
            },
            is_labelled: false,
        })
        .collect())
}
