//! What leads read of how days went: outcomes, tickets, satisfaction, and what edits changed.

use super::LibraryDesk;
use crate::desk::error::DeskError;
use crate::store::{
    ArticleEdit, DailyCount, DailyPart, DailyScore, FactFilter, FactRow, MonthRecord, Part,
    Satisfaction, TicketTimes,
};
use crate::time::Timestamp;

impl LibraryDesk {
    /// Reads how the days went from one to another, both included.
    pub async fn daily_outcomes(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<DailyCount>, DeskError> {
        Ok(self.store.reader().daily_outcomes(from, until, now).await?)
    }

    /// Reads how the days up to now went by a part.
    pub async fn daily_parts(
        &self,
        from: Timestamp,
        by: Part,
        now: Timestamp,
    ) -> Result<Vec<DailyPart>, DeskError> {
        let reader = self.store.reader();
        Ok(reader.daily_parts(from, now, Some(by), now).await?)
    }

    /// Reads how satisfied visitors were with people on the days up to now.
    pub async fn daily_scores(
        &self,
        from: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<DailyScore>, DeskError> {
        Ok(self.store.reader().daily_scores(from, now).await?)
    }

    /// Reads who edited which article since a moment.
    pub async fn article_edits(&self, since: Timestamp) -> Result<Vec<ArticleEdit>, DeskError> {
        Ok(self.store.reader().article_edits(since).await?)
    }

    /// Reads what happened, the newest first, at most so many things.
    pub async fn facts(
        &self,
        filter: &FactFilter,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<FactRow>, DeskError> {
        Ok(self.store.reader().facts(filter, most, now).await?)
    }

    /// Reads the times of the tickets that were opened from one moment to before another.
    pub async fn ticket_times(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TicketTimes>, DeskError> {
        Ok(self.store.reader().ticket_times(from, until).await?)
    }

    /// Reads how satisfied visitors were from one moment to before another.
    pub async fn satisfaction_between(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Satisfaction, DeskError> {
        Ok(self
            .store
            .reader()
            .satisfaction_between(from, until)
            .await?)
    }

    /// Reads what a report is made of, on what happened from one moment to before another.
    pub async fn month_record(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<MonthRecord, DeskError> {
        Ok(self.store.reader().month_record(from, until, now).await?)
    }
}
