//! Messengers: visitors write to a bot there, and are told there what the bot and people say.
//!
//! A messenger is one file here that reads its events ([`event`]) and sends its messages ([`post`]); [`intake`] does what
//! the events ask for, [`outlet`] sends what visitors are to read. It must not know routes or SQL.

mod event;
mod post;
mod text;

mod line;
mod telegram;

mod fetching;
mod intake;
mod outlet;

pub use intake::{Taken, take_events};
pub(super) use outlet::tell;
