//! What is known about the visitor's language before the text is read.

use super::{ChineseScript, Elsewhere, Language};

/// What is known before the text is read.
#[derive(Debug, Default, Clone)]
pub struct Priors {
    /// The language of the conversation so far.
    pub conversation: Option<Language>,
    /// The locale of the page the widget stands on.
    pub page: Option<Language>,
    /// The languages the browser asks for, the best first.
    pub accept_language: Vec<Language>,
    /// Languages not served that the page or the browser asks for, the best first.
    pub elsewhere: Vec<Elsewhere>,
    /// How the conversation, the page or the browser writes Chinese.
    pub script: Option<ChineseScript>,
}

impl Priors {
    /// Reads an `Accept-Language` header: the languages served, by falling quality, each once.
    pub fn parse_accept_language(header: &str) -> Vec<Language> {
        wanted(header, Language::from_tag)
    }

    /// Reads the languages of an `Accept-Language` header that are not served but can be named, the best first.
    pub fn parse_elsewhere(header: &str) -> Vec<Elsewhere> {
        wanted(header, Elsewhere::from_tag)
    }

    /// Reads how the browser's best Chinese is written; `None` when it asks for none.
    pub fn parse_script(header: &str) -> Option<ChineseScript> {
        wanted(header, ChineseScript::from_tag).into_iter().next()
    }

    /// Returns a factor for each language, then for any other: the likelier before reading, the larger; all 1 when
    /// nothing is known.
    pub(super) fn factors(&self) -> [f32; 5] {
        let mut factors = [1.0; 5];
        if let Some(language) = self.conversation {
            factors[language.index()] *= CONVERSATION_FACTOR;
        }
        if let Some(language) = self.page {
            factors[language.index()] *= PAGE_FACTOR;
        }
        let mut factor = ACCEPT_LANGUAGE_FACTOR;
        for language in &self.accept_language {
            factors[language.index()] *= factor;
            factor = 1.0 + (factor - 1.0) / 3.0;
        }
        if !self.elsewhere.is_empty() {
            factors[4] *= ACCEPT_LANGUAGE_FACTOR;
        }
        factors
    }
}

/// Reads the tags of an `Accept-Language` header that mean something, by falling quality, each meaning once.
fn wanted<T: PartialEq>(header: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let mut wanted: Vec<(f32, T)> = header
        .split(',')
        .filter_map(|item| {
            let mut parts = item.split(';');
            let meant = read(parts.next()?)?;
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |value| value.trim().parse().unwrap_or(0.0));
            (quality > 0.0).then_some((quality, meant))
        })
        .collect();
    // The sort is stable: equal qualities keep the order of the header.
    wanted.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut each_once = Vec::new();
    for (_, meant) in wanted {
        if !each_once.contains(&meant) {
            each_once.push(meant);
        }
    }
    each_once
}

// The conversation outweighs page and browser together: people switch the page's language less often than they
// write in their own, and browsers are often left in English.
const CONVERSATION_FACTOR: f32 = 12.0;
const PAGE_FACTOR: f32 = 4.0;
const ACCEPT_LANGUAGE_FACTOR: f32 = 2.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_is_ordered_by_quality() {
        let check = |header: &str, expected: &[Language]| {
            assert_eq!(Priors::parse_accept_language(header), expected, "{header}");
        };
        check("", &[]);
        check("*", &[]);
        check("fr-FR, de;q=0.5", &[]);
        check(
            "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7",
            &[Language::Chinese, Language::English],
        );
        check(
            "en;q=0.2, ko-KR; q=0.9 ,ja;q=0",
            &[Language::Korean, Language::English],
        );
    }

    #[test]
    fn what_is_not_served_is_kept_for_naming() {
        let french = Elsewhere::from_tag("fr");
        let header = "fr-FR, zh-HK;q=0.9, sv;q=0.8, de;q=0.5";
        let named = Priors::parse_elsewhere(header);
        assert_eq!(named.first().copied(), french);
        assert_eq!(named.len(), 2);
        assert_eq!(Priors::parse_script(header), Some(ChineseScript::HongKong));
        assert_eq!(Priors::parse_script("fr"), None);
        let priors = Priors {
            elsewhere: named,
            ..Priors::default()
        };
        assert!(priors.factors()[4] > 1.0);
    }

    #[test]
    fn the_conversation_outweighs_page_and_browser() {
        let priors = Priors {
            conversation: Some(Language::Japanese),
            page: Some(Language::Chinese),
            accept_language: vec![Language::Chinese, Language::English],
            ..Priors::default()
        };
        let factors = priors.factors();
        assert!(factors[Language::Japanese.index()] > factors[Language::Chinese.index()]);
        assert!(factors[Language::Chinese.index()] > factors[Language::English.index()]);
        assert_eq!(Priors::default().factors(), [1.0; 5]);
    }
}
