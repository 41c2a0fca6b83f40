//! Who is there at which process: what each has told of the people who are connected to it.
//!
//! A process tells of those who come and go, and all of it anew when another asks. One that has said nothing for a while is
//! gone, and so is whoever was connected to it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::news::{Connected, DeskNews, News};
use crate::ids::{AgentId, ConversationId};

/// How long a process that says nothing counts as there; each says something every [`SIGN_OF_LIFE`].
const SILENT: Duration = Duration::from_secs(30);

/// How often a process says that it is there.
pub const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// How long somebody counts as looking after their browser last said so.
const LOOKING: Duration = Duration::from_secs(45);

/// People told of at once.
const AT_ONCE: usize = 50;

#[derive(Default)]
pub(super) struct People(Mutex<Known>);

#[derive(Default)]
struct Known {
    here: AtNode,
    elsewhere: HashMap<Uuid, AtNode>,
    /// Those who say that they are away, whichever process they said it to.
    away: HashSet<AgentId>,
}

#[derive(Default)]
struct AtNode {
    agents: HashSet<AgentId>,
    visits: HashSet<ConversationId>,
    /// Who looks at what: their name, and when that was last said.
    looks: HashMap<(ConversationId, AgentId), (Arc<str>, Instant)>,
    heard: Option<Instant>,
}

impl People {
    /// Notes what news say of people: those connected to another process, or to this one where none is named.
    pub(super) fn note(&self, node: Option<Uuid>, news: &News, now: Instant) {
        let mut known = self.lock();
        let Known {
            here,
            elsewhere,
            away,
        } = &mut *known;
        let at = match node {
            Some(node) => elsewhere.entry(node).or_default(),
            None => here,
        };
        at.heard = Some(now);
        match news {
            News::Attendance { agent, here } => set(&mut at.agents, *agent, *here),
            News::Availability { agent, is_away } => set(away, *agent, *is_away),
            News::Desk(DeskNews::Visitor { conversation, here }) => {
                set(&mut at.visits, *conversation, *here);
            }
            News::Looks {
                conversation,
                agent,
                name,
                here,
            } => {
                at.looks
                    .retain(|_, (_, said)| now.duration_since(*said) < LOOKING);
                let key = (*conversation, *agent);
                match here {
                    true => drop(at.looks.insert(key, (Arc::clone(name), now))),
                    false => drop(at.looks.remove(&key)),
                }
            }
            News::Connected { first, people } => {
                if *first {
                    at.agents.clear();
                    at.visits.clear();
                }
                at.agents.extend(&people.agents);
                at.visits.extend(&people.visits);
                away.extend(&people.away);
            }
            _ => {}
        }
    }

    /// Tells whether anything was heard of a process lately.
    pub(super) fn knows(&self, node: Uuid) -> bool {
        self.lock().elsewhere.contains_key(&node)
    }

    /// Everybody who is connected to this process, in news of a size that travels.
    pub(super) fn of_this_process(&self) -> Vec<News> {
        let known = self.lock();
        let agents: Vec<AgentId> = known.here.agents.iter().copied().collect();
        let visits: Vec<ConversationId> = known.here.visits.iter().copied().collect();
        let away: Vec<AgentId> = known.away.iter().copied().collect();
        drop(known);
        let longest = agents.len().max(visits.len()).max(away.len());
        // Where nobody is there, that is told too.
        let parts = longest.div_ceil(AT_ONCE).max(1);
        let told = (0..parts).map(|part| News::Connected {
            first: part == 0,
            people: Connected {
                agents: part_of(&agents, part),
                visits: part_of(&visits, part),
                away: part_of(&away, part),
            },
        });
        told.collect()
    }

    /// Forgets processes that have said nothing for long; returns what that means for those who listen here.
    pub(super) fn forget_silent(&self, now: Instant) -> Vec<News> {
        let mut known = self.lock();
        let is_silent = |at: &AtNode| {
            at.heard
                .is_none_or(|heard| now.duration_since(heard) > SILENT)
        };
        let gone: Vec<AtNode> = known
            .elsewhere
            .extract_if(|_, at| is_silent(at))
            .map(|(_, at)| at)
            .collect();
        let mut news = Vec::new();
        for at in gone {
            let left = at.agents.into_iter();
            news.extend(left.map(|agent| News::Attendance { agent, here: false }));
            let left = at.visits.into_iter().map(|conversation| {
                News::Desk(DeskNews::Visitor {
                    conversation,
                    here: false,
                })
            });
            news.extend(left);
        }
        news
    }

    /// Members of staff with the console open at another process.
    pub(super) fn attending_elsewhere(&self) -> Vec<AgentId> {
        let known = self.lock();
        let agents = known.elsewhere.values().flat_map(|at| &at.agents);
        agents.copied().collect()
    }

    pub(super) fn is_away(&self, agent: &AgentId) -> bool {
        self.lock().away.contains(agent)
    }

    /// Tells whether the visitor of a conversation has it open, at whichever process.
    pub(super) fn is_visited(&self, conversation: &ConversationId) -> bool {
        let known = self.lock();
        let mut all = known.elsewhere.values().chain([&known.here]);
        all.any(|at| at.visits.contains(conversation))
    }

    /// Who looks at a conversation through another process.
    pub(super) fn looking_elsewhere(
        &self,
        conversation: &ConversationId,
        now: Instant,
    ) -> Vec<(AgentId, Arc<str>)> {
        let known = self.lock();
        let looks = known.elsewhere.values().flat_map(|at| &at.looks);
        looks
            .filter(|((at, _), (_, said))| {
                at == conversation && now.duration_since(*said) < LOOKING
            })
            .map(|((_, agent), (name, _))| (*agent, Arc::clone(name)))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // The maps are whole after any panic: every change to them is one call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn set<T: Eq + std::hash::Hash>(all: &mut HashSet<T>, one: T, is_in: bool) {
    match is_in {
        true => all.insert(one),
        false => all.remove(&one),
    };
}

fn part_of<T: Copy>(all: &[T], part: usize) -> Vec<T> {
    all.chunks(AT_ONCE).nth(part).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn people_of_other_processes_are_known_until_they_leave_or_their_process_falls_silent() {
        let people = People::default();
        let start = Instant::now();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let agent = AgentId::generate(Timestamp::from_millis(1));
        let conversation = ConversationId::generate(Timestamp::from_millis(1));
        let comes = |here| News::Attendance { agent, here };
        let visits = News::Desk(DeskNews::Visitor {
            conversation,
            here: true,
        });
        people.note(Some(one), &comes(true), start);
        people.note(Some(two), &comes(true), start);
        people.note(Some(two), &visits, start);
        people.note(Some(one), &comes(false), start);
        assert_eq!(people.attending_elsewhere(), [agent], "still there by two");
        assert!(people.is_visited(&conversation));
        assert!(people.forget_silent(start + SILENT).is_empty());
        people.note(Some(one), &News::Alive, start + SILENT);
        let news = people.forget_silent(start + SILENT + SIGN_OF_LIFE);
        assert_eq!(news.len(), 2, "{news:?}");
        assert!(people.attending_elsewhere().is_empty());
        assert!(!people.is_visited(&conversation));
        assert!(people.knows(one) && !people.knows(two));
    }

    #[test]
    fn what_is_told_anew_takes_the_place_of_what_was_known() {
        let (here, there) = (People::default(), People::default());
        let start = Instant::now();
        let node = Uuid::from_u128(1);
        let visits: Vec<ConversationId> = (0..120)
            .map(|number| ConversationId::generate(Timestamp::from_millis(number)))
            .collect();
        for conversation in &visits {
            let news = News::Desk(DeskNews::Visitor {
                conversation: *conversation,
                here: true,
            });
            here.note(None, &news, start);
        }
        let tell = || {
            for news in here.of_this_process() {
                let length = serde_json::to_string(&news).expect("plain values").len();
                assert!(length < 7_500, "{length} bytes");
                there.note(Some(node), &news, start);
            }
        };
        tell();
        assert!(visits.iter().all(|one| there.is_visited(one)));
        let left = News::Desk(DeskNews::Visitor {
            conversation: visits[7],
            here: false,
        });
        here.note(None, &left, start);
        tell();
        let seen = visits.iter().filter(|one| there.is_visited(one)).count();
        assert_eq!(seen, 119);
    }

    #[test]
    fn who_looks_elsewhere_is_known_by_name_for_a_while() {
        let people = People::default();
        let start = Instant::now();
        let agent = AgentId::generate(Timestamp::from_millis(1));
        let conversation = ConversationId::generate(Timestamp::from_millis(1));
        let looks = |here| News::Looks {
            conversation,
            agent,
            name: "Sora".into(),
            here,
        };
        let names = |now| {
            let there = people.looking_elsewhere(&conversation, now);
            there
                .into_iter()
                .map(|(_, name)| name.to_string())
                .collect::<Vec<_>>()
        };
        people.note(Some(Uuid::from_u128(1)), &looks(true), start);
        assert_eq!(names(start), ["Sora"]);
        assert!(names(start + LOOKING).is_empty());
        people.note(Some(Uuid::from_u128(1)), &looks(false), start);
        assert!(names(start).is_empty());
    }
}
