//! Drafts of replies: written from the articles the engine found, checked, and marked as written by a program.

use std::sync::Arc;

use super::drafter::{Drafter, DrafterSettings, NoDraft};
use super::{Desk, DeskError, Suggestion, SuggestionSource, TranscriptLine};
use crate::conversation::{Author, BotDecision, BotReply, ConversationId, GivenAnswer};
use crate::knowledge::{ArticleId, Intent};
use crate::language::Language;
use crate::pipeline::{Decision, EscalationReason, Outcome, Question, Snapshot, check_draft};

/// Articles a draft is written from at most.
const MAX_ARTICLES: usize = 4;
/// Longest part of one article that is given, in characters.
const MAX_PASSAGE_CHARS: usize = 3_000;

/// A draft that holds.
pub(super) struct Draft {
    text: String,
    /// What it is taken from, the first citation first.
    articles: Vec<ArticleId>,
    title: String,
    link: String,
}

impl Desk {
    /// Lets a program elsewhere write drafts, when the settings name one.
    #[must_use]
    pub fn with_drafter(mut self, settings: DrafterSettings) -> Self {
        self.drafter = Drafter::new(settings).map(Arc::new);
        self
    }

    /// Suggests a draft; nothing when there is no drafter, or what it writes does not hold.
    pub(super) async fn drafted_suggestion(
        &self,
        lines: &[TranscriptLine],
        outcome: &Outcome,
        language: Language,
    ) -> Result<Option<Suggestion>, DeskError> {
        let snapshot = self.engine().snapshot();
        let draft = self.draft(lines, outcome, language, &snapshot).await?;
        Ok(draft.map(|draft| Suggestion {
            source: SuggestionSource::Drafted {
                articles: draft.articles,
                revision: outcome.revision.clone(),
                link: draft.link,
            },
            title: draft.title,
            text: draft.text,
            language: Some(language),
            confidence: outcome.confidence.0,
        }))
    }

    /// Puts a draft in place of a handover for want of an answer, where the operator allows it. What policy hands over
    /// stays handed over.
    pub(super) async fn answer_by_draft(
        &self,
        id: &ConversationId,
        question: &Question,
        outcome: &Outcome,
        reply: &mut BotReply,
    ) -> Result<(), DeskError> {
        let allowed = self
            .drafter
            .as_ref()
            .is_some_and(|drafter| drafter.settings().send_without_agent);
        let Decision::Escalate { reason, .. } = outcome.decision else {
            return Ok(());
        };
        let for_want = matches!(
            reason,
            EscalationReason::NothingFound | EscalationReason::LowConfidence
        );
        let is_general = outcome
            .intent
            .is_none_or(|intent| intent == Intent::General);
        if !allowed || !for_want || !is_general {
            return Ok(());
        }
        let mut lines: Vec<TranscriptLine> = self
            .store
            .reader()
            .messages(id)
            .await?
            .into_iter()
            .map(|message| TranscriptLine {
                author: message.author,
                text: message.text,
            })
            .collect();
        lines.push(TranscriptLine {
            author: Author::Visitor,
            text: question.as_str().to_owned(),
        });
        let snapshot = self.engine().snapshot();
        let draft = self
            .draft(&lines, outcome, outcome.language, &snapshot)
            .await?;
        let Some(draft) = draft else { return Ok(()) };
        let Some(article) = draft.articles.into_iter().next() else {
            return Ok(());
        };
        reply.decision = BotDecision::Answer {
            answer: GivenAnswer {
                article,
                language: outcome.language,
                other_language_label: false,
                title: draft.title,
                text: draft.text,
                link: draft.link,
                follow_ups: Vec::new(),
                machine_written: true,
            },
            offer_person: Some(reason),
        };
        Ok(())
    }

    async fn draft(
        &self,
        lines: &[TranscriptLine],
        outcome: &Outcome,
        language: Language,
        snapshot: &Arc<Snapshot>,
    ) -> Result<Option<Draft>, DeskError> {
        let Some(drafter) = self.drafter.clone() else {
            return Ok(None);
        };
        let (articles, passages) = passages(snapshot, outcome, language);
        if passages.is_empty() {
            return Ok(None);
        }
        let written = match drafter.draft(lines, &passages, language).await {
            Ok(written) => written,
            Err(why) => return Ok(refused(&why)),
        };
        // Cutting passages into terms takes more than half a millisecond.
        let checked = self
            .room
            .run(move |engine| check_draft(&written, &passages, language, engine.detector()))
            .await?;
        let grounded = match checked {
            Ok(grounded) => grounded,
            Err(why) => return Ok(refused(&why.into())),
        };
        let cited: Vec<ArticleId> = grounded
            .cited
            .iter()
            .map(|place| articles[*place].clone())
            .collect();
        let first = cited
            .first()
            .and_then(|id| Some((id, snapshot.knowledge().article(id)?.wording(language)?)));
        Ok(first.map(|(id, wording)| Draft {
            title: wording.title.clone(),
            link: format!("/help/{}/{id}", wording.language),
            text: grounded.text,
            articles: cited.clone(),
        }))
    }
}

/// Says why there is no draft, and gives none.
fn refused(why: &NoDraft) -> Option<Draft> {
    tracing::info!(reason = why.code(), "no draft: {why}");
    None
}

/// The likeliest articles in the visitor's words, as they are given to a drafter.
fn passages(
    snapshot: &Snapshot,
    outcome: &Outcome,
    language: Language,
) -> (Vec<ArticleId>, Vec<String>) {
    outcome
        .ranked
        .iter()
        .take(MAX_ARTICLES)
        .filter_map(|ranked| {
            let wording = snapshot
                .knowledge()
                .article(&ranked.article)?
                .wording(language)?;
            let text = format!("{}\n{}\n{}", wording.title, wording.summary, wording.body);
            let text = text.chars().take(MAX_PASSAGE_CHARS).collect();
            Some((ranked.article.clone(), text))
        })
        .unzip()
}
