//! What can be learnt from all questions together: those without a good answer, the gaps they make, and how the days went.

mod asked;
mod contract;
mod fruitless_searches;
mod gaps;
mod judgements;
mod month;
mod outcome_kind;
mod outcomes;
mod parts;
mod unanswered;

pub use asked::RecordedQuestion;
pub use contract::{ContractReview, ContractThreshold, ThresholdChange};
pub use fruitless_searches::FruitlessSearch;
pub use gaps::{Dismissal, GapChanges, KeptGap};
pub use judgements::{Judgeable, Judged, NewJudgement};
pub use month::TicketTimes;
pub use outcome_kind::OutcomeKind;
pub use outcomes::DailyCount;
pub use parts::{DailyPart, Part};
pub use unanswered::{Shown, Unanswered, UnansweredQuestion};
