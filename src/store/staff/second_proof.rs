//! What proves a second factor, spent where it is used.

use serde_json::json;

use crate::ids::AgentId;
use crate::staff::{Passkey, PasskeyChallenge, SecretHash};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::staff::log::log_of_account;
use crate::store::staff::passkeys;
use crate::time::Timestamp;

/// What somebody has shown for their second factor; it is spent where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondProof {
    /// The app's code of this time step.
    Step(i64),
    /// A recovery code.
    Recovery(SecretHash),
    /// A passkey that answers this challenge, as it is from now on.
    Passkey(PasskeyChallenge, Passkey),
}

/// Spends what somebody has shown. Decided in the transaction that relies on it: of two requests with one code, one
/// gets in.
pub(in crate::store) async fn spend(
    connection: &mut Connection,
    id: AgentId,
    proof: &SecondProof,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let statement = match proof {
        SecondProof::Passkey(challenge, shown) => {
            return passkeys::spend(connection, id, challenge, shown, now).await;
        }
        SecondProof::Step(step) => {
            sqlx::query("UPDATE agents SET totp_step = $2 WHERE id = $1 AND totp_step < $2")
                .bind(id.to_string())
                .bind(*step)
        }
        SecondProof::Recovery(hash) => sqlx::query(
            "UPDATE recovery_codes SET used = $3 WHERE agent = $1 AND code_hash = $2 AND used IS NULL",
        )
        .bind(id.to_string())
        .bind(hash.as_str())
        .bind(now.as_millis()),
    };
    let is_spent = statement.execute(&mut *connection).await?.rows_affected() > 0;
    if is_spent && matches!(proof, SecondProof::Recovery(_)) {
        let actor = id.to_string();
        log_of_account(connection, actor, "use_recovery_code", id, json!({}), now).await?;
    }
    Ok(is_spent)
}
