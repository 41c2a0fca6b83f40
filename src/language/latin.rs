//! Tells English, other languages, and romanised Chinese, Japanese and Korean apart, by the letters of each word.

/// Weights of letter n-grams for the four languages and "other", trained by `models/language`.
#[derive(Debug)]
pub(super) struct LatinModel {
    scale: f32,
    bias: [f32; CLASSES],
}

/// The four languages in the order of `Language::ALL`, then other.
const CLASSES: usize = 5;

const WEIGHTS: &[u8] = include_bytes!("../../models/language/latin.bin");
const HEADER_BYTES: usize = 28;
const BUCKETS: usize = 1 << 15;
const LONGEST_NGRAM: usize = 5;

impl LatinModel {
    /// Reads the weights that are part of the binary.
    pub(super) fn load() -> Self {
        assert_eq!(
            &WEIGHTS[..4],
            b"MLT1",
            "the Latin weights in the binary are of this version"
        );
        assert_eq!(
            WEIGHTS.len(),
            HEADER_BYTES + BUCKETS * CLASSES,
            "the Latin weights are whole"
        );
        let float = |at: usize| {
            f32::from_le_bytes([
                WEIGHTS[at],
                WEIGHTS[at + 1],
                WEIGHTS[at + 2],
                WEIGHTS[at + 3],
            ])
        };
        Self {
            scale: float(4),
            bias: std::array::from_fn(|class| float(8 + 4 * class)),
        }
    }

    /// Returns the probabilities of the classes for words in lower case.
    pub(super) fn probabilities<'text>(
        &self,
        words: impl Iterator<Item = &'text str>,
    ) -> [f32; CLASSES] {
        let mut sums = [0_i32; CLASSES];
        for word in words {
            for_each_bucket(word, |bucket| {
                let row = &WEIGHTS[HEADER_BYTES + bucket * CLASSES..][..CLASSES];
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += i32::from(i8::from_le_bytes([*weight]));
                }
            });
        }
        let scores: [f32; CLASSES] =
            std::array::from_fn(|class| self.bias[class] + self.scale * sums[class] as f32);
        softmax(scores)
    }

    /// Returns the probabilities of the classes before a letter is read.
    pub(super) fn shares(&self) -> [f32; CLASSES] {
        softmax(self.bias)
    }
}

fn softmax(scores: [f32; CLASSES]) -> [f32; CLASSES] {
    let largest = scores.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let exponentials = scores.map(|score| (score - largest).exp());
    let total: f32 = exponentials.iter().sum();
    exponentials.map(|exponential| exponential / total)
}

/// Visits the bucket of each n-gram of `^word$`; the same hash as in `train.py`.
fn for_each_bucket(word: &str, mut visit: impl FnMut(usize)) {
    let marked = ['^'].into_iter().chain(word.chars()).chain(['$']);
    let letters: Vec<char> = marked.collect();
    let last = letters.len() - 1;
    for start in 0..letters.len() {
        let mut hash = 0x811C_9DC5_u32;
        for (length, letter) in letters[start..].iter().take(LONGEST_NGRAM).enumerate() {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
            }
            let is_edge_mark = length == 0 && (start == 0 || start == last);
            if !is_edge_mark {
                visit((hash ^ (hash >> 15)) as usize % BUCKETS);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_told_apart() {
        let model = LatinModel::load();
        let best = |text: &str| {
            let scores = model.probabilities(text.split(' '));
            (0..CLASSES)
                .max_by(|&left, &right| scores[left].total_cmp(&scores[right]))
                .unwrap()
        };
        assert_eq!(best("the exchange is closed today"), 0);
        assert_eq!(best("women jintian bu shangban"), 1);
        assert_eq!(best("kyou wa yasumi desu"), 2);
        assert_eq!(best("oneureun swimnida"), 3);
        assert_eq!(best("heute ist geschlossen"), 4);
    }
}
