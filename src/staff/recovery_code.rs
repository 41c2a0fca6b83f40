//! Codes that stand in for the second factor when its device is lost: given once, each good for one use.

use std::fmt;

use super::secret::{random_letters, read_letters};
use super::{SecretHash, SecretToken};

/// Codes given at a time.
pub const RECOVERY_CODES: usize = 10;

/// Eighty random bits, so that a fast digest of it is as good as a slow one.
const CODE_CHARS: usize = 16;

/// One code, as it is written down.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Makes a set of fresh ones.
    pub fn generate_set() -> Vec<Self> {
        (0..RECOVERY_CODES)
            .map(|_| Self(random_letters(CODE_CHARS)))
            .collect()
    }

    /// Reads what somebody typed; nothing when it cannot be one.
    pub fn presented(text: &str) -> Option<Self> {
        read_letters(text, CODE_CHARS).map(Self)
    }

    /// Returns the code in groups of four, to be handed out once.
    pub fn reveal(&self) -> String {
        let mut shown = String::new();
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                shown.push('-');
            }
            shown.push(letter);
        }
        shown
    }

    /// Returns what is kept of it.
    pub fn hash(&self) -> SecretHash {
        SecretToken::presented(&self.0).hash()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_again_however_it_is_typed() {
        let codes = RecoveryCode::generate_set();
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in &codes {
            let shown = code.reveal();
            assert_eq!(shown.len(), CODE_CHARS + 3);
            for typed in [
                shown.clone(),
                shown.to_lowercase().replace('-', " "),
                shown.replace('0', "o").replace('1', "l"),
            ] {
                assert_eq!(RecoveryCode::presented(&typed).unwrap().hash(), code.hash());
            }
            assert!(!format!("{code:?}").contains(&shown[..4]));
        }
        assert_ne!(codes[0], codes[1]);
        for wrong in ["", "123456", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRU"] {
            assert!(RecoveryCode::presented(wrong).is_none(), "{wrong}");
        }
    }
}
