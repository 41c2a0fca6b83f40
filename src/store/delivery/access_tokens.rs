//! Access tokens that a messenger lends for a while: every node uses the same, so that none ends that of another.

use crate::ids::EndpointId;
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

impl Store {
    /// Keeps the token of an account, in the place of the one before.
    pub async fn keep_access_token(
        &self,
        outlet: EndpointId,
        token: String,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let sealed = connection.keys().house().seal(&token);
                    sqlx::query(
                        "INSERT INTO access_tokens (outlet, token_sealed, until) VALUES ($1, $2, $3) \
                         ON CONFLICT (outlet) DO UPDATE SET token_sealed = excluded.token_sealed, until = excluded.until",
                    )
                    .bind(outlet.to_string())
                    .bind(sealed)
                    .bind(until.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads the token of an account, while it can be used.
    pub async fn access_token(
        &self,
        outlet: &EndpointId,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let row =
            sqlx::query("SELECT token_sealed FROM access_tokens WHERE outlet = $1 AND until > $2")
                .bind(outlet.to_string())
                .bind(now.as_millis())
                .row_if_any(&mut self.connection().await?)
                .await?;
        row.map(|row| row.open("token_sealed")).transpose()
    }
}
