//! mondo (問答): answers common questions from a knowledge base in Chinese, English, Korean and Japanese, knows when it
//! does not know, and hands the conversation to a person with a ticket.
//!
//! This page is the map. A module imports only from modules below it; `tests/architecture` holds it to that.
//!
//! | floor | module | holds |
//! |---|---|---|
//! | 12 | [`commands`] | the command line |
//! | 11 | [`config`] | every setting, composed from the modules' own |
//! | 10 | [`http`] | six doors: visitors, assistants, staff, console, help pages, the handbook |
//! | 9 | [`relay`] | what other programs and help desks are told, and what they tell us |
//! | 8 | [`desk`], [`insights`], [`evaluation`], [`backup`] | three desks: visitors, workplace, library; the knowledge check and what visitors miss; measuring and calibrating; copies of all that is kept |
//! | 7 | [`store`] | what must survive: SQLite or PostgreSQL |
//! | 6 | [`conversation`], [`sso`] | conversation, message and ticket, as plain types and one state machine; staff who sign in by a provider |
//! | 5 | [`staff`], [`identity`], [`schedule`] | roles and permissions, passwords, second factor; tokens of hosts; opening hours and promises |
//! | 4 | [`pipeline`] | from question to decision |
//! | 3 | [`knowledge`], [`encoder`], [`locale`], [`dialogue`], [`sealing`], [`record`] | articles; sentence vectors; what mondo says in its own words; what kind of message it is; keys that words are sealed with; what shows that the record was altered |
//! | 2 | [`safety`], [`signing`], [`push`], [`language`], [`mail`], [`client`], [`bus`] | what words say by themselves; signatures with a shared key; messages that only one browser reads; which language words are in; mail as it is read and signed; requests to other servers and mailboxes; news of changes |
//! | 1 | [`ids`] | what things are called |
//! | 0 | [`time`] | moments |

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod commands;

pub mod config;

pub mod http;

pub mod relay;
pub mod report;

pub mod backup;
pub mod desk;
pub mod evaluation;
pub mod insights;

pub mod store;

pub mod identity;
pub mod schedule;
pub mod staff;

pub mod conversation;
pub mod sso;

pub mod pipeline;

pub mod dialogue;
/// Sentence encoders, a package of their own in `src/encoder`.
pub use mondo_encoder as encoder;
pub mod knowledge;
pub mod locale;
pub mod record;
pub mod sealing;

pub mod bus;
pub mod client;
pub mod language;
pub mod mail;
pub mod push;
pub mod safety;
pub mod signing;

pub mod ids;

pub mod time;
