//! The queue as staff read it: read once after each change, however many look at it.

use std::sync::Arc;

use super::Workplace;
use super::queue_room::{QueueView, ReadQueue};
use crate::conversation::ConversationState;
use crate::desk::fingerprint::fingerprint;
use crate::desk::principal::speaker;
use crate::desk::{Backlog, DeskError, IdempotencyKey, QueueEntry, QueueFilter, StaffOutcome};
use crate::language::{Elsewhere, Language, Spoken};
use crate::staff::{Agent, Availability, Level, Permission};
use crate::store::{Fitness, Given, KeyedRequest, NextFor};
use crate::time::Timestamp;

/// Filters remembered at once; each agent has one of their own.
const MAX_FILTERS: usize = 1_024;

/// How long the queue is remembered when nothing changes: what the bot answers is counted by age.
const REMEMBERED_MS: i64 = 60_000;

impl Workplace {
    /// Reads the queue and counts it; never older than the last change that is kept, whoever made it.
    pub async fn queue(
        &self,
        filter: &QueueFilter,
        now: Timestamp,
    ) -> Result<Arc<QueueView>, DeskError> {
        let mut read = self.queue_room.read.lock().await;
        let reader = self.store.reader();
        // Read before the queue: a change that comes in between makes what is read here outdated.
        let change = reader.changes().await?;
        if let Some(last) = read.get(filter)
            && last.change == change
            && now < last.at.later_by(REMEMBERED_MS)
        {
            return Ok(Arc::clone(&last.view));
        }
        let view = Arc::new(QueueView {
            entries: reader.queue(filter, now).await?,
            tally: reader.queue_tally(now).await?,
        });
        if read.len() >= MAX_FILTERS {
            read.clear();
        }
        let last = ReadQueue {
            change,
            at: now,
            view: Arc::clone(&view),
        };
        read.insert(filter.clone(), last);
        Ok(view)
    }

    /// Counts what waits to be done, for monitors.
    pub async fn backlog(&self) -> Result<Backlog, DeskError> {
        Ok(self.store.backlog().await?)
    }

    /// Lists what waits for an agent: in their languages and of their levels, the best first.
    pub async fn offers(&self, agent: &Agent) -> Result<Vec<QueueEntry>, DeskError> {
        Ok(self.store.reader().offers(&fitness(agent)).await?)
    }

    /// Lets an agent take what fits them best.
    pub async fn take_next(
        &self,
        agent: &Agent,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Given<StaffOutcome>, DeskError> {
        self.see(agent, now).await?;
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
        Ok(match self.store.claim_next(next).await? {
            Given::Taken(id, written) => {
                if let Some(sequence) = written.last_sequence {
                    self.bus.changed(id, sequence);
                }
                Given::Taken(id, written.value)
            }
            Given::HandsFull => Given::HandsFull,
            Given::NothingFits { others } => Given::NothingFits { others },
        })
    }

    /// Lists what waits and nobody who is at the desk may take; where agents are there, leads do not count, for whoever
    /// runs the shift should know what is left to them alone.
    pub async fn stranded(&self, now: Timestamp) -> Result<Vec<QueueEntry>, DeskError> {
        let filter = QueueFilter {
            state: Some(ConversationState::Queued),
            ..QueueFilter::default()
        };
        let waiting = self.queue(&filter, now).await?;
        if waiting.entries.is_empty() {
            return Ok(Vec::new());
        }
        let attending = self.attending();
        let mut takers = self.agents().await?;
        takers.retain(|agent| {
            let takes = agent.active && agent.availability == Availability::Here;
            takes && attending.contains(&agent.id)
        });
        let runs_the_shift = |agent: &Agent| agent.role.may(Permission::AssignWork);
        if takers.iter().any(|agent| !runs_the_shift(agent)) {
            takers.retain(|agent| !runs_the_shift(agent));
        }
        let takers: Vec<Fitness> = takers.iter().map(fitness).collect();
        let is_stranded = |entry: &&QueueEntry| {
            let waiting = Waiting::from(*entry);
            !takers.iter().any(|fitness| fits(fitness, &waiting))
        };
        Ok(waiting
            .entries
            .iter()
            .filter(is_stranded)
            .cloned()
            .collect())
    }
}

/// What somebody has to be able to do to take what waits.
pub(super) struct Waiting<'a> {
    pub(super) language: Option<Language>,
    pub(super) elsewhere: Option<Elsewhere>,
    pub(super) level: Option<Level>,
    pub(super) team: Option<&'a str>,
}

impl<'a> From<&'a QueueEntry> for Waiting<'a> {
    fn from(entry: &'a QueueEntry) -> Self {
        Self {
            language: entry.language,
            elsewhere: entry.elsewhere,
            level: entry.level,
            team: entry.team.as_deref(),
        }
    }
}

/// Tells whether somebody may take what waits.
pub(super) fn fits(fitness: &Fitness, waiting: &Waiting<'_>) -> bool {
    let speaks = |spoken: Spoken| fitness.languages.contains(&spoken);
    let language = waiting.language.map(Spoken::from);
    let elsewhere = waiting.elsewhere.map(Spoken::from);
    let is_understood = language.is_none_or(speaks) || elsewhere.is_some_and(speaks);
    let takes_level = |level: Level| fitness.levels.contains(&level);
    let is_in_team = |team: &str| fitness.any_team || team == fitness.team;
    is_understood && waiting.level.is_none_or(takes_level) && waiting.team.is_none_or(is_in_team)
}

/// Whoever runs the shift takes every level; others take the first, and those that were chosen for them.
pub(super) fn fitness(agent: &Agent) -> Fitness {
    let takes = |level: &Level| {
        *level == Level::L1
            || agent.role.may(Permission::AssignWork)
            || agent.levels.contains(level)
    };
    Fitness {
        languages: agent.languages.clone(),
        levels: Level::ALL.into_iter().filter(takes).collect(),
        skills: agent.skills.clone(),
        capacity: agent.capacity,
        team: agent.department.as_str().to_owned(),
        any_team: agent.role.may(Permission::AssignWork),
    }
}
