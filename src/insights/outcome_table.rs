//! How days went as one table, for those who analyse elsewhere: in all, by article and by channel.

use crate::language::Language;
use crate::store::{DailyCount, DailyPart, OutcomeKind, Part};

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutcomeRow {
    /// The day in UTC, `YYYY-MM-DD`.
    pub day: String,
    /// What it is told apart by; nothing where it counts everything.
    pub part: Option<Part>,
    /// Which article or channel; nothing where it counts everything.
    pub name: Option<String>,
    /// Language visitors were addressed in; nothing where it was not known, and for parts.
    pub language: Option<Language>,
    /// What happened.
    pub kind: OutcomeKind,
    /// How often.
    pub count: i64,
}

impl OutcomeRow {
    /// Returns `all`, or the code of what it is told apart by.
    pub fn part_code(&self) -> &'static str {
        self.part.map_or("all", Part::code)
    }
}

impl From<DailyCount> for OutcomeRow {
    fn from(count: DailyCount) -> Self {
        let DailyCount {
            day,
            language,
            kind,
            count,
        } = count;
        Self {
            day,
            part: None,
            name: None,
            language,
            kind,
            count,
        }
    }
}

impl From<DailyPart> for OutcomeRow {
    fn from(one: DailyPart) -> Self {
        let DailyPart {
            day,
            part,
            name,
            kind,
            count,
        } = one;
        Self {
            day,
            part: Some(part),
            name: Some(name),
            language: None,
            kind,
            count,
        }
    }
}

/// Returns both as one table, the oldest day first, in each what counts everything before its parts.
pub fn outcome_rows(counts: Vec<DailyCount>, parts: Vec<DailyPart>) -> Vec<OutcomeRow> {
    let counts = counts.into_iter().map(OutcomeRow::from);
    let mut rows: Vec<OutcomeRow> = counts
        .chain(parts.into_iter().map(OutcomeRow::from))
        .collect();
    rows.sort();
    rows
}

/// Writes the table for spreadsheets.
pub fn rows_csv(rows: &[OutcomeRow]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["day", "part", "name", "language", "outcome", "count"])?;
    for row in rows {
        table.write_record([
            row.day.as_str(),
            row.part_code(),
            row.name.as_deref().unwrap_or_default(),
            row.language.map_or("", Language::code),
            row.kind.code(),
            &row.count.to_string(),
        ])?;
    }
    let written = table.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&written).into_owned())
}

/// Writes the table as an Arrow IPC file of one batch.
#[cfg(feature = "arrow")]
pub fn rows_arrow(rows: &[OutcomeRow]) -> Result<Vec<u8>, arrow_schema::ArrowError> {
    use std::sync::Arc;

    use arrow_array::{Array, Date32Array, Int64Array, RecordBatch, StringArray};
    use arrow_ipc::writer::FileWriter;

    let days = rows.iter().map(|row| days_since_1970(&row.day));
    let days: Date32Array = days.collect::<Result<Vec<i32>, _>>()?.into();
    let parts = StringArray::from_iter_values(rows.iter().map(OutcomeRow::part_code));
    let names: StringArray = rows.iter().map(|row| row.name.as_deref()).collect();
    let languages = rows.iter().map(|row| row.language.map(Language::code));
    let languages: StringArray = languages.collect();
    let outcomes = StringArray::from_iter_values(rows.iter().map(|row| row.kind.code()));
    let counts = Int64Array::from_iter_values(rows.iter().map(|row| row.count));
    let whole = |array: Arc<dyn Array>| (array, false);
    let gaps = |array: Arc<dyn Array>| (array, true);
    let columns = [
        ("day", whole(Arc::new(days))),
        ("part", whole(Arc::new(parts))),
        ("name", gaps(Arc::new(names))),
        ("language", gaps(Arc::new(languages))),
        ("outcome", whole(Arc::new(outcomes))),
        ("count", whole(Arc::new(counts))),
    ];
    let columns = columns.map(|(name, (array, has_gaps))| (name, array, has_gaps));
    let batch = RecordBatch::try_from_iter_with_nullable(columns)?;
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(&batch)?;
    writer.into_inner()
}

#[cfg(feature = "arrow")]
fn days_since_1970(day: &str) -> Result<i32, arrow_schema::ArrowError> {
    let refused = |why: String| arrow_schema::ArrowError::ParseError(format!("{day}: {why}"));
    let date: jiff::civil::Date = day.parse().map_err(|error| refused(format!("{error}")))?;
    let days = date
        .duration_since(jiff::civil::date(1970, 1, 1))
        .as_hours()
        / 24;
    i32::try_from(days).map_err(|error| refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<OutcomeRow> {
        let count = |day: &str, language, kind, count| DailyCount {
            day: day.to_owned(),
            language,
            kind,
            count,
        };
        let part = |part, name: &str, count| DailyPart {
            day: "2026-11-01".to_owned(),
            part,
            name: name.to_owned(),
            kind: OutcomeKind::Answered,
            count,
        };
        outcome_rows(
            vec![
                count("2026-11-02", None, OutcomeKind::Asked, 1),
                count("2026-11-01", Some(Language::Korean), OutcomeKind::Asked, 3),
            ],
            vec![
                part(Part::Channel, "widget, old", 2),
                part(Part::Article, "opening-hours", 2),
            ],
        )
    }

    #[test]
    fn what_counts_everything_and_its_parts_are_lines_of_one_table() {
        assert_eq!(
            rows_csv(&table()).unwrap(),
            "day,part,name,language,outcome,count\n\
             2026-11-01,all,,ko,asked,3\n\
             2026-11-01,article,opening-hours,,answered,2\n\
             2026-11-01,channel,\"widget, old\",,answered,2\n\
             2026-11-02,all,,,asked,1\n"
        );
    }

    #[cfg(feature = "arrow")]
    #[test]
    fn what_is_written_as_arrow_is_read_back() {
        use arrow_array::cast::AsArray as _;
        use arrow_array::types::{Date32Type, Int64Type};

        let written = rows_arrow(&table()).unwrap();
        let mut read =
            arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(written), None).unwrap();
        let batch = read.next().unwrap().unwrap();
        assert!(read.next().is_none());
        let column = |name: &str| batch.column_by_name(name).unwrap();
        let texts = |name: &str| -> Vec<Option<String>> {
            let texts = column(name).as_string::<i32>().iter();
            texts.map(|text| text.map(str::to_owned)).collect()
        };
        let some = |text: &str| Some(text.to_owned());
        // 20,758 days from 1970-01-01 to 2026-11-01.
        assert_eq!(
            column("day").as_primitive::<Date32Type>().values()[..],
            [20_758, 20_758, 20_758, 20_759]
        );
        let parts = ["all", "article", "channel", "all"];
        assert_eq!(texts("part"), parts.map(some));
        let names = [None, some("opening-hours"), some("widget, old"), None];
        assert_eq!(texts("name"), names);
        assert_eq!(texts("language"), [some("ko"), None, None, None]);
        let outcomes = ["asked", "answered", "answered", "asked"];
        assert_eq!(texts("outcome"), outcomes.map(some));
        assert_eq!(
            column("count").as_primitive::<Int64Type>().values()[..],
            [3, 2, 2, 1]
        );
        assert!(rows_arrow(&[]).is_ok_and(|empty| empty.starts_with(b"ARROW1")));
    }

    #[cfg(feature = "arrow")]
    #[test]
    fn a_day_that_is_none_is_refused_by_name() {
        let mut rows = table();
        rows[0].day = "2026-13-01".to_owned();
        let told = rows_arrow(&rows).unwrap_err().to_string();
        assert!(told.contains("2026-13-01"), "{told}");
    }
}
