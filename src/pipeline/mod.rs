//! From question to decision: analyse, retrieve, weigh, calibrate, decide. Pure: it stores nothing and tells nobody.
//!
//! Reading order: a [`Question`] is parsed, an [`Engine`] searches its current [`Snapshot`] (lexical and dense),
//! gathers [`Evidence`] per article, [`Fusion`] turns evidence into a probability, and [`decide`] turns that into a
//! [`Decision`] under the operator's [`Thresholds`] and [`Routing`].

mod analyzer;
mod decide;
mod engine;
mod evidence;
mod forest;
mod fusion;
mod grounding;
mod hubs;
mod lexical;
mod outcome;
mod page;
mod policy;
mod prepared;
mod question;
mod ranking;
mod retrieval;
mod rivals;
mod second_evidence;
mod second_opinion;
mod snapshot;
mod stored_snapshot;
mod terms;
mod units;

pub use analyzer::{Scheme, analyze};
pub use decide::{Considered, Situation, decide};
pub use engine::{Asked, Engine, EngineError, Retrieved, SearchHit};
pub use evidence::Evidence;
pub use fusion::{Fusion, FusionError};
pub use grounding::{Grounded, NO_ANSWER, Ungrounded, check_draft};
pub use outcome::{
    Answer, ClarifyOption, Confidence, Decision, EscalationReason, Outcome, RankedArticle,
};
pub use policy::{PerLanguage, Routing, RoutingAction, Thresholds};
pub use question::{InvalidQuestion, MAX_QUESTION_CHARS, Question};
pub use second_opinion::SecondOpinion;
pub use snapshot::{Snapshot, SnapshotError};
pub use units::UnitKind;

/// How many of the names are of the first encoder and the words.
pub const FIRST_EVIDENCE: usize = evidence::FIRST_NAMES.len();

/// Names of the numbers of an [`Evidence`], in order; one without a second encoder has the first of them only.
pub fn evidence_names() -> Vec<&'static str> {
    let names = evidence::FIRST_NAMES.iter();
    names
        .chain(&second_evidence::SECOND_NAMES)
        .copied()
        .collect()
}
