//! The signature of WeChat: SHA-1 over a shared token, a timestamp and a nonce, in the order of the alphabet.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::webhook::{RefusedSignature, SigningSecret, check_age};
use super::{has_signed, sign};
use crate::time::Timestamp;

/// What a request of WeChat shows.
#[derive(Debug, Clone, Copy)]
pub struct SortedSignature<'a> {
    /// In hexadecimal digits.
    pub signature: &'a str,
    /// In seconds.
    pub timestamp: &'a str,
    /// Any text.
    pub nonce: &'a str,
}

/// Checks a request by the short tokens of these secrets. The body is no part of the signature: what keeps it whole is
/// TLS, and what comes again is known by its own name.
pub fn verify_sorted(
    secrets: &[SigningSecret],
    shown: SortedSignature<'_>,
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    let SortedSignature {
        signature,
        timestamp,
        nonce,
    } = shown;
    if signature.is_empty() || timestamp.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    check_age(timestamp, now)?;
    let signature = hex::decode(signature).map_err(|_| RefusedSignature::Wrong)?;
    let fits = secrets.iter().any(|secret| {
        let signed = sorted_digest([&secret.short_token(), timestamp, nonce]);
        // Both under a key of no meaning, so that comparing takes the same time wherever they differ.
        has_signed(b"", &[&signed], &sign(b"", &[&signature]))
    });
    fits.then_some(()).ok_or(RefusedSignature::Wrong)
}

fn sorted_digest(mut parts: [&str; 3]) -> Vec<u8> {
    parts.sort_unstable();
    digest(&SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes())
        .as_ref()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_signed_in_the_order_of_the_alphabet() {
        // SHA-1 of "abc", from FIPS 180.
        let expected = "a9993e364706816aba3e25717850c26c9cd0d89d";
        for parts in [["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]] {
            assert_eq!(hex::encode(sorted_digest(parts)), expected);
        }
    }

    #[test]
    fn only_the_right_token_passes_and_only_in_time() {
        let (old, new) = (SigningSecret::generate(), SigningSecret::generate());
        let token = old.short_token();
        assert!((3..=32).contains(&token.len()), "what WeChat takes");
        let signature = hex::encode(sorted_digest([&token, "1000", "n"]));
        let check = |secrets: &[SigningSecret], signature: &str, nonce: &str, now_s: i64| {
            let shown = SortedSignature {
                signature,
                timestamp: "1000",
                nonce,
            };
            verify_sorted(secrets, shown, Timestamp::from_millis(now_s * 1_000))
        };
        let both = [new.clone(), old];
        assert_eq!(check(&both, &signature, "n", 1_000), Ok(()));
        assert_eq!(
            check(&both, &signature, "m", 1_000),
            Err(RefusedSignature::Wrong)
        );
        assert_eq!(
            check(&[new], &signature, "n", 1_000),
            Err(RefusedSignature::Wrong)
        );
        assert_eq!(
            check(&both, &signature, "n", 1_400),
            Err(RefusedSignature::Stale)
        );
        for (signature, expected) in [
            ("", RefusedSignature::Unsigned),
            ("zz", RefusedSignature::Wrong),
            ("00", RefusedSignature::Wrong),
        ] {
            assert_eq!(check(&both, signature, "n", 1_000), Err(expected));
        }
    }
}
