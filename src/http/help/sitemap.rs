//! Every page of the help centre for search engines, each translation named beside its siblings.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::frame::Frame;
use super::home::by_category;
use crate::http::edge::pages::address::code_of;
use crate::http::edge::state::AppState;
use crate::knowledge::encoded;
use crate::locale::Locale;

/// Lists what search engines should know.
pub(super) async fn sitemap(State(app): State<AppState>) -> Response {
    let base = Frame::new(&app, Locale::English, "").base;
    let snapshot = app.visitors().snapshot();
    let day = app.now().day();
    let shelves = by_category(snapshot.knowledge(), &day);
    let mut entries = String::new();
    enter(&mut entries, &base, "", &Locale::PAGES);
    for (category, articles) in &shelves {
        enter(
            &mut entries,
            &base,
            &format!("topic/{}", encoded(category)),
            &Locale::PAGES,
        );
        for article in articles {
            let locales: Vec<Locale> = article
                .translations
                .keys()
                .copied()
                .flat_map(Locale::reading)
                .collect();
            enter(&mut entries, &base, &encoded(article.id.as_str()), &locales);
        }
    }
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n\
         {entries}</urlset>\n"
    );
    (
        [(header::CONTENT_TYPE, "application/xml; charset=utf-8")],
        text,
    )
        .into_response()
}

fn enter(entries: &mut String, base: &str, path: &str, locales: &[Locale]) {
    let address = |locale: &Locale| escaped(&format!("{base}/help/{}/{path}", code_of(*locale)));
    let siblings: String = locales
        .iter()
        .map(|locale| {
            let (tag, address) = (locale.tag(), address(locale));
            format!("<xhtml:link rel=\"alternate\" hreflang=\"{tag}\" href=\"{address}\"/>")
        })
        .collect();
    for locale in locales {
        entries.push_str(&format!(
            "<url><loc>{}</loc>{siblings}</url>\n",
            address(locale)
        ));
    }
}

fn escaped(address: &str) -> String {
    address.replace('&', "&amp;").replace('<', "&lt;")
}

/// Tells search engines where the list is, and what is not for them.
pub(super) async fn robots(State(app): State<AppState>, headers: HeaderMap) -> Response {
    let base = Frame::new(&app, Locale::English, "").base;
    let path = app.settings().site.base_path(&headers).unwrap_or_default();
    let text = format!(
        "User-agent: *\nDisallow: {path}/v1/\nDisallow: {path}/help/*/search\nDisallow: {path}/help/*/ask\nDisallow: {path}/help/*/write\nSitemap: {base}/sitemap.xml\n"
    );
    text.into_response()
}
