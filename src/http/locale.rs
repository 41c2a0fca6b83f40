//! Languages as they stand in requests: exact codes where a choice is made, whole locales where a hint is given.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::language::Language;
use crate::locale::Locale as Page;

/// Locale of a page, such as `zh-Hant-TW`; one that is not served is no hint.
#[derive(Debug, Clone, Copy, Default, ToSchema)]
#[schema(value_type = Option<String>, example = "ja-JP")]
pub(super) struct Locale(pub Option<Page>);

impl Locale {
    /// Gives the language of the page.
    pub(super) fn language(self) -> Option<Language> {
        self.0.map(Page::language)
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = Option::<String>::deserialize(deserializer)?;
        Ok(Self(tag.as_deref().and_then(Page::from_tag)))
    }
}

/// Reads a language the visitor chose; one that is not served is an error that lists those that are.
pub(super) fn served<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Language>, D::Error> {
    let Some(code) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    code.parse().map(Some).map_err(serde::de::Error::custom)
}
