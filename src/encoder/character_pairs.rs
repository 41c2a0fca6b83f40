//! Pairs of neighbouring characters of Chinese, Japanese and Korean, hashed into rows behind those of the tokens.
//!
//! These scripts put no spaces between words, or hang endings on them, so that one way of cutting them loses the others.
//! `models/train/character_pairs.py` computes the same numbers.

/// Which rows of a table stand for pairs, and how many pairs of a text count.
#[derive(Debug, Clone, Copy)]
pub struct CharacterPairs {
    /// Number of rows, which follow those of the tokens; none when the model knows no pairs.
    pub rows: usize,
    /// Pairs beyond so many are left out.
    pub most: usize,
}

impl CharacterPairs {
    /// Returns a number below `rows` for each pair of a text that the tokenizer's normaliser has been through.
    pub fn of(self, normalised: &str) -> impl Iterator<Item = usize> {
        let second = normalised.chars().skip(1);
        normalised
            .chars()
            .zip(second)
            .filter_map(move |(one, other)| {
                let pair = u64::from(unit(one)?) << 16 | u64::from(unit(other)?);
                Some(bucket(pair, self.rows))
            })
            .take(self.most)
    }
}

/// 2^64 divided by the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Multiplicative hashing: Knuth, The Art of Computer Programming, 6.4.
fn bucket(pair: u64, rows: usize) -> usize {
    let high = pair.wrapping_mul(FACTOR) >> 32;
    // Both factors have 32 bits, so the product fits and its upper half is below `rows`.
    ((high * rows as u64) >> 32) as usize
}

/// The UTF-16 unit of a character of these scripts: kana, Han of the basic plane, syllables of Hangul.
fn unit(character: char) -> Option<u16> {
    match character {
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => {
            u16::try_from(u32::from(character)).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(text: &str, rows: usize, most: usize) -> Vec<usize> {
        CharacterPairs { rows, most }.of(text).collect()
    }

    #[test]
    fn pairs_get_the_numbers_that_training_gave_them() {
        // Computed by character_pairs.py.
        assert_eq!(
            rows_of("提现 pending 出金する", 14_336, 256),
            [4746, 2221, 12188, 5840]
        );
        assert_eq!(rows_of("출금이 안 돼요", 14_336, 256), [5288, 10028, 12925]);
    }

    #[test]
    fn only_neighbours_in_these_scripts_are_pairs() {
        assert!(rows_of("withdraw 1 提 a現", 14_336, 256).is_empty());
        assert!(rows_of("", 14_336, 256).is_empty());
        assert_eq!(rows_of(&"长".repeat(300), 14_336, 256).len(), 256);
        assert_eq!(rows_of("手续费", 1, 256), [0, 0]);
    }
}
