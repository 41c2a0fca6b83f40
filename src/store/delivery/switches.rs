//! Whether a server that sends something runs on this database. It stands in the database, so of several processes the last
//! to start decides for all: give them the same settings.

use crate::store::error::StoreError;
use crate::store::handle::Store;

impl Store {
    /// Says whether mail is sent.
    pub async fn switch_mail(&self, on: bool) -> Result<(), StoreError> {
        self.switch("mail", on).await
    }

    /// Says whether messages to browsers of staff are sent.
    pub async fn switch_push(&self, on: bool) -> Result<(), StoreError> {
        self.switch("push", on).await
    }

    async fn switch(&self, name: &'static str, on: bool) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE counters SET value = $1 WHERE name = $2")
                        .bind(i64::from(on))
                        .bind(name)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
