//! The notices pinned on every page while surge mode is on.

use minijinja::{Value, context};

use super::clocks::length;
use super::words::Preferences;
use crate::conversation::Surge;
use crate::time::Timestamp;

/// Notices in the language of the console.
pub(super) fn notice_values(
    preferences: &Preferences,
    surges: &[Surge],
    now: Timestamp,
) -> Vec<Value> {
    surges
        .iter()
        .map(|surge| {
            let left = length(preferences, surge.expires.millis_since(now).max(0));
            context! {
                incident => &surge.incident,
                text => surge.texts.get(&preferences.locale().worded()),
                left => preferences.filled("dueIn", &[("time", &left)]),
            }
        })
        .collect()
}
