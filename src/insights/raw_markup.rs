//! Markup of site generators that a page would show as it is written.

use super::sources::Sources;
use crate::knowledge::{Fault, KnowledgeBase, Translation, to_plain_text};

/// How such lines begin.
const MARKS: [&str; 5] = [":::", "!!! ", "{% ", "{{< ", "{{% "];

pub(super) fn check(knowledge: &KnowledgeBase, sources: &Sources<'_>) -> Vec<Fault> {
    let texts = knowledge
        .articles
        .iter()
        .flat_map(|article| article.translations.values());
    texts
        .filter_map(|translation| fault(translation, sources))
        .collect()
}

/// Reports the first such line of a text, with the number of them.
fn fault(translation: &Translation, sources: &Sources<'_>) -> Option<Fault> {
    let body = &translation.body;
    if !MARKS.iter().any(|mark| body.contains(mark)) {
        return None;
    }
    // What is read as a box no longer stands in the plain text.
    let shown = to_plain_text(body);
    let mut in_code = false;
    let raw: Vec<(usize, &str)> = body
        .lines()
        .enumerate()
        .filter(|(_, line)| {
            let text = line.trim_start();
            if text.starts_with("```") || text.starts_with("~~~") {
                in_code = !in_code;
                return false;
            }
            !in_code
                && MARKS.iter().any(|mark| text.starts_with(mark))
                && shown.contains(text.trim_end())
        })
        .collect();
    let (number, line) = raw.first()?;
    let message = format!(
        "`{}` is shown as it is written ({} such lines); write a box as a quote that begins with `> [!NOTE]`",
        line.trim(),
        raw.len()
    );
    let counted = translation.body_line + number;
    let found = sources.line_with(&translation.path, counted, line);
    Some(Fault::warning(&translation.path, "raw-markup", message).at_line(found.unwrap_or(counted)))
}
