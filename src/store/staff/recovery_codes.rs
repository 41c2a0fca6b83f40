//! Recovery codes, and the authenticator app they stand in for, changed by whoever proves who they are.

use serde_json::json;
use sqlx::Row as _;

use crate::ids::AgentId;
use crate::staff::SecretHash;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::code_rows::{forget_if_useless, replace};
use crate::store::staff::log::log_of_account;
use crate::store::staff::second_proof::{SecondProof, spend};
use crate::time::Timestamp;

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
