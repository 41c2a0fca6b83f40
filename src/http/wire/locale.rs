//! Languages as they stand in requests: exact codes where a choice is made, whole locales where a hint is given.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::form::text::{Any, ServedTag, Text};
use crate::language::{ChineseScript, Elsewhere, Language, Priors};
use crate::locale::Locale as Page;

/// Locale of a page, such as `zh-Hant-TW`; one that is not served hints at the name of the visitor's language.
#[derive(Debug, Clone, Copy, Default, ToSchema)]
#[schema(value_type = Option<TagText>)]
pub(in crate::http) struct Locale(pub Told);

/// A tag as browsers and pages have it; what cannot be read hints at nothing.
pub(in crate::http) type TagText = Text<Any, 100>;

/// What the tag of a page tells.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::http) struct Told {
    /// The locale, when its language is served.
    pub page: Option<Page>,
    /// The language, when it is not served but has a name.
    pub elsewhere: Option<Elsewhere>,
}

impl Locale {
    /// Returns the language of the page.
    pub(in crate::http) fn language(self) -> Option<Language> {
        self.0.page.map(Page::language)
    }

    /// Adds what the page says to what the browser says.
    pub(in crate::http) fn added_to(self, browser: Priors) -> Priors {
        let mut elsewhere: Vec<Elsewhere> = self.0.elsewhere.into_iter().collect();
        elsewhere.extend(browser.elsewhere);
        Priors {
            page: self.language(),
            // A page says which characters; whose words, of those who read traditional ones, the browser knows better.
            script: match (self.0.page.and_then(Page::written_chinese), browser.script) {
                (Some(ChineseScript::Taiwan), Some(ChineseScript::HongKong)) => browser.script,
                (page, browser) => page.or(browser),
            },
            elsewhere,
            ..browser
        }
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = Option::<TagText>::deserialize(deserializer)?;
        Ok(Self(Told {
            page: tag.as_deref().and_then(Page::from_tag),
            elsewhere: tag.as_deref().and_then(Elsewhere::from_tag),
        }))
    }
}

/// Reads a language the visitor chose, and how they read Chinese; one that is not served is an error that lists those
/// that are.
pub(in crate::http) fn served_locale<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Page>, D::Error> {
    let Some(tag) = Option::<ServedTag>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let language: Language = tag.parse().map_err(serde::de::Error::custom)?;
    Ok(Some(Page::from_tag(&tag).unwrap_or(Page::of(language))))
}

/// Reads a language the visitor chose; one that is not served is an error that lists those that are.
pub(in crate::http) fn served<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Language>, D::Error> {
    let Some(code) = Option::<ServedTag>::deserialize(deserializer)? else {
        return Ok(None);
    };
    code.parse().map(Some).map_err(serde::de::Error::custom)
}
