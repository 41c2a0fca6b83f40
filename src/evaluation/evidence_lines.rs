//! One line per question with the evidence of each candidate: what the fusion is fitted on.

use serde::Serialize;

use super::prediction::AskedQuestion;
use super::questions::LabelledQuestion;
use crate::knowledge::ArticleId;
use crate::pipeline::Evidence;

/// A question with its candidates, as `models/fusion/fit.py` reads it.
#[derive(Debug, Serialize)]
pub struct EvidenceLine<'a> {
    set: &'a str,
    id: &'a str,
    lang: &'a str,
    /// Language the engine would address the visitor in.
    addressed: Option<&'static str>,
    /// Some article answers the question.
    relevant: bool,
    candidates: Vec<CandidateLine<'a>>,
}

#[derive(Debug, Serialize)]
struct CandidateLine<'a> {
    article: &'a ArticleId,
    right: bool,
    evidence: &'a Evidence,
}

/// Pairs a question's labels with the evidence gathered about its candidates, likeliest first.
pub fn evidence_line<'a>(
    set: &'a str,
    question: &'a LabelledQuestion,
    asked: &'a AskedQuestion,
) -> EvidenceLine<'a> {
    let candidates = asked
        .prediction
        .ranked
        .iter()
        .zip(&asked.evidence)
        .map(|(article, evidence)| CandidateLine {
            article,
            right: question.relevant.contains(article),
            evidence,
        })
        .collect();
    EvidenceLine {
        set,
        id: &question.id,
        lang: &question.language,
        addressed: asked.language.map(|language| language.code()),
        relevant: question.is_in_scope(),
        candidates,
    }
}
