//! The files of the crate.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of `src`.
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Path of its module; empty for the root.
    pub module: Vec<String>,
    /// What it says.
    pub text: String,
    /// The same without comments and tests.
    pub code: String,
}

impl Source {
    /// The room it belongs to: its first folder, or itself.
    pub fn room(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    /// Whether it is the `mod.rs` of a room.
    pub fn opens_a_room(&self) -> bool {
        self.path.ends_with("mod.rs")
    }
}

/// Reads every file of `src`.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source {
                    module: module_of(path.strip_prefix(&root).unwrap()),
                    code: code_of(&text),
                    text,
                    path,
                });
            }
        }
    }
    assert!(found.len() > 20, "no sources found");
    found
}

fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = path
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    parts.pop_if(|last| last == "mod");
    if parts == ["lib"] || parts == ["main"] {
        parts.clear();
    }
    parts
}

fn code_of(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    });
    lines[..tests.unwrap_or(lines.len())].join("\n")
}
