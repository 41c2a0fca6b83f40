//! Which language the caller of a request reads.

use axum::http::{HeaderMap, header};

use crate::language::{Language, Priors};

/// Lists the served languages of `Accept-Language`, best first.
pub(super) fn accepted_languages(headers: &HeaderMap) -> Vec<Language> {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map(Priors::parse_accept_language)
        .unwrap_or_default()
}

/// Gives the language to address the caller in.
pub(super) fn visitor_language(headers: &HeaderMap) -> Language {
    accepted_languages(headers)
        .into_iter()
        .next()
        .unwrap_or(Language::English)
}
