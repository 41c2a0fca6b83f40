//! Views of the queue that somebody keeps.

use sqlx::Row as _;
use uuid::Uuid;

use crate::ids::AgentId;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// A view that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its name in the record.
    pub id: String,
    /// How its owner calls it.
    pub name: String,
    /// What the queue is narrowed to, as JSON.
    pub query: String,
}

impl Store {
    /// Keeps a view; `None` when its owner has as many as they may.
    pub async fn save_view(
        &self,
        agent: AgentId,
        name: String,
        query: String,
        most: i64,
        now: Timestamp,
    ) -> Result<Option<SavedView>, StoreError> {
        let view = SavedView {
            id: Uuid::now_v7().to_string(),
            name,
            query,
        };
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let kept = sqlx::query(
                        "INSERT INTO saved_views (id, agent, name, query, created) SELECT $1, $2, $3, $4, $5 FROM agents \
                         WHERE id = $2 AND (SELECT COUNT(*) FROM saved_views WHERE agent = $2) < $6",
                    )
                    .bind(&view.id)
                    .bind(agent.to_string())
                    .bind(&view.name)
                    .bind(&view.query)
                    .bind(now.as_millis())
                    .bind(most)
                    .execute(connection)
                    .await?;
                    Ok((kept.rows_affected() > 0).then_some(view))
                })
            })
            .await
    }

    /// Forgets a view; `false` when its owner has none of that name.
    pub async fn forget_view(&self, agent: AgentId, id: String) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let gone = sqlx::query("DELETE FROM saved_views WHERE id = $1 AND agent = $2")
                        .bind(id)
                        .bind(agent.to_string())
                        .execute(connection)
                        .await?;
                    Ok(gone.rows_affected() > 0)
                })
            })
            .await
    }
}

impl Reader {
    /// Lists the views of an agent, the oldest first.
    pub async fn views(&self, agent: &AgentId) -> Result<Vec<SavedView>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, query FROM saved_views WHERE agent = $1 ORDER BY created, id",
        )
        .bind(agent.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(SavedView {
                    id: row.try_get("id")?,
                    name: row.try_get("name")?,
                    query: row.try_get("query")?,
                })
            })
            .collect()
    }
}
