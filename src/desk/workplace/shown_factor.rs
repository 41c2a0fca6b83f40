//! What somebody shows for their second factor, read and checked.

use super::Workplace;
use crate::desk::DeskError;
use crate::staff::{PasskeySite, RecoveryCode, SecondFactor, ShownPasskey};
use crate::store::{Credentials, SecondProof};
use crate::time::Timestamp;

/// What somebody shows for their second factor, where one is asked for.
#[derive(Debug, Clone, Default)]
pub struct ShownFactor {
    /// The code of the authenticator app, or a recovery code.
    pub code: Option<String>,
    /// A passkey, and the site it is shown to.
    pub passkey: Option<(PasskeySite, ShownPasskey)>,
}

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
}

/// Reads a code of the app or a recovery code; nothing when it is neither. Whether it was used before is the store's to
/// say.
pub(super) fn proof_in(
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
