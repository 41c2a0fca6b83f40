//! The tag that puts the bubble on a site.

use anyhow::bail;

/// Where the server answers until it has an address of its own.
const LOCAL: &str = "http://127.0.0.1:8090";

/// Checks a colour such as `#0f6f67`.
pub(super) fn color_of(text: &str) -> anyhow::Result<String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let is_color = digits.len() == 6 && digits.chars().all(|one| one.is_ascii_hexdigit());
    match is_color {
        true => Ok(text.to_ascii_lowercase()),
        false => bail!("{text} is no colour; write it as #0f6f67"),
    }
}

/// Returns the tag.
pub(super) fn tag_of(address: &str, color: &str) -> String {
    let address = match address {
        "" => LOCAL,
        address => address.trim_end_matches('/'),
    };
    let color = match color {
        "" => String::new(),
        color => format!(" data-color=\"{color}\""),
    };
    format!("<script async src=\"{address}/widget/v1/widget.js\"{color}></script>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_six_digits() {
        assert_eq!(color_of("#0F6F67").unwrap(), "#0f6f67");
        for text in ["0f6f67", "#0f6", "teal", "#0f6f6g"] {
            assert!(color_of(text).is_err(), "{text}");
        }
    }
}
