//! Rows of messages.

use crate::conversation::{Author, BotDecision, BotReply, Message, Speaker, TicketSubject};
use crate::ids::{AnswerId, ConversationId, MessageId};
use crate::language::{ChineseScript, Elsewhere, Language};
use crate::pipeline::Confidence;
use crate::store::chain::content_of_message;
use crate::store::codes::parse;
use crate::store::conversations::attachments;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::places::places;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A bot's reply as it stands in its column; the answer's id has a column of its own.
#[derive(Serialize, Deserialize)]
struct StoredReply {
    decision: BotDecision,
    language: Language,
    confidence: Confidence,
    subject: Option<TicketSubject>,
    #[serde(default)]
    script: ChineseScript,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    elsewhere: Option<Elsewhere>,
}

/// What a message is read from, in the order in which [`from_row`] reads it.
pub(in crate::store) const COLUMNS: &str = "id, sequence, author, text_sealed, language, answer, reply, agent, agent_name, created, attachments";

impl Reader {
    /// Reads every message of a conversation, in order.
    pub async fn messages(
        &self,
        conversation: &ConversationId,
    ) -> Result<Vec<Message>, StoreError> {
        self.messages_after(conversation, 0).await
    }

    /// Reads the messages that came after an event, in order.
    pub async fn messages_after(
        &self,
        conversation: &ConversationId,
        sequence: i64,
    ) -> Result<Vec<Message>, StoreError> {
        let mut connection = self.connection().await?;
        let mut found = with_file_counts_after(&mut connection, conversation, sequence).await?;
        attachments::give_to(&mut connection, conversation, &mut found).await?;
        Ok(found.into_iter().map(|(message, _)| message).collect())
    }
}

/// A message with what stands beside it in its row.
pub(in crate::store) struct NewMessage {
    pub(in crate::store) message: Message,
    pub(in crate::store) episode: i64,
    /// How many files it is going to carry.
    pub(in crate::store) files: usize,
    /// The words before something in them was hidden, where it was.
    pub(in crate::store) original: Option<Zeroizing<String>>,
}

/// Reads every message of a conversation with the number of its files, but without them.
pub(in crate::store) async fn with_file_counts(
    connection: &mut Connection,
    conversation: &ConversationId,
) -> Result<Vec<(Message, i64)>, StoreError> {
    with_file_counts_after(connection, conversation, 0).await
}

async fn with_file_counts_after(
    connection: &mut Connection,
    conversation: &ConversationId,
    sequence: i64,
) -> Result<Vec<(Message, i64)>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM messages WHERE conversation = $1 AND sequence > $2 ORDER BY sequence"
    )))
    .bind(conversation.to_string())
    .bind(sequence)
    .rows(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((from_row(row)?, row.try_get("attachments")?)))
        .collect()
}

impl NewMessage {
    /// Returns what its event commits to.
    pub(in crate::store) fn content(&self) -> Vec<String> {
        content_of_message(&self.message, self.file_count())
    }

    fn file_count(&self) -> i64 {
        i64::try_from(self.files).unwrap_or(i64::MAX)
    }
}

/// Writes messages of a conversation in one statement.
pub(in crate::store) async fn insert(
    connection: &mut Connection,
    conversation: &ConversationId,
    new: &[NewMessage],
) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let key = seal::of_conversation(connection, conversation).await?;
    let rows = places(
        new.len(),
        13,
        1,
        "(_, $1, _, _, _, _, _, _, _, _, _, _, _, _)",
    );
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
        "INSERT INTO messages (id, conversation, sequence, episode, author, text_sealed, language, answer, reply, \
         created, agent, agent_name, attachments, original_sealed) VALUES {rows}"
    )))
    .bind(conversation.to_string());
    for one in new {
        let NewMessage {
            message,
            episode,
            files: _,
            original,
        } = one;
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
        query = query
            .bind(id.to_string())
            .bind(sequence)
            .bind(episode)
            .bind(author.code())
            .bind(key.seal(text))
            .bind(language.map(Language::code))
            .bind(reply.as_ref().map(|reply| reply.answer.to_string()))
            .bind(reply.as_ref().map(stored).transpose()?)
            .bind(created.as_millis())
            .bind(speaker.as_ref().map(|speaker| speaker.agent.to_string()))
            .bind(speaker.as_ref().map(|speaker| speaker.name.as_str()))
            .bind(one.file_count())
            .bind(original.as_ref().map(|original| key.seal(original)));
    }
    query.execute(connection).await?;
    Ok(())
}

fn stored(reply: &BotReply) -> Result<String, StoreError> {
    let stored = StoredReply {
        decision: reply.decision.clone(),
        language: reply.language,
        confidence: reply.confidence,
        subject: reply.subject.clone(),
        script: reply.script,
        elsewhere: reply.elsewhere,
    };
    serde_json::to_string(&stored).map_err(|error| StoreError::unreadable("reply", error))
}

/// Reads one message of a conversation.
pub(in crate::store) async fn load(
    connection: &mut Connection,
    conversation: &ConversationId,
    id: &MessageId,
) -> Result<Message, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM messages WHERE conversation = $1 AND id = $2"
    )))
    .bind(conversation.to_string())
    .bind(id.to_string())
    .row_if_any(connection)
    .await?
    .ok_or(StoreError::UnknownMessage(*id))?;
    let mut found = [(from_row(&row)?, row.try_get("attachments")?)];
    attachments::give_to(connection, conversation, &mut found).await?;
    let [(message, _)] = found;
    Ok(message)
}

/// What visitor and agents have said in an episode, in order.
pub(in crate::store) async fn said_by_people(
    connection: &mut Connection,
    conversation: &ConversationId,
    episode: i64,
) -> Result<Vec<(Author, String)>, StoreError> {
    let rows = sqlx::query(
        "SELECT author, text_sealed FROM messages WHERE conversation = $1 AND episode = $2 \
         AND author IN ('visitor', 'agent') ORDER BY sequence",
    )
    .bind(conversation.to_string())
    .bind(episode)
    .rows(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let author = parse("author", row.try_get("author")?)?;
            Ok((author, row.open("text_sealed")?))
        })
        .collect()
}

/// Returns what the bot said in an episode, oldest first.
pub(in crate::store) async fn replies(
    connection: &mut Connection,
    conversation: &ConversationId,
    episode: i64,
) -> Result<Vec<BotReply>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM messages WHERE conversation = $1 AND episode = $2 AND author = 'bot' ORDER BY sequence"
    )))
    .bind(conversation.to_string())
    .bind(episode)
    .rows(connection)
    .await?;
    let said: Vec<Message> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
    Ok(said
        .into_iter()
        .filter_map(|message| message.reply)
        .collect())
}

/// Reads what was said last.
pub(in crate::store) async fn last_text(
    connection: &mut Connection,
    conversation: &ConversationId,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT text_sealed FROM messages WHERE conversation = $1 ORDER BY sequence DESC LIMIT 1",
    )
    .bind(conversation.to_string())
    .row_if_any(connection)
    .await?;
    row.map(|row| row.open("text_sealed")).transpose()
}

/// Reads the first columns of a row, whatever they are called there.
pub(in crate::store) fn from_row(row: &Row) -> Result<Message, StoreError> {
    let language: Option<String> = row.try_get(4)?;
    let answer: Option<String> = row.try_get(5)?;
    let reply: Option<String> = row.try_get(6)?;
    let agent: Option<String> = row.try_get(7)?;
    let agent_name: Option<String> = row.try_get(8)?;
    Ok(Message {
        id: parse("message id", row.try_get(0)?)?,
        sequence: row.try_get(1)?,
        author: parse("author", row.try_get(2)?)?,
        text: row.open(3)?,
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
        created: Timestamp::from_millis(row.try_get(9)?),
    })
}

fn reply_from(answer: AnswerId, json: &str) -> Result<BotReply, StoreError> {
    let StoredReply {
        decision,
        language,
        confidence,
        subject,
        script,
        elsewhere,
    } = serde_json::from_str(json).map_err(|error| StoreError::unreadable("reply", error))?;
    Ok(BotReply {
        answer,
        decision,
        language,
        confidence,
        subject,
        script,
        elsewhere,
    })
}
