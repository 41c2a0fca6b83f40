//! What can be learnt from all questions together: those without a good answer, the gaps they make, and how the days went.

mod asked;
mod contract;
mod gaps;
mod judgements;
mod outcomes;
mod unanswered;

pub use asked::RecordedQuestion;
pub use contract::{ContractReview, ContractThreshold, ThresholdChange};
pub use gaps::{Dismissal, GapChanges, KeptGap};
pub use judgements::{Judgeable, Judged, NewJudgement};
pub use outcomes::{DailyCount, OutcomeKind};
pub use unanswered::{Shown, Unanswered, UnansweredQuestion};
