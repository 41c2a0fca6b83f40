//! Single sign-on of staff by OpenID Connect: the authorization code flow with PKCE against one provider.
//!
//! Reading order: an [`Attempt`] is begun and remembered by the browser; the [`Provider`] is found, asked for the tokens
//! and its keys, and what it says of a person is checked by the rules of OpenID Connect Core 3.1.3.7. It must not know
//! accounts, sessions or routes.

mod attempt;
mod claims;
mod error;
mod id_token;
mod key;
mod metadata;
mod provider;
mod settings;

pub use attempt::Attempt;
pub use claims::Person;
pub use error::SsoError;
pub use provider::{Answered, Provider};
pub use settings::{InvalidSso, SecondFactorBy, SsoSettings};
