//! Opens a store: database, keys and files of a data folder, with everything from before sealed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::dialect::Connection;
use super::error::OpenError;
use super::files::{FileSettings, Files};
use super::handle::Store;
use super::keyring::Keyring;
use super::lately::Lately;
use super::place::{Backend, Nodes, OpenedFile, Pool, StoreSettings};
use super::reader::Reader;
use super::record_settings::{Chores, RecordSettings};
use super::remembered::{KnownOutlets, KnownSurges};
use super::writer::{Writer, WritingPlace};
use super::{link_keys, place, sealing_old};
use crate::bus::Bus;
use crate::sealing::{MasterKeySource, Missing, SealingSettings};
use crate::signing::Secret;
use crate::time::Timestamp;

impl Store {
    /// Tells whether the server's database that settings name has never been used.
    pub async fn is_unused(settings: &StoreSettings) -> Result<bool, OpenError> {
        place::is_unused(&settings.url).await
    }

    /// Opens the database in a data folder; makes both when they are missing, and brings the schema up to date.
    ///
    /// Must be called inside a tokio runtime, which then carries the writer. The master key lies in the data folder.
    pub async fn open(folder: &Path, now: Timestamp) -> Result<Self, OpenError> {
        Self::open_with(
            folder,
            &StoreSettings::default(),
            &SealingSettings::default(),
            now,
        )
        .await
    }

    /// Opens the database like [`Store::open`], wherever the settings say that it and its master key are.
    pub async fn open_with(
        folder: &Path,
        settings: &StoreSettings,
        sealing: &SealingSettings,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let source = MasterKeySource::of(sealing, folder);
        let (reader, writer, path) = match settings.url.is_empty() {
            true => open_file(folder, source).await?,
            false => open_server(&settings.url, source).await?,
        };
        let bus = Bus::default();
        let link_keys = match &reader.pool {
            Pool::File(_) => link_keys::load(folder, link_keys::fresh)?,
            Pool::Server(_) => {
                link_keys::load(folder, || link_keys::of_house(reader.keys.house()))?
            }
        };
        let nodes = match &reader.pool {
            Pool::File(_) => None,
            Pool::Server(pool) => Some(Nodes::join(pool, &bus).await.map_err(OpenError::Server)?),
        };
        let store = Self {
            reader,
            writer: Arc::new(Writer::start(writer)),
            files: Files::in_folder(folder)?,
            file_settings: FileSettings::default(),
            link_keys,
            surges: KnownSurges::default(),
            outlets: KnownOutlets::default(),
            folder: folder.to_owned(),
            path,
            hours: Arc::default(),
            bus,
            _nodes: nodes,
            record_settings: RecordSettings::default(),
            chores: Chores::default(),
            written_lately: Lately::default(),
        };
        store.refresh_surges(now).await.map_err(OpenError::Surges)?;
        Ok(store)
    }
}

type Opened = (Reader, WritingPlace, PathBuf);

async fn open_file(folder: &Path, source: MasterKeySource) -> Result<Opened, OpenError> {
    let path = place::make_path(folder)?;
    let backend = Backend::Own(place::open_for_writing(&path).await?);
    let connection = with_keys(backend, &path, source).await?;
    let reader = Reader::beside(&path, Arc::clone(connection.keys())).await?;
    let file = OpenedFile::at(&path);
    Ok((reader, WritingPlace::Own(connection, file), path))
}

async fn open_server(url: &Secret, source: MasterKeySource) -> Result<Opened, OpenError> {
    let path = PathBuf::from(place::SERVER);
    let pool = Pool::Server(place::open_server_for_writing(url).await?);
    let backend = pool.acquire().await.map_err(OpenError::Server)?;
    let connection = with_keys(backend, &path, source).await?;
    let keys = Arc::clone(connection.keys());
    let reader = Reader {
        pool: pool.clone(),
        keys: Arc::clone(&keys),
    };
    Ok((reader, WritingPlace::Lent(pool, keys), path))
}

/// Joins a connection with the keys, and seals what is not sealed yet.
async fn with_keys(
    mut backend: Backend,
    path: &Path,
    source: MasterKeySource,
) -> Result<Connection, OpenError> {
    // What was sealed needs the keys it was sealed with; a new one would hide that they are lost.
    let missing = match place::has_keys(&mut backend, path).await? {
        true => Missing::Refuse,
        false => Missing::Make,
    };
    let masters = source.load(missing)?;
    let mut connection = Connection::new(backend, Arc::new(Keyring::new(source, masters)));
    sealing_old::seal_all(&mut connection)
        .await
        .map_err(OpenError::Keys)?;
    Ok(connection)
}
