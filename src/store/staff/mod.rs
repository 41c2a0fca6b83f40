//! Members of staff: their accounts and what they hold, and the log of what they did.

mod access;
pub(in crate::store) mod agents;
mod attempts;
pub(in crate::store) mod code_rows;
mod identities;
pub(in crate::store) mod log;
mod own_account;
mod passkeys;
mod recovery_codes;
pub(in crate::store) mod second_proof;
mod sessions;
mod views;

pub use access::{ApiKey, KeyId};
pub use agents::Credentials;
pub use attempts::{AttemptLane, CountedAttempt};
pub use identities::{Identified, NewIdentity};
pub use log::{StaffLogFilter, StaffLogLine};
pub use passkeys::KeptPasskey;
pub use second_proof::SecondProof;
pub use sessions::{ByProvider, NewSession, OpenSession, Session};
pub use views::SavedView;
