//! Texts of the knowledge folder as they were edited at the desk.

use serde_json::json;
use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::conversation::Speaker;
use crate::ids::UnknownCode;
use crate::knowledge::{ArticleId, content_hash};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// How a text came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum TextOrigin {
    /// It lay in the folder before the first edit at the desk, or was changed there since.
    Found,
    /// Somebody wrote it.
    Edited,
    /// Somebody brought an earlier text back.
    Restored,
    /// Somebody accepted what an agent had sent.
    Accepted,
}

impl TextOrigin {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A text that is about to take the place of another.
#[derive(Debug, Clone)]
pub struct NewText {
    /// Which article.
    pub article: ArticleId,
    /// Name of the file in its folder.
    pub file: String,
    /// What lies there now.
    pub before: Option<String>,
    /// What will.
    pub text: String,
    /// How it came about.
    pub origin: TextOrigin,
    /// By whom.
    pub by: Speaker,
    /// The present moment.
    pub now: Timestamp,
}

/// A text as it once lay in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// Its name in the record.
    pub id: String,
    /// Which article.
    pub article: ArticleId,
    /// Name of the file in its folder.
    pub file: String,
    /// The whole text.
    pub text: String,
    /// How it came about.
    pub origin: TextOrigin,
    /// By whom; nothing for what was found.
    pub by: Option<Speaker>,
    /// When it was written, or found.
    pub created: Timestamp,
}

/// Most texts of one file read at once.
const MAX_TEXTS: i64 = 50;

impl Store {
    /// Keeps texts before they are written to their files: all of them or none.
    pub async fn keep_texts(&self, texts: Vec<NewText>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for text in texts {
                        keep(connection, text).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

async fn keep(connection: &mut Connection, new: NewText) -> Result<(), StoreError> {
    let NewText {
        article,
        file,
        before,
        text,
        origin,
        by,
        now,
    } = new;
    if let Some(before) = before {
        let newest = sqlx::query(
            "SELECT hash FROM knowledge_revisions WHERE article = $1 AND file = $2 \
             ORDER BY created DESC, id DESC LIMIT 1",
        )
        .bind(article.as_str())
        .bind(&file)
        .fetch_optional(&mut *connection)
        .await?;
        let newest: Option<String> = newest.map(|row| row.try_get("hash")).transpose()?;
        if newest != Some(content_hash(&before)) {
            let found = (TextOrigin::Found, None);
            insert(connection, &article, &file, &before, found, now).await?;
        }
    }
    insert(connection, &article, &file, &text, (origin, Some(&by)), now).await?;
    let line = LogLine {
        actor: by.agent.to_string(),
        action: "edit_article",
        subject: article.to_string(),
        detail: json!({ "file": file, "origin": origin.code() }),
        now,
    };
    staff_log::insert(connection, line).await
}

async fn insert(
    connection: &mut Connection,
    article: &ArticleId,
    file: &str,
    text: &str,
    (origin, by): (TextOrigin, Option<&Speaker>),
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO knowledge_revisions (id, article, file, text, hash, origin, agent, agent_name, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(article.as_str())
    .bind(file)
    .bind(text)
    .bind(content_hash(text))
    .bind(origin.code())
    .bind(by.map(|by| by.agent.to_string()))
    .bind(by.map(|by| by.name.as_str()))
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

const COLUMNS: &str = "id, article, file, text, origin, agent, agent_name, created";

impl Reader {
    /// Reads the texts one file has had, the newest first.
    pub async fn kept_texts(
        &self,
        article: &ArticleId,
        file: &str,
    ) -> Result<Vec<KeptText>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM knowledge_revisions WHERE article = $1 AND file = $2 \
             ORDER BY created DESC, id DESC LIMIT $3"
        )))
        .bind(article.as_str())
        .bind(file)
        .bind(MAX_TEXTS)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// Reads one text by its name in the record.
    pub async fn kept_text(&self, id: &str) -> Result<Option<KeptText>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM knowledge_revisions WHERE id = $1"
        )))
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(from_row).transpose()
    }
}

fn from_row(row: &PlainRow) -> Result<KeptText, StoreError> {
    let article: String = row.try_get("article")?;
    let agent: Option<String> = row.try_get("agent")?;
    let name: Option<String> = row.try_get("agent_name")?;
    Ok(KeptText {
        id: row.try_get("id")?,
        article: ArticleId::new(article),
        file: row.try_get("file")?,
        text: row.try_get("text")?,
        origin: parse("origin of a text", row.try_get("origin")?)?,
        by: match (agent, name) {
            (Some(agent), Some(name)) => Some(Speaker {
                agent: parse("agent id", agent)?,
                name,
            }),
            _ => None,
        },
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
