//! The whole way from question to outcome, over a snapshot that can be swapped while serving.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::evidence::{Compared, Reader};
use super::fusion::Fusion;
use super::giving::{Giving, page_of};
use super::outcome::{Decision, Outcome, RankedArticle};
use super::passages::PassageFinder;
use super::policy::{Routing, Thresholds};
use super::prepared::PreparedQuestion;
use super::question::Question;
use super::ranking::Ranking;
use super::retrieval::candidates;
use super::second_opinion::SecondOpinion;
use super::second_tables::SecondTables;
use super::snapshot::Snapshot;
use super::snapshot_error::SnapshotError;
use super::thresholds_in_force::{Overruled, ThresholdsInForce};
use crate::encoder::{Encoder, TextRole, WatchedEncoder};
use crate::knowledge::{ArticleId, Readership};
use crate::language::{ChineseScript, Detector, Language, LanguageDistribution, Priors};
use crate::safety::Signals;
use crate::time::durations::{CountedDurations, Durations};

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
    /// Who asks; articles meant for others are left out.
    pub readership: &'a Readership,
}

/// An article that was chosen rather than found.
pub struct Wanted<'a> {
    /// Which.
    pub article: &'a ArticleId,
    /// What the visitor asked before, which says what part of it they need.
    pub question: &'a Question,
    /// Language the visitor is addressed in.
    pub language: Language,
    /// How the visitor reads Chinese.
    pub script: ChineseScript,
    /// Language used where the article lacks it.
    pub fallback: Language,
    /// The day, `YYYY-MM-DD`.
    pub today: &'a str,
    /// Who chose it.
    pub readership: &'a Readership,
}

/// What a plain search found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The articles that are nearest, the best first.
    pub hits: Vec<SearchHit>,
    /// Language it was searched in.
    pub language: Language,
    /// Whether the first is likely enough to be offered to somebody who asks the same.
    pub fits: bool,
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
    pub(super) detector: Arc<Detector>,
    pub(super) encoder: Arc<dyn Encoder>,
    pub(super) fusion: Fusion,
    pub(super) second: Option<SecondOpinion>,
    /// How long questions take the first encoder and the second.
    pub(super) encoding: [Arc<Durations>; 2],
    pub(super) thresholds: ThresholdsInForce,
    pub(super) routing: Routing,
    pub(super) snapshot: ArcSwap<Snapshot>,
}

/// A question with the articles that any search named for it.
pub struct Retrieved {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) question: PreparedQuestion,
    pub(super) candidates: Vec<u32>,
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
        let encoding: [Arc<Durations>; 2] = Default::default();
        let encoder = timed(encoder, &encoding[0]);
        Self {
            detector: Arc::new(detector),
            encoder,
            encoding,
            fusion,
            second: None,
            thresholds: ThresholdsInForce::new(thresholds),
            routing,
            snapshot: ArcSwap::from_pointee(snapshot),
        }
    }

    /// Adds a second opinion. It is asked once the snapshot has its vectors: see [`prepare_second`](Self::prepare_second).
    pub fn with_second_opinion(mut self, second: SecondOpinion) -> Self {
        let encoder = timed(second.encoder, &self.encoding[1]);
        self.second = Some(SecondOpinion { encoder, ..second });
        self
    }

    /// Returns how long questions took the first encoder, and the second where there is one.
    pub fn encoding_times(&self) -> Vec<CountedDurations> {
        let encoders = 1 + usize::from(self.second.is_some());
        let times = self.encoding.iter().take(encoders);
        times.map(|times| times.read()).collect()
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

    /// Tells whether questions about a snapshot get a second opinion where the first leaves doubt.
    pub fn has_second_opinion_on(&self, snapshot: &Snapshot) -> bool {
        let second = self.second.as_ref();
        second.is_some_and(|second| snapshot.second(second.encoder.identity()).is_some())
    }

    /// Tells whether what is served are long pages that both encoders have read, so that confidence is that of pages.
    pub fn is_sure_of_pages(&self) -> bool {
        let snapshot = self.snapshot();
        snapshot.holds_pages() && self.has_second_opinion_on(&snapshot)
    }

    /// Decides about a question.
    pub fn ask(&self, asked: &Asked<'_>) -> Result<Outcome, EngineError> {
        self.ask_on_page(asked, None)
    }

    /// Gives an article that the visitor or an agent has chosen, by the same rule as one that was found; nothing where
    /// there is none that may be given to them.
    pub fn give(&self, wanted: &Wanted<'_>) -> Option<Decision> {
        let snapshot = self.snapshot();
        let question = self.prepared(&snapshot, wanted.question.as_str(), wanted.language);
        let giving = Giving {
            knowledge: snapshot.knowledge(),
            routing: &self.routing,
            language: Some(wanted.language),
            fallback: wanted.fallback,
            script: wanted.script,
            today: wanted.today,
            readership: wanted.readership,
            passages: Some(&self.passage_finder(&snapshot, &question)),
        };
        let article = giving.article(wanted.article)?;
        Some(giving.give(article, &Signals::default()))
    }

    /// Works with the passages of a snapshot's articles that are nearest to a text.
    pub fn with_passages<T>(
        &self,
        snapshot: &Snapshot,
        text: &str,
        language: Language,
        work: impl FnOnce(&PassageFinder<'_>) -> T,
    ) -> T {
        let question = self.prepared(snapshot, text, language);
        work(&self.passage_finder(snapshot, &question))
    }

    /// Finds passages for a question, by both encoders where both have read the base.
    pub(super) fn passage_finder<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        question: &'a PreparedQuestion,
    ) -> PassageFinder<'a> {
        let finder = PassageFinder::new(snapshot, self.encoder.as_ref(), question);
        match self.second_on(snapshot) {
            Some((encoder, tables)) => finder.with_second(encoder, tables),
            None => finder,
        }
    }

    /// The second encoder and what it has read of a snapshot, where it has.
    pub(super) fn second_on<'a>(
        &'a self,
        snapshot: &'a Snapshot,
    ) -> Option<(&'a dyn Encoder, &'a SecondTables)> {
        let encoder = self.second.as_ref()?.encoder.as_ref();
        Some((encoder, snapshot.second(encoder.identity())?))
    }

    fn prepared(&self, snapshot: &Snapshot, text: &str, language: Language) -> PreparedQuestion {
        let vector = snapshot.encode_question(self.encoder.as_ref(), text);
        PreparedQuestion::new(text, vector, LanguageDistribution::certain(language))
    }

    /// Searches without deciding.
    pub fn search(&self, asked: &Asked<'_>, limit: usize) -> Result<Found, EngineError> {
        let text = asked.question.as_str();
        let detected = self.detect(text, asked.priors, asked.forced);
        let Retrieved {
            snapshot,
            question,
            candidates,
        } = self.retrieve(text, detected, asked.today, asked.readership)?;
        let reader = Reader::new(&snapshot, &question);
        let ranking = self.rank(&reader, &candidates, &reader.compare_all(&candidates));
        let language = ranking
            .languages
            .most_likely()
            .or(asked.priors.page)
            .unwrap_or(asked.fallback);
        let script = ChineseScript::chosen(text, asked.priors.script);
        let sure = ranking.confidence(&self.fusion, language).0;
        let hits = ranking
            .order
            .iter()
            .take(limit)
            .filter_map(|(position, candidate)| {
                let article = snapshot.article_at(*position);
                let wording = article.wording_in(language, asked.fallback, script)?;
                Some(SearchHit {
                    article: article.id.clone(),
                    language: wording.language,
                    title: wording.title.clone(),
                    summary: wording.summary.clone(),
                    link: page_of(wording.language, script, &article.id),
                    score: candidate.score,
                })
            })
            .collect();
        Ok(Found {
            hits,
            language,
            fits: sure >= self.thresholds().clarify,
        })
    }

    /// Returns the detector's distribution for a text, before retrieval is consulted.
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
    pub fn thresholds(&self) -> Arc<Thresholds> {
        self.thresholds.now()
    }

    /// Decides with other thresholds from now on, but for languages whose own were overruled.
    pub fn set_thresholds(&self, thresholds: Thresholds) {
        self.thresholds.configure(thresholds);
    }

    /// Overrules the thresholds of these languages from now on, and of no others.
    pub fn overrule_thresholds(&self, overruled: Vec<Overruled>) {
        self.thresholds.overrule(overruled);
    }

    /// How near a word by itself is to an article's questions in meaning.
    pub(super) fn support_of(&self, snapshot: &Snapshot, word: &str, article: u32) -> f32 {
        let vector = snapshot.encode_question(self.encoder.as_ref(), word);
        snapshot.nearness_to_questions(&vector, article)
    }

    /// Returns the operator's policy.
    pub fn routing(&self) -> &Routing {
        &self.routing
    }

    /// Finds the articles that any search names for a text: the first half of ranking.
    pub fn retrieve(
        &self,
        text: &str,
        detected: LanguageDistribution,
        today: &str,
        readership: &Readership,
    ) -> Result<Retrieved, EngineError> {
        let snapshot = self.snapshot.load_full();
        let vector = snapshot.encode_question(self.encoder.as_ref(), text);
        let question = PreparedQuestion::new(text, vector, detected);
        let mut candidates = candidates(&snapshot, &question)?;
        candidates.retain(|article| {
            snapshot
                .article_at(*article)
                .may_be_given(today, readership)
        });
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

    pub(super) fn rank(
        &self,
        reader: &Reader<'_>,
        candidates: &[u32],
        compared: &Compared,
    ) -> Ranking {
        let evidence = reader.among_rivals(candidates, compared);
        Ranking::of(reader, candidates, evidence, compared, &self.fusion)
    }
}

/// Counts how long each question takes an encoder.
fn timed(encoder: Arc<dyn Encoder>, times: &Arc<Durations>) -> Arc<dyn Encoder> {
    let times = Arc::clone(times);
    Arc::new(WatchedEncoder::new(encoder, move |role, texts, took| {
        // A base is read in many texts at once, and that is no question.
        if role == TextRole::Query && texts == 1 {
            times.record(took);
        }
    }))
}
