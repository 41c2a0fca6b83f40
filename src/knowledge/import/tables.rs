//! Rows of tables: CSV and TSV files, spreadsheets, one file or every one of a folder.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, open_workbook_auto};

use super::error::ImportError;
use super::origin::Origin;
use super::page::Notes;

/// One row with the line or row number it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub origin: Origin,
    /// Its cells, without space around them.
    pub cells: Vec<String>,
}

/// Lists the files of a source with one of some endings, each with its name relative to it.
pub fn files(source: &Path, endings: &[&str]) -> Result<Vec<(PathBuf, PathBuf)>, ImportError> {
    if source.is_file() {
        let name = source.file_name().map(PathBuf::from).unwrap_or_default();
        return Ok(vec![(source.to_owned(), name)]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(source).map_err(ImportError::reading(source))? {
        let path = entry.map_err(ImportError::reading(source))?.path();
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        if path.is_file() && endings.contains(&ending.as_str()) {
            let name = path.file_name().map(PathBuf::from).unwrap_or_default();
            found.push((path, name));
        }
    }
    found.sort();
    Ok(found)
}

/// Takes rows one after the other.
pub type TakeRow<'a> = dyn FnMut(Row, &mut Notes) -> Result<(), ImportError> + 'a;

/// Reads every row of a file that is not empty.
pub fn each_row(
    path: &Path,
    name: &Path,
    notes: &mut Notes,
    take: &mut TakeRow<'_>,
) -> Result<(), ImportError> {
    let ending = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    match ending.as_str() {
        "xlsx" | "xls" | "xlsm" | "xlsb" | "ods" => sheet_rows(path, name, notes, take),
        _ => text_rows(path, name, notes, take),
    }
}

fn sheet_rows(
    path: &Path,
    name: &Path,
    notes: &mut Notes,
    take: &mut TakeRow<'_>,
) -> Result<(), ImportError> {
    let unreadable = |notes: &mut Notes, error: calamine::Error| {
        let origin = Origin {
            path: name.to_owned(),
            line: None,
        };
        notes.fault(
            &origin,
            "not-a-spreadsheet",
            format!("the spreadsheet cannot be read: {error}"),
        );
    };
    let mut book = match open_workbook_auto(path) {
        Ok(book) => book,
        Err(error) => {
            unreadable(notes, error);
            return Ok(());
        }
    };
    for sheet in 0..book.sheet_names().len() {
        let range = match book.worksheet_range_at(sheet) {
            Some(Ok(range)) => range,
            Some(Err(error)) => {
                unreadable(notes, error);
                continue;
            }
            None => continue,
        };
        let first = range.start().map_or(0, |(row, _)| row as usize);
        for (number, row) in range.rows().enumerate() {
            let cells: Vec<String> = row.iter().map(text_of_cell).collect();
            let origin = Origin {
                path: name.to_owned(),
                line: Some(first + number + 1),
            };
            if cells.iter().any(|cell| !cell.is_empty()) {
                take(Row { origin, cells }, notes)?;
            }
        }
    }
    Ok(())
}

fn text_of_cell(cell: &Data) -> String {
    match cell {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.trim().to_owned()
        }
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}

fn text_rows(
    path: &Path,
    name: &Path,
    notes: &mut Notes,
    take: &mut TakeRow<'_>,
) -> Result<(), ImportError> {
    let file = File::open(path).map_err(ImportError::reading(path))?;
    let mut file = BufReader::new(file);
    let delimiter = delimiter_of(file.fill_buf().map_err(ImportError::reading(path))?);
    if file.buffer().starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(file.by_ref());
    let mut record = csv::ByteRecord::new();
    loop {
        let origin_at = |line: u64| Origin {
            path: name.to_owned(),
            line: Some(line as usize),
        };
        match table.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let origin = origin_at(table.position().line());
                notes.fault(
                    &origin,
                    "not-a-table",
                    format!("the row cannot be read: {error}"),
                );
                return Ok(());
            }
        }
        let origin = origin_at(record.position().map_or(0, csv::Position::line));
        let cells: Result<Vec<String>, _> = record
            .iter()
            .map(|cell| std::str::from_utf8(cell).map(|text| text.trim().to_owned()))
            .collect();
        match cells {
            Ok(cells) if cells.iter().all(String::is_empty) => {}
            Ok(cells) => take(Row { origin, cells }, notes)?,
            Err(_) => notes.fault(
                &origin,
                "not-utf8",
                "the row is not UTF-8; save the table as UTF-8",
            ),
        }
    }
}

/// Tab, semicolon or comma: what stands most often in the first line outside of quotes.
fn delimiter_of(begin: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [0usize; 3];
    for byte in begin {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            b'\t' if !quoted => counts[0] += 1,
            b';' if !quoted => counts[1] += 1,
            b',' if !quoted => counts[2] += 1,
            _ => {}
        }
    }
    match counts {
        [tabs, _, _] if tabs > 0 => b'\t',
        [_, semicolons, commas] if semicolons > commas => b';',
        _ => b',',
    }
}
