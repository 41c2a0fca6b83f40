//! Seals a message for one browser.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};

/// Longest message: with what is put around it, no push service may refuse it.
pub const MAX_MESSAGE_BYTES: usize = 3_000;

/// Size of a record; a message is always one.
const RECORD_BYTES: u32 = 4_096;
/// An uncompressed point on P-256.
const POINT_BYTES: usize = 65;
const SECRET_BYTES: usize = 16;
const SALT_BYTES: usize = 16;
/// Ends the last record.
const LAST_RECORD: u8 = 2;

/// The keys of a browser, as it gives them with its subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushReader {
    point: [u8; POINT_BYTES],
    secret: [u8; SECRET_BYTES],
}

/// Why keys are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these are no keys of a browser")]
pub struct InvalidReader;

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// The message is too long.
    #[error("the message is longer than {MAX_MESSAGE_BYTES} bytes")]
    TooLong,
    /// The key of the browser lies on no curve, or there is no randomness.
    #[error("nothing can be sealed for this browser")]
    Key,
}

impl PushReader {
    /// Reads what a browser calls `p256dh` and `auth`.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, InvalidReader> {
        let point: [u8; POINT_BYTES] = decoded(p256dh)?.try_into().map_err(|_| InvalidReader)?;
        let secret = decoded(auth)?.try_into().map_err(|_| InvalidReader)?;
        // 4 begins a point that is written whole.
        match point[0] {
            4 => Ok(Self { point, secret }),
            _ => Err(InvalidReader),
        }
    }

    /// Seals a message that only this browser can read.
    pub fn seal(&self, message: &[u8]) -> Result<Vec<u8>, Unsealable> {
        if message.len() > MAX_MESSAGE_BYTES {
            return Err(Unsealable::TooLong);
        }
        let random = SystemRandom::new();
        let mut salt = [0; SALT_BYTES];
        random.fill(&mut salt).map_err(|_| Unsealable::Key)?;
        let own =
            EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(|_| Unsealable::Key)?;
        let own_point = own.compute_public_key().map_err(|_| Unsealable::Key)?;
        let theirs = UnparsedPublicKey::new(&ECDH_P256, &self.point);
        let shared = agree_ephemeral(own, &theirs, |shared| {
            let between = Salt::new(HKDF_SHA256, &self.secret).extract(shared);
            let info = [
                b"WebPush: info\0".as_slice(),
                &self.point,
                own_point.as_ref(),
            ];
            expanded::<32>(&between, &info)
        });
        let shared = shared.map_err(|_| Unsealable::Key)?;
        let keys = Salt::new(HKDF_SHA256, &salt).extract(&shared);
        let key = expanded::<16>(&keys, &[b"Content-Encoding: aes128gcm\0"]);
        let nonce = expanded::<12>(&keys, &[b"Content-Encoding: nonce\0"]);

        let mut text = [message, &[LAST_RECORD]].concat();
        let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|_| Unsealable::Key)?;
        LessSafeKey::new(key)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .map_err(|_| Unsealable::Key)?;
        let mut sealed = salt.to_vec();
        sealed.extend(RECORD_BYTES.to_be_bytes());
        sealed.push(POINT_BYTES as u8);
        sealed.extend(own_point.as_ref());
        sealed.extend(text);
        Ok(sealed)
    }
}

/// Browsers write base64 for addresses, with or without padding.
fn decoded(text: &str) -> Result<Vec<u8>, InvalidReader> {
    let engine = match text.ends_with('=') {
        true => &URL_SAFE,
        false => &URL_SAFE_NO_PAD,
    };
    engine.decode(text).map_err(|_| InvalidReader)
}

/// How many bytes are wanted.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expanded<const LENGTH: usize>(key: &Prk, info: &[&[u8]]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let made = key.expand(info, Bytes(LENGTH));
    made.and_then(|made| made.fill(&mut bytes))
        .expect("so few bytes can always be made");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keys_of_a_browser_are_taken() {
        let mut point = [7; POINT_BYTES];
        point[0] = 4;
        let (point, auth) = (URL_SAFE_NO_PAD.encode(point), URL_SAFE.encode([1; 16]));
        let reader = PushReader::parse(&point, &auth).unwrap();
        assert_eq!(
            reader.seal(b"x"),
            Err(Unsealable::Key),
            "no point of the curve"
        );
        for (point, auth) in [
            ("", &*auth),
            (&point[..80], &auth),
            (&point, ""),
            (&point, "AAAA"),
            ("!!", &auth),
        ] {
            assert_eq!(
                PushReader::parse(point, auth),
                Err(InvalidReader),
                "{point}"
            );
        }
        // A point written short begins with 2 or 3.
        let mut short = [7; POINT_BYTES];
        short[0] = 2;
        let short = URL_SAFE_NO_PAD.encode(short);
        assert_eq!(PushReader::parse(&short, &auth), Err(InvalidReader));
    }

    #[test]
    fn a_message_is_read_by_its_browser_and_says_its_length_alone() {
        let random = SystemRandom::new();
        let browser = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let point = browser.compute_public_key().unwrap();
        let secret = [9; SECRET_BYTES];
        let reader = PushReader {
            point: point.as_ref().try_into().unwrap(),
            secret,
        };
        let message = b"{\"title\":\"M-000001\"}";
        let sealed = reader.seal(message).unwrap();
        assert_ne!(sealed, reader.seal(message).unwrap(), "each is sealed anew");
        let (salt, rest) = sealed.split_at(SALT_BYTES);
        assert_eq!(rest[..5], [0, 0, 16, 0, 65]);
        let (sender, text) = rest[5..].split_at(POINT_BYTES);
        assert_eq!(text.len(), message.len() + 1 + 16);
        // Read back by what RFC 8291 says the browser does.
        let theirs = UnparsedPublicKey::new(&ECDH_P256, sender);
        let shared = agree_ephemeral(browser, &theirs, |shared| {
            let between = Salt::new(HKDF_SHA256, &secret).extract(shared);
            expanded::<32>(&between, &[b"WebPush: info\0", point.as_ref(), sender])
        });
        let keys = Salt::new(HKDF_SHA256, salt).extract(&shared.unwrap());
        let key = expanded::<16>(&keys, &[b"Content-Encoding: aes128gcm\0"]);
        let nonce = expanded::<12>(&keys, &[b"Content-Encoding: nonce\0"]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = key.open_in_place(nonce, Aad::empty(), &mut text).unwrap();
        assert_eq!(opened, [message.as_slice(), &[LAST_RECORD]].concat());
        assert_eq!(
            reader.seal(&[0; MAX_MESSAGE_BYTES + 1]),
            Err(Unsealable::TooLong)
        );
    }
}
