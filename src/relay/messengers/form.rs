//! Forms with a file in them (RFC 7578).

use super::post::Body;
use crate::conversation::Attachment;

/// Writes a form with these fields, and a file in one of its own.
pub(super) fn form_of(
    fields: &[(&str, &str)],
    field: &str,
    file: &Attachment,
    content: &[u8],
) -> Body {
    // A name that no content can have by accident.
    let boundary = format!("mondo-{}", file.id);
    let plain = fields.iter().map(|(name, value)| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    });
    let name = file.name.as_str().replace(['"', '\\', '\r', '\n'], "_");
    let media = file.file.kind.media_type();
    let head = format!(
        "{}--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         Content-Type: {media}\r\n\r\n",
        plain.collect::<String>()
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    Body::Form {
        boundary,
        content: [head.as_bytes(), content, tail.as_bytes()].concat(),
    }
}
