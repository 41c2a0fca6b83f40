//! Scripts of our pages reach the server through what knows beneath which path it lies.

use std::fs;
use std::path::Path;

/// What takes an address, and where in a line it begins.
const TAKERS: [&str; 10] = [
    "fetch(",
    "location.assign(",
    "location.replace(",
    "new EventSource(",
    ".register(",
    "getRegistration(",
    ".src = ",
    ".href = ",
    "href: ",
    "icon: ",
];

/// What such an address may be: one that `at` has made, one that was whole before, or a file in memory.
const WHOLE: [&str; 4] = ["at(", "address", "leaving ?? at(", "`${BASE}"];

#[test]
fn scripts_of_pages_reach_the_server_by_its_own_path() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for folder in ["web/console", "web/assets"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "js") {
                continue;
            }
            for line in fs::read_to_string(&path).unwrap().lines() {
                let taken = TAKERS.iter().flat_map(|taker| line.split(taker).skip(1));
                for given in taken {
                    seen += 1;
                    if !WHOLE.iter().any(|whole| given.starts_with(whole)) {
                        faults.push(format!("{}: {}", path.display(), line.trim()));
                    }
                }
            }
        }
    }
    assert!(seen > 15, "only {seen} addresses are taken");
    assert!(
        faults.is_empty(),
        "write `at(path)`, of web/console/base.js:\n{}",
        faults.join("\n")
    );
}

#[test]
fn nothing_that_is_served_as_it_lies_names_a_path_from_the_root() {
    let mut faults = Vec::new();
    let mut folders = ["web/console", "web/assets", "web/widget"]
        .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = path.extension().unwrap_or_default().to_string_lossy();
            let bare: &[&str] = match kind.as_ref() {
                "css" => &["url(/", "url('/", "url(\"/"],
                "webmanifest" => &["\": \"/"],
                // The widget joins what it asks for to the address of its own script.
                "js" | "mjs" => &["import('/", "import \"/", "from '/"],
                _ => &[],
            };
            let text = fs::read_to_string(&path).unwrap_or_default();
            let found = text
                .lines()
                .filter(|line| bare.iter().any(|bare| line.contains(bare)));
            faults.extend(found.map(|line| format!("{}: {}", path.display(), line.trim())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
