//! What speaks for an article: its units' meaning and words compared with the question, as plain numbers.
//!
//! The numbers, and only they, go into [`Fusion`](super::Fusion). Their order is part of the fitted file.

use serde::{Deserialize, Serialize};

use super::analyzer::Scheme;
use super::snapshot::{Entry, Snapshot, UnitKind, UnitTable};
use super::terms::{Overlap, QueryTerms, TermCode, TermTable};
use crate::encoder::QuantisedVector;
use crate::language::{Language, LanguageDistribution};

/// Names of the evidence numbers, in order.
pub const EVIDENCE_NAMES: [&str; EVIDENCE_COUNT] = [
    "similarity",
    "question_similarity",
    "passage_similarity",
    "mean_similarity",
    "same_language_similarity",
    "question_bigrams",
    "question_words",
    "passage_bigrams",
    "passage_words",
    "answer_bigrams",
    "covered",
    "found_share",
    "same_language",
    "nearest_language",
    "similarity_gap",
    "mean_similarity_gap",
    "words_gap",
    "passage_gap",
    "answer_gap",
    "similarity_rank",
    "words_rank",
    "passage_rank",
    "unknown_share",
    "query_terms",
    "background_similarity",
    "language_share",
    "questions",
    "candidates_with_words",
];

const EVIDENCE_COUNT: usize = 28;

/// The numbers for one article.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence(pub [f32; EVIDENCE_COUNT]);

/// Put where an article has nothing to compare, below every cosine that occurs.
const NOTHING: f32 = -1.0;

/// A passage shares its meaning with the question less directly than a question does.
const PASSAGE_DISCOUNT: f32 = 0.05;

/// Languages below this probability are not read for words.
pub(super) const PLAUSIBLE: f32 = 0.05;

/// A question in every form the comparison needs.
pub(super) struct PreparedQuestion {
    pub(super) vector: QuantisedVector,
    pub(super) languages: LanguageDistribution,
    /// Terms as text, for the index.
    pub(super) bigrams: Vec<String>,
    /// Word terms of each plausible language.
    pub(super) words: Vec<(Language, Vec<String>)>,
    pub(super) bigram_codes: Vec<TermCode>,
    pub(super) word_codes: [Vec<TermCode>; 4],
}

/// Comparison of one article with the question, before it is seen among its rivals.
#[derive(Debug, Clone, Copy)]
struct Comparison {
    question_similarity: f32,
    passage_similarity: f32,
    mean_similarity: f32,
    same_language_similarity: f32,
    question_bigrams: f32,
    question_words: f32,
    passage_bigrams: f32,
    passage_words: f32,
    answer_bigrams: f32,
    covered: f32,
    found_share: f32,
    same_language: f32,
    nearest_language: f32,
    questions: f32,
}

/// Best cosine seen in each language, for weighing an ambiguous question's language.
pub(super) type LanguageBest = [f32; 4];

/// What was found about all candidates of a question.
pub(super) struct Gathered {
    pub(super) evidence: Vec<Evidence>,
    pub(super) language_best: LanguageBest,
}

/// Compares a question with candidate articles.
pub(super) fn gather(
    snapshot: &Snapshot,
    question: &PreparedQuestion,
    candidates: &[u32],
) -> Gathered {
    let questions = snapshot.table(UnitKind::Question);
    let passages = snapshot.table(UnitKind::Passage);
    let reader = Reader {
        question,
        entry_count: snapshot.entry_count(),
        questions,
        passages,
        question_bigrams: questions.bigrams.query(&question.bigram_codes),
        passage_bigrams: passages.bigrams.query(&question.bigram_codes),
        question_words: query_words(&questions.words, &question.word_codes),
        passage_words: query_words(&passages.words, &question.word_codes),
    };
    let mut language_best = [NOTHING; 4];
    let comparisons: Vec<Comparison> = candidates
        .iter()
        .map(|article| reader.compare(snapshot.entries_of(*article), &mut language_best))
        .collect();
    Gathered {
        evidence: reader.among_rivals(snapshot, &comparisons),
        language_best,
    }
}

fn query_words(table: &TermTable, codes: &[Vec<TermCode>; 4]) -> [QueryTerms; 4] {
    std::array::from_fn(|language| table.query(&codes[language]))
}

struct Reader<'a> {
    question: &'a PreparedQuestion,
    entry_count: usize,
    questions: &'a UnitTable,
    passages: &'a UnitTable,
    question_bigrams: QueryTerms,
    passage_bigrams: QueryTerms,
    question_words: [QueryTerms; 4],
    passage_words: [QueryTerms; 4],
}

impl Reader<'_> {
    fn compare(&self, entries: &[Entry], language_best: &mut LanguageBest) -> Comparison {
        let mut found = Comparison {
            question_similarity: NOTHING,
            passage_similarity: NOTHING,
            mean_similarity: NOTHING,
            same_language_similarity: NOTHING,
            question_bigrams: 0.0,
            question_words: 0.0,
            passage_bigrams: 0.0,
            passage_words: 0.0,
            answer_bigrams: 0.0,
            covered: 0.0,
            found_share: 0.0,
            same_language: 0.0,
            nearest_language: 0.0,
            questions: 0.0,
        };
        let probability = |entry: &Entry| self.question.languages.probability(entry.language);
        let any_plausible = entries.iter().any(|entry| probability(entry) >= PLAUSIBLE);
        let mut top_similarities = [NOTHING; 3];
        let mut found_terms = vec![false; self.question_bigrams.len()];
        let mut nearest = NOTHING;
        for entry in entries {
            let same = probability(entry);
            found.same_language = found.same_language.max(same);
            let mut entry_best = NOTHING;
            for row in entry.rows[UnitKind::Question as usize].clone() {
                let similarity = self.questions.vectors.table().similarity(row as usize, &self.question.vector).0;
                entry_best = entry_best.max(similarity);
                keep_top(&mut top_similarities, similarity);
            }
            found.question_similarity = found.question_similarity.max(entry_best);
            for row in entry.rows[UnitKind::Passage as usize].clone() {
                let similarity = self.passages.vectors.table().similarity(row as usize, &self.question.vector).0;
                found.passage_similarity = found.passage_similarity.max(similarity);
                entry_best = entry_best.max(similarity - PASSAGE_DISCOUNT);
            }
            if entry_best > nearest {
                nearest = entry_best;
                found.nearest_language = same;
            }
            let best = &mut language_best[entry.language.index()];
            *best = best.max(entry_best);
            if same >= PLAUSIBLE {
                found.same_language_similarity = found.same_language_similarity.max(entry_best);
            }
            if same >= PLAUSIBLE || !any_plausible {
                self.compare_words(entry, &mut found, &mut found_terms);
            }
            found.questions += entry.rows[UnitKind::Question as usize].len() as f32;
        }
        found.questions /= entries.len().max(1) as f32;
        found.mean_similarity = mean_present(&top_similarities);
        found.found_share = TermTable::found_share(&self.question_bigrams, &found_terms);
        found
    }

    fn compare_words(&self, entry: &Entry, found: &mut Comparison, found_terms: &mut [bool]) {
        let language = entry.language.index();
        for row in entry.rows[UnitKind::Question as usize].clone() {
            let row = row as usize;
            let bigrams = self.questions.bigrams.overlap(&self.question_bigrams, row);
            let words = self.questions.words.overlap(&self.question_words[language], row);
            keep_best(&mut found.question_bigrams, bigrams);
            keep_best(&mut found.question_words, words);
            // How much of the shorter side is shared: near one for the same sentence in other order.
            found.covered = found.covered.max((bigrams.covered * bigrams.score).sqrt());
            self.questions.bigrams.mark_found(&self.question_bigrams, row, found_terms);
        }
        for row in entry.rows[UnitKind::Passage as usize].clone() {
            let row = row as usize;
            let bigrams = self.passages.bigrams.overlap(&self.passage_bigrams, row);
            let words = self.passages.words.overlap(&self.passage_words[language], row);
            keep_best(&mut found.passage_bigrams, bigrams);
            keep_best(&mut found.passage_words, words);
            // Both tables sort a question's terms by code, so positions agree.
            self.passages.bigrams.mark_found(&self.passage_bigrams, row, found_terms);
        }
        let rows = &entry.rows[UnitKind::Passage as usize];
        let whole = self.passages.bigrams.joint_overlap(
            &self.passage_bigrams,
            rows.start as usize..rows.end as usize,
            self.entry_count,
        );
        keep_best(&mut found.answer_bigrams, whole);
    }

    /// Adds what only the field of rivals shows: gaps to the best, ranks, and how crowded it is.
    fn among_rivals(&self, snapshot: &Snapshot, comparisons: &[Comparison]) -> Vec<Evidence> {
        let similarity: Vec<f32> = comparisons.iter().map(similarity_of).collect();
        let means: Vec<f32> = comparisons.iter().map(|found| found.mean_similarity).collect();
        let words: Vec<f32> = comparisons
            .iter()
            .map(|found| found.question_words + found.question_bigrams)
            .collect();
        let passages: Vec<f32> = comparisons
            .iter()
            .map(|found| found.passage_words + found.passage_bigrams)
            .collect();
        let answers: Vec<f32> = comparisons.iter().map(|found| found.answer_bigrams).collect();
        let similarity_field = Field::of(&similarity);
        let mean_field = Field::of(&means);
        let words_field = Field::of(&words);
        let passages_field = Field::of(&passages);
        let answers_field = Field::of(&answers);
        let background = similarity_field.at_rank(BACKGROUND_RANK);
        let with_words = words.iter().filter(|value| **value > words_field.best * 0.5).count();
        let language_share: f32 = Language::ALL
            .into_iter()
            .map(|language| {
                self.question.languages.probability(language)
                    * snapshot.language_share[language.index()]
            })
            .sum();
        comparisons
            .iter()
            .enumerate()
            .map(|(index, found)| {
                Evidence([
                    similarity[index],
                    found.question_similarity,
                    found.passage_similarity,
                    found.mean_similarity,
                    found.same_language_similarity,
                    found.question_bigrams,
                    found.question_words,
                    found.passage_bigrams,
                    found.passage_words,
                    found.answer_bigrams,
                    found.covered,
                    found.found_share,
                    found.same_language,
                    found.nearest_language,
                    similarity[index] - similarity_field.best,
                    found.mean_similarity - mean_field.best,
                    words[index] - words_field.best,
                    passages[index] - passages_field.best,
                    found.answer_bigrams - answers_field.best,
                    similarity_field.reciprocal_rank(similarity[index]),
                    words_field.reciprocal_rank(words[index]),
                    passages_field.reciprocal_rank(passages[index]),
                    self.question_bigrams.unknown_share.min(self.passage_bigrams.unknown_share),
                    (self.question_bigrams.len() as f32).min(MOST_TERMS),
                    background,
                    language_share,
                    found.questions.min(MOST_TERMS),
                    with_words as f32,
                ])
            })
            .collect()
    }
}

/// The candidate whose similarity tells how near an unrelated article gets.
const BACKGROUND_RANK: usize = 4;
const MOST_TERMS: f32 = 40.0;

fn similarity_of(found: &Comparison) -> f32 {
    found
        .question_similarity
        .max(found.passage_similarity - PASSAGE_DISCOUNT)
}

/// Values of one kind across the candidates, sorted.
struct Field {
    best: f32,
    falling: Vec<f32>,
}

impl Field {
    fn of(values: &[f32]) -> Self {
        let mut falling = values.to_vec();
        falling.sort_by(|left, right| right.total_cmp(left));
        Self {
            best: falling.first().copied().unwrap_or(0.0),
            falling,
        }
    }

    fn at_rank(&self, rank: usize) -> f32 {
        self.falling.get(rank).or(self.falling.last()).copied().unwrap_or(0.0)
    }

    fn reciprocal_rank(&self, value: f32) -> f32 {
        1.0 / (1.0 + self.falling.partition_point(|other| *other > value) as f32)
    }
}

fn keep_best(best: &mut f32, overlap: Overlap) {
    *best = best.max(overlap.score);
}

fn keep_top(top: &mut [f32; 3], value: f32) {
    if value > top[2] {
        top[2] = value;
        top.sort_by(|left, right| right.total_cmp(left));
    }
}

fn mean_present(top: &[f32; 3]) -> f32 {
    let present = top.iter().filter(|value| **value > NOTHING);
    let count = present.clone().count();
    if count == 0 {
        return NOTHING;
    }
    present.sum::<f32>() / count as f32
}

/// Cuts a question for every plausible language.
pub(super) fn prepare(
    text: &str,
    vector: QuantisedVector,
    languages: LanguageDistribution,
) -> PreparedQuestion {
    let bigrams = distinct_terms(Scheme::Bigrams, text);
    let bigram_codes = super::terms::codes_of(&bigrams);
    let mut words = Vec::new();
    let mut word_codes: [Vec<TermCode>; 4] = Default::default();
    for language in Language::ALL {
        let terms = distinct_terms(Scheme::Words(language), text);
        word_codes[language.index()] = super::terms::codes_of(&terms);
        if languages.probability(language) >= PLAUSIBLE {
            words.push((language, terms));
        }
    }
    PreparedQuestion {
        vector,
        languages,
        bigrams,
        words,
        bigram_codes,
        word_codes,
    }
}

fn distinct_terms(scheme: Scheme, text: &str) -> Vec<String> {
    let mut terms: Vec<String> = super::analyzer::analyze(scheme, text)
        .into_iter()
        .map(|term| term.text)
        .collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}
