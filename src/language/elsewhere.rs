//! Names languages that are not served: those of a text by lingua, those of a page or a browser by their tags.
//!
//! lingua is asked only where a text may well be in none of the four; its tables are read on first use.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use lingua::{Language as Known, LanguageDetector, LanguageDetectorBuilder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::telling::told_by;

/// A language that mondo can name and greet in, but has no articles for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Elsewhere {
    code: &'static str,
    endonym: &'static str,
}

const fn named(code: &'static str, endonym: &'static str) -> Elsewhere {
    Elsewhere { code, endonym }
}

impl Elsewhere {
    /// Every language that can be named, in the order of their codes.
    pub const ALL: [Elsewhere; 17] = [
        named("ar", "العربية"),
        named("de", "Deutsch"),
        named("es", "Español"),
        named("fr", "Français"),
        named("hi", "हिन्दी"),
        named("id", "Bahasa Indonesia"),
        named("it", "Italiano"),
        named("ms", "Bahasa Melayu"),
        named("nl", "Nederlands"),
        named("pl", "Polski"),
        named("pt", "Português"),
        named("ru", "Русский"),
        named("th", "ไทย"),
        named("tl", "Tagalog"),
        named("tr", "Türkçe"),
        named("uk", "Українська"),
        named("vi", "Tiếng Việt"),
    ];

    /// Returns the ISO 639-1 code.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// Returns the name of the language in the language itself.
    pub fn endonym(self) -> &'static str {
        self.endonym
    }

    /// Tells whether the language is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        self.code == "ar"
    }

    /// Reads a BCP 47 tag such as `fr-CA` or `pt_BR`; `None` for a language served or not known.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', '.', '@']).next()?;
        let primary = primary.to_ascii_lowercase();
        let code = match primary.as_str() {
            "ara" => "ar",
            "deu" | "ger" => "de",
            "spa" => "es",
            "fra" | "fre" => "fr",
            "hin" => "hi",
            "ind" | "in" => "id",
            "ita" => "it",
            "msa" | "may" | "zsm" => "ms",
            "nld" | "dut" => "nl",
            "pol" => "pl",
            "por" => "pt",
            "rus" => "ru",
            "tha" => "th",
            "fil" | "tgl" => "tl",
            "tur" => "tr",
            "ukr" => "uk",
            "vie" => "vi",
            code => code,
        };
        Self::ALL.into_iter().find(|known| known.code == code)
    }

    fn place(self) -> usize {
        Self::ALL
            .iter()
            .position(|known| *known == self)
            .expect("values come from ALL")
    }
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code)
    }
}

/// A code that names no language of [`Elsewhere::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no language is known by the code {code:?}")]
pub struct UnknownElsewhere {
    /// The code that was given.
    pub code: String,
}

impl FromStr for Elsewhere {
    type Err = UnknownElsewhere;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::from_tag(code).ok_or_else(|| UnknownElsewhere {
            code: code.to_owned(),
        })
    }
}

impl Serialize for Elsewhere {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Elsewhere {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// Asks lingua; its tables (a few megabytes a language) are read when the first text is.
#[derive(Default)]
pub(super) struct Namer {
    lingua: OnceLock<LanguageDetector>,
}

/// What lingua makes of a text.
pub(super) struct Reading {
    english: f32,
    /// Shares of the others, in the order of [`Elsewhere::ALL`].
    others: [f32; Elsewhere::ALL.len()],
}

impl Namer {
    /// Tells whether a text has been asked about.
    pub(super) fn is_loaded(&self) -> bool {
        self.lingua.get().is_some()
    }

    /// Reads a text whose Latin words are given in lower case; `None` when it holds no word of any language known.
    pub(super) fn read(&self, text: &str, words: &[String]) -> Option<Reading> {
        let lingua = self.lingua.get_or_init(|| {
            let mut asked = Elsewhere::ALL.map(known_as).to_vec();
            asked.push(Known::English);
            LanguageDetectorBuilder::from_languages(&asked).build()
        });
        let mut reading = Reading {
            english: 0.0,
            others: [0.0; Elsewhere::ALL.len()],
        };
        for (known, share) in lingua.compute_language_confidence_values(text) {
            match named_by(known) {
                Some(one) => reading.others[one.place()] = share as f32,
                None => reading.english = share as f32,
            }
        }
        // A text without evidence gets the same share everywhere.
        let flat = 1.0 / (Elsewhere::ALL.len() + 1) as f32;
        let best = reading
            .others
            .iter()
            .copied()
            .fold(reading.english, f32::max);
        if best < 1.2 * flat {
            return None;
        }
        for codes in told_by(words).into_iter().take(MOST_TELLING_WORDS) {
            for (language, share) in Elsewhere::ALL.iter().zip(&mut reading.others) {
                if codes.contains(&language.code) {
                    *share *= TELLING_FACTOR;
                }
            }
        }
        Some(reading)
    }
}

impl Reading {
    /// Returns the odds of the likeliest other language against English.
    pub(super) fn odds_against_english(&self) -> f32 {
        let best = self.others.iter().copied().fold(0.0, f32::max);
        best / self.english.max(LEAST_ENGLISH)
    }

    /// Names the likeliest language but English, weighing in what page and browser ask for; `None` when none stands out.
    pub(super) fn name(&self, wanted: &[Elsewhere]) -> Option<Elsewhere> {
        let mut shares = self.others;
        let mut factor = WANTED_FACTOR;
        for language in wanted {
            shares[language.place()] *= factor;
            factor = 1.0 + (factor - 1.0) / 3.0;
        }
        let total: f32 = shares.iter().sum();
        let (place, best) = shares
            .into_iter()
            .enumerate()
            .max_by(|left, right| left.1.total_cmp(&right.1))?;
        (best > 0.0 && best >= LEAST_SHARE * total).then_some(Elsewhere::ALL[place])
    }
}

const TELLING_FACTOR: f32 = 5.0;
// More of them in one text repeat each other.
const MOST_TELLING_WORDS: usize = 4;
const LEAST_ENGLISH: f32 = 1e-3;
// A page or a browser in one of several like languages decides between them; against a clear text it does not.
const WANTED_FACTOR: f32 = 8.0;
/// Below this the text would be greeted in a guess.
const LEAST_SHARE: f32 = 0.3;

fn known_as(language: Elsewhere) -> Known {
    match language.code {
        "ar" => Known::Arabic,
        "de" => Known::German,
        "es" => Known::Spanish,
        "fr" => Known::French,
        "hi" => Known::Hindi,
        "id" => Known::Indonesian,
        "it" => Known::Italian,
        "ms" => Known::Malay,
        "nl" => Known::Dutch,
        "pl" => Known::Polish,
        "pt" => Known::Portuguese,
        "ru" => Known::Russian,
        "th" => Known::Thai,
        "tl" => Known::Tagalog,
        "tr" => Known::Turkish,
        "uk" => Known::Ukrainian,
        "vi" => Known::Vietnamese,
        code => unreachable!("a test walks ALL, and {code} is not in it"),
    }
}

fn named_by(known: Known) -> Option<Elsewhere> {
    Elsewhere::from_tag(&known.iso_code_639_1().to_string())
}

impl fmt::Debug for Namer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Namer")
            .field("is_loaded", &self.is_loaded())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn every_language_is_known_to_lingua_and_by_its_tag() {
        for language in Elsewhere::ALL {
            assert_eq!(named_by(known_as(language)), Some(language));
            assert_eq!(language.code().parse(), Ok(language));
            assert_eq!(Language::from_tag(language.code()), None);
        }
        let check = |tag: &str, expected: Option<&str>| {
            assert_eq!(
                Elsewhere::from_tag(tag).map(Elsewhere::code),
                expected,
                "{tag}"
            );
        };
        check("fr-CA", Some("fr"));
        check("pt_BR.UTF-8", Some("pt"));
        check("fil-PH", Some("tl"));
        check("in", Some("id"));
        check("en-US", None);
        check("zh", None);
        check("*", None);
    }

    #[test]
    fn telling_words_are_of_languages_that_can_be_named() {
        for code in super::super::telling::codes() {
            assert!(
                Elsewhere::ALL.iter().any(|known| known.code == code),
                "{code}"
            );
        }
    }

    #[test]
    fn a_browser_decides_between_languages_that_look_alike() {
        let namer = Namer::default();
        let reading = namer.read("reembolso", &[]).expect("a word");
        let portuguese = Elsewhere::from_tag("pt");
        let spanish = Elsewhere::from_tag("es");
        assert_eq!(reading.name(portuguese.as_slice()), portuguese);
        assert_eq!(reading.name(spanish.as_slice()), spanish);
    }
}
