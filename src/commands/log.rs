//! The log, on standard error, for commands that run until they are told to stop.

use std::io::{self, IsTerminal};

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use mondo::config::{LogFormat, LogSettings};

/// Sets the least level that is logged.
pub type SetLevel = Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync>;

/// Reads what is logged. What is said to mail servers never is, since passwords are among it.
pub fn filter_of(level: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    EnvFilter::try_new(format!("{level},async_imap=off"))
}

/// Starts the log; returns what changes its level.
pub fn start(settings: &LogSettings) -> anyhow::Result<SetLevel> {
    let filter = filter_of(&settings.level).with_context(|| {
        format!(
            "log.level {:?} is not a level; use error, warn, info, debug or trace",
            settings.level
        )
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let (started, set_level): (_, SetLevel) = match settings.format {
        LogFormat::Text => {
            let log = log.with_filter_reloading();
            let handle = log.reload_handle();
            let set = move |filter| handle.reload(filter).map_err(|error| error.to_string());
            (log.finish().try_init(), Box::new(set))
        }
        LogFormat::Json => {
            let log = log.json().with_filter_reloading();
            let handle = log.reload_handle();
            let set = move |filter| handle.reload(filter).map_err(|error| error.to_string());
            (log.finish().try_init(), Box::new(set))
        }
    };
    started.map_err(|error| anyhow::anyhow!("could not start the log: {error}"))?;
    Ok(set_level)
}
