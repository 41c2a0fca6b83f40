//! Addresses of the help pages: each locale has one code, each text one address.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::super::language::visitor_locale;
use super::super::state::AppState;
use super::Frame;
use crate::language::Language;
use crate::locale::Locale;

/// Gives the code of a locale in addresses; simplified Chinese is plain `zh`, as its articles are.
pub(super) fn code_of(locale: Locale) -> &'static str {
    match locale {
        Locale::SimplifiedChinese => "zh",
        other => other.tag(),
    }
}

/// The page of an article, relative to the site.
pub(in crate::http) fn help_link(language: Language, article: &str) -> String {
    format!("/help/{language}/{article}")
}

/// The locale in a page's address.
pub(super) struct PageLocale(pub Locale);

impl FromRequestParts<AppState> for PageLocale {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let code = params
            .iter()
            .find(|(name, _)| *name == "locale")
            .map(|(_, code)| code);
        // Only the code itself, so that every page has one address.
        let locale = Locale::ALL
            .into_iter()
            .find(|locale| Some(code_of(*locale)) == code);
        locale.map(Self).ok_or_else(|| {
            let frame = Frame::new(app, &parts.headers, visitor_locale(&parts.headers), "");
            super::missing(&frame).into_response()
        })
    }
}
