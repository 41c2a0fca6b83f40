//! Rows of conversations.

use sqlx::Row as _;

use super::codes::parse;
use super::idempotency::{find_response, remember_response};
use super::{Connection, KeyedRequest, Owner, Reader, Row, Store, StoreError, outbox, owners};
use crate::conversation::{
    AutomaticEscalation, Conversation, ConversationId, NewConversation, Standing, Tier, Timestamp,
    Topic,
};
use crate::language::Language;
use crate::locale::Locale;

impl Store {
    /// Keeps a new conversation; a repeated request gives back the one it opened before.
    pub async fn open_conversation(
        &self,
        conversation: Conversation,
        owner: Owner,
        request: Option<KeyedRequest>,
    ) -> Result<Conversation, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if let Some(request) = &request
                        && let Some(id) = find_response(connection, request).await?
                    {
                        let kept = load(connection, &parse("conversation id", id)?).await?;
                        owners::open_again(connection, &kept, &owner, conversation.created).await?;
                        return Ok(kept);
                    }
                    insert(connection, &conversation).await?;
                    owners::insert(connection, &conversation.id, &owner, conversation.created)
                        .await?;
                    let id = conversation.id.to_string();
                    let (topic, created) = (Topic::ConversationCreated, conversation.created);
                    outbox::tell(connection, topic, &conversation.id, &id, created).await?;
                    remember_response(connection, request.as_ref(), &id, conversation.created)
                        .await?;
                    Ok(conversation)
                })
            })
            .await
    }
}

impl Reader {
    /// Reads a conversation without its messages.
    pub async fn conversation(&self, id: &ConversationId) -> Result<Conversation, StoreError> {
        let mut connection = self.pool.acquire().await?;
        load(&mut connection, id).await
    }
}

async fn insert(
    connection: &mut Connection,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    let Conversation {
        id,
        standing,
        language,
        opened_with,
        last_sequence,
        waiting_since: _,
        agent_spoke: _,
        created,
    } = conversation;
    let accept_languages: Vec<&str> = opened_with
        .accept_language
        .iter()
        .map(|language| language.code())
        .collect();
    sqlx::query(
        "INSERT INTO conversations (id, state, episode, escalations, language, page_language, accept_languages, \
         last_sequence, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(id.to_string())
    .bind(standing.state.code())
    .bind(standing.episode)
    .bind(escalations(standing))
    .bind(language.map(Language::code))
    .bind(opened_with.page.map(page_code))
    .bind(accept_languages.join(","))
    .bind(last_sequence)
    .bind(created.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes what a step may change.
pub(super) async fn update(
    connection: &mut Connection,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Conversation {
        id,
        standing,
        language,
        opened_with: _,
        last_sequence,
        waiting_since,
        agent_spoke,
        created: _,
    } = conversation;
    sqlx::query(
        "UPDATE conversations SET state = $2, episode = $3, escalations = $4, language = $5, last_sequence = $6, \
         updated = $7, agent = $8, waiting_since = $9, agent_spoke = $10 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(standing.state.code())
    .bind(standing.episode)
    .bind(escalations(standing))
    .bind(language.map(Language::code))
    .bind(last_sequence)
    .bind(now.as_millis())
    .bind(standing.agent.map(|agent| agent.to_string()))
    .bind(waiting_since.map(Timestamp::as_millis))
    .bind(agent_spoke.map(Timestamp::as_millis))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn load(
    connection: &mut Connection,
    id: &ConversationId,
) -> Result<Conversation, StoreError> {
    let row = sqlx::query(
        "SELECT c.id, c.state, c.episode, c.escalations, c.language, c.page_language, c.accept_languages, \
         c.last_sequence, c.waiting_since, c.agent_spoke, c.created, c.agent, t.id AS open_ticket \
         FROM conversations c LEFT JOIN tickets t \
         ON t.conversation = c.id AND t.episode = c.episode AND t.status IN ('open', 'pending', 'awaiting_identity') \
         WHERE c.id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map_or(Err(StoreError::UnknownConversation(*id)), |row| {
        from_row(&row)
    })
}

/// What is known of who the visitor is.
pub(super) async fn tier_of(
    connection: &mut Connection,
    id: &ConversationId,
) -> Result<Tier, StoreError> {
    let row = sqlx::query("SELECT visitor_tier FROM conversations WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(connection)
        .await?;
    parse("tier", row.try_get("visitor_tier")?)
}

/// Keeps what is known of who the visitor is, for the tickets to come.
pub(super) async fn set_tier(
    connection: &mut Connection,
    id: &ConversationId,
    tier: Tier,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE conversations SET visitor_tier = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(tier.code())
        .execute(connection)
        .await?;
    Ok(())
}

/// Conversations whose visitor has waited for the agent since a moment or longer.
pub(super) async fn waiting_since(
    connection: &mut Connection,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let query = "SELECT id FROM conversations WHERE state = 'agent' AND waiting_since <= $1 ORDER BY waiting_since LIMIT $2";
    ids(connection, query, moment, limit).await
}

/// Conversations in which the agent spoke last, at a moment or before it.
pub(super) async fn silent_since(
    connection: &mut Connection,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let query = "SELECT id FROM conversations WHERE state = 'agent' AND waiting_since IS NULL AND agent_spoke <= $1 \
                 ORDER BY agent_spoke LIMIT $2";
    ids(connection, query, moment, limit).await
}

async fn ids(
    connection: &mut Connection,
    query: &'static str,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let rows = sqlx::query(query)
        .bind(moment.as_millis())
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| parse("conversation id", row.try_get("id")?))
        .collect()
}

fn from_row(row: &Row) -> Result<Conversation, StoreError> {
    let language = |column: &str| -> Result<Option<Language>, StoreError> {
        let code: Option<String> = row.try_get(column)?;
        code.map(|code| parse("language", code)).transpose()
    };
    let page: Option<String> = row.try_get("page_language")?;
    let accept_languages: String = row.try_get("accept_languages")?;
    let escalations: i64 = row.try_get("escalations")?;
    let open_ticket: Option<String> = row.try_get("open_ticket")?;
    let agent: Option<String> = row.try_get("agent")?;
    let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = row.try_get(column)?;
        Ok(millis.map(Timestamp::from_millis))
    };
    Ok(Conversation {
        id: parse("conversation id", row.try_get("id")?)?,
        standing: Standing {
            state: parse("conversation state", row.try_get("state")?)?,
            episode: row.try_get("episode")?,
            escalation: match escalations {
                0 => AutomaticEscalation::Unused,
                _ => AutomaticEscalation::Used,
            },
            open_ticket: open_ticket.map(|id| parse("ticket id", id)).transpose()?,
            agent: agent.map(|id| parse("agent id", id)).transpose()?,
        },
        language: language("language")?,
        opened_with: NewConversation {
            page: page.as_deref().and_then(Locale::from_tag),
            accept_language: accept_languages
                .split(',')
                .filter_map(Language::from_tag)
                .collect(),
        },
        last_sequence: row.try_get("last_sequence")?,
        waiting_since: moment("waiting_since")?,
        agent_spoke: moment("agent_spoke")?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}

/// Only a script of its own is written out, so that rows of every version read alike.
fn page_code(page: Locale) -> &'static str {
    match page {
        Locale::TraditionalChinese => page.tag(),
        other => other.language().code(),
    }
}

fn escalations(standing: &Standing) -> i64 {
    match standing.escalation {
        AutomaticEscalation::Unused => 0,
        AutomaticEscalation::Used => 1,
    }
}
