//! Rows of conversations: themselves, whose they are, what is said and attached in them, and how answers came about.

pub(in crate::store) mod answers;
pub(in crate::store) mod attachments;
mod events;
pub(in crate::store) mod messages;
pub(in crate::store) mod owners;
mod reads;
mod recorded_outcome;
pub(in crate::store) mod rows;
pub(in crate::store) mod visit;

pub use answers::{AnswerOrigin, AnswerRecord};
pub use attachments::NewAttachment;
pub use owners::Owner;
pub use reads::{ReadingSide, Reads};
pub use recorded_outcome::RecordedOutcome;
