//! A ticket: what a person needs to take over.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::identity::Tier;
use crate::ids::{AgentId, ConversationId, TicketId, UnknownCode};
use crate::knowledge::Severity;
use crate::language::{Elsewhere, Language};
use crate::pipeline::EscalationReason;
use crate::schedule::Priority;
use crate::staff::Level;
use crate::time::Timestamp;

/// A text that is no ticket number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no ticket number; write it like M-000123")]
pub struct InvalidTicketNumber(pub String);

impl FromStr for TicketNumber {
    type Err = InvalidTicketNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim().strip_prefix("M-").unwrap_or(text.trim());
        match digits.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(InvalidTicketNumber(text.chars().take(40).collect())),
        }
    }
}

/// The number people say on the phone: `M-000123`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketNumber(pub i64);

impl fmt::Display for TicketNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "M-{:06}", self.0)
    }
}

/// What has become of a ticket.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr, EnumString, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum TicketStatus {
    /// Staff have to act.
    Open,
    /// The visitor has to act.
    Pending,
    /// The visitor has to prove who they are.
    AwaitingIdentity,
    /// Staff say it is done.
    Solved,
    /// Nothing more will happen.
    Closed,
}

impl TicketStatus {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

impl TicketStatus {
    /// Tells whether somebody still has to act.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Pending | Self::AwaitingIdentity)
    }
}

/// Returns the level a ticket begins at.
pub fn level_for(reason: EscalationReason) -> Level {
    match reason {
        EscalationReason::FraudReport | EscalationReason::Regulated => Level::L3,
        EscalationReason::PersonalCase => Level::L2,
        _ => Level::L1,
    }
}

/// Which queue a ticket waits in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr, EnumString, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum TicketQueue {
    /// The everyday one.
    Standard,
    /// That of an incident.
    Surge,
}

impl TicketQueue {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Weighs the harm a subject can do, why a person is asked, and who asks.
pub fn priority(severity: Severity, reason: EscalationReason, tier: Tier) -> Priority {
    let by_matter = priority_of_matter(severity, reason);
    match tier {
        Tier::Unverified => by_matter,
        // Whoever has proved who they are is not asked again, so their matter is quickly done.
        Tier::Verified => by_matter.max(Priority::Normal),
        // Being early never means to go before those who are being robbed.
        Tier::Premium => by_matter.raised_by(1).min(by_matter.max(Priority::High)),
    }
}

fn priority_of_matter(severity: Severity, reason: EscalationReason) -> Priority {
    // Stolen money moves on within minutes, whatever article was nearest.
    if reason == EscalationReason::FraudReport {
        return Priority::Urgent;
    }
    let by_harm = match severity {
        Severity::Low => Priority::Low,
        Severity::Normal => Priority::Normal,
        Severity::High => Priority::High,
        Severity::Critical => Priority::Urgent,
    };
    match reason {
        // When the subject was not understood, the nearest article's severity says little either way.
        EscalationReason::NothingFound | EscalationReason::LowConfidence => {
            by_harm.clamp(Priority::Normal, Priority::High)
        }
        // What is nearest to words of a language that is not read says nothing at all.
        EscalationReason::LanguageNotServed => Priority::Normal,
        // Somebody's own case is never an idle question.
        EscalationReason::PersonalCase => by_harm.max(Priority::Normal),
        _ => by_harm,
    }
}

/// What a ticket inherits from the article nearest to the question.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TicketSubject {
    /// Category of the article.
    pub category: String,
    /// Its severity.
    pub severity: Severity,
    /// Fields to ask the visitor for.
    pub collect: Vec<String>,
    /// What whoever takes it should know about, beside the category.
    #[serde(default)]
    pub skills: Vec<String>,
}

/// A matter handed to people; the transcript is its conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its name.
    pub id: TicketId,
    /// The number people use.
    pub number: TicketNumber,
    /// Where it came up, and where the transcript is.
    pub conversation: ConversationId,
    /// What has become of it.
    pub status: TicketStatus,
    /// Language the visitor is addressed in.
    pub language: Language,
    /// The language the visitor speaks, where it is not served but has a name.
    pub elsewhere: Option<Elsewhere>,
    /// Category, harm and fields to collect; `None` when no article was near.
    pub subject: Option<TicketSubject>,
    /// How soon it should be taken.
    pub priority: Priority,
    /// How much whoever takes it has to know.
    pub level: Level,
    /// What is known of who the visitor is.
    pub tier: Tier,
    /// Where it waits.
    pub queue: TicketQueue,
    /// Who works on it.
    pub assignee: Option<AgentId>,
    /// What the visitor filled in, by name of the field.
    pub fields: BTreeMap<String, String>,
    /// Why a person was asked.
    pub reason: EscalationReason,
    /// Why, in the visitor's words.
    pub note: Option<String>,
    /// How the visitor can be reached outside the conversation.
    pub contact: Option<String>,
    /// The first question of the episode.
    pub summary: String,
    /// When it was opened.
    pub created: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priority_follows_harm_and_reason() {
        for (severity, reason, expected) in [
            (
                Severity::Low,
                EscalationReason::FraudReport,
                Priority::Urgent,
            ),
            (
                Severity::Low,
                EscalationReason::PersonRequested,
                Priority::Low,
            ),
            (
                Severity::Low,
                EscalationReason::PersonalCase,
                Priority::Normal,
            ),
            (
                Severity::Low,
                EscalationReason::NothingFound,
                Priority::Normal,
            ),
            (
                Severity::Critical,
                EscalationReason::LowConfidence,
                Priority::High,
            ),
            (
                Severity::Critical,
                EscalationReason::PersonalCase,
                Priority::Urgent,
            ),
            (Severity::High, EscalationReason::Regulated, Priority::High),
        ] {
            assert_eq!(
                priority(severity, reason, Tier::Unverified),
                expected,
                "{severity:?} {reason:?}"
            );
        }
    }

    #[test]
    fn priority_follows_who_asks() {
        let asked = EscalationReason::PersonRequested;
        for (severity, tier, expected) in [
            (Severity::Low, Tier::Unverified, Priority::Low),
            (Severity::Low, Tier::Verified, Priority::Normal),
            (Severity::High, Tier::Verified, Priority::High),
            (Severity::Low, Tier::Premium, Priority::Normal),
            (Severity::Normal, Tier::Premium, Priority::High),
            (Severity::High, Tier::Premium, Priority::High),
            (Severity::Critical, Tier::Premium, Priority::Urgent),
        ] {
            assert_eq!(
                priority(severity, asked, tier),
                expected,
                "{severity:?} {tier:?}"
            );
        }
    }

    #[test]
    fn numbers_are_short_and_grow() {
        assert_eq!(TicketNumber(123).to_string(), "M-000123");
        assert_eq!(TicketNumber(1_234_567).to_string(), "M-1234567");
    }
}
