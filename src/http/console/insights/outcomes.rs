//! Outcomes as the page shows them: numbers, and bars beside them.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use crate::http::console::words::Preferences;
use crate::insights::{Gauge, Share, Tallied, TargetSettings, gauges, tally};
use crate::language::Language;
use crate::store::{DailyCount, OutcomeKind};
use crate::time::Timestamp;

/// Height of the chart of days, in its own units.
const CHART_HEIGHT: f64 = 100.0;

/// Width of a day in it.
const DAY_WIDTH: u32 = 10;

/// Fills the part of the page about outcomes.
pub(super) fn values(
    preferences: &Preferences,
    counts: &[DailyCount],
    targets: &TargetSettings,
    days: u32,
    now: Timestamp,
) -> Value {
    let of_languages: Vec<Vec<Tallied>> = Language::ALL
        .into_iter()
        .map(|language| tally(counts, Some(language)))
        .collect();
    let lines: Vec<Value> = tally(counts, None)
        .into_iter()
        .enumerate()
        .map(|(place, told)| {
            let languages = of_languages.iter().map(|told| told[place].count);
            line_values(preferences, told, languages.collect())
        })
        .collect();
    let languages: Vec<Value> = Language::ALL
        .into_iter()
        .map(|language| context! { code => language.code(), name => language.endonym() })
        .collect();
    let gauges: Vec<Value> = gauges(counts, None, targets)
        .into_iter()
        .map(|gauge| gauge_values(preferences, gauge))
        .collect();
    context! { lines, languages, gauges, chart => chart_values(preferences, counts, days, now) }
}

fn gauge_values(preferences: &Preferences, gauge: Gauge) -> Value {
    let standing = gauge.standing().code();
    let Gauge {
        kind,
        share,
        target,
    } = gauge;
    let aim = target.map(|target| {
        let percent = format!("{:.0}", target * 100.0);
        preferences.filled("targetIs", &[("n", &percent)])
    });
    context! {
        code => kind.code(),
        word => preferences.word(&format!("gauge_{}", kind.code())),
        share => share.map(|share| share_values(preferences, share)),
        target => aim,
        // The mark stays inside of the bar.
        mark => target.map(|target| tenth((target * 100.0).min(99.0))),
        standing,
        standing_word => preferences.word(&format!("target_{standing}")),
    }
}

fn line_values(preferences: &Preferences, told: Tallied, languages: Vec<i64>) -> Value {
    let Tallied { kind, count, share } = told;
    context! {
        code => kind.code(),
        word => preferences.word(&format!("out_{}", kind.code())),
        count,
        languages,
        share => share.map(|share| share_values(preferences, share)),
    }
}

/// A share in words and as a bar with its interval.
pub(super) fn share_values(preferences: &Preferences, share: Share) -> Value {
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let (low, high) = (percent(share.low), percent(share.high));
    context! {
        value => format!("{}%", percent(share.share)),
        interval => preferences.filled("shareBetween", &[("low", &low), ("high", &high)]),
        width => tenth(share.share * 100.0),
        low => tenth(share.low * 100.0),
        range => tenth((share.high - share.low) * 100.0),
    }
}

/// Digits enough for a bar.
fn tenth(number: f64) -> String {
    format!("{number:.1}")
}

/// A bar for each day: what was asked, and in it what was answered.
fn chart_values(
    preferences: &Preferences,
    counts: &[DailyCount],
    days: u32,
    now: Timestamp,
) -> Value {
    let mut by_day: BTreeMap<&str, [i64; 2]> = BTreeMap::new();
    for one in counts {
        let place = match one.kind {
            OutcomeKind::Asked => 0,
            OutcomeKind::Answered => 1,
            _ => continue,
        };
        by_day.entry(&one.day).or_default()[place] += one.count;
    }
    let most = by_day.values().map(|[asked, _]| *asked).max().unwrap_or(0);
    let height = |count: i64| count as f64 / most.max(1) as f64 * CHART_HEIGHT;
    let first = now.days_earlier(days - 1);
    let mut bars = Vec::new();
    let mut moment = first;
    for place in 0..days {
        let day = moment.day();
        let [asked, answered] = by_day.get(day.as_str()).copied().unwrap_or_default();
        let numbers = [asked.to_string(), answered.to_string()];
        let told = [
            ("day", day.as_str()),
            ("asked", &numbers[0]),
            ("answered", &numbers[1]),
        ];
        bars.push(context! {
            left => place * DAY_WIDTH + 1,
            asked_top => tenth(CHART_HEIGHT - height(asked)),
            asked_height => tenth(height(asked)),
            answered_top => tenth(CHART_HEIGHT - height(answered)),
            answered_height => tenth(height(answered)),
            told => preferences.filled("dayTold", &told),
        });
        moment = moment.a_day_later();
    }
    context! {
        bars,
        width => days * DAY_WIDTH,
        bar_width => DAY_WIDTH - 2,
        most,
        first => first.day(),
        last => now.day(),
    }
}
