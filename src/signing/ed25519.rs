//! The signature of Discord: Ed25519 (RFC 8032) over a timestamp and the body, with a key of the other side.

use ring::signature::{ED25519, UnparsedPublicKey};

use super::webhook::{RefusedSignature, check_age};
use crate::time::Timestamp;

/// Checks a request by a public key in hexadecimal digits.
pub fn verify_ed25519(
    public_key: &str,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    if timestamp.is_empty() || signature.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    check_age(timestamp, now)?;
    let key = hex::decode(public_key).map_err(|_| RefusedSignature::Wrong)?;
    let signature = hex::decode(signature).map_err(|_| RefusedSignature::Wrong)?;
    let signed = [timestamp.as_bytes(), body].concat();
    UnparsedPublicKey::new(&ED25519, key)
        .verify(&signed, &signature)
        .map_err(|_| RefusedSignature::Wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_holder_of_the_key_passes_and_only_in_time() {
        use ring::signature::{Ed25519KeyPair, KeyPair as _};
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let other = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
        let key = hex::encode(pair.public_key().as_ref());
        let signature = hex::encode(pair.sign(b"1000{}").as_ref());
        let forged = hex::encode(other.sign(b"1000{}").as_ref());
        for (timestamp, signature, body, now_s, expected) in [
            ("1000", signature.as_str(), "{}", 1_000, Ok(())),
            (
                "1000",
                &signature,
                "{ }",
                1_000,
                Err(RefusedSignature::Wrong),
            ),
            (
                "1001",
                &signature,
                "{}",
                1_000,
                Err(RefusedSignature::Wrong),
            ),
            ("1000", &forged, "{}", 1_000, Err(RefusedSignature::Wrong)),
            ("1000", "00", "{}", 1_000, Err(RefusedSignature::Wrong)),
            ("1000", "zz", "{}", 1_000, Err(RefusedSignature::Wrong)),
            ("1000", "", "{}", 1_000, Err(RefusedSignature::Unsigned)),
            ("", &signature, "{}", 1_000, Err(RefusedSignature::Unsigned)),
            (
                "1000",
                &signature,
                "{}",
                1_400,
                Err(RefusedSignature::Stale),
            ),
        ] {
            let now = Timestamp::from_millis(now_s * 1_000);
            let told = verify_ed25519(&key, timestamp, signature, body.as_bytes(), now);
            assert_eq!(told, expected, "{timestamp} {signature} {body}");
        }
    }
}
