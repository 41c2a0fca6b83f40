//! Reads what is kept, also while another process writes it.

use std::path::Path;

use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use super::{OpenError, StoreError, opening};

/// Connections that read; clones share them.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(super) pool: SqlitePool,
}

/// Reads are short; more connections than this only compete for the cores.
const MAX_CONNECTIONS: u32 = 4;

impl Reader {
    /// Opens an existing database for reading only, such as to explain an answer while the server runs.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        let path = opening::existing_path(folder)?;
        Self::connect(&path).await
    }

    pub(super) async fn connect(path: &Path) -> Result<Self, OpenError> {
        let pool = SqlitePoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .connect_with(opening::reading_options(path))
            .await
            .map_err(|source| OpenError::database(path, source))?;
        let mut connection = pool
            .acquire()
            .await
            .map_err(|source| OpenError::database(path, source))?;
        opening::check_schema(&mut connection, path).await?;
        drop(connection);
        Ok(Self { pool })
    }

    /// Tells whether reading works.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
