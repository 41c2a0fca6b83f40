//! The whole way from question to outcome, over a snapshot that can be swapped while serving.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::decide::{Considered, Situation, decide};
use super::evidence::{Compared, Reader};
use super::fusion::Fusion;
use super::outcome::{ClarifyOption, Outcome, RankedArticle, Subject};
use super::page;
use super::policy::{Routing, Thresholds};
use super::prepared::PreparedQuestion;
use super::question::Question;
use super::ranking::Ranking;
use super::retrieval::candidates;
use super::second_evidence;
use super::second_opinion::SecondOpinion;
use super::snapshot::{Snapshot, SnapshotError};
use crate::encoder::Encoder;
use crate::knowledge::{Article, ArticleId};
use crate::language::{Detector, Language, LanguageDistribution, Priors};
use crate::safety::Signals;

/// Articles compared in full; the searches rarely name more.
const MOST_CANDIDATES: usize = 32;

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
    second: Option<SecondOpinion>,
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
            second: None,
            thresholds,
            routing,
            snapshot: ArcSwap::from_pointee(snapshot),
        }
    }

    /// Adds a second opinion. It is asked once the snapshot has its vectors: see [`prepare_second`](Self::prepare_second).
    pub fn with_second_opinion(mut self, second: SecondOpinion) -> Self {
        self.second = Some(second);
        self
    }

    /// Encodes the knowledge being served with the second encoder, where that has not been done. Takes a millisecond or
    /// two for each text; until it is done, the first encoder answers alone.
    pub fn prepare_second(&self) -> Result<(), SnapshotError> {
        match &self.second {
            Some(second) => self
                .snapshot()
                .add_second_encoder(second.encoder.as_ref(), None),
            None => Ok(()),
        }
    }

    /// Decides about a question.
    pub fn ask(&self, asked: &Asked<'_>) -> Result<Outcome, EngineError> {
        self.ask_on_page(asked, None)
    }

    /// Decides about a question that is asked where an article is being read; in doubt, that one is meant.
    pub fn ask_on_page(
        &self,
        asked: &Asked<'_>,
        reading: Option<&ArticleId>,
    ) -> Result<Outcome, EngineError> {
        let text = asked.question.as_str();
        let detected = self.detect(text, asked.priors, asked.forced);
        let Retrieved {
            snapshot,
            question,
            candidates,
        } = self.retrieve(text, detected, asked.today)?;
        let address = |ranking: &Ranking| {
            let served = asked.forced.or_else(|| ranking.languages.most_likely());
            (served, served.unwrap_or(asked.fallback))
        };
        let reader = Reader::new(&snapshot, &question);
        let mut compared = reader.compare_all(&candidates);
        let mut ranking = self.rank(&reader, &candidates, &compared);
        let (mut served, mut language) = address(&ranking);
        let mut confidence = ranking.confidence(&self.fusion, language);
        let unsure = self
            .second
            .as_ref()
            .filter(|second| second.is_wanted(confidence));
        if let Some(second) = unsure {
            let again = rank_again(&reader, second, &ranking, &mut compared, text, asked.today);
            if let Some(again) = again {
                ranking = again;
                (served, language) = address(&ranking);
                confidence = ranking.confidence(&second.fusion, language);
            }
        }
        if let Some(reading) = reading {
            confidence = page::prefer(&mut ranking.order, reading, confidence);
        }
        let considered: Vec<Considered<'_>> = ranking
            .order
            .iter()
            .map(|(position, ranked)| Considered {
                article: snapshot.article_at(*position),
                score: ranked.score,
            })
            .collect();
        let signals = Signals::read(text);
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
            |article, language| follow_ups(&snapshot, article, language),
        );
        let top = considered.first().map(|candidate| candidate.article);
        Ok(Outcome {
            decision,
            detected: ranking.languages,
            language,
            confidence,
            threshold: self.thresholds.answer.of(language),
            ranked: ranking
                .order
                .into_iter()
                .map(|(_, ranked)| ranked)
                .collect(),
            signals,
            intent: top.map(|article| article.intent),
            subject: top.map(|article| Subject {
                category: article.category.clone(),
                severity: article.severity,
                collect: article.collect.clone(),
                skills: article.skills.clone(),
            }),
            revision: snapshot.revision().clone(),
            encoder: snapshot.encoder_identity(),
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
        let Retrieved {
            snapshot,
            question,
            candidates,
        } = self.retrieve(text, detected, today)?;
        let reader = Reader::new(&snapshot, &question);
        let ranking = self.rank(&reader, &candidates, &reader.compare_all(&candidates));
        let language = ranking
            .languages
            .most_likely()
            .or(priors.page)
            .unwrap_or(Language::English);
        Ok(ranking
            .order
            .iter()
            .take(limit)
            .filter_map(|(position, candidate)| {
                let article = snapshot.article_at(*position);
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
    ///
    /// Where the second encoder has read the old one, it reads what is new before the swap, so that no question gets
    /// less than before.
    pub fn replace_snapshot(&self, snapshot: Snapshot) -> Result<(), SnapshotError> {
        let snapshot = Arc::new(snapshot);
        let old = self.snapshot();
        if let Some(second) = &self.second {
            let encoder = second.encoder.as_ref();
            if old.second(encoder.identity()).is_some() {
                snapshot.add_second_encoder(encoder, Some(&old))?;
            }
        }
        self.snapshot.store(snapshot);
        self.prepare_second()
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
        let vector = snapshot.encode_question(self.encoder.as_ref(), text);
        let question = PreparedQuestion::new(text, vector, detected);
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
        let reader = Reader::new(&retrieved.snapshot, &retrieved.question);
        let compared = reader.compare_all(&retrieved.candidates);
        let ranking = self.rank(&reader, &retrieved.candidates, &compared);
        ranking
            .order
            .into_iter()
            .map(|(_, ranked)| ranked)
            .collect()
    }

    fn rank(&self, reader: &Reader<'_>, candidates: &[u32], compared: &Compared) -> Ranking {
        let evidence = reader.among_rivals(candidates, compared);
        Ranking::of(reader, candidates, evidence, compared, &self.fusion)
    }
}

/// Articles that stay in the running when the second encoder is asked: the first's best, and the second's own.
const KEPT_FOR_SECOND: usize = 16;
const ADDED_BY_SECOND: usize = 16;

/// Ranks the best with the evidence of both encoders; `None` when the snapshot lacks the second one's vectors.
fn rank_again(
    reader: &Reader<'_>,
    second: &SecondOpinion,
    first: &Ranking,
    compared: &mut Compared,
    text: &str,
    today: &str,
) -> Option<Ranking> {
    let snapshot = reader.snapshot;
    let tables = snapshot.second(second.encoder.identity())?;
    let vector = tables.encode_question(second.encoder.as_ref(), text);
    let tables = &tables.vectors;
    let best = first.order.iter().take(KEPT_FOR_SECOND);
    let mut candidates: Vec<u32> = best.map(|(article, _)| *article).collect();
    let near = second_evidence::nearest_articles(snapshot, tables, &vector);
    for article in near {
        if candidates.len() == KEPT_FOR_SECOND + ADDED_BY_SECOND {
            break;
        }
        if !candidates.contains(&article) && snapshot.article_at(article).is_valid_on(today) {
            candidates.push(article);
        }
    }
    reader.compare_more(&candidates, compared);
    let mut evidence = reader.among_rivals(&candidates, compared);
    let languages = &reader.question.languages;
    second_evidence::append(
        snapshot,
        tables,
        &vector,
        languages,
        &candidates,
        &mut evidence,
    );
    Some(Ranking::of(
        reader,
        &candidates,
        evidence,
        compared,
        &second.fusion,
    ))
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
