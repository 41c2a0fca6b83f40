//! Which conversation an agent should take next: in a language they answer in, of a level they take, the most urgent
//! first, of those what is in a language that is not served and that they speak, then what they know about, and of those the
//! one that waits longest. What somebody else may speak better goes last among its equals.

use sqlx::Row as _;

use crate::conversation::{Speaker, TicketSubject};
use crate::ids::{AgentId, ConversationId};
use crate::language::{Language, Spoken};
use crate::staff::{Level, Reach};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::idempotency::{KeyedRequest, find_response};
use crate::store::reader::Reader;
use crate::store::remembered::Rules;
use crate::store::tickets::queue::{COLUMNS, JOINED, QueueEntry, RANK, from_row};
use crate::store::turns::acts::{NewStaffAct, StaffAct, StaffOutcome, apply, restore};
use crate::store::turns::transcript::Written;
use crate::time::Timestamp;

/// What an agent can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitness {
    /// Languages they answer in.
    pub languages: Vec<Spoken>,
    /// Levels they take.
    pub levels: Vec<Level>,
    /// What they know about.
    pub skills: Vec<String>,
    /// Conversations they hold at once.
    pub capacity: i64,
    /// The team they work in; what is for another team is not for them.
    pub team: String,
    /// Whether they take what is for any team.
    pub any_team: bool,
}

/// What came of the wish for the next conversation.
#[derive(Debug)]
pub enum Given<T> {
    /// It is theirs.
    Taken(ConversationId, T),
    /// They hold as many as they are to hold; those that wait for the visitor do not count.
    HandsFull,
    /// Nothing that waits fits them.
    NothingFits {
        /// Conversations that wait for somebody else.
        others: i64,
    },
}

/// An agent who wants the next conversation.
#[derive(Debug, Clone)]
pub struct NextFor {
    /// Who, with the name visitors see.
    pub by: Speaker,
    /// What they can take.
    pub fitness: Fitness,
    /// Language of notes while the visitor's is unknown.
    pub fallback: Language,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// The present moment.
    pub now: Timestamp,
}

/// Most conversations weighed at once.
const MAX_WEIGHED: i64 = 200;

impl Store {
    /// Lets an agent take what fits them best. Of two agents who ask at once, each gets another one.
    pub async fn claim_next(
        &self,
        next: NextFor,
    ) -> Result<Given<Written<StaffOutcome>>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(claim_next(connection, rules, next)))
            .await
    }
}

impl Reader {
    /// Lists what waits for an agent, the best first.
    pub async fn offers(&self, fitness: &Fitness) -> Result<Vec<QueueEntry>, StoreError> {
        let mut connection = self.connection().await?;
        weigh(&mut connection, fitness).await
    }
}

async fn claim_next(
    connection: &mut Connection,
    rules: Rules,
    next: NextFor,
) -> Result<Given<Written<StaffOutcome>>, StoreError> {
    let NextFor {
        by,
        fitness,
        fallback,
        request,
        now,
    } = next;
    if let Some(request) = &request
        && let Some(response) = find_response(connection, request).await?
    {
        let (id, value) = restored(connection, request, &response).await?;
        let last_sequence = None;
        let written = Written {
            value,
            last_sequence,
        };
        return Ok(Given::Taken(id, written));
    }
    if held_by(connection, &by.agent).await? >= fitness.capacity {
        return Ok(Given::HandsFull);
    }
    let Some(best) = weigh(connection, &fitness).await?.into_iter().next() else {
        let others = count_queued(connection).await?;
        return Ok(Given::NothingFits { others });
    };
    let act = NewStaffAct {
        conversation: best.conversation,
        by,
        reach: Reach::Own,
        act: StaffAct::Claim,
        fallback,
        request,
        now,
    };
    let written = apply(connection, rules, act).await?;
    Ok(Given::Taken(best.conversation, written))
}

/// Counts what an agent holds and has to act upon.
async fn held_by(connection: &mut Connection, agent: &AgentId) -> Result<i64, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS held {JOINED} WHERE c.state = 'agent' AND c.agent = $1 \
         AND c.snoozed_until IS NULL AND COALESCE(t.status, 'open') = 'open'"
    )))
    .bind(agent.to_string())
    .fetch_one(connection)
    .await?;
    Ok(row.try_get("held")?)
}

async fn count_queued(connection: &mut Connection) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS queued FROM conversations WHERE state = 'queued'",
    )
    .fetch_one(connection)
    .await?;
    Ok(row.try_get("queued")?)
}

/// Returns what a repeated request led to: the log of its outcome names no conversation, so the claim is looked up.
async fn restored(
    connection: &mut Connection,
    request: &KeyedRequest,
    response: &str,
) -> Result<(ConversationId, StaffOutcome), StoreError> {
    let row = sqlx::query(
        "SELECT m.conversation FROM messages m, idempotency_keys k \
         WHERE k.scope = $1 AND k.key = $2 AND m.id = $3",
    )
    .bind(&request.scope)
    .bind(request.key.as_str())
    .bind(said_in(response))
    .fetch_one(&mut *connection)
    .await?;
    let id: ConversationId = parse("conversation id", row.try_get("conversation")?)?;
    let outcome = restore(connection, &id, response).await?;
    Ok((id, outcome))
}

/// The note by which the visitor was told of the claim.
fn said_in(response: &str) -> String {
    let stored: serde_json::Value = serde_json::from_str(response).unwrap_or_default();
    stored["said"].as_str().unwrap_or_default().to_owned()
}

async fn weigh(
    connection: &mut Connection,
    fitness: &Fitness,
) -> Result<Vec<QueueEntry>, StoreError> {
    // Codes of enums, which hold no quotes.
    let listed = |codes: Vec<&'static str>| format!("'{}'", codes.join("', '"));
    let languages = listed(fitness.languages.iter().map(|known| known.code()).collect());
    let levels = listed(fitness.levels.iter().map(|level| level.code()).collect());
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} {JOINED} WHERE c.state = 'queued' AND (COALESCE(c.language, t.language) IN ({languages}) \
         OR t.elsewhere IN ({languages})) AND t.level IN ({levels}) AND ($2 = 1 OR t.team IS NULL OR t.team = $3) ORDER BY {RANK}, COALESCE(c.waiting_since, c.updated), c.id LIMIT $1"
    )))
    .bind(MAX_WEIGHED)
    .bind(i64::from(fitness.any_team))
    .bind(&fitness.team)
    .rows(connection)
    .await?;
    let mut weighed = Vec::new();
    for row in &rows {
        let entry = from_row(row)?;
        let suits = match entry.elsewhere {
            Some(own) if fitness.languages.contains(&own.into()) => Suits::OwnLanguage,
            Some(_) => Suits::AnotherBetter,
            None if knows(row, &fitness.skills)? => Suits::Skill,
            None => Suits::AsWell,
        };
        weighed.push((suits, entry));
    }
    // Stable: within a priority, what suits the agent better goes first, and the rest keeps its order.
    weighed.sort_by_key(|(suits, entry)| (std::cmp::Reverse(entry.priority), *suits));
    Ok(weighed.into_iter().map(|(_, entry)| entry).collect())
}

/// How well a matter suits an agent who may take it, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suits {
    /// The visitor's language is not served, and the agent speaks it.
    OwnLanguage,
    /// The agent knows about it.
    Skill,
    /// As well as anybody.
    AsWell,
    /// The visitor's language is not served, and the agent does not speak it.
    AnotherBetter,
}

/// Tells whether the matter asks for something the agent knows about: a skill its article names, or its category.
fn knows(row: &Row, skills: &[String]) -> Result<bool, StoreError> {
    let subject: Option<String> = row.try_get("subject")?;
    let subject: Option<TicketSubject> = subject
        .map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| StoreError::unreadable("subject of a ticket", error))?;
    Ok(subject.is_some_and(|subject| {
        let mut wanted = subject.skills.iter().chain([&subject.category]);
        wanted.any(|skill| skills.contains(skill))
    }))
}
