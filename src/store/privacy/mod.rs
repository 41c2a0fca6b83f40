//! What the law lets people ask for, and what time asks for by itself: everything of a person handed out or destroyed.

mod erasing;
mod exporting;
mod holding;
mod originals;
mod retention;

pub use erasing::Erased;
pub use holding::HeldConversation;
pub use retention::Expired;
