//! What an answer was decided from, as it is kept: packed, since most of it is numbers and names that repeat.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::{Map, Value};

use crate::store::dialect::Row;
use crate::store::error::StoreError;

/// Begins what is packed (RFC 1950: deflate with a window of 32 KiB). What older versions kept is JSON, which begins with a
/// brace.
const PACKED: u8 = 0x78;

/// Languages, signals, and the best candidates with their evidence; cheap to share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedOutcome(Arc<[u8]>);

impl RecordedOutcome {
    /// Packs an outcome.
    pub fn of(outcome: &Value) -> Self {
        let mut packing = ZlibEncoder::new(Vec::new(), Compression::fast());
        let packed = packing
            .write_all(outcome.to_string().as_bytes())
            .and_then(|()| packing.finish())
            .expect("memory takes what is written");
        Self(packed.into())
    }

    /// Reads the column `outcome` of a row; nothing of an answer whose key was destroyed.
    pub(in crate::store) fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self::kept(row.open_bytes("outcome")?))
    }

    /// Takes what was kept, by whatever version.
    pub(in crate::store) fn kept(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// Returns the bytes as they are kept.
    pub(in crate::store) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns how many bytes it is kept in.
    pub fn size_bytes(&self) -> usize {
        self.0.len()
    }

    /// Unpacks it. An answer whose key was destroyed has an empty one.
    ///
    /// # Errors
    ///
    /// What was kept is damaged.
    pub fn json(&self) -> Result<Value, StoreError> {
        let unreadable = |error: std::io::Error| StoreError::unreadable("outcome", error);
        match self.0.first() {
            None => Ok(Value::Object(Map::new())),
            Some(&PACKED) => {
                let mut text = String::new();
                ZlibDecoder::new(&*self.0)
                    .read_to_string(&mut text)
                    .map_err(unreadable)?;
                serde_json::from_str(&text)
            }
            Some(_) => serde_json::from_slice(&self.0),
        }
        .map_err(|error| unreadable(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_packed_unpacks_and_what_was_kept_before_is_read_too() {
        let outcome =
            json!({ "candidates": [{ "article": "出金", "evidence": vec![0.1234; 60] }] });
        let packed = RecordedOutcome::of(&outcome);
        assert_eq!(packed.json().expect("whole"), outcome);
        assert!(packed.size_bytes() * 3 < outcome.to_string().len());
        let before = RecordedOutcome::kept(outcome.to_string().into_bytes());
        assert_eq!(before.json().expect("whole"), outcome);
        let gone = RecordedOutcome::kept(Vec::new());
        assert_eq!(gone.json().expect("empty"), json!({}));
    }

    #[test]
    fn what_is_damaged_is_said_to_be() {
        let mut bytes = RecordedOutcome::of(&json!({ "signals": [1, 2, 3] }))
            .bytes()
            .to_vec();
        bytes.truncate(bytes.len() - 6);
        assert!(RecordedOutcome::kept(bytes).json().is_err());
        assert!(RecordedOutcome::kept(b"{".to_vec()).json().is_err());
    }
}
