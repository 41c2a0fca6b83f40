//! The locales of the interface: the four languages, Chinese in both scripts.

use std::fmt;

use crate::language::{ChineseScript, Language};

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
    /// Chinese in traditional characters, with the words of Hong Kong in articles; the interface is the traditional one.
    HongKongChinese,
}

impl Locale {
    /// Every locale with words of its own, in the order of its declaration.
    pub const ALL: [Locale; 5] = [
        Locale::English,
        Locale::SimplifiedChinese,
        Locale::TraditionalChinese,
        Locale::Japanese,
        Locale::Korean,
    ];

    /// Every locale that pages of articles are written in: those of Hong Kong beside the interface's.
    pub const PAGES: [Locale; 6] = [
        Locale::English,
        Locale::SimplifiedChinese,
        Locale::TraditionalChinese,
        Locale::HongKongChinese,
        Locale::Japanese,
        Locale::Korean,
    ];

    /// Returns the locales in which the text of a language can be read.
    pub fn reading(language: Language) -> impl Iterator<Item = Locale> {
        Locale::PAGES
            .into_iter()
            .filter(move |locale| locale.language() == language)
    }

    /// Returns the BCP 47 tag, which is also the name of the locale's file.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::English => "en",
            Locale::SimplifiedChinese => "zh-Hans",
            Locale::TraditionalChinese => "zh-Hant",
            Locale::Japanese => "ja",
            Locale::Korean => "ko",
            Locale::HongKongChinese => "zh-HK",
        }
    }

    /// Returns the locale whose words the interface is written in.
    pub fn worded(self) -> Self {
        match self {
            Locale::HongKongChinese => Locale::TraditionalChinese,
            own => own,
        }
    }

    /// Returns the script in which a reader of this locale gets Chinese.
    pub fn script(self) -> ChineseScript {
        match self {
            Locale::TraditionalChinese => ChineseScript::Taiwan,
            Locale::HongKongChinese => ChineseScript::HongKong,
            Locale::English | Locale::SimplifiedChinese | Locale::Japanese | Locale::Korean => {
                ChineseScript::Simplified
            }
        }
    }

    /// Returns the script of a Chinese locale.
    pub fn written_chinese(self) -> Option<ChineseScript> {
        (self.language() == Language::Chinese).then(|| self.script())
    }

    /// Returns the locale for a reader of a language, who reads Chinese in a script.
    pub fn for_reader(language: Language, script: ChineseScript) -> Self {
        match (language, script) {
            (Language::Chinese, ChineseScript::Taiwan) => Locale::TraditionalChinese,
            (Language::Chinese, ChineseScript::HongKong) => Locale::HongKongChinese,
            _ => Self::of(language),
        }
    }

    /// Returns the name of the locale in itself.
    pub fn endonym(self) -> &'static str {
        match self {
            Locale::English => "English",
            Locale::SimplifiedChinese => "简体中文",
            Locale::TraditionalChinese | Locale::HongKongChinese => "繁體中文",
            Locale::Japanese => "日本語",
            Locale::Korean => "한국어",
        }
    }

    /// Returns the language whose articles a reader of this locale gets.
    pub fn language(self) -> Language {
        match self {
            Locale::English => Language::English,
            Locale::SimplifiedChinese | Locale::TraditionalChinese | Locale::HongKongChinese => {
                Language::Chinese
            }
            Locale::Japanese => Language::Japanese,
            Locale::Korean => Language::Korean,
        }
    }

    /// Returns the locale in which the texts of a language are written.
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
        let script = ChineseScript::from_tag(tag).unwrap_or_default();
        Some(Self::for_reader(language, script))
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
        check("zh_HK.UTF-8", Some(Locale::HongKongChinese));
        check("yue", Some(Locale::HongKongChinese));
        check("zh-Hans-HK", Some(Locale::SimplifiedChinese));
        check("ja-JP", Some(Locale::Japanese));
        check("fr", None);
    }
}
