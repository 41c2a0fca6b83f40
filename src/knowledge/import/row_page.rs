//! Rows of question-and-answer tables as pages: plain ones with headings, and those of QnA Maker, Dialogflow, MaxKB
//! and FastGPT; JSON lines too.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::dialect::normalised;
use super::error::ImportError;
use super::front::{list_of, text_of};
use super::html_blocks::fragment_to_markdown;
use super::locale_tag::Locale;
use super::loss::LossKind;
use super::origin::Origin;
use super::page::{Notes, Page, Reading};
use super::row_columns::{Column, column_of};
use super::settings::ImportFormat;
use super::slug::slug;
use super::source_path::Layout;
use super::tables::{Row, each_row, files};
use crate::knowledge::content_hash;

/// The texts of a row in one language.
#[derive(Debug, Clone, Default, PartialEq)]
struct RowText {
    question: String,
    answer: String,
    summary: String,
    alternates: Vec<String>,
}

/// A row, read.
#[derive(Debug, Clone, Default)]
struct Entry {
    origin: Origin,
    id: String,
    category: String,
    locale: Option<Locale>,
    /// By language tag; the empty tag where the heading names none.
    texts: BTreeMap<String, RowText>,
}

/// Reads every row of every table.
pub fn read(reading: &mut Reading<'_>) -> Result<(), ImportError> {
    let endings: &[&str] = match reading.settings.format {
        ImportFormat::Jsonl => &["jsonl", "ndjson", "json"],
        ImportFormat::Xlsx => &["xlsx", "xls", "ods", "xlsm"],
        ImportFormat::Csv | ImportFormat::Dialogflow => &["csv", "tsv"],
        _ => &["csv", "tsv", "xlsx", "xls"],
    };
    for (path, name) in files(&reading.settings.source, endings)? {
        let file = name.to_string_lossy().into_owned();
        let sense = Layout::default().read(&file);
        let mut table = Table {
            format: reading.settings.format,
            stem: sense.key,
            locale: sense.locale,
            columns: None,
            pending: None,
            rows: 0,
        };
        if table.format == ImportFormat::Jsonl {
            table.read_lines(&path, &name, reading)?;
        } else {
            let take = &mut *reading.take;
            each_row(&path, &name, reading.notes, &mut |row, notes| {
                table.row(row, notes, take)
            })?;
            table.flush(reading.notes, take)?;
        }
    }
    Ok(())
}

type TakePage<'a> = dyn FnMut(Page, &mut Notes) -> Result<(), ImportError> + 'a;

/// What a column holds and in which language; `None` for one that is not known.
type Meaning = Option<(Column, Option<Locale>)>;

/// One file while it is read.
struct Table {
    format: ImportFormat,
    stem: String,
    locale: Option<Locale>,
    columns: Option<Vec<Meaning>>,
    /// The entry that the next row may add a question to.
    pending: Option<Entry>,
    rows: usize,
}

impl Table {
    fn row(
        &mut self,
        row: Row,
        notes: &mut Notes,
        take: &mut TakePage<'_>,
    ) -> Result<(), ImportError> {
        self.rows += 1;
        if self.rows == 1 && self.heading(&row, notes) {
            return Ok(());
        }
        let Some(columns) = &self.columns else {
            return Ok(());
        };
        let entry = entry_of(&row, columns, self.format, notes);
        self.add(entry, notes, take)
    }

    /// Reads the first row as headings; `false` where it is a row like the others.
    fn heading(&mut self, row: &Row, notes: &mut Notes) -> bool {
        let mut columns: Vec<_> = row.cells.iter().map(|cell| column_of(cell)).collect();
        // A second column of questions asks the first in other words.
        let mut asked: Vec<Option<String>> = Vec::new();
        for column in columns.iter_mut().flatten() {
            if column.0 == Column::Question {
                let tag = column.1.as_ref().map(|locale| locale.tag.clone());
                match asked.contains(&tag) {
                    true => column.0 = Column::Alternates,
                    false => asked.push(tag),
                }
            }
        }
        let has = |columns: &[Meaning], wanted: Column| {
            columns
                .iter()
                .flatten()
                .any(|(column, _)| *column == wanted)
        };
        let asks = has(&columns, Column::Question) || has(&columns, Column::Alternates);
        if asks && has(&columns, Column::Answer) {
            let after = columns
                .iter()
                .rposition(|column| matches!(column, Some((Column::Alternates, _))));
            for (at, cell) in row.cells.iter().enumerate() {
                // FastGPT writes further questions into columns without headings.
                if columns[at].is_none() && cell.is_empty() && after.is_some_and(|after| at > after)
                {
                    columns[at] = Some((Column::Alternates, None));
                } else if columns[at].is_none() && !cell.is_empty() {
                    notes.lost(LossKind::Field, cell.as_str(), &row.origin);
                }
            }
            self.columns = Some(columns);
            return true;
        }
        let may_lack = matches!(
            self.format,
            ImportFormat::Dialogflow | ImportFormat::FastGpt
        );
        if may_lack && row.cells.len() >= 2 {
            let plain = [Column::Question, Column::Answer];
            let mut columns: Vec<_> = plain.into_iter().map(|one| Some((one, None))).collect();
            columns.resize(
                usize::max(row.cells.len(), 2),
                Some((Column::Alternates, None)),
            );
            self.columns = Some(columns);
            return false;
        }
        notes.fault(
            &row.origin,
            "no-heading",
            "the first row must name a column for the question and one for the answer, such as `question` and `answer`",
        );
        true
    }

    fn read_lines(
        &mut self,
        path: &Path,
        name: &Path,
        reading: &mut Reading<'_>,
    ) -> Result<(), ImportError> {
        use std::io::BufRead;
        let file = std::fs::File::open(path).map_err(ImportError::reading(path))?;
        for (number, line) in std::io::BufReader::new(file).lines().enumerate() {
            let origin = Origin {
                path: name.to_owned(),
                line: Some(number + 1),
            };
            let line = match line {
                Ok(line) => line,
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    reading
                        .notes
                        .fault(&origin, "not-utf8", "the line is not UTF-8");
                    continue;
                }
                Err(error) => return Err(ImportError::reading(path)(error)),
            };
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Value>(line.trim_start_matches('\u{feff}')) {
                Ok(Value::Object(values)) => {
                    let entry = entry_of_object(&values, &origin, reading.notes);
                    self.add(entry, reading.notes, reading.take)?;
                }
                Ok(_) => {
                    reading
                        .notes
                        .fault(&origin, "not-an-object", "the line is no JSON object")
                }
                Err(error) => {
                    let message = format!("the line is not JSON: {error}");
                    reading.notes.fault(&origin, "not-json", message);
                }
            }
        }
        self.flush(reading.notes, reading.take)
    }

    /// Keeps an entry until the next shows that it is whole.
    fn add(
        &mut self,
        entry: Entry,
        notes: &mut Notes,
        take: &mut TakePage<'_>,
    ) -> Result<(), ImportError> {
        if let Some(pending) = &mut self.pending
            && joins(pending, &entry, self.format)
        {
            for (tag, text) in entry.texts {
                let own = pending.texts.entry(tag).or_default();
                let further = std::iter::once(text.question).chain(text.alternates);
                own.alternates.extend(further.filter(|one| !one.is_empty()));
            }
            return Ok(());
        }
        self.flush(notes, take)?;
        self.pending = Some(entry);
        Ok(())
    }

    fn flush(&mut self, notes: &mut Notes, take: &mut TakePage<'_>) -> Result<(), ImportError> {
        let Some(entry) = self.pending.take() else {
            return Ok(());
        };
        let mut key = String::new();
        for (tag, mut text) in entry.texts {
            if text.question.is_empty() && !text.alternates.is_empty() {
                text.question = text.alternates.remove(0);
            }
            if text == RowText::default() {
                continue;
            }
            for (name, value) in [("question", &text.question), ("answer", &text.answer)] {
                if value.is_empty() {
                    notes.fault(
                        &entry.origin,
                        "empty-cell",
                        format!("the row has no {name}"),
                    );
                }
            }
            if text.question.is_empty() || text.answer.is_empty() {
                continue;
            }
            if key.is_empty() {
                key = match entry.id.is_empty() {
                    true => format!("{}/{}", self.stem, content_hash(&text.question)),
                    false => format!("row/{}", entry.id),
                };
            }
            let body = match looks_like_html(&text.answer) {
                true => fragment_to_markdown(&text.answer, &entry.origin, notes),
                false => normalised(&text.answer, &entry.origin, notes),
            };
            let has_letters = entry.id.contains(|one: char| one.is_alphabetic());
            let page = Page {
                key: key.clone(),
                name: if has_letters {
                    slug(&entry.id)
                } else {
                    String::new()
                },
                locale: Locale::read(&tag)
                    .or_else(|| entry.locale.clone())
                    .or_else(|| self.locale.clone()),
                title: text.question,
                summary: text.summary,
                alternates: text.alternates,
                category: entry.category.clone(),
                addresses: match entry.id.is_empty() {
                    true => Vec::new(),
                    false => vec![format!("article:{}", entry.id)],
                },
                body,
                origin: entry.origin.clone(),
                joinable: !entry.id.is_empty() || !tag.is_empty(),
                ..Page::default()
            };
            take(page, notes)?;
        }
        Ok(())
    }
}

/// Tells whether a row only asks the question before it in other words.
fn joins(pending: &Entry, entry: &Entry, format: ImportFormat) -> bool {
    let tag = |entry: &Entry| entry.locale.as_ref().map(|locale| locale.tag.clone());
    let answers = |entry: &Entry| -> Vec<String> {
        let texts = entry.texts.values();
        texts.map(|text| text.answer.clone()).collect()
    };
    let has_answers = answers(entry).iter().any(|answer| !answer.is_empty());
    if pending.id != entry.id || tag(pending) != tag(entry) {
        return false;
    }
    let same_answer = answers(pending) == answers(entry);
    match entry.id.is_empty() {
        false => same_answer || !has_answers,
        true => {
            let may = matches!(format, ImportFormat::QnaMaker | ImportFormat::Dialogflow);
            may && same_answer
        }
    }
}

fn entry_of(row: &Row, columns: &[Meaning], format: ImportFormat, notes: &mut Notes) -> Entry {
    let mut entry = Entry {
        origin: row.origin.clone(),
        ..Entry::default()
    };
    for (place, cell) in row.cells.iter().enumerate() {
        // FastGPT writes further questions into columns beyond the headings.
        let beyond = (format == ImportFormat::FastGpt).then_some((Column::Alternates, None));
        let column = columns.get(place).cloned().unwrap_or(beyond);
        let Some((column, locale)) = column else {
            continue;
        };
        if cell.is_empty() {
            continue;
        }
        // A tab-separated export writes line breaks as two characters.
        let cell = match format {
            ImportFormat::QnaMaker => cell.replace("\\n", "\n"),
            _ => cell.clone(),
        };
        let tag = locale.as_ref().map(|locale| locale.tag.clone());
        let values = match column {
            Column::Alternates => alternates_in(&cell),
            _ => vec![cell],
        };
        set(&mut entry, column, tag.unwrap_or_default(), values, notes);
    }
    entry
}

fn entry_of_object(
    values: &serde_json::Map<String, Value>,
    origin: &Origin,
    notes: &mut Notes,
) -> Entry {
    let mut entry = Entry {
        origin: origin.clone(),
        ..Entry::default()
    };
    for (name, value) in values {
        let Some((column, locale)) = column_of(name) else {
            notes.lost(LossKind::Field, name.as_str(), origin);
            continue;
        };
        let tag = locale.map(|locale| locale.tag).unwrap_or_default();
        let values = match column {
            Column::Alternates => list_of(value),
            _ => text_of(value).into_iter().collect(),
        };
        if !values.is_empty() {
            set(&mut entry, column, tag, values, notes);
        }
    }
    entry
}

fn set(entry: &mut Entry, column: Column, tag: String, values: Vec<String>, notes: &mut Notes) {
    let first = values.first().cloned().unwrap_or_default();
    match column {
        Column::Id => entry.id = first,
        Column::Category => entry.category = first,
        Column::Language => {
            entry.locale = Locale::read(&first);
            if entry.locale.is_none() {
                let message = format!("`{first}` is no language; write en, zh, ja or ko");
                notes.fault(&entry.origin, "unknown-language", message);
            }
        }
        Column::Question => entry.texts.entry(tag).or_default().question = first,
        Column::Answer => entry.texts.entry(tag).or_default().answer = first,
        Column::Summary => entry.texts.entry(tag).or_default().summary = first,
        Column::Alternates => {
            // Similar questions may stand as a list in brackets.
            entry
                .texts
                .entry(tag)
                .or_default()
                .alternates
                .extend(values);
        }
        Column::Metadata => {
            for pair in first.split(['|', '\n']) {
                match pair.split_once(':') {
                    Some(("category", value)) => entry.category = value.to_owned(),
                    Some(("lang" | "language" | "locale", value)) => {
                        entry.locale = Locale::read(value);
                    }
                    Some((key, _)) => {
                        notes.lost(LossKind::Field, format!("metadata {key}"), &entry.origin);
                    }
                    None => {}
                }
            }
        }
        Column::Ignored => {}
    }
}

/// Questions of one cell: a JSON list, or parted by line breaks, bars or semicolons.
fn alternates_in(cell: &str) -> Vec<String> {
    if cell.starts_with('[')
        && let Ok(value) = serde_json::from_str::<Value>(cell)
    {
        return list_of(&value);
    }
    let marks: &[char] = match cell.contains('\n') {
        true => &['\n'],
        false if cell.contains('|') => &['|'],
        false => &[';', '；'],
    };
    let parts = cell.split(marks).map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn looks_like_html(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "</p>", "<br", "</div>", "</ul>", "</ol>", "</a>", "</span>", "</table>", "</h2>",
    ]
    .iter()
    .any(|mark| lower.contains(mark))
        && !lower.contains("<details>")
}
