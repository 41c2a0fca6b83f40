//! Rows of messages.

use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::codes::parse;
use super::seal::{open, seal};
use super::{Connection, Reader, Row, StoreError, attachments};
use crate::conversation::{
    AnswerId, BotDecision, BotReply, ConversationId, Message, MessageId, Speaker, TicketSubject,
    Timestamp,
};
use crate::language::Language;
use crate::pipeline::Confidence;

/// A bot's reply as it stands in its column; the answer's id has a column of its own.
#[derive(Serialize, Deserialize)]
struct StoredReply {
    decision: BotDecision,
    language: Language,
    confidence: Confidence,
    subject: Option<TicketSubject>,
}

const COLUMNS: &str = "id, sequence, author, text_sealed, language, answer, reply, agent, agent_name, created, attachments";

impl Reader {
    /// Reads every message of a conversation, in order.
    pub async fn messages(
        &self,
        conversation: &ConversationId,
    ) -> Result<Vec<Message>, StoreError> {
        self.messages_after(conversation, 0).await
    }

    /// Reads the messages that came after an event, in order.
    pub(super) async fn messages_after(
        &self,
        conversation: &ConversationId,
        sequence: i64,
    ) -> Result<Vec<Message>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM messages WHERE conversation = $1 AND sequence > $2 ORDER BY sequence"
        )))
        .bind(conversation.to_string())
        .bind(sequence)
        .fetch_all(&mut *connection)
        .await?;
        let mut found: Vec<(Message, i64)> = Vec::with_capacity(rows.len());
        for row in &rows {
            found.push((from_row(row)?, row.try_get("attachments")?));
        }
        attachments::give_to(&mut connection, conversation, &mut found).await?;
        Ok(found.into_iter().map(|(message, _)| message).collect())
    }
}

pub(super) async fn insert(
    connection: &mut Connection,
    conversation: &ConversationId,
    episode: i64,
    message: &Message,
    files: usize,
) -> Result<(), StoreError> {
    let Message {
        id,
        sequence,
        author,
        text,
        language,
        reply,
        speaker,
        attachments: _,
        created,
    } = message;
    let (answer, reply) = match reply {
        Some(BotReply {
            answer,
            decision,
            language,
            confidence,
            subject,
        }) => {
            let stored = StoredReply {
                decision: decision.clone(),
                language: *language,
                confidence: *confidence,
                subject: subject.clone(),
            };
            let json = serde_json::to_string(&stored)
                .map_err(|error| StoreError::unreadable("reply", error))?;
            (Some(answer.to_string()), Some(json))
        }
        None => (None, None),
    };
    sqlx::query(
        "INSERT INTO messages (id, conversation, sequence, episode, author, text_sealed, language, answer, reply, \
         created, agent, agent_name, attachments) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(id.to_string())
    .bind(conversation.to_string())
    .bind(sequence)
    .bind(episode)
    .bind(author.code())
    .bind(seal(text))
    .bind(language.map(Language::code))
    .bind(answer)
    .bind(reply)
    .bind(created.as_millis())
    .bind(speaker.as_ref().map(|speaker| speaker.agent.to_string()))
    .bind(speaker.as_ref().map(|speaker| speaker.name.as_str()))
    .bind(i64::try_from(files).unwrap_or(i64::MAX))
    .execute(connection)
    .await?;
    Ok(())
}

/// Reads one message of a conversation.
pub(super) async fn load(
    connection: &mut Connection,
    conversation: &ConversationId,
    id: &MessageId,
) -> Result<Message, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM messages WHERE conversation = $1 AND id = $2"
    )))
    .bind(conversation.to_string())
    .bind(id.to_string())
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(StoreError::UnknownMessage(*id))?;
    let mut found = [(from_row(&row)?, row.try_get("attachments")?)];
    attachments::give_to(connection, conversation, &mut found).await?;
    let [(message, _)] = found;
    Ok(message)
}

/// The visitor's first words of an episode.
pub(super) async fn first_question(
    connection: &mut Connection,
    conversation: &ConversationId,
    episode: i64,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT text_sealed FROM messages WHERE conversation = $1 AND episode = $2 AND author = 'visitor' \
         ORDER BY sequence LIMIT 1",
    )
    .bind(conversation.to_string())
    .bind(episode)
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok(open(row.try_get("text_sealed")?)))
        .transpose()
}

/// What visitor and agents have said in an episode.
pub(super) async fn said_by_people(
    connection: &mut Connection,
    conversation: &ConversationId,
    episode: i64,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "SELECT text_sealed FROM messages WHERE conversation = $1 AND episode = $2 \
         AND author IN ('visitor', 'agent') ORDER BY sequence",
    )
    .bind(conversation.to_string())
    .bind(episode)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok(open(row.try_get("text_sealed")?)))
        .collect()
}

/// The bot's last reply of an episode.
pub(super) async fn last_reply(
    connection: &mut Connection,
    conversation: &ConversationId,
    episode: i64,
) -> Result<Option<BotReply>, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM messages WHERE conversation = $1 AND episode = $2 AND author = 'bot' \
         ORDER BY sequence DESC LIMIT 1"
    )))
    .bind(conversation.to_string())
    .bind(episode)
    .fetch_optional(connection)
    .await?;
    Ok(row
        .as_ref()
        .map(from_row)
        .transpose()?
        .and_then(|message| message.reply))
}

fn from_row(row: &Row) -> Result<Message, StoreError> {
    let language: Option<String> = row.try_get("language")?;
    let answer: Option<String> = row.try_get("answer")?;
    let reply: Option<String> = row.try_get("reply")?;
    let agent: Option<String> = row.try_get("agent")?;
    let agent_name: Option<String> = row.try_get("agent_name")?;
    Ok(Message {
        id: parse("message id", row.try_get("id")?)?,
        sequence: row.try_get("sequence")?,
        author: parse("author", row.try_get("author")?)?,
        text: open(row.try_get("text_sealed")?),
        language: language.map(|code| parse("language", code)).transpose()?,
        reply: match (answer, reply) {
            (Some(answer), Some(reply)) => Some(reply_from(parse("answer id", answer)?, &reply)?),
            _ => None,
        },
        speaker: match (agent, agent_name) {
            (Some(agent), Some(name)) => Some(Speaker {
                agent: parse("agent id", agent)?,
                name,
            }),
            _ => None,
        },
        attachments: Vec::new(),
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}

fn reply_from(answer: AnswerId, json: &str) -> Result<BotReply, StoreError> {
    let StoredReply {
        decision,
        language,
        confidence,
        subject,
    } = serde_json::from_str(json).map_err(|error| StoreError::unreadable("reply", error))?;
    Ok(BotReply {
        answer,
        decision,
        language,
        confidence,
        subject,
    })
}
