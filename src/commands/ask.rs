//! `mondo ask`: one question, one answer, recorded like any other.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context;
use mondo::conversation::Timestamp;
use mondo::desk::{AskContext, Desk};
use mondo::http::AskResponse;
use mondo::knowledge::load_folder;
use mondo::language::Language;
use mondo::pipeline::Question;
use mondo::store::Store;

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
    let question = match Question::parse(&text_of(&args.text)?) {
        Ok(question) => question,
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
        let store = Store::open(data, now).await?;
        let desk = Desk::new(Arc::new(engine), store, workbench.config.desk);
        let context = AskContext {
            reading: None,
            forced: args.lang,
            ..AskContext::default()
        };
        anyhow::Ok(desk.ask(question, context, now).await?)
    })?;
    let response = AskResponse::from(&reply);
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&response)?),
        Format::Text => print_for_people(&response),
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

fn print_for_people(response: &AskResponse) {
    if let Some(answer) = &response.answer {
        println!("{}", answer.title);
        if let Some(label) = &answer.label {
            println!("({label})");
        }
        println!("\n{}\n", answer.text);
    }
    println!("{}", response.message);
    for (number, option) in response.options.iter().enumerate() {
        println!("  {}. {}", number + 1, option.title);
    }
    eprintln!(
        "\n{} · {} · {:.0} % · {}",
        response.decision,
        response.language.endonym(),
        response.confidence * 100.0,
        response
            .answer
            .as_ref()
            .map_or("no article", |answer| answer.article.as_str()),
    );
    eprintln!("mondo explain {}", response.id);
}
