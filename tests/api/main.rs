//! The HTTP API through its front door: the whole router in process, a small knowledge base, a real SQLite file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod actors;
mod colleagues;
mod listener;

mod asking;
mod attaching;
mod conversing;
mod drafting;
mod editing;
mod embedding;
mod following;
mod following_by_link;
mod guarding;
mod handing_over;
mod helpdesks;
mod helping;
mod hooking;
mod hooks_in;
mod living;
mod mailing;
mod openapi;
mod operating;
mod owning;
mod reading;
mod refusing;
mod routing;
mod signing_in;
mod suggesting;
mod surging;
mod ticketing;
mod tokens;
