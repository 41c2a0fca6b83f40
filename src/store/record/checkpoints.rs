//! Checkpoints: the heads of the streams that have grown, under one signature.

use std::io::Write as _;
use std::path::Path;

use sqlx::Row as _;
use uuid::Uuid;

use crate::record::{Checkpoint, Hash, Leaf, PublicKey, RecordKey, Signature, root};
use crate::store::chain::{STAFF, link_from};
use crate::store::dialect::{Connection, Fetching as _, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::places::places;
use crate::store::reader::Reader;
use crate::store::staff::log;
use crate::time::Timestamp;

/// Most streams in one checkpoint, so that the writer is not held up.
const MAX_LEAVES: i64 = 5_000;

/// Most rows in one statement.
const MAX_ROWS: usize = 128;

/// File of the data folder that names the newest checkpoint, so that an older database in its place is noticed.
const HEAD_FILE: &str = "record.head";

/// A checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHead {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The key that signed it.
    pub public_key: PublicKey,
    /// Its signature.
    pub signature: Signature,
}

impl Store {
    /// Signs for everything that was recorded since the last checkpoint, in as many checkpoints as it takes; returns the
    /// newest, and `None` when nothing was recorded.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<Option<RecordHead>, StoreError> {
        let mut newest = None;
        while let Some(made) = self.checkpoint_once(now).await? {
            let is_last = made.checkpoint.leaves < MAX_LEAVES;
            newest = Some(made);
            if is_last {
                break;
            }
        }
        if let Some(head) = &newest {
            let kept = keep_head(&self.folder, &head.checkpoint);
            kept.map_err(|error| StoreError::unreadable("head of the record", error))?;
        }
        Ok(newest)
    }

    async fn checkpoint_once(&self, now: Timestamp) -> Result<Option<RecordHead>, StoreError> {
        self.writer
            .write_aside(move |connection| Box::pin(make(connection, now)))
            .await
    }
}

impl Store {
    /// Signs a statement with the key of the record.
    pub async fn sign_statement(
        &self,
        statement: String,
        now: Timestamp,
    ) -> Result<(PublicKey, Signature), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let key = signing_key(connection, now).await?;
                    Ok((key.public(), key.sign_statement(&statement)))
                })
            })
            .await
    }
}

impl Reader {
    /// Reads the newest checkpoint.
    pub async fn record_head(&self) -> Result<Option<RecordHead>, StoreError> {
        newest(&mut self.connection().await?).await
    }
}

/// Makes a checkpoint of what has grown; once more where another process has made that number meanwhile.
async fn make(
    connection: &mut Connection,
    now: Timestamp,
) -> Result<Option<RecordHead>, StoreError> {
    for _ in 0..MOST_RACES {
        match make_next(connection, now).await? {
            Made::Signed(head) => return Ok(Some(head)),
            Made::Nothing => return Ok(None),
            Made::Overtaken => {}
        }
    }
    // The others sign for everything.
    Ok(None)
}

/// Times that another process may be quicker.
const MOST_RACES: usize = 5;

enum Made {
    Signed(RecordHead),
    /// Nothing has grown.
    Nothing,
    /// Another process has made the checkpoint of that number, and nothing was written here.
    Overtaken,
}

async fn make_next(connection: &mut Connection, now: Timestamp) -> Result<Made, StoreError> {
    let leaves = grown(connection).await?;
    if leaves.is_empty() {
        return Ok(Made::Nothing);
    }
    let key = signing_key(connection, now).await?;
    let before = newest(connection).await?.map(|head| head.checkpoint);
    let hashes: Vec<Hash> = leaves.iter().map(Leaf::hash).collect();
    let checkpoint = Checkpoint {
        number: before.as_ref().map_or(0, |before| before.number) + 1,
        previous: before.as_ref().map_or(Hash::ORIGIN, Checkpoint::hash),
        root: root(&hashes),
        leaves: i64::try_from(leaves.len()).unwrap_or(i64::MAX),
        created: now.as_millis(),
    };
    let head = RecordHead {
        signature: key.sign(&checkpoint),
        public_key: key.public(),
        checkpoint,
    };
    Ok(match insert(connection, &head, &leaves).await? {
        true => Made::Signed(head),
        false => Made::Overtaken,
    })
}

/// Returns the heads of the streams that have grown since the last checkpoint, in the order of their names.
async fn grown(connection: &mut Connection) -> Result<Vec<Leaf>, StoreError> {
    let rows = sqlx::query(
        "SELECT id AS stream, last_sequence AS sequence, head FROM conversations WHERE last_sequence > checkpointed \
         ORDER BY id LIMIT $1",
    )
    .bind(MAX_LEAVES - 1)
    .fetch_all(&mut *connection)
    .await?;
    let mut leaves = rows.iter().map(leaf_from).collect::<Result<Vec<_>, _>>()?;
    let (sequence, head) = log::newest(connection).await?;
    let row = sqlx::query(
        "SELECT COALESCE(MAX(sequence), 0) AS sequence FROM checkpoint_leaves WHERE stream = $1",
    )
    .bind(STAFF)
    .fetch_one(&mut *connection)
    .await?;
    if sequence > row.try_get("sequence")? {
        leaves.push(Leaf {
            stream: STAFF.to_owned(),
            sequence,
            head,
        });
    }
    leaves.sort_by(|one, other| one.stream.cmp(&other.stream));
    Ok(leaves)
}

pub(super) fn leaf_from(row: &PlainRow) -> Result<Leaf, StoreError> {
    Ok(Leaf {
        stream: row.try_get("stream")?,
        sequence: row.try_get("sequence")?,
        head: link_from(row.try_get("head")?)?,
    })
}

/// Returns the key that signs; makes the first one.
async fn signing_key(connection: &mut Connection, now: Timestamp) -> Result<RecordKey, StoreError> {
    let row = sqlx::query(
        "SELECT seed_sealed FROM record_keys ORDER BY created DESC, public_key LIMIT 1",
    )
    .row_if_any(connection)
    .await?;
    if let Some(row) = row {
        return RecordKey::from_seed(&row.open("seed_sealed")?)
            .map_err(|error| StoreError::unreadable("key of the record", error));
    }
    let key = RecordKey::generate();
    let seed = connection.keys().house().seal(&key.seed());
    sqlx::query("INSERT INTO record_keys (public_key, seed_sealed, created) VALUES ($1, $2, $3)")
        .bind(key.public().to_string())
        .bind(seed)
        .bind(now.as_millis())
        .execute(&mut *connection)
        .await?;
    Ok(key)
}

/// Keeps a checkpoint with its leaves; `false`, and nothing kept, where there is one of that number.
async fn insert(
    connection: &mut Connection,
    head: &RecordHead,
    leaves: &[Leaf],
) -> Result<bool, StoreError> {
    let Checkpoint {
        number,
        previous,
        root,
        leaves: count,
        created,
    } = &head.checkpoint;
    let kept = sqlx::query(
        "INSERT INTO checkpoints (number, previous, root, leaves, created, public_key, signature) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (number) DO NOTHING",
    )
    .bind(number)
    .bind(previous.to_string())
    .bind(root.to_string())
    .bind(count)
    .bind(created)
    .bind(head.public_key.to_string())
    .bind(head.signature.to_string())
    .execute(&mut *connection)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    for some in leaves.chunks(MAX_ROWS) {
        let rows = places(some.len(), 3, 1, "($1, _, _, _)");
        let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO checkpoint_leaves (checkpoint, stream, sequence, head) VALUES {rows}"
        )))
        .bind(number);
        for leaf in some {
            query = query
                .bind(&leaf.stream)
                .bind(leaf.sequence)
                .bind(leaf.head.to_string());
        }
        query.execute(&mut *connection).await?;
    }
    sqlx::query(
        "UPDATE conversations SET checkpointed = l.sequence FROM checkpoint_leaves l \
         WHERE l.checkpoint = $1 AND l.stream = conversations.id",
    )
    .bind(number)
    .execute(connection)
    .await?;
    Ok(true)
}

async fn newest(connection: &mut Connection) -> Result<Option<RecordHead>, StoreError> {
    let row = sqlx::query(
        "SELECT number, previous, root, leaves, created, public_key, signature FROM checkpoints \
         ORDER BY number DESC LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(head_from).transpose()
}

pub(super) fn head_from(row: &PlainRow) -> Result<RecordHead, StoreError> {
    let (public_key, signature): (String, String) =
        (row.try_get("public_key")?, row.try_get("signature")?);
    let unreadable = |error| StoreError::unreadable("checkpoint", error);
    Ok(RecordHead {
        checkpoint: Checkpoint {
            number: row.try_get("number")?,
            previous: link_from(row.try_get("previous")?)?,
            root: link_from(row.try_get("root")?)?,
            leaves: row.try_get("leaves")?,
            created: row.try_get("created")?,
        },
        public_key: public_key.parse().map_err(unreadable)?,
        signature: signature.parse().map_err(unreadable)?,
    })
}

fn keep_head(folder: &Path, checkpoint: &Checkpoint) -> std::io::Result<()> {
    let path = folder.join(HEAD_FILE);
    let beside = path.with_extension(format!("head.{}", Uuid::now_v7()));
    let mut file = std::fs::File::create(&beside)?;
    writeln!(file, "{} {}", checkpoint.number, checkpoint.hash())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// Reads which checkpoint was the newest ever made; nothing where that was never kept.
pub(super) fn kept_head(folder: &Path) -> Option<(i64, Hash)> {
    let text = std::fs::read_to_string(folder.join(HEAD_FILE)).ok()?;
    let (number, hash) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, hash.parse().ok()?))
}
