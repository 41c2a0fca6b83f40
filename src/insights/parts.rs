//! How days went, told apart by article, section, category, channel, surface, and by who held the ticket.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::outcomes::{Tallied, tally};
use crate::store::{DailyCount, DailyPart, DailyScore, OutcomeKind, Part, ScorePart, scores_by};

/// Sums counts by what tells them apart; the one with most questions first, then by name.
pub fn tally_parts(parts: &[DailyPart], by: Part) -> Vec<(String, Vec<Tallied>)> {
    let mut found: BTreeMap<&str, Vec<DailyCount>> = BTreeMap::new();
    for one in parts.iter().filter(|one| one.part == by) {
        found.entry(&one.name).or_default().push(DailyCount {
            day: one.day.clone(),
            language: None,
            kind: one.kind,
            count: one.count,
        });
    }
    let mut told: Vec<(String, Vec<Tallied>)> = found
        .into_iter()
        .map(|(name, counts)| (name.to_owned(), tally(&counts, None)))
        .collect();
    let size = |told: &[Tallied]| -> i64 {
        let asked = told
            .iter()
            .filter(|one| matches!(one.kind, OutcomeKind::Asked | OutcomeKind::Answered));
        asked.map(|one| one.count).max().unwrap_or(0)
    };
    told.sort_by_key(|(_, told)| Reverse(size(told)));
    told
}

/// How often each score from 1 to 5 was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scores(pub [i64; 5]);

impl Scores {
    /// Sums all scores of days.
    pub fn all(scores: &[DailyScore]) -> Self {
        let found = Self::by(ScorePart::All, scores).into_iter().next();
        found.map_or_else(Self::default, |(_, scores)| scores)
    }

    /// Sums scores by what tells them apart; the one with most first, then by name.
    pub fn by(part: ScorePart, scores: &[DailyScore]) -> Vec<(String, Self)> {
        let mut found: Vec<(String, Self)> = scores_by(part, scores)
            .into_iter()
            .map(|(name, counts)| {
                let count = |score| counts.get(&score).copied().unwrap_or_default();
                (name.to_owned(), Self([1, 2, 3, 4, 5].map(count)))
            })
            .collect();
        found.sort_by_key(|(_, scores)| Reverse(scores.count()));
        found
    }

    /// Returns how many were given.
    pub fn count(&self) -> i64 {
        self.0.iter().sum()
    }

    /// Returns their mean to two digits, from 1 to 5; nothing where none was given.
    pub fn mean(&self) -> Option<f64> {
        let sum: i64 = self
            .0
            .iter()
            .zip(1..)
            .map(|(count, score)| count * score)
            .sum();
        let count = self.count();
        (count > 0).then(|| (sum as f64 / count as f64 * 100.0).round() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_summed_over_days_with_the_largest_first() {
        let one = |day: &str, part, name: &str, kind, count| DailyPart {
            day: day.to_owned(),
            part,
            name: name.to_owned(),
            kind,
            count,
        };
        use OutcomeKind::{Answered, Asked};
        let parts = [
            one("2026-11-01", Part::Channel, "line", Asked, 2),
            one("2026-11-02", Part::Channel, "web", Asked, 4),
            one("2026-11-02", Part::Channel, "web", Answered, 3),
            one("2026-11-03", Part::Channel, "web", Asked, 4),
            one("2026-11-03", Part::Article, "fees", Answered, 90),
        ];
        let told = tally_parts(&parts, Part::Channel);
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["web", "line"]);
        let answered = told[0].1.iter().find(|one| one.kind == Answered);
        let answered = answered.expect("told");
        assert_eq!((answered.count, answered.share.unwrap().total), (3, 8));
    }

    #[test]
    fn scores_are_summed_by_who_held_the_ticket() {
        let one = |part, name: &str, score, count| DailyScore {
            day: "2026-11-01".to_owned(),
            part,
            name: name.to_owned(),
            score,
            count,
        };
        let scores = [
            one(ScorePart::All, "", 5, 3),
            one(ScorePart::All, "", 2, 1),
            one(ScorePart::Agent, "ada", 5, 2),
            one(ScorePart::Agent, "mei", 5, 1),
            one(ScorePart::Agent, "mei", 2, 1),
            one(ScorePart::Agent, "mei", 2, 1),
        ];
        let all = Scores::all(&scores);
        assert_eq!((all.count(), all.mean()), (4, Some(4.25)));
        let agents = Scores::by(ScorePart::Agent, &scores);
        assert_eq!(agents[0], ("mei".to_owned(), Scores([0, 2, 0, 0, 1])));
        assert_eq!(Scores::all(&[]).mean(), None);
    }
}
