//! Questions as vectors that can be compared with each other, whatever their languages.

use super::engine::Engine;
use super::snapshot::Snapshot;
use crate::encoder::Embedding;
use crate::language::{Language, LanguageDistribution};

/// Share of the second encoder in the cosine of two questions, where it has read the base: it understands more.
const SECOND_SHARE: f32 = 0.7;

impl Engine {
    /// Returns a question as one vector of the encoders that have read a snapshot, without what it says of its language;
    /// the product of two such vectors is the weighed mean of the encoders' cosines. All zeros where no encoder knows a
    /// word of it.
    pub fn question_vector(
        &self,
        snapshot: &Snapshot,
        text: &str,
        language: Language,
    ) -> Embedding {
        let first = snapshot.embed_question(self.encoder().as_ref(), text);
        let Some((encoder, tables)) = self.second_on(snapshot) else {
            return first;
        };
        let languages = LanguageDistribution::certain(language);
        let second = tables.encode_question(encoder, text, &languages);
        let weighed = |vector: Embedding, share: f32| {
            let factor = share.sqrt();
            vector.0.into_iter().map(move |value| value * factor)
        };
        let joined = weighed(first, 1.0 - SECOND_SHARE).chain(weighed(second, SECOND_SHARE));
        Embedding::normalised(joined.collect())
    }
}
