//! What a messenger calls the messages that it has taken, since some of them it refuses only later.

use crate::ids::{DeliveryId, EndpointId};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::time::Timestamp;

impl Store {
    /// Keeps what a messenger calls a message.
    pub async fn keep_sent_name(
        &self,
        outlet: EndpointId,
        name: String,
        delivery: DeliveryId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO sent_names (outlet, name, delivery, created) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (outlet, name) DO NOTHING",
                    )
                    .bind(outlet.to_string())
                    .bind(connection.keys().external(&name))
                    .bind(delivery.to_string())
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Keeps that a message was refused after it had been taken, and why; nothing where nobody knows it.
    pub async fn refuse_sent(
        &self,
        outlet: EndpointId,
        name: String,
        why: String,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE deliveries SET status = 'failed', error = $3 WHERE status = 'delivered' AND id = \
                         (SELECT delivery FROM sent_names WHERE outlet = $1 AND name = $2)",
                    )
                    .bind(outlet.to_string())
                    .bind(connection.keys().external(&name))
                    .bind(why)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}
