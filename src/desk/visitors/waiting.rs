//! What visitors do and learn while they wait: fill in what will be asked, and know where they stand.

use std::collections::BTreeMap;

use super::VisitorDesk;
use crate::conversation::Ticket;
use crate::desk::announcements::after;
use crate::desk::error::DeskError;
use crate::desk::limits::MAX_FIELD_CHARS;
use crate::desk::presence::Presence;
use crate::ids::ConversationId;
use crate::safety::Words;
use crate::time::Timestamp;

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
    /// Whether it is a time at which the desk is open.
    pub open: bool,
    /// Whether a person who would answer is at the desk at this moment.
    pub here: bool,
    /// From when somebody is, when that is known.
    pub opens: Option<Timestamp>,
    /// When somebody is there in the next days.
    pub hours: Vec<(Timestamp, Timestamp)>,
    /// Name of the time zone that the desk lives by.
    pub desk_zone: String,
}

/// How long visitors have waited lately, measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Half of them waited no longer.
    pub half_ms: i64,
    /// Nine in ten waited no longer.
    pub most_ms: i64,
}

impl VisitorDesk {
    /// Keeps what a visitor fills in; only fields that the subject asks for.
    pub async fn fill_in(
        &self,
        id: &ConversationId,
        filled: BTreeMap<String, Words>,
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
            let length = text.as_str().chars().count();
            if !wanted.contains(field) || length == 0 || length > MAX_FIELD_CHARS {
                return Err(DeskError::UnwantedField(field.chars().take(40).collect()));
            }
        }
        let store = self.store.clone();
        let id = *id;
        let kept = after(&self.bus, id, async move {
            store.fill_in(id, filled, now).await
        })
        .await?;
        kept.ok_or(DeskError::NoOpenTicket)
    }

    /// Tells where a visitor stands: never a promise, only what is counted and measured.
    pub async fn place(&self, id: &ConversationId, now: Timestamp) -> Result<Place, DeskError> {
        let reader = self.store.reader();
        let standing = reader.conversation(id).await?.standing;
        let before = reader.queued_before(id).await?;
        let here = self.presence.presence(&standing, &self.bus) == Presence::Here;
        let desk = self.desk_at(now).await?;
        Ok(Place {
            before,
            here,
            ..desk
        })
    }

    /// Tells whoever has asked nothing yet when somebody is at the desk, and how long others have waited.
    pub async fn desk_at(&self, now: Timestamp) -> Result<Place, DeskError> {
        let waits = self.store.reader().recent_waits(MEASURED_WAITS).await?;
        let hours = self.store.hours();
        let calendar = &hours.calendar;
        Ok(Place {
            before: None,
            waits: waits_of(&waits),
            open: calendar.is_open(now),
            here: !self.presence.attending(&self.bus).is_empty(),
            opens: calendar.next_opening(now).filter(|opening| *opening > now),
            hours: calendar.spans(now, now.later_by(SHOWN_HOURS_MS)),
            desk_zone: calendar.zone().to_owned(),
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
