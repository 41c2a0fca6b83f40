//! What stands around every help page: words, languages to switch to, addresses for search engines.

use axum::response::Html;
use minijinja::{Value, context};

use crate::http::edge::pages::address::code_of;
use crate::http::edge::pages::templates::{named, render};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::Language;
use crate::locale::{Locale, Words, filled, words};

/// The surroundings of one page.
pub(in crate::http) struct Frame {
    /// Locale of the interface.
    pub(super) locale: Locale,
    /// Public address of this server, without a slash at the end; empty where none is set. What a request calls the server
    /// is never repeated: caches would keep it for others.
    pub(super) base: String,
    /// Language of those whose own is not served.
    pub(super) fallback: Language,
    name: String,
    color: String,
    fictional: bool,
    /// The page within its locale, such as `deposit-how`.
    path: String,
    /// Locales the page is written in, for search engines; the others show one of these.
    written_in: Vec<Locale>,
    /// Where the text itself belongs.
    canonical: Locale,
    /// What every visitor should know right now.
    notices: Vec<String>,
}

impl Frame {
    /// Surrounds a page that is written in every locale.
    pub(in crate::http) fn new(app: &AppState, locale: Locale, path: &str) -> Self {
        let site = &app.settings().site;
        Self {
            locale,
            base: site.address.trim_end_matches('/').to_owned(),
            fallback: app.visitors().fallback(),
            name: site.name.clone(),
            color: site.color.clone(),
            fictional: site.fictional,
            path: path.to_owned(),
            written_in: Locale::PAGES.to_vec(),
            canonical: locale,
            notices: notices(app, locale),
        }
    }

    /// Says in which locales the page is really written, and where the text shown belongs.
    #[must_use]
    pub(super) fn written_in(mut self, locales: Vec<Locale>, canonical: Locale) -> Self {
        self.written_in = locales;
        self.canonical = canonical;
        self
    }

    /// The words of the interface.
    pub(super) fn words(&self) -> &'static Words {
        words(self.locale)
    }

    /// The address of another page of this locale, relative to the site.
    pub(super) fn link(&self, path: &str) -> String {
        format!("/help/{}/{path}", code_of(self.locale))
    }

    /// Fills a page.
    pub(in crate::http) fn render(
        &self,
        template: &str,
        page: Value,
    ) -> Result<Html<String>, ApiError> {
        let own = |locale: Locale| format!("/help/{}/{}", code_of(locale), self.path);
        let languages: Vec<Value> = Locale::ALL
            .into_iter()
            .map(|locale| {
                context! {
                    tag => locale.tag(),
                    name => locale.endonym(),
                    link => own(locale),
                    current => locale == self.locale.worded(),
                }
            })
            .collect();
        let alternates: Vec<Value> = self
            .written_in
            .iter()
            .map(|locale| context! { tag => locale.tag(), link => format!("{}{}", self.base, own(*locale)) })
            .collect();
        let say = self.words();
        let surroundings = context! {
            locale => self.locale.tag(),
            code => code_of(self.locale),
            og_locale => og_locale(self.locale),
            name => &self.name,
            color => &self.color,
            base => &self.base,
            say => named(&say.help)?,
            fictional => self.fictional.then(|| filled(&say.help.fictional, &[("name", &self.name)])),
            notices => &self.notices,
            languages,
            alternates,
            canonical => format!("{}{}", self.base, own(self.canonical)),
        };
        render(template, context! { ..page, ..surroundings })
    }
}

/// The notices that are on, as texts of a locale.
fn notices(app: &AppState, locale: Locale) -> Vec<String> {
    let surges = app.visitors().surges(app.now());
    surges
        .into_iter()
        .filter_map(|mut surge| surge.texts.remove(&locale))
        .collect()
}

fn og_locale(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "en_US",
        Locale::SimplifiedChinese => "zh_CN",
        Locale::TraditionalChinese => "zh_TW",
        Locale::HongKongChinese => "zh_HK",
        Locale::Japanese => "ja_JP",
        Locale::Korean => "ko_KR",
    }
}

/// Questions with answers, as search engines read them (schema.org FAQPage); safe inside a script element.
pub(super) fn faq_data(questions: &[(&str, &str)]) -> Value {
    let entities: Vec<serde_json::Value> = questions
        .iter()
        .map(|(question, answer)| {
            serde_json::json!({
                "@type": "Question",
                "name": question,
                "acceptedAnswer": { "@type": "Answer", "text": answer },
            })
        })
        .collect();
    let page = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": entities,
    });
    // Whatever an article says, it cannot end the element.
    Value::from_safe_string(page.to_string().replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_leave_its_element() {
        let data = faq_data(&[("</script><script>", "<!--")]).to_string();
        assert!(!data.contains('<'), "{data}");
        let read: serde_json::Value = serde_json::from_str(&data).expect("still JSON");
        assert_eq!(read["mainEntity"][0]["name"], "</script><script>");
    }
}
