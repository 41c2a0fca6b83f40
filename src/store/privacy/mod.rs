//! What the law lets people ask for, and what time asks for by itself: everything of a person handed out or destroyed.

mod erasing;
mod exporting;
mod originals;
mod retention;

pub use erasing::Erased;
pub use retention::Expired;
