//! Rows of recovery codes, and what proves a second factor.

use serde_json::json;
use sqlx::Row as _;

use crate::ids::AgentId;
use crate::staff::{Passkey, PasskeyChallenge, SecretHash};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
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

impl Store {
    /// Replaces somebody's recovery codes; whether what they have shown counted.
    pub async fn renew_recovery_codes(
        &self,
        id: AgentId,
        proof: SecondProof,
        codes: Vec<SecretHash>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if !spend(connection, id, &proof, now).await? {
                        return Ok(false);
                    }
                    replace(connection, id, &codes, now).await?;
                    let actor = id.to_string();
                    log_of_account(
                        connection,
                        actor,
                        "renew_recovery_codes",
                        id,
                        json!({}),
                        now,
                    )
                    .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Takes an authenticator app away, and the recovery codes with the last second factor; whether what its owner has shown counted.
    pub async fn remove_second_factor(
        &self,
        id: AgentId,
        proof: SecondProof,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if !spend(connection, id, &proof, now).await? {
                        return Ok(false);
                    }
                    sqlx::query(
                        "UPDATE agents SET totp_secret = NULL, totp_step = 0 WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?;
                    forget_if_useless(connection, id).await?;
                    let actor = id.to_string();
                    log_of_account(
                        connection,
                        actor,
                        "remove_second_factor",
                        id,
                        json!({}),
                        now,
                    )
                    .await?;
                    Ok(true)
                })
            })
            .await
    }
}

impl Reader {
    /// Counts the recovery codes somebody has left.
    pub async fn recovery_codes_left(&self, id: &AgentId) -> Result<i64, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS codes FROM recovery_codes WHERE agent = $1 AND used IS NULL",
        )
        .bind(id.to_string())
        .fetch_one(&self.pool)
        .await?;
        Ok(row.try_get("codes")?)
    }
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

/// Gives somebody these codes and no others.
pub(in crate::store) async fn replace(
    connection: &mut Connection,
    id: AgentId,
    codes: &[SecretHash],
    now: Timestamp,
) -> Result<(), StoreError> {
    forget(connection, id).await?;
    for code in codes {
        sqlx::query("INSERT INTO recovery_codes (code_hash, agent, created) VALUES ($1, $2, $3)")
            .bind(code.as_str())
            .bind(id.to_string())
            .bind(now.as_millis())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(in crate::store) async fn forget(
    connection: &mut Connection,
    id: AgentId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM recovery_codes WHERE agent = $1")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes recovery codes away that stand in for nothing any more.
pub(in crate::store) async fn forget_if_useless(
    connection: &mut Connection,
    id: AgentId,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM recovery_codes WHERE agent = $1 \
         AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.agent = $1) \
         AND NOT EXISTS (SELECT 1 FROM agents a WHERE a.id = $1 AND a.totp_secret IS NOT NULL)",
    )
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
