//! Presence, typing and reading as visitors take part in them: follow a conversation, and be seen there.

use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use tokio::sync::watch;

use super::VisitorDesk;
use crate::bus::{Bus, DeskNews, Following, Sign, Subject};
use crate::conversation::{ConversationEvent, ConversationState, EventBody, Responder};
use crate::desk::error::DeskError;
use crate::desk::presence::{Live, PresenceBoard, Side, held};
use crate::ids::ConversationId;
use crate::store::ReadingSide;
use crate::time::Timestamp;

/// A visitor's connection.
struct Visiting {
    id: ConversationId,
    following: Following,
    attendance: watch::Receiver<u64>,
    board: Arc<PresenceBoard>,
    bus: Bus,
}

impl Drop for Visiting {
    fn drop(&mut self) {
        let mut visits = held(&self.board.visits);
        let Some(connections) = visits.get_mut(&self.id) else {
            return;
        };
        *connections -= 1;
        if *connections == 0 {
            visits.remove(&self.id);
            drop(visits);
            self.bus.announce(DeskNews::Visitor {
                conversation: self.id,
                here: false,
            });
        }
    }
}

impl VisitorDesk {
    /// Follows a conversation as its visitor: what is kept, and between that who is there and who is writing.
    pub fn follow(
        &self,
        id: ConversationId,
        after: Option<i64>,
    ) -> impl Stream<Item = Result<Live, DeskError>> + Send + use<> {
        let mut visiting = self.enter(id);
        let events = self.events(id, after);
        let reader = self.store.reader().clone();
        async_stream::try_stream! {
            let mut events = std::pin::pin!(events);
            let mut told = None;
            let mut read = 0;
            loop {
                let conversation = reader
                    .apart(move |reader| async move { reader.conversation(&id).await })
                    .await?;
                let presence = visiting.board.presence(&conversation.standing, &visiting.bus);
                if told != Some(presence) {
                    told = Some(presence);
                    yield Live::Presence(presence);
                }
                if conversation.standing.state.responder() == Responder::Person {
                    let reads = reader
                        .apart(move |reader| async move { reader.reads(&id).await })
                        .await?;
                    if reads.staff > read {
                        read = reads.staff;
                        yield Live::Read(read);
                    }
                }
                loop {
                    match next_of(&mut events, &mut visiting).await {
                        Next::Event(event) => {
                            let event = *event;
                            let event = event?;
                            let moved = matches!(event.body, EventBody::State(_));
                            yield Live::Event(Box::new(event));
                            if moved {
                                break;
                            }
                        }
                        Next::Sign(Sign::Typing(name)) => {
                            yield Live::Typing { name: name.as_ref().to_owned() };
                        }
                        Next::Sign(Sign::Read(up_to)) if up_to > read => {
                            read = up_to;
                            yield Live::Read(read);
                        }
                        Next::Sign(Sign::Read(_)) => {}
                        Next::Attendance => break,
                        Next::End => return,
                    }
                }
            }
        }
    }

    /// Tells staff that the visitor is writing, while a person is responsible.
    pub async fn visitor_types(
        &self,
        id: &ConversationId,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let standing = self.store.reader().conversation(id).await?.standing;
        let is_heard = standing.state.responder() == Responder::Person;
        if is_heard && self.presence.is_news(id, Side::Visitor, now) {
            self.bus.announce(DeskNews::Typing { conversation: *id });
        }
        Ok(())
    }

    /// Keeps how far the visitor has read, and tells staff; nobody is told while no person has a part in it.
    pub async fn visitor_reads(&self, id: &ConversationId, up_to: i64) -> Result<(), DeskError> {
        let standing = self.store.reader().conversation(id).await?.standing;
        let has_part = standing.state != ConversationState::Bot;
        if has_part
            && self
                .store
                .keep_read(*id, ReadingSide::Visitor, up_to)
                .await?
        {
            self.bus.announce(DeskNews::Read {
                conversation: *id,
                up_to,
            });
        }
        Ok(())
    }

    fn enter(&self, id: ConversationId) -> Visiting {
        let following = self.bus.follow(id);
        let attendance = self.bus.heard(Subject::Attendance);
        let mut visits = held(&self.presence.visits);
        let connections = visits.entry(id).or_default();
        *connections += 1;
        let is_first = *connections == 1;
        drop(visits);
        if is_first {
            self.bus.announce(DeskNews::Visitor {
                conversation: id,
                here: true,
            });
        }
        Visiting {
            id,
            following,
            attendance,
            board: Arc::clone(&self.presence),
            bus: self.bus.clone(),
        }
    }
}

enum Next {
    Event(Box<Result<ConversationEvent, DeskError>>),
    Sign(Sign),
    Attendance,
    End,
}

async fn next_of(
    events: &mut (impl Stream<Item = Result<ConversationEvent, DeskError>> + Unpin),
    visiting: &mut Visiting,
) -> Next {
    tokio::select! {
        // What is kept comes first: a sign of writing must not outlive the message it announced.
        biased;
        event = events.next() => event.map_or(Next::End, |event| Next::Event(Box::new(event))),
        changed = visiting.attendance.changed() => changed.map_or(Next::End, |()| Next::Attendance),
        sign = visiting.following.sign() => sign.map_or(Next::End, Next::Sign),
    }
}
