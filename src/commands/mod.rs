//! One file a command: its arguments, and what it does with the library.

pub mod ask;
pub mod explain;
mod explain_sentence;
pub mod init;
pub mod mcp;
pub mod serve;
pub mod store;

pub mod detect;
pub mod kb;

pub mod calibrate;
mod calibrate_slices;
mod calibrate_without_labels;
pub mod eval;
mod eval_suggestions;
pub mod insights;

pub mod encode;
pub mod model;

pub mod audit;
pub mod backup;
pub mod config;
pub mod doctor;
pub mod key;
pub mod openapi;
pub mod privacy;
pub mod report;
pub mod user;

mod place;

mod counted_encoder;
mod faults_at_start;
mod findings;
mod first_answers;
pub mod log;
mod open_files;
mod outgoing_mail;
mod output;
mod progress;
mod reload;
mod thresholds_at_start;
mod traces;
mod watch;
mod workbench;
