//! Tells Japanese from Chinese in text of Han characters alone, by characters and pairs of neighbours.

/// Log-odds of Chinese against Japanese for Han characters and pairs, trained by `models/language`.
#[derive(Debug)]
pub(super) struct HanModel {
    scale: f32,
    bias: LogOdds<f32>,
    /// Sorted by character; the pairs of one character are a range of `pairs`.
    characters: Vec<CharacterEntry>,
    /// Sorted by second character within each range.
    pairs: Vec<(u16, LogOdds<i8>)>,
}

/// Log-odds against Japanese of the two ways to write Chinese.
#[derive(Debug, Clone, Copy)]
struct LogOdds<T> {
    simplified: T,
    traditional: T,
}

#[derive(Debug)]
struct CharacterEntry {
    character: u16,
    weight: LogOdds<i8>,
    first_pair: usize,
    pairs: usize,
}

const WEIGHTS: &[u8] = include_bytes!("../../models/language/han.bin");
const HEADER_BYTES: usize = 20;
const CHARACTER_BYTES: usize = 6;
const PAIR_BYTES: usize = 4;

impl HanModel {
    /// Reads the weights that are part of the binary.
    pub(super) fn load() -> Self {
        let header = &WEIGHTS[..HEADER_BYTES];
        assert_eq!(
            &header[..4],
            b"MHN1",
            "the Han weights in the binary are of this version"
        );
        let float = |at: usize| {
            f32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let count = u32::from_le_bytes([header[16], header[17], header[18], header[19]]) as usize;
        let (entries, pairs) = WEIGHTS[HEADER_BYTES..].split_at(count * CHARACTER_BYTES);
        let mut characters = Vec::with_capacity(count);
        let mut first_pair = 0;
        for entry in entries.chunks_exact(CHARACTER_BYTES) {
            let pairs = usize::from(u16::from_le_bytes([entry[4], entry[5]]));
            characters.push(CharacterEntry {
                character: u16::from_le_bytes([entry[0], entry[1]]),
                weight: LogOdds::read(&entry[2..4]),
                first_pair,
                pairs,
            });
            first_pair += pairs;
        }
        let pairs = pairs
            .chunks_exact(PAIR_BYTES)
            .map(|pair| {
                (
                    u16::from_le_bytes([pair[0], pair[1]]),
                    LogOdds::read(&pair[2..4]),
                )
            })
            .collect();
        Self {
            scale: float(4),
            bias: LogOdds {
                simplified: float(8),
                traditional: float(12),
            },
            characters,
            pairs,
        }
    }

    /// Returns the log-odds of Chinese against Japanese for runs of Han characters; 0 when they say nothing.
    pub(super) fn chinese_log_odds<'text>(&self, runs: impl Iterator<Item = &'text str>) -> f32 {
        let (mut simplified, mut traditional) = (0_i32, 0_i32);
        for run in runs {
            let mut previous = None;
            for character in run.chars() {
                let entry = self.find(character);
                let pair = previous.and_then(|before| self.find_pair(before, character));
                for weight in entry.map(|found| found.weight).into_iter().chain(pair) {
                    simplified += i32::from(weight.simplified);
                    traditional += i32::from(weight.traditional);
                }
                previous = entry;
            }
        }
        // Which way of writing Chinese it is stays open, so the two are added as probabilities.
        let simplified = self.bias.simplified + self.scale * simplified as f32;
        let traditional = self.bias.traditional + self.scale * traditional as f32;
        let larger = simplified.max(traditional);
        larger + ((simplified - larger).exp() + (traditional - larger).exp()).ln()
    }

    fn find(&self, character: char) -> Option<&CharacterEntry> {
        let code = u16::try_from(u32::from(character)).ok()?;
        let place = self
            .characters
            .binary_search_by_key(&code, |entry| entry.character)
            .ok()?;
        Some(&self.characters[place])
    }

    fn find_pair(&self, first: &CharacterEntry, second: char) -> Option<LogOdds<i8>> {
        let code = u16::try_from(u32::from(second)).ok()?;
        let pairs = &self.pairs[first.first_pair..first.first_pair + first.pairs];
        let place = pairs.binary_search_by_key(&code, |pair| pair.0).ok()?;
        Some(pairs[place].1)
    }
}

impl LogOdds<i8> {
    fn read(bytes: &[u8]) -> Self {
        Self {
            simplified: i8::from_le_bytes([bytes[0]]),
            traditional: i8::from_le_bytes([bytes[1]]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_in_the_binary_are_whole() {
        let model = HanModel::load();
        assert!(model.characters.is_sorted_by_key(|entry| entry.character));
        let last = model.characters.last().unwrap();
        assert_eq!(last.first_pair + last.pairs, model.pairs.len());
    }

    #[test]
    fn the_sign_names_the_language() {
        let model = HanModel::load();
        let log_odds = |run: &str| model.chinese_log_odds([run].into_iter());
        assert!(log_odds("価格変更") < -1.0);
        assert!(log_odds("价格修改") > 1.0);
        assert!(log_odds("價格修改") > 1.0);
    }
}
