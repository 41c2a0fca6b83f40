//! Candidates put in order by what was found about them.

use super::evidence::{self, Compared, Evidence, Reader};
use super::fusion::Fusion;
use super::outcome::{Confidence, RankedArticle};
use super::prepared::PLAUSIBLE;
use super::snapshot::Snapshot;
use crate::encoder::Similarity;
use crate::language::{Language, LanguageDistribution};

/// How strongly the language whose articles answer better draws an ambiguous question towards it.
const RETRIEVAL_EVIDENCE_WEIGHT: f32 = 8.0;

/// Candidates of a question, ranked.
pub(super) struct Ranking {
    /// Positions in the snapshot, and what was found about each.
    pub(super) order: Vec<(u32, RankedArticle)>,
    pub(super) languages: LanguageDistribution,
}

impl Ranking {
    /// Orders candidates by what was found about them.
    pub(super) fn of(
        reader: &Reader<'_>,
        candidates: &[u32],
        evidence: Vec<Evidence>,
        compared: &Compared,
        fusion: &Fusion,
    ) -> Self {
        Self {
            order: in_order(reader.snapshot, candidates, evidence, fusion),
            languages: weigh_by_retrieval(reader.question.languages, compared.language_best),
        }
    }

    pub(super) fn scores(&self) -> Vec<f32> {
        self.order.iter().map(|(_, ranked)| ranked.score).collect()
    }

    pub(super) fn confidence(&self, fusion: &Fusion, language: Language) -> Confidence {
        self.order.first().map_or(Confidence(0.0), |(_, top)| {
            fusion.confidence(&self.scores(), &top.evidence, language)
        })
    }
}

/// Candidates by fitted score, best first; ties by similarity, then by place in the base.
fn in_order(
    snapshot: &Snapshot,
    candidates: &[u32],
    evidence: Vec<Evidence>,
    fusion: &Fusion,
) -> Vec<(u32, RankedArticle)> {
    let scores = fusion.scores(&evidence);
    let mut order: Vec<(u32, RankedArticle)> = candidates
        .iter()
        .zip(evidence.into_iter().zip(scores))
        .map(|(article, (evidence, score))| {
            let ranked = RankedArticle {
                article: snapshot.article_at(*article).id.clone(),
                score,
                similarity: Similarity(evidence.0[evidence::SIMILARITY]),
                evidence,
            };
            (*article, ranked)
        })
        .collect();
    order.sort_by(|(left_position, left), (right_position, right)| {
        right
            .score
            .total_cmp(&left.score)
            .then(right.similarity.0.total_cmp(&left.similarity.0))
            .then(left_position.cmp(right_position))
    });
    order
}

/// A question that could be in two languages is in the one whose articles are nearer to it.
fn weigh_by_retrieval(languages: LanguageDistribution, best: [f32; 4]) -> LanguageDistribution {
    let plausible = Language::ALL
        .into_iter()
        .filter(|language| languages.probability(*language) >= PLAUSIBLE);
    // Articles say nothing of a language that none of them is in.
    let is_elsewhere = languages.elsewhere().is_some() && languages.most_likely().is_none();
    if is_elsewhere || plausible.count() < 2 {
        return languages;
    }
    languages.reweigh(best.map(|similarity| (RETRIEVAL_EVIDENCE_WEIGHT * similarity).exp()))
}
