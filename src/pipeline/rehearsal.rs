//! How sure the engine would be of wrong answers: each article is left out in turn, and asked for.
//!
//! A question whose article is not there is near the subject and has no answer, which is what makes a bot of a strange
//! base wrong. Nobody has to label anything for it.

use serde::Serialize;

use super::caps::apply as apply_caps;
use super::engine::{Asked, Engine, EngineError};
use super::outcome::Judgement;
use super::question::Question;
use super::snapshot::Snapshot;
use super::units::Units;
use crate::knowledge::{ArticleId, Readership};
use crate::language::{Language, Priors};

/// A question of the base, asked with its article left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rehearsed {
    /// What was asked.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// The article that was left out.
    pub left_out: ArticleId,
    /// The likeliest of the others.
    pub instead: Option<ArticleId>,
    /// How sure the engine was of that one, which must be wrong.
    pub confidence: f32,
}

impl Engine {
    /// Asks questions of the base, at most so many a language, spread evenly, each with its own article left out.
    ///
    /// Articles that do not speak the question's language are left out too: in a base that keeps its translations apart
    /// they may say the same. `today` is the day, `YYYY-MM-DD`.
    pub fn rehearse(&self, most: usize, today: &str) -> Result<Vec<Rehearsed>, EngineError> {
        let snapshot = self.snapshot();
        let questions = questions_of(&snapshot);
        let mut rehearsed = Vec::new();
        for language in Language::ALL {
            let own = questions
                .iter()
                .filter(|question| question.language == language);
            let own: Vec<&OwnQuestion> = own.collect();
            // Against fewer rivals, nothing can be mistaken for anything.
            if own.len() < FEWEST {
                continue;
            }
            for question in evenly(&own, most) {
                rehearsed.extend(self.rehearse_one(&snapshot, question, today)?);
            }
        }
        Ok(rehearsed)
    }

    fn rehearse_one(
        &self,
        snapshot: &Snapshot,
        own: &OwnQuestion,
        today: &str,
    ) -> Result<Option<Rehearsed>, EngineError> {
        let Ok(question) = Question::parse(&own.text) else {
            return Ok(None);
        };
        let asked = Asked {
            question: &question,
            priors: &Priors::default(),
            forced: Some(own.language),
            fallback: own.language,
            today,
            readership: Readership::anybody(),
        };
        let is_there = |article: u32| {
            let mut entries = snapshot.entries_of(article).iter();
            article != own.article && entries.any(|entry| entry.language == own.language)
        };
        let text = question.as_str();
        let mut weighed = self.weigh_among(text, &asked, &is_there)?;
        let support = |word: &str, article: u32| self.support_of(snapshot, word, article);
        let mut judgement = Judgement::default();
        apply_caps(&mut weighed, text, false, &support, &mut judgement);
        Ok(Some(Rehearsed {
            text: own.text.clone(),
            language: own.language,
            left_out: snapshot.article_at(own.article).id.clone(),
            instead: weighed.top().map(|(_, article)| article.id.clone()),
            confidence: weighed.confidence.0,
        }))
    }
}

/// Articles a language must have for its rehearsal to mean something.
const FEWEST: usize = 8;

struct OwnQuestion {
    article: u32,
    language: Language,
    text: String,
}

/// One question of each wording.
fn questions_of(snapshot: &Snapshot) -> Vec<OwnQuestion> {
    let units = Units::of(snapshot.knowledge());
    let [asked, _] = &units.texts;
    let entries = units.entries.iter();
    entries
        .filter_map(|entry| {
            let rows = entry.rows[0].clone();
            let row = rows.start + (rows.len() > 1) as u32;
            let (_, text) = asked.get(row as usize).filter(|_| !rows.is_empty())?;
            Some(OwnQuestion {
                article: entry.article,
                language: entry.language,
                text: text.clone(),
            })
        })
        .collect()
}

fn evenly<'a>(all: &[&'a OwnQuestion], most: usize) -> Vec<&'a OwnQuestion> {
    let count = all.len().min(most);
    (0..count)
        .map(|place| all[place * all.len() / count])
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::encoder::{Embedding, Encoder, TextRole, TokenWeights};
    use crate::knowledge::{Article, KnowledgeBase, Revision, Translation};
    use crate::language::Detector;
    use crate::pipeline::{Fusion, Routing, Thresholds};

    /// Takes texts for near that have letters in common.
    struct Letters;

    impl Encoder for Letters {
        fn dimension(&self) -> usize {
            32
        }

        fn identity(&self) -> &str {
            "letters"
        }

        fn encode_weighed(
            &self,
            _role: TextRole,
            texts: &[&str],
            _weights: &TokenWeights,
        ) -> Vec<Embedding> {
            let counts = |text: &&str| {
                let mut counts = vec![0.1; 32];
                for letter in text.chars() {
                    counts[letter as usize % 32] += 1.0;
                }
                Embedding::normalised(counts)
            };
            texts.iter().map(counts).collect()
        }
    }

    fn engine(titles: &[(&str, Language)]) -> Engine {
        let article = |(place, (title, language)): (usize, &(&str, Language))| {
            let wording = Translation {
                title: (*title).to_owned(),
                ..Translation::blank(*language)
            };
            Article {
                translations: BTreeMap::from([(*language, wording)]),
                ..Article::blank(ArticleId::new(format!("a{place}")))
            }
        };
        let knowledge = KnowledgeBase::of_articles(
            titles.iter().enumerate().map(article).collect(),
            Revision("1".to_owned()),
        );
        Engine::new(
            Detector::new(),
            Arc::new(Letters),
            Fusion::built_in().expect("ships with the binary"),
            Snapshot::build(knowledge, &Letters).expect("an index in memory"),
            Thresholds::default(),
            Routing::default(),
        )
    }

    #[test]
    fn what_is_left_out_is_never_found_and_neither_is_another_language() {
        use Language::{English, Japanese};
        let mut titles = [
            "How do I pay?",
            "Where is my parcel?",
            "Can I return shoes?",
            "When do you open?",
            "Who repairs bikes?",
            "How long is the guarantee?",
            "Do you ship abroad?",
            "Is there a student discount?",
        ]
        .map(|title| (title, English))
        .to_vec();
        titles.push(("How do I pay? 支払い", Japanese));
        let rehearsed = engine(&titles)
            .rehearse(100, "2026-11-28")
            .expect("a working index");
        assert_eq!(rehearsed.len(), 8, "one article in Japanese is too few");
        for one in &rehearsed {
            let instead = one.instead.as_ref().expect("others are left");
            assert_ne!(*instead, one.left_out, "{}", one.text);
            assert_ne!(instead.as_str(), "a8", "{}", one.text);
        }
        assert_eq!(
            engine(&titles)
                .rehearse(3, "2026-11-28")
                .expect("a working index")
                .len(),
            3
        );
        assert!(
            engine(&titles[..7])
                .rehearse(9, "2026-11-28")
                .expect("a working index")
                .is_empty()
        );
    }
}
