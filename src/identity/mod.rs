//! Who a visitor is, by a token the host signs: what it says, and whether it is to be believed.
//!
//! Pure: `now` is an argument, and no key is fetched. It must not know requests or rows.

mod settings;
mod tier;

mod keyring;
mod refused;
mod token;

pub use keyring::{InvalidIdentity, Keyring};
pub use refused::RefusedToken;
pub use settings::{IdentityMode, IdentitySettings};
pub use tier::Tier;
pub use token::{Identity, MAX_SUBJECT_CHARS};
