//! The key of one visitor, and what is done with it.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::key_id::KeyId;
use super::sealed;
use crate::signing::sign;

/// Why something sealed could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// It is of another key.
    #[error("it was sealed with another key")]
    OtherKey,
    /// It is not what was sealed.
    #[error(
        "it is not what was sealed: it was altered, cut off, or sealed with another key of this name"
    )]
    Altered,
}

/// Length of a nonce; so long that random ones never meet.
const NONCE_BYTES: usize = 24;

/// A key that seals what belongs together, and is wiped from memory when it is dropped.
pub struct DataKey {
    id: KeyId,
    secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DataKey({}, ***)", self.id)
    }
}

impl DataKey {
    /// Makes a fresh key.
    pub fn generate() -> Self {
        let mut id = [0; 8];
        let mut secret = Zeroizing::new([0; 32]);
        random(&mut id);
        random(secret.as_mut_slice());
        Self {
            id: KeyId::from_bytes(id),
            secret,
        }
    }

    /// Takes a key that was unwrapped.
    pub(super) fn of(id: KeyId, secret: Zeroizing<[u8; 32]>) -> Self {
        Self { id, secret }
    }

    /// Returns the bytes to be wrapped.
    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Returns the name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Seals a text.
    pub fn seal(&self, text: &str) -> String {
        self.seal_bytes(text.as_bytes())
    }

    /// Seals bytes that are kept in a column of text.
    pub fn seal_bytes(&self, bytes: &[u8]) -> String {
        sealed::text_of(self.id, &enclose(&self.secret, &self.id.to_bytes(), bytes))
    }

    /// Opens a sealed text; one that is not sealed is returned as it is.
    pub fn open(&self, text: &str) -> Result<String, Unsealable> {
        String::from_utf8(self.open_bytes(text)?).map_err(|_| Unsealable::Altered)
    }

    /// Opens bytes that are kept in a column of text; a text that is not sealed is returned as it is.
    pub fn open_bytes(&self, text: &str) -> Result<Vec<u8>, Unsealable> {
        let Some((key, body)) = sealed::text_parts(text) else {
            return Ok(text.as_bytes().to_vec());
        };
        if key != self.id {
            return Err(Unsealable::OtherKey);
        }
        let body = sealed::bytes_of(body).ok_or(Unsealable::Altered)?;
        disclose(&self.secret, &self.id.to_bytes(), &body).ok_or(Unsealable::Altered)
    }

    /// Seals the content of a file.
    pub fn seal_content(&self, content: &[u8]) -> Vec<u8> {
        sealed::content_of(
            self.id,
            &enclose(&self.secret, &self.id.to_bytes(), content),
        )
    }

    /// Opens the content of a file; one that is not sealed is returned as it is.
    pub fn open_content(&self, content: Vec<u8>) -> Result<Vec<u8>, Unsealable> {
        let Some((key, body)) = sealed::content_parts(&content) else {
            return Ok(content);
        };
        if key != self.id {
            return Err(Unsealable::OtherKey);
        }
        disclose(&self.secret, &self.id.to_bytes(), body).ok_or(Unsealable::Altered)
    }

    /// Returns a digest that only the holder of this key can make: of words to be found again, or as a salt. Another
    /// purpose gives another digest of the same parts.
    pub fn digest(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.digester(purpose).digest(parts)
    }

    /// Returns what makes many digests for one purpose.
    pub fn digester(&self, purpose: &str) -> Digester {
        let parts: &[&[u8]] = &[b"mondo digest ", purpose.as_bytes()];
        Digester(Zeroizing::new(sign(&*self.secret, parts)))
    }
}

/// Makes digests that need a key, for one purpose.
pub struct Digester(Zeroizing<[u8; 32]>);

impl Digester {
    /// Returns the digest of the parts, as one text.
    pub fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        sign(&*self.0, parts)
    }
}

/// Encrypts and authenticates; the nonce comes first.
pub(super) fn enclose(secret: &[u8; 32], context: &[u8], content: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce);
    let payload = Payload {
        msg: content,
        aad: context,
    };
    let sealed = cipher(secret)
        .encrypt(&XNonce::from(nonce), payload)
        .expect("it fails only beyond 256 GiB, and no text or file is so long");
    [nonce.as_slice(), &sealed].concat()
}

/// Undoes [`enclose`]; `None` when anything is not as it was.
pub(super) fn disclose(secret: &[u8; 32], context: &[u8], enclosed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = enclosed.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload {
        msg: sealed,
        aad: context,
    };
    cipher(secret).decrypt(&XNonce::from(*nonce), payload).ok()
}

fn cipher(secret: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*secret))
}

pub(super) fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system gives random bytes, or nothing here is safe");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::{key_of_content, key_of_text};

    #[test]
    fn what_is_sealed_opens_with_its_key_alone() {
        let (own, other) = (DataKey::generate(), DataKey::generate());
        for text in ["", "a", "我的提款 问题", &"x".repeat(100_000)] {
            let sealed = own.seal(text);
            // A letter or two may stand anywhere in so many digits.
            assert!(text.len() < 8 || !sealed.contains(text));
            assert_eq!(key_of_text(&sealed), Some(own.id()));
            assert_eq!(own.open(&sealed).as_deref(), Ok(text));
            assert_eq!(other.open(&sealed), Err(Unsealable::OtherKey));
            assert_ne!(own.seal(text), sealed, "no two sealings are the same");

            let content = own.seal_content(text.as_bytes());
            assert_eq!(key_of_content(&content), Some(own.id()));
            assert_eq!(own.open_content(content), Ok(text.as_bytes().to_vec()));
        }
        let namesake = DataKey::of(own.id(), Zeroizing::new([7; 32]));
        assert_eq!(namesake.open(&own.seal("a")), Err(Unsealable::Altered));
    }

    #[test]
    fn any_flipped_byte_and_any_cut_is_found() {
        let key = DataKey::generate();
        let sealed = key.seal_content(b"some words");
        let (head, body) = sealed.split_at(sealed.len() - b"some words".len() - NONCE_BYTES - 16);
        for place in 0..body.len() {
            let mut altered = [head, body].concat();
            altered[head.len() + place] ^= 1;
            assert_eq!(
                key.open_content(altered),
                Err(Unsealable::Altered),
                "{place}"
            );
            let cut = [head, &body[..place]].concat();
            assert_eq!(key.open_content(cut), Err(Unsealable::Altered), "{place}");
        }
        let text = key.seal("some words");
        assert_eq!(key.open(&text[..text.len() - 4]), Err(Unsealable::Altered));
    }

    #[test]
    fn what_was_never_sealed_is_returned_as_it_is() {
        let key = DataKey::generate();
        for plain in ["hello", "s1.", "s1.hello.world", "s1.0011223344556677"] {
            assert_eq!(key_of_text(plain), None, "{plain}");
            assert_eq!(key.open(plain).as_deref(), Ok(plain));
        }
        assert_eq!(key.open_content(b"%PDF".to_vec()), Ok(b"%PDF".to_vec()));
    }

    #[test]
    fn digests_depend_on_key_purpose_and_parts() {
        let (own, other) = (DataKey::generate(), DataKey::generate());
        let digest = own.digest("term", &[b"refund"]);
        assert_eq!(own.digest("term", &[b"refund"]), digest);
        assert_ne!(own.digest("term", &[b"refunds"]), digest);
        assert_ne!(own.digest("salt", &[b"refund"]), digest);
        assert_ne!(other.digest("term", &[b"refund"]), digest);
    }
}
