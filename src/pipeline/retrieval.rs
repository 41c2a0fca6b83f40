//! Finds the articles worth comparing: those that any search names, by meaning or by words.

use rayon::prelude::*;

use super::analyzer::Scheme;
use super::prepared::PreparedQuestion;
use super::snapshot::Snapshot;
use super::unit_kind::UnitKind;

/// Rows taken from each search before articles are compared.
const NEAREST_QUESTIONS: usize = 64;
const NEAREST_PASSAGES: usize = 24;
const LEXICAL_QUESTIONS: usize = 32;
const LEXICAL_PASSAGES: usize = 12;
/// Articles named by any search, those named first by each search first.
///
/// On a large base each search takes milliseconds, so that all of them run side by side.
pub(super) fn candidates(
    snapshot: &Snapshot,
    question: &PreparedQuestion,
) -> Result<Vec<u32>, tantivy::TantivyError> {
    let words: Vec<(UnitKind, Scheme, &[String])> =
        UnitKind::ALL
            .into_iter()
            .filter(|kind| !snapshot.table(*kind).entry_of_row.is_empty())
            .flat_map(|kind| {
                let bigrams = std::iter::once((kind, Scheme::Bigrams, question.bigrams.as_slice()));
                let words = question.words.iter();
                bigrams.chain(words.map(move |(language, terms)| {
                    (kind, Scheme::Words(*language), terms.as_slice())
                }))
            })
            .collect();
    let by_meaning = |kind: UnitKind| search_by_meaning(snapshot, question, kind);
    let by_words = |(kind, scheme, terms): &(UnitKind, Scheme, &[String])| {
        search_by_words(snapshot, *kind, *scheme, terms)
    };
    let is_large = snapshot.entries.len() > SEARCHED_BY_ONE;
    let (near, worded): (Vec<_>, Vec<_>) = if is_large {
        rayon::join(
            || UnitKind::ALL.into_par_iter().map(by_meaning).collect(),
            || words.par_iter().map(by_words).collect(),
        )
    } else {
        (
            UnitKind::ALL.into_iter().map(by_meaning).collect(),
            words.iter().map(by_words).collect(),
        )
    };
    let mut searches = Vec::with_capacity(near.len() + worded.len());
    let mut worded = words.iter().map(|search| search.0).zip(worded).peekable();
    for (kind, near) in UnitKind::ALL.into_iter().zip(near) {
        searches.push(near);
        while let Some((_, found)) = worded.next_if(|(searched, _)| *searched == kind) {
            searches.push(found?);
        }
    }
    Ok(interleave(&searches))
}

/// Entries up to which one thread searches alone: the hand-over costs more than it saves.
const SEARCHED_BY_ONE: usize = 5_000;

fn search_by_meaning(snapshot: &Snapshot, question: &PreparedQuestion, kind: UnitKind) -> Vec<u32> {
    let count = match kind {
        UnitKind::Question => NEAREST_QUESTIONS,
        UnitKind::Passage => NEAREST_PASSAGES,
    };
    let table = snapshot.table(kind);
    let near = table.vectors.nearest(&question.vector, count);
    articles_of(snapshot, kind, near.iter().map(|neighbour| neighbour.row))
}

fn search_by_words(
    snapshot: &Snapshot,
    kind: UnitKind,
    scheme: Scheme,
    terms: &[String],
) -> Result<Vec<u32>, tantivy::TantivyError> {
    let count = match kind {
        UnitKind::Question => LEXICAL_QUESTIONS,
        UnitKind::Passage => LEXICAL_PASSAGES,
    };
    let rows = snapshot.lexical.search(kind, scheme, terms, count)?;
    Ok(articles_of(snapshot, kind, rows.into_iter()))
}

pub(super) fn articles_of(
    snapshot: &Snapshot,
    kind: UnitKind,
    rows: impl Iterator<Item = u32>,
) -> Vec<u32> {
    let table = snapshot.table(kind);
    rows.map(|row| table.entry_of_row[row as usize])
        .map(|entry| snapshot.entries[entry as usize].article)
        .collect()
}

/// Takes from each list in turn, each article once.
fn interleave(lists: &[Vec<u32>]) -> Vec<u32> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let mut seen = std::collections::HashSet::new();
    (0..longest)
        .flat_map(|position| lists.iter().filter_map(move |list| list.get(position)))
        .copied()
        .filter(|article| seen.insert(*article))
        .collect()
}
