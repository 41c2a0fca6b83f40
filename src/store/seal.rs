//! The one pair of functions through which visitors' words pass on their way to and from the disk.
//!
//! Both are the identity today. Encryption under a key per visitor, whose destruction erases the person, changes this
//! file and the argument it needs, and no query.

/// Makes a visitor's words ready to be stored.
pub(super) fn seal(text: &str) -> String {
    text.to_owned()
}

/// Makes stored words readable again.
pub(super) fn open(sealed: String) -> String {
    sealed
}
