//! `mondo calibrate --without-labels`: what leaving out each article in turn says about the thresholds.

use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use crate::evaluation::{WithoutLabels, without_labels};
use crate::knowledge::KnowledgeBase;
use crate::pipeline::Rehearsed;
use crate::time::Timestamp;
use anyhow::Context;

use super::workbench::Workbench;

/// Questions asked in each language.
pub const MOST_REHEARSED: usize = 200;

/// What to write beside the table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writing<'a> {
    /// Thresholds that mondo.toml can take over.
    pub thresholds: Option<&'a Path>,
    /// Each question that was asked, and what would have been answered in its place.
    pub questions: Option<&'a Path>,
}

/// Runs the command over a base whose index is kept in a folder.
pub fn run(
    workbench: &Workbench,
    knowledge: KnowledgeBase,
    index: &Path,
    writing: Writing<'_>,
) -> anyhow::Result<()> {
    let thresholds = workbench.config.thresholds.clone();
    let now = thresholds.answer;
    let engine = workbench.engine_over_index(knowledge, index, thresholds)?;
    let today = Timestamp::from(SystemTime::now()).day();
    let rehearsed = engine.rehearse(MOST_REHEARSED, &today)?;
    let judged = without_labels(&rehearsed, &now, engine.is_sure_of_pages());
    print(&judged)?;
    if let Some(path) = writing.questions {
        write_questions(path, &rehearsed)?;
    }
    if let Some(path) = writing.thresholds {
        write_thresholds(path, &judged)?;
    }
    Ok(())
}

fn print(judged: &[WithoutLabels]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<8}  {:>8}  {:>10}  {:>9}  {:>9}",
        "language", "left out", "threshold", "answered", "raised to"
    )?;
    for one in judged {
        writeln!(
            out,
            "{:<8}  {:>8}  {:>10.2}  {:>9}  {:>9.2}",
            one.language.code(),
            one.asked,
            one.before,
            one.passed,
            one.threshold
        )?;
    }
    Ok(())
}

fn write_thresholds(path: &Path, judged: &[WithoutLabels]) -> anyhow::Result<()> {
    let mut text =
        "# Found by `mondo calibrate --without-labels`.\n[thresholds.answer]\n".to_owned();
    for one in judged {
        text.push_str(&format!("{} = {:.2}\n", one.language.code(), one.threshold));
    }
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

fn write_questions(path: &Path, rehearsed: &[Rehearsed]) -> anyhow::Result<()> {
    let mut text = Vec::new();
    for one in rehearsed {
        serde_json::to_writer(&mut text, one)?;
        writeln!(text)?;
    }
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
