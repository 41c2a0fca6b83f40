//! Who or what writes letters.

/// Who or what wrote a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterKind {
    /// A person, as far as can be told.
    Personal,
    /// A program, by itself: an answering machine, a notice.
    Automatic,
    /// Something sent to many at once.
    Bulk,
    /// A server that could not deliver a mail of ours.
    Bounce {
        /// The status it gives, such as `5.1.1`.
        status: Option<String>,
        /// Whether it has given up; a delay is told too.
        is_final: bool,
    },
}
