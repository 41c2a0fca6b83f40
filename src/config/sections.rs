//! The sections that belong to no room below: where the server is, and what it logs.

use std::num::NonZeroU32;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where to listen, read and write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port, such as `127.0.0.1:8090`.
    pub listen: String,
    /// Folder for the database and the index.
    pub data: PathBuf,
    /// Folder with the knowledge base.
    pub kb: PathBuf,
    /// Whether edits of the knowledge base are served at once.
    pub watch: bool,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Shape of a line.
    pub format: LogFormat,
    /// Least level, also per module as in `mondo::http=debug`.
    pub level: String,
}

/// Where traces go; in builds with the feature `otel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceSettings {
    /// Address of a collector that speaks OTLP over HTTP; empty to send none.
    pub collector: String,
    /// Of how many requests one is traced.
    pub one_in: NonZeroU32,
}

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
