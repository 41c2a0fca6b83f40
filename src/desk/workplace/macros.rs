//! Macros: texts that agents send again and again.

use super::Workplace;
use crate::desk::error::DeskError;
use crate::staff::Agent;
use crate::store::Macro;
use crate::time::Timestamp;

impl Workplace {
    /// Lists the macros.
    pub async fn macros(&self) -> Result<Vec<Macro>, DeskError> {
        Ok(self.store.reader().macros().await?)
    }

    /// Keeps a macro, in place of an earlier one with the same id.
    pub async fn put_macro(
        &self,
        written: Macro,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        Ok(self.store.put_macro(written, by.id, now).await?)
    }
}
