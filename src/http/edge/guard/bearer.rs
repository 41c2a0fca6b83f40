//! What stands in `Authorization: Bearer`: a token of the host, or a key of a program.

use axum::http::{HeaderMap, header};

/// What a request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Bearer<'r> {
    /// A token that the host signed for a visitor.
    Token(&'r str),
    /// A key of a program.
    Key(&'r str),
}

/// Returns what a request shows, if anything.
pub(in crate::http) fn bearer(headers: &HeaderMap) -> Option<Bearer<'_>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, shown) = value.split_once(' ')?;
    let shown = shown.trim();
    // A token has dots, a key has none.
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| match shown.contains('.') {
            true => Bearer::Token(shown),
            false => Bearer::Key(shown),
        })
}
