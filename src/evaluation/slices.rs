//! Figures by kind of message: those kinds on which a bot is easily sure and wrong are told apart, so that the many plain
//! questions of a set do not hide them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::questions::LabelledQuestion;
use crate::pipeline::{Decision, Outcome, pulls_one_way};

/// Messages that ask nothing.
const SMALL_TALK: &str = "small-talk";
/// Questions with words that the base does not know.
const STRANGE_WORDS: &str = "strange-words";
/// Questions that pull one way where the other is possible: in or out, on or off.
const OPPOSITES: &str = "opposites";
/// Questions that lean on the turn before.
const FOLLOW_UPS: &str = "follow-ups";
/// All others.
const PLAIN: &str = "plain";

/// The kinds that are always told apart, also where no question is of them.
pub const FOUR_KINDS: [&str; 4] = [SMALL_TALK, STRANGE_WORDS, OPPOSITES, FOLLOW_UPS];

/// Returns the kind of a question: as its author labelled it, else by what was seen when it was asked.
pub(super) fn kind_of<'a>(labelled: &'a LabelledQuestion, outcome: Option<&Outcome>) -> &'a str {
    if let Some(kind) = &labelled.kind {
        return kind;
    }
    if labelled.before.is_some() {
        return FOLLOW_UPS;
    }
    match outcome {
        None => SMALL_TALK,
        Some(outcome) if matches!(outcome.decision, Decision::SmallTalk { .. }) => SMALL_TALK,
        Some(outcome) if !outcome.judgement.unknown.is_empty() => STRANGE_WORDS,
        Some(_) if pulls_one_way(&labelled.text) => OPPOSITES,
        Some(_) => PLAIN,
    }
}

/// One judged question of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceRow<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// Some article answers it.
    pub in_scope: bool,
    /// It is answered at the threshold in force.
    pub answered: bool,
    /// The first ranked article answers it.
    pub right: bool,
}

/// The figures of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slice {
    /// The kind.
    pub kind: String,
    /// Questions of it.
    pub questions: usize,
    /// Those that some article answers.
    pub in_scope: usize,
    /// Those that are answered.
    pub answered: usize,
    /// Those answered rightly.
    pub right: usize,
}

impl Slice {
    /// Counts the questions that are answered wrongly, those that no article answers among them.
    pub fn wrong(&self) -> usize {
        self.answered - self.right
    }
}

/// Counts by kind: the four that are always told first, then the others by name.
pub fn slices(rows: &[SliceRow<'_>]) -> Vec<Slice> {
    let mut counted: BTreeMap<&str, Slice> = BTreeMap::new();
    for kind in FOUR_KINDS
        .into_iter()
        .chain(rows.iter().map(|row| row.kind))
    {
        counted.entry(kind).or_insert_with(|| Slice {
            kind: kind.to_owned(),
            questions: 0,
            in_scope: 0,
            answered: 0,
            right: 0,
        });
    }
    for row in rows {
        let Some(slice) = counted.get_mut(row.kind) else {
            continue;
        };
        slice.questions += 1;
        slice.in_scope += usize::from(row.in_scope);
        slice.answered += usize::from(row.answered);
        slice.right += usize::from(row.answered && row.right);
    }
    let mut all: Vec<Slice> = counted.into_values().collect();
    let place = |slice: &Slice| FOUR_KINDS.iter().position(|kind| *kind == slice.kind);
    all.sort_by_key(|slice| place(slice).unwrap_or(FOUR_KINDS.len()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_kinds_come_first_also_where_nothing_is_of_them() {
        let row = |kind, answered, right| SliceRow {
            kind,
            in_scope: right,
            answered,
            right,
        };
        let told = slices(&[
            row("plain", true, true),
            row("opposites", true, false),
            row("opposites", false, true),
            row("denials", true, true),
        ]);
        let kinds: Vec<&str> = told.iter().map(|slice| slice.kind.as_str()).collect();
        let expected = FOUR_KINDS.into_iter().chain(["denials", "plain"]);
        assert_eq!(kinds, expected.collect::<Vec<_>>());
        assert_eq!(told[0].questions, 0);
        let opposites = &told[2];
        assert_eq!((opposites.questions, opposites.in_scope), (2, 1));
        assert_eq!((opposites.answered, opposites.wrong()), (1, 1));
    }

    #[test]
    fn a_label_says_the_kind_and_what_came_before_makes_a_follow_up() {
        let mut labelled = LabelledQuestion {
            id: "1".to_owned(),
            language: "en".to_owned(),
            text: "and the fee?".to_owned(),
            relevant: Vec::new(),
            kind: None,
            before: Some("How do I pay?".to_owned()),
        };
        assert_eq!(kind_of(&labelled, None), FOLLOW_UPS);
        labelled.kind = Some("denials".to_owned());
        assert_eq!(kind_of(&labelled, None), "denials");
        labelled.kind = None;
        labelled.before = None;
        assert_eq!(kind_of(&labelled, None), SMALL_TALK, "a text without words");
    }
}
