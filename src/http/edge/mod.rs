//! What every request passes, whichever door it takes: extractors, guards, who asks and how often, limits, request ids, problems, counts, state, and what several doors find out from the desk.

pub(super) mod addresses;
pub(super) mod caching;
mod documented;
pub(super) mod error;
pub(super) mod extract;
pub(super) mod insights;
pub(super) mod language;
pub(super) mod limits;
pub(super) mod metrics;
pub(super) mod problem;
pub(super) mod request_id;
pub(super) mod request_metrics;
pub(super) mod settings;
pub(super) mod state;
pub(super) mod unread_body;

pub(super) mod client;
pub(super) mod files;
pub(super) mod guard;
pub(super) mod pages;
