//! Searches for a text and weighs what is found, with the second encoder where the first leaves doubt.

use super::caps::{is_code_alone, language_by_priors};
use super::engine::{Asked, Engine, EngineError, Retrieved};
use super::evidence::{Compared, Reader};
use super::own_language;
use super::ranking::Ranking;
use super::second_evidence;
use super::second_opinion::SecondOpinion;
use super::weighed::Weighed;

impl Engine {
    /// Searches for a text and weighs what is found.
    pub(super) fn weigh(&self, text: &str, asked: &Asked<'_>) -> Result<Weighed, EngineError> {
        self.weigh_among(text, asked, &|_| true)
    }

    /// Searches for a text as if there were no other articles than some, by their positions, and weighs what is found.
    pub(super) fn weigh_among(
        &self,
        text: &str,
        asked: &Asked<'_>,
        is_there: &dyn Fn(u32) -> bool,
    ) -> Result<Weighed, EngineError> {
        self.weigh_by(true, text, asked, is_there)
    }

    /// The same with the first encoder alone: quick enough to try several readings of one question.
    pub(super) fn weigh_by_first(
        &self,
        text: &str,
        asked: &Asked<'_>,
    ) -> Result<Weighed, EngineError> {
        self.weigh_by(false, text, asked, &|_| true)
    }

    fn weigh_by(
        &self,
        both: bool,
        text: &str,
        asked: &Asked<'_>,
        is_there: &dyn Fn(u32) -> bool,
    ) -> Result<Weighed, EngineError> {
        let detected = self.detect(text, asked.priors, asked.forced);
        // Latin letters are read by their letters: a word of English sounds like many a word of the others, and what is
        // found by that sound must not say in which language the visitor is spoken to.
        let by_letters = detected.most_likely().filter(|_| text.is_ascii());
        let Retrieved {
            snapshot,
            question,
            mut candidates,
        } = self.retrieve(text, detected, asked.today, asked.readership)?;
        candidates.retain(|article| is_there(*article));
        // A text that is of no language, such as a ticker, is not of the one that its articles are in.
        let unspoken = asked.forced.is_none() && is_code_alone(text);
        let address = |ranking: &Ranking| {
            let served = match unspoken {
                true => Some(language_by_priors(asked.priors).unwrap_or(asked.fallback)),
                false => asked
                    .forced
                    .or(by_letters)
                    .or_else(|| ranking.languages.most_likely()),
            };
            (served, served.unwrap_or(asked.fallback))
        };
        let reader = Reader::new(&snapshot, &question);
        let mut compared = reader.compare_all(&candidates);
        let mut ranking = self.rank(&reader, &candidates, &compared);
        let (mut served, mut language) = address(&ranking);
        let first = ranking.confidence(&self.fusion, language);
        let mut confidence = first;
        let second = self.second.as_ref().filter(|_| both);
        if let Some(second) =
            second.filter(|second| snapshot.holds_pages() || second.is_wanted(confidence))
        {
            let may_be_given = |article: u32| {
                let found = snapshot.article_at(article);
                is_there(article) && found.may_be_given(asked.today, asked.readership)
            };
            let again = rank_again(&reader, second, &ranking, &mut compared, &may_be_given);
            if let Some(again) = again {
                ranking = again;
                (served, language) = address(&ranking);
                confidence = ranking.confidence(&second.fusion, language);
            }
        }
        let tables = second.and_then(|second| {
            let identity = second.encoder.identity();
            Some(&snapshot.second(identity)?.vectors)
        });
        if let (Some(tables), Some(served)) = (tables, served) {
            own_language::prefer(&snapshot, tables, served, &mut ranking.order);
        }
        Ok(Weighed {
            snapshot,
            question,
            ranking,
            served,
            language,
            first,
            confidence,
        })
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
    may_be_given: &dyn Fn(u32) -> bool,
) -> Option<Ranking> {
    let snapshot = reader.snapshot;
    let tables = snapshot.second(second.encoder.identity())?;
    let vector = reader.question.by_second(second.encoder.as_ref(), tables);
    let best = first.order.iter().take(KEPT_FOR_SECOND);
    let mut candidates: Vec<u32> = best.map(|(article, _)| *article).collect();
    let near = second_evidence::nearest_articles(snapshot, tables, vector);
    for article in near {
        if candidates.len() == KEPT_FOR_SECOND + ADDED_BY_SECOND {
            break;
        }
        if !candidates.contains(&article) && may_be_given(article) {
            candidates.push(article);
        }
    }
    reader.compare_more(&candidates, compared);
    let mut evidence = reader.among_rivals(&candidates, compared);
    second_evidence::append(
        snapshot,
        tables,
        vector,
        reader.question,
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
