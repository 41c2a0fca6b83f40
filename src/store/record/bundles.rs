//! Bundles of one conversation.

use sqlx::Row as _;

use super::checkpoints::{head_from, leaf_from};
use super::streams::{self, Content};
use crate::ids::ConversationId;
use crate::record::{Bundle, BundledEvent, BundledProof, FORMAT, Hash, Leaf, proof};
use crate::store::chain::salt_of;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

impl Store {
    /// Bundles every event of a conversation with a checkpoint that vouches for them; makes that first, where it is due.
    pub async fn bundle(&self, id: &ConversationId, now: Timestamp) -> Result<Bundle, StoreError> {
        self.checkpoint(now).await?;
        self.reader.bundle(id).await
    }
}

impl Reader {
    async fn bundle(&self, id: &ConversationId) -> Result<Bundle, StoreError> {
        let unknown = || StoreError::UnknownConversation(*id);
        let name = id.to_string();
        let mut connection = self.connection().await?;
        let stream = streams::one(&mut connection, &name).await?;
        let stream = stream.ok_or_else(unknown)?;
        drop(connection);
        let proof = self.proof_of(&name, stream.last_sequence).await?;
        let mut events = Vec::with_capacity(stream.events.len());
        for event in stream.events {
            let content = match event.content {
                Content::Known(content) if !stream.erased => Some(content),
                Content::Unreadable(error) if !stream.erased => return Err(error),
                _ => None,
            };
            let key = stream.key.as_deref().filter(|_| content.is_some());
            let salt = key.map(|key| hex::encode(salt_of(key, &name, event.sequence)));
            events.push(BundledEvent {
                sequence: event.sequence,
                kind: event.kind,
                subject: event.subject,
                created: event.created,
                commitment: event.commitment,
                content: content.filter(|_| salt.is_some()),
                salt,
            });
        }
        Ok(Bundle {
            format: FORMAT.to_owned(),
            stream: name,
            events,
            proof: proof.ok_or_else(unknown)?,
        })
    }

    /// Finds the checkpoint that vouches for an event of a stream, and the way to its root.
    async fn proof_of(
        &self,
        stream: &str,
        sequence: i64,
    ) -> Result<Option<BundledProof>, StoreError> {
        let row = sqlx::query(
            "SELECT c.number, c.previous, c.root, c.leaves, c.created, c.public_key, c.signature FROM checkpoint_leaves l \
             JOIN checkpoints c ON c.number = l.checkpoint WHERE l.stream = $1 AND l.sequence = $2 \
             ORDER BY c.number LIMIT 1",
        )
        .bind(stream.to_owned())
        .bind(sequence)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let head = head_from(&row)?;
        let rows = sqlx::query(
            "SELECT stream, sequence, head FROM checkpoint_leaves WHERE checkpoint = $1 ORDER BY stream",
        )
        .bind(head.checkpoint.number)
        .fetch_all(&self.pool)
        .await?;
        let position = rows.iter().position(|row| {
            row.try_get::<&str, _>("stream")
                .is_ok_and(|found| found == stream)
        });
        let leaves: Vec<Hash> = rows
            .iter()
            .map(|row| leaf_from(row).map(|leaf: Leaf| leaf.hash()))
            .collect::<Result<_, _>>()?;
        Ok(position.map(|position| BundledProof {
            steps: proof(&leaves, position),
            checkpoint: head.checkpoint,
            signature: head.signature,
            public_key: head.public_key,
        }))
    }
}
