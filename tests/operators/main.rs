//! What operators are given beside the program: the handbook, the files to deploy with, and the commands that look after it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod counting;
mod doctor;
mod files;
mod handbook;
mod licences;
mod reloading;
mod reporting;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn knowledge() -> PathBuf {
    root().join("tests/knowledge")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The program as a test wants it: one encoder, and no settings of whoever runs the test.
fn mondo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mondo"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MONDO__")) {
        command.env_remove(name);
    }
    command
        .env("MONDO__ENCODER__MODE", "fast")
        .stdin(Stdio::null());
    command
}
