//! Messengers: visitors write to a bot there, and are told there what the bot and people say.
//!
//! A messenger is one file here that reads its events ([`event`]), fetches the files in them and sends messages ([`post`]);
//! [`which`] knows which there are. [`intake`] does what the events ask for, [`outlet`] sends what visitors are to read, both
//! in the same way for all. It must not know routes or SQL.

mod event;
mod fetching;
mod form;
mod post;
mod sending;
mod text;
mod waiting;

mod discord;
mod kakao;
mod line;
mod slack;
mod telegram;
mod wechat;
mod whatsapp;

mod intake;
mod outlet;
mod replying;
mod which;

pub use event::{Arrived, Presented};
pub use intake::{Served, answer_challenge, late_reply, take_events};
pub(super) use outlet::tell;
pub use replying::Taken;
