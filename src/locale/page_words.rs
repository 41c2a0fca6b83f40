//! The words of the pages that the server writes for visitors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The words of the help pages.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct HelpWords {
    pub title: String,
    pub skip: String,
    pub home: String,
    pub language: String,
    pub heading: String,
    pub search: String,
    pub search_label: String,
    pub results_for: String,
    pub no_results: String,
    pub category_count: String,
    pub all_in_category: String,
    pub other_language: String,
    pub next: String,
    pub helpful_question: String,
    pub yes: String,
    pub no: String,
    pub thanks: String,
    pub thanks_person: String,
    pub ask: String,
    pub no_articles: String,
    pub begin_here: String,
    pub ask_hint: String,
    pub ask_button: String,
    pub answer: String,
    pub source: String,
    pub write: String,
    pub write_hint: String,
    pub write_question: String,
    pub write_contact: String,
    pub write_button: String,
    pub write_empty: String,
    pub contact_empty: String,
    pub written: String,
    pub written_hint: String,
    pub warning: String,
    pub missing: String,
    pub back: String,
    pub fictional: String,
    pub verify: String,
}

/// The words of the check of official channels.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct VerifyWords {
    pub title: String,
    pub hint: String,
    pub label: String,
    pub button: String,
    pub listed_hint: String,
    pub not_listed: String,
    pub not_listed_hint: String,
    pub told_listed: String,
    pub told_unknown: String,
    pub told_alike: String,
    pub that_number: String,
    pub that_address: String,
    pub empty: String,
    pub agent_title: String,
    pub agent_hint: String,
    pub agent_label: String,
    pub agent_listed: String,
    pub agent_not_listed: String,
    pub agent_not_listed_hint: String,
    pub agent_wait: String,
}

/// The words of a ticket's status page.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct StatusWords {
    pub title: String,
    pub queued: String,
    pub queued_next: String,
    pub agent: String,
    pub agent_next: String,
    pub bot_answers: String,
    pub bot_next: String,
    pub pending: String,
    pub pending_next: String,
    pub identity: String,
    pub identity_next: String,
    pub solved: String,
    pub solved_next: String,
    pub closed: String,
    pub closed_next: String,
    pub first: String,
    pub before: String,
    pub waits: String,
    pub no_waits: String,
    pub open_now: String,
    pub open_until: String,
    pub opens: String,
    pub shut: String,
    pub away: String,
    pub hours: String,
    pub zone: String,
    pub said: String,
    pub you: String,
    pub staff: String,
    pub bot: String,
    pub notice: String,
    pub files: String,
    pub size: String,
    pub reply: String,
    pub attach: String,
    pub send: String,
    pub sent: String,
    pub refused: String,
    pub tampered: String,
    pub expired: String,
}

/// The words of the page that confirms an address.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct ContactWords {
    pub title: String,
    pub asks: String,
    pub button: String,
    pub thanks: String,
    pub tampered: String,
    pub expired: String,
}

/// What letters to members of staff say that are about no ticket.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct LetterWords {
    pub contract_subject: String,
    pub contract: String,
    pub contract_raised: String,
}

/// What a monthly report says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct ReportWords {
    pub title: String,
    pub public_note: String,
    pub each_day: String,
    pub most_a_day: String,
    pub became: String,
    pub outcome: String,
    pub count: String,
    pub share: String,
    pub interval_note: String,
    pub precision: String,
    pub language: String,
    pub judged: String,
    pub right: String,
    pub bound: String,
    pub promise: String,
    pub raised: String,
    pub not_judged: String,
    pub tickets: String,
    pub opened: String,
    pub taken_up: String,
    pub solved: String,
    pub half_minutes: String,
    pub most_minutes: String,
    pub kept: String,
    pub satisfaction: String,
    pub articles: String,
    pub article: String,
    pub given: String,
    pub channels: String,
    pub channel: String,
    pub made: String,
    pub letter_subject: String,
    pub letter: String,
    pub settled: String,
    pub settled_note: String,
    pub target: String,
    pub outcomes: BTreeMap<String, String>,
    pub gauges: BTreeMap<String, String>,
    pub standings: BTreeMap<String, String>,
    pub keeping: BTreeMap<String, String>,
}
