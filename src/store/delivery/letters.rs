//! Rows of mail that came in: each is taken once, and what answers it names it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};

use crate::bus::News;
use crate::conversation::Topic;
use crate::ids::{ConversationId, EndpointId, UnknownCode};
use crate::signing::SigningSecret;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::place::Pool;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum LetterOutcome {
    /// Its words are in a conversation.
    Taken,
    /// A program wrote it by itself, so nobody answers.
    Automatic,
    /// It went to many, so nobody answers.
    Bulk,
    /// It is our own.
    Own,
    /// A mail of ours came back.
    Bounce,
    /// It cannot be read.
    Refused,
    /// Its writer has sent too many.
    Limited,
}

impl LetterOutcome {
    /// Every outcome.
    pub const ALL: [LetterOutcome; 7] = [
        Self::Taken,
        Self::Automatic,
        Self::Bulk,
        Self::Own,
        Self::Bounce,
        Self::Refused,
        Self::Limited,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What is kept of a mail for the heads of mails that answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterHead {
    /// Its name, without angle brackets; nothing where it had none.
    pub id: Option<String>,
    /// Its subject.
    pub subject: String,
}

/// A mail to be noted.
#[derive(Debug, Clone)]
pub struct NewLetter {
    /// The mailbox it came to.
    pub outlet: EndpointId,
    /// Its name, or what stands for it.
    pub name: String,
    /// The address it came from.
    pub sender: String,
    /// Where its words went.
    pub conversation: Option<ConversationId>,
    /// What became of it.
    pub outcome: LetterOutcome,
    /// What is kept for answers.
    pub head: Option<LetterHead>,
    /// The present moment.
    pub now: Timestamp,
}

/// The first and the last mail of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterHeads {
    /// The one that opened it.
    pub first: LetterHead,
    /// The newest.
    pub last: LetterHead,
}

impl Store {
    /// Returns the outlet of a mailbox; it is set up when it is asked for first.
    pub async fn mail_outlet(
        &self,
        address: &str,
        now: Timestamp,
    ) -> Result<EndpointId, StoreError> {
        let url = format!("mailto:{address}");
        // One process at a time has a file, so whoever read the mailbox before has gone.
        let is_alone = matches!(self.reader.pool, Pool::File(_));
        let (id, is_new) = self
            .writer
            .write(move |connection| {
                Box::pin(async move {
                    let found = find_or_insert(connection, url, now).await?;
                    if is_alone {
                        sqlx::query("UPDATE mailboxes SET held_until = 0 WHERE outlet = $1")
                            .bind(found.0.to_string())
                            .execute(connection)
                            .await?;
                    }
                    Ok(found)
                })
            })
            .await?;
        if is_new {
            self.bus().announce(News::Outlets);
        }
        Ok(id)
    }

    /// Notes what became of a mail; `false` when it was noted before.
    pub async fn keep_letter(&self, letter: NewLetter) -> Result<bool, StoreError> {
        self.writer
            .write_aside(move |connection| Box::pin(keep(connection, letter)))
            .await
    }
}

impl Reader {
    /// Returns what became of a mail that was noted under this name, and the conversation its words went to.
    pub async fn letter(
        &self,
        outlet: &EndpointId,
        name: &str,
    ) -> Result<Option<(LetterOutcome, Option<ConversationId>)>, StoreError> {
        let row = sqlx::query("SELECT outcome, conversation FROM letters WHERE digest = $1")
            .bind(self.keys.letter(&named(outlet, name)))
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let conversation: Option<String> = row.try_get("conversation")?;
        let conversation = conversation
            .map(|id| parse("conversation id", id))
            .transpose()?;
        let outcome = parse("outcome of a mail", row.try_get("outcome")?)?;
        Ok(Some((outcome, conversation)))
    }

    /// Counts what an address has sent since a moment and was taken.
    pub async fn letters_from(&self, sender: &str, since: Timestamp) -> Result<i64, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS count FROM letters WHERE sender = $1 AND created > $2 AND outcome = 'taken'",
        )
        .bind(self.keys.letter(sender))
        .bind(since.as_millis())
        .fetch_one(&self.pool)
        .await?;
        Ok(row.try_get("count")?)
    }

    /// Reads the heads of the first and the last mail of a conversation; nothing where none came by mail.
    pub async fn letter_heads(
        &self,
        conversation: &ConversationId,
    ) -> Result<Option<LetterHeads>, StoreError> {
        let mut connection = self.connection().await?;
        let mut ends = Vec::new();
        for order in ["created, digest", "created DESC, digest DESC"] {
            let row = sqlx::query(sqlx::AssertSqlSafe(format!(
                "SELECT head_sealed FROM letters WHERE conversation = $1 AND outcome = 'taken' AND head_sealed IS NOT NULL \
                 ORDER BY {order} LIMIT 1"
            )))
            .bind(conversation.to_string())
            .row_if_any(&mut connection)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let head: LetterHead = serde_json::from_str(&row.open("head_sealed")?)
                .map_err(|error| StoreError::unreadable("head of a mail", error))?;
            ends.push(head);
        }
        let last = ends.pop();
        Ok(ends
            .pop()
            .zip(last)
            .map(|(first, last)| LetterHeads { first, last }))
    }

    /// Counts mails by what became of them.
    pub async fn letter_counts(&self) -> Result<Vec<(LetterOutcome, i64)>, StoreError> {
        let rows = sqlx::query("SELECT outcome, count FROM letter_counts")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    parse("outcome of a mail", row.try_get("outcome")?)?,
                    row.try_get("count")?,
                ))
            })
            .collect()
    }
}

/// One name may be used in two mailboxes.
fn named(outlet: &EndpointId, name: &str) -> String {
    format!("{outlet}\n{name}")
}

async fn find_or_insert(
    connection: &mut Connection,
    url: String,
    now: Timestamp,
) -> Result<(EndpointId, bool), StoreError> {
    let id = EndpointId::generate(now);
    let house = std::sync::Arc::clone(connection.keys().house());
    let made = sqlx::query(
        "INSERT INTO outlets (id, kind, description, url, topics, secret, previous_until, account, active, created, updated) \
         VALUES ($1, 'mail', '', $2, $3, $4, 0, $5, 1, $6, $6) ON CONFLICT DO NOTHING",
    )
    .bind(id.to_string())
    .bind(&url)
    .bind(format!(",{},", Topic::MessageCreated.code()))
    .bind(house.seal(&SigningSecret::generate().reveal()))
    .bind(house.seal("{}"))
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    if made.rows_affected() == 0 {
        let row = sqlx::query("SELECT id FROM outlets WHERE kind = 'mail' AND url = $1")
            .bind(url)
            .fetch_one(connection)
            .await?;
        return Ok((parse("webhook id", row.try_get("id")?)?, false));
    }
    let line = LogLine {
        actor: "operator".to_owned(),
        action: "add_webhook",
        subject: id.to_string(),
        detail: json!({ "kind": "mail" }),
        now,
    };
    staff_log::insert(connection, line).await?;
    Ok((id, true))
}

async fn keep(connection: &mut Connection, letter: NewLetter) -> Result<bool, StoreError> {
    let NewLetter {
        outlet,
        name,
        sender,
        conversation,
        outcome,
        head,
        now,
    } = letter;
    let head = match (&conversation, head) {
        (Some(id), Some(head)) => {
            let written = serde_json::to_string(&head)
                .map_err(|error| StoreError::unreadable("head of a mail", error))?;
            Some(seal::of_conversation(connection, id).await?.seal(&written))
        }
        _ => None,
    };
    let digest = connection.keys().letter(&named(&outlet, &name));
    let sender = connection.keys().letter(&sender);
    let kept = sqlx::query(
        "INSERT INTO letters (digest, outlet, conversation, sender, outcome, head_sealed, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (digest) DO NOTHING",
    )
    .bind(digest)
    .bind(outlet.to_string())
    .bind(conversation.map(|id| id.to_string()))
    .bind(sender)
    .bind(outcome.code())
    .bind(head)
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO letter_counts (outcome, count) VALUES ($1, 1) \
         ON CONFLICT (outcome) DO UPDATE SET count = letter_counts.count + 1",
    )
    .bind(outcome.code())
    .execute(connection)
    .await?;
    Ok(true)
}
