//! Reports as people and programs read them: a page for print, a table, JSON.

use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, Value, context};
use serde_json::json;

use super::figures::Figures;
use crate::locale::{Locale, ReportWords, words};

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates
        .add_template(
            "report.html",
            include_str!("../../web/templates/report.html"),
        )
        .expect("the compiled-in template parses, as a test proves");
    templates
});

/// Height of the chart of days, in its own units.
const CHART_HEIGHT: f64 = 100.0;

impl Figures {
    /// Writes them as JSON.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Writes what became of the questions as a table, a line for each outcome and language; an empty count is one too small
    /// to be told.
    pub fn csv(&self) -> String {
        let mut table = String::from("month,outcome,language,count\n");
        for one in &self.outcomes {
            let all = [("", one.count)].into_iter();
            let languages = one.languages.iter().map(|(code, count)| (*code, *count));
            for (language, count) in all.chain(languages) {
                let count = count.map_or_else(String::new, |count| count.to_string());
                table.push_str(&format!(
                    "{},{},{language},{count}\n",
                    self.month,
                    one.outcome.code()
                ));
            }
        }
        table
    }

    /// Writes them as one page without scripts, pictures or addresses, which prints on paper.
    pub fn html(&self, locale: Locale) -> Result<String, minijinja::Error> {
        let say = &words(locale).report;
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let outcomes: Vec<Value> = self
            .outcomes
            .iter()
            .map(|one| {
                let languages: Vec<String> = one.languages.values().map(|count| told(*count)).collect();
                context! {
                    word => say.outcomes.get(one.outcome.code()),
                    count => told(one.count),
                    share => one.share.map(|share| percent(share.value)),
                    interval => one.share.map(|share| format!("{:.1}–{:.1} %", share.low * 100.0, share.high * 100.0)),
                    width => one.share.map(|share| format!("{:.1}", share.value * 100.0)),
                    languages,
                }
            })
            .collect();
        let gauges: Vec<Value> = self
            .gauges
            .iter()
            .map(|one| {
                let of_hundred = |share: f64| format!("{:.1}", share * 100.0);
                context! {
                    code => one.gauge.code(),
                    word => say.gauges.get(one.gauge.code()),
                    share => one.share.map(|share| percent(share.value)),
                    interval => one.share.map(|share| format!("{}–{}", percent(share.low), percent(share.high))),
                    width => one.share.map(|share| of_hundred(share.value)),
                    low => one.share.map(|share| of_hundred(share.low)),
                    range => one.share.map(|share| of_hundred(share.high - share.low)),
                    target => one.target.map(percent),
                    mark => one.target.map(|target| of_hundred(target.min(0.99))),
                    standing => say.standings.get(one.standing.code()),
                }
            })
            .collect();
        let codes: Vec<&str> = self
            .outcomes
            .first()
            .map(|one| one.languages.keys().copied().collect())
            .unwrap_or_default();
        let most = self.days.iter().map(|day| day.asked).max().unwrap_or(0);
        let height = |count: i64| count as f64 / most.max(1) as f64 * CHART_HEIGHT;
        let days: Vec<Value> = self
            .days
            .iter()
            .enumerate()
            .map(|(place, day)| {
                context! {
                    left => place * 10 + 1,
                    asked_top => format!("{:.1}", CHART_HEIGHT - height(day.asked)),
                    asked_height => format!("{:.1}", height(day.asked)),
                    answered_top => format!("{:.1}", CHART_HEIGHT - height(day.answered)),
                    answered_height => format!("{:.1}", height(day.answered)),
                    told => format!("{}: {} / {}", day.day, day.asked, day.answered),
                }
            })
            .collect();
        let precision: Vec<Value> = self
            .precision
            .iter()
            .map(|one| {
                context! {
                    language => one.language,
                    judged => one.judged,
                    right => one.right,
                    bound => percent(one.bound),
                    keeping => say.keeping.get(&one.keeping),
                    raised => one.raised,
                }
            })
            .collect();
        let values = context! {
            lang => locale.tag(),
            words => value_of(&json!(say)),
            figures => value_of(&json!(self)),
            kept => self.tickets.kept.map(|kept| percent(kept.value)),
            outcomes,
            gauges,
            codes,
            days,
            width => self.days.len() * 10,
            most,
            precision,
        };
        TEMPLATES.get_template("report.html")?.render(values)
    }
}

/// What a template reads: fields by their names.
fn value_of(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(is) => Value::from(*is),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(whole),
            None => Value::from(number.as_f64()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(all) => all.iter().map(value_of).collect(),
        Json::Object(fields) => Value::from_pairs(
            fields
                .iter()
                .map(|(name, value)| (name.as_str(), value_of(value))),
        ),
    }
}

/// A count, or that it is too small to be told.
fn told(count: Option<i64>) -> String {
    count.map_or_else(|| "< 10".to_owned(), |count| count.to_string())
}

/// Returns the subject of the letter that brings a report, and the sentence in it.
pub fn letter(locale: Locale, figures: &Figures) -> (String, String) {
    let ReportWords {
        letter_subject,
        letter,
        ..
    } = &words(locale).report;
    let values = [
        ("month", figures.month.as_str()),
        ("name", figures.name.as_str()),
    ];
    (
        crate::locale::filled(letter_subject, &values),
        crate::locale::filled(letter, &values),
    )
}
