//! Files of the knowledge folder as they were edited at the desk, for nodes with folders of their own.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::Row as _;

use crate::knowledge::content_hash;
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::place::Pool;
use crate::store::reader::Reader;

/// A file that is about to take the place of another.
#[derive(Debug, Clone)]
pub struct NewSharedFile {
    /// Where it lies in the folder, with slashes.
    pub path: String,
    /// What lies there now.
    pub before: Option<Vec<u8>>,
    /// What will.
    pub content: Vec<u8>,
}

/// A file as it was edited last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFile {
    /// Rises with each edit of any file.
    pub number: i64,
    /// Where it lies in the folder, with slashes.
    pub path: String,
    /// What it holds.
    pub content: Vec<u8>,
    /// Hash of that, see [`shared_hash`].
    pub hash: String,
    /// Hashes of what it held before; `None` among them where there was no such file.
    pub earlier: HashSet<Option<String>>,
}

/// Returns the hash by which contents are told apart.
pub fn shared_hash(content: &[u8]) -> String {
    content_hash(&STANDARD.encode(content))
}

impl Store {
    /// Tells whether other processes work on the same store, and may have knowledge folders of their own.
    pub fn is_shared(&self) -> bool {
        matches!(self.reader.pool, Pool::Server(_))
    }

    /// Keeps files for the other nodes before they are written here: all of them or none. Returns false where one of them
    /// was edited at another node and this one has not taken that over yet.
    pub async fn share_files(&self, files: Vec<NewSharedFile>) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| Box::pin(share(connection, files)))
            .await
    }
}

async fn share(connection: &mut Connection, files: Vec<NewSharedFile>) -> Result<bool, StoreError> {
    // Whoever counts first edits first.
    let count = i64::try_from(files.len()).unwrap_or(i64::MAX);
    let row = sqlx::query(
        "UPDATE counters SET value = value + $1 WHERE name = 'knowledge_files' RETURNING value",
    )
    .bind(count)
    .fetch_one(&mut *connection)
    .await?;
    let last: i64 = row.try_get("value")?;
    for NewSharedFile { path, before, .. } in &files {
        let before = before.as_deref().map(shared_hash);
        let known = history(connection, path).await?;
        let is_newest = known
            .last()
            .is_none_or(|(_, hash)| before.as_ref() == Some(hash));
        let is_known = known
            .iter()
            .any(|(replaced, hash)| *replaced == before || before.as_ref() == Some(hash));
        // What nobody knows was changed in the folder itself, and is replaced knowingly.
        if !is_newest && is_known {
            return Ok(false);
        }
    }
    for (file, number) in files.into_iter().zip(last - count + 1..) {
        let content = STANDARD.encode(&file.content);
        sqlx::query("UPDATE knowledge_files SET content = '' WHERE path = $1")
            .bind(&file.path)
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "INSERT INTO knowledge_files (number, path, before, hash, content) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(number)
        .bind(&file.path)
        .bind(file.before.as_deref().map(shared_hash))
        .bind(content_hash(&content))
        .bind(content)
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}

/// What a file held, the oldest first: what was replaced, and by what.
async fn history(
    connection: &mut Connection,
    path: &str,
) -> Result<Vec<(Option<String>, String)>, StoreError> {
    let rows =
        sqlx::query("SELECT before, hash FROM knowledge_files WHERE path = $1 ORDER BY number")
            .bind(path)
            .fetch_all(connection)
            .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("before")?, row.try_get("hash")?)))
        .collect()
}

impl Reader {
    /// Reads the files that were edited after an edit with a number, each as it was edited last, in that order.
    pub async fn shared_files(&self, after: i64) -> Result<Vec<SharedFile>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, path, hash, content FROM knowledge_files WHERE number > $1 AND content <> '' ORDER BY number",
        )
        .bind(after)
        .fetch_all(&self.pool)
        .await?;
        let mut found = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        let mut connection = self.connection().await?;
        for file in &mut found {
            for (before, hash) in history(&mut connection, &file.path).await? {
                file.earlier.insert(before);
                file.earlier.insert(Some(hash));
            }
        }
        Ok(found)
    }
}

fn from_row(row: &PlainRow) -> Result<SharedFile, StoreError> {
    let content: String = row.try_get("content")?;
    let content = STANDARD.decode(content);
    Ok(SharedFile {
        number: row.try_get("number")?,
        path: row.try_get("path")?,
        content: content.map_err(|error| StoreError::unreadable("file of the knowledge", error))?,
        hash: row.try_get("hash")?,
        earlier: HashSet::new(),
    })
}
