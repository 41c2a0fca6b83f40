//! Serves files of conversations so that nothing in them can act.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::conversation::Attachment;

/// Serves content so that a browser neither guesses what it is nor lets anything in it act.
pub(in crate::http) fn served(
    attachment: &Attachment,
    content: Body,
    resource_policy: &'static str,
) -> Response {
    let kind = attachment.file.kind;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(kind.media_type()),
        ),
        (header::CONTENT_DISPOSITION, disposition(attachment)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static(resource_policy),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=3600"),
        ),
    ];
    (headers, content).into_response()
}

/// The name in both forms of RFC 6266; only pictures may be shown in place.
fn disposition(attachment: &Attachment) -> HeaderValue {
    let how = match attachment.file.kind.is_picture() {
        true => "inline",
        false => "attachment",
    };
    let name = attachment.name.as_str();
    let plain: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    HeaderValue::from_str(&format!(
        "{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    ))
    .expect("visible ASCII fits a header")
}
