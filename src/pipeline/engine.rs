//! The whole way from question to outcome, over a snapshot that can be swapped while serving.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::analyzer::Scheme;
use super::decide::{Considered, Situation, decide};
use super::evidence::{self, LanguageBest, PLAUSIBLE, PreparedQuestion};
use super::fusion::Fusion;
use super::outcome::{ClarifyOption, Confidence, Outcome, RankedArticle, Subject};
use super::policy::{Routing, Thresholds};
use super::question::Question;
use super::snapshot::{Snapshot, UnitKind};
use crate::encoder::{Encoder, QuantisedVector, Similarity, TextRole};
use crate::knowledge::{Article, ArticleId};
use crate::language::{Detector, Language, LanguageDistribution, Priors};
use crate::safety::Signals;

/// Rows taken from each search before articles are compared.
const NEAREST_QUESTIONS: usize = 64;
const NEAREST_PASSAGES: usize = 24;
const LEXICAL_QUESTIONS: usize = 32;
const LEXICAL_PASSAGES: usize = 12;
/// Articles compared in full; the searches rarely name more.
const MOST_CANDIDATES: usize = 32;
/// How strongly the language whose articles answer better draws an ambiguous question towards it.
const RETRIEVAL_EVIDENCE_WEIGHT: f32 = 8.0;

/// Why a question could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The index could not be read.
    #[error("could not search the index: {0}; remove the data folder's `index` and start again")]
    Lexical(#[from] tantivy::TantivyError),
}

/// A question with what is known around it.
pub struct Asked<'a> {
    /// The text.
    pub question: &'a Question,
    /// What suggests a language before the text is read.
    pub priors: &'a Priors,
    /// A language the visitor has chosen; detection is skipped.
    pub forced: Option<Language>,
    /// Language used when the visitor's is not served.
    pub fallback: Language,
    /// The day, `YYYY-MM-DD`; articles outside their validity are left out.
    pub today: &'a str,
}

/// One result of a plain search.
#[derive(Debug, Clone)]
pub struct SearchHit {
    /// The article.
    pub article: ArticleId,
    /// Language of the wording shown.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// Its short answer.
    pub summary: String,
    /// Its page.
    pub link: String,
    /// Fitted score, `0..=1`.
    pub score: f32,
}

/// Answers questions from a snapshot of a knowledge base. Share it as `Arc<Engine>`; calls block for about a
/// millisecond, so an async caller puts them on a blocking thread.
pub struct Engine {
    detector: Detector,
    encoder: Arc<dyn Encoder>,
    fusion: Fusion,
    thresholds: Thresholds,
    routing: Routing,
    snapshot: ArcSwap<Snapshot>,
}

/// A question with the articles that any search named for it.
pub struct Retrieved {
    snapshot: Arc<Snapshot>,
    question: PreparedQuestion,
    candidates: Vec<u32>,
}

impl Retrieved {
    /// Number of articles to be compared.
    pub fn candidate_count(&self) -> usize {
        self.candidates.len()
    }
}

/// Candidates of a question, ranked.
struct Ranking {
    snapshot: Arc<Snapshot>,
    languages: LanguageDistribution,
    ranked: Vec<RankedArticle>,
    positions: Vec<u32>,
}

impl Engine {
    /// Puts the parts together.
    pub fn new(
        detector: Detector,
        encoder: Arc<dyn Encoder>,
        fusion: Fusion,
        snapshot: Snapshot,
        thresholds: Thresholds,
        routing: Routing,
    ) -> Self {
        Self {
            detector,
            encoder,
            fusion,
            thresholds,
            routing,
            snapshot: ArcSwap::from_pointee(snapshot),
        }
    }

    /// Decides about a question.
    pub fn ask(&self, asked: &Asked<'_>) -> Result<Outcome, EngineError> {
        let text = asked.question.as_str();
        let detected = self.detect(text, asked.priors, asked.forced);
        let ranking = self.rank(text, detected, asked.today)?;
        let signals = Signals::read(text);
        let served = asked.forced.or_else(|| ranking.languages.most_likely());
        let language = served.unwrap_or(asked.fallback);
        let scores: Vec<f32> = ranking
            .ranked
            .iter()
            .map(|candidate| candidate.score)
            .collect();
        let confidence = ranking.ranked.first().map_or(Confidence(0.0), |top| {
            self.fusion.confidence(&scores, &top.evidence, language)
        });
        let considered: Vec<Considered<'_>> = ranking
            .positions
            .iter()
            .zip(&scores)
            .map(|(position, score)| Considered {
                article: ranking.snapshot.article_at(*position),
                score: *score,
            })
            .collect();
        let situation = Situation {
            confidence,
            language: served,
            fallback: asked.fallback,
            signals: &signals,
        };
        let decision = decide(
            &considered,
            &situation,
            &self.thresholds,
            &self.routing,
            link,
            |article, language| follow_ups(&ranking.snapshot, article, language),
        );
        let top = considered.first().map(|candidate| candidate.article);
        Ok(Outcome {
            decision,
            detected: ranking.languages,
            language,
            confidence,
            threshold: self.thresholds.answer.of(language),
            ranked: ranking.ranked,
            signals,
            intent: top.map(|article| article.intent),
            subject: top.map(|article| Subject {
                category: article.category.clone(),
                severity: article.severity,
                collect: article.collect.clone(),
            }),
            revision: ranking.snapshot.revision().clone(),
            encoder: ranking.snapshot.encoder_identity().to_owned(),
        })
    }

    /// Searches without deciding.
    pub fn search(
        &self,
        question: &Question,
        priors: &Priors,
        today: &str,
        limit: usize,
    ) -> Result<Vec<SearchHit>, EngineError> {
        let text = question.as_str();
        let detected = self.detect(text, priors, None);
        let ranking = self.rank(text, detected, today)?;
        let language = ranking
            .languages
            .most_likely()
            .or(priors.page)
            .unwrap_or(Language::English);
        Ok(ranking
            .positions
            .iter()
            .zip(&ranking.ranked)
            .take(limit)
            .filter_map(|(position, candidate)| {
                let article = ranking.snapshot.article_at(*position);
                let wording = article.wording(language)?;
                Some(SearchHit {
                    article: article.id.clone(),
                    language: wording.language,
                    title: wording.title.clone(),
                    summary: wording.summary.clone(),
                    link: link(article, wording.language),
                    score: candidate.score,
                })
            })
            .collect())
    }

    /// Gives the detector's distribution for a text, before retrieval is consulted.
    pub fn detect(
        &self,
        text: &str,
        priors: &Priors,
        forced: Option<Language>,
    ) -> LanguageDistribution {
        match forced {
            Some(language) => LanguageDistribution::certain(language),
            None => self.detector.detect(text, priors),
        }
    }

    /// Puts a new snapshot in place; questions in flight finish on the old one.
    pub fn replace_snapshot(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    /// The snapshot being served.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The language detector.
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// The encoder.
    pub fn encoder(&self) -> &Arc<dyn Encoder> {
        &self.encoder
    }

    /// The thresholds decisions are made with.
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// Finds the articles that any search names for a text: the first half of ranking.
    pub fn retrieve(
        &self,
        text: &str,
        detected: LanguageDistribution,
        today: &str,
    ) -> Result<Retrieved, EngineError> {
        let snapshot = self.snapshot.load_full();
        let embedding = self.encoder.encode_one(TextRole::Query, text);
        let question = evidence::prepare(text, QuantisedVector::new(&embedding), detected);
        let mut candidates = candidates(&snapshot, &question)?;
        candidates.retain(|article| snapshot.article_at(*article).is_valid_on(today));
        candidates.truncate(MOST_CANDIDATES);
        Ok(Retrieved {
            snapshot,
            question,
            candidates,
        })
    }

    /// Compares retrieved articles with the question and orders them by their fitted score, best first.
    pub fn rerank(&self, retrieved: &Retrieved) -> Vec<RankedArticle> {
        self.score(retrieved)
            .0
            .into_iter()
            .map(|(_, ranked)| ranked)
            .collect()
    }

    fn rank(
        &self,
        text: &str,
        detected: LanguageDistribution,
        today: &str,
    ) -> Result<Ranking, EngineError> {
        let retrieved = self.retrieve(text, detected, today)?;
        let (order, language_best) = self.score(&retrieved);
        let languages = weigh_by_retrieval(retrieved.question.languages, language_best);
        let (positions, ranked) = order.into_iter().unzip();
        Ok(Ranking {
            snapshot: retrieved.snapshot,
            languages,
            ranked,
            positions,
        })
    }

    fn score(&self, retrieved: &Retrieved) -> (Vec<(u32, RankedArticle)>, LanguageBest) {
        let Retrieved {
            snapshot,
            question,
            candidates,
        } = retrieved;
        let gathered = evidence::gather(snapshot, question, candidates);
        let mut order: Vec<(u32, RankedArticle)> = candidates
            .iter()
            .zip(gathered.evidence)
            .map(|(article, evidence)| {
                let ranked = RankedArticle {
                    article: snapshot.article_at(*article).id.clone(),
                    score: self.fusion.score(&evidence),
                    similarity: Similarity(evidence.0[0]),
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
        (order, gathered.language_best)
    }
}

/// The page an article is read on, relative to the site.
fn link(article: &Article, language: Language) -> String {
    format!("/help/{}/{}", language.code(), article.id)
}

fn follow_ups(snapshot: &Snapshot, article: &Article, language: Language) -> Vec<ClarifyOption> {
    article
        .follow_ups
        .iter()
        .filter_map(|id| {
            let title = snapshot.article(id)?.wording(language)?.title.clone();
            Some(ClarifyOption {
                article: id.clone(),
                title,
            })
        })
        .collect()
}

/// Articles named by any search, those named first by each search first.
///
/// Meaning and words are searched side by side: on a large base each takes milliseconds.
fn candidates(
    snapshot: &Snapshot,
    question: &PreparedQuestion,
) -> Result<Vec<u32>, tantivy::TantivyError> {
    let (near, worded) = rayon::join(
        || UnitKind::ALL.map(|kind| search_by_meaning(snapshot, question, kind)),
        || UnitKind::ALL.map(|kind| search_by_words(snapshot, question, kind)),
    );
    let mut searches = Vec::new();
    for (near, worded) in near.into_iter().zip(worded) {
        searches.push(near);
        searches.extend(worded?);
    }
    Ok(interleave(&searches))
}

fn search_by_meaning(snapshot: &Snapshot, question: &PreparedQuestion, kind: UnitKind) -> Vec<u32> {
    let count = match kind {
        UnitKind::Question => NEAREST_QUESTIONS,
        UnitKind::Passage => NEAREST_PASSAGES,
    };
    let table = snapshot.table(kind);
    let near = table.vectors.nearest(&question.vector, count);
    articles_of(snapshot, kind, near.iter().map(|neighbour| neighbour.row))
}

/// One list for bigrams, then one for the words of each plausible language.
fn search_by_words(
    snapshot: &Snapshot,
    question: &PreparedQuestion,
    kind: UnitKind,
) -> Result<Vec<Vec<u32>>, tantivy::TantivyError> {
    let count = match kind {
        UnitKind::Question => LEXICAL_QUESTIONS,
        UnitKind::Passage => LEXICAL_PASSAGES,
    };
    if snapshot.table(kind).entry_of_row.is_empty() {
        return Ok(Vec::new());
    }
    let words = question
        .words
        .iter()
        .map(|(language, terms)| (Scheme::Words(*language), terms));
    std::iter::once((Scheme::Bigrams, &question.bigrams))
        .chain(words)
        .map(|(scheme, terms)| {
            let rows = snapshot.lexical.search(kind, scheme, terms, count)?;
            Ok(articles_of(snapshot, kind, rows.into_iter()))
        })
        .collect()
}

fn articles_of(snapshot: &Snapshot, kind: UnitKind, rows: impl Iterator<Item = u32>) -> Vec<u32> {
    let table = snapshot.table(kind);
    rows.map(|row| table.entry_of_row[row as usize])
        .map(|entry| snapshot.entries[entry as usize].article)
        .collect()
}

/// Takes from each list in turn, each article once.
fn interleave(lists: &[Vec<u32>]) -> Vec<u32> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let mut seen = std::collections::HashSet::new();
    (0..longest)
        .flat_map(|position| lists.iter().filter_map(move |list| list.get(position)))
        .copied()
        .filter(|article| seen.insert(*article))
        .collect()
}

/// A question that could be in two languages is in the one whose articles are nearer to it.
fn weigh_by_retrieval(languages: LanguageDistribution, best: [f32; 4]) -> LanguageDistribution {
    let plausible = Language::ALL
        .into_iter()
        .filter(|language| languages.probability(*language) >= PLAUSIBLE);
    if plausible.count() < 2 {
        return languages;
    }
    languages.reweigh(best.map(|similarity| (RETRIEVAL_EVIDENCE_WEIGHT * similarity).exp()))
}
