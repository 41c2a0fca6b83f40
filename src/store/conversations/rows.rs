//! Rows of conversations.

use std::sync::Arc;

use sqlx::Row as _;

use crate::conversation::{
    AutomaticEscalation, ChannelAddress, Conversation, NewConversation, Standing, Surface,
};
use crate::identity::Tier;
use crate::ids::ConversationId;
use crate::language::{ChineseScript, Elsewhere, Language};
use crate::locale::Locale;
use crate::record::Hash;
use crate::store::chain::link_from;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;

impl Reader {
    /// Reads a conversation without its messages.
    pub async fn conversation(&self, id: &ConversationId) -> Result<Conversation, StoreError> {
        let mut connection = self.connection().await?;
        load(&mut connection, id).await
    }

    /// Reads the conversation that is kept under a name of a channel.
    pub async fn conversation_at(
        &self,
        address: &ChannelAddress,
    ) -> Result<Option<Conversation>, StoreError> {
        let mut connection = self.connection().await?;
        find(&mut connection, address).await
    }
}

pub(in crate::store) async fn insert(
    connection: &mut Connection,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    let Conversation {
        id,
        standing,
        language,
        script,
        opened_with,
        last_sequence,
        waiting_since: _,
        held_since: _,
        agent_spoke: _,
        snoozed_until: _,
        woken: _,
        page: _,
        created,
        channel,
        address,
    } = conversation;
    let key = match connection.held.conversations.get(id) {
        Some(key) => Arc::clone(key),
        None => seal::make(connection).await?,
    };
    let held = Arc::clone(&key);
    connection.held.conversations.insert(*id, held);
    let external_id = address.as_ref().map(|address| &address.external_id);
    let accept_languages: Vec<&str> = opened_with
        .accept_language
        .iter()
        .map(|language| language.code())
        .collect();
    let elsewhere: Vec<&str> = opened_with
        .elsewhere
        .iter()
        .map(|language| language.code())
        .collect();
    sqlx::query(
        "INSERT INTO conversations (id, state, episode, escalations, language, page_language, accept_languages, \
         last_sequence, created, updated, channel, outlet, external_id, script, opened_script, elsewhere, sealing_key, \
         external_sealed, surface) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
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
    .bind(channel.code())
    .bind(address.as_ref().map(|address| address.outlet.to_string()))
    .bind(external_id.map(|name| connection.keys().external(name)))
    .bind(script.map(ChineseScript::tag))
    .bind(opened_with.script.map(ChineseScript::tag))
    .bind(elsewhere.join(","))
    .bind(key.id().to_string())
    .bind(external_id.map(|name| key.seal(name)))
    .bind(opened_with.surface.map(Surface::code))
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes what a step may change.
pub(in crate::store) async fn update(
    connection: &mut Connection,
    conversation: &Conversation,
    head: Hash,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Conversation {
        id,
        standing,
        language,
        script,
        opened_with: _,
        last_sequence,
        waiting_since,
        held_since,
        agent_spoke,
        snoozed_until,
        woken,
        page,
        created: _,
        channel: _,
        address: _,
    } = conversation;
    let page = match page {
        Some(page) => {
            let written = serde_json::to_string(page)
                .map_err(|error| StoreError::unreadable("page of a visitor", error))?;
            Some(seal::of_conversation(connection, id).await?.seal(&written))
        }
        None => None,
    };
    sqlx::query(
        "UPDATE conversations SET state = $2, episode = $3, escalations = $4, language = $5, last_sequence = $6, \
         updated = $7, agent = $8, waiting_since = $9, agent_spoke = $10, script = $11, held_since = $12, head = $13, \
         snoozed_until = $14, woken = $15, page_sealed = $16 WHERE id = $1",
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
    .bind(script.map(ChineseScript::tag))
    .bind(held_since.map(Timestamp::as_millis))
    .bind(head.to_string())
    .bind(snoozed_until.map(Timestamp::as_millis))
    .bind(woken.map(Timestamp::as_millis))
    .bind(page)
    .execute(connection)
    .await?;
    Ok(())
}

pub(in crate::store) async fn load(
    connection: &mut Connection,
    id: &ConversationId,
) -> Result<Conversation, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} {JOINED} WHERE c.id = $1"
    )))
    .bind(id.to_string())
    .row_if_any(connection)
    .await?;
    row.map_or(Err(StoreError::UnknownConversation(*id)), |row| {
        from_row(&row)
    })
}

/// Reads the conversation that is kept under a name of a channel.
pub(in crate::store) async fn find(
    connection: &mut Connection,
    address: &ChannelAddress,
) -> Result<Option<Conversation>, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} {JOINED} WHERE c.outlet = $1 AND c.external_id = $2"
    )))
    .bind(address.outlet.to_string())
    .bind(connection.keys().external(&address.external_id))
    .row_if_any(connection)
    .await?;
    row.as_ref().map(from_row).transpose()
}

/// A conversation that nobody else changes.
pub(in crate::store) struct Locked {
    pub(in crate::store) conversation: Conversation,
    /// What is known of who the visitor is.
    pub(in crate::store) tier: Tier,
    /// Link of its newest event.
    pub(in crate::store) head: Hash,
}

/// Reads a conversation to change it: until the transaction ends, nobody else does. Its open ticket is read after this,
/// for a statement that waits for a lock has looked at other tables before it waited.
pub(in crate::store) async fn lock(
    connection: &mut Connection,
    id: &ConversationId,
) -> Result<Locked, StoreError> {
    // Both databases lock a row that is written, and neither changes anything by this.
    let row = sqlx::query(
        "UPDATE conversations SET updated = updated WHERE id = $1 AND erased IS NULL \
         RETURNING id, state, episode, escalations, language, page_language, accept_languages, last_sequence, \
         waiting_since, held_since, agent_spoke, snoozed_until, woken, page_sealed, created, agent, channel, outlet, external_id, script, opened_script, elsewhere, surface, visitor_tier, \
         external_sealed, sealing_key, head, NULL AS open_ticket",
    )
    .bind(id.to_string())
    .row_if_any(connection)
    .await?
    .ok_or(StoreError::UnknownConversation(*id))?;
    let key: Option<String> = row.try_get("sealing_key")?;
    seal::hold(connection, id, key.as_deref()).await?;
    Ok(Locked {
        conversation: from_row(&row)?,
        tier: parse("tier", row.try_get("visitor_tier")?)?,
        head: link_from(row.try_get("head")?)?,
    })
}

/// Seals what a channel calls a conversation that was opened before anything was sealed.
pub(in crate::store) async fn hide_external_id(
    connection: &mut Connection,
    id: &ConversationId,
    external_id: String,
) -> Result<(), StoreError> {
    let key = seal::of_conversation(connection, id).await?;
    sqlx::query("UPDATE conversations SET external_id = $2, external_sealed = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(connection.keys().external(&external_id))
        .bind(key.seal(&external_id))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps what is known of who the visitor is, for the tickets to come.
pub(in crate::store) async fn set_tier(
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

/// Conversations whose agent has not been at the desk since a moment, while the visitor has waited for them that long.
/// The wait counts from the taking over: what the visitor waited for others is nothing the agent could mend.
pub(in crate::store) async fn left_waiting_since(
    connection: &mut Connection,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let query = "SELECT c.id FROM conversations c JOIN agents a ON a.id = c.agent WHERE c.state = 'agent' \
                 AND c.snoozed_until IS NULL AND c.waiting_since <= $1 AND COALESCE(c.held_since, 0) <= $1 AND COALESCE(a.seen, 0) <= $1 \
                 ORDER BY c.waiting_since LIMIT $2";
    ids(connection, query, moment, limit).await
}

/// Conversations in which the agent spoke last, at a moment or before it.
pub(in crate::store) async fn silent_since(
    connection: &mut Connection,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let query = "SELECT id FROM conversations WHERE state = 'agent' AND snoozed_until IS NULL AND waiting_since IS NULL AND agent_spoke <= $1 \
                 ORDER BY agent_spoke LIMIT $2";
    ids(connection, query, moment, limit).await
}

/// Conversations that were put aside until a moment, or one before it.
pub(in crate::store) async fn snoozed_up_to(
    connection: &mut Connection,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let query =
        "SELECT id FROM conversations WHERE snoozed_until <= $1 ORDER BY snoozed_until LIMIT $2";
    ids(connection, query, moment, limit).await
}

pub(in crate::store) const COLUMNS: &str = "c.id, c.state, c.episode, c.escalations, c.language, c.page_language, c.accept_languages, \
                       c.last_sequence, c.waiting_since, c.held_since, c.agent_spoke, c.snoozed_until, c.woken, c.page_sealed, c.created, c.agent, c.channel, c.outlet, \
                       c.external_id, c.external_sealed, c.script, c.opened_script, c.elsewhere, c.surface, t.id AS open_ticket";
pub(in crate::store) const JOINED: &str = "FROM conversations c LEFT JOIN tickets t ON t.conversation = c.id AND t.episode = c.episode \
                      AND t.status IN ('open', 'pending', 'awaiting_identity')";

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

pub(in crate::store) fn from_row(row: &Row) -> Result<Conversation, StoreError> {
    let language = |column: &str| -> Result<Option<Language>, StoreError> {
        let code: Option<String> = row.try_get(column)?;
        code.map(|code| parse("language", code)).transpose()
    };
    let page: Option<String> = row.try_get("page_language")?;
    let accept_languages: String = row.try_get("accept_languages")?;
    let escalations: i64 = row.try_get("escalations")?;
    let open_ticket: Option<String> = row.try_get("open_ticket")?;
    let agent: Option<String> = row.try_get("agent")?;
    let outlet: Option<String> = row.try_get("outlet")?;
    let external_id = external_id(row)?;
    let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = row.try_get(column)?;
        Ok(millis.map(Timestamp::from_millis))
    };
    let script = |column: &str| -> Result<Option<ChineseScript>, StoreError> {
        let tag: Option<String> = row.try_get(column)?;
        Ok(tag.as_deref().and_then(ChineseScript::from_tag))
    };
    let elsewhere: String = row.try_get("elsewhere")?;
    let surface: Option<String> = row.try_get("surface")?;
    let visited = row
        .open_if_any("page_sealed")?
        .filter(|page| !page.is_empty())
        .map(|page| serde_json::from_str(&page))
        .transpose()
        .map_err(|error| StoreError::unreadable("page of a visitor", error))?;
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
        script: script("script")?,
        opened_with: NewConversation {
            page: page.as_deref().and_then(Locale::from_tag),
            accept_language: accept_languages
                .split(',')
                .filter_map(Language::from_tag)
                .collect(),
            elsewhere: elsewhere
                .split(',')
                .filter_map(Elsewhere::from_tag)
                .collect(),
            script: script("opened_script")?,
            surface: surface
                .map(|surface| parse("surface", surface))
                .transpose()?,
        },
        last_sequence: row.try_get("last_sequence")?,
        waiting_since: moment("waiting_since")?,
        held_since: moment("held_since")?,
        agent_spoke: moment("agent_spoke")?,
        snoozed_until: moment("snoozed_until")?,
        woken: moment("woken")?,
        page: visited,
        created: Timestamp::from_millis(row.try_get("created")?),
        channel: parse("channel", row.try_get("channel")?)?,
        address: match (outlet, external_id) {
            (Some(outlet), Some(external_id)) => Some(ChannelAddress {
                outlet: parse("webhook id", outlet)?,
                external_id,
            }),
            _ => None,
        },
    })
}

/// Returns what a channel calls the conversation: sealed, or in clear where it was opened before anything was.
pub(in crate::store) fn external_id(row: &Row) -> Result<Option<String>, StoreError> {
    let plain: Option<String> = row.try_get("external_id")?;
    Ok(match row.open_if_any("external_sealed")? {
        Some(opened) => Some(opened),
        None => plain,
    })
}

/// Only a script of its own is written out, so that rows of every version read alike.
fn page_code(page: Locale) -> &'static str {
    match page {
        Locale::TraditionalChinese | Locale::HongKongChinese => page.tag(),
        other => other.language().code(),
    }
}

fn escalations(standing: &Standing) -> i64 {
    match standing.escalation {
        AutomaticEscalation::Unused => 0,
        AutomaticEscalation::Used => 1,
    }
}
