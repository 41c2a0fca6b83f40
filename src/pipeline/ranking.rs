//! Candidates put in order by what was found about them.

use super::evidence::{self, Compared, Evidence, Reader};
use super::fusion::Fusion;
use super::outcome::{Confidence, RankedArticle};
use super::page_order;
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
    /// What the fusion makes of each, in that order.
    fitted: Vec<f32>,
    /// How sure the first page is, where pages were compared by both encoders.
    of_pages: Option<Confidence>,
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
        let mut order = in_order(reader.snapshot, candidates, evidence, fusion);
        let is_of_pages = reader.snapshot.holds_pages();
        let mut of_pages = None;
        if is_of_pages {
            page_order::sort(&mut order);
            of_pages = page_order::sureness(&order);
        }
        let fitted = order.iter().map(|(_, ranked)| ranked.score).collect();
        if is_of_pages {
            page_order::score(&mut order);
        }
        Self {
            order,
            languages: weigh_by_retrieval(reader.question.languages, compared.language_best),
            fitted,
            of_pages,
        }
    }

    /// Whether the confidence is that of a page among pages, which both encoders have read.
    pub(super) fn is_of_pages(&self) -> bool {
        self.of_pages.is_some()
    }

    pub(super) fn confidence(&self, fusion: &Fusion, language: Language) -> Confidence {
        let by_fusion = || {
            self.order.first().map_or(Confidence(0.0), |(_, top)| {
                fusion.confidence(&self.fitted, &top.evidence, language)
            })
        };
        self.of_pages.unwrap_or_else(by_fusion)
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
