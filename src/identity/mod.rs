//! Who a visitor is, by a token the host signs: what it says, and whether it is to be believed.
//!
//! Pure: `now` is an argument, and no key is fetched. It must not know requests or rows.

mod settings;

mod keyring;
mod token;

pub use keyring::{InvalidIdentity, Keyring};
pub use settings::{IdentityMode, IdentitySettings, KeyLine};
pub use token::{Identity, RefusedToken};
