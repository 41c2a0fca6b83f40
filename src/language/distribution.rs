//! What detection gives: a probability for each language served and for everything else.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::{Elsewhere, Language};

/// Probabilities of the four languages and of any other; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LanguageDistribution {
    served: [f32; 4],
    other: f32,
    elsewhere: Option<Elsewhere>,
}

impl LanguageDistribution {
    /// Returns the probability of a language, from 0 to 1.
    pub fn probability(&self, language: Language) -> f32 {
        self.served[language.index()]
    }

    /// Returns the probability that the text is in none of the four languages.
    pub fn other(&self) -> f32 {
        self.other
    }

    /// Names the other language, where the text was doubtful enough to ask and clear enough to tell.
    pub fn elsewhere(&self) -> Option<Elsewhere> {
        self.elsewhere
    }

    /// Names the most likely language; `None` when "other" is the most likely.
    pub fn most_likely(&self) -> Option<Language> {
        let mut best = Language::English;
        for language in Language::ALL {
            if self.probability(language) > self.probability(best) {
                best = language;
            }
        }
        (self.probability(best) >= self.other).then_some(best)
    }

    /// Names the languages with a probability of at least `min`, in the order of [`Language::ALL`].
    pub fn plausible(&self, min: f32) -> impl Iterator<Item = Language> {
        let distribution = *self;
        Language::ALL
            .into_iter()
            .filter(move |&language| distribution.probability(language) >= min)
    }

    /// Returns the distribution of a language known for sure, such as one the visitor chose.
    pub fn certain(language: Language) -> Self {
        let mut served = [0.0; 4];
        served[language.index()] = 1.0;
        Self {
            served,
            other: 0.0,
            elsewhere: None,
        }
    }

    /// Multiplies the four languages by likelihoods, such as evidence from retrieval, and renormalises.
    ///
    /// A likelihood that is negative or not finite counts as 0; when nothing is left, nothing changes.
    #[must_use]
    pub fn reweigh(&self, evidence: [f32; 4]) -> Self {
        let mut weights = [0.0; 5];
        for (place, likelihood) in evidence.into_iter().enumerate() {
            if likelihood.is_finite() && likelihood > 0.0 {
                weights[place] = self.served[place] * likelihood;
            }
        }
        weights[4] = self.other;
        Self::from_weights(weights).map_or(*self, |scaled| scaled.naming(self.elsewhere))
    }

    /// Gives the other language a name.
    pub(super) fn naming(self, elsewhere: Option<Elsewhere>) -> Self {
        Self { elsewhere, ..self }
    }

    /// Scales weights (the four languages, then other) to sum to 1; `None` when they sum to nothing.
    pub(super) fn from_weights(weights: [f32; 5]) -> Option<Self> {
        let total: f32 = weights.iter().sum();
        if !total.is_finite() || total <= 0.0 {
            return None;
        }
        let [english, chinese, japanese, korean, other] = weights.map(|weight| weight / total);
        Some(Self {
            served: [english, chinese, japanese, korean],
            other,
            elsewhere: None,
        })
    }
}

impl Serialize for LanguageDistribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("LanguageDistribution", 6)?;
        for language in Language::ALL {
            fields.serialize_field(language.code(), &self.probability(language))?;
        }
        fields.serialize_field("other", &self.other)?;
        match self.elsewhere {
            Some(elsewhere) => fields.serialize_field("elsewhere", &elsewhere)?,
            None => fields.skip_field("elsewhere")?,
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(weights: [f32; 5]) -> LanguageDistribution {
        LanguageDistribution::from_weights(weights).unwrap()
    }

    #[test]
    fn other_can_be_the_most_likely() {
        assert_eq!(distribution([1.0, 2.0, 1.0, 1.0, 3.0]).most_likely(), None);
        let chinese = distribution([1.0, 4.0, 1.0, 1.0, 3.0]);
        assert_eq!(chinese.most_likely(), Some(Language::Chinese));
        assert_eq!(
            chinese.plausible(0.2).collect::<Vec<_>>(),
            [Language::Chinese]
        );
    }

    #[test]
    fn evidence_multiplies_and_nothing_survives_only_nothing() {
        let even = distribution([0.0, 1.0, 1.0, 0.0, 0.0]);
        let reweighed = even.reweigh([1.0, 1.0, 3.0, 1.0]);
        assert!((reweighed.probability(Language::Japanese) - 0.75).abs() < 1e-6);
        assert_eq!(even.reweigh([0.0, f32::NAN, -1.0, 0.0]), even);
    }

    #[test]
    fn it_is_written_with_codes() {
        let json = serde_json::to_string(&LanguageDistribution::certain(Language::Korean)).unwrap();
        assert_eq!(json, r#"{"en":0.0,"zh":0.0,"ja":0.0,"ko":1.0,"other":0.0}"#);
    }
}
