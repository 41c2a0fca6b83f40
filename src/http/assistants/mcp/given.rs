//! What a tool gives.

/// Words to pass on, and the same in parts.
pub(super) struct Given<T> {
    /// Words for the customer, or for the assistant to read.
    pub(super) text: String,
    /// The same in parts.
    pub(super) parts: T,
}
