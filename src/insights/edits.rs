//! What edits changed: how an article did before somebody changed it, and after.

use strum::IntoStaticStr;

use super::outcomes::Share;
use crate::store::{ArticleEdit, DailyPart, OutcomeKind, Part};
use crate::time::Timestamp;

/// Days that are looked at on either side of an edit, at most.
pub const EDIT_DAYS: u32 = 28;

/// How an article did in some days.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Doing {
    /// How many days; the day of the edit itself is in neither.
    pub days: u32,
    /// Times it was given.
    pub given: i64,
    /// Share of those who asked in words for whom it settled the matter.
    pub resolved: Option<Share>,
    /// Share of ratings that say it helped.
    pub helpful: Option<Share>,
}

/// Whether an edit helped, as far as the numbers can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// More matters are settled, or more readers say that it helps.
    Better,
    /// Fewer are.
    Worse,
    /// The numbers are too small, or too much alike.
    Unsure,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Better, Self::Worse, Self::Unsure];

    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// An edit and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EditEffect {
    /// The edit.
    pub edit: ArticleEdit,
    /// How the article did before.
    pub before: Doing,
    /// How it has done since.
    pub after: Doing,
    /// Whether that is better.
    pub verdict: Verdict,
}

/// Compares the days before and after each edit, up to [`EDIT_DAYS`] on either side and never beyond another edit of the same
/// article. The parts are those of all days concerned, up to `today`.
pub fn edit_effects(
    edits: Vec<ArticleEdit>,
    parts: &[DailyPart],
    today: Timestamp,
) -> Vec<EditEffect> {
    let today = today.start_of_day();
    let all = edits.clone();
    let others = |edit: &ArticleEdit| -> Vec<Timestamp> {
        let others = all.iter().filter(|other| other.article == edit.article);
        others
            .map(|other| other.day)
            .filter(|day| *day != edit.day)
            .collect()
    };
    edits
        .into_iter()
        .map(|edit| {
            let others = others(&edit);
            let earlier = others.iter().filter(|day| **day < edit.day).max();
            let later = others.iter().filter(|day| **day > edit.day).min();
            let first = edit.day.days_earlier(EDIT_DAYS);
            let from = earlier.map_or(first, |day| day.a_day_later().max(first));
            let mut last = edit.day;
            for _ in 0..EDIT_DAYS {
                let next = last.a_day_later();
                if next > today || later.is_some_and(|day| next >= *day) {
                    break;
                }
                last = next;
            }
            let before = doing(&edit, parts, from, edit.day.days_earlier(1));
            let after = doing(&edit, parts, edit.day.a_day_later(), last);
            let verdict = verdict(&before, &after);
            EditEffect {
                edit,
                before,
                after,
                verdict,
            }
        })
        .collect()
}

fn doing(edit: &ArticleEdit, parts: &[DailyPart], from: Timestamp, until: Timestamp) -> Doing {
    if until < from {
        return Doing::default();
    }
    let (first, last) = (from.day(), until.day());
    let count = |kind| -> i64 {
        parts
            .iter()
            .filter(|one| one.part == Part::Article && one.name == edit.article.as_str())
            .filter(|one| one.kind == kind && one.day >= first && one.day <= last)
            .map(|one| one.count)
            .sum()
    };
    let (helpful, not_helpful) = (count(OutcomeKind::Helpful), count(OutcomeKind::NotHelpful));
    let length = until.millis_since(from) / (24 * 60 * 60 * 1_000) + 1;
    Doing {
        days: u32::try_from(length).unwrap_or(u32::MAX),
        given: count(OutcomeKind::Answered),
        resolved: Share::of(count(OutcomeKind::Resolved), count(OutcomeKind::Asked)),
        helpful: Share::of(helpful, helpful + not_helpful),
    }
}

/// An edit is better where one of both shares has surely risen and the other has not surely fallen.
fn verdict(before: &Doing, after: &Doing) -> Verdict {
    let changes = [
        change(before.resolved, after.resolved),
        change(before.helpful, after.helpful),
    ];
    match (
        changes.contains(&Verdict::Better),
        changes.contains(&Verdict::Worse),
    ) {
        (true, false) => Verdict::Better,
        (false, true) => Verdict::Worse,
        _ => Verdict::Unsure,
    }
}

/// Tells whether a share has changed, by the interval of the difference of two shares that Newcombe gives from theirs
/// (1998, method 10).
fn change(before: Option<Share>, after: Option<Share>) -> Verdict {
    let (Some(before), Some(after)) = (before, after) else {
        return Verdict::Unsure;
    };
    let difference = after.share - before.share;
    let low = difference - (after.share - after.low).hypot(before.high - before.share);
    let high = difference + (after.high - after.share).hypot(before.share - before.low);
    match (low > 0.0, high < 0.0) {
        (true, _) => Verdict::Better,
        (_, true) => Verdict::Worse,
        _ => Verdict::Unsure,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::knowledge::ArticleId;

    fn day(number: u32) -> Timestamp {
        Timestamp::from_millis(100 * 24 * 60 * 60 * 1_000 - 1)
            .days_earlier(100 - number)
            .start_of_day()
    }

    fn edit(article: &str, at: Timestamp) -> ArticleEdit {
        ArticleEdit {
            article: ArticleId::new(article),
            day: at,
            by: BTreeSet::from(["Ada".to_owned()]),
            files: BTreeSet::from(["en.md".to_owned()]),
        }
    }

    fn counted(at: Timestamp, asked: i64, resolved: i64) -> [DailyPart; 3] {
        let one = |kind, count| DailyPart {
            day: at.day(),
            part: Part::Article,
            name: "fees".to_owned(),
            kind,
            count,
        };
        [
            one(OutcomeKind::Asked, asked),
            one(OutcomeKind::Answered, asked + 1),
            one(OutcomeKind::Resolved, resolved),
        ]
    }

    #[test]
    fn days_before_and_after_are_compared_and_the_day_itself_is_in_neither() {
        let parts = [
            counted(day(10), 40, 12),
            counted(day(20), 500, 500),
            counted(day(21), 40, 30),
        ]
        .concat();
        let told = edit_effects(vec![edit("fees", day(20))], &parts, day(22));
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!((one.before.given, one.after.given), (41, 41));
        assert_eq!((one.before.days, one.after.days), (28, 2));
        assert_eq!(one.before.resolved.unwrap().share, 0.3);
        assert_eq!(one.verdict, Verdict::Better);
        let told = edit_effects(vec![edit("fees", day(20))], &parts[..6], day(22));
        assert_eq!(told[0].verdict, Verdict::Unsure, "nothing came since");
    }

    #[test]
    fn another_edit_ends_the_time_of_the_one_before() {
        let parts = [
            counted(day(5), 40, 30),
            counted(day(15), 40, 12),
            counted(day(25), 40, 11),
        ]
        .concat();
        let edits = vec![
            edit("fees", day(20)),
            edit("fees", day(10)),
            edit("other", day(12)),
        ];
        let told = edit_effects(edits, &parts, day(30));
        assert_eq!((told[0].before.days, told[0].after.days), (9, 10));
        assert_eq!((told[0].before.given, told[0].after.given), (41, 41));
        assert_eq!(told[0].verdict, Verdict::Unsure, "12 and 11 of 40");
        assert_eq!((told[1].before.given, told[1].after.given), (41, 41));
        assert_eq!(told[1].verdict, Verdict::Worse);
        assert_eq!(told[2].before.resolved, None);
    }
}
