//! What kind of message the visitor wrote, before anything is searched: small talk, a choice among options, a question,
//! and whether a question leans on what was said before.
//!
//! Knows words, not articles. Phrases stand in `acts.toml` and are matched as whole messages, never inside one.

mod act;
mod choice;
mod denial;
mod ellipsis;
mod message;
mod phrases;

pub use act::DialogueAct;
pub use choice::{Choice, read_choice};
pub use denial::without_denied;
pub use ellipsis::{leans_by_particle, leans_on_turn_before};
pub use message::{Message, read_message};
