//! The report of the knowledge check as code hosts and build servers read it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::insights::CheckReport;
use crate::knowledge::{Fault, Level};
use serde_json::{Value, json};

/// Returns SARIF 2.1.0; paths are given from the folder the command runs in.
pub fn sarif_of(report: &CheckReport, root: &Path) -> Value {
    let checks: BTreeSet<&str> = report.faults.iter().map(|fault| fault.check).collect();
    let rules: Vec<Value> = checks
        .iter()
        .map(|check| json!({ "id": check, "name": check }))
        .collect();
    let results: Vec<Value> = report
        .faults
        .iter()
        .map(|fault| {
            let path = root.join(&fault.path);
            let path: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            json!({
                "ruleId": fault.check,
                "level": match fault.level { Level::Error => "error", Level::Warning => "warning" },
                "message": { "text": fault.message },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": path.join("/").replace("//", "/").replace(' ', "%20") },
                        "region": { "startLine": fault.line.unwrap_or(1) },
                    },
                }],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "mondo kb check",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
        }],
    })
}

/// Returns JUnit XML: a suite a check, a case a fault; a base without a fault is one case that passed.
pub fn junit_of(report: &CheckReport) -> String {
    let mut suites: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
    for fault in &report.faults {
        suites.entry(fault.check).or_default().push(fault);
    }
    let failures = report.count(Level::Error);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mondo kb check\" tests=\"{}\" failures=\"{failures}\">\n",
        usize::max(1, report.faults.len())
    );
    if suites.is_empty() {
        text.push_str("  <testsuite name=\"knowledge\" tests=\"1\" failures=\"0\">\n    <testcase name=\"no fault\" classname=\"knowledge\"/>\n  </testsuite>\n");
    }
    for (check, faults) in suites {
        let errors = faults
            .iter()
            .filter(|fault| fault.level == Level::Error)
            .count();
        text.push_str(&format!(
            "  <testsuite name=\"{check}\" tests=\"{}\" failures=\"{errors}\">\n",
            faults.len()
        ));
        for fault in faults {
            let place = match fault.line {
                Some(line) => format!("{}:{line}", fault.path.display()),
                None => fault.path.display().to_string(),
            };
            let message = escaped(&fault.message);
            // A warning must not break a build, so it is a case that passed and says something.
            let inner = match fault.level {
                Level::Error => format!("<failure message=\"{message}\"/>"),
                Level::Warning => format!("<system-out>{message}</system-out>"),
            };
            text.push_str(&format!(
                "    <testcase name=\"{}\" classname=\"{check}\">{inner}</testcase>\n",
                escaped(&place)
            ));
        }
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

pub(super) fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\n' => made.push_str("&#10;"),
            one if one.is_control() => {}
            one => made.push(one),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::CoverageMatrix;

    fn report() -> CheckReport {
        CheckReport {
            faults: vec![
                Fault::error("a b/en.md", "dead-link", "no <page> \"x\"".to_owned()).at_line(3),
                Fault::warning("c/ja.md", "confusable", "近い".to_owned()),
            ],
            coverage: CoverageMatrix { rows: Vec::new() },
        }
    }

    #[test]
    fn sarif_names_places_and_levels() {
        let sarif = sarif_of(&report(), Path::new("kb"));
        let results = &sarif["runs"][0]["results"];
        assert_eq!(results[0]["level"], "error");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "kb/a%20b/en.md");
        assert_eq!(place["region"]["startLine"], 3);
        assert_eq!(results[1]["ruleId"], "confusable");
    }

    #[test]
    fn only_errors_fail_a_build() {
        let text = junit_of(&report());
        assert!(text.contains("failures=\"1\""), "{text}");
        assert!(text.contains("no &lt;page&gt; &quot;x&quot;"), "{text}");
        assert!(text.contains("<system-out>近い</system-out>"), "{text}");
    }
}
