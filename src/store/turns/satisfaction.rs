//! Rows of satisfaction: one for each closed episode whose visitor was asked and answered.

use crate::conversation::{Conversation, ConversationState, RefusedStep, Satisfaction, Score};
use crate::ids::ConversationId;
use crate::safety::Words;
use crate::store::conversations::rows as conversations;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;

/// What a visitor thinks of the episode that was closed.
#[derive(Debug, Clone)]
pub struct NewSatisfaction {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The score.
    pub score: Score,
    /// In the visitor's words.
    pub comment: Option<Words>,
    /// When it is given.
    pub now: Timestamp,
}

impl Store {
    /// Keeps the score of the closed episode, and gives the conversation; an episode is scored once.
    pub async fn give_satisfaction(
        &self,
        given: NewSatisfaction,
    ) -> Result<Conversation, StoreError> {
        self.writer
            .write(move |connection| Box::pin(give(connection, given)))
            .await
    }
}

impl Reader {
    /// Reads the scores of a conversation, the oldest first.
    pub async fn satisfaction(&self, id: &ConversationId) -> Result<Vec<Satisfaction>, StoreError> {
        let rows = sqlx::query(
            "SELECT episode, score, comment_sealed, created FROM satisfaction WHERE conversation = $1 ORDER BY episode",
        )
        .bind(id.to_string())
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

async fn give(
    connection: &mut Connection,
    given: NewSatisfaction,
) -> Result<Conversation, StoreError> {
    let NewSatisfaction {
        conversation,
        score,
        comment,
        now,
    } = given;
    let conversation = conversations::lock(connection, &conversation)
        .await?
        .conversation;
    if conversation.standing.state != ConversationState::Closed {
        return Err(StoreError::Refused(RefusedStep::NotClosed));
    }
    let key = seal::of_conversation(connection, &conversation.id).await?;
    let kept = sqlx::query(
        "INSERT INTO satisfaction (conversation, episode, score, comment_sealed, created) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (conversation, episode) DO NOTHING",
    )
    .bind(conversation.id.to_string())
    .bind(conversation.standing.episode)
    .bind(i64::from(score.number()))
    .bind(comment.map(|comment| key.seal(comment.as_str())))
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    match kept.rows_affected() {
        0 => Err(StoreError::ScoredBefore),
        _ => Ok(conversation),
    }
}

fn from_row(row: &Row) -> Result<Satisfaction, StoreError> {
    let score: i64 = row.try_get("score")?;
    Ok(Satisfaction {
        episode: row.try_get("episode")?,
        score: Score::try_from(score).map_err(|error| StoreError::unreadable("score", error))?,
        comment: row.open_if_any("comment_sealed")?.map(Words::from_record),
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
