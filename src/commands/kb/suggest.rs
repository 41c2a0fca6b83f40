//! `mondo kb suggest-alternates`: proposes other words for the questions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::{Config, Overrides};
use crate::insights::{ProposedAlternate, WordsFrom, propose_alternates};
use crate::knowledge::{ArticleId, KnowledgeBase, Wording, load_folder};
use crate::language::Language;
use crate::store::Reader;
use anyhow::Context;

use super::folder::knowledge_folder;
use crate::commands::output::print_data;

/// Which proposals, and what to do with them.
#[derive(Debug, clap::Args)]
pub struct SuggestArgs {
    /// Folder with the knowledge base [default: that of the configuration]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Folder with the database, for the words of visitors; none are read where it is left out
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Propose for these articles only
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    article: Vec<String>,
    /// Propose from these sources only
    #[arg(long, value_enum, value_delimiter = ',')]
    from: Vec<Source>,
    /// Write the proposals into the files; without this they are only listed
    #[arg(long)]
    write: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Where words may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Source {
    /// What visitors asked.
    Visitors,
    /// Headings of the texts.
    Headings,
    /// Names in the other languages.
    Languages,
}

impl Source {
    fn of(from: WordsFrom) -> Self {
        match from {
            WordsFrom::Visitor => Self::Visitors,
            WordsFrom::Heading => Self::Headings,
            WordsFrom::OtherLanguage => Self::Languages,
        }
    }
}

/// Runs the command.
pub fn run(args: &SuggestArgs) -> anyhow::Result<ExitCode> {
    let root = knowledge_folder(args.kb.as_ref(), args.config.as_ref())?;
    let knowledge = load_folder(&root)?.into_served()?;
    let asked = match &args.data {
        Some(data) => words_of_visitors(data, args.config.as_deref())?,
        None => Vec::new(),
    };
    let mut proposals = propose_alternates(&knowledge, &asked);
    proposals.retain(|one| {
        let is_named =
            args.article.is_empty() || args.article.iter().any(|id| id == one.article.as_str());
        is_named && (args.from.is_empty() || args.from.contains(&Source::of(one.from)))
    });
    match args.json {
        true => print_data(&serde_json::to_string_pretty(&proposals)?)?,
        false => {
            for one in &proposals {
                let from = match one.from {
                    WordsFrom::Visitor => "visitor",
                    WordsFrom::Heading => "heading",
                    WordsFrom::OtherLanguage => "other language",
                };
                print_data(&format!(
                    "{} {} [{from}] {}",
                    one.article, one.language, one.words
                ))?;
            }
        }
    }
    match args.write {
        true => {
            let files = write(&root, &knowledge, &proposals)?;
            eprintln!("{} alternates written into {files} files", proposals.len());
        }
        false => eprintln!(
            "{} proposals; --write puts them into the files, --article and --from choose among them",
            proposals.len()
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn words_of_visitors(
    data: &Path,
    config: Option<&Path>,
) -> anyhow::Result<Vec<(ArticleId, Language, String)>> {
    let file = Config::file(config);
    let config = Config::load(file.as_deref(), std::env::vars(), Overrides::default())?.config;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start the runtime")?;
    runtime.block_on(async {
        let reader = Reader::open_with(data, &config.store, &config.sealing).await?;
        let chosen = reader.chosen_words().await?;
        let proposed = reader.open_proposals().await?;
        let chosen = chosen
            .into_iter()
            .map(|one| (one.article, one.language, one.question));
        let proposed = proposed
            .into_iter()
            .map(|one| (one.article, one.language, one.question));
        anyhow::Ok(chosen.chain(proposed).collect())
    })
}

/// Adds the words to the alternates of their files; returns how many files that were.
fn write(
    root: &Path,
    knowledge: &KnowledgeBase,
    proposals: &[ProposedAlternate],
) -> anyhow::Result<usize> {
    let mut by_text: BTreeMap<(&ArticleId, Language), Vec<String>> = BTreeMap::new();
    for one in proposals {
        let words = by_text.entry((&one.article, one.language)).or_default();
        words.push(one.words.clone());
    }
    let mut files = 0;
    for ((id, language), words) in by_text {
        let article = knowledge.article(id);
        let Some(text) = article.and_then(|article| article.translations.get(&language)) else {
            continue;
        };
        let path = root.join(&text.path);
        let earlier = std::fs::read_to_string(&path)
            .with_context(|| format!("could not read {}", path.display()))?;
        let mut wording = Wording::read(&earlier)?;
        wording.alternates.extend(words);
        std::fs::write(&path, wording.write(Some(&earlier)))
            .with_context(|| format!("could not write {}", path.display()))?;
        files += 1;
    }
    Ok(files)
}
