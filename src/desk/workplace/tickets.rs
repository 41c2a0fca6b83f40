//! Tickets: what staff do to them, what visitors fill in, and where visitors stand.

use super::Workplace;
use crate::conversation::{Ticket, TicketNumber, TicketSubject};
use crate::desk::announcements::after;
use crate::desk::principal::speaker;
use crate::desk::{DeskError, Principal};
use crate::knowledge::CategoryTraits;
use crate::staff::Agent;
use crate::store::{ListedTicket, NewTicketWork, TicketFilter, TicketView, TicketWork};
use crate::time::Timestamp;

/// Tickets in one file at most.
pub const MAX_EXPORTED: usize = 5_000;

impl Workplace {
    /// Reads a ticket with what staff keep beside it.
    pub async fn ticket(&self, number: TicketNumber) -> Result<TicketView, DeskError> {
        Ok(self.store.reader().ticket(number).await?)
    }

    /// Finds tickets by words in any of the languages.
    pub async fn search_tickets(&self, words: &str) -> Result<Vec<Ticket>, DeskError> {
        Ok(self.store.reader().search_tickets(words).await?)
    }

    /// Lists tickets, those with the newest change first.
    pub async fn list_tickets(
        &self,
        filter: &TicketFilter,
        limit: usize,
    ) -> Result<Vec<ListedTicket>, DeskError> {
        Ok(self.store.reader().list_tickets(filter, limit).await?)
    }

    /// Lists tickets to be taken away in a file, which the log of the staff tells.
    pub async fn export_tickets(
        &self,
        filter: &TicketFilter,
        by: &Principal,
        now: Timestamp,
    ) -> Result<Vec<ListedTicket>, DeskError> {
        let listed = self.list_tickets(filter, MAX_EXPORTED).await?;
        self.store.log_export(by.actor(), listed.len(), now).await?;
        Ok(listed)
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
            work,
            now,
        };
        let found = self.store.reader().ticket(ticket).await?;
        let store = self.store.clone();
        after(&self.bus, found.ticket.conversation, async move {
            store.work_ticket(work).await
        })
        .await?;
        self.ticket(ticket).await
    }

    /// Returns what a ticket of a category is about, by the articles of that category.
    pub fn subject_of(&self, category: &str) -> Result<TicketSubject, DeskError> {
        let snapshot = self.room.snapshot();
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
}
