//! The puzzle that a refused client may solve to be served after all.

use serde::Serialize;
use utoipa::ToSchema;

/// A puzzle in the form of ALTCHA: find the number whose SHA-256 with the salt before it is the challenge. Send what was
/// given with the `number`, as JSON in Base64, in the header `Mondo-Proof` of the same request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorkChallenge {
    /// The digest: `SHA-256`.
    pub algorithm: &'static str,
    /// What the digest of salt and number must be, in hexadecimal digits.
    pub challenge: String,
    /// The largest number it can be.
    pub maxnumber: u32,
    /// What is written before the number.
    pub salt: String,
    /// Shows that the challenge is the server's own.
    pub signature: String,
}
