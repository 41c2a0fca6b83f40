//! Opening hours as somebody says them on the command line.

use std::collections::BTreeMap;

use crate::schedule::ServiceHours;
use anyhow::{Context, bail};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Returns the file of opening hours for lines such as `mon-fri 09:00-12:00 13:00-18:00`.
pub(super) fn schedule_of(lines: &[String], zone: &str) -> anyhow::Result<String> {
    let mut hours: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for line in lines {
        let mut words = line.split_whitespace();
        let named = words.next().unwrap_or_default().to_lowercase();
        let (first, last) = named.split_once('-').unwrap_or((&named, &named));
        let day = |name: &str| {
            let place = DAYS.iter().position(|day| *day == name);
            place.with_context(|| {
                format!("`{line}` does not begin with days; write it as \"mon-fri 09:00-18:00\"")
            })
        };
        let (first, last) = (day(first)?, day(last)?);
        let spans: Vec<&str> = words.collect();
        if spans.is_empty() {
            bail!("`{line}` says no hours; write it as \"mon-fri 09:00-18:00\"");
        }
        // From Saturday to Tuesday leads over the end of the week.
        let length = (last + DAYS.len() - first) % DAYS.len();
        for step in 0..=length {
            let own = hours.entry((first + step) % DAYS.len()).or_default();
            own.extend(&spans);
        }
    }
    let zone = toml::Value::from(zone);
    let mut text = format!(
        "# When the desk is open; days left out are closed.\n[calendar]\nzone = {zone}\n\n[calendar.hours]\n"
    );
    for (day, spans) in hours {
        let spans: Vec<toml::Value> = spans.into_iter().map(toml::Value::from).collect();
        text.push_str(&format!("{} = {}\n", DAYS[day], toml::Value::from(spans)));
    }
    let read: ServiceHours = toml::from_str(&text).context("the hours cannot be written")?;
    read.hours().context("--hours and --zone")?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_said_in_a_line() {
        let lines = ["mon-wed 09:00-12:00 13:00-18:00", "sat-sun 10:00-14:00"].map(str::to_owned);
        let text = schedule_of(&lines, "Asia/Seoul").unwrap();
        for line in [
            "zone = \"Asia/Seoul\"",
            "wed = [\"09:00-12:00\", \"13:00-18:00\"]",
            "sun = [\"10:00-14:00\"]",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(!text.contains("thu"), "{text}");
        for (line, zone) in [
            ("monday 09:00-18:00", "Asia/Seoul"),
            ("mon", "Asia/Seoul"),
            ("mon 9-18", "Asia/Seoul"),
            ("mon 09:00-18:00", "Mars/Olympus"),
        ] {
            assert!(schedule_of(&[line.to_owned()], zone).is_err(), "{line}");
        }
    }
}
