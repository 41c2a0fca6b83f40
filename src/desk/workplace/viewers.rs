//! Who looks at which conversation, so that two agents do not write the same reply.
//!
//! Kept in the memory of this process: it is worth nothing after a restart, and a browser says every few seconds that it
//! is still there. Who looks through another process is known by the bus.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::conversation::Speaker;
use crate::ids::{AgentId, ConversationId};
use crate::time::Timestamp;

/// How long somebody counts as there after their browser last said so.
const THERE_MS: i64 = 45_000;

/// With so many conversations looked at, those nobody looks at any more are forgotten.
const MANY: usize = 1_024;

/// Conversations with those who look at them.
#[derive(Debug, Default)]
pub(in crate::desk) struct Viewers(Mutex<LookedAt>);

/// Who looks, by conversation: their name, and when their browser last said so.
type LookedAt = HashMap<ConversationId, HashMap<AgentId, (String, Timestamp)>>;

impl Viewers {
    fn lock(&self) -> MutexGuard<'_, LookedAt> {
        // The map is whole after any panic: every change to it is one call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody is there; `true` when that is news.
    pub(super) fn note(&self, id: ConversationId, who: Speaker, now: Timestamp) -> bool {
        let mut looked_at = self.lock();
        if looked_at.len() >= MANY {
            // Browsers that vanished have said no goodbye.
            looked_at.retain(|_, at| {
                at.retain(|_, (_, seen)| now.millis_since(*seen) <= THERE_MS);
                !at.is_empty()
            });
        }
        let at = looked_at.entry(id).or_default();
        let count = at.len();
        at.retain(|_, (_, seen)| now.millis_since(*seen) <= THERE_MS);
        let somebody_left = at.len() != count;
        at.insert(who.agent, (who.name, now)).is_none() || somebody_left
    }

    /// Notes that somebody has gone; `true` when that is news.
    pub(super) fn forget(&self, id: &ConversationId, who: &AgentId) -> bool {
        let mut looked_at = self.lock();
        let Some(at) = looked_at.get_mut(id) else {
            return false;
        };
        let was_there = at.remove(who).is_some();
        if at.is_empty() {
            looked_at.remove(id);
        }
        was_there
    }

    /// Tells who is there, in any order.
    pub(super) fn there(&self, id: &ConversationId, now: Timestamp) -> Vec<Speaker> {
        let looked_at = self.lock();
        let at = looked_at.get(id).into_iter().flatten();
        at.filter(|(_, (_, seen))| now.millis_since(*seen) <= THERE_MS)
            .map(|(agent, (name, _))| Speaker {
                agent: *agent,
                name: name.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_for_a_while_is_gone() {
        let viewers = Viewers::default();
        let start = Timestamp::from_millis(1_000_000);
        let id = ConversationId::generate(start);
        let who = |name: &str| Speaker {
            agent: AgentId::generate(start),
            name: name.to_owned(),
        };
        let (sora, kenji) = (who("Sora"), who("Kenji"));
        let names = |now| {
            let there = viewers.there(&id, now);
            let mut names: Vec<String> = there.into_iter().map(|one| one.name).collect();
            names.sort();
            names
        };
        assert!(viewers.note(id, sora.clone(), start));
        assert!(!viewers.note(id, sora.clone(), start.later_by(10)));
        assert!(viewers.note(id, kenji.clone(), start.later_by(THERE_MS)));
        assert_eq!(names(start.later_by(THERE_MS)), ["Kenji", "Sora"]);
        assert_eq!(names(start.later_by(THERE_MS + 20)), ["Kenji"]);
        assert!(viewers.forget(&id, &kenji.agent));
        assert!(!viewers.forget(&id, &kenji.agent));
        assert_eq!(names(start), ["Sora"]);
    }
}
