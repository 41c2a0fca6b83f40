//! Problem replies (RFC 9457): one error type for every handler, phrased for developers and for visitors.

mod api_error;
mod kind;
mod openai;
mod rendering;
mod work_challenge;

pub use api_error::ApiError;
pub use kind::ProblemKind;
pub(in crate::http) use openai::OpenAiError;
pub use rendering::Problem;
pub(in crate::http) use rendering::{REQUEST_ID, panicked, render_problems};
pub use work_challenge::WorkChallenge;
