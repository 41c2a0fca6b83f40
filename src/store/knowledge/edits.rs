//! Which articles were edited at the desk, and on which days.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;

use crate::knowledge::ArticleId;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// What was changed in an article on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleEdit {
    /// Which article.
    pub article: ArticleId,
    /// Beginning of the day in UTC.
    pub day: Timestamp,
    /// Names of those who did.
    pub by: BTreeSet<String>,
    /// Names of the files, such as `en.md`.
    pub files: BTreeSet<String>,
}

impl Reader {
    /// Reads the edits since a moment, the newest day first; however often somebody saved on a day, that is one.
    pub async fn article_edits(&self, since: Timestamp) -> Result<Vec<ArticleEdit>, StoreError> {
        let rows = sqlx::query(
            "SELECT article, file, agent_name, created FROM knowledge_revisions \
             WHERE origin <> 'found' AND created >= $1",
        )
        .bind(since.as_millis())
        .fetch_all(&self.pool)
        .await?;
        let mut found: BTreeMap<(Timestamp, String), ArticleEdit> = BTreeMap::new();
        for row in rows {
            let article: String = row.try_get("article")?;
            let day = Timestamp::from_millis(row.try_get("created")?).start_of_day();
            let edit = found
                .entry((day, article.clone()))
                .or_insert_with(|| ArticleEdit {
                    article: ArticleId::new(article),
                    day,
                    by: BTreeSet::new(),
                    files: BTreeSet::new(),
                });
            edit.by
                .extend(row.try_get::<Option<String>, _>("agent_name")?);
            edit.files.insert(row.try_get("file")?);
        }
        Ok(found.into_values().rev().collect())
    }
}
