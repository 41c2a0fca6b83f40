//! What can be wrong with a knowledge folder, said with file and line.

use std::path::PathBuf;

use serde::Serialize;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth an author's look; the base can serve.
    Warning,
    /// A visitor would be misled or the article cannot be served.
    Error,
}

/// One thing an author should mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// File or folder, relative to the knowledge folder.
    pub path: PathBuf,
    /// Line, counted from 1, where one can be named.
    pub line: Option<usize>,
    /// How bad it is.
    pub level: Level,
    /// Stable short name of the check, such as `missing-translation`.
    pub check: &'static str,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Fault {
    /// A fault that keeps the article from being served rightly.
    pub fn error(path: impl Into<PathBuf>, check: &'static str, message: String) -> Self {
        Self {
            path: path.into(),
            line: None,
            level: Level::Error,
            check,
            message,
        }
    }

    /// A fault an author should look at.
    pub fn warning(path: impl Into<PathBuf>, check: &'static str, message: String) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(path, check, message)
        }
    }

    /// Names the line.
    pub fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        let level = match self.level {
            Level::Warning => "warning",
            Level::Error => "error",
        };
        write!(formatter, ": {level}[{}]: {}", self.check, self.message)
    }
}
