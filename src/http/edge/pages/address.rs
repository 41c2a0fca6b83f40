//! Addresses of the help pages: each locale has one code, each text one address.

use crate::locale::Locale;

/// Returns the code of a locale in addresses; simplified Chinese is plain `zh`, as its articles are.
pub(in crate::http) fn code_of(locale: Locale) -> &'static str {
    match locale {
        Locale::SimplifiedChinese => "zh",
        other => other.tag(),
    }
}

/// The page of an article, relative to the site.
pub(in crate::http) fn help_link(locale: Locale, article: &str) -> String {
    format!("/help/{}/{article}", code_of(locale))
}
