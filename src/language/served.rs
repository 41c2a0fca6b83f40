//! The four languages served, their codes and their own names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// One of the four languages served.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr,
)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    #[strum(serialize = "en")]
    English,
    /// Chinese, simplified or traditional.
    #[serde(rename = "zh")]
    #[strum(serialize = "zh")]
    Chinese,
    /// Japanese.
    #[serde(rename = "ja")]
    #[strum(serialize = "ja")]
    Japanese,
    /// Korean.
    #[serde(rename = "ko")]
    #[strum(serialize = "ko")]
    Korean,
}

impl Language {
    /// Every language served, in the order of [`Language::index`].
    pub const ALL: [Language; 4] = [
        Language::English,
        Language::Chinese,
        Language::Japanese,
        Language::Korean,
    ];

    /// Returns the ISO 639-1 code.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the place in [`Language::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Reads a BCP 47 tag such as `zh-Hant-TW`, `ja_JP` or `EN`; `None` for a language not served.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.trim().split(['-', '_', '.', '@']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "en" | "eng" => Some(Language::English),
            // Cantonese and Mandarin share the written articles.
            "zh" | "zho" | "chi" | "cmn" | "yue" => Some(Language::Chinese),
            "ja" | "jpn" => Some(Language::Japanese),
            "ko" | "kor" => Some(Language::Korean),
            _ => None,
        }
    }

    /// Returns the name of the language in the language itself.
    pub fn endonym(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Chinese => "中文",
            Language::Japanese => "日本語",
            Language::Korean => "한국어",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// A language code that is not served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language {code:?}: use en, zh, ja or ko")]
pub struct UnknownLanguage {
    /// The code that was given.
    pub code: String,
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Language::from_tag(code).ok_or_else(|| UnknownLanguage {
            code: code.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_by_their_primary_subtag() {
        let check = |tag: &str, expected| assert_eq!(Language::from_tag(tag), expected, "{tag}");
        check("en", Some(Language::English));
        check("EN-us", Some(Language::English));
        check("zh-Hant-TW", Some(Language::Chinese));
        check("yue-HK", Some(Language::Chinese));
        check("ja_JP.UTF-8", Some(Language::Japanese));
        check(" ko ", Some(Language::Korean));
        check("kok", None);
        check("", None);
        check("*", None);
    }

    #[test]
    fn the_index_is_the_place_in_all() {
        for (place, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(language.index(), place);
            assert_eq!(language.code().parse(), Ok(language));
        }
    }

    #[test]
    fn the_error_names_what_is_allowed() {
        let error = "xx".parse::<Language>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown language \"xx\": use en, zh, ja or ko"
        );
    }
}
