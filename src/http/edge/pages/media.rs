//! Pictures and other files of articles, each under the hash of what it holds.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::knowledge::{KnowledgeBase, ShownPicture, Surroundings, Translation, render};

/// Keeps a file from acting where it is opened by itself, such as a drawing with a script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Returns a file; its address says what it holds, so a browser may keep it for ever.
pub(in crate::http) async fn file(
    State(app): State<AppState>,
    Path((hash, _name)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("file");
    let snapshot = app.visitors().snapshot();
    let read = tokio::task::spawn_blocking(move || {
        let media = &snapshot.knowledge().media;
        let file = media.with_hash(&hash)?;
        match media.bytes_of(file) {
            Ok(bytes) => bytes.map(|bytes| (file.content_type, bytes)),
            Err(error) => {
                tracing::warn!(path = %file.path.display(), %error, "could not read a file of an article");
                None
            }
        }
    });
    let (content_type, bytes) = read
        .await
        .map_err(ApiError::internal)?
        .ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// Renders the body of a wording, with the pictures that may be shown.
pub(in crate::http) fn page_html(
    knowledge: &KnowledgeBase,
    wording: &Translation,
    sites: &[String],
    link: &dyn Fn(&str) -> String,
) -> String {
    let found = |target: &str| knowledge.media.find(&wording.path, target);
    let picture = |target: &str| {
        if is_from(target, sites) {
            return Some(ShownPicture {
                address: target.to_owned(),
                size: None,
            });
        }
        let file = found(target).filter(|file| file.is_picture())?;
        Some(ShownPicture {
            address: file.address(),
            size: file.size,
        })
    };
    let file = |target: &str| {
        found(target)
            .filter(|file| !file.is_picture())
            .map(|file| file.address())
    };
    render(
        &wording.body,
        &Surroundings {
            article: link,
            picture: &picture,
            file: &file,
        },
    )
}

/// Tells whether an address is on one of some sites.
fn is_from(address: &str, sites: &[String]) -> bool {
    sites.iter().any(|site| {
        let site = site.trim_end_matches('/');
        let rest = address.strip_prefix(site);
        !site.is_empty() && rest.is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Adds the sites whose pictures may be shown to a policy of pages; what could not be one is left out.
pub(in crate::http) fn policy_with(policy: &str, sites: &[String]) -> Option<HeaderValue> {
    let sites: Vec<&str> = sites
        .iter()
        .map(|site| site.trim_end_matches('/'))
        .filter(|site| {
            let is_site = site.starts_with("https://") || site.starts_with("http://");
            let is_plain = !site.contains([';', ',', ' ', '\'', '"']);
            is_site && is_plain
        })
        .collect();
    if sites.is_empty() {
        return None;
    }
    HeaderValue::from_str(&format!("{policy}; img-src 'self' {}", sites.join(" "))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_of_the_sites_named_are_shown() {
        let sites = ["https://cdn.example/".to_owned(), String::new()];
        let check = |address: &str, expected: bool| {
            assert_eq!(is_from(address, &sites), expected, "{address}");
        };
        check("https://cdn.example/a.png", true);
        check("https://cdn.example.evil/a.png", false);
        check("https://other.example/a.png", false);
        check("a.png", false);
    }

    #[test]
    fn the_policy_names_sites_and_nothing_else() {
        let policy = |site: &str| policy_with("default-src 'self'", &[site.to_owned()]);
        let told = policy("https://cdn.example/").expect("a policy");
        assert_eq!(
            told,
            "default-src 'self'; img-src 'self' https://cdn.example"
        );
        assert_eq!(policy("https://x.example; script-src *"), None);
        assert_eq!(policy("javascript:"), None);
    }
}
