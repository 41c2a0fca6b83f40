//! Addresses of the help pages: each locale has one code, each text one address.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::frame::Frame;
use crate::http::edge::language::visitor_locale;
use crate::http::edge::pages::address::code_of;
use crate::http::edge::state::AppState;
use crate::locale::Locale;

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
        let locale = Locale::PAGES
            .into_iter()
            .find(|locale| Some(code_of(*locale)) == code);
        locale.map(Self).ok_or_else(|| {
            let frame = Frame::new(app, visitor_locale(&parts.headers), "");
            super::missing::missing(&frame).into_response()
        })
    }
}
