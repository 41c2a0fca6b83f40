//! What somebody changes about their own account.

use serde_json::json;

use crate::ids::AgentId;
use crate::language::Spoken;
use crate::locale::Locale;
use crate::safety::Words;
use crate::staff::{Agent, Availability, Notice, PasswordHash, SecretHash};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::staff::agents::{codes, load};
use crate::store::staff::log::log_of_account;
use crate::time::Timestamp;

impl Store {
    /// Changes how somebody is known.
    pub async fn change_profile(
        &self,
        id: AgentId,
        name: String,
        languages: Vec<Spoken>,
        skills: Vec<String>,
        now: Timestamp,
    ) -> Result<Agent, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE agents SET name = $2, languages = $3, skills = $4 WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .bind(name)
                    .bind(codes(&languages, |language| language.code()))
                    .bind(skills.join(","))
                    .execute(&mut *connection)
                    .await?;
                    log_of_account(
                        connection,
                        id.to_string(),
                        "change_profile",
                        id,
                        json!({}),
                        now,
                    )
                    .await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Says whether somebody takes new conversations, and why not.
    pub async fn set_availability(
        &self,
        id: AgentId,
        availability: Availability,
        reason: Option<Words>,
        now: Timestamp,
    ) -> Result<Agent, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE agents SET availability = $2, availability_reason = $3 WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .bind(availability.code())
                    .bind(reason.as_ref().map_or("", Words::as_str))
                    .execute(&mut *connection)
                    .await?;
                    let detail = json!({ "to": availability.code() });
                    let actor = id.to_string();
                    log_of_account(connection, actor, "set_availability", id, detail, now).await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Sets what somebody is told by mail.
    pub async fn set_mail_notices(
        &self,
        id: AgentId,
        notices: Vec<Notice>,
        now: Timestamp,
    ) -> Result<Agent, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let wanted = codes(&notices, |notice| notice.code());
                    sqlx::query("UPDATE agents SET mail_notices = $2 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(&wanted)
                        .execute(&mut *connection)
                        .await?;
                    let detail = json!({ "mail": wanted });
                    let actor = id.to_string();
                    log_of_account(connection, actor, "set_notices", id, detail, now).await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Keeps in which locale somebody has the console.
    pub async fn set_locale(&self, id: AgentId, locale: Locale) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET locale = $2 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(locale.tag())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Sets a password and ends every session but one.
    pub async fn set_password(
        &self,
        id: AgentId,
        password: PasswordHash,
        keep: Option<SecretHash>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET password_hash = $2, password_expires = NULL, failures = 0 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(password.as_str())
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("DELETE FROM sessions WHERE agent = $1 AND token_hash <> $2")
                        .bind(id.to_string())
                        .bind(
                            keep.map(|hash| hash.as_str().to_owned())
                                .unwrap_or_default(),
                        )
                        .execute(&mut *connection)
                        .await?;
                    log_of_account(
                        connection,
                        id.to_string(),
                        "change_password",
                        id,
                        json!({}),
                        now,
                    )
                    .await
                })
            })
            .await
    }
}
