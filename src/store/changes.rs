//! The number of changes so far: kept in the database, so that it is the same for every process that reads it.
//!
//! It rises in the transaction of the changes, once for each commit that holds any, and whoever raises it keeps its row
//! until the commit. Two readings that give the same number have therefore seen the same conversations.

use sqlx::Row as _;

use super::dialect::Connection;
use super::error::StoreError;
use super::reader::Reader;

/// Counts a commit that changes something staff can see.
pub(in crate::store) async fn count(connection: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("UPDATE counters SET value = value + 1 WHERE name = 'changes'")
        .execute(connection)
        .await?;
    Ok(())
}

impl Reader {
    /// Reads how many commits have changed something that staff can see.
    pub async fn changes(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT value FROM counters WHERE name = 'changes'")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get("value")?)
    }
}
