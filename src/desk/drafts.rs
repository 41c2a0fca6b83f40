//! Drafts of replies: written from the articles the engine found, checked, and marked as written by a program.

use std::sync::Arc;

use super::drafter::{Drafter, DrafterSettings, NoDraft, TranscriptLine};
use super::engine_room::EngineRoom;
use super::error::DeskError;
use crate::knowledge::ArticleId;
use crate::pipeline::{Giving, Outcome, check_draft};

/// Articles a draft is written from at most.
const MAX_ARTICLES: usize = 4;
/// Longest part of one article that is given, in characters.
const MAX_PASSAGE_CHARS: usize = 3_000;

/// A draft that holds.
pub(super) struct Draft {
    pub(super) text: String,
    /// What it is taken from, the first citation first.
    pub(super) articles: Vec<ArticleId>,
    pub(super) title: String,
    pub(super) link: String,
}

/// Writes drafts, where the settings name a program that does; cheap to share.
#[derive(Clone)]
pub(super) struct Drafts {
    drafter: Option<Arc<Drafter>>,
    room: EngineRoom,
}

impl Drafts {
    /// Without a program that writes them.
    pub(super) fn none(room: EngineRoom) -> Self {
        Self {
            drafter: None,
            room,
        }
    }

    /// Lets a program elsewhere write drafts, when the settings name one.
    pub(super) fn by(room: EngineRoom, settings: DrafterSettings) -> Self {
        Self {
            drafter: Drafter::new(settings).map(Arc::new),
            room,
        }
    }

    /// Tells whether drafts may go to visitors without an agent's look.
    pub(super) fn may_send(&self) -> bool {
        self.drafter
            .as_ref()
            .is_some_and(|drafter| drafter.settings().send_without_agent)
    }

    /// Writes a draft; nothing when there is no drafter, or what it writes does not hold.
    pub(super) async fn draft(
        &self,
        lines: &[TranscriptLine],
        outcome: &Outcome,
        giving: &Giving<'_>,
    ) -> Result<Option<Draft>, DeskError> {
        let Some(drafter) = self.drafter.clone() else {
            return Ok(None);
        };
        let language = giving.addressed();
        let (articles, passages) = passages(giving, outcome);
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
        let first = cited.first().and_then(|id| {
            let article = giving.article(id)?;
            Some((giving.wording(article)?, giving.page(article)?))
        });
        Ok(first.map(|(wording, link)| Draft {
            title: wording.title.clone(),
            link,
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
fn passages(giving: &Giving<'_>, outcome: &Outcome) -> (Vec<ArticleId>, Vec<String>) {
    outcome
        .ranked
        .iter()
        .take(MAX_ARTICLES)
        .filter_map(|ranked| {
            let wording = giving.wording(giving.article(&ranked.article)?)?;
            let text = format!("{}\n{}\n{}", wording.title, wording.summary, wording.body);
            let text = text.chars().take(MAX_PASSAGE_CHARS).collect();
            Some((ranked.article.clone(), text))
        })
        .unzip()
}
