//! Which language the caller of a request reads.

use axum::http::{HeaderMap, header};

use crate::language::{Language, Priors};
use crate::locale::Locale;

/// Lists the served languages of `Accept-Language`, best first.
pub(in crate::http) fn accepted_languages(headers: &HeaderMap) -> Vec<Language> {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map(Priors::parse_accept_language)
        .unwrap_or_default()
}

/// Returns what the browser's languages say before a text is read.
pub(in crate::http) fn hints(headers: &HeaderMap) -> Priors {
    let header = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    Priors {
        accept_language: Priors::parse_accept_language(header),
        elsewhere: Priors::parse_elsewhere(header),
        script: Priors::parse_script(header),
        ..Priors::default()
    }
}

/// Returns the locale to address the caller in.
pub(in crate::http) fn visitor_locale(headers: &HeaderMap) -> Locale {
    let language = accepted_languages(headers).into_iter().next();
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // The first tag of the language liked best decides between scripts.
    accepted
        .split(',')
        .filter_map(|part| Locale::from_tag(part.split(';').next()?.trim()))
        .find(|locale| Some(locale.language()) == language)
        .unwrap_or(Locale::English)
}
