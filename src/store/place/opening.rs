//! Opens the database file: its settings, its schema, and what can be wrong with it; the schema of a server too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, PgConnection, Row as _, SqlSafeStr, SqliteConnection};

use crate::store::error::OpenError;
use crate::store::place::backend::Backend;
use crate::store::place::migrations::MIGRATIONS;
use crate::store::place::private_folder::make_private_folder;

/// How a database on a server is called in messages; its address may hold a password.
pub(in crate::store) const SERVER: &str = "the database at store.url";

/// Name of the database file in the data folder.
const FILE: &str = "mondo.sqlite";

/// How long a writer waits for another program to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Names the database file of a data folder; makes both when they are missing.
pub(in crate::store) fn make_path(folder: &Path) -> Result<PathBuf, OpenError> {
    let path = folder.join(FILE);
    make_private_folder(folder)
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
pub(in crate::store) fn existing_path(folder: &Path) -> Result<PathBuf, OpenError> {
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
pub(in crate::store) async fn open_for_writing(path: &Path) -> Result<SqliteConnection, OpenError> {
    refuse_foreign(path).await?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // In WAL mode anything less may lose the last commits to a power cut.
        .synchronous(SqliteSynchronous::Full)
        // What is replaced or deleted is overwritten, so that what was erased is nowhere in the file.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT);
    let mut connection = options
        .connect()
        .await
        .map_err(|source| OpenError::database(path, source))?;
    migrate(&mut connection, path).await?;
    Ok(connection)
}

/// Refuses a database that holds something, and nothing of ours: it is another program's, and is left as it is.
async fn refuse_foreign(path: &Path) -> Result<(), OpenError> {
    if std::fs::metadata(path).map_or(0, |found| found.len()) == 0 {
        return Ok(());
    }
    let looking = reading_options(path).connect().await;
    let mut connection = looking.map_err(|source| OpenError::database(path, source))?;
    let tables = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS tables, \
         CAST(SUM(CASE WHEN name = '_sqlx_migrations' THEN 1 ELSE 0 END) AS BIGINT) AS ours \
         FROM sqlite_schema WHERE type = 'table'",
    );
    let row = tables
        .fetch_one(&mut connection)
        .await
        .map_err(|source| OpenError::database(path, source))?;
    let closed = connection.close().await;
    closed.map_err(|source| OpenError::database(path, source))?;
    let count = |name| row.try_get::<Option<i64>, _>(name);
    match (count("tables"), count("ours")) {
        (Ok(Some(1..)), Ok(Some(0))) => Err(OpenError::Foreign {
            path: path.to_owned(),
        }),
        (Ok(_), Ok(_)) => Ok(()),
        (Err(source), _) | (_, Err(source)) => Err(OpenError::database(path, source)),
    }
}

/// Tells whether anything was sealed in a database that is up to date.
pub(in crate::store) async fn has_keys(
    connection: &mut Backend,
    path: &Path,
) -> Result<bool, OpenError> {
    let row = sqlx::query("SELECT 1 FROM sealing_keys LIMIT 1")
        .fetch_optional(connection)
        .await
        .map_err(|source| OpenError::database(path, source))?;
    Ok(row.is_some())
}

/// Settings of connections that only read.
pub(in crate::store) fn reading_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        // A read-only file handle could not take part in the write-ahead log; this forbids changes all the same.
        .pragma("query_only", "ON")
}

/// Numbers every schema that there ever was.
#[cfg(test)]
pub(in crate::store) fn schemas() -> Vec<i64> {
    MIGRATIONS.iter().map(|(version, ..)| *version).collect()
}

/// Makes a database as the version before a migration left it.
#[cfg(test)]
pub(in crate::store) async fn open_before(path: &Path, version: i64) -> SqliteConnection {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .connect()
        .await
        .expect("opens");
    let before: Vec<_> = MIGRATIONS
        .iter()
        .copied()
        .filter(|(known, ..)| *known < version)
        .collect();
    apply(&mut connection, path, &before)
        .await
        .expect("the schema of before");
    connection
}

async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    apply(connection, path, MIGRATIONS).await
}

async fn apply(
    connection: &mut SqliteConnection,
    path: &Path,
    migrations: &[(i64, &'static str, &'static str)],
) -> Result<(), OpenError> {
    let result = migrator(migrations).run(&mut *connection).await;
    result.map_err(|error| faulty(error, path, |source| OpenError::database(path, source)))
}

/// Brings the schema of a server's database up to date; others that do the same wait meanwhile.
pub(in crate::store) async fn migrate_server(
    connection: &mut PgConnection,
) -> Result<(), OpenError> {
    let result = migrator(MIGRATIONS).run(&mut *connection).await;
    result.map_err(|error| faulty(error, Path::new(SERVER), OpenError::server))
}

fn migrator(migrations: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = migrations.iter().map(|(version, name, sql)| {
        Migration::new(
            *version,
            (*name).into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

fn faulty(
    error: MigrateError,
    path: &Path,
    of_database: impl FnOnce(sqlx::Error) -> OpenError,
) -> OpenError {
    match error {
        MigrateError::VersionMissing(found) => OpenError::NewerSchema {
            path: path.to_owned(),
            found,
        },
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            of_database(source)
        }
        source => OpenError::Migration {
            path: path.to_owned(),
            source,
        },
    }
}

/// Refuses a file whose schema is not the one this version knows, by every migration and not by the last alone: one that
/// came later under a smaller number would go unnoticed otherwise.
pub(in crate::store) async fn check_schema(
    connection: &mut Backend,
    path: &Path,
) -> Result<(), OpenError> {
    let rows = sqlx::query("SELECT version FROM _sqlx_migrations ORDER BY version")
        .fetch_all(connection)
        .await
        .map_err(|source| OpenError::database(path, source))?;
    let applied: BTreeSet<i64> = rows
        .iter()
        .map(|row| row.try_get("version"))
        .collect::<Result<_, _>>()
        .map_err(|source| OpenError::database(path, source))?;
    let known: BTreeSet<i64> = MIGRATIONS.iter().map(|(version, ..)| *version).collect();
    let path = path.to_owned();
    if let Some(found) = applied.difference(&known).max() {
        return Err(OpenError::NewerSchema {
            path,
            found: *found,
        });
    }
    match known.difference(&applied).min() {
        Some(missing) => Err(OpenError::OlderSchema {
            path,
            missing: *missing,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an operator of the version before outlets had set up, and what was on its way.
    const BEFORE: &str = "
        INSERT INTO agents (id, email, name, department, role, languages, skills, password_hash, totp_step, active,
            failures, last_failure, created)
        VALUES ('ada', 'ada@example.com', 'Ada', '', 'admin', '', '', '', 0, 1, 0, 0, 0);
        INSERT INTO conversations (id, state, episode, escalations, accept_languages, last_sequence, created, updated)
        VALUES ('c', 'queued', 1, 1, '', 0, 0, 0);
        INSERT INTO tickets (id, number, conversation, episode, status, language, priority, rule_priority, reason, level,
            tier, queue, summary_sealed, fields_sealed, created, updated)
        VALUES ('t', 1, 'c', 1, 'open', 'en', 'normal', 'normal', 'low_confidence', 'l1', 'unverified', 'standard', '',
            '{}', 0, 0);
        INSERT INTO webhook_endpoints (id, kind, description, url, topics, secret, previous_until, account, active,
            created, updated)
        VALUES ('w', 'webhook', 'ours', 'https://example.com', ',message.created,', 's', 0, '{}', 1, 3, 4);
        INSERT INTO tellings (id, position, topic, conversation, subject, created)
        VALUES ('e', 7, 'message.created', 'c', 'm', 5);
        INSERT INTO deliveries (id, endpoint, telling, position, conversation, status, attempts, next_attempt,
            claimed_until, created)
        VALUES ('d', 'w', 'e', 7, 'c', 'pending', 2, 9, 0, 5);
        INSERT INTO external_tickets (endpoint, ticket, external, created) VALUES ('w', 't', '4711', 6);
        INSERT INTO hook_sources (name, format, endpoint, agent, secret, previous_until, created)
        VALUES ('theirs', 'chatwoot', 'w', 'ada', 's', 0, 8);
    ";

    #[test]
    fn no_fraction_may_be_missing() {
        // sqlx 0.9 tells PostgreSQL a wrong type of one that is; see `ten_thousandths` of the contract.
        for (number, _, statements) in MIGRATIONS {
            let mut columns = statements.lines().filter(|line| !line.starts_with("--"));
            let missing =
                columns.find(|line| line.contains("DOUBLE") && !line.contains("NOT NULL"));
            assert_eq!(missing, None, "in migration {number}");
        }
    }

    #[tokio::test]
    async fn what_was_to_be_delivered_survives_the_change_to_outlets() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = make_path(folder.path()).expect("writable");
        let mut connection = open_before(&path, 74).await;
        sqlx::raw_sql(BEFORE)
            .execute(&mut connection)
            .await
            .expect("rows of before");
        migrate(&mut connection, &path).await.expect("up to date");
        check_schema(&mut Backend::Own(connection), &path)
            .await
            .expect("whole");
        let mut connection = reading_options(&path).connect().await.expect("opens");

        let check =
            async |connection: &mut SqliteConnection, query: &'static str, expected: &str| {
                let row = sqlx::query(query).fetch_one(connection).await.expect(query);
                let found: String = row.try_get("found").expect("a text");
                assert_eq!(found, expected, "{query}");
            };
        for (query, expected) in [
            (
                "SELECT kind || ' ' || url || ' ' || topics || ' ' || updated AS found FROM outlets WHERE id = 'w'",
                "webhook https://example.com ,message.created, 4",
            ),
            (
                "SELECT d.outlet || ' ' || d.status || ' ' || d.attempts || ' ' || t.subject AS found \
                 FROM deliveries d JOIN tellings t ON t.id = d.telling",
                "w pending 2 m",
            ),
            (
                "SELECT outlet || ' ' || ticket || ' ' || external AS found FROM external_tickets",
                "w t 4711",
            ),
            (
                "SELECT name || ' ' || outlet AS found FROM hook_sources",
                "theirs w",
            ),
            (
                "SELECT channel || ' ' || COALESCE(outlet, '-') || COALESCE(external_id, '-') AS found \
                 FROM conversations",
                "web --",
            ),
        ] {
            check(&mut connection, query, expected).await;
        }
        let broken = sqlx::query("PRAGMA foreign_key_check")
            .fetch_all(&mut connection)
            .await
            .expect("checked");
        assert!(broken.is_empty(), "every row refers to one that is there");
    }
}
