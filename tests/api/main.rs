//! The HTTP API through its front door: the whole router in process, a small knowledge base, a real SQLite file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod actors;
mod colleagues;

mod asking;
mod conversing;
mod embedding;
mod following;
mod guarding;
mod handing_over;
mod helping;
mod living;
mod openapi;
mod operating;
mod owning;
mod reading;
mod refusing;
mod suggesting;
mod ticketing;
