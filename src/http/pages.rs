//! What people see in a browser: the page that asks, the pages of articles, and their files.

use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, middleware};
use minijinja::{Environment, Value, context};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::articles::{RenderedArticle, help_link};
use super::extract::AcceptedLanguages;
use super::language::visitor_language;
use super::problem::ApiError;
use super::state::AppState;
use crate::knowledge::ArticleId;
use crate::language::Language;

/// Files a browser fetches.
#[derive(RustEmbed)]
#[folder = "web/page/"]
struct Assets;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    for (name, source) in [
        ("page.html", include_str!("../../web/templates/page.html")),
        (
            "article.html",
            include_str!("../../web/templates/article.html"),
        ),
        (
            "missing.html",
            include_str!("../../web/templates/missing.html"),
        ),
    ] {
        templates
            .add_template(name, source)
            .expect("the compiled-in templates parse, as a test proves");
    }
    templates
});

/// Scripts, styles and pictures only from here, nothing inline, no frames around it.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// The page that asks.
async fn page(AcceptedLanguages(accepted): AcceptedLanguages) -> Result<Html<String>, ApiError> {
    let language = accepted.first().copied().unwrap_or(Language::English);
    render(
        "page.html",
        context! { language => language.code(), languages => choices() },
    )
}

/// An article for people and search engines.
async fn article(
    State(app): State<AppState>,
    Path((language, article)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let wanted = Language::ALL
        .into_iter()
        .find(|known| known.code() == language);
    let Some(wanted) = wanted else {
        return missing(visitor_language(&headers));
    };
    let snapshot = app.desk().engine().snapshot();
    let day = app.now().day();
    let id = ArticleId::new(article);
    // Markdown and template of a long article take more than half a millisecond.
    let rendered = tokio::task::spawn_blocking(move || {
        RenderedArticle::find(snapshot.knowledge(), &id, wanted, &day)
    })
    .await
    .map_err(ApiError::internal)?;
    let Some(rendered) = rendered else {
        return missing(wanted);
    };
    let shown = rendered.wording.language;
    if shown != wanted {
        // One address for each text.
        let link = help_link(shown, rendered.article.as_str());
        return Ok(Redirect::temporary(&link).into_response());
    }
    let alternates: Vec<Value> = rendered
        .languages
        .iter()
        .map(|language| {
            context! {
                code => language.code(),
                name => language.endonym(),
                link => help_link(*language, rendered.article.as_str()),
            }
        })
        .collect();
    let follow_ups: Vec<Value> = rendered
        .follow_ups
        .iter()
        .map(|(article, title)| context! { title, link => help_link(shown, article.as_str()) })
        .collect();
    let page = render(
        "article.html",
        context! {
            language => shown.code(),
            title => rendered.wording.title,
            summary => rendered.wording.summary,
            // Sanitised where it was made from Markdown.
            body => Value::from_safe_string(rendered.html),
            alternates,
            follow_ups,
            words => words(shown),
        },
    )?;
    Ok(page.into_response())
}

fn missing(language: Language) -> Result<Response, ApiError> {
    let page = render(
        "missing.html",
        context! { language => language.code(), words => words(language) },
    )?;
    Ok((StatusCode::NOT_FOUND, page).into_response())
}

fn render(name: &str, values: Value) -> Result<Html<String>, ApiError> {
    let template = TEMPLATES.get_template(name).map_err(ApiError::internal)?;
    template
        .render(values)
        .map(Html)
        .map_err(ApiError::internal)
}

fn choices() -> Vec<Value> {
    Language::ALL
        .into_iter()
        .map(|language| context! { code => language.code(), name => language.endonym() })
        .collect()
}

/// Words around an article.
fn words(language: Language) -> Value {
    let (ask, next, fictional, missing) = match language {
        Language::English => (
            "Ask a question",
            "Often needed next",
            "Kumora is a fictional company; this is a demonstration of mondo.",
            "There is no such page. Ask your question instead.",
        ),
        Language::Chinese => (
            "去提问",
            "相关问题",
            "Kumora 是虚构的公司，本页为 mondo 的演示。",
            "没有这个页面，您可以直接提问。",
        ),
        Language::Japanese => (
            "質問する",
            "関連する質問",
            "Kumora は架空の会社です。これは mondo のデモです。",
            "ページが見つかりません。質問からお探しください。",
        ),
        Language::Korean => (
            "질문하기",
            "함께 찾는 질문",
            "Kumora는 가상의 회사이며, 이 페이지는 mondo 시연입니다.",
            "페이지를 찾을 수 없어요. 질문으로 찾아 보세요.",
        ),
    };
    context! { ask, next, fictional, missing }
}

/// A file of a page, with its hash as ETag.
async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let file = Assets::get(&path).ok_or_else(|| ApiError::not_found("file"))?;
    Ok(file_response(file, &path, &headers))
}

/// Gives a file that is part of the binary, or the news that the browser has it.
pub(super) fn file_response(file: EmbeddedFile, path: &str, headers: &HeaderMap) -> Response {
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{hash}\"");
    // The browser keeps the file and asks whether it is still the same, so an update is never half seen.
    let caching = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, content_type(path))];
    (caching, content_type, file.data.into_owned()).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Middleware: what a page of ours may load, and from where it may be framed.
pub(super) async fn guard(request: axum::extract::Request, next: middleware::Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    response
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(page))
        .route("/help/{language}/{article}", get(article))
        .route("/assets/page/{*path}", get(asset))
        .layer(middleware::from_fn(guard))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses() {
        assert_eq!(TEMPLATES.templates().count(), 3);
    }
}
