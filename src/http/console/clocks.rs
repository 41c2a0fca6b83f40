//! Times as people at the desk read them: how long ago, how long until.

use minijinja::{Value, context};
use strum::IntoStaticStr;

use super::words::Preferences;
use crate::time::Timestamp;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A length of time in one or two units.
pub(super) fn length(preferences: &Preferences, millis: i64) -> String {
    let (days, hours) = (millis / DAY_MS, millis % DAY_MS / HOUR_MS);
    let minutes = millis % HOUR_MS / MINUTE_MS;
    let unit = |word: &str, count: i64| preferences.filled(word, &[("n", &count.to_string())]);
    match (days, hours, minutes) {
        (0, 0, minutes) => unit("minutes", minutes),
        (0, hours, 0) => unit("hours", hours),
        (0, hours, minutes) => format!("{} {}", unit("hours", hours), unit("minutes", minutes)),
        (days, 0, _) => unit("days", days),
        (days, hours, _) => format!("{} {}", unit("days", days), unit("hours", hours)),
    }
}

/// How long ago something was.
pub(super) fn ago(preferences: &Preferences, then: Timestamp, now: Timestamp) -> String {
    let time = length(preferences, now.millis_since(then).max(0));
    preferences.filled("ago", &[("time", &time)])
}

/// A moment for `time`: exactly, and in UTC for who has no script that puts it into their own hours.
pub(super) fn moment(moment: Timestamp) -> Value {
    let exact = moment.to_string();
    let date_and_time = exact.get(..16).unwrap_or(&exact).replace('T', " ");
    context! { exact, text => format!("{date_and_time} UTC") }
}

/// How urgent a promise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Standing {
    /// There is time.
    Fine,
    /// Less than half an hour is left.
    Soon,
    /// The moment has passed.
    Late,
}

impl Standing {
    /// The class it is shown by.
    pub(super) fn code(self) -> &'static str {
        self.into()
    }
}

/// The time left until a promise is broken, or since it was.
pub(super) fn due(preferences: &Preferences, due: Timestamp, now: Timestamp) -> (Standing, String) {
    let left = due.millis_since(now);
    let words = length(preferences, left.abs());
    if left < 0 {
        (
            Standing::Late,
            preferences.filled("overdueBy", &[("time", &words)]),
        )
    } else if left < HOUR_MS / 2 {
        (
            Standing::Soon,
            preferences.filled("dueIn", &[("time", &words)]),
        )
    } else {
        (
            Standing::Fine,
            preferences.filled("dueIn", &[("time", &words)]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn times_read_as_people_say_them() {
        let preferences = |language| Preferences {
            language,
            script: Default::default(),
            theme: None,
        };
        for (language, millis, expected) in [
            (Language::English, 5 * MINUTE_MS, "5 min"),
            (Language::English, 90 * MINUTE_MS, "1 h 30 min"),
            (Language::Japanese, 2 * HOUR_MS, "2時間"),
            (Language::Chinese, 26 * HOUR_MS, "1 天 2 小时"),
            (Language::Korean, 3 * DAY_MS, "3일"),
        ] {
            assert_eq!(length(&preferences(language), millis), expected);
        }
        let now = Timestamp::from_millis(DAY_MS);
        let check = |millis, expected| {
            let (standing, _) = due(&preferences(Language::English), now.later_by(millis), now);
            assert_eq!(standing, expected, "{millis}");
        };
        check(HOUR_MS, Standing::Fine);
        check(MINUTE_MS, Standing::Soon);
        check(-MINUTE_MS, Standing::Late);
    }
}
