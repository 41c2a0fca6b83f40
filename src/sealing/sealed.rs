//! The written forms of what is sealed: which key it needs can be read without having it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::key_id::KeyId;

/// Begins a sealed text: the version of the form. The id of the key and the body follow, with dots between.
const TEXT_MARK: &str = "s1.";

/// Begins a sealed file; no kind of file that is taken begins so.
const CONTENT_MARK: &[u8] = b"\x00mondo-s1\x00";

/// Returns the key that a text was sealed with; `None` when it is not sealed.
pub fn key_of_text(text: &str) -> Option<KeyId> {
    text_parts(text).map(|(key, _)| key)
}

/// Returns the key that a file was sealed with; `None` when it is not sealed.
pub fn key_of_content(content: &[u8]) -> Option<KeyId> {
    content_parts(content).map(|(key, _)| key)
}

/// Splits a sealed text into key and body.
pub(super) fn text_parts(text: &str) -> Option<(KeyId, &str)> {
    let (key, body) = text.strip_prefix(TEXT_MARK)?.split_once('.')?;
    Some((key.parse().ok()?, body))
}

/// Splits a sealed file into key and body.
pub(super) fn content_parts(content: &[u8]) -> Option<(KeyId, &[u8])> {
    let rest = content.strip_prefix(CONTENT_MARK)?;
    let (key, body) = rest.split_first_chunk()?;
    Some((KeyId::from_bytes(*key), body))
}

/// Writes a sealed text.
pub(super) fn text_of(key: KeyId, body: &[u8]) -> String {
    let mut text = format!("{TEXT_MARK}{key}.");
    URL_SAFE_NO_PAD.encode_string(body, &mut text);
    text
}

/// Writes a sealed file.
pub(super) fn content_of(key: KeyId, body: &[u8]) -> Vec<u8> {
    [CONTENT_MARK, &key.to_bytes(), body].concat()
}

/// Reads the body of a sealed text.
pub(super) fn bytes_of(body: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(body).ok()
}
