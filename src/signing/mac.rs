//! HMAC-SHA256 (RFC 2104) over parts that follow one another.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Signs the parts, as one text, with a key.
pub fn sign(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    mac_of(key, parts).finalize().into_bytes().into()
}

/// Tells whether the holder of a key has signed the parts; takes the same time wherever signatures differ.
pub fn has_signed(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    mac_of(key, parts).verify_slice(signature).is_ok()
}

fn mac_of(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_example_is_met_and_nothing_else_passes() {
        // RFC 4231, test case 2.
        let signature = sign(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            hex::encode(signature),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let parts: &[&[u8]] = &[b"what do ya want for nothing?"];
        assert!(has_signed(b"Jefe", parts, &signature));
        assert!(!has_signed(b"jefe", parts, &signature));
        assert!(!has_signed(b"Jefe", parts, &signature[..31]));
    }
}
