//! From question to decision: analyse, retrieve, weigh, calibrate, decide. Pure: it stores nothing and tells nobody.
//!
//! Reading order: a [`Question`] is parsed, an [`Engine`] searches its current [`Snapshot`] (lexical and dense),
//! gathers [`Evidence`] per article, [`Fusion`] turns evidence into a probability, and [`decide`] turns that into a
//! [`Decision`] under the operator's [`Thresholds`] and [`Routing`].

mod analyzer;
mod answering;
mod cantonese;
mod caps;
mod content;
mod decide;
mod empty_words;
mod engine;
mod evidence;
mod follow_up;
mod forest;
mod fusion;
mod giving;
mod grounding;
mod hubs;
mod language_means;
mod latin_names;
mod lexical;
mod measures;
mod neutral_sentences;
mod outcome;
mod own_language;
mod page;
mod page_order;
mod passages;
mod polarity;
mod policy;
mod prepared;
mod question;
mod question_vectors;
mod ranking;
mod read_page;
mod readings;
mod rehearsal;
mod replying;
mod retrieval;
mod rivals;
mod second_evidence;
mod second_opinion;
mod second_tables;
mod snapshot;
mod snapshot_error;
mod spelling;
mod spelling_words;
mod stored_snapshot;
mod strangeness;
mod terms;
mod thresholds_in_force;
mod trial;
mod turns_before;
mod unit_kind;
mod unit_texts;
mod units;
mod warming;
mod weighed;
mod weighing;
mod word_caps;

pub use analyzer::{Scheme, analyze};
pub use decide::{Considered, Situation, decide};
pub use engine::{Asked, Engine, EngineError, Found, Retrieved, SearchHit, Wanted};
pub use evidence::Evidence;
pub use fusion::{Fusion, FusionError};
pub use giving::{Giving, SuggestedArticle, page_of};
pub use grounding::{Grounded, NO_ANSWER, Ungrounded, check_draft};
pub use outcome::{
    Answer, Cap, ClarifyOption, Confidence, Decision, EscalationReason, Judgement, Outcome,
    RankedArticle,
};
pub use passages::{Passage, PassageFinder};
pub use polarity::pulls_one_way;
pub use policy::{PerLanguage, Routing, RoutingAction, Thresholds};
pub use question::{InvalidQuestion, MAX_QUESTION_CHARS, Question, asked_words};
pub use rehearsal::Rehearsed;
pub use second_opinion::SecondOpinion;
pub use snapshot::Snapshot;
pub use snapshot_error::SnapshotError;
pub use thresholds_in_force::Overruled;
pub use turns_before::TurnsBefore;
pub use unit_kind::UnitKind;

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
