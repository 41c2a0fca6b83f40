//! The README shows what the binary says today: every `$ mondo ask` in it is asked again, and what stands below is what
//! comes back.

use std::path::Path;
use std::process::Command;

/// A line of the README to be typed, and what it shows below.
struct Shown<'a> {
    typed: &'a str,
    lines: Vec<&'a str>,
}

/// Reads the blocks marked `console`.
fn shown(readme: &str) -> Vec<Shown<'_>> {
    let mut found: Vec<Shown<'_>> = Vec::new();
    let mut is_console = false;
    for line in readme.lines() {
        match line.strip_prefix("```") {
            Some(kind) => is_console = kind == "console",
            None if !is_console => {}
            None => match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(typed), _) => found.push(Shown {
                    typed,
                    lines: Vec::new(),
                }),
                (None, Some(last)) => last.lines.push(line),
                (None, None) => panic!("{line:?} stands below nothing that is typed"),
            },
        }
    }
    found
}

#[test]
fn what_the_readme_shows_is_what_the_binary_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("a README");
    let data = tempfile::tempdir().expect("a folder of the test's own");
    let shown = shown(&readme);
    assert!(shown.len() >= 5, "one in each language, and one asked back");
    for Shown { typed, lines } in shown {
        let question = typed
            .strip_prefix("mondo ask \"")
            .and_then(|rest| rest.strip_suffix('"'));
        let question = question.unwrap_or_else(|| panic!("{typed:?} is not a question"));
        let said = Command::new(env!("CARGO_BIN_EXE_mondo"))
            .current_dir(root)
            .args(["ask", "--data"])
            .arg(data.path())
            .arg(question)
            .output()
            .expect("the binary runs");
        let text = String::from_utf8(said.stdout).expect("UTF-8");
        // The name of the answer is another each time.
        let told: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with("mondo explain "))
            .collect();
        let wanted: Vec<&str> = lines.into_iter().collect();
        let trimmed = |lines: &[&str]| lines.join("\n").trim().to_owned();
        assert_eq!(trimmed(&told), trimmed(&wanted), "{typed}");
    }
}
