//! Changes the master keys while the store is used: every data key is wrapped anew, and nothing that was sealed changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use sqlx::Row as _;

use super::dialect::{Connection, key_from};
use super::error::StoreError;
use super::handle::Store;
use super::keyring::Keyring;
use super::staff::log::{self as staff_log, LogLine};
use crate::sealing::{MasterKey, MasterKeyId, MasterKeySource, Missing, SourceError};
use crate::time::Timestamp;

/// What a rotation has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The master key that wraps everything now.
    pub newest: MasterKeyId,
    /// How many keys were wrapped with it.
    pub wrapped: u64,
}

/// A master key and how much depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedMasterKey {
    /// Its name.
    pub id: MasterKeyId,
    /// How many data keys it wraps.
    pub wraps: i64,
    /// Whether it can be used; otherwise what it wraps is lost until it is found.
    pub at_hand: bool,
}

/// Why master keys could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// They cannot be read or written.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A server may still use the old one.
    #[error(
        "the master keys were changed less than five minutes ago, and a server may not have read them yet; try again later"
    )]
    TooEarly,
}

/// How long after a change of the file every server has read it.
const SETTLED: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// Keys wrapped in one transaction.
const STEP: i64 = 500;

impl Store {
    /// Lists the master keys at hand, the newest first, and those that something depends on.
    pub async fn master_keys(&self) -> Result<Vec<UsedMasterKey>, StoreError> {
        let rows = sqlx::query(
            "SELECT master, CAST(COUNT(*) AS BIGINT) AS wraps FROM sealing_keys WHERE wrapped <> '' GROUP BY master",
        )
        .fetch_all(&self.reader.pool)
        .await?;
        let mut wraps = BTreeMap::new();
        for row in &rows {
            wraps.insert(
                row.try_get::<String, _>("master")?,
                row.try_get::<i64, _>("wraps")?,
            );
        }
        let masters = self.reader.keys.masters();
        let mut used: Vec<UsedMasterKey> = masters
            .keys()
            .iter()
            .map(|key| UsedMasterKey {
                id: key.id().clone(),
                wraps: wraps.remove(key.id().as_str()).unwrap_or(0),
                at_hand: true,
            })
            .collect();
        used.extend(wraps.into_iter().map(|(id, wraps)| UsedMasterKey {
            id: MasterKeyId::stored(id),
            wraps,
            at_hand: false,
        }));
        Ok(used)
    }

    /// Makes a new master key and wraps every key with it. Where master keys are in no file of ours, the newest there is
    /// taken, so that the operator puts it there first.
    pub async fn rotate_master_key(&self, now: Timestamp) -> Result<Rotated, RotationError> {
        let keys = &self.reader.keys;
        let read = keys.source().load(Missing::Refuse)?;
        let masters = match keys.source() {
            MasterKeySource::File(_) => {
                let masters = read.preceded_by(MasterKey::generate());
                // First kept, then used.
                keys.source().replace(&masters)?;
                masters
            }
            MasterKeySource::Configured(_) | MasterKeySource::Command(_) => read,
        };
        let newest = masters.newest().id().clone();
        keys.take(masters);
        let wrapped = self.wrap_anew().await?;
        let line = LogLine {
            actor: "operator".to_owned(),
            action: "rotate_master_key",
            subject: newest.to_string(),
            detail: json!({ "wrapped": wrapped }),
            now,
        };
        self.writer
            .write_aside(move |connection| Box::pin(staff_log::insert(connection, line)))
            .await?;
        Ok(Rotated { newest, wrapped })
    }

    /// Takes away master keys that wrap nothing, once every server has read the newest; returns how many.
    pub async fn prune_master_keys(&self, now: Timestamp) -> Result<usize, RotationError> {
        let keys = &self.reader.keys;
        let changed = keys.source().file().and_then(|file| {
            let metadata = std::fs::metadata(file).ok()?;
            metadata.modified().ok()
        });
        let settled = changed.map(|changed| Timestamp::from(changed + SETTLED));
        if settled.is_some_and(|settled| now < settled) {
            return Err(RotationError::TooEarly);
        }
        self.wrap_anew().await?;
        let needed: Vec<MasterKeyId> = self
            .master_keys()
            .await?
            .into_iter()
            .filter(|used| used.wraps > 0)
            .map(|used| used.id)
            .collect();
        let masters = keys.source().load(Missing::Refuse)?;
        let before = masters.keys().len();
        let left = masters.without(|id| !needed.contains(id));
        let gone = before - left.keys().len();
        if gone > 0 {
            keys.source().replace(&left)?;
            keys.take(left);
        }
        Ok(gone)
    }

    async fn wrap_anew(&self) -> Result<u64, StoreError> {
        let mut wrapped = 0;
        loop {
            let keys = Arc::clone(&self.reader.keys);
            let done = self
                .writer
                .write_aside(move |connection| Box::pin(wrap_some(connection, keys)))
                .await?;
            if done == 0 {
                return Ok(wrapped);
            }
            wrapped += done;
        }
    }
}

async fn wrap_some(connection: &mut Connection, keys: Arc<Keyring>) -> Result<u64, StoreError> {
    let newest = keys.masters().newest().id().clone();
    let rows = sqlx::query(
        "SELECT id, master, wrapped FROM sealing_keys WHERE wrapped <> '' AND master <> $1 ORDER BY id LIMIT $2",
    )
    .bind(newest.as_str().to_owned())
    .bind(STEP)
    .fetch_all(&mut *connection)
    .await?;
    let mut done = 0;
    for row in &rows {
        let (id, Some(key)) = key_from(&keys, row)? else {
            continue;
        };
        let (master, wrapped) = keys.wrap(&key);
        sqlx::query("UPDATE sealing_keys SET master = $2, wrapped = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(master.as_str().to_owned())
            .bind(wrapped)
            .execute(&mut *connection)
            .await?;
        done += 1;
    }
    Ok(done)
}
