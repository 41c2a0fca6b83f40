//! Tests that what was kept by any earlier schema is there, and can be worked with, by today's.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::{ConnectOptions as _, Row as _, SqliteConnection};

use crate::store::{Store, Verifying, place};
use crate::time::Timestamp;

/// What was kept, with the number of the migration after which each part came.
fn parts() -> Vec<(i64, String)> {
    let mut parts: Vec<(i64, String)> = Vec::new();
    for line in include_str!("earlier.sql").lines() {
        match line.strip_prefix("-- ").and_then(|rest| rest.parse().ok()) {
            Some(number) => parts.push((number, String::new())),
            None => {
                if let Some((_, statements)) = parts.last_mut() {
                    statements.push_str(line);
                    statements.push('\n');
                }
            }
        }
    }
    parts
}

/// Tables that were given another name, or whose rows are meant to go: sessions ended once.
fn name_today(table: &str) -> Option<&str> {
    match table {
        "webhook_endpoints" => Some("outlets"),
        "sessions" => None,
        other => Some(other),
    }
}

async fn rows(connection: &mut SqliteConnection) -> BTreeMap<String, i64> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables = sqlx::query(tables).fetch_all(&mut *connection).await;
    let mut counted = BTreeMap::new();
    for table in tables.expect("listed") {
        let table: String = table.get("name");
        let count = format!("SELECT COUNT(*) AS count FROM {table}");
        let row = sqlx::query(sqlx::AssertSqlSafe(count))
            .fetch_one(&mut *connection)
            .await
            .expect("counted");
        counted.insert(table, row.get("count"));
    }
    counted
}

/// Makes a database as it was kept by the schema of a migration.
async fn kept_by(path: &Path, schema: i64) -> BTreeMap<String, i64> {
    for (number, statements) in parts().iter().filter(|(number, _)| *number <= schema) {
        let mut connection = place::open_before(path, number + 1).await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements.clone()))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("part {number}: {error}"));
    }
    let mut connection = place::open_before(path, schema + 1).await;
    rows(&mut connection).await
}

async fn is_brought_up_to_date(schema: i64) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = place::make_path(folder.path()).expect("writable");
    let before = kept_by(&path, schema).await;
    let now = Timestamp::from_millis(1_790_000_000_000);
    let store = Store::open(folder.path(), now)
        .await
        .unwrap_or_else(|error| panic!("from schema {schema}: {error}"));

    let mut connection = place::reading_options(&path)
        .connect()
        .await
        .expect("opens");
    let after = rows(&mut connection).await;
    for (table, count) in before {
        let Some(name) = name_today(&table) else {
            continue;
        };
        let kept = after.get(name).copied().unwrap_or_default();
        assert!(
            kept >= count,
            "from schema {schema}: {kept} of {count} rows of {table}"
        );
    }
    for check in ["PRAGMA foreign_key_check", "PRAGMA integrity_check"] {
        let faults = sqlx::query(check)
            .fetch_all(&mut connection)
            .await
            .expect("checked");
        let is_sound = |row: &sqlx::sqlite::SqliteRow| {
            row.try_get::<&str, _>(0).is_ok_and(|told| told == "ok")
        };
        assert!(faults.iter().all(is_sound), "from schema {schema}: {check}");
    }

    let reader = store.reader();
    let conversation = "018f0000-0000-7000-8000-000000000001"
        .parse()
        .expect("an id");
    let messages = reader.messages(&conversation).await.expect("read");
    let said: Vec<&str> = messages
        .iter()
        .map(|message| message.text.as_str())
        .collect();
    assert_eq!(said, ["Where is my parcel?", "A person will look into it."]);
    let tickets = reader.tickets(&conversation).await.expect("read");
    let told: Vec<_> = tickets
        .iter()
        .map(|ticket| (ticket.number.to_string(), ticket.summary.as_str()))
        .collect();
    assert_eq!(
        told,
        [("M-000001".to_owned(), "Where is my parcel?")],
        "from schema {schema}"
    );
    if schema >= 3 {
        let found = reader.search_tickets("parcel").await.expect("searched");
        assert_eq!(found.len(), 1, "from schema {schema}");
    }
    let mut faults = Vec::new();
    store.checkpoint(now).await.expect("signed");
    let verified = reader
        .verify_record(folder.path(), Verifying::default(), &mut |fault| {
            faults.push(fault)
        })
        .await
        .expect("verifies");
    assert_eq!(
        (faults.as_slice(), verified.events),
        (&[][..], 4),
        "from schema {schema}"
    );
}

#[tokio::test]
async fn what_any_earlier_schema_kept_is_brought_up_to_date() {
    let schemas = place::schemas();
    assert!(parts().iter().all(|(number, _)| schemas.contains(number)));
    for schema in schemas {
        is_brought_up_to_date(schema).await;
    }
}
