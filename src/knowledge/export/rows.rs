//! A base as rows: `id, category, language, question, answer, alternates, summary`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::outcome::{ExportError, ExportOutcome, local_files};
use crate::knowledge::article::KnowledgeBase;

const HEADINGS: [&str; 7] = [
    "id",
    "category",
    "language",
    "question",
    "answer",
    "alternates",
    "summary",
];

/// Writes a table; spreadsheets read its mark of UTF-8.
pub(super) fn write_csv(
    knowledge: &KnowledgeBase,
    out: &Path,
) -> Result<ExportOutcome, ExportError> {
    let mut outcome = ExportOutcome::default();
    let mut file = BufWriter::new(File::create(out).map_err(ExportError::at(out))?);
    file.write_all("\u{feff}".as_bytes())
        .map_err(ExportError::at(out))?;
    let mut table = csv::Writer::from_writer(file);
    let failed = |error: csv::Error| ExportError::at(out)(error.into());
    table.write_record(HEADINGS).map_err(failed)?;
    for article in &knowledge.articles {
        for (language, text) in &article.translations {
            let alternates = serde_json::Value::from(text.alternates.clone()).to_string();
            table
                .write_record([
                    article.id.as_str(),
                    &article.category,
                    language.code(),
                    &text.title,
                    &text.body,
                    &alternates,
                    &text.summary,
                ])
                .map_err(failed)?;
            outcome.texts += 1;
            outcome.files_left += local_files(&text.body);
        }
    }
    table.flush().map_err(ExportError::at(out))?;
    Ok(outcome)
}

/// Writes one object a line.
pub(super) fn write_jsonl(
    knowledge: &KnowledgeBase,
    out: &Path,
) -> Result<ExportOutcome, ExportError> {
    let mut outcome = ExportOutcome::default();
    let mut file = BufWriter::new(File::create(out).map_err(ExportError::at(out))?);
    for article in &knowledge.articles {
        for (language, text) in &article.translations {
            let line = json!({
                "id": article.id.as_str(),
                "category": article.category,
                "language": language.code(),
                "question": text.title,
                "answer": text.body,
                "alternates": text.alternates,
                "summary": text.summary,
            });
            writeln!(file, "{line}").map_err(ExportError::at(out))?;
            outcome.texts += 1;
            outcome.files_left += local_files(&text.body);
        }
    }
    file.flush().map_err(ExportError::at(out))?;
    Ok(outcome)
}
