//! The locales of the interface: the four languages, Chinese in both scripts.

use std::fmt;

use crate::language::Language;

/// One way to write the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locale {
    /// English.
    English,
    /// Chinese in simplified characters.
    SimplifiedChinese,
    /// Chinese in traditional characters.
    TraditionalChinese,
    /// Japanese.
    Japanese,
    /// Korean.
    Korean,
}

impl Locale {
    /// Every locale, in the order of its declaration.
    pub const ALL: [Locale; 5] = [
        Locale::English,
        Locale::SimplifiedChinese,
        Locale::TraditionalChinese,
        Locale::Japanese,
        Locale::Korean,
    ];

    /// Gives the BCP 47 tag, which is also the name of the locale's file.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::English => "en",
            Locale::SimplifiedChinese => "zh-Hans",
            Locale::TraditionalChinese => "zh-Hant",
            Locale::Japanese => "ja",
            Locale::Korean => "ko",
        }
    }

    /// Gives the name of the locale in itself.
    pub fn endonym(self) -> &'static str {
        match self {
            Locale::English => "English",
            Locale::SimplifiedChinese => "简体中文",
            Locale::TraditionalChinese => "繁體中文",
            Locale::Japanese => "日本語",
            Locale::Korean => "한국어",
        }
    }

    /// Gives the language whose articles a reader of this locale gets.
    pub fn language(self) -> Language {
        match self {
            Locale::English => Language::English,
            Locale::SimplifiedChinese | Locale::TraditionalChinese => Language::Chinese,
            Locale::Japanese => Language::Japanese,
            Locale::Korean => Language::Korean,
        }
    }

    /// Gives the locale in which the texts of a language are written.
    pub fn of(language: Language) -> Self {
        match language {
            Language::English => Locale::English,
            Language::Chinese => Locale::SimplifiedChinese,
            Language::Japanese => Locale::Japanese,
            Language::Korean => Locale::Korean,
        }
    }

    /// Reads a BCP 47 tag such as `zh-TW` or `ja_JP`; `None` for a language not served.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = Language::from_tag(tag)?;
        let is_traditional = tag
            .to_ascii_lowercase()
            .split(['-', '_', '.', '@'])
            .any(|part| matches!(part, "hant" | "tw" | "hk" | "mo" | "yue"))
            && !tag.to_ascii_lowercase().contains("hans");
        match language {
            Language::Chinese if is_traditional => Some(Locale::TraditionalChinese),
            other => Some(Self::of(other)),
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_lead_to_the_script_that_is_read_there() {
        let check = |tag: &str, expected: Option<Locale>| {
            assert_eq!(Locale::from_tag(tag), expected, "{tag}");
        };
        for locale in Locale::ALL {
            check(locale.tag(), Some(locale));
        }
        check("zh", Some(Locale::SimplifiedChinese));
        check("zh-SG", Some(Locale::SimplifiedChinese));
        check("zh-TW", Some(Locale::TraditionalChinese));
        check("zh_HK.UTF-8", Some(Locale::TraditionalChinese));
        check("yue", Some(Locale::TraditionalChinese));
        check("zh-Hans-HK", Some(Locale::SimplifiedChinese));
        check("ja-JP", Some(Locale::Japanese));
        check("fr", None);
    }
}
