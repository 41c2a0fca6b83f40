//! The second factor of one's own account: set up with recovery codes, renewed, taken away.

use super::Workplace;
use super::shown_factor::proof_in;
use crate::desk::DeskError;
use crate::staff::{Agent, RecoveryCode, SecondFactor, SecretHash, SecretToken};
use crate::store::{AttemptLane, SecondProof};
use crate::time::Timestamp;

impl Workplace {
    /// Sets up a second factor once its app has shown a right code, and gives the codes that stand in for it.
    pub async fn set_second_factor(
        &self,
        agent: &Agent,
        factor: SecondFactor,
        code: &str,
        now: Timestamp,
    ) -> Result<Vec<RecoveryCode>, DeskError> {
        // Otherwise whoever finds an open console could lock its owner out.
        if agent.has_authenticator_app {
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

    /// Makes fresh recovery codes for a right code; those from before are worth nothing any more.
    pub async fn renew_recovery_codes(
        &self,
        agent: &Agent,
        session: &SecretToken,
        code: &str,
        now: Timestamp,
    ) -> Result<Vec<RecoveryCode>, DeskError> {
        let Some((proof, lane)) = self.proof(agent, session, code, now).await? else {
            return Err(DeskError::SecondFactorUnproven);
        };
        let codes = RecoveryCode::generate_set();
        let renewed = self
            .store
            .renew_recovery_codes(agent.id, proof, hashes(&codes), now);
        self.accepted(renewed.await?, lane).await?;
        Ok(codes)
    }

    /// Takes the second factor away for a right code of its app, or for a recovery code when the device is lost.
    pub async fn remove_second_factor(
        &self,
        agent: &Agent,
        session: &SecretToken,
        code: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let Some((proof, lane)) = self.proof(agent, session, code, now).await? else {
            return Ok(());
        };
        let removed = self
            .store
            .remove_second_factor(agent.id, proof, now)
            .await?;
        self.accepted(removed, lane).await
    }

    /// Counts the recovery codes somebody has left.
    pub async fn recovery_codes_left(&self, agent: &Agent) -> Result<i64, DeskError> {
        Ok(self.store.reader().recovery_codes_left(&agent.id).await?)
    }

    /// Reads what somebody shows for their second factor, once it counts as an attempt; nothing where there is none.
    async fn proof(
        &self,
        agent: &Agent,
        session: &SecretToken,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<(SecondProof, AttemptLane)>, DeskError> {
        let counted = self.begin_proof(agent, session, now).await;
        let counted = counted.map_err(|error| match error {
            DeskError::WrongPassword => DeskError::SecondFactorUnproven,
            other => other,
        })?;
        if !counted.credentials.agent.has_second_factor {
            self.store.take_back_attempt(counted).await?;
            return Ok(None);
        }
        let proof = proof_in(counted.credentials.second_factor.as_ref(), code, now)?;
        let proof = proof.ok_or(DeskError::SecondFactorUnproven)?;
        Ok(Some((proof, counted.lane)))
    }

    async fn accepted(&self, fits: bool, lane: AttemptLane) -> Result<(), DeskError> {
        if !fits {
            return Err(DeskError::SecondFactorUnproven);
        }
        Ok(self.store.forget_failures(lane).await?)
    }
}

fn hashes(codes: &[RecoveryCode]) -> Vec<SecretHash> {
    codes.iter().map(RecoveryCode::hash).collect()
}
