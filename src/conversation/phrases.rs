//! What the bot and the desk say in their own words: which sentence, and with what in its places.
//!
//! The sentences themselves stand in [`crate::locale`]. Every one holds before a ticket exists as well as after: what was
//! done is said by a [`SystemNote`].

use super::{BotDecision, BotReply, ChannelNote, TicketNumber};
use crate::dialogue::DialogueAct;
use crate::locale::{HiddenWords, Locale, ReplyWords, filled, kind_word, words};
use crate::pipeline::EscalationReason;
use crate::safety::redact::{Finding, Kind};
use crate::safety::{ChannelKind, Lookup};

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
    /// What the visitor wrote has secrets, which nobody gets to see.
    Hidden(Vec<Finding>),
    /// A text that people have written beforehand, said by a rule of theirs.
    Said(String),
    /// Channels that the visitor asks about, or that were made to look like the operator's.
    Channels(Vec<Lookup>),
    /// What is said in messengers alone.
    OfChannel(ChannelNote),
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
        SystemNote::Said(text) => text.clone(),
        SystemNote::OfChannel(note) => note.said_in(locale),
        SystemNote::Hidden(findings) => phrase_hidden(findings, locale).unwrap_or_default(),
        SystemNote::Channels(lookups) => {
            let told = lookups.iter().map(|lookup| {
                // Numbers and addresses were hidden in the message, and are not repeated beside it.
                let is_hidden = matches!(lookup.kind, ChannelKind::Mail | ChannelKind::Phone);
                phrase_lookup(lookup, (!is_hidden).then_some(&lookup.asked), locale)
            });
            told.collect::<Vec<_>>().join("\n")
        }
    }
}

/// Tells whether a note says only who answers from now on, or that it is over: where people do not watch, such as in mail,
/// it is not worth a message of its own.
pub fn is_about_who_answers(text: &str) -> bool {
    Locale::ALL.into_iter().any(|locale| {
        let notes = &words(locale).note;
        let whole = [
            &notes.returned_to_bot,
            &notes.closed,
            &notes.closed_for_silence,
        ];
        let with_place = [&notes.agent_joined, &notes.reopened, &notes.back_in_queue];
        whole.into_iter().any(|note| note == text)
            || with_place.into_iter().any(|note| {
                let begin = note.split('{').next().unwrap_or_default();
                let end = note.rsplit('}').next().unwrap_or_default();
                text.len() > begin.len() + end.len()
                    && text.starts_with(begin)
                    && text.ends_with(end)
            })
    })
}

/// Says whether a channel is on the operator's list, by its name or, where it is not to be repeated, by its kind.
pub fn phrase_lookup(lookup: &Lookup, shown: Option<&str>, locale: Locale) -> String {
    let verify = &words(locale).verify;
    let channel = match (shown, lookup.kind) {
        (Some(shown), _) => shown,
        (None, ChannelKind::Phone) => &verify.that_number,
        (None, _) => &verify.that_address,
    };
    match (lookup.is_listed(), lookup.resembles()) {
        (true, _) => filled(&verify.told_listed, &[("channel", channel)]),
        (false, Some(resemblance)) => filled(
            &verify.told_alike,
            &[("channel", channel), ("known", &resemblance.known)],
        ),
        (false, None) => filled(&verify.told_unknown, &[("channel", channel)]),
    }
}

/// Tells a visitor what was hidden in their message, so that they give it to nobody; nothing where nothing was.
pub fn phrase_hidden(findings: &[Finding], locale: Locale) -> Option<String> {
    let hidden = &words(locale).hidden;
    let sentence = |sentence: &str, is_secret: bool| {
        let names: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.kind.is_secret() == is_secret)
            .map(|finding| name_of_hidden(hidden, finding.kind))
            .collect();
        (!names.is_empty()).then(|| filled(sentence, &[("what", &names.join(&hidden.between))]))
    };
    let sentences: Vec<String> = [
        sentence(&hidden.secret, true),
        sentence(&hidden.personal, false),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!sentences.is_empty()).then(|| sentences.join("\n"))
}

fn name_of_hidden(hidden: &HiddenWords, kind: Kind) -> &str {
    match kind {
        Kind::SeedPhrase => &hidden.seed_phrase,
        Kind::WalletKey => &hidden.wallet_key,
        Kind::Password => &hidden.password,
        Kind::OneTimeCode => &hidden.one_time_code,
        Kind::ApiSecret => &hidden.api_secret,
        Kind::Token => &hidden.token,
        Kind::Card => &hidden.card,
        Kind::BankAccount => &hidden.bank_account,
        Kind::ResidentId => &hidden.resident_id,
        Kind::ResidentNumber => &hidden.resident_number,
        Kind::MyNumber => &hidden.my_number,
        Kind::Passport => &hidden.passport,
        Kind::Phone => &hidden.phone,
        Kind::Mail => &hidden.mail,
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
    /// The visitor's language is not served; the answer stands in the one they are addressed in.
    OtherThanYours,
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
    /// Instead of an answer, where nothing was asked: a word that fits the moment.
    SmallTalk(DialogueAct),
}

impl ReplySentence {
    /// Chooses what the visitor is told: an answer, a choice, or the reason a person is needed.
    pub fn of(reply: &BotReply) -> Self {
        match &reply.decision {
            BotDecision::Answer { answer, .. } if answer.machine_written => Self::MachineWritten,
            BotDecision::Answer { answer, .. }
                if reply.elsewhere.is_some() && answer.language == reply.language =>
            {
                Self::OtherThanYours
            }
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
            BotDecision::SmallTalk { act } => Self::SmallTalk(*act),
        }
    }

    /// Returns the name it has in the locale files.
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
            Self::OtherThanYours => ("other_than_yours", &said.other_than_yours),
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
            Self::SmallTalk(act) => match act {
                DialogueAct::Greeting => ("talk_greeting", &said.talk_greeting),
                DialogueAct::Thanks => ("talk_thanks", &said.talk_thanks),
                DialogueAct::Goodbye => ("talk_goodbye", &said.talk_goodbye),
                DialogueAct::Yes => ("talk_yes", &said.talk_yes),
                DialogueAct::No => ("talk_no", &said.talk_no),
                DialogueAct::Ok => ("talk_ok", &said.talk_ok),
                DialogueAct::Laughter => ("talk_laughter", &said.talk_laughter),
                DialogueAct::Abuse => ("talk_abuse", &said.talk_abuse),
                DialogueAct::Impatience => ("talk_impatience", &said.talk_impatience),
                DialogueAct::Wordless => ("talk_wordless", &said.talk_wordless),
                DialogueAct::Presence => ("talk_presence", &said.talk_presence),
                DialogueAct::AboutBot => ("talk_about_bot", &said.talk_about_bot),
                DialogueAct::Name => ("talk_name", &said.talk_name),
                DialogueAct::Unclear => ("talk_unclear", &said.talk_unclear),
                DialogueAct::Neither => ("talk_neither", &said.talk_neither),
                DialogueAct::NotThat => ("talk_not_that", &said.talk_not_that),
                DialogueAct::SecretKept => ("talk_secret_kept", &said.talk_secret_kept),
                DialogueAct::SecretGiven => ("fraud_report", &said.fraud_report),
            },
        }
    }
}

/// Says in one sentence what the visitor is looking at.
pub fn reply_message(reply: &BotReply) -> &'static str {
    ReplySentence::of(reply).said_in(reply.locale())
}

/// Says in a visitor's own language, where it is named but not served, which languages mondo speaks and what follows.
pub fn kind_word_of(reply: &BotReply) -> Option<String> {
    let answered_in = reply.decision.given_answer().map(|answer| answer.language);
    Some(kind_word(reply.elsewhere?, answered_in))
}

/// Says a whole reply as plain text, for transcripts and for channels that show nothing else.
pub fn phrase_reply(reply: &BotReply) -> String {
    let phrased = phrase_decision(reply);
    match kind_word_of(reply) {
        Some(kind) => format!("{kind}\n\n{phrased}"),
        None => phrased,
    }
}

fn phrase_decision(reply: &BotReply) -> String {
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
        }
        | BotDecision::SmallTalk { .. } => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::GivenAnswer;
    use crate::ids::AnswerId;
    use crate::language::{ChineseScript, Elsewhere, Language};
    use crate::pipeline::Confidence;
    use crate::time::Timestamp;

    #[test]
    fn what_was_hidden_is_said_in_every_locale() {
        let found = |kind| Finding { kind, count: 2 };
        assert_eq!(phrase_hidden(&[], Locale::English), None);
        assert_eq!(
            phrase_hidden(
                &[
                    found(Kind::OneTimeCode),
                    found(Kind::Card),
                    found(Kind::Phone)
                ],
                Locale::English
            )
            .as_deref(),
            Some(
                "We hid a one-time code, a card number in your message. Never give it to anyone, us included.\n\
                 To protect you, we hid a phone number in your message."
            )
        );
        for locale in Locale::ALL {
            let mut seen = Vec::new();
            for kind in Kind::ALL {
                let said = phrase_hidden(&[found(kind)], locale).expect("something was hidden");
                assert!(!said.contains(['{', '}']) && !said.contains('\n'), "{said}");
                assert!(
                    !seen.contains(&said),
                    "two kinds are called the same: {said}"
                );
                seen.push(said);
            }
        }
    }

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
                    script: ChineseScript::Simplified,
                    elsewhere: None,
                    confidence: Confidence(0.1),
                    subject: None,
                };
                let text = phrase_reply(&reply);
                assert!(is_in(&text, language), "{reason:?} {language}: {text}");
            }
        }
    }

    #[test]
    fn a_visitor_from_elsewhere_is_told_in_their_language() {
        let given = GivenAnswer {
            article: crate::knowledge::ArticleId::new("fees"),
            language: Language::English,
            other_language_label: false,
            title: "Fees".to_owned(),
            text: "Nothing.".to_owned(),
            summary: None,
            link: "/help/en/fees".to_owned(),
            passage: None,
            also: Vec::new(),
            follow_ups: Vec::new(),
            machine_written: false,
        };
        let mut reply = BotReply {
            answer: AnswerId::generate(Timestamp::from_millis(0)),
            decision: BotDecision::Answer {
                answer: given,
                offer_person: None,
            },
            language: Language::English,
            script: ChineseScript::Simplified,
            elsewhere: Elsewhere::from_tag("de"),
            confidence: Confidence(0.99),
            subject: None,
        };
        let text = phrase_reply(&reply);
        assert!(text.starts_with("Ich antworte auf Englisch"), "{text}");
        assert!(
            text.contains("Nothing.") && !text.contains("not available"),
            "{text}"
        );
        assert_eq!(ReplySentence::of(&reply), ReplySentence::OtherThanYours);
        reply.elsewhere = None;
        assert_eq!(ReplySentence::of(&reply), ReplySentence::Found);
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
                (
                    SystemNote::Hidden(vec![Finding {
                        kind: Kind::Card,
                        count: 1,
                    }]),
                    "",
                ),
            ] {
                let text = phrase_note(&note, locale);
                assert!(text.contains(named) && !text.contains('{'), "{text}");
                let is_told = matches!(
                    note,
                    SystemNote::TicketOpened(_)
                        | SystemNote::AddedToTicket(_)
                        | SystemNote::Hidden(_)
                );
                assert_eq!(is_about_who_answers(&text), !is_told, "{text}");
            }
        }
    }
}
