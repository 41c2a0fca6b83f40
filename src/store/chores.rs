//! What has to be done from time to time: checkpoints, counting days, retention, and looking whether keys have changed.

use super::error::StoreError;
use super::handle::Store;
use super::insights::MOST_DAYS_AT_ONCE;
use super::privacy::Expired;
use super::record_settings::RecordSettings;
use crate::time::Timestamp;

/// Milliseconds between two looks for what has expired.
const EXPIRING_MS: i64 = 10 * 60 * 1_000;

/// Milliseconds between two looks whether a day is over that has not been counted.
const OUTCOMES_MS: i64 = 10 * 60 * 1_000;

/// Milliseconds after which keys that another process may have destroyed or wrapped anew are read again.
const KEYS_MS: i64 = 60 * 1_000;

impl Store {
    /// Sets how the record is kept.
    #[must_use]
    pub fn with_record(mut self, settings: RecordSettings) -> Self {
        self.record_settings = settings;
        self
    }

    /// Forgets what nobody asks for any more, signs what was recorded, counts the days, destroys what has expired, and learns what another
    /// process has changed; cheap enough for every few seconds.
    pub async fn keep_house(&self, now: Timestamp) -> Result<(), StoreError> {
        self.forget_old_keys(now).await?;
        self.look_at_outlets().await?;
        let RecordSettings { checkpoint_s, keep } = self.record_settings;
        let chores = &self.chores;
        if chores.is_due(|done| &mut done.keys, KEYS_MS, now) {
            self.reader.keys.forget_known();
            // A program that asks a vault is run only when a key is met that it has not given yet.
            if self.reader.keys.source().file().is_some() {
                self.reader.keys.reload()?;
            }
            self.seal_old_files().await?;
        }
        if chores.is_due(
            |done| &mut done.checkpoint,
            i64::from(checkpoint_s) * 1_000,
            now,
        ) {
            self.checkpoint(now).await?;
        }
        // Before anything of a day expires.
        if chores.is_due(|done| &mut done.outcomes, OUTCOMES_MS, now) {
            // Those of a long time are counted piece by piece, each as soon as the one before is done.
            if self.count_outcomes(now).await? == MOST_DAYS_AT_ONCE {
                chores.again(|done| &mut done.outcomes);
            }
        }
        if chores.is_due(|done| &mut done.expiring, EXPIRING_MS, now) {
            let expired = self.expire(keep, now).await?;
            if expired != Expired::default() {
                tracing::info!(?expired, "what was kept for long enough was destroyed");
            }
        }
        Ok(())
    }
}
