//! What is known about the visitor's language before the text is read.

use super::Language;

/// What is known before the text is read.
#[derive(Debug, Default, Clone)]
pub struct Priors {
    /// The language of the conversation so far.
    pub conversation: Option<Language>,
    /// The locale of the page the widget stands on.
    pub page: Option<Language>,
    /// The languages the browser asks for, the best first.
    pub accept_language: Vec<Language>,
}

impl Priors {
    /// Reads an `Accept-Language` header: the languages served, by falling quality, each once.
    pub fn parse_accept_language(header: &str) -> Vec<Language> {
        let mut wanted: Vec<(f32, Language)> = header
            .split(',')
            .filter_map(|item| {
                let mut parts = item.split(';');
                let language = Language::from_tag(parts.next()?)?;
                let quality = parts
                    .find_map(|part| part.trim().strip_prefix("q="))
                    .map_or(1.0, |value| value.trim().parse().unwrap_or(0.0));
                (quality > 0.0).then_some((quality, language))
            })
            .collect();
        // The sort is stable: equal qualities keep the order of the header.
        wanted.sort_by(|left, right| right.0.total_cmp(&left.0));
        let mut languages = Vec::new();
        for (_, language) in wanted {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        languages
    }

    /// Gives a factor for each language: the likelier before reading, the larger; all 1 when nothing is known.
    pub(super) fn factors(&self) -> [f32; 4] {
        let mut factors = [1.0; 4];
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
        factors
    }
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
    fn the_conversation_outweighs_page_and_browser() {
        let priors = Priors {
            conversation: Some(Language::Japanese),
            page: Some(Language::Chinese),
            accept_language: vec![Language::Chinese, Language::English],
        };
        let factors = priors.factors();
        assert!(factors[Language::Japanese.index()] > factors[Language::Chinese.index()]);
        assert!(factors[Language::Chinese.index()] > factors[Language::English.index()]);
        assert_eq!(Priors::default().factors(), [1.0; 4]);
    }
}
