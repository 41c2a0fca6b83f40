//! The log, on standard error, for commands that run until they are told to stop.

use std::io::{self, IsTerminal};

use anyhow::Context;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, reload};

use mondo::config::{LogFormat, LogSettings};

use super::traces::TraceLayer;

/// Sets the least level that is logged.
pub type SetLevel = Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync>;

/// Reads what is logged. What is said to mail servers never is, since passwords are among it.
pub fn filter_of(level: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    EnvFilter::try_new(format!("{level},async_imap=off"))
}

/// Starts the log, and traces beside it where there are some; returns what changes its level.
pub fn start(settings: &LogSettings, traces: Option<TraceLayer>) -> anyhow::Result<SetLevel> {
    let filter = filter_of(&settings.level).with_context(|| {
        format!(
            "log.level {:?} is not a level; use error, warn, info, debug or trace",
            settings.level
        )
    })?;
    let lines = fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let lines = match settings.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let (filter, handle) = reload::Layer::new(filter);
    // The level is that of the log alone: what is traced does not depend on it.
    tracing_subscriber::registry()
        .with(traces)
        .with(lines.with_filter(filter))
        .try_init()
        .context("could not start the log")?;
    Ok(Box::new(move |filter| {
        handle.reload(filter).map_err(|error| error.to_string())
    }))
}
