//! Why somebody could not sign in by the provider.

use crate::client::RequestError;

/// Why somebody could not sign in by the provider.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// The provider cannot be reached, or says something else than it should.
    #[error("the provider could not be asked: {0}")]
    Request(#[source] RequestError),
    /// The provider, or a place that it names, is where nothing may be asked.
    #[error(
        "the provider is not at a public address, or not https; sso.private_addresses allows that"
    )]
    NotPublic,
    /// The provider could not be asked a moment ago, and is left alone for another one.
    #[error("the provider could not be asked a moment ago")]
    Resting,
    /// The provider has refused, or replied with a fault.
    #[error("the provider replied {status} where {what} was asked for")]
    Refused {
        /// Its status.
        status: u16,
        /// What was asked for.
        what: &'static str,
    },
    /// What the provider says cannot be read.
    #[error("what the provider says of {0} cannot be read")]
    Unreadable(&'static str),
    /// The provider names itself otherwise than the settings do.
    #[error("the provider names itself {0:?}; write that into sso.issuer")]
    OtherIssuer(String),
    /// The token names no key of the provider.
    #[error("the token is signed with a key that the provider does not publish")]
    UnknownKey,
    /// The token is signed in a way that is not taken.
    #[error("the token is signed by {0:?}; RS256, ES256 and EdDSA are taken")]
    Algorithm(String),
    /// The signature does not fit.
    #[error("the signature of the token does not fit")]
    Signature,
    /// Something that the token says is not as it must be.
    #[error("the token's {0} is not what it must be")]
    Claim(&'static str),
}

impl From<RequestError> for SsoError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Insecure | RequestError::NotPublic => Self::NotPublic,
            other => Self::Request(other),
        }
    }
}
