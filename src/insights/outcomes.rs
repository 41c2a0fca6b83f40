//! How days went, with the shares and how far they may be trusted.

use std::collections::{BTreeMap, BTreeSet};

use crate::language::Language;
use crate::store::{DailyCount, OutcomeKind};

/// Standard deviations of an interval that holds the true share nineteen times out of twenty.
const DEVIATIONS: f64 = 1.959_963_985;

/// A share, and the interval in which the true one lies nineteen times out of twenty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Of how many.
    pub total: i64,
    /// `0..=1`.
    pub share: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Share {
    /// Returns the share of `count` in `total` with its interval (Wilson 1927), which holds for few and for extreme counts
    /// too; nothing where there is no whole to be a part of.
    pub fn of(count: i64, total: i64) -> Option<Self> {
        if total <= 0 || !(0..=total).contains(&count) {
            return None;
        }
        let (number, share) = (total as f64, count as f64 / total as f64);
        let squared = DEVIATIONS * DEVIATIONS;
        let middle = (share + squared / (2.0 * number)) / (1.0 + squared / number);
        let spread = (share * (1.0 - share) / number + squared / (4.0 * number * number)).sqrt();
        let half = DEVIATIONS * spread / (1.0 + squared / number);
        Some(Self {
            total,
            share,
            low: (middle - half).max(0.0),
            high: (middle + half).min(1.0),
        })
    }
}

/// How often something happened, and its share where it is part of a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tallied {
    /// What happened.
    pub kind: OutcomeKind,
    /// How often.
    pub count: i64,
    /// Its share of what [`whole_of`] names.
    pub share: Option<Share>,
}

/// Names what something is a share of: ratings of ratings, small talk of all messages, follow-ups of answers, beginnings of
/// conversations, the rest of the questions.
pub fn whole_of(kind: OutcomeKind) -> &'static [OutcomeKind] {
    use OutcomeKind as K;
    match kind {
        K::Asked => &[],
        K::Helpful | K::NotHelpful => &[K::Helpful, K::NotHelpful],
        K::SmallTalk => &[K::Asked, K::SmallTalk],
        K::Reopened => &[
            K::HandedOverByBot,
            K::HandedOverByPolicy,
            K::HandedOverByVisitor,
        ],
        K::FollowUpTaken => &[K::Answered],
        K::BeganWithWords | K::BeganWithSuggestion => &[K::BeganWithWords, K::BeganWithSuggestion],
        K::Answered
        | K::Resolved
        | K::ClarifiedThenAnswered
        | K::Abandoned
        | K::HandedOverByBot
        | K::HandedOverByPolicy
        | K::HandedOverByVisitor => &[K::Asked],
    }
}

/// Sums counts by kind, in the order of the kinds; in one language where one is named. What was settled is a share of the
/// questions of days on which it was counted: those before that are only part of the rest.
pub fn tally(days: &[DailyCount], language: Option<Language>) -> Vec<Tallied> {
    let own = || {
        let days = days.iter();
        days.filter(move |day| language.is_none() || day.language == language)
    };
    let mut counts: BTreeMap<OutcomeKind, i64> = BTreeMap::new();
    for day in own() {
        *counts.entry(day.kind).or_default() += day.count;
    }
    let settled: BTreeSet<(&str, Option<Language>)> = own()
        .filter(|day| day.kind == OutcomeKind::Resolved)
        .map(|day| (day.day.as_str(), day.language))
        .collect();
    let asked_there: i64 = own()
        .filter(|day| day.kind == OutcomeKind::Asked)
        .filter(|day| settled.contains(&(day.day.as_str(), day.language)))
        .map(|day| day.count)
        .sum();
    let count_of = |kind: &OutcomeKind| counts.get(kind).copied().unwrap_or_default();
    OutcomeKind::ALL
        .iter()
        .map(|kind| Tallied {
            kind: *kind,
            count: count_of(kind),
            share: Share::of(
                count_of(kind),
                match kind {
                    OutcomeKind::Resolved => asked_there,
                    _ => whole_of(*kind).iter().map(count_of).sum(),
                },
            ),
        })
        .collect()
}

/// Writes counts as a table, a line for each day, language and outcome; nothing in it needs quotes.
pub fn outcomes_csv(days: &[DailyCount]) -> String {
    let mut table = String::from("day,language,outcome,count\n");
    for one in days {
        let language = one.language.map_or("", Language::code);
        table.push_str(&format!(
            "{},{language},{},{}\n",
            one.day,
            one.kind.code(),
            one.count
        ));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_wilson() {
        for (count, total, low, high) in [
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
            (5, 10, 0.2366, 0.7634),
            (81, 263, 0.2553, 0.3662),
        ] {
            let share = Share::of(count, total).expect("a part of a whole");
            assert!((share.low - low).abs() < 1e-4, "{count}/{total}: {share:?}");
            assert!(
                (share.high - high).abs() < 1e-4,
                "{count}/{total}: {share:?}"
            );
        }
        assert_eq!(
            (Share::of(0, 0), Share::of(3, 2), Share::of(-1, 2)),
            (None, None, None)
        );
    }

    #[test]
    fn counts_are_summed_by_kind_and_language() {
        let counted = |day: &str, language, kind, count| DailyCount {
            day: day.to_owned(),
            language: Some(language),
            kind,
            count,
        };
        use Language::{English, Korean};
        let days = [
            counted("2026-11-01", English, OutcomeKind::Asked, 6),
            counted("2026-11-02", English, OutcomeKind::Asked, 2),
            counted("2026-11-02", Korean, OutcomeKind::Asked, 2),
            counted("2026-11-02", Korean, OutcomeKind::Answered, 1),
        ];
        let of = |language, kind| {
            let told = tally(&days, language);
            let found = told.into_iter().find(|one| one.kind == kind);
            found.map(|one| (one.count, one.share.map(|share| share.share)))
        };
        assert_eq!(of(None, OutcomeKind::Answered), Some((1, Some(0.1))));
        assert_eq!(
            of(Some(Korean), OutcomeKind::Answered),
            Some((1, Some(0.5)))
        );
        assert_eq!(of(Some(English), OutcomeKind::Asked), Some((8, None)));
        assert_eq!(of(None, OutcomeKind::Helpful), Some((0, None)));
    }
}
