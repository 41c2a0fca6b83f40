//! A question searched and weighed: its candidates in order, the language to answer in, and how sure the first is.

use std::sync::Arc;

use super::outcome::{Confidence, RankedArticle};
use super::prepared::PreparedQuestion;
use super::ranking::Ranking;
use super::snapshot::Snapshot;
use crate::knowledge::{Article, ArticleId};
use crate::language::{ChineseScript, Language, Priors};

/// What the visitor chooses, and what safety demands, is not a matter of odds.
pub(super) const CERTAIN: Confidence = Confidence(1.0);

/// What search and fusion made of a text.
pub(super) struct Weighed {
    pub(super) snapshot: Arc<Snapshot>,
    /// The text as it was searched.
    pub(super) question: PreparedQuestion,
    pub(super) ranking: Ranking,
    /// Language the visitor is addressed in; `None` when theirs is not served.
    pub(super) served: Option<Language>,
    /// The same, or the fallback.
    pub(super) language: Language,
    /// What the first encoder alone would say.
    pub(super) first: Confidence,
    pub(super) confidence: Confidence,
}

impl Weighed {
    /// The first article.
    pub(super) fn top(&self) -> Option<(u32, &Article)> {
        let (position, _) = self.ranking.order.first()?;
        Some((*position, self.snapshot.article_at(*position)))
    }

    /// The fitted score of an article, 0 where it is no candidate.
    pub(super) fn score_of(&self, article: &ArticleId) -> f32 {
        let found = self
            .ranking
            .order
            .iter()
            .find(|(_, ranked)| ranked.article == *article);
        found.map_or(0.0, |(_, ranked)| ranked.score)
    }

    /// Lowers the confidence to at most a value; tells whether that changed it.
    pub(super) fn cap(&mut self, most: f32) -> bool {
        let lowers = self.confidence.0 > most;
        if lowers {
            self.confidence = Confidence(most);
        }
        lowers
    }

    /// Orders the candidates anew by a score of each.
    pub(super) fn reorder(&mut self, score: impl Fn(u32, &RankedArticle) -> f32) {
        for (position, ranked) in &mut self.ranking.order {
            ranked.score = score(*position, ranked);
        }
        // Stable, so that equals keep their order.
        self.ranking
            .order
            .sort_by(|(_, left), (_, right)| right.score.total_cmp(&left.score));
    }

    /// Puts one article first and makes it sure; tells whether it is a candidate or known at all.
    pub(super) fn choose(&mut self, article: u32, confidence: Confidence) {
        let order = &mut self.ranking.order;
        match order.iter().position(|(position, _)| *position == article) {
            Some(place) => order[..=place].rotate_right(1),
            None => return,
        }
        self.confidence = confidence;
    }
}

/// How a visitor reads Chinese; other languages are written in one way.
pub(super) fn script_of(text: &str, priors: &Priors, language: Language) -> ChineseScript {
    match language {
        Language::Chinese => ChineseScript::chosen(text, priors.script),
        _ => ChineseScript::Simplified,
    }
}
