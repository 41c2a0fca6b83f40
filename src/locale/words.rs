//! The sentences of each locale, read once from the files in `web/locales`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::Locale;
use super::page_words::{
    ContactWords, HelpWords, LetterWords, ReportWords, StatusWords, VerifyWords,
};

/// Every sentence of one locale.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What the bot says beside or instead of an answer.
    pub reply: ReplyWords,
    /// What the desk says in a conversation.
    pub note: NoteWords,
    /// Tells what was hidden in a message.
    pub hidden: HiddenWords,
    /// Tells that an answer stands in another language than the reader's.
    pub label: LabelWords,
    /// What went wrong and what the visitor can do.
    pub problem: ProblemWords,
    /// The words of the help pages.
    pub help: HelpWords,
    /// The words of the check of official channels.
    pub verify: VerifyWords,
    /// The words of a ticket's status page.
    pub status: StatusWords,
    /// The words of mails.
    pub mail: MailWords,
    /// The words of letters to members of staff.
    pub letter: LetterWords,
    /// The words of monthly reports.
    pub report: ReportWords,
    /// The page that confirms an address.
    pub contact: ContactWords,
    /// What other programs say in our stead.
    pub assistant: AssistantWords,
    /// What is said in messengers alone.
    pub channel: ChannelWords,
    /// The words of the widget, which knows their names.
    pub widget: serde_json::Map<String, serde_json::Value>,
}

/// Returns the sentences of a locale.
pub fn words(locale: Locale) -> &'static Words {
    &ALL[locale.worded() as usize]
}

/// Puts values in the places of a sentence, such as `{number}`.
pub fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(sentence.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
}

static ALL: LazyLock<[Words; 5]> = LazyLock::new(|| {
    Locale::ALL.map(|locale| {
        serde_json::from_str(source(locale))
            .expect("the compiled-in locales are whole, as a test proves")
    })
});

fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::English => include_str!("../../web/locales/en.json"),
        Locale::SimplifiedChinese => include_str!("../../web/locales/zh-Hans.json"),
        Locale::TraditionalChinese | Locale::HongKongChinese => {
            include_str!("../../web/locales/zh-Hant.json")
        }
        Locale::Japanese => include_str!("../../web/locales/ja.json"),
        Locale::Korean => include_str!("../../web/locales/ko.json"),
    }
}

/// What the bot says beside or instead of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct ReplyWords {
    pub found: String,
    pub which_one: String,
    pub other_language: String,
    pub other_than_yours: String,
    pub machine_written: String,
    pub offer_personal: String,
    pub offer_fraud: String,
    pub offer_regulated: String,
    pub nothing_found: String,
    pub low_confidence: String,
    pub person_requested: String,
    pub personal_case: String,
    pub fraud_report: String,
    pub regulated: String,
    pub language_missing: String,
    pub language_not_served: String,
    pub talk_greeting: String,
    pub talk_thanks: String,
    pub talk_goodbye: String,
    pub talk_yes: String,
    pub talk_no: String,
    pub talk_ok: String,
    pub talk_laughter: String,
    pub talk_abuse: String,
    pub talk_impatience: String,
    pub talk_wordless: String,
    pub talk_presence: String,
    pub talk_about_bot: String,
    pub talk_name: String,
    pub talk_unclear: String,
    pub talk_neither: String,
    pub talk_not_that: String,
    pub talk_secret_kept: String,
}

/// What the desk says in a conversation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct NoteWords {
    pub ticket_opened: String,
    pub added_to_ticket: String,
    pub agent_joined: String,
    pub back_in_queue: String,
    pub returned_to_bot: String,
    pub closed: String,
    pub closed_for_silence: String,
    pub reopened: String,
}

/// Tells what was hidden in a message: a sentence for secrets, one for personal numbers, and the kinds by name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its words, which stand in `web/locales/en.json`"
)]
pub struct HiddenWords {
    pub secret: String,
    pub personal: String,
    pub between: String,
    pub seed_phrase: String,
    pub wallet_key: String,
    pub password: String,
    pub one_time_code: String,
    pub api_secret: String,
    pub token: String,
    pub card: String,
    pub bank_account: String,
    pub resident_id: String,
    pub resident_number: String,
    pub my_number: String,
    pub passport: String,
    pub phone: String,
    pub mail: String,
}

/// Tells that an answer stands in another language than the reader's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct LabelWords {
    pub en: String,
    pub zh: String,
    pub ja: String,
    pub ko: String,
}

/// What went wrong and what the visitor can do.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct ProblemWords {
    pub question_empty: String,
    pub question_too_long: String,
    pub question_without_words: String,
    pub bad_request: String,
    pub body_too_large: String,
    pub file_empty: String,
    pub file_too_large: String,
    pub file_refused: String,
    pub too_many_files: String,
    pub content_refused: String,
    pub taken: String,
    pub contact_refused: String,
    pub not_found: String,
    pub conflict: String,
    pub sign_in_needed: String,
    /// The host's token is missing, expired or not believed.
    pub identity_needed: String,
    pub forbidden: String,
    /// Somebody signed in has to show their password again.
    pub proof_needed: String,
    /// Somebody signed in has to set up a second factor.
    pub second_factor_needed: String,
    pub moved_on: String,
    pub busy: String,
    /// One visitor did more of something than is taken.
    pub too_often: String,
    pub timed_out: String,
    pub unavailable: String,
    pub internal: String,
}

/// What other programs say in our stead: addresses in words, since they may show nothing but text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct AssistantWords {
    pub source: String,
    pub person: String,
    pub ticket: String,
}

/// What is said in messengers alone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct ChannelWords {
    pub only_words: String,
    pub picture_needs_words: String,
    pub too_long: String,
    pub file_refused: String,
    pub left: String,
    pub standing_bot: String,
    pub standing_waiting: String,
    pub standing_next: String,
    pub standing_agent: String,
    pub standing_closed: String,
    pub button_person: String,
    pub button_standing: String,
    pub button_choose: String,
    pub button_more: String,
    pub button_ticket: String,
    pub fetched: String,
    pub moment: String,
    pub slow: String,
}

/// The words of mails.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is named for its sentence, which stands in `web/locales/en.json`"
)]
pub struct MailWords {
    pub opened_subject: String,
    pub opened: String,
    pub replied_subject: String,
    pub replied: String,
    pub solved_subject: String,
    pub solved: String,
    pub assigned_subject: String,
    pub assigned: String,
    pub breached_subject: String,
    pub breached: String,
    pub unseen_subject: String,
    pub unseen: String,
    pub near_subject: String,
    pub near: String,
    pub mentioned_subject: String,
    pub mentioned: String,
    pub digest_subject: String,
    pub digest: String,
    pub follow: String,
    pub confirm: String,
    pub in_console: String,
    pub read_more: String,
    pub choose: String,
    pub not_it: String,
    pub found_by_program: String,
    pub about_ticket: String,
    pub warning: String,
    pub signature: String,
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;
    use crate::language::{Language, is_han, is_hangul, is_kana};

    fn sentences(locale: Locale) -> BTreeMap<String, String> {
        let whole = serde_json::from_str(source(locale)).expect("the file is JSON");
        sentences_in(&whole)
    }

    fn sentences_in(whole: &Value) -> BTreeMap<String, String> {
        fn walk(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
            match value {
                Value::Object(entries) => {
                    for (name, value) in entries {
                        walk(&format!("{path}{name}."), value, found);
                    }
                }
                other => {
                    let text = other.as_str().expect("a sentence is a string");
                    found.insert(path.trim_end_matches('.').to_owned(), text.to_owned());
                }
            }
        }
        let mut found = BTreeMap::new();
        walk("", whole, &mut found);
        found
    }

    fn places(sentence: &str) -> BTreeSet<&str> {
        sentence
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect()
    }

    #[test]
    fn every_locale_has_every_sentence_with_the_same_places() {
        let english = sentences(Locale::English);
        for locale in Locale::ALL {
            let _ = words(locale);
            let theirs = sentences(locale);
            let names =
                |all: &BTreeMap<String, String>| all.keys().cloned().collect::<BTreeSet<_>>();
            let missing: Vec<_> = names(&english)
                .symmetric_difference(&names(&theirs))
                .cloned()
                .collect();
            assert!(
                missing.is_empty(),
                "{locale} differs from en in {missing:?}"
            );
            for (name, sentence) in &theirs {
                assert!(!sentence.trim().is_empty(), "{locale} {name}");
                assert_eq!(places(sentence), places(&english[name]), "{locale} {name}");
            }
        }
    }

    /// What translators are told of a sentence: how it reads in English, and where it stands.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct TranslatorNote {
        en: String,
        note: String,
    }

    #[test]
    fn every_sentence_has_a_note_for_translators_and_none_is_stale() {
        let notes = include_str!("../../web/locales/notes.json");
        let notes: BTreeMap<String, TranslatorNote> =
            serde_json::from_str(notes).expect("the notes are JSON");
        let elsewhere = include_str!("../../web/locales/elsewhere.json");
        let elsewhere: BTreeMap<String, Value> =
            serde_json::from_str(elsewhere).expect("the file is JSON");
        let elsewhere = elsewhere.values().flat_map(sentences_in);
        let elsewhere: BTreeSet<String> = elsewhere
            .map(|(name, _)| format!("elsewhere.{name}"))
            .collect();
        let english = sentences(Locale::English);
        let named: BTreeSet<String> = english.keys().cloned().chain(elsewhere).collect();
        let noted: BTreeSet<String> = notes.keys().cloned().collect();
        let differing: Vec<_> = named.symmetric_difference(&noted).collect();
        assert!(
            differing.is_empty(),
            "without a note or without a sentence: {differing:?}"
        );
        for (name, TranslatorNote { en, note }) in &notes {
            // Whoever changes a sentence reads its note again, and writes both anew.
            if let Some(sentence) = english.get(name) {
                assert_eq!(en, sentence, "the note of {name} is about another sentence");
            }
            assert!(note.trim().chars().count() >= 12, "{name}: {note}");
            let unexplained: Vec<_> = places(en)
                .into_iter()
                .filter(|place| !note.contains(&format!("{{{place}}}")))
                .collect();
            assert!(
                unexplained.is_empty(),
                "{name} does not say what {unexplained:?} is"
            );
        }
    }

    #[test]
    fn no_locale_borrows_anothers_script() {
        // Characters that only one of the two Chinese scripts writes.
        let simplified = "为们请问这没会队单发对话内关";
        let traditional = "為們請問這沒會隊單發對話內關";
        for locale in Locale::ALL {
            for (name, sentence) in sentences(locale) {
                // Names of languages stand in their own script.
                let own: String = Language::ALL.iter().fold(sentence, |text, language| {
                    text.replace(language.endonym(), "")
                });
                let says = |test: fn(char) -> bool| own.chars().any(test);
                match locale {
                    Locale::English => assert!(
                        !says(is_han) && !says(is_kana) && !says(is_hangul),
                        "{name}: {own}"
                    ),
                    Locale::Korean => assert!(!says(is_han) && !says(is_kana), "{name}: {own}"),
                    Locale::Japanese => assert!(!says(is_hangul), "{name}: {own}"),
                    Locale::SimplifiedChinese => assert!(
                        !own.contains(|c| traditional.contains(c) && !simplified.contains(c))
                            && !says(is_kana)
                            && !says(is_hangul),
                        "{name}: {own}"
                    ),
                    Locale::TraditionalChinese | Locale::HongKongChinese => assert!(
                        !own.contains(|c| simplified.contains(c) && !traditional.contains(c))
                            && !says(is_kana)
                            && !says(is_hangul),
                        "{name}: {own}"
                    ),
                }
            }
        }
    }

    #[test]
    fn places_are_filled() {
        assert_eq!(filled("{a} of {b}", &[("a", "1"), ("b", "2")]), "1 of 2");
    }
}
