//! Whether an agent is real: the phrase they read out.

use super::VisitorDesk;
use crate::desk::error::DeskError;
use crate::staff::{Agent, VerificationPhrase};
use crate::time::Timestamp;

impl VisitorDesk {
    /// Returns the key that signs the puzzles of strangers; the same on every node.
    pub fn proof_of_work_key(&self) -> [u8; 32] {
        self.store.house_digest("proof of work")
    }

    /// Tells whose phrase this is; it works once. A phrase is one of a million million and lives ten minutes: whoever
    /// guesses needs more tries than the door takes from one client.
    pub async fn verify_agent(
        &self,
        phrase: &str,
        now: Timestamp,
    ) -> Result<Option<Agent>, DeskError> {
        let Some(phrase) = VerificationPhrase::presented(phrase) else {
            return Ok(None);
        };
        Ok(self.store.take_phrase(phrase.hash(), now).await?)
    }
}
