//! The key by which a push service knows that messages come from the same sender.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

use crate::time::Timestamp;

/// How long a proof is good for; services take a day at most.
const PROOF_SECONDS: i64 = 12 * 60 * 60;

/// A pair of keys on P-256.
pub struct SenderKey {
    pair: EcdsaKeyPair,
    document: Vec<u8>,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no key of a sender of push messages")]
pub struct InvalidSenderKey;

impl std::fmt::Debug for SenderKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SenderKey({})", self.public())
    }
}

impl SenderKey {
    /// Makes a key.
    pub fn generate() -> Result<Self, InvalidSenderKey> {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        Self::read(made.map_err(|_| InvalidSenderKey)?.as_ref().to_vec())
    }

    /// Reads a key from how it is kept.
    pub fn parse(text: &str) -> Result<Self, InvalidSenderKey> {
        let document = URL_SAFE_NO_PAD.decode(text);
        Self::read(document.map_err(|_| InvalidSenderKey)?)
    }

    fn read(document: Vec<u8>) -> Result<Self, InvalidSenderKey> {
        let random = SystemRandom::new();
        let way = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(way, &document, &random);
        let pair = pair.map_err(|_| InvalidSenderKey)?;
        Ok(Self { pair, document })
    }

    /// Writes the key for keeping; it must be sealed.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.document)
    }

    /// Returns the public half, as browsers want it when they subscribe.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
    }

    /// Writes what shows a push service who sends: its origin is in it, so that it is worth nothing elsewhere. `contact` is
    /// where the service finds whoever runs this, as `mailto:` or an address of the web.
    pub fn proof(&self, origin: &str, contact: &str, now: Timestamp) -> Option<String> {
        let header = json!({ "typ": "JWT", "alg": "ES256" });
        let until = now.as_millis() / 1_000 + PROOF_SECONDS;
        let claims = json!({ "aud": origin, "exp": until, "sub": contact });
        let encoded = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let said = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.pair.sign(&SystemRandom::new(), said.as_bytes()).ok()?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Some(format!("vapid t={said}.{signature}, k={}", self.public()))
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_proof_is_signed_and_names_service_contact_and_end() {
        let key = SenderKey::generate().unwrap();
        let kept = SenderKey::parse(&key.reveal()).unwrap();
        assert_eq!(kept.public(), key.public());
        assert!(!format!("{key:?}").contains(&key.reveal()));
        let now = Timestamp::from_millis(1_800_000_000_000);
        let proof = kept.proof("https://push.example", "mailto:a@example.com", now);
        let proof = proof.unwrap();
        let (token, public) = proof
            .strip_prefix("vapid t=")
            .and_then(|rest| rest.split_once(", k="))
            .unwrap();
        assert_eq!(public, key.public());
        let (said, signature) = token.rsplit_once('.').unwrap();
        let public = URL_SAFE_NO_PAD.decode(public).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
        public.verify(said.as_bytes(), &signature).unwrap();
        let claims = URL_SAFE_NO_PAD
            .decode(said.split('.').nth(1).unwrap())
            .unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let expected = json!({ "aud": "https://push.example", "exp": 1_800_043_200, "sub": "mailto:a@example.com" });
        assert_eq!(claims, expected);
        assert!(SenderKey::parse("AAAA").is_err());
    }
}
