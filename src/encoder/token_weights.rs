//! How much each token says among the texts of one base: what stands in most of them tells none from another.
//!
//! A token that stands in the share `s` of a base's texts weighs `a / (a + s)`: the smooth inverse frequency of Arora,
//! Liang and Ma, "A simple but tough-to-beat baseline for sentence embeddings" (ICLR 2017), with the base itself in place
//! of a large corpus, as the inverse document frequency of BM25 is of the base. Questions come in other words and other
//! languages than the base, so a token that is like a common one by its vector counts as common too, the less the less
//! like it is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use super::{Embedding, TextRole};

/// A model whose tokens can weigh more or less.
pub trait Weighable: Send + Sync {
    /// Number of different tokens, character pairs included.
    fn token_count(&self) -> usize;

    /// The tokens of a text, character pairs included, each below [`token_count`](Self::token_count).
    fn tokens(&self, role: TextRole, text: &str) -> Vec<u32>;

    /// The model's own vector of a token, by which it is like others; `None` for one that stands for many words.
    fn token_vector(&self, token: u32) -> Option<Embedding>;
}

/// The weight of each token of a model among the texts of one base.
pub struct TokenWeights {
    /// Share at which a token weighs half.
    half: f32,
    shares: BTreeMap<u32, f32>,
    common: Vec<(Embedding, f32)>,
    /// A weight in [`STEPS`] for each token; nothing until the token is first met.
    known: Vec<AtomicU8>,
}

/// Weights are whole numbers of these, so that an edit of the base leaves most of them, and with them most vectors, as
/// they were.
const STEPS: f32 = 16.0;

/// Texts that are added to the count: in a base of few texts every word would look common.
const SMOOTHING: f32 = 20.0;

/// Tokens of each group that others are compared with, and the least share they stand in.
const COMMON_TOKENS: usize = 32;
const COMMON_SHARE: f32 = 0.05;

impl TokenWeights {
    /// All tokens weigh the same.
    pub const EVEN: Self = Self {
        half: 1.0,
        shares: BTreeMap::new(),
        common: Vec::new(),
        known: Vec::new(),
    };

    /// Counts the tokens of a base's texts. Texts are counted by group, one for each language, and a token is as common
    /// as it is in the group where it is commonest.
    pub fn of(model: &dyn Weighable, half_weight_share: f32, groups: &[Vec<&str>]) -> Self {
        let mut shares: BTreeMap<u32, f32> = BTreeMap::new();
        let mut common: BTreeMap<u32, f32> = BTreeMap::new();
        for texts in groups {
            let mut counted: Vec<(u32, f32)> = shares_among(model, texts).into_iter().collect();
            counted
                .sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            for (token, share) in &counted {
                let most = shares.entry(*token).or_insert(0.0);
                *most = most.max(*share);
            }
            let words = counted.iter().filter(|(_, share)| *share >= COMMON_SHARE);
            let words = words.filter(|(token, _)| model.token_vector(*token).is_some());
            for (token, share) in words.take(COMMON_TOKENS) {
                let most = common.entry(*token).or_insert(0.0);
                *most = most.max(*share);
            }
        }
        let common = common.into_iter();
        Self {
            half: half_weight_share,
            shares,
            common: common
                .filter_map(|(token, share)| Some((model.token_vector(token)?, share)))
                .collect(),
            known: (0..model.token_count()).map(|_| AtomicU8::new(0)).collect(),
        }
    }

    /// Weight of a token of the model these were counted for, above 0 and at most 1.
    pub fn weight(&self, model: &dyn Weighable, token: u32) -> f32 {
        let Some(known) = self.known.get(token as usize) else {
            return 1.0;
        };
        let mut steps = known.load(Ordering::Relaxed);
        if steps == 0 {
            let share = self.share(model, token);
            steps = (STEPS * self.half / (self.half + share)).round().max(1.0) as u8;
            known.store(steps, Ordering::Relaxed);
        }
        f32::from(steps) / STEPS
    }

    /// Weights of tokens in their order.
    pub fn weights(&self, model: &dyn Weighable, tokens: &[u32]) -> Vec<f32> {
        let weights = tokens.iter().map(|token| self.weight(model, *token));
        weights.collect()
    }

    /// Whether a text's vector is the same under both.
    pub fn agree_on(
        &self,
        other: &Self,
        model: &dyn Weighable,
        role: TextRole,
        text: &str,
    ) -> bool {
        let mut tokens = model.tokens(role, text).into_iter();
        tokens.all(|token| self.weight(model, token) == other.weight(model, token))
    }

    fn share(&self, model: &dyn Weighable, token: u32) -> f32 {
        let own = self.shares.get(&token).copied().unwrap_or(0.0);
        let Some(vector) = model.token_vector(token) else {
            return own;
        };
        let likeness = |common: &Embedding| vector.similarity(common).0.max(0.0).powi(3);
        let shares = self.common.iter();
        shares
            .map(|(common, share)| share * likeness(common))
            .fold(own, f32::max)
    }
}

/// The share of texts that each token stands in.
fn shares_among(model: &dyn Weighable, texts: &[&str]) -> BTreeMap<u32, f32> {
    let tokens: Vec<Vec<u32>> = texts
        .par_iter()
        .map(|text| {
            let mut tokens = model.tokens(TextRole::Passage, text);
            tokens.sort_unstable();
            tokens.dedup();
            tokens
        })
        .collect();
    let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
    for token in tokens.into_iter().flatten() {
        *counts.entry(token).or_insert(0.0) += 1.0;
    }
    let all = texts.len() as f32 + SMOOTHING;
    counts.values_mut().for_each(|count| *count /= all);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each letter is a token; `a` and `b` are alike, others are not, and `z` has no vector.
    struct Letters;

    impl Weighable for Letters {
        fn token_count(&self) -> usize {
            26
        }

        fn tokens(&self, _role: TextRole, text: &str) -> Vec<u32> {
            let letters = text.bytes().filter(u8::is_ascii_lowercase);
            letters.map(|letter| u32::from(letter - b'a')).collect()
        }

        fn token_vector(&self, token: u32) -> Option<Embedding> {
            let mut vector = vec![0.0; 26];
            vector[token.max(1) as usize] = 1.0;
            (token != 25).then_some(Embedding(vector))
        }
    }

    fn weights(texts: &[Vec<&str>], letters: &str) -> Vec<f32> {
        let weights = TokenWeights::of(&Letters, 0.5, texts);
        weights.weights(&Letters, &Letters.tokens(TextRole::Query, letters))
    }

    #[test]
    fn what_stands_in_most_texts_weighs_less_and_so_does_what_is_like_it() {
        let group: Vec<&str> = std::iter::repeat_n("aac", 10)
            .chain(std::iter::repeat_n("adz", 70))
            .collect();
        // 80, 70 and 10 of 80 texts and the smoothing, in sixteenths of a weight.
        let (a, d, c) = (6.0 / 16.0, 7.0 / 16.0, 13.0 / 16.0);
        assert_eq!(weights(&[group], "abcdez"), [a, a, c, d, 1.0, d]);
    }

    #[test]
    fn a_token_is_as_common_as_where_it_is_commonest() {
        let groups = [vec!["a"; 80], vec!["c"; 2000]];
        assert_eq!(weights(&groups, "a"), [6.0 / 16.0]);
    }

    #[test]
    fn in_a_base_of_few_texts_no_token_is_common() {
        assert_eq!(weights(&[vec!["a"]], "ac"), [15.0 / 16.0, 1.0]);
        assert_eq!(weights(&[], "ac"), [1.0, 1.0]);
    }

    #[test]
    fn texts_keep_their_vectors_where_no_weight_of_theirs_moves() {
        let texts = |common: usize| {
            let texts = std::iter::repeat_n("a", common).chain(std::iter::repeat_n("c", 80));
            TokenWeights::of(&Letters, 0.5, &[texts.collect()])
        };
        let (one, same, other) = (texts(80), texts(81), texts(800));
        let agree = |text| one.agree_on(&other, &Letters, TextRole::Passage, text);
        assert!(one.agree_on(&same, &Letters, TextRole::Passage, "abc"));
        assert!(agree("efz"));
        assert!(!agree("efb"));
    }
}
