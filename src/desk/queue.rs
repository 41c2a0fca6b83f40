//! The queue as staff read it: read once after each change, however many look at it.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::fingerprint::fingerprint;
use super::principal::speaker;
use super::{Desk, DeskError, IdempotencyKey, QueueCounts, QueueEntry, QueueFilter, StaffOutcome};
use crate::conversation::{ConversationId, Level, Timestamp};
use crate::staff::{Agent, Permission};
use crate::store::{Fitness, KeyedRequest, NextFor};

/// The queue at one moment.
#[derive(Debug, PartialEq)]
pub struct QueueView {
    /// The most urgent first, and of those the ones that wait longest.
    pub entries: Vec<QueueEntry>,
    /// Conversations by who answers.
    pub counts: QueueCounts,
}

/// What was read last, with the number of the change it was read after.
#[derive(Default)]
pub(super) struct QueueRoom {
    // Held while reading: of two hundred who ask after a change, one reads and the others wait for it.
    read: Mutex<HashMap<QueueFilter, (u64, Arc<QueueView>)>>,
}

/// Filters remembered at once; each agent has one of their own.
const MAX_FILTERS: usize = 1_024;

impl Desk {
    /// Reads the queue and counts it; never older than the last change that was announced.
    pub async fn queue(&self, filter: &QueueFilter) -> Result<Arc<QueueView>, DeskError> {
        let mut read = self.queue_room.read.lock().await;
        // Taken before reading: a change that comes in between makes what is read here outdated.
        let change = self.announcements.changes();
        if let Some((at, view)) = read.get(filter)
            && *at == change
        {
            return Ok(Arc::clone(view));
        }
        let reader = self.store.reader();
        let view = Arc::new(QueueView {
            entries: reader.queue(filter).await?,
            counts: reader.queue_counts().await?,
        });
        if read.len() >= MAX_FILTERS {
            read.clear();
        }
        read.insert(filter.clone(), (change, Arc::clone(&view)));
        Ok(view)
    }
}

impl Desk {
    /// Lists what waits for an agent: in their languages and of their levels, the best first.
    pub async fn offers(&self, agent: &Agent) -> Result<Vec<QueueEntry>, DeskError> {
        Ok(self.store.reader().offers(&fitness(agent)).await?)
    }

    /// Lets an agent take what fits them best; `None` when nothing does.
    pub async fn take_next(
        &self,
        agent: &Agent,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Option<(ConversationId, StaffOutcome)>, DeskError> {
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("next:{}", agent.id),
            fingerprint: fingerprint(&["next"]),
        });
        let next = NextFor {
            by: speaker(agent),
            fitness: fitness(agent),
            fallback: self.settings.fallback,
            request,
            now,
        };
        let Some((id, written)) = self.store.claim_next(next).await? else {
            return Ok(None);
        };
        if let Some(sequence) = written.last_sequence {
            self.announcements.announce(&id, sequence);
        }
        Ok(Some((id, written.value)))
    }
}

/// Whoever runs the shift takes every level; others take the first, and those their skills name.
fn fitness(agent: &Agent) -> Fitness {
    let takes = |level: &Level| {
        *level == Level::L1
            || agent.role.may(Permission::AssignWork)
            || agent.skills.iter().any(|skill| skill == level.code())
    };
    Fitness {
        languages: agent.languages.clone(),
        levels: [Level::L1, Level::L2, Level::L3]
            .into_iter()
            .filter(takes)
            .collect(),
        skills: agent.skills.clone(),
    }
}
