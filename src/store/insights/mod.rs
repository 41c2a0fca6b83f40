//! What can be learnt from all questions together: those without a good answer, the gaps they make, and how the days went.

mod asked;
mod asked_of_late;
mod contract;
mod fact_kind;
mod facts;
mod fruitless_searches;
mod gaps;
mod judgements;
mod listing;
mod month;
mod outcome_kind;
mod outcomes;
mod parts;
mod scores;
mod unanswered;

pub use asked::RecordedQuestion;
pub use asked_of_late::AskedOfLate;
pub use contract::{ContractReview, ContractThreshold, ThresholdChange};
pub use fact_kind::FactKind;
pub use fruitless_searches::FruitlessSearch;
pub use gaps::{Dismissal, GapChanges, KeptGap};
pub use judgements::{Judgeable, Judged, NewJudgement};
pub use listing::{FactFilter, FactPlace, FactRow};
pub use month::{MonthRecord, Satisfaction, TicketTimes};
pub use outcome_kind::OutcomeKind;
pub use outcomes::DailyCount;
pub(in crate::store) use outcomes::MOST_DAYS_AT_ONCE;
pub use parts::{DailyPart, Part};
pub use scores::{DailyScore, ScorePart, scores_by};
pub use unanswered::{Shown, Unanswered, UnansweredQuestion};
