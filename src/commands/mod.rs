//! One file a command: its arguments, and what it does with the library.

pub mod ask;
pub mod explain;
pub mod serve;

pub mod detect;
pub mod kb;

pub mod calibrate;
pub mod eval;

pub mod config;
pub mod openapi;
pub mod user;

mod output;
mod watch;
mod workbench;
