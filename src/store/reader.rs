//! Reads what is kept, also while another process writes it.

use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::SqlitePoolOptions;

use crate::sealing::{MasterKeySource, Missing, SealingSettings};
use crate::store::dialect::Connection;
use crate::store::error::{OpenError, StoreError};
use crate::store::keyring::Keyring;
use crate::store::place::StoreSettings;
use crate::store::place::{Backend, Pool};
use crate::store::{place, seal};

/// Connections that read; clones share them.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(in crate::store) pool: Pool,
    pub(in crate::store) keys: Arc<Keyring>,
}

/// Reads are short; more connections than this only compete for the cores.
const MAX_CONNECTIONS: u32 = 4;

impl Reader {
    /// Opens an existing database for reading only, such as to explain an answer while the server runs; its master key
    /// lies in the data folder.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_with(
            folder,
            &StoreSettings::default(),
            &SealingSettings::default(),
        )
        .await
    }

    /// Opens an existing database for reading only, wherever the settings say that it and its master key are.
    pub async fn open_with(
        folder: &Path,
        store: &StoreSettings,
        sealing: &SealingSettings,
    ) -> Result<Self, OpenError> {
        let source = MasterKeySource::of(sealing, folder);
        let (pool, path) = match store.url.is_empty() {
            true => {
                let path = place::existing_path(folder)?;
                (Self::pool(&path).await?, path)
            }
            false => {
                let pool = place::open_server_for_reading(&store.url).await?;
                (Pool::Server(pool), place::SERVER.into())
            }
        };
        let masters = source.load(Missing::Refuse)?;
        let keys = Arc::new(Keyring::new(source, masters));
        let reader = Self { pool, keys };
        let mut connection = reader.connection().await.map_err(OpenError::Keys)?;
        let found = seal::find_lasting_keys(&mut connection).await;
        match found.map_err(OpenError::Keys)? {
            true => Ok(reader),
            false => Err(OpenError::NotSealed { path }),
        }
    }

    /// Reads a file beside its writer, with its keys.
    pub(in crate::store) async fn beside(
        path: &Path,
        keys: Arc<Keyring>,
    ) -> Result<Self, OpenError> {
        Ok(Self {
            pool: Self::pool(path).await?,
            keys,
        })
    }

    async fn pool(path: &Path) -> Result<Pool, OpenError> {
        let pool = SqlitePoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .connect_with(place::reading_options(path))
            .await
            .map_err(|source| OpenError::database(path, source))?;
        let connection = pool
            .acquire()
            .await
            .map_err(|source| OpenError::database(path, source))?;
        place::check_schema(&mut Backend::File(connection), path).await?;
        Ok(Pool::File(pool))
    }

    /// Takes a connection that opens what is sealed.
    pub(in crate::store) async fn connection(&self) -> Result<Connection, StoreError> {
        let connection = self.pool.acquire().await?;
        Ok(Connection::new(connection, Arc::clone(&self.keys)))
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
