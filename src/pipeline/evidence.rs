//! What speaks for an article: its units' meaning and words compared with the question, as plain numbers.
//!
//! The numbers, and only they, go into [`Fusion`](super::Fusion). Their order is part of the fitted file.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use super::hubs::Nearness;
use super::prepared::{PLAUSIBLE, PreparedQuestion};
use super::rivals::Field;
use super::snapshot::Snapshot;
use super::terms::{Overlap, QueryTerms, TermCounts};
use super::unit_kind::UnitKind;
use super::units::{Entry, UnitTable};
use crate::language::Language;

/// Names of the numbers that the first encoder and the words give, in order.
pub(super) const FIRST_NAMES: [&str; EVIDENCE_COUNT] = [
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
    "joint_question",
    "joint_answer",
    "similarity_gap",
    "mean_similarity_gap",
    "words_gap",
    "joint_gap",
    "answer_gap",
    "joint_question_gap",
    "joint_answer_gap",
    "similarity_rank",
    "joint_rank",
    "joint_question_rank",
    "joint_answer_rank",
    "unknown_share",
    "joint",
    "background_similarity",
    "language_share",
    "questions",
    "plain_similarity",
];

const EVIDENCE_COUNT: usize = 33;

// Positions of numbers that others build on.
pub(super) const SIMILARITY: usize = 0;
pub(super) const QUESTION_SIMILARITY: usize = 1;
pub(super) const MEAN_SIMILARITY: usize = 3;
pub(super) const QUESTION_BIGRAMS: usize = 5;
pub(super) const QUESTION_WORDS: usize = 6;
pub(super) const PASSAGE_WORDS: usize = 8;
pub(super) const ANSWER_BIGRAMS: usize = 9;
pub(super) const JOINT_ANSWER: usize = 15;
pub(super) const JOINT: usize = 28;
pub(super) const QUESTIONS: usize = 31;
pub(super) const PLAIN_SIMILARITY: usize = 32;

/// The numbers for one article: those of the first encoder and the words, then, where a second encoder was asked, its
/// own. [`evidence_names`](super::evidence_names) names them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence(pub Vec<f32>);

/// Put where an article has nothing to compare, below every cosine that occurs.
pub(super) const NOTHING: f32 = -1.0;

/// A passage shares its meaning with the question less directly than a question does.
pub(super) const PASSAGE_DISCOUNT: f32 = 0.05;

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
    plain_similarity: f32,
}

/// Best cosine seen in each language, for weighing an ambiguous question's language.
pub(super) type LanguageBest = [f32; 4];

/// What each of some articles has in common with a question, before any is seen among its rivals.
pub(super) struct Compared {
    articles: Vec<(u32, Comparison)>,
    pub(super) language_best: LanguageBest,
}

impl Compared {
    fn of(&self, article: u32) -> Option<&Comparison> {
        let found = self.articles.iter().find(|(known, _)| *known == article);
        found.map(|(_, comparison)| comparison)
    }
}

/// Compares one question with articles.
pub(super) struct Reader<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) question: &'a PreparedQuestion,
    questions: &'a UnitTable,
    passages: &'a UnitTable,
    question_bigrams: QueryTerms,
    passage_bigrams: QueryTerms,
    words: [OnceCell<QuestionWords>; 4],
}

/// A question's words in one language, weighed for each kind of unit.
struct QuestionWords {
    questions: QueryTerms,
    passages: QueryTerms,
}

/// Counts that every comparison overwrites, kept so that none has to ask for memory.
#[derive(Default)]
struct Scratch {
    counts: TermCounts,
    /// In all passages of an entry together.
    joint_counts: TermCounts,
    /// Which bigrams any unit of the article contains.
    found: Vec<bool>,
}

impl Scratch {
    fn note_found(&mut self) {
        for (found, count) in self.found.iter_mut().zip(&self.counts) {
            *found = *found || *count > 0;
        }
    }
}

impl<'a> Reader<'a> {
    /// Looks up the question's terms.
    pub(super) fn new(snapshot: &'a Snapshot, question: &'a PreparedQuestion) -> Self {
        let questions = snapshot.table(UnitKind::Question);
        let passages = snapshot.table(UnitKind::Passage);
        Self {
            snapshot,
            question,
            questions,
            passages,
            question_bigrams: questions.bigrams.query(&question.bigram_codes),
            passage_bigrams: passages.bigrams.query(&question.bigram_codes),
            words: Default::default(),
        }
    }

    /// Compares the question with each article.
    pub(super) fn compare_all(&self, articles: &[u32]) -> Compared {
        let mut compared = Compared {
            articles: Vec::with_capacity(articles.len()),
            language_best: [NOTHING; 4],
        };
        self.compare_more(articles, &mut compared);
        compared
    }

    /// Compares the question with those of the articles that have not been compared.
    pub(super) fn compare_more(&self, articles: &[u32], compared: &mut Compared) {
        let mut scratch = Scratch::default();
        for article in articles {
            if compared.of(*article).is_none() {
                let entries = self.snapshot.entries_of(*article);
                let best = &mut compared.language_best;
                let comparison = self.compare(entries, best, &mut scratch);
                compared.articles.push((*article, comparison));
            }
        }
    }

    fn words(&self, language: Language) -> &QuestionWords {
        self.words[language.index()].get_or_init(|| {
            let codes = self.question.word_codes(language);
            QuestionWords {
                questions: self.questions.words.query(codes),
                passages: self.passages.words.query(codes),
            }
        })
    }

    fn compare(
        &self,
        entries: &[Entry],
        language_best: &mut LanguageBest,
        scratch: &mut Scratch,
    ) -> Comparison {
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
            plain_similarity: NOTHING,
        };
        let probability = |entry: &Entry| self.question.languages.probability(entry.language);
        let any_plausible = entries.iter().any(|entry| probability(entry) >= PLAUSIBLE);
        let mut top_similarities = [NOTHING; 3];
        scratch.found.clear();
        scratch.found.resize(self.question_bigrams.len(), false);
        let mut nearest = NOTHING;
        let vector = &self.question.vector;
        let near = |table: &UnitTable, row: u32| table.vectors.nearness(row as usize, vector);
        for entry in entries {
            let same = probability(entry);
            found.same_language = found.same_language.max(same);
            let mut entry_best = NOTHING;
            let mut plain_best = NOTHING;
            for row in entry.rows[UnitKind::Question as usize].clone() {
                let Nearness {
                    plain, similarity, ..
                } = near(self.questions, row);
                plain_best = plain_best.max(plain);
                entry_best = entry_best.max(similarity);
                keep_top(&mut top_similarities, similarity);
            }
            found.question_similarity = found.question_similarity.max(entry_best);
            for row in entry.rows[UnitKind::Passage as usize].clone() {
                let Nearness {
                    plain, similarity, ..
                } = near(self.passages, row);
                found.passage_similarity = found.passage_similarity.max(similarity);
                plain_best = plain_best.max(plain - PASSAGE_DISCOUNT);
                entry_best = entry_best.max(similarity - PASSAGE_DISCOUNT);
            }
            found.plain_similarity = found.plain_similarity.max(plain_best);
            if entry_best > nearest {
                nearest = entry_best;
                found.nearest_language = same;
            }
            let best = &mut language_best[entry.language.index()];
            *best = best.max(plain_best);
            if same >= PLAUSIBLE {
                found.same_language_similarity = found.same_language_similarity.max(entry_best);
            }
            if same >= PLAUSIBLE || !any_plausible {
                self.compare_words(entry, &mut found, scratch);
            }
            found.questions += entry.rows[UnitKind::Question as usize].len() as f32;
        }
        found.questions /= entries.len().max(1) as f32;
        found.mean_similarity = mean_present(&top_similarities);
        found.found_share = self
            .question_bigrams
            .share_of(|position| scratch.found[position]);
        found
    }

    fn compare_words(&self, entry: &Entry, found: &mut Comparison, scratch: &mut Scratch) {
        let words = self.words(entry.language);
        let (questions, passages) = (self.questions, self.passages);
        for row in entry.rows[UnitKind::Question as usize].clone() {
            let row = row as usize;
            let query = &words.questions;
            questions.words.count(query, row, &mut scratch.counts);
            let shared = questions.words.overlap(query, row, &scratch.counts);
            keep_best(&mut found.question_words, shared);
            let query = &self.question_bigrams;
            questions.bigrams.count(query, row, &mut scratch.counts);
            let shared = questions.bigrams.overlap(query, row, &scratch.counts);
            keep_best(&mut found.question_bigrams, shared);
            // How much of the shorter side is shared: near one for the same sentence in other order.
            found.covered = found.covered.max((shared.covered * shared.score).sqrt());
            scratch.note_found();
        }
        let query = &self.passage_bigrams;
        scratch.joint_counts.clear();
        scratch.joint_counts.resize(query.len(), 0);
        for row in entry.rows[UnitKind::Passage as usize].clone() {
            let row = row as usize;
            let query = &words.passages;
            passages.words.count(query, row, &mut scratch.counts);
            let shared = passages.words.overlap(query, row, &scratch.counts);
            keep_best(&mut found.passage_words, shared);
            let query = &self.passage_bigrams;
            passages.bigrams.count(query, row, &mut scratch.counts);
            let shared = passages.bigrams.overlap(query, row, &scratch.counts);
            keep_best(&mut found.passage_bigrams, shared);
            // Both tables sort a question's terms by code, so positions agree.
            scratch.note_found();
            for (sum, count) in scratch.joint_counts.iter_mut().zip(&scratch.counts) {
                *sum += count;
            }
        }
        let rows = &entry.rows[UnitKind::Passage as usize];
        let whole = passages.bigrams.joint_score(
            query,
            rows.start as usize..rows.end as usize,
            self.snapshot.entry_count(),
            &scratch.joint_counts,
        );
        found.answer_bigrams = found.answer_bigrams.max(whole);
    }

    /// Adds what only the field of rivals shows: gaps to the best, ranks, and how crowded it is.
    ///
    /// Rivals are the articles named, each of which has been compared.
    pub(super) fn among_rivals(&self, articles: &[u32], compared: &Compared) -> Vec<Evidence> {
        let known = articles.iter().filter_map(|article| compared.of(*article));
        let comparisons: Vec<Comparison> = known.copied().collect();
        let field =
            |value: &dyn Fn(&Comparison) -> f32| Field::of(comparisons.iter().map(value).collect());
        let similarity = field(&Comparison::similarity);
        let mean = field(&|found| found.mean_similarity);
        let words = field(&|found| found.question_words + found.question_bigrams);
        let answers = field(&|found| found.answer_bigrams);
        let joint_question = field(&Comparison::joint_question);
        let joint_answer = field(&Comparison::joint_answer);
        let joint = field(&Comparison::joint);
        let background = similarity.at_rank(BACKGROUND_RANK);
        let language_share: f32 = Language::ALL
            .into_iter()
            .map(|language| {
                self.question.languages.probability(language)
                    * self.snapshot.language_share[language.index()]
            })
            .sum();
        comparisons
            .iter()
            .enumerate()
            .map(|(index, found)| {
                Evidence(vec![
                    similarity.value(index),
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
                    joint_question.value(index),
                    joint_answer.value(index),
                    similarity.gap(index),
                    mean.gap(index),
                    words.gap(index),
                    joint.gap(index),
                    answers.gap(index),
                    joint_question.gap(index),
                    joint_answer.gap(index),
                    similarity.reciprocal_rank(index),
                    joint.reciprocal_rank(index),
                    joint_question.reciprocal_rank(index),
                    joint_answer.reciprocal_rank(index),
                    self.question_bigrams
                        .unknown_share
                        .min(self.passage_bigrams.unknown_share),
                    joint.value(index),
                    background,
                    language_share,
                    found.questions.min(MOST_QUESTIONS),
                    found.plain_similarity,
                ])
            })
            .collect()
    }
}

/// The candidate whose similarity tells how near an unrelated article gets.
const BACKGROUND_RANK: usize = 4;
const MOST_QUESTIONS: f32 = 40.0;

/// Weights of words beside meaning in the joint numbers, chosen by accuracy over the public sets.
const QUESTION_WORDS_WEIGHT: f32 = 0.2;
const ANSWER_WORDS_WEIGHT: f32 = 1.0;

impl Comparison {
    fn similarity(&self) -> f32 {
        self.question_similarity
            .max(self.passage_similarity - PASSAGE_DISCOUNT)
    }

    /// Meaning and words of the questions together: trees split on one number at a time and cannot add by themselves.
    fn joint_question(&self) -> f32 {
        (self.question_similarity + self.mean_similarity) / 2.0
            + QUESTION_WORDS_WEIGHT * (self.question_words + self.question_bigrams)
    }

    /// Whichever of the two speaks for an article of its kind: one without questions has only its answer.
    fn joint(&self) -> f32 {
        if self.questions == 0.0 {
            self.joint_answer()
        } else {
            self.joint_question()
        }
    }

    /// Meaning and words of the whole answer together.
    fn joint_answer(&self) -> f32 {
        self.similarity() + ANSWER_WORDS_WEIGHT * self.answer_bigrams
    }
}

fn keep_best(best: &mut f32, overlap: Overlap) {
    *best = best.max(overlap.score);
}

pub(super) fn keep_top(top: &mut [f32; 3], value: f32) {
    if value > top[2] {
        top[2] = value;
        top.sort_by(|left, right| right.total_cmp(left));
    }
}

pub(super) fn mean_present(top: &[f32; 3]) -> f32 {
    let present = top.iter().filter(|value| **value > NOTHING);
    let count = present.clone().count();
    if count == 0 {
        return NOTHING;
    }
    present.sum::<f32>() / count as f32
}
