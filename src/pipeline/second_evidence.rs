//! What a second, slower encoder adds about the candidates, beside what the first one and the words have said.
//!
//! Both encoders err, and not alike: the sums of what they say are worth more than either.

use super::evidence::{
    ANSWER_BIGRAMS, Evidence, FIRST_NAMES, JOINT, MEAN_SIMILARITY, NOTHING, PASSAGE_DISCOUNT,
    QUESTION_BIGRAMS, QUESTION_SIMILARITY, QUESTION_WORDS, QUESTIONS, SIMILARITY, keep_top,
    mean_present,
};
use super::hubs::HubIndex;
use super::prepared::{PLAUSIBLE, PreparedQuestion};
use super::retrieval::articles_of;
use super::rivals::Field;
use super::second_tables::SecondTables;
use super::snapshot::Snapshot;
use super::unit_kind::UnitKind;
use crate::encoder::QuantisedVector;
use crate::language::LanguageDistribution;

/// Names of the numbers that follow those of the first evidence, in order.
pub(super) const SECOND_NAMES: [&str; 38] = [
    "second_similarity",
    "second_question_similarity",
    "second_passage_similarity",
    "second_mean_similarity",
    "second_same_language_similarity",
    "second_joint_question",
    "second_joint_answer",
    "both_similarity",
    "both_question",
    "both_joint",
    "second_similarity_lead",
    "second_mean_similarity_lead",
    "second_joint_question_lead",
    "second_joint_answer_lead",
    "both_question_lead",
    "both_joint_lead",
    "second_similarity_rank",
    "both_question_rank",
    "both_joint_rank",
    "second_background_similarity",
    "second_plain_similarity",
    "second_plain_lead",
    "second_sameness",
    "question_length",
    "second_beyond_crowd",
    "second_beyond_usual",
    "second_whole_similarity",
    "second_whole_lead",
    "second_whole_rank",
    "second_all_similarity",
    "second_all_lead",
    "second_all_rank",
    "both_all_joint",
    "both_all_joint_lead",
    "both_all_joint_rank",
    "both_sum",
    "both_sum_lead",
    "both_sum_rank",
];

/// Places of numbers that the order of pages builds on, behind those of the first evidence.
pub(super) const SECOND_PASSAGE_SIMILARITY: usize = FIRST_NAMES.len() + 2;
pub(super) const BOTH_SIMILARITY: usize = FIRST_NAMES.len() + 7;
pub(super) const SECOND_WHOLE_SIMILARITY: usize = FIRST_NAMES.len() + 26;

/// The candidate whose similarity tells how near an unrelated article gets.
const BACKGROUND_RANK: usize = 4;
/// Terms from which on a question counts as long.
const LONG: f32 = 40.0;
/// Weights of words beside meaning, as in the first evidence but for a surer meaning.
const QUESTION_WORDS_WEIGHT: f32 = 0.15;
const ANSWER_WORDS_WEIGHT: f32 = 0.7;
/// Of the sum that orders the public sets best by itself: the share of the nearest questions' mean in what the second
/// encoder says, and how much the first counts beside it.
const MEAN_SHARE: f32 = 0.3;
const FIRST_WEIGHT: f32 = 0.6;

/// What the second encoder says about one article, before it is seen among its rivals.
#[derive(Debug, Clone, Copy)]
struct Seen {
    question: f32,
    passage: f32,
    mean: f32,
    same_language: f32,
    plain: f32,
    beyond_crowd: f32,
    beyond_usual: f32,
    /// Of the wording as a whole.
    whole: f32,
    /// The unit that is nearest to the question: its kind and row.
    nearest: Option<(UnitKind, u32)>,
}

impl Seen {
    fn similarity(&self) -> f32 {
        self.question.max(self.passage - PASSAGE_DISCOUNT)
    }

    /// What the nearest unit and the whole say together; the unit alone of what has no answer.
    fn all(&self) -> f32 {
        match self.whole == NOTHING {
            true => self.similarity(),
            false => (self.similarity() + self.whole) / 2.0,
        }
    }
}

/// Appends the second evidence to the first evidence of each candidate.
pub(super) fn append(
    snapshot: &Snapshot,
    tables: &SecondTables,
    vector: &QuantisedVector,
    question: &PreparedQuestion,
    candidates: &[u32],
    evidence: &mut [Evidence],
) {
    let languages = &question.languages;
    // Long questions all look alike; what differs is how short a short one is.
    let length = (question.bigram_codes.len() as f32).min(LONG);
    let seen: Vec<Seen> = candidates
        .iter()
        .map(|article| see(snapshot, tables, vector, languages, *article))
        .collect();
    let pairs = || seen.iter().zip(evidence.iter().map(|one| one.0.as_slice()));
    let joint_question = |seen: &Seen, first: &[f32]| {
        (seen.question + seen.mean) / 2.0
            + QUESTION_WORDS_WEIGHT * (first[QUESTION_WORDS] + first[QUESTION_BIGRAMS])
    };
    let joint_answer = |seen: &Seen, first: &[f32]| {
        seen.similarity() + ANSWER_WORDS_WEIGHT * first[ANSWER_BIGRAMS]
    };
    let both_question = |seen: &Seen, first: &[f32]| {
        (seen.question + seen.mean + first[QUESTION_SIMILARITY] + first[MEAN_SIMILARITY]) / 4.0
    };
    let both_joint = |seen: &Seen, first: &[f32]| {
        let second = match first[QUESTIONS] {
            0.0 => joint_answer(seen, first),
            _ => joint_question(seen, first),
        };
        (second + first[JOINT]) / 2.0
    };
    let both_all_joint = |seen: &Seen, first: &[f32]| {
        let second = match first[QUESTIONS] {
            0.0 => seen.all() + ANSWER_WORDS_WEIGHT * first[ANSWER_BIGRAMS],
            _ if seen.whole == NOTHING => joint_question(seen, first),
            _ => (joint_question(seen, first) + seen.all()) / 2.0,
        };
        (second + first[JOINT]) / 2.0
    };
    let both_sum = |seen: &Seen, first: &[f32]| {
        let mean = match seen.mean == NOTHING {
            true => seen.all(),
            false => seen.mean,
        };
        (1.0 - MEAN_SHARE) * seen.all()
            + MEAN_SHARE * mean
            + FIRST_WEIGHT * first[SIMILARITY]
            + QUESTION_WORDS_WEIGHT * (first[QUESTION_WORDS] + first[QUESTION_BIGRAMS])
    };
    let field = |value: &dyn Fn(&Seen, &[f32]) -> f32| {
        Field::of(pairs().map(|(seen, first)| value(seen, first)).collect())
    };
    let similarity = field(&|seen, _| seen.similarity());
    let mean = field(&|seen, _| seen.mean);
    let joint_questions = field(&joint_question);
    let joint_answers = field(&joint_answer);
    let both_questions = field(&both_question);
    let both_joints = field(&both_joint);
    let plains = field(&|seen, _| seen.plain);
    let wholes = field(&|seen, _| seen.whole);
    let alls = field(&|seen, _| seen.all());
    let both_all_joints = field(&both_all_joint);
    let both_sums = field(&both_sum);
    let background = similarity.at_rank(BACKGROUND_RANK);
    let sameness = sameness(&tables.vectors, &seen, &both_joints);
    let numbers: Vec<[f32; SECOND_NAMES.len()]> = pairs()
        .enumerate()
        .map(|(index, (seen, first))| {
            [
                similarity.value(index),
                seen.question,
                seen.passage,
                seen.mean,
                seen.same_language,
                joint_questions.value(index),
                joint_answers.value(index),
                (similarity.value(index) + first[SIMILARITY]) / 2.0,
                both_questions.value(index),
                both_joints.value(index),
                similarity.lead(index),
                mean.lead(index),
                joint_questions.lead(index),
                joint_answers.lead(index),
                both_questions.lead(index),
                both_joints.lead(index),
                similarity.reciprocal_rank(index),
                both_questions.reciprocal_rank(index),
                both_joints.reciprocal_rank(index),
                background,
                seen.plain,
                plains.lead(index),
                sameness[index],
                length,
                seen.beyond_crowd,
                seen.beyond_usual,
                seen.whole,
                wholes.lead(index),
                wholes.reciprocal_rank(index),
                alls.value(index),
                alls.lead(index),
                alls.reciprocal_rank(index),
                both_all_joints.value(index),
                both_all_joints.lead(index),
                both_all_joints.reciprocal_rank(index),
                both_sums.value(index),
                both_sums.lead(index),
                both_sums.reciprocal_rank(index),
            ]
        })
        .collect();
    for (evidence, numbers) in evidence.iter_mut().zip(numbers) {
        evidence.0.extend(numbers);
    }
}

/// How near the nearest unit of each candidate is to that of its strongest rival: whether the two say the same.
fn sameness(tables: &[HubIndex; 2], seen: &[Seen], strength: &Field) -> Vec<f32> {
    let mut order: Vec<usize> = (0..seen.len()).collect();
    order.sort_by(|one, other| strength.value(*other).total_cmp(&strength.value(*one)));
    let between = |one: usize, other: usize| {
        let ((kind, row), (other_kind, other_row)) = (seen[one].nearest?, seen[other].nearest?);
        let table = tables[kind as usize].table();
        Some(table.between(
            row as usize,
            tables[other_kind as usize].table(),
            other_row as usize,
        ))
    };
    let of_one = |one: usize| {
        let rival = order.iter().find(|rival| **rival != one)?;
        between(one, *rival)
    };
    (0..seen.len())
        .map(|one| of_one(one).unwrap_or(NOTHING))
        .collect()
}

/// Rows of questions and of passages that are looked at for candidates.
const NEAREST: [usize; 2] = [32, 12];
const NEAREST_WHOLES: usize = 12;

/// The articles that lie nearest for the second encoder, each once, nearest first.
pub(super) fn nearest_articles(
    snapshot: &Snapshot,
    tables: &SecondTables,
    vector: &QuantisedVector,
) -> Vec<u32> {
    let mut near: Vec<(f32, u32)> = Vec::new();
    for (kind, count) in UnitKind::ALL.into_iter().zip(NEAREST) {
        let discount = discount(kind);
        let rows = tables.vectors[kind as usize].nearest(vector, count);
        let similarities = rows.iter().map(|row| row.similarity.0 - discount);
        let articles = articles_of(snapshot, kind, rows.iter().map(|row| row.row));
        near.extend(similarities.zip(articles));
    }
    let wholes = tables.wholes.nearest(vector, NEAREST_WHOLES);
    near.extend(wholes.iter().map(|neighbour| {
        let article = tables.article_of_whole[neighbour.row as usize];
        (neighbour.similarity.0 - PASSAGE_DISCOUNT, article)
    }));
    near.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
    let mut seen = std::collections::HashSet::new();
    near.retain(|(_, article)| seen.insert(*article));
    near.into_iter().map(|(_, article)| article).collect()
}

/// What a passage must be nearer than a question to say as much.
fn discount(kind: UnitKind) -> f32 {
    match kind {
        UnitKind::Question => 0.0,
        UnitKind::Passage => PASSAGE_DISCOUNT,
    }
}

fn see(
    snapshot: &Snapshot,
    tables: &SecondTables,
    vector: &QuantisedVector,
    languages: &LanguageDistribution,
    article: u32,
) -> Seen {
    let mut seen = Seen {
        question: NOTHING,
        passage: NOTHING,
        mean: NOTHING,
        same_language: NOTHING,
        plain: NOTHING,
        beyond_crowd: NOTHING,
        beyond_usual: NOTHING,
        whole: NOTHING,
        nearest: None,
    };
    let mut nearest = NOTHING;
    let mut top = [NOTHING; 3];
    for entry in snapshot.entries_of(article) {
        if let Some(row) = entry.whole {
            let whole = tables.wholes.nearness(row as usize, vector);
            seen.whole = seen.whole.max(whole.similarity);
        }
        let similarities = |kind: UnitKind| {
            let table = &tables.vectors[kind as usize];
            let rows = entry.rows[kind as usize].clone();
            rows.map(move |row| (row, table.nearness(row as usize, vector)))
        };
        let mut best = NOTHING;
        for kind in UnitKind::ALL {
            let discount = discount(kind);
            let usual = tables.vectors[kind as usize].usual_crowd();
            for (row, nearness) in similarities(kind) {
                let similarity = nearness.similarity - discount;
                if similarity > nearest {
                    nearest = similarity;
                    seen.nearest = Some((kind, row));
                }
                best = best.max(similarity);
                let plain = nearness.plain - discount;
                seen.plain = seen.plain.max(plain);
                seen.beyond_usual = seen.beyond_usual.max(plain - usual);
                seen.beyond_crowd = seen.beyond_crowd.max(nearness.beyond_crowd - discount);
                match kind {
                    UnitKind::Question => {
                        seen.question = seen.question.max(nearness.similarity);
                        keep_top(&mut top, nearness.similarity);
                    }
                    UnitKind::Passage => seen.passage = seen.passage.max(nearness.similarity),
                }
            }
        }
        if languages.probability(entry.language) >= PLAUSIBLE {
            seen.same_language = seen.same_language.max(best);
        }
    }
    seen.mean = mean_present(&top);
    seen
}
