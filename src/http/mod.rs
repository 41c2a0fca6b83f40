//! The HTTP surface: six doors, for visitors, for assistants, for staff, for the console, for the help pages and for the
//! handbook, and what operators ask.
//!
//! | floor | room | holds |
//! |---|---|---|
//! | 3 | this one | every route, the OpenAPI document, serving |
//! | 2 | `visitors`, `assistants`, `staff`, `console`, `help`, `handbook` | the doors: handlers extract, call a desk and convert |
//! | 1 | `wire` | JSON that several doors share |
//! | 0 | `edge` | what every request passes: extractors, guards, limits, problems, state |
//!
//! This module must not know settings files, the environment or SQL. `tests/architecture` holds the floors.

mod closed;
mod connections;
mod openapi;
mod router;
mod serve;
mod service;
mod write_timeout;

mod assistants;
mod console;
mod handbook;
mod help;
mod staff;
mod visitors;

mod wire;

mod edge;

pub use assistants::answer_mcp_line;
pub use edge::client::allowance::{Allowance, ClientLimits, ProofOfWork};
pub use edge::client::trusted_proxy::{InvalidProxy, TrustedProxy};
pub use edge::problem::{ApiError, Problem, ProblemKind};
pub use edge::settings::{
    AssistantSettings, HookSettings, HttpSettings, SiteSettings, has_plain_path,
};
pub use edge::state::{AppState, Clock, ShownSetting};
pub use openapi::openapi_json;
pub use router::{operations, router};
pub use serve::{serve, serve_operations};
pub use wire::answer::{AnswerBody, AskResponse, OptionBody, PassageBody};
