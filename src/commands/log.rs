//! The log, on standard error, for commands that run until they are told to stop.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use anyhow::Context;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, reload};

use crate::config::{LogFormat, LogSettings};
use crate::time::Timestamp;

use super::traces::TraceLayer;

/// Sets the least level that is logged.
pub type SetLevel = Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync>;

/// Whether every line on standard error is JSON.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Says something to whoever runs a server; a line of the log where those are JSON, whatever its level.
pub fn say(told: impl Display) {
    write("INFO", "", &told);
}

/// Says why the program ends.
pub fn say_failure(told: impl Display) {
    write("ERROR", "mondo: ", &told);
}

/// Writes to standard error: a line as the log's where those are JSON, else plain text after what it begins with.
fn write(level: &str, begin: &str, told: &dyn Display) {
    match IS_JSON.load(Ordering::Relaxed) {
        true => eprintln!("{}", in_json(level, &told.to_string())),
        false => eprintln!("{begin}{told}"),
    }
}

/// Writes a line as those of the log are written.
fn in_json(level: &str, message: &str) -> String {
    let timestamp = Timestamp::from(SystemTime::now()).to_string();
    let fields = serde_json::json!({ "message": message });
    let line = serde_json::json!({
        "timestamp": timestamp, "level": level, "fields": fields, "target": "mondo",
    });
    line.to_string()
}

/// Lets every line on standard error be JSON from here on, what a panic says included.
fn speak_json() {
    IS_JSON.store(true, Ordering::Relaxed);
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{}", in_json("ERROR", &panic.to_string()));
    }));
}

/// Reads what is logged. What is said to mail servers never is, since passwords are among it.
pub fn filter_of(level: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    EnvFilter::try_new(format!("{level},async_imap=off"))
}

/// Starts the log, and traces beside it where there are some; returns what changes its level.
pub fn start(settings: &LogSettings, traces: Option<TraceLayer>) -> anyhow::Result<SetLevel> {
    if settings.format == LogFormat::Json {
        speak_json();
    }
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
