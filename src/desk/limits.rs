//! How much may be said at once.

/// Longest message of an agent, in characters.
pub const MAX_MESSAGE_CHARS: usize = 8_000;

/// Longest reason kept with a ticket, in characters; the rest is cut off.
pub const MAX_NOTE_CHARS: usize = 2_000;

/// Longest contact kept with a ticket, in characters; the rest is cut off.
pub const MAX_CONTACT_CHARS: usize = 200;

/// Longest text of a field, in characters.
pub const MAX_FIELD_CHARS: usize = 500;

/// Most files of one message.
pub const MAX_FILES_PER_MESSAGE: usize = 10;

/// Views one agent keeps at most.
pub const MAX_VIEWS: i64 = 20;

/// Rules at most.
pub const MAX_RULES: usize = 100;
