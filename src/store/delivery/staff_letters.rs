//! Letters: mail to members of staff that is about no ticket, kept until the other server has it.

use super::attempts;
use uuid::Uuid;

use crate::ids::AgentId;
use crate::staff::Agent;
use crate::store::codes::parse;
use crate::store::delivery::mail_outbox::{MailOutcome, MailState};
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::agents;
use crate::time::Timestamp;

/// A letter to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStaffLetter {
    /// To whom.
    pub agent: AgentId,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as a page, where it is one.
    pub html: Option<String>,
}

/// A letter whose time has come.
#[derive(Debug, Clone, PartialEq)]
pub struct DueStaffLetter {
    /// Its name, also in its Message-ID.
    pub id: String,
    /// To whom.
    pub agent: Agent,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as a page, where it is one.
    pub html: Option<String>,
    /// Attempts before this one.
    pub attempts: i64,
}

/// Most letters read at once.
const MAX_DUE: i64 = 16;

/// Days after which a letter that has left, or never will, is forgotten.
const KEPT_DAYS: u32 = 30;

impl Store {
    /// Puts letters into the outbox.
    pub async fn put_staff_letters(
        &self,
        letters: Vec<NewStaffLetter>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM staff_letters WHERE state <> 'waiting' AND created < $1")
                        .bind(now.days_earlier(KEPT_DAYS).as_millis())
                        .execute(&mut *connection)
                        .await?;
                    for letter in letters {
                        let key = connection.keys().house();
                        let subject = key.seal(&letter.subject);
                        let text = key.seal(&letter.text);
                        let html = letter.html.map(|html| key.seal(&html));
                        sqlx::query(
                            "INSERT INTO staff_letters (id, agent, subject_sealed, text_sealed, html_sealed, attempts, next_attempt, state, created) \
                             VALUES ($1, $2, $3, $4, $5, 0, $6, 'waiting', $6)",
                        )
                        .bind(Uuid::now_v7().to_string())
                        .bind(letter.agent.to_string())
                        .bind(subject)
                        .bind(text)
                        .bind(html)
                        .bind(now.as_millis())
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Counts an attempt before it is made; `false` when another server is at it.
    pub async fn begin_staff_letter(
        &self,
        letter: &DueStaffLetter,
        next_attempt: Timestamp,
    ) -> Result<bool, StoreError> {
        let attempt = (letter.id.clone(), letter.attempts);
        self.writer
            .write_aside(move |connection| {
                Box::pin(attempts::begin(
                    connection,
                    "staff_letters",
                    attempt,
                    next_attempt,
                ))
            })
            .await
    }

    /// Keeps how an attempt ended.
    pub async fn end_staff_letter(
        &self,
        id: String,
        outcome: MailOutcome,
    ) -> Result<(), StoreError> {
        let state = match outcome {
            MailOutcome::Sent => MailState::Sent,
            MailOutcome::Dropped => MailState::Dropped,
            MailOutcome::Failed(_) => MailState::Failed,
            MailOutcome::Later(_) => MailState::Waiting,
        };
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE staff_letters SET state = $2 WHERE id = $1")
                        .bind(id)
                        .bind(state.code())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads letters whose time has come, the longest due first.
    pub async fn due_staff_letters(
        &self,
        now: Timestamp,
    ) -> Result<Vec<DueStaffLetter>, StoreError> {
        let mut connection = self.connection().await?;
        let rows = sqlx::query(
            "SELECT id, agent, subject_sealed, text_sealed, html_sealed, attempts FROM staff_letters \
             WHERE state = 'waiting' AND next_attempt <= $1 ORDER BY next_attempt, id LIMIT $2",
        )
        .bind(now.as_millis())
        .bind(MAX_DUE)
        .rows(&mut connection)
        .await?;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let agent: AgentId = parse("agent id", row.try_get("agent")?)?;
            let html: Option<String> = row.try_get("html_sealed")?;
            due.push(DueStaffLetter {
                id: row.try_get("id")?,
                agent: agents::load(&mut connection, &agent).await?,
                subject: row.open("subject_sealed")?,
                text: row.open("text_sealed")?,
                html: match html {
                    Some(_) => Some(row.open("html_sealed")?),
                    None => None,
                },
                attempts: row.try_get("attempts")?,
            });
        }
        Ok(due)
    }
}
