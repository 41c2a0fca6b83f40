//! The templates of every page, compiled in.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::response::Html;
use minijinja::{AutoEscape, Environment, Output, State, Value, escape_formatter};
use serde::Serialize;

use crate::http::edge::problem::ApiError;

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../../web/templates/", $name)))),*]
    };
}

const SOURCES: [(&str, &str); 13] = templates![
    "page.html",
    "status.html",
    "contact.html",
    "handbook.html",
    "help/layout.html",
    "help/home.html",
    "help/category.html",
    "help/article.html",
    "help/search.html",
    "help/ask.html",
    "help/write.html",
    "help/verify.html",
    "help/missing.html",
];

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_formatter(format_value);
    for (name, source) in SOURCES {
        templates
            .add_template(name, source)
            .expect("the compiled-in templates parse, as a test proves");
    }
    templates
});

/// Escapes texts as HTML asks for it; the default also escapes slashes, which makes addresses hard to read.
pub(in crate::http) fn format_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() && *state.auto_escape() == AutoEscape::Html => {
            for character in text.chars() {
                match character {
                    '&' => out.write_str("&amp;")?,
                    '<' => out.write_str("&lt;")?,
                    '>' => out.write_str("&gt;")?,
                    '"' => out.write_str("&quot;")?,
                    '\'' => out.write_str("&#39;")?,
                    other => out.write_char(other)?,
                }
            }
            Ok(())
        }
        _ => escape_formatter(out, state, value),
    }
}

/// Fills a template.
pub(in crate::http) fn render(name: &str, values: Value) -> Result<Html<String>, ApiError> {
    let template = TEMPLATES.get_template(name).map_err(ApiError::internal)?;
    template
        .render(values)
        .map(Html)
        .map_err(ApiError::internal)
}

/// Returns the fields of a struct of texts by their names.
pub(in crate::http) fn named(texts: &impl Serialize) -> Result<Value, ApiError> {
    let fields: BTreeMap<String, String> = serde_json::to_value(texts)
        .and_then(serde_json::from_value)
        .map_err(ApiError::internal)?;
    Ok(Value::from_pairs(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_place() {
        let mut templates = Environment::new();
        templates.set_formatter(format_value);
        let filled = templates
            .render_named_str(
                "a.html",
                "<a href=\"{{ it }}\">{{ it }}</a>",
                minijinja::context! { it => "/a?b&c\"'<i>" },
            )
            .expect("the template is well formed");
        let it = "/a?b&amp;c&quot;&#39;&lt;i&gt;";
        assert_eq!(filled, format!("<a href=\"{it}\">{it}</a>"));
    }

    #[test]
    fn every_template_parses() {
        assert_eq!(TEMPLATES.templates().count(), SOURCES.len());
    }
}
