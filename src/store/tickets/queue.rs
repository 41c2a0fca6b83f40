//! The queue as staff see it: conversations that a person has to look at, with their tickets.

use std::collections::HashMap;

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::conversation::{Author, ConversationState, Speaker, TicketNumber, TicketQueue};
use crate::identity::Tier;
use crate::ids::{AgentId, ConversationId, UnknownCode};
use crate::language::{Elsewhere, Language};
use crate::pipeline::EscalationReason;
use crate::schedule::Priority;
use crate::staff::Level;
use crate::store::codes::parse;
use crate::store::dialect::{Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// One line of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueEntry {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who answers.
    pub state: ConversationState,
    /// Who holds it.
    pub agent: Option<Speaker>,
    /// Language the visitor is addressed in.
    pub language: Option<Language>,
    /// The language the visitor speaks, where it is not served.
    pub elsewhere: Option<Elsewhere>,
    /// The open ticket's number.
    pub number: Option<TicketNumber>,
    /// How soon it should be taken.
    pub priority: Option<Priority>,
    /// How much whoever takes it has to know.
    pub level: Option<Level>,
    /// What is known of who the visitor is.
    pub tier: Option<Tier>,
    /// Where it waits.
    pub queue: Option<TicketQueue>,
    /// Category of the article nearest to the question.
    pub category: Option<String>,
    /// Why a person was asked.
    pub reason: Option<EscalationReason>,
    /// The first question of the episode.
    pub summary: String,
    /// What was said last by the visitor or a person.
    pub last: Option<LastWord>,
    /// Number of the event with the visitor's last message.
    pub visitor_sequence: Option<i64>,
    /// Since when the visitor waits for a person's word.
    pub waiting_since: Option<Timestamp>,
    /// Until when whoever holds it has put it aside.
    pub snoozed_until: Option<Timestamp>,
    /// When it came back by itself, while nobody has answered since.
    pub woken: Option<Timestamp>,
    /// The team it is for.
    pub team: Option<String>,
    /// When anything happened last.
    pub updated: Timestamp,
}

/// What was said last in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastWord {
    /// By whom.
    pub author: Author,
    /// What; nothing where files say it.
    pub text: String,
}

/// Which conversations are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct QueueFilter {
    /// In this state only; otherwise those that wait for or are with a person.
    pub state: Option<ConversationState>,
    /// Held by this agent only.
    pub agent: Option<AgentId>,
    /// In this language only.
    pub language: Option<Language>,
    /// In this queue only.
    pub queue: Option<TicketQueue>,
    /// Of this priority only.
    pub priority: Option<Priority>,
    /// For this team only.
    pub team: Option<String>,
    /// With this tag only.
    pub tag: Option<String>,
    /// Only what is put aside; otherwise only what is not.
    pub snoozed: bool,
    /// In which order; where nobody waits for a person, always the newest first.
    pub order: QueueOrder,
}

/// In which order a queue is read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, IntoStaticStr, EnumString, VariantNames,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum QueueOrder {
    /// The most urgent first, and of those the ones that wait longest.
    #[default]
    Urgency,
    /// Those that wait longest first.
    Waiting,
    /// Those in which something happened last first.
    Newest,
}

impl QueueOrder {
    /// Every order.
    pub const ALL: [QueueOrder; 3] = [QueueOrder::Urgency, QueueOrder::Waiting, QueueOrder::Newest];

    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    fn sql(self) -> String {
        let waiting = "COALESCE(c.waiting_since, c.updated), c.id";
        match self {
            Self::Urgency => format!("{RANK}, {waiting}"),
            Self::Waiting => waiting.to_owned(),
            Self::Newest => "c.updated DESC, c.id".to_owned(),
        }
    }
}

/// Conversations by who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    /// Waiting for a person.
    pub queued: i64,
    /// With a person.
    pub agent: i64,
    /// With the bot, and not silent for more than a day.
    pub bot: i64,
    /// With a person who has put them aside; counted nowhere else.
    pub snoozed: i64,
}

/// The counts, and those of each agent and team.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueTally {
    /// All of them.
    pub counts: QueueCounts,
    /// What each agent holds, and what of it is put aside.
    pub held: HashMap<AgentId, HeldCounts>,
    /// What waits for each team or is with somebody of it.
    pub teams: HashMap<String, i64>,
}

/// What an agent holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeldCounts {
    /// At hand.
    pub at_hand: i64,
    /// Put aside.
    pub snoozed: i64,
}

/// Most lines read at once.
const MAX_ENTRIES: i64 = 200;

/// For how many days after its last event a conversation is taken to be with the bot. Without a bound, all that the bot ever
/// settled would be counted after each change.
const BOT_DAYS: u32 = 1;

pub(in crate::store) const COLUMNS: &str = "c.id, c.state, c.agent, a.name AS agent_name, c.language, c.waiting_since, c.updated, c.snoozed_until, c.woken, t.team, \
                       t.number, t.elsewhere, t.priority, t.subject, t.reason, t.summary_sealed, t.level, t.tier, t.queue, \
                       (SELECT m.author FROM messages m WHERE m.conversation = c.id AND m.author IN ('visitor', 'agent') \
                       ORDER BY m.sequence DESC LIMIT 1) AS last_author, \
                       (SELECT m.text_sealed FROM messages m WHERE m.conversation = c.id AND m.author IN ('visitor', 'agent') \
                       ORDER BY m.sequence DESC LIMIT 1) AS last_sealed, \
                       (SELECT MAX(m.sequence) FROM messages m WHERE m.conversation = c.id AND m.author = 'visitor') AS visitor_sequence";

pub(in crate::store) const JOINED: &str = "FROM conversations c LEFT JOIN agents a ON a.id = c.agent LEFT JOIN tickets t \
                      ON t.conversation = c.id AND t.episode = c.episode \
                      AND t.status IN ('open', 'pending', 'awaiting_identity')";

impl Reader {
    /// Reads the queue: the most urgent first, and of those the ones that wait longest; what the bot answers or what is closed
    /// by what happened last.
    pub async fn queue(
        &self,
        filter: &QueueFilter,
        now: Timestamp,
    ) -> Result<Vec<QueueEntry>, StoreError> {
        let QueueFilter {
            state,
            agent,
            language,
            queue,
            priority,
            team,
            tag,
            snoozed,
            order,
        } = filter;
        let aside = match snoozed {
            true => "c.snoozed_until IS NOT NULL",
            false => "c.snoozed_until IS NULL",
        };
        let states = match state {
            Some(state) => format!("c.state = '{}'", state.code()),
            None => "c.state IN ('queued', 'agent')".to_owned(),
        };
        let since = match state {
            Some(ConversationState::Bot) => now.days_earlier(BOT_DAYS).as_millis(),
            _ => 0,
        };
        let order = match state {
            Some(ConversationState::Bot | ConversationState::Closed) => QueueOrder::Newest,
            _ => *order,
        };
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} {JOINED} WHERE {states} AND ($1 IS NULL OR c.agent = $1) \
             AND ($2 IS NULL OR c.language = $2) AND ($4 IS NULL OR t.queue = $4) AND ($5 IS NULL OR t.priority = $5) \
             AND ($6 IS NULL OR t.team = $6) AND ($7 IS NULL OR EXISTS (SELECT 1 FROM ticket_tags g \
             WHERE g.ticket = t.id AND g.tag = $7)) AND {aside} AND c.updated >= $8 ORDER BY {} LIMIT $3",
            order.sql()
        )))
        .bind(agent.map(|agent| agent.to_string()))
        .bind(language.map(Language::code))
        .bind(MAX_ENTRIES)
        .bind(queue.map(TicketQueue::code))
        .bind(priority.map(Priority::code))
        .bind(team.clone())
        .bind(tag.clone())
        .bind(since)
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// Reads one line of the queue, whatever its state.
    pub async fn queue_entry(&self, id: &ConversationId) -> Result<QueueEntry, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} {JOINED} WHERE c.id = $1"
        )))
        .bind(id.to_string())
        .row_if_any(&mut self.connection().await?)
        .await?;
        row.map_or(Err(StoreError::UnknownConversation(*id)), |row| {
            from_row(&row)
        })
    }

    /// Counts conversations by who answers, agent and team, at once for everybody who looks at the queue.
    pub async fn queue_tally(&self, now: Timestamp) -> Result<QueueTally, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT c.state, c.agent, t.team, CAST(CASE WHEN c.snoozed_until IS NULL THEN 0 ELSE 1 END AS BIGINT) AS aside, \
             CAST(COUNT(*) AS BIGINT) AS count {JOINED} WHERE c.state IN ('queued', 'agent') \
             GROUP BY c.state, c.agent, t.team, CASE WHEN c.snoozed_until IS NULL THEN 0 ELSE 1 END"
        )))
        .fetch_all(&self.pool)
        .await?;
        let mut tally = QueueTally::default();
        tally.counts.bot = self.with_bot(now).await?;
        for row in rows {
            let (state, count): (String, i64) = (row.try_get("state")?, row.try_get("count")?);
            let agent: Option<String> = row.try_get("agent")?;
            let team: Option<String> = row.try_get("team")?;
            let aside: i64 = row.try_get("aside")?;
            let counts = &mut tally.counts;
            match parse("conversation state", state)? {
                ConversationState::Queued => counts.queued += count,
                ConversationState::Agent if aside == 1 => counts.snoozed += count,
                ConversationState::Agent => counts.agent += count,
                ConversationState::Bot | ConversationState::Closed => {}
            }
            if let Some(agent) = agent {
                let held = tally.held.entry(parse("agent id", agent)?).or_default();
                match aside {
                    1 => held.snoozed += count,
                    _ => held.at_hand += count,
                }
            }
            if let Some(team) = team.filter(|_| aside == 0) {
                *tally.teams.entry(team).or_default() += count;
            }
        }
        Ok(tally)
    }

    async fn with_bot(&self, now: Timestamp) -> Result<i64, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS count FROM conversations WHERE state = 'bot' AND updated >= $1",
        )
        .bind(now.days_earlier(BOT_DAYS).as_millis())
        .fetch_one(&self.pool)
        .await?;
        Ok(row.try_get("count")?)
    }

    /// Counts the conversations that will be taken before this one.
    pub async fn queued_before(&self, id: &ConversationId) -> Result<Option<i64>, StoreError> {
        let entry = self.queue_entry(id).await?;
        let (ConversationState::Queued, Some(priority), Some(since)) =
            (entry.state, entry.priority, entry.waiting_since)
        else {
            return Ok(None);
        };
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS before {JOINED} WHERE c.state = 'queued' AND \
             ({RANK} < $1 OR ({RANK} = $1 AND (c.waiting_since < $2 OR (c.waiting_since = $2 AND c.id < $3))))"
        )))
        .bind(rank(priority))
        .bind(since.as_millis())
        .bind(id.to_string())
        .fetch_one(&self.pool)
        .await?;
        Ok(Some(row.try_get("before")?))
    }
}

/// The order of [`rank`], in SQL.
pub(in crate::store) const RANK: &str =
    "CASE t.priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END";

fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Urgent => 0,
        Priority::High => 1,
        Priority::Normal => 2,
        Priority::Low => 3,
    }
}

pub(in crate::store) fn from_row(row: &Row) -> Result<QueueEntry, StoreError> {
    let agent: Option<String> = row.try_get("agent")?;
    let agent_name: Option<String> = row.try_get("agent_name")?;
    let language: Option<String> = row.try_get("language")?;
    let elsewhere: Option<String> = row.try_get("elsewhere")?;
    let number: Option<i64> = row.try_get("number")?;
    let priority: Option<String> = row.try_get("priority")?;
    let subject: Option<String> = row.try_get("subject")?;
    let reason: Option<String> = row.try_get("reason")?;
    let code = |column: &str| -> Result<Option<String>, StoreError> { Ok(row.try_get(column)?) };
    let moment = |column: &str| -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = row.try_get(column)?;
        Ok(millis.map(Timestamp::from_millis))
    };
    let waiting: Option<i64> = row.try_get("waiting_since")?;
    let subject: Option<crate::conversation::TicketSubject> = subject
        .map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| StoreError::unreadable("subject of a ticket", error))?;
    Ok(QueueEntry {
        conversation: parse("conversation id", row.try_get("id")?)?,
        state: parse("conversation state", row.try_get("state")?)?,
        agent: match (agent, agent_name) {
            (Some(agent), Some(name)) => Some(Speaker {
                agent: parse("agent id", agent)?,
                name,
            }),
            _ => None,
        },
        language: language.map(|code| parse("language", code)).transpose()?,
        elsewhere: elsewhere.as_deref().and_then(Elsewhere::from_tag),
        number: number.map(TicketNumber),
        priority: priority.map(|code| parse("priority", code)).transpose()?,
        level: code("level")?
            .map(|code| parse("level", code))
            .transpose()?,
        tier: code("tier")?.map(|code| parse("tier", code)).transpose()?,
        queue: code("queue")?
            .map(|code| parse("queue", code))
            .transpose()?,
        category: subject.map(|subject| subject.category),
        reason: reason
            .map(|code| parse("reason of an escalation", code))
            .transpose()?,
        summary: row.open("summary_sealed")?,
        last: match (code("last_author")?, row.open_if_any("last_sealed")?) {
            (Some(author), Some(text)) => Some(LastWord {
                author: parse("author", author)?,
                text,
            }),
            _ => None,
        },
        visitor_sequence: row.try_get("visitor_sequence")?,
        waiting_since: waiting.map(Timestamp::from_millis),
        snoozed_until: moment("snoozed_until")?,
        woken: moment("woken")?,
        team: code("team")?,
        updated: Timestamp::from_millis(row.try_get("updated")?),
    })
}
