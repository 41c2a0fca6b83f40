//! Verifies the record, a bounded part of it at a time, and names whatever is not as it was recorded.

use std::collections::HashSet;
use std::path::Path;

use sqlx::Row as _;

use super::checkpoints::{head_from, kept_head, leaf_from};
use super::fault::{Fault, FaultKind};
use super::streams::{self, Content, Event, Stream};
use crate::record::{Checkpoint, Entry, Hash, Leaf, PublicKey, commitment, root};
use crate::store::chain::{STAFF, link_from, salt_of};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// Conversations read at once.
const STEP: i64 = 200;

/// Lines and checkpoints read at once.
const MAX_LINES: i64 = 1_000;

/// What is to be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verifying {
    /// Only conversations in which something happened since then, and what vouches for them.
    pub since: Option<Timestamp>,
    /// The key that must have signed; any that the database names where none is given.
    pub public_key: Option<PublicKey>,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Conversations.
    pub conversations: u64,
    /// Events of conversations.
    pub events: u64,
    /// Events whose content was erased, so that only the chain could be checked.
    pub erased: u64,
    /// Lines of the staff log.
    pub lines: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// Whatever is not as it was recorded.
    pub faults: u64,
}

/// What is gathered on the way.
struct Look<'a> {
    verifying: Verifying,
    verified: Verified,
    on_fault: &'a mut (dyn FnMut(Fault) + Send),
    /// Whose erasing the staff log tells of.
    erased: HashSet<String>,
}

impl Look<'_> {
    fn fault(&mut self, stream: Option<&str>, number: Option<i64>, kind: FaultKind) {
        self.verified.faults += 1;
        (self.on_fault)(Fault {
            stream: stream.map(str::to_owned),
            number,
            kind,
        });
    }
}

impl Reader {
    /// Verifies the record and tells of every fault as it is found. `data` is the data folder, where the newest
    /// checkpoint is named.
    pub async fn verify_record(
        &self,
        data: &Path,
        verifying: Verifying,
        on_fault: &mut (dyn FnMut(Fault) + Send),
    ) -> Result<Verified, StoreError> {
        let mut look = Look {
            verifying,
            verified: Verified::default(),
            on_fault,
            erased: HashSet::new(),
        };
        self.verify_checkpoints(data, &mut look).await?;
        self.verify_staff(&mut look).await?;
        self.verify_conversations(&mut look).await?;
        self.verify_nothing_gone(&mut look).await?;
        Ok(look.verified)
    }

    async fn verify_checkpoints(&self, data: &Path, look: &mut Look<'_>) -> Result<(), StoreError> {
        let kept = kept_head(data);
        let mut before: Option<Checkpoint> = None;
        let mut kept_found = None;
        loop {
            let rows = sqlx::query(
                "SELECT number, previous, root, leaves, created, public_key, signature FROM checkpoints \
                 WHERE number > $1 ORDER BY number LIMIT $2",
            )
            .bind(before.as_ref().map_or(0, |before| before.number))
            .bind(MAX_LINES)
            .fetch_all(&self.pool)
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let number: i64 = row.try_get("number")?;
                look.verified.checkpoints += 1;
                let head = match head_from(row) {
                    Ok(head) => head,
                    Err(error) => {
                        look.fault(None, Some(number), FaultKind::Unreadable(cause(&error)));
                        continue;
                    }
                };
                let checkpoint = head.checkpoint;
                let (expected, previous) = match &before {
                    Some(before) => (before.number + 1, before.hash()),
                    None => (1, Hash::ORIGIN),
                };
                if number != expected {
                    look.fault(None, Some(expected), FaultKind::Missing(number));
                } else if checkpoint.previous != previous {
                    look.fault(None, Some(number), FaultKind::CheckpointLink);
                }
                if look
                    .verifying
                    .public_key
                    .is_some_and(|key| key != head.public_key)
                {
                    look.fault(None, Some(number), FaultKind::OtherKey(head.public_key));
                }
                if !head.public_key.has_signed(&checkpoint, &head.signature) {
                    look.fault(None, Some(number), FaultKind::Signature);
                }
                if self.root_of(number).await? != (checkpoint.leaves, checkpoint.root) {
                    look.fault(None, Some(number), FaultKind::Leaves);
                }
                if kept.is_some_and(|(kept, _)| kept == number) {
                    kept_found = Some(checkpoint.hash());
                }
                before = Some(checkpoint);
            }
        }
        if let Some((number, hash)) = kept
            && kept_found != Some(hash)
        {
            let last = before.map(|last| last.number);
            look.fault(None, last, FaultKind::RolledBack { number, hash });
        }
        Ok(())
    }

    /// Computes the root over the heads that are kept with a checkpoint.
    async fn root_of(&self, checkpoint: i64) -> Result<(i64, Hash), StoreError> {
        let rows = sqlx::query(
            "SELECT stream, sequence, head FROM checkpoint_leaves WHERE checkpoint = $1 ORDER BY stream",
        )
        .bind(checkpoint)
        .fetch_all(&self.pool)
        .await?;
        let leaves: Vec<Hash> = rows
            .iter()
            // A head that is no digest makes another root.
            .map(|row| leaf_from(row).map_or(Hash::ORIGIN, |leaf| leaf.hash()))
            .collect();
        Ok((
            i64::try_from(leaves.len()).unwrap_or(i64::MAX),
            root(&leaves),
        ))
    }

    async fn verify_staff(&self, look: &mut Look<'_>) -> Result<(), StoreError> {
        let leaves = self.staff_leaves().await?;
        let mut leaves = leaves.iter().peekable();
        let (mut last, mut head) = (0, Hash::ORIGIN);
        let unnumbered = sqlx::query("SELECT id FROM staff_log WHERE sequence IS NULL LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        if let Some(row) = unnumbered {
            look.fault(Some(STAFF), None, FaultKind::Unrecorded(row.try_get("id")?));
        }
        loop {
            let rows = sqlx::query(
                "SELECT sequence, actor, action, subject, detail, created, commitment, link FROM staff_log \
                 WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            )
            .bind(last)
            .bind(MAX_LINES)
            .fetch_all(&self.pool)
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let sequence: i64 = row.try_get("sequence")?;
                look.verified.lines += 1;
                if sequence != last + 1 {
                    look.fault(Some(STAFF), Some(last + 1), FaultKind::Missing(sequence));
                }
                let (action, subject): (String, String) =
                    (row.try_get("action")?, row.try_get("subject")?);
                let (actor, detail): (String, String) =
                    (row.try_get("actor")?, row.try_get("detail")?);
                let stored = link_from(row.try_get("commitment")?)
                    .and_then(|commitment| Ok((commitment, link_from(row.try_get("link")?)?)));
                last = sequence;
                let (committed, link) = match stored {
                    Ok(stored) => stored,
                    Err(error) => {
                        let kind = FaultKind::Unreadable(cause(&error));
                        look.fault(Some(STAFF), Some(sequence), kind);
                        continue;
                    }
                };
                let salt = salt_of(self.keys.house(), STAFF, sequence);
                if commitment(&salt, &[&actor, &detail]) != committed {
                    look.fault(Some(STAFF), Some(sequence), FaultKind::Content);
                }
                let entry = Entry {
                    stream: STAFF,
                    sequence,
                    kind: &action,
                    subject: &subject,
                    created: row.try_get("created")?,
                    commitment: committed,
                };
                if entry.link(head) != link {
                    look.fault(Some(STAFF), Some(sequence), FaultKind::Link);
                }
                head = link;
                while let Some((checkpoint, leaf)) =
                    leaves.next_if(|(_, leaf)| leaf.sequence <= sequence)
                {
                    if leaf.sequence == sequence && leaf.head != link {
                        look.fault(
                            Some(STAFF),
                            Some(sequence),
                            FaultKind::Rewritten(*checkpoint),
                        );
                    }
                }
                if action == "erase" {
                    look.erased.insert(subject);
                }
            }
        }
        if let Some((checkpoint, leaf)) = leaves.last() {
            let (checkpoint, sequence) = (*checkpoint, leaf.sequence);
            let kind = FaultKind::CutOff {
                checkpoint,
                sequence,
            };
            look.fault(Some(STAFF), Some(last), kind);
        }
        Ok(())
    }

    async fn staff_leaves(&self) -> Result<Vec<(i64, Leaf)>, StoreError> {
        let rows = sqlx::query(
            "SELECT checkpoint, stream, sequence, head FROM checkpoint_leaves WHERE stream = $1 ORDER BY sequence",
        )
        .bind(STAFF)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok((row.try_get("checkpoint")?, leaf_from(row)?)))
            .collect()
    }

    async fn verify_conversations(&self, look: &mut Look<'_>) -> Result<(), StoreError> {
        let mut last = String::new();
        let mut step = STEP;
        loop {
            let read = streams::after(&mut self.connection().await?, &last, step).await;
            let found = match read {
                Ok(found) => found,
                // One of them cannot be read; alone it can be named.
                Err(_) if step > 1 => {
                    step = 1;
                    continue;
                }
                Err(error) => {
                    let Some(next) = self.conversation_after(&last).await? else {
                        return Ok(());
                    };
                    look.fault(Some(&next), None, FaultKind::Unreadable(cause(&error)));
                    last = next;
                    step = STEP;
                    continue;
                }
            };
            let Some(newest) = found.last() else {
                return Ok(());
            };
            last.clone_from(&newest.id);
            step = STEP;
            for stream in &found {
                if stream.is_wanted(look.verifying.since) {
                    verify_stream(stream, look);
                }
                if stream.erased && !self.was_erased(&stream.id, look).await? {
                    look.fault(Some(&stream.id), None, FaultKind::ErasedByNobody);
                }
            }
        }
    }

    /// Tells whether the staff log says that a conversation was erased; it may have been since the log was verified.
    async fn was_erased(&self, stream: &str, look: &Look<'_>) -> Result<bool, StoreError> {
        if look.erased.contains(stream) {
            return Ok(true);
        }
        let row = sqlx::query(
            "SELECT 1 FROM staff_log WHERE subject = $1 AND action = 'erase' AND sequence > $2",
        )
        .bind(stream.to_owned())
        .bind(i64::try_from(look.verified.lines).unwrap_or(i64::MAX))
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    async fn conversation_after(&self, after: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT id FROM conversations WHERE id > $1 ORDER BY id LIMIT 1")
            .bind(after.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get("id")).transpose()?)
    }

    /// Looks for streams that checkpoints vouch for and that are not there at all.
    async fn verify_nothing_gone(&self, look: &mut Look<'_>) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT l.stream, MAX(l.checkpoint) AS checkpoint FROM checkpoint_leaves l \
             LEFT JOIN conversations c ON c.id = l.stream WHERE c.id IS NULL AND l.stream <> $1 GROUP BY l.stream",
        )
        .bind(STAFF)
        .fetch_all(&self.pool)
        .await?;
        for row in &rows {
            let stream: String = row.try_get("stream")?;
            let gone = FaultKind::Gone(row.try_get("checkpoint")?);
            look.fault(Some(&stream), None, gone);
        }
        let rows = sqlx::query(
            "SELECT DISTINCT e.conversation FROM events e LEFT JOIN conversations c ON c.id = e.conversation \
             WHERE c.id IS NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        for row in &rows {
            let stream: String = row.try_get("conversation")?;
            look.fault(Some(&stream), None, FaultKind::NoContent);
        }
        Ok(())
    }
}

impl Stream {
    fn is_wanted(&self, since: Option<Timestamp>) -> bool {
        let newest = self.events.last().map_or(i64::MAX, |event| event.created);
        since.is_none_or(|since| newest >= since.as_millis())
    }
}

fn verify_stream(stream: &Stream, look: &mut Look<'_>) {
    look.verified.conversations += 1;
    let id = Some(stream.id.as_str());
    let (mut last, mut head) = (0, Hash::ORIGIN);
    for event in &stream.events {
        look.verified.events += 1;
        if event.sequence != last + 1 {
            look.fault(id, Some(last + 1), FaultKind::Missing(event.sequence));
        }
        last = event.sequence;
        match content_fault(stream, event) {
            Ok(Checked::Whole) => {}
            Ok(Checked::Erased) => look.verified.erased += 1,
            Err(kind) => look.fault(id, Some(last), kind),
        }
        if event.entry(&stream.id).link(head) != event.link {
            look.fault(id, Some(last), FaultKind::Link);
        }
        head = event.link;
    }
    if stream.last_sequence != last || stream.head != head {
        look.fault(id, Some(last), FaultKind::OtherEnd);
    }
    for (checkpoint, leaf) in &stream.leaves {
        let at = stream
            .events
            .iter()
            .find(|event| event.sequence == leaf.sequence);
        match at {
            Some(event) if event.link == leaf.head => {}
            Some(event) => {
                look.fault(id, Some(event.sequence), FaultKind::Rewritten(*checkpoint));
            }
            None if leaf.sequence > last => {
                let cut = FaultKind::CutOff {
                    checkpoint: *checkpoint,
                    sequence: leaf.sequence,
                };
                look.fault(id, Some(last), cut);
            }
            // Named as missing already.
            None => {}
        }
    }
    for message in &stream.unrecorded {
        look.fault(id, None, FaultKind::Unrecorded(message.clone()));
    }
}

/// What could be told of a content.
enum Checked {
    /// It is what was recorded.
    Whole,
    /// It was erased.
    Erased,
}

fn content_fault(stream: &Stream, event: &Event) -> Result<Checked, FaultKind> {
    if stream.erased {
        return Ok(Checked::Erased);
    }
    match &event.content {
        Content::Replaced => Ok(Checked::Whole),
        Content::Gone => Err(FaultKind::NoContent),
        Content::Unreadable(error) => Err(FaultKind::Unreadable(cause(error))),
        Content::Known(content) => {
            let Some(key) = &stream.key else {
                return Err(FaultKind::Content);
            };
            match event.commits_to(key, &stream.id, content) {
                true => Ok(Checked::Whole),
                false => Err(FaultKind::Content),
            }
        }
    }
}

/// Says why something cannot be read, with the reason behind it.
fn cause(error: &StoreError) -> String {
    let behind = std::error::Error::source(error).map(ToString::to_string);
    behind.unwrap_or_else(|| error.to_string())
}
