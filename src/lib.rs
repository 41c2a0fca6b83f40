//! mondo (問答): answers common questions from a knowledge base in Chinese, English, Korean and Japanese, knows when it
//! does not know, and hands the conversation to a person with a ticket.
//!
//! This page is the map. A module imports only from modules below it; `tests/architecture.rs` holds it to that.
//!
//! | floor | module | holds |
//! |---|---|---|
//! | 10 | `main`, `commands` (of the binary) | the command line |
//! | 9 | [`config`] | every setting, composed from the modules' own |
//! | 8 | [`http`] | the JSON API, live events, the page |
//! | 7 | [`relay`] | what other programs and help desks are told, and what they tell us |
//! | 6 | [`desk`], [`insights`], [`evaluation`] | conversations and tickets; the knowledge check; measuring and calibrating |
//! | 5 | [`store`] | what must survive: SQLite |
//! | 4 | [`staff`], [`identity`], [`schedule`] | roles and permissions, passwords, second factor; tokens of hosts; opening hours and promises |
//! | 3 | [`conversation`] | conversation, message and ticket, as plain types and one state machine |
//! | 2 | [`pipeline`] | from question to decision |
//! | 1 | [`knowledge`], [`encoder`], [`locale`] | articles; sentence vectors; what mondo says in its own words |
//! | 0 | [`safety`], [`language`], [`client`] | what words say by themselves; which language they are in; requests to other servers |

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod config;

pub mod http;

pub mod relay;

pub mod desk;
pub mod evaluation;
pub mod insights;

pub mod store;

pub mod identity;
pub mod schedule;
pub mod staff;

pub mod conversation;

pub mod pipeline;

pub mod encoder;
pub mod knowledge;
pub mod locale;

pub mod client;
pub mod language;
pub mod safety;
