//! Keys that a provider publishes (RFC 7517), each good for one algorithm alone, so that no token can choose how it is
//! checked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use super::error::SsoError;

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicKey {
    pub(super) id: Option<String>,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// Reads a set of keys; those that are for something else, or of a kind that is not taken, are left out.
pub(super) fn keys_in(body: &[u8]) -> Result<Vec<PublicKey>, SsoError> {
    let set: JwkSet = serde_json::from_slice(body).map_err(|_| SsoError::Unreadable("its keys"))?;
    let keys = set.keys.into_iter();
    Ok(keys
        .filter_map(|key| PublicKey::of(serde_json::from_value(key).ok()?))
        .collect())
}

impl PublicKey {
    fn of(key: Jwk) -> Option<Self> {
        if key.purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |part: Option<String>| URL_SAFE_NO_PAD.decode(part?).ok();
        let material = match (key.kty.as_str(), key.crv.as_deref()) {
            ("RSA", _) => Material::Rsa {
                n: without_zeros(bytes(key.n)?),
                e: without_zeros(bytes(key.e)?),
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(key.x)?, bytes(key.y)?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                // A point that is not compressed (SEC 1, 2.3.3).
                Material::P256([&[4], x.as_slice(), y.as_slice()].concat())
            }
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(key.x)?),
            _ => return None,
        };
        let public = Self {
            id: key.kid,
            material,
        };
        let fits = key.alg.is_none_or(|alg| public.is_for(&alg));
        fits.then_some(public)
    }

    /// Tells whether tokens of an algorithm are checked with it.
    pub(super) fn is_for(&self, algorithm: &str) -> bool {
        match self.material {
            Material::Rsa { .. } => algorithm == "RS256",
            Material::P256(_) => algorithm == "ES256",
            // RFC 9864 names the curve itself.
            Material::Ed25519(_) => matches!(algorithm, "EdDSA" | "Ed25519"),
        }
    }

    /// Tells whether its holder has signed a text.
    pub(super) fn has_signed(&self, text: &[u8], signature: &[u8]) -> bool {
        let checked = match &self.material {
            Material::Rsa { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, text, signature)
            }
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text, signature)
            }
            Material::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(text, signature),
        };
        checked.is_ok()
    }
}

/// Numbers are taken without zeros before them, which some providers write.
fn without_zeros(bytes: Vec<u8>) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_for_something_else_are_left_out() {
        let x = URL_SAFE_NO_PAD.encode([7_u8; 32]);
        let okp = |more: Value| {
            let mut key = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k" });
            for (name, value) in more.as_object().unwrap() {
                key[name] = value.clone();
            }
            key
        };
        let set = json!({ "keys": [
            okp(json!({})),
            okp(json!({ "use": "sig", "alg": "EdDSA" })),
            okp(json!({ "use": "enc" })),
            okp(json!({ "alg": "RS256" })),
            okp(json!({ "crv": "X25519" })),
            { "kty": "oct", "k": "c2VjcmV0" },
            { "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" },
            { "kty": "RSA" },
            "none",
        ]});
        let keys = keys_in(set.to_string().as_bytes()).unwrap();
        assert_eq!(keys.len(), 2);
        assert!(
            keys.iter()
                .all(|key| key.is_for("EdDSA") && !key.is_for("HS256"))
        );
        assert!(keys_in(b"{}").is_err());
    }
}
