//! Where somebody is signed in, and by which passkeys, in words they recognise.

use minijinja::{Value, context};

use crate::desk::{KeptPasskey, OpenSession};
use crate::http::console::clocks::ago;
use crate::http::console::words::Preferences;
use crate::time::Timestamp;

/// What browsers call themselves, the more telling first: most of them claim to be others too.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// What systems are called in it.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The open sessions as their owner reads of them.
pub(super) fn session_values(
    preferences: &Preferences,
    sessions: Vec<OpenSession>,
    now: Timestamp,
) -> Vec<Value> {
    sessions
        .into_iter()
        .map(|session| {
            let device = device(&session.browser);
            let device = device.unwrap_or_else(|| preferences.word("unknownDevice"));
            context! {
                id => session.id,
                device,
                browser => session.browser,
                created => ago(preferences, session.created, now),
                used => ago(preferences, session.used, now),
                is_current => session.is_current,
            }
        })
        .collect()
}

/// The passkeys as their owner reads of them.
pub(super) fn passkey_values(
    preferences: &Preferences,
    passkeys: Vec<KeptPasskey>,
    now: Timestamp,
) -> Vec<Value> {
    passkeys
        .into_iter()
        .map(|kept| {
            let device = device(&kept.browser);
            let device = device.unwrap_or_else(|| preferences.word("unknownDevice"));
            context! {
                id => kept.passkey.id,
                device,
                browser => kept.browser,
                created => ago(preferences, kept.created, now),
                used => kept.used.map(|used| ago(preferences, used, now)),
            }
        })
        .collect()
}

/// Returns browser and system by what the browser calls itself; for a program its name.
fn device(browser: &str) -> Option<String> {
    let known = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(mark, _)| browser.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(name), Some(system)) => Some(format!("{name} · {system}")),
        (Some(name), None) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => {
            let first = browser.split_whitespace().next()?;
            Some(first.chars().take(40).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        for (browser, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                Some("Edge · Windows"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                Some("Safari · macOS"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                Some("Safari · iPhone"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
                Some("Firefox · Linux"),
            ),
            ("curl/8.9.1", Some("curl/8.9.1")),
            ("", None),
        ] {
            assert_eq!(device(browser).as_deref(), expected, "{browser}");
        }
    }
}
