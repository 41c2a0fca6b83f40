//! The differences between two states of a base, written for people and for build servers.

use crate::evaluation::{Change, Difference, PredictedDecision, Told};
use serde::Serialize;
use strum::IntoEnumIterator as _;

use super::report_formats::escaped;

/// What was asked, and what differs.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Number of questions that both states were asked.
    pub asked: usize,
    /// Those that would be told something else, the worst first.
    pub differences: Vec<Difference>,
}

impl Report {
    fn of(&self, change: Change) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(move |one| one.change == change)
    }

    fn summary(&self) -> String {
        let counts: Vec<String> = Change::iter()
            .map(|change| format!("{} {}", self.of(change).count(), name_of(change)))
            .collect();
        format!("{} questions: {}", self.asked, counts.join(", "))
    }
}

fn name_of(change: Change) -> &'static str {
    match change {
        Change::Wrong => "wrong now",
        Change::Lost => "lost",
        Change::Another => "with another answer",
        Change::Gained => "gained",
    }
}

fn told(told: &Told) -> String {
    let article = told.article.as_ref().map_or("nothing", |id| id.as_str());
    match told.decision {
        PredictedDecision::Answer => format!("{article} ({:.2})", told.confidence),
        PredictedDecision::Clarify => format!("options, first {article} ({:.2})", told.confidence),
        PredictedDecision::Escalate => format!("a person ({:.2})", told.confidence),
        PredictedDecision::SmallTalk => "a word back".to_owned(),
    }
}

fn why(difference: &Difference) -> &'static str {
    match difference.crosses_threshold {
        true => "; the same article crosses the threshold",
        false => "",
    }
}

/// Returns lines for a terminal.
pub fn text_of(report: &Report) -> String {
    let mut lines = vec![report.summary()];
    for change in Change::iter() {
        for (place, one) in report.of(change).enumerate() {
            if place == 0 {
                lines.push(format!("\n{}", name_of(change)));
            }
            lines.push(format!(
                "  {} {}\n     {} -> {}{}",
                one.language,
                one.text,
                told(&one.before),
                told(&one.after),
                why(one)
            ));
        }
    }
    lines.join("\n")
}

/// Returns Markdown with a table for each kind of change.
pub fn markdown_of(report: &Report) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let mut lines = vec![format!("**{}**", report.summary())];
    for change in Change::iter() {
        for (place, one) in report.of(change).enumerate() {
            if place == 0 {
                lines.push(format!(
                    "\n### {}\n\n| question | before | after |\n|---|---|---|",
                    name_of(change)
                ));
            }
            lines.push(format!(
                "| {} ({}) | {} | {}{} |",
                cell(&one.text),
                one.language,
                cell(&told(&one.before)),
                cell(&told(&one.after)),
                why(one)
            ));
        }
    }
    lines.join("\n")
}

/// Returns JUnit XML: a case a difference, of which those that make answers worse have failed.
pub fn junit_of(report: &Report) -> String {
    let is_worse = |one: &Difference| matches!(one.change, Change::Wrong | Change::Lost);
    let failures = report
        .differences
        .iter()
        .filter(|one| is_worse(one))
        .count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mondo kb diff\">\n  <testsuite name=\"answers\" tests=\"{}\" failures=\"{failures}\">\n",
        usize::max(1, report.differences.len())
    );
    if report.differences.is_empty() {
        text.push_str("    <testcase name=\"nothing differs\" classname=\"answers\"/>\n");
    }
    for one in &report.differences {
        let said = escaped(&format!(
            "{}: {} -> {}{}",
            name_of(one.change),
            told(&one.before),
            told(&one.after),
            why(one)
        ));
        let inner = match is_worse(one) {
            true => format!("<failure message=\"{said}\"/>"),
            false => format!("<system-out>{said}</system-out>"),
        };
        text.push_str(&format!(
            "    <testcase name=\"{}\" classname=\"{}\">{inner}</testcase>\n",
            escaped(&one.text),
            one.language
        ));
    }
    text + "  </testsuite>\n</testsuites>\n"
}
