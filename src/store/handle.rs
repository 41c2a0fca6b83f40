//! The handle on the store: reads through a reader, changes through the one writer of this process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::error::{OpenError, StoreError};
use super::files::{FileSettings, Files};
use super::lately::Lately;
use super::place::{self, Nodes, Pool};
use super::reader::Reader;
use super::record_settings::{Chores, RecordSettings};
use super::remembered::{KnownOutlets, KnownSurges, Rules};
use super::writer::Writer;
use crate::bus::Bus;
use crate::conversation::LinkKeys;
use crate::schedule::Hours;
use crate::time::durations::CountedDurations;

/// Reads and changes what is kept; clones share one writer.
#[derive(Debug, Clone)]
pub struct Store {
    pub(in crate::store) reader: Reader,
    pub(in crate::store) writer: Arc<Writer>,
    pub(in crate::store) files: Files,
    pub(in crate::store) file_settings: FileSettings,
    pub(in crate::store) link_keys: LinkKeys,
    pub(in crate::store) surges: KnownSurges,
    pub(in crate::store) outlets: KnownOutlets,
    /// The data folder.
    pub(in crate::store) folder: PathBuf,
    pub(in crate::store) path: PathBuf,
    pub(in crate::store) hours: Arc<ArcSwap<Hours>>,
    pub(in crate::store) bus: Bus,
    /// Other processes on the same server hear what is announced here, and the other way round.
    pub(in crate::store) _nodes: Option<Nodes>,
    pub(in crate::store) record_settings: RecordSettings,
    pub(in crate::store) chores: Chores,
    pub(in crate::store) written_lately: Lately,
}

impl Store {
    /// Sets the opening hours and promises that new tickets are measured by.
    #[must_use]
    pub fn with_hours(mut self, hours: Hours) -> Self {
        self.hours = Arc::new(ArcSwap::from_pointee(hours));
        self
    }

    /// Measures by other opening hours and promises from now on; tickets keep the moments they were promised.
    pub fn change_hours(&self, hours: Hours) {
        self.hours.store(Arc::new(hours));
    }

    /// Reads the master keys anew, as when they were changed at their source.
    pub fn reload_master_keys(&self) -> Result<(), StoreError> {
        self.reader.keys.reload()
    }

    /// Sets what attachments are taken and where they are kept.
    pub fn with_files(mut self, settings: FileSettings) -> Result<Self, OpenError> {
        if !settings.bucket.is_empty() {
            self.files = Files::in_bucket(&settings)?;
        }
        self.file_settings = settings;
        Ok(self)
    }

    /// Returns the bus on which changes are announced; clones of a store share it.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Returns the keys that sign links to status pages.
    pub fn link_keys(&self) -> &LinkKeys {
        &self.link_keys
    }

    /// Returns a key for one purpose, the same for every process on this database.
    pub fn house_digest(&self, purpose: &str) -> [u8; 32] {
        self.reader.keys.house().digest(purpose, &[])
    }

    /// Returns what attachments are taken.
    pub fn file_settings(&self) -> &FileSettings {
        &self.file_settings
    }

    /// Returns opening hours and promises.
    pub fn hours(&self) -> Arc<Hours> {
        self.hours.load_full()
    }

    /// Returns what reads.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Returns how long commits took, each of all changes that waited for it.
    pub fn writing_times(&self) -> CountedDurations {
        self.writer.times()
    }

    /// Waits until something was written after this was asked for.
    pub fn written(&self) -> impl Future<Output = ()> + Send + use<> {
        self.writer.written()
    }

    /// Folds the write-ahead log into the database file, where there is one; call it when nothing writes any more.
    pub async fn fold_log(&self) -> Result<(), OpenError> {
        match self.reader.pool {
            Pool::File(_) => place::fold_log(&self.path).await,
            Pool::Server(_) => Ok(()),
        }
    }

    /// Returns the path of the database file, or what stands for it in messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells whether reading and writing work, by doing both; however often it is asked, it writes once a second.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.reader.check().await?;
        let is_written_lately = self.written_lately.is_so();
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    if !is_written_lately {
                        sqlx::query("UPDATE counters SET value = value + 1 WHERE name = 'checks'")
                            .execute(connection)
                            .await?;
                    }
                    Ok(())
                })
            })
            .await?;
        if !is_written_lately {
            self.written_lately.note();
        }
        Ok(())
    }

    /// Returns what a change to a conversation is made by.
    pub(in crate::store) async fn rules(&self) -> Result<Rules, StoreError> {
        Ok(Rules {
            hours: Hours::clone(&self.hours.load()),
            outlets: self.known_outlets().await?,
        })
    }
}
