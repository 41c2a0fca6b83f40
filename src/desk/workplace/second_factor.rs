//! The second factor of one's own account: set up with recovery codes, renewed, taken away.

use super::Workplace;
use super::signing_in::ShownFactor;
use crate::desk::DeskError;
use crate::staff::{Agent, RecoveryCode, SecondFactor, SecretHash, SecretToken};
use crate::store::{AttemptLane, Credentials, SecondProof};
use crate::time::Timestamp;

/// What was shown beside a password.
pub(super) enum Second {
    /// The account has no second factor.
    NotNeeded,
    /// It has one, and nothing was shown.
    Missing,
    /// What was shown does not fit.
    Wrong,
    /// It fits, unless it was used before, which is the store's to say.
    Right(SecondProof),
}

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

    /// Reads what somebody has shown beside their password.
    pub(super) async fn second_proof(
        &self,
        credentials: &Credentials,
        shown: ShownFactor,
        now: Timestamp,
    ) -> Result<Second, DeskError> {
        let agent = &credentials.agent;
        if !agent.has_second_factor {
            return Ok(Second::NotNeeded);
        }
        if let Some((site, passkey)) = shown.passkey {
            let challenge = self.store.reader().passkey_challenge(&agent.id).await?;
            let known = self.checked_by(agent).await?;
            let Some(challenge) = challenge else {
                return Ok(Second::Wrong);
            };
            return Ok(match site.check(&challenge, passkey, &known) {
                Ok(passkey) => Second::Right(SecondProof::Passkey(challenge, passkey)),
                Err(refused) => {
                    tracing::info!(%refused, "a passkey was refused");
                    Second::Wrong
                }
            });
        }
        let Some(code) = shown.code else {
            return Ok(Second::Missing);
        };
        let proof = proof_in(credentials.second_factor.as_ref(), &code, now)?;
        Ok(proof.map_or(Second::Wrong, Second::Right))
    }

    async fn accepted(&self, fits: bool, lane: AttemptLane) -> Result<(), DeskError> {
        if !fits {
            return Err(DeskError::SecondFactorUnproven);
        }
        Ok(self.store.forget_failures(lane).await?)
    }
}

/// Reads a code of the app or a recovery code; nothing when it is neither. Whether it was used before is the store's to
/// say.
fn proof_in(
    factor: Option<&SecondFactor>,
    code: &str,
    now: Timestamp,
) -> Result<Option<SecondProof>, DeskError> {
    if let Some(factor) = factor
        && let Some(step) = factor.check(code, now)?
    {
        return Ok(Some(SecondProof::Step(step)));
    }
    let recovery = RecoveryCode::presented(code);
    Ok(recovery.map(|code| SecondProof::Recovery(code.hash())))
}

fn hashes(codes: &[RecoveryCode]) -> Vec<SecretHash> {
    codes.iter().map(RecoveryCode::hash).collect()
}
