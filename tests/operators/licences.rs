//! What mondo is built from may be given on under its own licences.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::root;

/// Licences that ask for no more than a notice, or whose terms end at their own files.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // Of lists: the authorities that browsers trust.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    // Asks for changes to its own files alone; nothing of it is changed here.
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Tells whether an expression of SPDX is fulfilled by licences that are allowed: of alternatives by one, of what belongs
/// together by all. The slash of old manifests is an alternative.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (allowed, read) = alternatives(&words);
    allowed && read == words.len()
}

fn alternatives(words: &[&str]) -> (bool, usize) {
    let (mut allowed, mut read) = together(words);
    while words.get(read) == Some(&"OR") {
        let (other, more) = together(&words[read + 1..]);
        allowed |= other;
        read += 1 + more;
    }
    (allowed, read)
}

fn together(words: &[&str]) -> (bool, usize) {
    let (mut allowed, mut read) = one(words);
    while words.get(read) == Some(&"AND") {
        let (other, more) = one(&words[read + 1..]);
        allowed &= other;
        read += 1 + more;
    }
    (allowed, read)
}

fn one(words: &[&str]) -> (bool, usize) {
    match words {
        ["(", rest @ ..] => {
            let (allowed, read) = alternatives(rest);
            (allowed && rest.get(read) == Some(&")"), read + 2)
        }
        // An exception takes nothing away.
        [licence, "WITH", _, ..] => (ALLOWED.contains(licence), 3),
        [licence, ..] => (ALLOWED.contains(licence), 1),
        [] => (false, 0),
    }
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    for (expression, allowed) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("MIT/GPL-3.0", true),
        ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
        ("(LGPL-2.1 OR GPL-3.0) AND MIT", false),
        ("MIT AND (GPL-3.0 OR ISC)", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("GPL-3.0 WITH Classpath-exception-2.0 OR MIT", true),
        ("MIT MIT", false),
        ("(MIT", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression), allowed, "{expression}");
    }
}

#[test]
fn every_dependency_may_be_given_on() {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    // What other systems would need has not been fetched, and nothing is fetched here.
    let listed = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        .args(["--filter-platform", host])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert!(listed.status.success(), "{told}");
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let packages = listed["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let refused: BTreeSet<String> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(is_allowed))
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["license"]
            )
        })
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}
