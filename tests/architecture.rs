//! Holds the floors: a module imports only from modules below it, and files stay small enough to read.

use std::fs;
use std::path::{Path, PathBuf};

/// Floors from the ground up; modules of one floor do not see each other.
const FLOORS: &[&[&str]] = &[
    &["language", "safety", "client"],
    &["knowledge", "encoder", "locale"],
    &["pipeline"],
    &["conversation"],
    &["staff", "identity", "schedule"],
    &["store"],
    &["desk", "insights", "evaluation"],
    &["relay"],
    &["http"],
    &["config"],
];

/// Imports on the ground floor that are allowed all the same, each with its reason.
const ALLOWED_SIDEWAYS: &[(&str, &str, &str)] = &[(
    "safety",
    "language",
    "phrases are matched in the form that language folds text to; language knows nothing of safety",
)];

const LONGEST_FILE: usize = 500;

#[test]
fn imports_point_down() {
    let mut faults = Vec::new();
    for (module, path, text) in sources() {
        let Some(floor) = floor_of(&module) else {
            continue;
        };
        for imported in imported_modules(&text) {
            let Some(other) = floor_of(&imported) else {
                continue;
            };
            let allowed = ALLOWED_SIDEWAYS
                .iter()
                .any(|(from, to, _)| *from == module && *to == imported);
            if imported != module && other >= floor && !allowed {
                faults.push(format!("{} imports crate::{imported}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_stands_on_a_floor() {
    for (module, path, _) in sources() {
        let is_binary = module == "commands" || module == "main" || module == "lib";
        assert!(
            is_binary || floor_of(&module).is_some(),
            "{} belongs to no floor; add `{module}` to FLOORS and to src/lib.rs",
            path.display()
        );
    }
}

#[test]
fn files_stay_readable() {
    for (_, path, text) in sources() {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines; give it a second room",
            path.display()
        );
        assert!(
            text.starts_with("//!"),
            "{} does not say what it is for",
            path.display()
        );
    }
}

#[test]
fn only_the_top_reads_the_environment() {
    for (module, path, text) in sources() {
        let is_top = module == "commands" || module == "main";
        assert!(
            is_top || !text.contains("std::env::var"),
            "{} reads the environment; take an argument",
            path.display()
        );
    }
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Modules named after `crate::`, also inside braces.
fn imported_modules(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .map(first_word)
                .collect::<Vec<_>>(),
            None => vec![first_word(rest)],
        })
        .collect()
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let first = inside
                    .components()
                    .next()
                    .unwrap()
                    .as_os_str()
                    .to_string_lossy();
                let module = first.trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).unwrap();
                found.push((module, path, text));
            }
        }
    }
    assert!(found.len() > 20, "no sources found");
    found
}
