//! How much of a delivery has arrived that goes in several parts.

use crate::ids::DeliveryId;
use crate::store::error::StoreError;
use crate::store::handle::Store;

impl Store {
    /// Keeps how many parts of a delivery have arrived, so that none of them is sent again.
    pub async fn keep_sent_parts(&self, delivery: DeliveryId, sent: i64) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE deliveries SET sent_parts = $2 WHERE id = $1")
                        .bind(delivery.to_string())
                        .bind(sent)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
