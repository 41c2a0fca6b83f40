//! Names by which a messenger speaks of messages later: of those that it has taken and then refused, and of requests whose
//! reply got lost.

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

    /// Lets a message wait again that has left under a name since a moment; nothing where there is none.
    pub async fn tell_named_again(
        &self,
        outlet: EndpointId,
        name: String,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE deliveries SET status = 'pending', sent_parts = 0, next_attempt = $4, claimed_until = 0 \
                         WHERE status = 'delivered' AND last_attempt >= $3 AND id = \
                         (SELECT delivery FROM sent_names WHERE outlet = $1 AND name = $2)",
                    )
                    .bind(outlet.to_string())
                    .bind(connection.keys().external(&name))
                    .bind(since.as_millis())
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
