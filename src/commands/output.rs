//! Standard output, written so that a reader who has seen enough, such as `head`, is no failure.

use std::io::{ErrorKind, Write};

use anyhow::Context;

/// Prints text and a line end.
pub fn print_data(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("could not write to standard output"),
    }
}
