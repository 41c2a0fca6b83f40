//! Recovery codes as they lie in their table.

use crate::ids::AgentId;
use crate::staff::SecretHash;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::time::Timestamp;

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
