//! What questions would get if a draft were served: the author's test bench.

use std::collections::HashSet;

use super::LibraryDesk;
use super::editing::Edit;
use crate::conversation::DecisionKind;
use crate::desk::DeskError;
use crate::knowledge::{ArticleId, LoadError, Readership, load_folder};
use crate::language::{Language, Priors};
use crate::pipeline::{Asked, Cap, Decision, Engine, EngineError, Outcome, Question};
use crate::time::Timestamp;

/// Days whose questions of visitors are asked again where an author names none, and how many of them.
const DAYS_OF_VISITORS: u32 = 30;
const MOST_OF_VISITORS: usize = 600;

/// Most questions of the base that are asked again where an author names none.
const MOST_OWN_QUESTIONS: usize = 400;

/// What one question gets now, and would get from the draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What is asked.
    pub question: String,
    /// By what is served.
    pub served: Verdict,
    /// By the draft.
    pub drafted: Verdict,
}

/// What a question gets from what is served.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// What is asked.
    pub question: String,
    /// What would be done.
    pub verdict: Verdict,
    /// The text a visitor would read first; `None` where none is given.
    pub says: Option<String>,
}

/// What a visitor would be told, in short.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What would be done.
    pub decision: DecisionKind,
    /// The article given, or those offered.
    pub articles: Vec<(ArticleId, String)>,
    /// How sure the engine is of the first.
    pub confidence: f32,
    /// How sure it would have to be.
    pub threshold: f32,
    /// What lowered the number.
    pub doubts: Vec<Cap>,
}

impl Verdict {
    fn of(outcome: &Outcome) -> Self {
        let options = |options: &[crate::pipeline::ClarifyOption]| {
            let named = options.iter();
            named
                .map(|option| (option.article.clone(), option.title.clone()))
                .collect()
        };
        let (decision, articles) = match &outcome.decision {
            Decision::Answer { answer, .. } => (
                DecisionKind::Answer,
                vec![(answer.article.clone(), answer.title.clone())],
            ),
            Decision::Clarify { options: offered } => (DecisionKind::Clarify, options(offered)),
            Decision::Escalate { .. } => (DecisionKind::Escalate, Vec::new()),
            Decision::SmallTalk { .. } => (DecisionKind::SmallTalk, Vec::new()),
        };
        Self {
            decision,
            articles,
            confidence: outcome.confidence.0,
            threshold: outcome.threshold.0,
            doubts: outcome.judgement.caps.iter().map(|(cap, _)| *cap).collect(),
        }
    }

    /// Tells whether a visitor would be told the same.
    pub fn says_as(&self, other: &Self) -> bool {
        let first = |verdict: &Self| verdict.articles.first().map(|(id, _)| id.clone());
        self.decision == other.decision && first(self) == first(other)
    }
}

impl LibraryDesk {
    /// Asks questions of the knowledge that is served, and records nothing; each may name its language.
    pub async fn hear(
        &self,
        questions: Vec<(Option<Language>, Question)>,
        now: Timestamp,
    ) -> Result<Vec<Heard>, DeskError> {
        let fallback = self.room.fallback();
        let heard = self
            .room
            .run(move |engine| -> Result<Vec<_>, EngineError> {
                let today = now.day();
                let verdict = |(forced, question): &(Option<Language>, Question)| {
                    let outcome = engine.ask(&Asked {
                        question,
                        priors: &Priors::default(),
                        forced: *forced,
                        fallback,
                        today: &today,
                        readership: Readership::anybody(),
                    })?;
                    let says = match &outcome.decision {
                        Decision::Answer { answer, .. } => Some(answer.text.clone()),
                        _ => None,
                    };
                    Ok(Heard {
                        question: question.as_str().to_owned(),
                        verdict: Verdict::of(&outcome),
                        says,
                    })
                };
                questions.iter().map(verdict).collect()
            })
            .await?;
        heard.map_err(|error| DeskError::Untried(Box::new(TrialError::from(error))))
    }

    /// Asks questions of the knowledge that is served, and of the same with a draft in it. Where none are named, those that
    /// visitors asked lately in the language and the base's own are asked, and those whose answer would change are returned.
    pub async fn try_out(
        &self,
        edit: &Edit,
        language: Language,
        questions: Vec<Question>,
        now: Timestamp,
    ) -> Result<Vec<Trial>, DeskError> {
        let staged = self.stage(edit).await?;
        let asked = match questions.is_empty() {
            true => self.asked_lately(language, now).await?,
            false => Vec::new(),
        };
        let fallback = self.room.fallback();
        let tried = self
            .room
            .run(move |engine| -> Result<Vec<Trial>, TrialError> {
                let knowledge = load_folder(staged.root())?.into_served()?;
                let drafted = engine.on(knowledge)?;
                let asks_all = questions.is_empty();
                let questions = match asks_all {
                    true => distinct(asked.into_iter().chain(own_questions(&drafted, language))),
                    false => questions,
                };
                let today = now.day();
                let mut trials = Vec::new();
                for question in &questions {
                    let asked = Asked {
                        question,
                        priors: &Priors::default(),
                        forced: Some(language),
                        fallback,
                        today: &today,
                        readership: Readership::anybody(),
                    };
                    let trial = Trial {
                        question: question.as_str().to_owned(),
                        served: Verdict::of(&engine.ask(&asked)?),
                        drafted: Verdict::of(&drafted.ask(&asked)?),
                    };
                    if !asks_all || !trial.served.says_as(&trial.drafted) {
                        trials.push(trial);
                    }
                }
                Ok(trials)
            })
            .await?;
        tried.map_err(|error| match error {
            TrialError::Load(LoadError::Faulty { faults }) => DeskError::FaultyDraft(faults),
            other => DeskError::Untried(Box::new(other)),
        })
    }
}

impl LibraryDesk {
    /// The newest questions of visitors in a language, without what was hidden in them.
    async fn asked_lately(
        &self,
        language: Language,
        now: Timestamp,
    ) -> Result<Vec<Question>, DeskError> {
        let since = now.days_earlier(DAYS_OF_VISITORS);
        let asked = self
            .store
            .reader()
            .recorded_questions(since, MOST_OF_VISITORS)
            .await?;
        let own = asked.iter().filter(|asked| asked.language == language);
        Ok(own
            .filter_map(|asked| Question::parse(&asked.text).ok())
            .collect())
    }
}

/// Each question once, in the order they come.
fn distinct(questions: impl Iterator<Item = Question>) -> Vec<Question> {
    let mut seen = HashSet::new();
    questions
        .filter(|question| seen.insert(question.as_str().to_owned()))
        .collect()
}

/// Why a draft cannot be tried.
#[derive(Debug, thiserror::Error)]
enum TrialError {
    /// The folder with the draft in it cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It cannot be searched.
    #[error(transparent)]
    Snapshot(#[from] crate::pipeline::SnapshotError),
    /// A question cannot be answered.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// The titles and alternates of every article in a language, spread evenly where there are many.
fn own_questions(engine: &Engine, language: Language) -> Vec<Question> {
    let snapshot = engine.snapshot();
    let all: Vec<Question> = snapshot
        .knowledge()
        .articles
        .iter()
        .filter_map(|article| article.translations.get(&language))
        .flat_map(|wording| std::iter::once(&wording.title).chain(&wording.alternates))
        .filter_map(|text| Question::parse(text).ok())
        .collect();
    let step = all.len().div_ceil(MOST_OWN_QUESTIONS).max(1);
    all.into_iter().step_by(step).collect()
}
