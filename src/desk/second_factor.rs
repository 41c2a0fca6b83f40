//! The second factor of one's own account: set up with recovery codes, renewed, taken away.

use super::{Desk, DeskError};
use crate::conversation::Timestamp;
use crate::staff::{Agent, RecoveryCode, SecondFactor, SecretHash};
use crate::store::SecondProof;

impl Desk {
    /// Sets up a second factor once its app has shown a right code, and gives the codes that stand in for it.
    pub async fn set_second_factor(
        &self,
        agent: &Agent,
        factor: SecondFactor,
        code: &str,
        now: Timestamp,
    ) -> Result<Vec<RecoveryCode>, DeskError> {
        // Otherwise whoever finds an open console could lock its owner out.
        if agent.has_second_factor {
            return Err(DeskError::SecondFactorSet);
        }
        let step = factor
            .check(code, now)?
            .ok_or(DeskError::SecondFactorUnproven)?;
        let codes = RecoveryCode::generate_set();
        self.store
            .set_second_factor(agent.id, factor, step, hashes(&codes), now)
            .await?;
        Ok(codes)
    }

    /// Gives fresh recovery codes for a right code; those from before are worth nothing any more.
    pub async fn renew_recovery_codes(
        &self,
        agent: &Agent,
        code: &str,
        now: Timestamp,
    ) -> Result<Vec<RecoveryCode>, DeskError> {
        let Some(proof) = self.proof(agent, code, now).await? else {
            return Err(DeskError::SecondFactorUnproven);
        };
        let codes = RecoveryCode::generate_set();
        let renewed = self
            .store
            .renew_recovery_codes(agent.id, proof, hashes(&codes), now);
        let renewed = renewed.await?;
        self.counted(agent, renewed, now).await?;
        Ok(codes)
    }

    /// Takes the second factor away for a right code of its app, or for a recovery code when the device is lost.
    pub async fn remove_second_factor(
        &self,
        agent: &Agent,
        code: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let Some(proof) = self.proof(agent, code, now).await? else {
            return Ok(());
        };
        let removed = self
            .store
            .remove_second_factor(agent.id, proof, now)
            .await?;
        self.counted(agent, removed, now).await
    }

    /// Counts the recovery codes somebody has left.
    pub async fn recovery_codes_left(&self, agent: &Agent) -> Result<i64, DeskError> {
        Ok(self.store.reader().recovery_codes_left(&agent.id).await?)
    }

    /// Reads what somebody shows for their second factor; nothing where there is none.
    async fn proof(
        &self,
        agent: &Agent,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<SecondProof>, DeskError> {
        let known = self.store.reader().credentials(&agent.email).await?;
        // Whoever finds an open console must not try codes faster than at the door.
        let known = known.filter(|known| known.attempts.next_at() <= now);
        let Some(known) = known else {
            return Err(DeskError::SecondFactorUnproven);
        };
        let Some(factor) = known.second_factor else {
            return Ok(None);
        };
        match proof_in(&factor, code, now)? {
            Some(proof) => Ok(Some(proof)),
            None => self.counted(agent, false, now).await.map(|()| None),
        }
    }

    async fn counted(&self, agent: &Agent, fits: bool, now: Timestamp) -> Result<(), DeskError> {
        if fits {
            return Ok(());
        }
        self.store.count_failure(agent.id, now).await?;
        Err(DeskError::SecondFactorUnproven)
    }
}

/// Reads a code of the app or a recovery code; nothing when it is neither. Whether it was used before is the store's to
/// say.
pub(super) fn proof_in(
    factor: &SecondFactor,
    code: &str,
    now: Timestamp,
) -> Result<Option<SecondProof>, DeskError> {
    if let Some(step) = factor.check(code, now)? {
        return Ok(Some(SecondProof::Step(step)));
    }
    let recovery = RecoveryCode::presented(code);
    Ok(recovery.map(|code| SecondProof::Recovery(code.hash())))
}

fn hashes(codes: &[RecoveryCode]) -> Vec<SecretHash> {
    codes.iter().map(RecoveryCode::hash).collect()
}
