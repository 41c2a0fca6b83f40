//! Attempts at what is sent by mail, so that of several servers one makes each.

use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::time::Timestamp;

/// Counts an attempt at a row of `mail_outbox` or `staff_letters` before it is made; `false` when another server is at it.
pub(super) async fn begin(
    connection: &mut Connection,
    table: &'static str,
    (id, attempts): (String, i64),
    next_attempt: Timestamp,
) -> Result<bool, StoreError> {
    let begun = sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE {table} SET attempts = attempts + 1, next_attempt = $3 \
         WHERE id = $1 AND attempts = $2 AND state = 'waiting'"
    )))
    .bind(id)
    .bind(attempts)
    .bind(next_attempt.as_millis())
    .execute(connection)
    .await?;
    Ok(begun.rows_affected() > 0)
}
