//! Candidates put in order by what was found about them.

use super::evidence::{self, Compared, Evidence, JOINT_ANSWER, PASSAGE_WORDS, Reader};
use super::fusion::Fusion;
use super::outcome::{Confidence, RankedArticle};
use super::prepared::PLAUSIBLE;
use super::second_evidence::{BOTH_SIMILARITY, SECOND_PASSAGE_SIMILARITY};
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
        if is_of_pages {
            order.sort_by(|(_, left), (_, right)| {
                nearness(&right.evidence).total_cmp(&nearness(&left.evidence))
            });
        }
        let of_pages = is_of_pages.then(|| sureness_of_page(&order)).flatten();
        let fitted = order.iter().map(|(_, ranked)| ranked.score).collect();
        if is_of_pages {
            score_by_nearness(&mut order);
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

/// How near a page is to a question, by its passages before its title and headings.
///
/// The fusion learnt from entries of one question and one answer. A page has a dozen headings, each of which looks to it
/// like a question that is asked, so that pages of many headings stand in the way of the one that answers: of 178
/// questions to four public help centres 120 had the right page first by the fusion and 149 so, of the 110 of
/// `tests/passages`, on which nothing here was chosen, 71 and 93.
fn nearness(evidence: &Evidence) -> f32 {
    let numbers = &evidence.0;
    match numbers.get(BOTH_SIMILARITY) {
        Some(both) => {
            both + BY_PASSAGE * numbers[SECOND_PASSAGE_SIMILARITY]
                + BY_WORDS * numbers[PASSAGE_WORDS]
        }
        None => numbers[JOINT_ANSWER],
    }
}

const BY_PASSAGE: f32 = 0.3;
const BY_WORDS: f32 = 0.4;
/// Nearness that makes one page nearly three times as likely as another.
const SPREAD: f32 = 0.1;

/// Gives each page a score that falls as its nearness does, from what the fusion makes of the first.
fn score_by_nearness(order: &mut [(u32, RankedArticle)]) {
    let Some((_, first)) = order.first() else {
        return;
    };
    let (most, best) = (first.score, nearness(&first.evidence));
    for (_, ranked) in order {
        ranked.score = most * ((nearness(&ranked.evidence) - best) / SPREAD).exp();
    }
}

/// Pages that the first one is compared with.
const BEHIND: usize = 4;
/// Log odds of the first page being right, by how far the next ones lie behind it; fitted on four public help centres,
/// where each of them was judged by the other three: area under the curve .75, and .67 by the fusion.
const ODDS_WITHOUT_LEAD: f32 = -1.0;
const ODDS_OF_LEAD: f32 = 10.5;

/// How sure the first of some pages is; nothing where only one encoder has read them.
fn sureness_of_page(order: &[(u32, RankedArticle)]) -> Option<Confidence> {
    let near: Vec<f32> = order
        .iter()
        .take(1 + BEHIND)
        .map(|(_, ranked)| nearness(&ranked.evidence))
        .collect();
    order.first()?.1.evidence.0.get(BOTH_SIMILARITY)?;
    let (first, others) = near.split_first()?;
    if others.is_empty() {
        return None;
    }
    let behind = others.iter().sum::<f32>() / others.len() as f32;
    let odds = ODDS_WITHOUT_LEAD + ODDS_OF_LEAD * (first - behind);
    Some(Confidence(1.0 / (1.0 + (-odds).exp())))
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
