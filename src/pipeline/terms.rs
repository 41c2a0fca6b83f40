//! The terms of every unit, kept as numbers beside the index, so that any candidate's overlap with a question can be
//! weighed exactly, whether search found it by its words or by its meaning.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

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
    document_frequency: HashMap<TermCode, u32>,
    average_length: f32,
    /// Sum of the weights of each unit's own terms.
    masses: Vec<f32>,
}

/// A question's distinct terms with their weights.
#[derive(Debug, Clone)]
pub(super) struct QueryTerms {
    terms: Vec<(TermCode, f32)>,
    /// Sum of the weights, known or not.
    pub(super) mass: f32,
    /// Share of the weight that no unit contains.
    pub(super) unknown_share: f32,
}

impl QueryTerms {
    /// Number of distinct terms.
    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }
}

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

    /// Counts in how many units each term stands; call once after the last push.
    pub(super) fn count_documents(&mut self) {
        let mut frequency: HashMap<TermCode, u32> = HashMap::new();
        let mut distinct = Vec::new();
        for unit in 0..self.ends.len() {
            distinct.clear();
            distinct.extend_from_slice(self.unit(unit));
            distinct.sort_unstable();
            distinct.dedup();
            for code in &distinct {
                *frequency.entry(*code).or_default() += 1;
            }
        }
        self.document_frequency = frequency;
        self.average_length = self.codes.len() as f32 / self.ends.len().max(1) as f32;
        let rarity: HashMap<TermCode, f32> = self
            .document_frequency
            .keys()
            .map(|code| (*code, self.rarity(*code)))
            .collect();
        self.masses = (0..self.ends.len())
            .map(|unit| self.unit(unit).iter().map(|code| rarity[code]).sum())
            .collect();
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
        let terms = distinct
            .into_iter()
            .map(|code| {
                let weight = self.rarity(code);
                mass += weight;
                if !self.document_frequency.contains_key(&code) {
                    unknown += weight;
                }
                (code, weight)
            })
            .collect();
        QueryTerms {
            terms,
            mass,
            unknown_share: if mass > 0.0 { unknown / mass } else { 1.0 },
        }
    }

    /// Compares one unit with a question.
    pub(super) fn overlap(&self, query: &QueryTerms, unit: usize) -> Overlap {
        let shared = weigh_shared(query, self.unit(unit), self.average_length);
        Overlap {
            score: shared.score,
            covered: (shared.mass / self.masses[unit].max(1e-6)).min(1.0),
        }
    }

    /// Compares neighbouring units with a question as if they were one text, among `texts` such texts.
    ///
    /// Gives BM25 over the best any text could reach with this question, `0..=1`.
    pub(super) fn joint_score(&self, query: &QueryTerms, units: Range<usize>, texts: usize) -> f32 {
        if units.is_empty() {
            return 0.0;
        }
        let start = self.start_of(units.start);
        let end = self.ends[units.end - 1] as usize;
        let average_length = self.codes.len() as f32 / texts.max(1) as f32;
        weigh_shared(query, &self.codes[start..end], average_length).score
    }

    /// Marks which of the question's terms a unit contains.
    pub(super) fn mark_found(&self, query: &QueryTerms, unit: usize, found: &mut [bool]) {
        let codes = self.unit(unit);
        for ((code, _), found) in query.terms.iter().zip(found) {
            *found = *found || codes.contains(code);
        }
    }

    /// Weight share of the marked terms.
    pub(super) fn found_share(query: &QueryTerms, found: &[bool]) -> f32 {
        if query.mass == 0.0 {
            return 0.0;
        }
        let sum: f32 = query
            .terms
            .iter()
            .zip(found)
            .filter(|(_, found)| **found)
            .map(|((_, weight), _)| weight)
            .sum();
        sum / query.mass
    }

    fn rarity(&self, code: TermCode) -> f32 {
        let units = self.ends.len() as f32;
        let holding = self.document_frequency.get(&code).copied().unwrap_or(0) as f32;
        (1.0 + (units - holding + 0.5) / (holding + 0.5)).ln()
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
        table.count_documents();
        table
    }
}

/// What a question and a text have in common.
struct Shared {
    score: f32,
    mass: f32,
}

fn weigh_shared(query: &QueryTerms, codes: &[TermCode], average_length: f32) -> Shared {
    let mut score = 0.0;
    let mut mass = 0.0;
    let length_norm = K1 * (1.0 - B + B * codes.len() as f32 / average_length.max(1e-6));
    for (code, weight) in &query.terms {
        let count = codes.iter().filter(|other| *other == code).count() as f32;
        if count > 0.0 {
            score += weight * count * (K1 + 1.0) / (count + length_norm);
            mass += weight * count;
        }
    }
    Shared {
        score: score / (query.mass * (K1 + 1.0)).max(1e-6),
        mass,
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

fn code_of(term: &str) -> TermCode {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish() as TermCode
}
