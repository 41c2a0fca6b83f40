//! One file a command: its arguments, and what it does with the library.

pub mod ask;
pub mod explain;
pub mod serve;

pub mod detect;
pub mod kb;

pub mod calibrate;
pub mod eval;
mod eval_suggestions;

pub mod encode;
pub mod model;

pub mod config;
pub mod openapi;
pub mod user;

mod counted_encoder;
mod output;
mod watch;
mod workbench;
