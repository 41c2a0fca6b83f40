//! Copies a whole database from one place to another, such as from a file to a server, and compares the two.
//!
//! Rows go table by table, those that others refer to first. A copy that broke off is begun again: rows that are there are
//! left alone. What is sealed stays sealed, so both places need the same master keys.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sqlx::any::{Any, AnyArguments, AnyRow, AnyTypeInfoKind};
use sqlx::query::Query;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Column as _, Row as _, ValueRef as _};

use super::backend::Pool;
use super::opening;
use super::server;
use crate::signing::Secret;
use crate::store::error::{OpenError, StoreError};
use crate::store::places::places;

/// A table, and the columns that name a row.
type Table = (&'static str, &'static [&'static str]);

/// Every table, after those that it refers to.
const TABLES: &[Table] = &[
    ("counters", &["name"]),
    ("sealing_keys", &["id"]),
    ("record_keys", &["public_key"]),
    ("agents", &["id"]),
    ("outlets", &["id"]),
    ("conversations", &["id"]),
    ("answers", &["id"]),
    ("messages", &["id"]),
    ("events", &["conversation", "sequence"]),
    ("feedback", &["message"]),
    ("tickets", &["id"]),
    ("ticket_notes", &["id"]),
    ("ticket_tags", &["ticket", "tag"]),
    ("ticket_watchers", &["ticket", "agent"]),
    ("attachments", &["id"]),
    ("conversation_owners", &["conversation"]),
    ("conversation_reads", &["conversation"]),
    ("satisfaction", &["conversation", "episode"]),
    ("mail_outbox", &["id"]),
    ("staff_letters", &["id"]),
    ("contacts", &["digest"]),
    ("tellings", &["id"]),
    ("deliveries", &["id"]),
    ("external_tickets", &["outlet", "ticket"]),
    ("reply_tokens", &["conversation"]),
    ("access_tokens", &["outlet"]),
    ("sent_names", &["outlet", "name"]),
    ("letters", &["digest"]),
    ("letter_counts", &["outcome"]),
    ("mailboxes", &["outlet"]),
    ("hook_sources", &["name"]),
    ("hook_receipts", &["source", "id"]),
    ("seen_signatures", &["signature"]),
    ("api_keys", &["id"]),
    ("devices", &["token_hash"]),
    ("sessions", &["token_hash"]),
    ("recovery_codes", &["code_hash"]),
    ("passkeys", &["id"]),
    ("agent_identities", &["issuer", "subject"]),
    ("push_sender", &["id"]),
    ("push_subscriptions", &["id"]),
    ("push_outbox", &["subscription", "ticket", "kind"]),
    ("verification_phrases", &["phrase_hash"]),
    ("macros", &["id"]),
    ("saved_views", &["id"]),
    ("rules", &["id"]),
    ("surges", &["id"]),
    ("staff_log", &["id"]),
    ("channel_lookups", &["id"]),
    ("article_opinions", &["id"]),
    ("knowledge_revisions", &["id"]),
    ("knowledge_files", &["number"]),
    ("proposals", &["id"]),
    ("gaps", &["id"]),
    ("gap_questions", &["answer"]),
    ("daily_outcomes", &["day", "language", "outcome"]),
    ("daily_parts", &["day", "part", "name", "outcome"]),
    ("daily_scores", &["day", "part", "name", "score"]),
    ("fruitless_searches", &["day", "term", "language"]),
    ("judgements", &["answer"]),
    ("contract_reviews", &["id"]),
    ("contract_thresholds", &["language"]),
    ("search_terms", &["kind", "term", "subject"]),
    ("idempotency_keys", &["scope", "key"]),
    ("checkpoints", &["number"]),
    ("checkpoint_leaves", &["checkpoint", "stream"]),
];

/// Values in one statement; SQLite takes no more than 32,766.
const MAX_VALUES: usize = 8_000;

/// Most rows in one statement.
const MAX_ROWS: usize = 200;

/// Where a database is.
#[derive(Debug, Clone)]
pub enum StorePlace {
    /// A file in a data folder.
    Folder(PathBuf),
    /// A database on a PostgreSQL server.
    Server(Secret),
}

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows both places hold.
    pub rows: u64,
}

/// Why a database was not copied.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// One of the places cannot be opened.
    #[error(transparent)]
    Place(#[from] OpenError),
    /// Reading or writing failed.
    #[error("table {table}: {source}; begin again, what is there already is left alone")]
    Table {
        /// Which.
        table: &'static str,
        /// What the database says.
        source: StoreError,
    },
    /// The two differ when everything was copied.
    #[error(
        "table {table} differs: {from} rows here, {to} there, or not the same ones; copy into an empty database, while nothing serves either"
    )]
    Differs {
        /// Which.
        table: &'static str,
        /// Rows in the first place.
        from: u64,
        /// Rows in the other.
        to: u64,
    },
}

/// Copies every row, compares both places by the number and the digests of their rows, and returns what they hold; `told`
/// hears of each table that is done.
pub async fn copy_store(
    from: &StorePlace,
    to: &StorePlace,
    mut told: impl FnMut(&CopiedTable),
) -> Result<Vec<CopiedTable>, TransferError> {
    let (from, to) = (open(from, Use::Read).await?, open(to, Use::Write).await?);
    let mut copied = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let at = |source: sqlx::Error| TransferError::Table {
            table: table.0,
            source: source.into(),
        };
        copy_table(&from, &to, table).await.map_err(at)?;
        let (here, there) = (
            sum_of(&from, table).await.map_err(at)?,
            sum_of(&to, table).await.map_err(at)?,
        );
        if here != there {
            return Err(TransferError::Differs {
                table: table.0,
                from: here.rows,
                to: there.rows,
            });
        }
        let done = CopiedTable {
            name: table.0,
            rows: here.rows,
        };
        told(&done);
        copied.push(done);
    }
    Ok(copied)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Write,
}

async fn open(place: &StorePlace, purpose: Use) -> Result<Pool, OpenError> {
    match (place, purpose) {
        (StorePlace::Server(url), Use::Read) => {
            Ok(Pool::Server(server::open_for_reading(url).await?))
        }
        (StorePlace::Server(url), Use::Write) => {
            Ok(Pool::Server(server::open_for_writing(url).await?))
        }
        (StorePlace::Folder(folder), Use::Read) => {
            let path = opening::existing_path(folder)?;
            let pool = file_pool(&path).await?;
            let mut backend = pool
                .acquire()
                .await
                .map_err(|source| OpenError::database(&path, source))?;
            opening::check_schema(&mut backend, &path).await?;
            Ok(pool)
        }
        (StorePlace::Folder(folder), Use::Write) => {
            let path = opening::make_path(folder)?;
            drop(opening::open_for_writing(&path).await?);
            file_pool(&path).await
        }
    }
}

async fn file_pool(path: &Path) -> Result<Pool, OpenError> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let pool = SqlitePoolOptions::new()
        .max_connections(2)
        .connect_with(options)
        .await
        .map_err(|source| OpenError::database(path, source))?;
    Ok(Pool::File(pool))
}

async fn copy_table(from: &Pool, to: &Pool, table: &Table) -> Result<(), sqlx::Error> {
    let mut after: Option<AnyRow> = None;
    loop {
        let rows = page(from, table, after.as_ref()).await?;
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let columns: Vec<&str> = first.columns().iter().map(|column| column.name()).collect();
        let at_once = (MAX_VALUES / columns.len()).clamp(1, MAX_ROWS);
        for some in rows.chunks(at_once) {
            insert(to, table, &columns, some).await?;
        }
        after = rows.into_iter().next_back();
    }
}

/// Reads the next rows in the order of their names.
async fn page(
    pool: &Pool,
    (table, names): &Table,
    after: Option<&AnyRow>,
) -> Result<Vec<AnyRow>, sqlx::Error> {
    let order = names.join(", ");
    let numbered: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let beyond = match after {
        Some(_) => format!("WHERE ({order}) > ({})", numbered.join(", ")),
        None => String::new(),
    };
    let text = format!("SELECT * FROM {table} {beyond} ORDER BY {order} LIMIT {MAX_ROWS}");
    let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
    if let Some(row) = after {
        for name in *names {
            query = bind(query, row, row.column(*name).ordinal())?;
        }
    }
    query.fetch_all(pool).await
}

async fn insert(
    pool: &Pool,
    (table, names): &Table,
    columns: &[&str],
    rows: &[AnyRow],
) -> Result<(), sqlx::Error> {
    // A new database begins with counters of its own.
    let there = match *table {
        "counters" => "DO UPDATE SET value = excluded.value",
        _ => "DO NOTHING",
    };
    let pattern = format!("({})", vec!["_"; columns.len()].join(", "));
    let text = format!(
        "INSERT INTO {table} ({}) VALUES {} ON CONFLICT ({}) {there}",
        columns.join(", "),
        places(rows.len(), columns.len(), 0, &pattern),
        names.join(", ")
    );
    let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
    for row in rows {
        for place in 0..columns.len() {
            query = bind(query, row, place)?;
        }
    }
    query.execute(pool).await?;
    Ok(())
}

type Statement<'q> = Query<'q, Any, AnyArguments>;

/// Hands a value of a row to a statement, as what it is; one that is missing, as what its column holds.
fn bind<'q>(
    query: Statement<'q>,
    row: &AnyRow,
    place: usize,
) -> Result<Statement<'q>, sqlx::Error> {
    let value = row.try_get_raw(place)?;
    let kind = match value.is_null() {
        true => row.column(place).type_info().kind(),
        false => value.type_info().kind(),
    };
    Ok(match kind {
        AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => {
            query.bind(row.try_get::<Option<f64>, _>(place)?)
        }
        AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
            query.bind(row.try_get::<Option<i64>, _>(place)?)
        }
        _ => query.bind(row.try_get::<Option<String>, _>(place)?),
    })
}

/// How many rows a table has, and a sum of their digests that does not depend on their order: languages of servers sort
/// texts differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    rows: u64,
    digests: [u64; 4],
}

async fn sum_of(pool: &Pool, table: &Table) -> Result<Sum, sqlx::Error> {
    let mut sum = Sum::default();
    let mut after: Option<AnyRow> = None;
    loop {
        let rows = page(pool, table, after.as_ref()).await?;
        for row in &rows {
            let digest = digest_of(row)?;
            sum.rows += 1;
            for (total, part) in sum.digests.iter_mut().zip(digest.chunks_exact(8)) {
                let part = part.try_into().expect("eight bytes");
                *total = total.wrapping_add(u64::from_le_bytes(part));
            }
        }
        match rows.into_iter().next_back() {
            Some(last) => after = Some(last),
            None => return Ok(sum),
        }
    }
}

fn digest_of(row: &AnyRow) -> Result<[u8; 32], sqlx::Error> {
    // Tables that have grown on one way or another may name their columns in another order.
    let mut columns: Vec<(&str, usize)> = row
        .columns()
        .iter()
        .map(|column| (column.name(), column.ordinal()))
        .collect();
    columns.sort_unstable();
    let mut digest = Sha256::new();
    for (name, place) in columns {
        let value = row.try_get_raw(place)?;
        let written = match value.type_info().kind() {
            _ if value.is_null() => "-".to_owned(),
            AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => {
                format!("f{}", row.try_get::<f64, _>(place)?)
            }
            kind if kind.is_integer() => format!("i{}", row.try_get::<i64, _>(place)?),
            _ => format!("t{}", row.try_get::<&str, _>(place)?),
        };
        digest.update((name.len() as u64).to_le_bytes());
        digest.update(name);
        digest.update((written.len() as u64).to_le_bytes());
        digest.update(written);
    }
    Ok(digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::time::Timestamp;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder can be made")
    }

    #[tokio::test]
    async fn every_table_is_copied_after_those_it_refers_to() {
        let folder = folder();
        drop(Store::open(folder.path(), Timestamp::from_millis(0)).await);
        let place = StorePlace::Folder(folder.path().to_owned());
        let pool = open(&place, Use::Read).await.expect("opens");
        let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlx%' AND name NOT LIKE 'sqlite%'";
        let rows = sqlx::query(text).fetch_all(&pool).await.expect("read");
        let mut there: Vec<String> = rows.iter().map(|row| row.get("name")).collect();
        let mut known: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
        for (place, (name, _)) in TABLES.iter().enumerate() {
            let text = format!("SELECT \"table\" AS other FROM pragma_foreign_key_list('{name}')");
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            for row in query.fetch_all(&pool).await.expect("read") {
                let other: String = row.get("other");
                let earlier = TABLES[..place].iter().any(|(name, _)| *name == other);
                assert!(earlier || other == *name, "{name} comes before {other}");
            }
        }
        there.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, there);
    }

    #[tokio::test]
    async fn a_copy_holds_the_same_rows_and_can_be_begun_again() {
        let (here, there) = (folder(), folder());
        let store = Store::open(here.path(), Timestamp::from_millis(0))
            .await
            .expect("opens");
        drop(store);
        let places = [here.path(), there.path()].map(|path| StorePlace::Folder(path.to_owned()));
        let first = copy_store(&places[0], &places[1], |_| {}).await;
        let first = first.expect("copied");
        assert!(
            first
                .iter()
                .any(|table| table.name == "sealing_keys" && table.rows > 0)
        );
        let again = copy_store(&places[0], &places[1], |_| {}).await;
        assert_eq!(again.expect("copied"), first);
        let pool = open(&places[1], Use::Write).await.expect("opens");
        sqlx::query("UPDATE counters SET value = 7 WHERE name = 'mail'")
            .execute(&pool)
            .await
            .expect("written");
        sqlx::query("INSERT INTO counters (name, value) VALUES ('strange', 1)")
            .execute(&pool)
            .await
            .expect("written");
        let refused = copy_store(&places[0], &places[1], |_| {}).await;
        assert!(matches!(
            refused,
            Err(TransferError::Differs {
                table: "counters",
                ..
            })
        ));
    }
}
