//! What authors and agents add to the knowledge: revisions of texts, proposals, macros, replies sent before, opinions.

mod article_use;
mod chosen_words;
mod edits;
mod opinions;
pub(in crate::store) mod proposals;
mod revisions;
pub(in crate::store) mod sent_replies;
mod shared_files;

pub use article_use::ArticleUse;
pub use chosen_words::ChosenWords;
pub use edits::ArticleEdit;
pub use opinions::{ArticleOpinion, OpinionCount};
pub use proposals::{Macro, Proposal, ProposalVerdict, UsedSuggestion};
pub use revisions::{KeptText, NewText, TextOrigin};
pub use sent_replies::SentReply;
pub use shared_files::{NewSharedFile, SharedFile, shared_hash};
