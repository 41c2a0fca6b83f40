//! Which conversation a mail belongs to: a token in the address and in the name of everything we send, signed, so that nobody
//! can make one up.

use super::LinkKeys;
use super::status_link::SHORT_BYTES;
use crate::ids::ConversationId;

/// Keeps these signatures apart from others made with the same key.
const PURPOSE: &str = "mondo mail thread";

/// Bytes of the id.
const ID_BYTES: usize = 16;

/// Characters of a token: of five bits each, since addresses are written in small letters.
const TOKEN_CHARS: usize = ((ID_BYTES + SHORT_BYTES) * 8).div_ceil(5);

const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl LinkKeys {
    /// Writes the token of a conversation: 42 small letters and digits.
    pub fn thread_token(&self, conversation: &ConversationId) -> String {
        let id = conversation.to_string();
        let bytes = hex::decode(id.replace('-', "")).expect("an id has hexadecimal digits");
        let signature = self.sign_short(PURPOSE, &id);
        written([bytes.as_slice(), &signature].concat().as_slice())
    }

    /// Reads a token; nothing where it was not made here.
    pub fn read_thread_token(&self, token: &str) -> Option<ConversationId> {
        let bytes = read(token)?;
        let (id, signature) = bytes.split_at_checked(ID_BYTES)?;
        let digits = hex::encode(id);
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
        let id: ConversationId = parts.join("-").parse().ok()?;
        self.has_signed_short(PURPOSE, &id.to_string(), signature)
            .then_some(id)
    }
}

/// Finds what may be tokens in a text, such as a mail that came back.
pub fn thread_tokens_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !one.is_ascii() || !DIGITS.contains(&(one as u8)))
        .filter(|word| word.len() == TOKEN_CHARS)
}

fn written(bytes: &[u8]) -> String {
    let mut token = String::with_capacity(TOKEN_CHARS);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            token.push(digit(held >> bits));
        }
    }
    if bits > 0 {
        token.push(digit(held << (5 - bits)));
    }
    token
}

fn digit(value: u32) -> char {
    char::from(DIGITS[(value & 31) as usize])
}

fn read(token: &str) -> Option<Vec<u8>> {
    if token.len() != TOKEN_CHARS {
        return None;
    }
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for character in token.bytes() {
        let value = DIGITS.iter().position(|digit| *digit == character)?;
        held = ((held << 5) | u32::try_from(value).ok()?) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    // Each token has one form: what is over is nothing.
    (held & ((1 << bits) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn only_tokens_that_were_made_here_are_read() {
        let (old, new) = ("a".repeat(64), "b".repeat(64));
        let keys = LinkKeys::parse(&old).unwrap();
        let id = ConversationId::generate(Timestamp::from_millis(1_795_305_600_000));
        let token = keys.thread_token(&id);
        assert_eq!(token.len(), 42);
        assert_eq!(keys.read_thread_token(&token), Some(id));
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(keys.read_thread_token(&changed), None, "{changed}");
        }
        for text in ["", "a", &token[1..], &token.to_uppercase()] {
            assert_eq!(keys.read_thread_token(text), None, "{text}");
        }
        let rotated = LinkKeys::parse(&format!("{new}\n{old}")).unwrap();
        assert_eq!(rotated.read_thread_token(&token), Some(id));
        let without = LinkKeys::parse(&new).unwrap();
        assert_eq!(without.read_thread_token(&token), None);

        let raw = format!("To: help+{token}@tea.example\nMessage-ID: <x.{token}@tea.example>");
        let found: Vec<&str> = thread_tokens_in(&raw).collect();
        assert_eq!(found, [token.as_str(), token.as_str()]);
    }
}
