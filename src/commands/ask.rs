//! `mondo ask`: one question, one answer, recorded like any other.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use crate::desk::{AskContext, Desk};
use crate::http::AskResponse;
use crate::knowledge::{Readership, load_folder};
use crate::language::Language;
use crate::pipeline::asked_words;
use crate::store::Store;
use crate::time::Timestamp;
use anyhow::Context;

use super::output::print_data;
use super::workbench::Workbench;

/// Answers one question from the knowledge base
#[derive(Debug, clap::Args)]
pub struct AskArgs {
    /// The question; read from standard input when missing or `-`
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Folder with the database that keeps the record for `mondo explain` [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Language of the question (en, zh, ja or ko); detected when not given
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<Language>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the command.
pub fn run(args: &AskArgs) -> anyhow::Result<ExitCode> {
    let words = match asked_words(&text_of(&args.text)?) {
        Ok(words) => words,
        Err(error) => {
            eprintln!("mondo: {error}");
            return Ok(ExitCode::from(2));
        }
    };
    let workbench = Workbench::open(args.config.as_deref())?;
    let server = &workbench.config.server;
    let knowledge = load_folder(args.kb.as_deref().unwrap_or(&server.kb))?.into_served()?;
    let data = args.data.as_deref().unwrap_or(&server.data);
    let engine = workbench.engine_over_kept(knowledge, data)?;
    let now = Timestamp::from(SystemTime::now());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start the runtime")?;
    let reply = runtime.block_on(async {
        let store = Store::open_with(
            data,
            &workbench.config.store,
            &workbench.config.sealing,
            now,
        )
        .await?;
        let desk = Desk::new(Arc::new(engine), store, workbench.config.desk);
        let context = AskContext {
            readership: Readership::ANYBODY,
            reading: None,
            forced: args.lang,
            ..AskContext::default()
        };
        anyhow::Ok(desk.visitors.ask(words, context, now).await?)
    })?;
    let response = AskResponse::from(reply);
    match args.format {
        Format::Json => print_data(&serde_json::to_string_pretty(&response)?)?,
        Format::Text => {
            print_data(&for_people(&response))?;
            tell(&response);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn text_of(words: &[String]) -> anyhow::Result<String> {
    let text = words.join(" ");
    if !text.is_empty() && text != "-" {
        return Ok(text);
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(LONGEST_INPUT)
        .read_to_end(&mut bytes)
        .context("could not read the question from standard input")?;
    String::from_utf8(bytes).context("the question is not UTF-8; send it as UTF-8")
}

/// More than any question that is accepted, so that its length can be told.
const LONGEST_INPUT: u64 = 1 << 20;

fn for_people(response: &AskResponse) -> String {
    let mut lines = Vec::new();
    if let Some(elsewhere) = &response.elsewhere {
        lines.push(format!("{}\n", elsewhere.message));
    }
    if let Some(answer) = &response.answer {
        lines.push(answer.title.clone());
        if let Some(label) = &answer.label {
            lines.push(format!("({label})"));
        }
        lines.push(format!("\n{}\n", answer.text));
    }
    lines.extend(response.notice.clone());
    lines.push(response.message.clone());
    for (number, option) in response.options.iter().enumerate() {
        lines.push(format!("  {}. {}", number + 1, option.title));
    }
    lines.join("\n")
}

fn tell(response: &AskResponse) {
    let language = match &response.elsewhere {
        Some(elsewhere) => elsewhere.name,
        None => response.language.endonym(),
    };
    eprintln!(
        "\n{} · {language} · {:.0} % · {}",
        response.decision,
        response.confidence * 100.0,
        response
            .answer
            .as_ref()
            .map_or("no article", |answer| answer.article.as_str()),
    );
    eprintln!("mondo explain {}", response.id);
}
