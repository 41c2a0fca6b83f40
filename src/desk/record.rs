//! What is kept of an outcome, small enough to be written a million times a day.

use std::ops::Deref;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::fingerprint::fingerprint;
use crate::conversation::{BotReply, GivenAnswer};
use crate::ids::ConversationId;
use crate::pipeline::{Evidence, Outcome, RankedArticle, evidence_names};
use crate::store::{AnswerOrigin, AnswerRecord, RecordedOutcome};
use crate::time::Timestamp;

/// Marks the names and the order of the numbers: another build may gather others.
static NUMBERS: LazyLock<String> =
    LazyLock::new(|| fingerprint(&evidence_names()).chars().take(8).collect());

/// Candidates kept in a record.
const KEPT_CANDIDATES: usize = 5;

/// What the engine decided, with what is kept of it: written once, however often the same is asked.
#[derive(Debug)]
pub struct Decided {
    outcome: Outcome,
    recorded: RecordedOutcome,
}

impl Decided {
    pub(super) fn new(mut outcome: Outcome) -> Self {
        let recorded = RecordedOutcome::of(&evidence_of(&outcome));
        // Most of an outcome's size are numbers that nobody looks at any more; what is recorded has them.
        for ranked in &mut outcome.ranked {
            ranked.evidence = Evidence(Vec::new());
        }
        Self { outcome, recorded }
    }

    /// Returns how much memory it takes, roughly.
    pub(super) fn size_bytes(&self) -> usize {
        self.outcome.size_bytes() + self.recorded.size_bytes()
    }
}

impl Deref for Decided {
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.outcome
    }
}

/// Makes the record of a reply.
pub(super) fn record_of(
    reply: &BotReply,
    outcome: &Decided,
    question: &str,
    origin: AnswerOrigin,
    conversation: Option<ConversationId>,
    now: Timestamp,
) -> AnswerRecord {
    AnswerRecord {
        id: reply.answer,
        conversation,
        origin,
        question: question.to_owned(),
        language: reply.language,
        decision: reply.decision.kind(),
        reason: reply.person_reason(),
        confidence: outcome.confidence,
        threshold: outcome.threshold,
        article: reply
            .decision
            .given_answer()
            .map(|answer| answer.article.clone()),
        category: reply
            .subject
            .as_ref()
            .map(|subject| subject.category.clone()),
        section: reply.decision.given_answer().and_then(section_of),
        revision: outcome.revision.clone(),
        encoder: outcome.encoder.clone(),
        outcome: outcome.recorded.clone(),
        created: now,
    }
}

/// Returns the section of its article that an answer shows.
pub(super) fn section_of(answer: &GivenAnswer) -> Option<String> {
    answer.passage.as_ref()?.anchor.clone()
}

/// Languages, signals, and the best candidates with their evidence in the order of [`evidence_names`].
fn evidence_of(outcome: &Outcome) -> Value {
    json!({
        "detected": outcome.detected,
        "signals": outcome.signals,
        "judgement": outcome.judgement,
        "intent": outcome.intent,
        "numbers": *NUMBERS,
        "candidates": outcome.ranked.iter().take(KEPT_CANDIDATES).map(candidate).collect::<Vec<_>>(),
    })
}

fn candidate(ranked: &RankedArticle) -> Value {
    let RankedArticle {
        article,
        score,
        similarity,
        evidence,
    } = ranked;
    json!({
        "article": article,
        "score": rounded(*score),
        "similarity": rounded(similarity.0),
        "evidence": evidence.0.iter().copied().map(rounded).collect::<Vec<_>>(),
    })
}

/// Four digits explain a decision as well as eight.
fn rounded(number: f32) -> f64 {
    (f64::from(number) * 10_000.0).round() / 10_000.0
}

/// Pairs the evidence of a candidate of a recorded outcome with its names, for people to read; what a build that gathered
/// other numbers has recorded is counted from one.
pub fn named_evidence(outcome: &Value, candidate: &Value) -> Vec<(String, f64)> {
    let numbers = candidate
        .get("evidence")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let names = match outcome.get("numbers").and_then(Value::as_str) {
        Some(mark) if mark == *NUMBERS => evidence_names(),
        _ => Vec::new(),
    };
    let name = |position: usize| match names.get(position) {
        Some(name) => (*name).to_owned(),
        None => format!("number {}", position + 1),
    };
    let numbers = numbers.iter().filter_map(Value::as_f64).enumerate();
    numbers
        .map(|(position, number)| (name(position), number))
        .collect()
}
