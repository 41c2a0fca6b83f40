//! `mondo mcp`: the tools of an assistant that starts programs and talks with them over their standard streams.

use std::io::BufRead as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use crate::config::{Config, Effective, Overrides};
use crate::desk::Desk;
use crate::http::{AppState, answer_mcp_line};
use crate::knowledge::load_folder;
use crate::store::Store;
use crate::time::Timestamp;
use anyhow::Context;
use tokio::runtime::Runtime;

use super::log;
use super::output::print_data;
use super::thresholds_at_start::ThresholdsAtStart;
use super::workbench::Workbench;

/// Answers an assistant over standard input and output (Model Context Protocol)
#[derive(Debug, clap::Args)]
pub struct McpArgs {
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Folder with the database that keeps the record [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command: one message a line, until the input ends.
pub fn run(args: &McpArgs) -> anyhow::Result<ExitCode> {
    let effective = settings(args)?;
    let _set_level = log::start(&effective.config.log, None)?;
    let runtime = Runtime::new().context("could not start the runtime")?;
    let app = open(effective, &runtime)?;
    eprintln!("mondo answers over standard input and output");
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.context("could not read standard input")?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        if let Some(said) = runtime.block_on(answer_mcp_line(&app, &line)) {
            print_data(&said)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(args: &McpArgs) -> anyhow::Result<Effective> {
    let mut overrides = Overrides::default();
    for (key, flag, folder) in [
        ("server.kb", "--kb", &args.kb),
        ("server.data", "--data", &args.data),
    ] {
        let Some(folder) = folder else { continue };
        let text = folder.to_str().with_context(|| {
            format!(
                "{flag} {} is not UTF-8; rename the folder",
                folder.display()
            )
        })?;
        overrides.set(key, flag, text);
    }
    let file = Config::file(args.config.as_deref());
    Ok(Config::load(file.as_deref(), std::env::vars(), overrides)?)
}

/// Opens what a server answers with. Whom it tells of tickets, such as by mail, is left to the server of the same record.
fn open(effective: Effective, runtime: &Runtime) -> anyhow::Result<AppState> {
    let clock = || Timestamp::from(SystemTime::now());
    let thresholds = ThresholdsAtStart::of(&effective.config, &effective.settings);
    let workbench = Workbench::with(effective.config)?;
    let config = workbench.config.clone();
    let knowledge = load_folder(&config.server.kb)?.into_served()?;
    let engine = Arc::new(workbench.engine_over_kept(knowledge, &config.server.data)?);
    // As sure as the server of the same base, a moment after the start.
    let raised = Arc::clone(&engine);
    std::thread::spawn(move || thresholds.raise(&raised, &clock().day()));
    let hours = config.schedule.load()?;
    let store = Store::open_with(&config.server.data, &config.store, &config.sealing, clock());
    let store = runtime
        .block_on(store)?
        .with_record(config.record)
        .with_hours(hours)
        .with_files(config.attachments)?;
    let desk = Desk::new(engine, store, config.desk);
    Ok(AppState::new(Arc::new(desk), config.http, Arc::new(clock)))
}
