//! Rows of addresses that visitors left: whoever reads one says that it is theirs before it gets more than one mail.

use sqlx::Row as _;

use crate::store::delivery::mail_outbox::{DueMail, MailId, MailKind};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::time::Timestamp;

/// What may become of a mail to a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may leave: the address is confirmed.
    Confirmed,
    /// It may leave, and asks its reader to confirm the address.
    Asks,
    /// It waits until the address is confirmed.
    Waits,
    /// It is not worth waiting for.
    Needless,
}

/// Later than any moment.
const UNTIL_CONFIRMED: i64 = i64::MAX;

impl Store {
    /// Decides whether a mail to a visitor's address may leave, and puts it by where it may not. An address that never
    /// confirmed is asked again once the link of the last asking has expired.
    pub async fn admit_mail(
        &self,
        mail: &DueMail,
        digest: String,
        ask_again_ms: i64,
        now: Timestamp,
    ) -> Result<Admission, StoreError> {
        let (id, kind) = (mail.id.clone(), mail.kind);
        self.writer
            .write_aside(move |connection| {
                Box::pin(admit(connection, id, kind, digest, ask_again_ms, now))
            })
            .await
    }

    /// Notes that an address is its reader's; what was held for it leaves now. `false` when it was never asked.
    pub async fn confirm_contact(
        &self,
        digest: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known = sqlx::query(
                        "UPDATE contacts SET confirmed = COALESCE(confirmed, $2) WHERE digest = $1",
                    )
                    .bind(&digest)
                    .bind(now.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query(
                        "UPDATE mail_outbox SET held_for = NULL, attempts = 0, next_attempt = $2 \
                         WHERE held_for = $1 AND state = 'waiting'",
                    )
                    .bind(&digest)
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(known.rows_affected() > 0)
                })
            })
            .await
    }
}

async fn admit(
    connection: &mut Connection,
    id: MailId,
    kind: MailKind,
    digest: String,
    ask_again_ms: i64,
    now: Timestamp,
) -> Result<Admission, StoreError> {
    let known = sqlx::query("SELECT asked_by, asked, confirmed FROM contacts WHERE digest = $1")
        .bind(&digest)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(known) = known {
        let asked_by: String = known.try_get("asked_by")?;
        let asked: i64 = known.try_get("asked")?;
        let confirmed: Option<i64> = known.try_get("confirmed")?;
        if confirmed.is_some() {
            return Ok(Admission::Confirmed);
        }
        // The mail that asks may need several attempts.
        if asked_by == id.to_string() {
            return Ok(Admission::Asks);
        }
        if asked.saturating_add(ask_again_ms) > now.as_millis() {
            return match kind {
                // What it says is said in the chat as well; what people answer must not be lost.
                MailKind::Opened => Ok(Admission::Needless),
                _ => hold(connection, id, digest).await,
            };
        }
    }
    sqlx::query(
        "INSERT INTO contacts (digest, asked_by, asked) VALUES ($1, $2, $3) \
         ON CONFLICT (digest) DO UPDATE SET asked_by = $2, asked = $3",
    )
    .bind(digest)
    .bind(id.to_string())
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(Admission::Asks)
}

async fn hold(
    connection: &mut Connection,
    id: MailId,
    digest: String,
) -> Result<Admission, StoreError> {
    sqlx::query(
        "UPDATE mail_outbox SET held_for = $2, attempts = 0, next_attempt = $3 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(digest)
    .bind(UNTIL_CONFIRMED)
    .execute(connection)
    .await?;
    Ok(Admission::Waits)
}
