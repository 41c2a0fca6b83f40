//! What a vector says of its language, taken off.
//!
//! Many multilingual encoders put the texts of one language near to each other whatever they say, so that a question
//! finds an unrelated article in its own language before the right one in another. Each language's mean vector holds what
//! its texts have in common; without it, vectors of different languages can be compared (Yang et al. 2021, "A simple and
//! effective method to eliminate the self language bias", arXiv 2109.04727, take off more than the mean).
//!
//! Means are those of the base's own texts, which also takes off the subject that all of them share. For a language of
//! which the base holds little, the mean is told from neutral sentences: what they say of the language, and what the base
//! says of its subject in the languages it has.

use super::neutral_sentences::NEUTRAL;
use super::unit_kind::UnitKind;
use crate::encoder::{Embedding, Encoder, VectorTable};
use crate::language::{Language, LanguageDistribution};

/// Texts as which the estimate from neutral sentences counts: of 1, 3 and 10 this served the public sets best.
const ESTIMATE_COUNTS: f32 = 3.0;

/// The mean vector of each language, by what a text is.
pub(super) struct LanguageMeans {
    of_kind: [[Vec<f32>; 4]; 2],
}

impl LanguageMeans {
    /// Takes the means of a base's vectors, row by row in these languages.
    pub(super) fn of(
        neutral: &NeutralMeans,
        tables: &[VectorTable; 2],
        languages: [&[Language]; 2],
    ) -> Self {
        let neutral = &neutral.of_kind;
        let dimension = neutral[0][0].len();
        let sums = UnitKind::ALL.map(|kind| {
            let rows = languages[kind as usize];
            Sums::of(&tables[kind as usize], rows, dimension)
        });
        let subject = subject(neutral, &sums, dimension);
        let of_kind = UnitKind::ALL.map(|kind| {
            let (neutral, sums) = (&neutral[kind as usize], &sums[kind as usize]);
            Language::ALL.map(|language| {
                let place = language.index();
                let estimate = neutral[place].iter().zip(&subject);
                let counts = ESTIMATE_COUNTS + sums.counts[place];
                estimate
                    .zip(&sums.sums[place])
                    .map(|((neutral, subject), sum)| {
                        (ESTIMATE_COUNTS * (neutral + subject) + sum) / counts
                    })
                    .collect()
            })
        });
        Self { of_kind }
    }

    /// Gives a table whose rows lack the mean of their languages.
    pub(super) fn without(
        &self,
        kind: UnitKind,
        table: &VectorTable,
        languages: &[Language],
    ) -> VectorTable {
        let means = &self.of_kind[kind as usize];
        let mut without = VectorTable::new(table.dimension());
        for (row, language) in languages.iter().enumerate() {
            without.push(&less(table.row(row), &means[language.index()]));
        }
        without
    }

    /// Returns a question's vector without the mean of the languages it may be in.
    pub(super) fn without_in_question(
        &self,
        question: Embedding,
        languages: &LanguageDistribution,
    ) -> Embedding {
        let means = &self.of_kind[UnitKind::Question as usize];
        let total: f32 = Language::ALL
            .map(|language| languages.probability(language))
            .iter()
            .sum();
        let mut mean = vec![0.0; question.0.len()];
        for language in Language::ALL {
            // A text in none of the four languages is as near to one as to another.
            let share = match total > 0.0 {
                true => languages.probability(language) / total,
                false => 0.25,
            };
            let of_language = &means[language.index()];
            add(&mut mean, of_language, share);
        }
        less(question, &mean)
    }
}

fn less(vector: Embedding, mean: &[f32]) -> Embedding {
    let mut values = vector.0;
    add(&mut values, mean, -1.0);
    Embedding::normalised(values)
}

fn add(sum: &mut [f32], values: &[f32], weight: f32) {
    sum.iter_mut()
        .zip(values)
        .for_each(|(sum, value)| *sum += weight * value);
}

/// The mean of the neutral sentences in each language, which depends on the encoder alone.
#[derive(Clone)]
pub(super) struct NeutralMeans {
    of_kind: [[Vec<f32>; 4]; 2],
}

impl NeutralMeans {
    /// Encodes the neutral sentences.
    pub(super) fn of(encoder: &dyn Encoder) -> Self {
        let mean = |kind: UnitKind, language: Language| {
            let texts = NEUTRAL.map(|sentence| sentence[language.index()]);
            let mut mean = vec![0.0; encoder.dimension()];
            for vector in encoder.encode(kind.role(), &texts) {
                add(&mut mean, &vector.0, 1.0 / texts.len() as f32);
            }
            mean
        };
        Self {
            of_kind: UnitKind::ALL.map(|kind| Language::ALL.map(|language| mean(kind, language))),
        }
    }
}

/// Sums of the rows in each language, and how many there are.
struct Sums {
    sums: [Vec<f32>; 4],
    counts: [f32; 4],
}

impl Sums {
    fn of(table: &VectorTable, languages: &[Language], dimension: usize) -> Self {
        let mut sums = Self {
            sums: Language::ALL.map(|_| vec![0.0; dimension]),
            counts: [0.0; 4],
        };
        for (row, language) in languages.iter().enumerate() {
            add(&mut sums.sums[language.index()], &table.row(row).0, 1.0);
            sums.counts[language.index()] += 1.0;
        }
        sums
    }
}

/// How the base's texts differ from neutral ones in their own language, each language counting as much as another.
fn subject(neutral: &[[Vec<f32>; 4]; 2], sums: &[Sums; 2], dimension: usize) -> Vec<f32> {
    let mut subject = vec![0.0; dimension];
    let counted = |place: usize| sums.iter().map(|sums| sums.counts[place]).sum::<f32>();
    let present: Vec<usize> = (0..4).filter(|place| counted(*place) > 0.0).collect();
    for place in &present {
        let share = 1.0 / (counted(*place) * present.len() as f32);
        for (neutral, sums) in neutral.iter().zip(sums) {
            add(&mut subject, &sums.sums[*place], share);
            add(&mut subject, &neutral[*place], -share * sums.counts[*place]);
        }
    }
    subject
}
