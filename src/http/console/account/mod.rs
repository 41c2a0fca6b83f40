//! One's own account: how one is known, what one signs in with, and where one is signed in.

pub(super) mod settings;

mod sessions;
