//! Why a token is not believed.

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedToken {
    /// Not three parts of base64url with JSON in the first two, or beyond any reason in length.
    #[error("the token is not a signed JSON Web Token; send it as the host's server made it")]
    Malformed,
    /// Its `kid` names no key of the settings.
    #[error("no key of identity.keys has the token's `kid`; add the key, or sign with a known one")]
    UnknownKey,
    /// Its `alg` is not that of the key.
    #[error("the token's `alg` is not the one of its key; sign with HS256 or EdDSA as configured")]
    Algorithm,
    /// Somebody else signed it, or it was changed.
    #[error("the token's signature does not fit; sign it with the key that `kid` names")]
    Signature,
    /// Its time is over.
    #[error("the token has expired; ask the host for a fresh one and repeat the request")]
    Expired,
    /// Its time has not begun.
    #[error("the token is not valid yet; check the clocks of both servers, and `nbf` and `iat`")]
    NotYet,
    /// It was made for another service.
    #[error("the token's `aud` is not identity.audience; make it for this service")]
    Audience,
    /// A claim that must be there is missing or has another form.
    #[error(
        "the token lacks `sub`, `exp` or `aud`, or one of them, `nbf` or `iat` has the wrong form; see /handbook/identity"
    )]
    Claims,
}
