//! Members of staff: their accounts and what they hold, and the log of what they did.

mod access;
pub(in crate::store) mod agents;
mod attempts;
pub(in crate::store) mod log;
mod own_account;
pub(in crate::store) mod recovery_codes;
mod sessions;
mod views;

pub use access::{ApiKey, KeyId};
pub use agents::Credentials;
pub use attempts::{AttemptLane, CountedAttempt};
pub use log::{StaffLogFilter, StaffLogLine};
pub use recovery_codes::SecondProof;
pub use sessions::{NewSession, OpenSession, Session};
pub use views::SavedView;
