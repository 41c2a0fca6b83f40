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

    /// Reads in a task of its own, to its end whether or not anybody goes on asking.
    ///
    /// A stream reads this way. One that is not polled, as for a client that takes nothing, would otherwise stop in the
    /// middle of a reading with one of the few connections in its hand, and a few such streams stop every reader.
    pub(crate) async fn apart<T, F>(
        &self,
        read: impl FnOnce(Self) -> F + Send,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        tokio::spawn(read(self.clone()))
            .await
            .map_err(|_| StoreError::Stopped)?
    }

    /// Tells whether reading works.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
