//! How far the tokens of a question are found in the candidates that come first, one by one.

use super::evidence::NOTHING;
use super::rivals::Field;
use super::second_tables::SecondTables;
use super::snapshot::Snapshot;
use super::token_table::QuestionTokens;
use super::unit_kind::UnitKind;

/// Candidates whose tokens are compared; behind them the right one is seldom.
const COMPARED: usize = 8;

/// What the tokens of a question and of a candidate say of each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenMatch {
    /// How near each token of the question is to the nearest of the candidate, on weighed average.
    pub(super) found: f32,
    /// How near the tokens of that question of the candidate are which is found best in what the visitor asks.
    pub(super) asked: f32,
}

/// Compares the tokens of the candidates whose strength is greatest; nothing of the others, nor where there are none.
pub(super) fn of_best(
    snapshot: &Snapshot,
    tables: &SecondTables,
    question: &QuestionTokens,
    candidates: &[u32],
    strength: &Field,
) -> Vec<Option<TokenMatch>> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|one, other| strength.value(*other).total_cmp(&strength.value(*one)));
    let mut matches = vec![None; candidates.len()];
    for index in order.into_iter().take(COMPARED) {
        matches[index] = of_article(snapshot, tables, question, candidates[index]);
    }
    matches
}

fn of_article(
    snapshot: &Snapshot,
    tables: &SecondTables,
    question: &QuestionTokens,
    article: u32,
) -> Option<TokenMatch> {
    let mut nearest = vec![f32::NEG_INFINITY; question.len()];
    let mut asked = NOTHING;
    for entry in snapshot.entries_of(article) {
        for row in entry.rows[UnitKind::Question as usize].clone() {
            let tokens = tables.tokens_of_questions();
            let of_row = tokens.match_row(row as usize, question, &mut nearest);
            asked = asked.max(of_row.unwrap_or(NOTHING));
        }
        if let Some(row) = entry.whole {
            let tokens = tables.tokens_of_wholes();
            tokens.match_row(row as usize, question, &mut nearest);
        }
    }
    let is_compared = nearest.first().is_some_and(|nearest| nearest.is_finite());
    is_compared.then(|| TokenMatch {
        found: question.weighed(&nearest),
        asked,
    })
}
