//! The terms of every unit, kept as numbers beside the index, so that any candidate's overlap with a question can be
//! weighed exactly, whether search found it by its words or by its meaning.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use multiversion::multiversion;
use rayon::prelude::*;

use super::analyzer::{Scheme, analyze};

/// BM25's saturation and length weight, Robertson and Zaragoza 2009, section 3.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// A term as a number; collisions are one in four billion a pair and cost one wrong overlap.
pub(super) type TermCode = u32;

/// Term lists of all units under one scheme.
#[derive(Debug, Clone, Default)]
pub(super) struct TermTable {
    codes: Vec<TermCode>,
    /// Unit `u` owns `codes[ends[u - 1]..ends[u]]`.
    ends: Vec<u32>,
    /// Codes that stand in some unit, sorted, and what each weighs.
    known: Vec<TermCode>,
    weights: Vec<f32>,
    average_length: f32,
    /// Sum of the weights of each unit's own terms.
    masses: Vec<f32>,
}

/// A question's distinct terms with their weights.
#[derive(Debug, Clone)]
pub(super) struct QueryTerms {
    codes: Vec<TermCode>,
    weights: Vec<f32>,
    /// Sum of the weights, known or not.
    pub(super) mass: f32,
    /// Share of the weight that no unit contains.
    pub(super) unknown_share: f32,
}

impl QueryTerms {
    /// Number of distinct terms.
    pub(super) fn len(&self) -> usize {
        self.codes.len()
    }

    /// Weight share of the terms that stand in a text whose codes are sorted.
    pub(super) fn share_in(&self, codes: &[TermCode]) -> f32 {
        self.share_of(|position| codes.binary_search(&self.codes[position]).is_ok())
    }

    /// Weight share of the terms that a test picks by their position.
    pub(super) fn share_of(&self, picked: impl Fn(usize) -> bool) -> f32 {
        if self.mass == 0.0 {
            return 0.0;
        }
        let weights = self.weights.iter().enumerate();
        let sum: f32 = weights
            .filter(|(position, _)| picked(*position))
            .map(|(_, weight)| weight)
            .sum();
        sum / self.mass
    }
}

/// How often each of a question's terms stands in a text, in the order of the question's terms.
pub(super) type TermCounts = Vec<u32>;

/// How a unit's terms meet a question's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Overlap {
    /// BM25 over the best any text could reach with this question, `0..=1`.
    pub(super) score: f32,
    /// Weight share of the unit's own terms that the question contains, `0..=1`.
    pub(super) covered: f32,
}

impl TermTable {
    /// Appends a unit's terms.
    pub(super) fn push(&mut self, codes: &[TermCode]) {
        self.codes.extend_from_slice(codes);
        self.ends.push(self.codes.len() as u32);
    }

    /// Weighs each term by the number of units it stands in; call once after the last push.
    pub(super) fn weigh(&mut self) {
        let units = self.ends.len();
        let mut standing: Vec<TermCode> = Vec::with_capacity(self.codes.len());
        let mut distinct = Vec::new();
        for unit in 0..units {
            distinct.clear();
            distinct.extend_from_slice(self.unit(unit));
            distinct.sort_unstable();
            distinct.dedup();
            standing.extend_from_slice(&distinct);
        }
        standing.par_sort_unstable();
        for holding in standing.chunk_by(|left, right| left == right) {
            self.known.push(holding[0]);
            self.weights.push(rarity(units, holding.len()));
        }
        self.average_length = self.codes.len() as f32 / units.max(1) as f32;
        self.masses = (0..units)
            .into_par_iter()
            .map(|unit| {
                let weights = self.unit(unit).iter().map(|code| self.weight(*code).0);
                weights.sum()
            })
            .collect();
    }

    /// What a term weighs, and whether any unit contains it.
    pub(super) fn weight(&self, code: TermCode) -> (f32, bool) {
        match self.known.binary_search(&code) {
            Ok(position) => (self.weights[position], true),
            Err(_) => (rarity(self.ends.len(), 0), false),
        }
    }

    /// The terms of one unit.
    pub(super) fn unit(&self, unit: usize) -> &[TermCode] {
        &self.codes[self.start_of(unit)..self.ends[unit] as usize]
    }

    fn start_of(&self, unit: usize) -> usize {
        match unit {
            0 => 0,
            _ => self.ends[unit - 1] as usize,
        }
    }

    /// Weighs a question's terms by rarity.
    pub(super) fn query(&self, codes: &[TermCode]) -> QueryTerms {
        let mut distinct = codes.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let mut mass = 0.0;
        let mut unknown = 0.0;
        let weights = distinct
            .iter()
            .map(|code| {
                let (weight, is_known) = self.weight(*code);
                mass += weight;
                if !is_known {
                    unknown += weight;
                }
                weight
            })
            .collect();
        QueryTerms {
            codes: distinct,
            weights,
            mass,
            unknown_share: if mass > 0.0 { unknown / mass } else { 1.0 },
        }
    }

    /// Counts a question's terms in one unit.
    pub(super) fn count(&self, query: &QueryTerms, unit: usize, counts: &mut TermCounts) {
        counts.clear();
        counts.resize(query.len(), 0);
        count_codes(&query.codes, self.unit(unit), counts);
    }

    /// Compares one unit with a question whose terms were counted in it.
    pub(super) fn overlap(&self, query: &QueryTerms, unit: usize, counts: &[u32]) -> Overlap {
        let length = self.unit(unit).len();
        let shared = weigh_shared(query, counts, length, self.average_length);
        Overlap {
            score: shared.score,
            covered: (shared.mass / self.masses[unit].max(1e-6)).min(1.0),
        }
    }

    /// Compares neighbouring units with a question as if they were one text, among `texts` such texts; `counts` are
    /// the sums of what was counted in each.
    ///
    /// Returns BM25 over the best any text could reach with this question, `0..=1`.
    pub(super) fn joint_score(
        &self,
        query: &QueryTerms,
        units: Range<usize>,
        texts: usize,
        counts: &[u32],
    ) -> f32 {
        if units.is_empty() {
            return 0.0;
        }
        let length = self.ends[units.end - 1] as usize - self.start_of(units.start);
        let average_length = self.codes.len() as f32 / texts.max(1) as f32;
        weigh_shared(query, counts, length, average_length).score
    }

    /// The raw lists, to be kept on disk.
    pub(super) fn parts(&self) -> (&[TermCode], &[u32]) {
        (&self.codes, &self.ends)
    }

    /// Puts kept lists back.
    pub(super) fn from_parts(codes: Vec<TermCode>, ends: Vec<u32>) -> Self {
        let mut table = Self {
            codes,
            ends,
            ..Self::default()
        };
        table.weigh();
        table
    }
}

/// What a question and a text have in common.
struct Shared {
    score: f32,
    mass: f32,
}

fn weigh_shared(query: &QueryTerms, counts: &[u32], length: usize, average_length: f32) -> Shared {
    let mut score = 0.0;
    let mut mass = 0.0;
    let length_norm = K1 * (1.0 - B + B * length as f32 / average_length.max(1e-6));
    for (weight, count) in query.weights.iter().zip(counts) {
        if *count > 0 {
            let count = *count as f32;
            score += weight * count * (K1 + 1.0) / (count + length_norm);
            mass += weight * count;
        }
    }
    Shared {
        score: score / (query.mass * (K1 + 1.0)).max(1e-6),
        mass,
    }
}

/// Inverse document frequency of a term that stands in `holding` of `units` units.
fn rarity(units: usize, holding: usize) -> f32 {
    let (units, holding) = (units as f32, holding as f32);
    (1.0 + (units - holding + 0.5) / (holding + 0.5)).ln()
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn count_codes(wanted: &[TermCode], codes: &[TermCode], counts: &mut [u32]) {
    for (code, count) in wanted.iter().zip(counts) {
        *count = codes.iter().map(|other| u32::from(other == code)).sum();
    }
}

/// Cuts a text and numbers its terms.
pub(super) fn term_codes(scheme: Scheme, text: &str) -> Vec<TermCode> {
    analyze(scheme, text)
        .iter()
        .map(|term| code_of(&term.text))
        .collect()
}

/// Numbers terms that are already cut.
pub(super) fn codes_of(terms: &[String]) -> Vec<TermCode> {
    terms.iter().map(|term| code_of(term)).collect()
}

pub(super) fn code_of(term: &str) -> TermCode {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish() as TermCode
}
