//! Copies the database while it is being used.

use std::path::{Path, PathBuf};

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::opening;
use crate::store::error::OpenError;

/// Copies the database of a data folder into another folder, as one file that is whole in itself, and returns it.
///
/// The copy is what was committed when it began, whoever writes meanwhile: `VACUUM INTO` reads under one snapshot, the
/// write-ahead log included (<https://sqlite.org/lang_vacuum.html>).
pub async fn copy_database(from: &Path, into: &Path) -> Result<PathBuf, OpenError> {
    let path = opening::existing_path(from)?;
    let copy = opening::make_path(into)?;
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .map_err(|source| OpenError::database(&path, source))?;
    let target = copy.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1")
        .bind(target)
        .execute(&mut connection)
        .await
        .map_err(|source| OpenError::database(&copy, source))?;
    Ok(copy)
}

/// Folds the write-ahead log into the database file, so that after a clean stop the one file holds everything.
pub(in crate::store) async fn fold_log(path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::database(path, source);
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .connect()
        .await
        .map_err(failed)?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut connection)
        .await
        .map_err(failed)?;
    Ok(())
}
