//! The figures of `mondo calibrate` by kind of message.

use std::io::Write;

use crate::evaluation::{
    AskedQuestion, FOUR_KINDS, LabelledQuestion, PredictedDecision, Slice, SliceRow, judge, slices,
};
use crate::pipeline::PerLanguage;

/// Prints what becomes of each kind at the thresholds in force, and says which of the four kinds nothing measures.
pub(super) fn print(
    questions: &[LabelledQuestion],
    asked: &[AskedQuestion],
    thresholds: &PerLanguage,
) -> anyhow::Result<()> {
    let rows: Vec<SliceRow<'_>> = questions
        .iter()
        .zip(asked)
        .map(|(question, asked)| {
            let judged = judge(question, &asked.prediction);
            let threshold = asked.language.map(|language| thresholds.of(language));
            let is_sure = threshold.is_some_and(|least| asked.prediction.confidence >= least);
            SliceRow {
                kind: &asked.kind,
                in_scope: judged.in_scope,
                answered: is_sure && asked.prediction.decision == PredictedDecision::Answer,
                right: judged.right,
            }
        })
        .collect();
    let slices = slices(&rows);
    let mut out = std::io::stdout().lock();
    writeln!(out, "by kind of message, at these thresholds")?;
    writeln!(
        out,
        "{:<16}  {:>9}  {:>8}  {:>8}  {:>5}  {:>5}",
        "kind", "questions", "in_scope", "answered", "right", "wrong"
    )?;
    for slice in &slices {
        let Slice {
            kind,
            questions,
            in_scope,
            answered,
            right,
        } = slice;
        let wrong = slice.wrong();
        writeln!(
            out,
            "{kind:<16}  {questions:>9}  {in_scope:>8}  {answered:>8}  {right:>5}  {wrong:>5}"
        )?;
    }
    let unmeasured: Vec<&str> = slices
        .iter()
        .filter(|slice| slice.questions == 0 && FOUR_KINDS.contains(&slice.kind.as_str()))
        .map(|slice| slice.kind.as_str())
        .collect();
    if !unmeasured.is_empty() {
        eprintln!(
            "mondo: no question measures {}; write such messages too (\"kind\" names what a message is, \"before\" what was asked before it)",
            unmeasured.join(", ")
        );
    }
    Ok(())
}
