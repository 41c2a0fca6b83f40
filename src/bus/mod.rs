//! The bus: whoever changes something announces it once, and everybody who shows or remembers it hears of it.
//!
//! Between processes that share a database the same news travel over its notifications, which is why they are small, name
//! things instead of carrying them, and may be heard twice. Nothing is kept here but who is there: whoever was not
//! listening reads the store. It must not know the store, the desk or a connection.

mod following;
mod news;
mod people;

use std::sync::Arc;
use std::time::Instant;

use futures_util::Stream;
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

use crate::ids::{AgentId, ConversationId};

pub use following::{Following, Sign};
pub use news::{Connected, DeskNews, News};
pub use people::SIGN_OF_LIFE;

use following::Followed;
use people::People;

/// News kept for a member of staff whose connection is slow; beyond it they read the queue anew.
const KEPT_NEWS: usize = 1_024;

/// Things that are remembered here and there, and read anew once something about them was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Who of the staff is there.
    Attendance,
    /// Places that are told what happens.
    Outlets,
    /// What is known.
    Knowledge,
    /// Who may do what.
    Access,
    /// How sure is sure enough.
    Thresholds,
    /// Which surges are on.
    Surges,
}

const SUBJECTS: usize = 6;

/// Where news are announced and heard; clones are the same bus.
#[derive(Clone)]
pub struct Bus(Arc<Lines>);

struct Lines {
    followed: Arc<Followed>,
    people: People,
    /// What is announced here, for whoever carries it to other processes.
    announced: broadcast::Sender<News>,
    desk: broadcast::Sender<DeskNews>,
    /// How often each subject was announced. The numbers mean something to this process alone: they tell it whether it
    /// has heard something since.
    heard: [watch::Sender<u64>; SUBJECTS],
}

impl Default for Bus {
    fn default() -> Self {
        Self(Arc::new(Lines {
            followed: Arc::default(),
            people: People::default(),
            announced: broadcast::channel(KEPT_NEWS).0,
            desk: broadcast::channel(KEPT_NEWS).0,
            heard: std::array::from_fn(|_| watch::channel(0).0),
        }))
    }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let followed = self.0.followed.count();
        write!(formatter, "Bus({followed} conversations followed)")
    }
}

impl Bus {
    /// Tells everybody who listens; call it once what is told of is on disk.
    pub fn announce(&self, news: impl Into<News>) {
        let news = news.into();
        // An error means that there is no other process.
        let _ = self.0.announced.send(news.clone());
        self.0.people.note(None, &news, Instant::now());
        self.hear(news);
    }

    /// Tells those who listen in this process what was announced in another one.
    pub fn hear_from(&self, node: Uuid, news: News) {
        let is_new = !self.0.people.knows(node);
        self.0.people.note(Some(node), &news, Instant::now());
        if matches!(news, News::WhoIsThere) {
            self.tell_who_is_here();
        } else if is_new {
            self.ask_who_is_there();
        }
        self.hear(news);
    }

    /// Asks the other processes who is connected to them.
    pub fn ask_who_is_there(&self) {
        let _ = self.0.announced.send(News::WhoIsThere);
    }

    /// Tells the other processes who is connected to this one.
    pub fn tell_who_is_here(&self) {
        for news in self.0.people.of_this_process() {
            let _ = self.0.announced.send(news);
        }
    }

    /// Tells the other processes that this one is there, and forgets those that no longer say so.
    pub fn give_a_sign_of_life(&self) {
        let _ = self.0.announced.send(News::Alive);
        for news in self.0.people.forget_silent(Instant::now()) {
            self.hear(news);
        }
    }

    /// Returns which members of staff have the console open at another process.
    pub fn attending_elsewhere(&self) -> Vec<AgentId> {
        self.0.people.attending_elsewhere()
    }

    /// Tells whether a member of staff says that they are away.
    pub fn is_away(&self, agent: &AgentId) -> bool {
        self.0.people.is_away(agent)
    }

    /// Notes whether a member of staff says that they are away, and tells everybody where that is new.
    pub fn set_away(&self, agent: AgentId, is_away: bool) {
        if self.is_away(&agent) != is_away {
            self.announce(News::Availability { agent, is_away });
        }
    }

    /// Tells whether the visitor of a conversation has it open, at whichever process.
    pub fn is_visited(&self, conversation: &ConversationId) -> bool {
        self.0.people.is_visited(conversation)
    }

    /// Returns who looks at a conversation through another process, with their names.
    pub fn looking_elsewhere(&self, conversation: &ConversationId) -> Vec<(AgentId, Arc<str>)> {
        self.0
            .people
            .looking_elsewhere(conversation, Instant::now())
    }

    fn hear(&self, news: News) {
        match news {
            // Who leaves by one process may still be there by another.
            News::Desk(DeskNews::Visitor { conversation, .. }) => {
                let here = self.is_visited(&conversation);
                let _ = self.0.desk.send(DeskNews::Visitor { conversation, here });
            }
            News::Desk(news) => {
                // An error means that no member of staff is there.
                let _ = self.0.desk.send(news);
                if let DeskNews::Changed {
                    conversation,
                    sequence,
                } = news
                {
                    self.0.followed.rise(&conversation, sequence);
                }
            }
            News::AgentTypes { conversation, name } => {
                self.0.followed.sign(&conversation, Sign::Typing(name));
            }
            News::StaffRead {
                conversation,
                up_to,
            } => {
                self.0.followed.sign(&conversation, Sign::Read(up_to));
            }
            News::Attendance { .. } | News::Availability { .. } => self.count(Subject::Attendance),
            News::Connected { people, .. } => {
                self.count(Subject::Attendance);
                for conversation in people.visits {
                    let here = true;
                    let _ = self.0.desk.send(DeskNews::Visitor { conversation, here });
                }
            }
            News::Looks { .. } | News::WhoIsThere | News::Alive => {}
            News::Outlets => self.count(Subject::Outlets),
            News::Knowledge => self.count(Subject::Knowledge),
            News::Access => self.count(Subject::Access),
            News::Thresholds => self.count(Subject::Thresholds),
            News::Surges => self.count(Subject::Surges),
        }
    }

    /// Tells everybody in this process that news of others may have been missed: they read anew what they follow.
    pub fn hear_of_a_gap(&self) {
        // An error means that no member of staff is there.
        let _ = self.0.desk.send(DeskNews::Missed);
        self.0.followed.stir();
        for heard in &self.0.heard {
            heard.send_modify(|count| *count += 1);
        }
    }

    /// Listens to all that is announced in this process, to carry it to others.
    pub fn announced(&self) -> broadcast::Receiver<News> {
        self.0.announced.subscribe()
    }

    /// Tells that the events of a conversation up to `sequence` are in the store.
    pub fn changed(&self, conversation: ConversationId, sequence: i64) {
        self.announce(DeskNews::Changed {
            conversation,
            sequence,
        });
    }

    /// Listens to what staff are told; ends only with the server.
    pub fn desk_news(&self) -> impl Stream<Item = DeskNews> + Send + use<> {
        let mut receiver = self.0.desk.subscribe();
        async_stream::stream! {
            loop {
                match receiver.recv().await {
                    Ok(news) => yield news,
                    Err(broadcast::error::RecvError::Lagged(_)) => yield DeskNews::Missed,
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        }
    }

    /// Listens to a conversation until what is returned is dropped.
    pub fn follow(&self, id: ConversationId) -> Following {
        self.0.followed.follow(id)
    }

    /// Returns how often a subject was announced to this process so far, and wakes whoever waits for more.
    pub fn heard(&self, subject: Subject) -> watch::Receiver<u64> {
        self.0.heard[subject as usize].subscribe()
    }

    fn count(&self, subject: Subject) {
        self.0.heard[subject as usize].send_modify(|count| *count += 1);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;
    use crate::time::Timestamp;

    fn conversation() -> ConversationId {
        ConversationId::generate(Timestamp::from_millis(1))
    }

    #[tokio::test]
    async fn listeners_are_woken_and_forgotten() {
        let bus = Bus::default();
        let id = conversation();
        bus.changed(id, 1);
        let mut first = bus.follow(id);
        let second = bus.follow(id);
        bus.changed(id, 2);
        first.changed().await;
        // Announcements of two writers may overtake each other: an older one is no news.
        bus.changed(id, 1);
        assert!(first.changed().now_or_never().is_none());
        drop(first);
        assert_eq!(bus.0.followed.count(), 1);
        drop(second);
        assert_eq!(bus.0.followed.count(), 0);
    }

    #[tokio::test]
    async fn a_sign_of_writing_reaches_the_followers_of_its_conversation_alone() {
        let bus = Bus::default();
        let (id, other) = (conversation(), conversation());
        let (mut here, mut there) = (bus.follow(id), bus.follow(other));
        bus.announce(News::AgentTypes {
            conversation: id,
            name: "Sora".into(),
        });
        assert_eq!(here.sign().await, Some(Sign::Typing("Sora".into())));
        assert!(there.sign().now_or_never().is_none());
        assert!(
            here.changed().now_or_never().is_none(),
            "a sign is no event"
        );
    }

    #[tokio::test]
    async fn each_subject_is_heard_by_itself_and_whatever_clone_announces_it() {
        let bus = Bus::default();
        let subjects = [
            Subject::Attendance,
            Subject::Outlets,
            Subject::Knowledge,
            Subject::Access,
        ];
        let mut heard = subjects.map(|subject| bus.heard(subject));
        bus.clone().announce(News::Outlets);
        assert_eq!(heard.each_ref().map(|one| *one.borrow()), [0, 1, 0, 0]);
        bus.announce(News::Access);
        bus.announce(News::Knowledge);
        bus.announce(News::Attendance {
            agent: AgentId::generate(Timestamp::from_millis(1)),
            here: true,
        });
        assert_eq!(heard.each_ref().map(|one| *one.borrow()), [1, 1, 1, 1]);
        for one in &mut heard {
            one.changed().await.expect("the bus is there");
        }
    }

    #[tokio::test]
    async fn staff_who_fall_behind_are_told_to_read_anew() {
        let bus = Bus::default();
        let mut news = pin!(bus.desk_news());
        let id = conversation();
        assert!(news.next().now_or_never().is_none());
        for sequence in 0..=KEPT_NEWS as i64 {
            bus.changed(id, sequence);
        }
        assert_eq!(news.next().await, Some(DeskNews::Missed));
        assert!(matches!(
            news.next().await,
            Some(DeskNews::Changed { sequence: 1, .. })
        ));
    }
}
