//! Which conversation an agent should take next: in a language they answer in, of a level they take, the most urgent
//! first, of those what they know about, and of those the one that waits longest.

use sqlx::Row as _;

use super::codes::parse;
use super::idempotency::find_response;
use super::queue::{COLUMNS, JOINED, RANK, from_row};
use super::staff_acts::{apply, restore};
use super::transcript::Written;
use super::{
    Connection, KeyedRequest, NewStaffAct, QueueEntry, Reader, Row, StaffAct, StaffOutcome, Store,
    StoreError,
};
use crate::conversation::{ConversationId, Level, Reach, Speaker, TicketSubject, Timestamp};
use crate::language::Language;
use crate::schedule::Hours;

/// What an agent can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitness {
    /// Languages they answer in.
    pub languages: Vec<Language>,
    /// Levels they take.
    pub levels: Vec<Level>,
    /// What they know about.
    pub skills: Vec<String>,
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
    /// When.
    pub now: Timestamp,
}

/// Most conversations weighed at once.
const MAX_WEIGHED: i64 = 200;

impl Store {
    /// Lets an agent take what fits them best; `None` when nothing does. Of two agents who ask at once, each gets
    /// another one.
    pub async fn claim_next(
        &self,
        next: NextFor,
    ) -> Result<Option<(ConversationId, Written<StaffOutcome>)>, StoreError> {
        let hours = self.hours.clone();
        self.writer
            .write(move |connection| Box::pin(claim_next(connection, hours, next)))
            .await
    }
}

impl Reader {
    /// Lists what waits for an agent, the best first.
    pub async fn offers(&self, fitness: &Fitness) -> Result<Vec<QueueEntry>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        weigh(&mut connection, fitness).await
    }
}

async fn claim_next(
    connection: &mut Connection,
    hours: Hours,
    next: NextFor,
) -> Result<Option<(ConversationId, Written<StaffOutcome>)>, StoreError> {
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
        return Ok(Some((
            id,
            Written {
                value,
                last_sequence,
            },
        )));
    }
    let Some(best) = weigh(connection, &fitness).await?.into_iter().next() else {
        return Ok(None);
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
    let written = apply(connection, hours, act).await?;
    Ok(Some((best.conversation, written)))
}

/// Gives what a repeated request led to: the log of its outcome names no conversation, so the claim is looked up.
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
        "SELECT {COLUMNS} {JOINED} WHERE c.state = 'queued' AND COALESCE(c.language, t.language) IN ({languages}) \
         AND t.level IN ({levels}) ORDER BY {RANK}, COALESCE(c.waiting_since, c.updated), c.id LIMIT $1"
    )))
    .bind(MAX_WEIGHED)
    .fetch_all(connection)
    .await?;
    let mut weighed = Vec::new();
    for row in &rows {
        weighed.push((knows(row, &fitness.skills)?, from_row(row)?));
    }
    // Stable: within a priority, what the agent knows about goes first, and the rest keeps its order.
    weighed.sort_by_key(|(knows, entry)| (std::cmp::Reverse(entry.priority), !knows));
    Ok(weighed.into_iter().map(|(_, entry)| entry).collect())
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
