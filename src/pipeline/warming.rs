//! Makes the first visitor's question as quick as the next one's.

use super::engine::{Asked, Engine, EngineError};
use super::question::Question;
use crate::knowledge::Readership;
use crate::language::{Language, Priors};

/// One question in each language, so that every table that is built when first used is built now: the dictionary of
/// Chinese words alone takes about half a second.
const QUESTIONS: [(Language, &str); 4] = [
    (Language::English, "How do I get started?"),
    (Language::Chinese, "怎么开始使用？"),
    (Language::Japanese, "使い始めるにはどうすればいいですか？"),
    (Language::Korean, "어떻게 시작하나요?"),
];

impl Engine {
    /// Asks one question in each language and forgets what came out. `today` is the day, `YYYY-MM-DD`.
    pub fn warm(&self, today: &str) -> Result<(), EngineError> {
        for (language, text) in QUESTIONS {
            let question = Question::parse(text).expect("the questions above have words");
            for forced in [None, Some(language)] {
                self.ask(&Asked {
                    question: &question,
                    priors: &Priors::default(),
                    forced,
                    fallback: language,
                    today,
                    readership: Readership::anybody(),
                })?;
            }
        }
        Ok(())
    }
}
