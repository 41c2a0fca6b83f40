//! Drafts among the suggestions.

use super::Workplace;
use super::suggestion::{Suggestion, SuggestionSource};
use crate::desk::drafter::TranscriptLine;
use crate::desk::error::DeskError;
use crate::pipeline::{Giving, Outcome};

impl Workplace {
    /// Suggests a draft; nothing when there is no drafter, or what it writes does not hold.
    pub(super) async fn drafted_suggestion(
        &self,
        lines: &[TranscriptLine],
        outcome: &Outcome,
        giving: &Giving<'_>,
    ) -> Result<Option<Suggestion>, DeskError> {
        let draft = self.drafts.draft(lines, outcome, giving).await?;
        Ok(draft.map(|draft| Suggestion {
            source: SuggestionSource::Drafted {
                articles: draft.articles,
                revision: outcome.revision.clone(),
                link: draft.link,
            },
            title: draft.title,
            text: draft.text,
            language: Some(giving.addressed()),
            confidence: outcome.confidence.0,
        }))
    }
}
