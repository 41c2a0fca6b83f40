//! Opens the database file: its settings, its schema, and what can be wrong with it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Row as _, SqlSafeStr};

use super::{Connection, OpenError};

/// Name of the database file in the data folder.
const FILE: &str = "mondo.sqlite";

/// How long a writer waits for another program to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Every change of the schema, in order; one that has landed is never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "conversations and answers",
        include_str!("migrations/0001_conversations_and_answers.sql"),
    ),
    (2, "staff", include_str!("migrations/0002_staff.sql")),
    (3, "tickets", include_str!("migrations/0003_tickets.sql")),
    (
        4,
        "suggestions",
        include_str!("migrations/0004_suggestions.sql"),
    ),
    (
        10,
        "opinions of articles",
        include_str!("migrations/0010_article_opinions.sql"),
    ),
    (
        11,
        "reasons of feedback",
        include_str!("migrations/0011_feedback_reasons.sql"),
    ),
    (
        20,
        "attachments",
        include_str!("migrations/0020_attachments.sql"),
    ),
    (
        21,
        "mail outbox",
        include_str!("migrations/0021_mail_outbox.sql"),
    ),
    (22, "surges", include_str!("migrations/0022_surges.sql")),
    (
        30,
        "satisfaction",
        include_str!("migrations/0030_satisfaction.sql"),
    ),
    (
        31,
        "owners of conversations",
        include_str!("migrations/0031_conversation_owners.sql"),
    ),
    (
        40,
        "revisions of the knowledge",
        include_str!("migrations/0040_knowledge_revisions.sql"),
    ),
    (50, "webhooks", include_str!("migrations/0050_webhooks.sql")),
    (
        60,
        "told tiers",
        include_str!("migrations/0060_told_tiers.sql"),
    ),
    (
        61,
        "recovery codes",
        include_str!("migrations/0061_recovery_codes.sql"),
    ),
];

/// Names the database file of a data folder; makes both when they are missing.
pub(super) fn make_path(folder: &Path) -> Result<PathBuf, OpenError> {
    let path = folder.join(FILE);
    std::fs::create_dir_all(folder)
        .and_then(|()| touch_private(&path))
        .map_err(|source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
    Ok(path)
}

/// Makes sure that the file can be written, and that a new one is nobody else's to read; SQLite gives its helper files
/// the same permissions.
fn touch_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Names the database file of a data folder that must be there.
pub(super) fn existing_path(folder: &Path) -> Result<PathBuf, OpenError> {
    let path = folder.join(FILE);
    let has_content =
        std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0);
    if has_content {
        Ok(path)
    } else {
        Err(OpenError::NotThere { path })
    }
}

/// Opens the one connection that changes the database, with the schema up to date.
pub(super) async fn open_for_writing(path: &Path) -> Result<Connection, OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // In WAL mode anything less may lose the last commits to a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT);
    let mut connection = options
        .connect()
        .await
        .map_err(|source| OpenError::database(path, source))?;
    migrate(&mut connection, path).await?;
    Ok(connection)
}

/// Settings of connections that only read.
pub(super) fn reading_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        // A read-only file handle could not take part in the write-ahead log; this forbids changes all the same.
        .pragma("query_only", "ON")
}

async fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
        Migration::new(
            *version,
            (*name).into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    let result = Migrator::with_migrations(migrations.collect())
        .run(&mut *connection)
        .await;
    result.map_err(|error| match error {
        MigrateError::VersionMissing(found) => OpenError::NewerSchema {
            path: path.to_owned(),
            found,
        },
        MigrateError::Execute(source) => OpenError::database(path, source),
        MigrateError::ExecuteMigration(source, _) => OpenError::database(path, source),
        source => OpenError::Migration {
            path: path.to_owned(),
            source,
        },
    })
}

/// Refuses a file whose schema this version does not know.
pub(super) async fn check_schema(
    connection: &mut Connection,
    path: &Path,
) -> Result<(), OpenError> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM _sqlx_migrations",
    )
    .fetch_one(connection)
    .await
    .map_err(|source| OpenError::database(path, source))?;
    let found: i64 = row
        .try_get("version")
        .map_err(|source| OpenError::database(path, source))?;
    let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    let path = path.to_owned();
    match found.cmp(&known) {
        std::cmp::Ordering::Less => Err(OpenError::OlderSchema { path, found }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(OpenError::NewerSchema { path, found }),
    }
}
