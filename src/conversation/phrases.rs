//! What the bot and the desk say in their own words: which sentence, and with what in its places.
//!
//! The sentences themselves stand in [`crate::locale`]. Every one holds before a ticket exists as well as after: what was
//! done is said by a [`SystemNote`].

use super::{BotDecision, BotReply, TicketNumber};
use crate::locale::{Locale, ReplyWords, filled, words};
use crate::pipeline::EscalationReason;

/// What the desk says in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemNote {
    /// A person will answer, under this number.
    TicketOpened(TicketNumber),
    /// The matter waits for a person already; what was just written joins it.
    AddedToTicket(TicketNumber),
    /// This person answers from now on.
    AgentJoined {
        /// The name shown to visitors.
        name: String,
    },
    /// Nobody holds the conversation any more; it waits for the next person.
    BackInQueue(TicketNumber),
    /// The bot answers again; the ticket stays open.
    ReturnedToBot,
    /// The matter is settled.
    Closed,
    /// The visitor did not come back.
    ClosedForSilence,
    /// A settled matter is taken up again by this person.
    Reopened {
        /// The name shown to visitors.
        name: String,
    },
}

/// Says what the desk did.
pub fn phrase_note(note: &SystemNote, locale: Locale) -> String {
    let notes = &words(locale).note;
    let numbered = |sentence: &str, number: &TicketNumber| {
        filled(sentence, &[("number", &number.to_string())])
    };
    match note {
        SystemNote::TicketOpened(number) => numbered(&notes.ticket_opened, number),
        SystemNote::AddedToTicket(number) => numbered(&notes.added_to_ticket, number),
        SystemNote::BackInQueue(number) => numbered(&notes.back_in_queue, number),
        SystemNote::AgentJoined { name } => filled(&notes.agent_joined, &[("name", name)]),
        SystemNote::Reopened { name } => filled(&notes.reopened, &[("name", name)]),
        SystemNote::ReturnedToBot => notes.returned_to_bot.clone(),
        SystemNote::Closed => notes.closed.clone(),
        SystemNote::ClosedForSilence => notes.closed_for_silence.clone(),
    }
}

/// The sentence that goes with a reply, by the name it has in every locale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplySentence {
    /// The answer was found.
    Found,
    /// One of several is meant.
    WhichOne,
    /// The answer stands in another language.
    OtherLanguage,
    /// Beside an answer: a program has written it.
    MachineWritten,
    /// Beside an answer: a person can look into the visitor's own case.
    OfferPersonal,
    /// Beside an answer: who has been defrauded should talk to a person.
    OfferFraud,
    /// Beside an answer: only general information.
    OfferRegulated,
    /// Instead of an answer: why a person is needed.
    Escalated(EscalationReason),
}

impl ReplySentence {
    /// Chooses what the visitor is told: an answer, a choice, or the reason a person is needed.
    pub fn of(reply: &BotReply) -> Self {
        match &reply.decision {
            BotDecision::Answer { answer, .. } if answer.machine_written => Self::MachineWritten,
            BotDecision::Answer { answer, .. } if answer.other_language_label => {
                Self::OtherLanguage
            }
            BotDecision::Answer {
                offer_person: Some(reason),
                ..
            } => match reason {
                EscalationReason::FraudReport => Self::OfferFraud,
                EscalationReason::Regulated => Self::OfferRegulated,
                _ => Self::OfferPersonal,
            },
            BotDecision::Answer { .. } => Self::Found,
            BotDecision::Clarify { .. } => Self::WhichOne,
            BotDecision::Escalate { reason, .. } => Self::Escalated(*reason),
        }
    }

    /// Gives the name it has in the locale files.
    pub fn code(self) -> &'static str {
        self.named_in(&words(Locale::English).reply).0
    }

    /// Says it.
    pub fn said_in(self, locale: Locale) -> &'static str {
        self.named_in(&words(locale).reply).1
    }

    fn named_in(self, said: &'static ReplyWords) -> (&'static str, &'static str) {
        match self {
            Self::Found => ("found", &said.found),
            Self::WhichOne => ("which_one", &said.which_one),
            Self::OtherLanguage => ("other_language", &said.other_language),
            Self::MachineWritten => ("machine_written", &said.machine_written),
            Self::OfferPersonal => ("offer_personal", &said.offer_personal),
            Self::OfferFraud => ("offer_fraud", &said.offer_fraud),
            Self::OfferRegulated => ("offer_regulated", &said.offer_regulated),
            Self::Escalated(reason) => match reason {
                EscalationReason::NothingFound => ("nothing_found", &said.nothing_found),
                EscalationReason::LowConfidence => ("low_confidence", &said.low_confidence),
                EscalationReason::PersonRequested => ("person_requested", &said.person_requested),
                EscalationReason::PersonalCase => ("personal_case", &said.personal_case),
                EscalationReason::FraudReport => ("fraud_report", &said.fraud_report),
                EscalationReason::Regulated => ("regulated", &said.regulated),
                EscalationReason::LanguageMissing => ("language_missing", &said.language_missing),
                EscalationReason::LanguageNotServed => {
                    ("language_not_served", &said.language_not_served)
                }
            },
        }
    }
}

/// Says in one sentence what the visitor is looking at.
pub fn reply_message(reply: &BotReply) -> &'static str {
    ReplySentence::of(reply).said_in(Locale::of(reply.language))
}

/// Says a whole reply as plain text, for transcripts and for channels that show nothing else.
pub fn phrase_reply(reply: &BotReply) -> String {
    let message = reply_message(reply);
    match &reply.decision {
        BotDecision::Answer {
            answer,
            offer_person: None,
        } if !answer.other_language_label => answer.text.clone(),
        BotDecision::Answer { answer, .. } => format!("{}\n\n{message}", answer.text),
        BotDecision::Clarify { options } => {
            let titles = options.iter().map(|option| format!("\n- {}", option.title));
            titles.fold(message.to_owned(), |text, title| text + &title)
        }
        BotDecision::Escalate {
            first_aid: Some(answer),
            ..
        } => format!("{message}\n\n{}", answer.text),
        BotDecision::Escalate {
            first_aid: None, ..
        } => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{AnswerId, Timestamp};
    use crate::language::Language;
    use crate::pipeline::Confidence;

    const REASONS: [EscalationReason; 8] = [
        EscalationReason::NothingFound,
        EscalationReason::LowConfidence,
        EscalationReason::PersonRequested,
        EscalationReason::PersonalCase,
        EscalationReason::FraudReport,
        EscalationReason::Regulated,
        EscalationReason::LanguageMissing,
        EscalationReason::LanguageNotServed,
    ];

    #[test]
    fn every_reason_is_told_in_the_visitors_language() {
        let is_in = |text: &str, language| match language {
            Language::English => text.is_ascii() || text.contains("English"),
            Language::Chinese => text.contains(['您', '客', '我', '人']),
            Language::Japanese => text.chars().any(crate::language::is_kana),
            Language::Korean => text.chars().any(crate::language::is_hangul),
        };
        for language in Language::ALL {
            for reason in REASONS {
                let reply = BotReply {
                    answer: AnswerId::generate(Timestamp::from_millis(0)),
                    decision: BotDecision::Escalate {
                        reason,
                        first_aid: None,
                    },
                    language,
                    confidence: Confidence(0.1),
                    subject: None,
                };
                let text = phrase_reply(&reply);
                assert!(is_in(&text, language), "{reason:?} {language}: {text}");
            }
        }
    }

    #[test]
    fn notes_name_ticket_and_person_in_every_locale() {
        let number = TicketNumber(7);
        let name = || "Sora".to_owned();
        for locale in Locale::ALL {
            for (note, named) in [
                (SystemNote::TicketOpened(number), "M-000007"),
                (SystemNote::AddedToTicket(number), "M-000007"),
                (SystemNote::BackInQueue(number), "M-000007"),
                (SystemNote::AgentJoined { name: name() }, "Sora"),
                (SystemNote::Reopened { name: name() }, "Sora"),
                (SystemNote::ReturnedToBot, ""),
                (SystemNote::Closed, ""),
                (SystemNote::ClosedForSilence, ""),
            ] {
                let text = phrase_note(&note, locale);
                assert!(text.contains(named) && !text.contains('{'), "{text}");
            }
        }
    }
}
