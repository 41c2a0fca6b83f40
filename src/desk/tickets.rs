//! Tickets: what staff do to them, what visitors fill in, and where visitors stand.

use std::collections::BTreeMap;

use super::principal::speaker;
use super::{Desk, DeskError, MAX_MESSAGE_CHARS};
use crate::conversation::{ConversationId, Ticket, TicketNumber, TicketSubject, Timestamp};
use crate::knowledge::CategoryTraits;
use crate::staff::Agent;
use crate::store::{NewTicketWork, TicketView, TicketWork};

/// Longest text of a field, in characters.
pub const MAX_FIELD_CHARS: usize = 500;

/// Most tags of a ticket, and their longest text.
const MAX_TAGS: usize = 20;
const MAX_TAG_CHARS: usize = 40;

/// Waits looked back at for an estimate.
const MEASURED_WAITS: i64 = 50;
/// With fewer than these an estimate would be a guess.
const LEAST_WAITS: usize = 5;

/// How far ahead opening hours are told.
const SHOWN_HOURS_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Where a visitor stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Visitors who will be taken before; nothing while nobody is waited for.
    pub before: Option<i64>,
    /// How long others have waited lately; nothing while too few have.
    pub waits: Option<Waits>,
    /// Whether somebody is at the desk.
    pub open: bool,
    /// From when somebody is, when that is known.
    pub opens: Option<Timestamp>,
    /// When somebody is there in the next days.
    pub hours: Vec<(Timestamp, Timestamp)>,
}

/// How long visitors have waited lately, measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Half of them waited no longer.
    pub half_ms: i64,
    /// Nine in ten waited no longer.
    pub most_ms: i64,
}

impl Desk {
    /// Reads a ticket with what staff keep beside it.
    pub async fn ticket(&self, number: TicketNumber) -> Result<TicketView, DeskError> {
        Ok(self.store.reader().ticket(number).await?)
    }

    /// Finds tickets by words in any of the languages.
    pub async fn search_tickets(&self, words: &str) -> Result<Vec<Ticket>, DeskError> {
        Ok(self.store.reader().search_tickets(words).await?)
    }

    /// Does something to a ticket in the name of an agent.
    pub async fn work_ticket(
        &self,
        by: &Agent,
        ticket: TicketNumber,
        work: TicketWork,
        now: Timestamp,
    ) -> Result<TicketView, DeskError> {
        let work = NewTicketWork {
            ticket,
            by: speaker(by),
            work: tidy(work)?,
            now,
        };
        let found = self.store.reader().ticket(ticket).await?;
        let store = self.store.clone();
        self.announced(found.ticket.conversation, async move {
            store.work_ticket(work).await
        })
        .await?;
        self.ticket(ticket).await
    }

    /// Gives what a ticket of a category is about, by the articles of that category.
    pub fn subject_of(&self, category: &str) -> Result<TicketSubject, DeskError> {
        let snapshot = self.engine().snapshot();
        let CategoryTraits {
            severity,
            collect,
            skills,
        } = snapshot
            .knowledge()
            .traits_of(category)
            .ok_or_else(|| DeskError::UnknownCategory(category.chars().take(40).collect()))?;
        Ok(TicketSubject {
            category: category.to_owned(),
            severity,
            collect,
            skills,
        })
    }

    /// Keeps what a visitor fills in; only fields that the subject asks for.
    pub async fn fill_in(
        &self,
        id: &ConversationId,
        filled: BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Ticket, DeskError> {
        let view = self.conversation(id).await?;
        let ticket = view
            .ticket
            .filter(|ticket| ticket.status.is_open())
            .ok_or(DeskError::NoOpenTicket)?;
        let wanted = ticket
            .subject
            .map(|subject| subject.collect)
            .unwrap_or_default();
        for (field, text) in &filled {
            let length = text.trim().chars().count();
            if !wanted.contains(field) || length == 0 || length > MAX_FIELD_CHARS {
                return Err(DeskError::UnwantedField(field.chars().take(40).collect()));
            }
        }
        let store = self.store.clone();
        let id = *id;
        let kept = self
            .announced(id, async move { store.fill_in(id, filled, now).await })
            .await?;
        kept.ok_or(DeskError::NoOpenTicket)
    }

    /// Tells where a visitor stands: never a promise, only what is counted and measured.
    pub async fn place(&self, id: &ConversationId, now: Timestamp) -> Result<Place, DeskError> {
        let reader = self.store.reader();
        let before = reader.queued_before(id).await?;
        let waits = reader.recent_waits(MEASURED_WAITS).await?;
        let calendar = &self.store.hours().calendar;
        Ok(Place {
            before,
            waits: waits_of(&waits),
            open: calendar.is_open(now),
            opens: calendar.next_opening(now).filter(|opening| *opening > now),
            hours: calendar.spans(now, now.later_by(SHOWN_HOURS_MS)),
        })
    }
}

/// Summarises waits in ascending order.
fn waits_of(ascending: &[i64]) -> Option<Waits> {
    if ascending.len() < LEAST_WAITS {
        return None;
    }
    // The least of them that at least this share did not exceed.
    let at = |tenths: usize| ascending[(ascending.len() * tenths).div_ceil(10) - 1];
    Some(Waits {
        half_ms: at(5),
        most_ms: at(9),
    })
}

fn tidy(work: TicketWork) -> Result<TicketWork, DeskError> {
    let checked = |text: String| {
        let text = text.trim().to_owned();
        let length = text.chars().count();
        match (1..=MAX_MESSAGE_CHARS).contains(&length) {
            true => Ok(text),
            false => Err(DeskError::TextLength),
        }
    };
    Ok(match work {
        TicketWork::Note(text) => TicketWork::Note(checked(text)?),
        TicketWork::Priority(priority, why) => TicketWork::Priority(priority, checked(why)?),
        TicketWork::Tags(tags) => TicketWork::Tags(
            tags.iter()
                .map(|tag| {
                    tag.trim()
                        .to_lowercase()
                        .chars()
                        .take(MAX_TAG_CHARS)
                        .collect::<String>()
                })
                .filter(|tag| !tag.is_empty())
                .take(MAX_TAGS)
                .collect(),
        ),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_measured_or_not_given() {
        assert_eq!(waits_of(&[1, 2, 3, 4]), None);
        let waits = waits_of(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        let expected = Waits {
            half_ms: 50,
            most_ms: 90,
        };
        assert_eq!(waits, Some(expected));
        assert_eq!(waits_of(&[7; 5]).map(|waits| waits.most_ms), Some(7));
    }
}
