//! A mail as a page: the same words, with links that can be followed.

use std::fmt::Write as _;

use crate::locale::Locale;

/// Writes a plain text as a page that every mail program shows: no picture, no script, nothing loaded.
pub(super) fn page_of(text: &str, locale: Locale) -> String {
    let paragraphs: String = text
        .trim_end()
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| {
            let lines: Vec<String> = paragraph.trim_matches('\n').lines().map(linked).collect();
            format!("<p style=\"margin:0 0 1em\">{}</p>\n", lines.join("<br>\n"))
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;max-width:40em\">\n{paragraphs}</body>\n</html>\n",
        locale.tag()
    )
}

/// Escapes a line, and makes links of the addresses in it.
fn linked(line: &str) -> String {
    let mut written = String::new();
    let mut rest = line;
    while let Some(begin) = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| rest.find(scheme))
        .min()
    {
        let (before, from_link) = rest.split_at(begin);
        let end = from_link
            .find(|one: char| one.is_whitespace() || "<>\"'，。；）」』】".contains(one))
            .unwrap_or(from_link.len());
        let address = from_link[..end].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        written.push_str(&escaped(before));
        let shown = escaped(address);
        let _ = write!(written, "<a href=\"{shown}\">{shown}</a>");
        rest = &from_link[address.len()..];
        if address.is_empty() {
            break;
        }
    }
    written.push_str(&escaped(rest));
    written
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words_and_addresses_become_links() {
        let check = |line: &str, expected: &str| assert_eq!(linked(line), expected);
        check("a < b & c", "a &lt; b &amp; c");
        check(
            "see https://help.example/t/a?b=1&c=2.",
            "see <a href=\"https://help.example/t/a?b=1&amp;c=2\">https://help.example/t/a?b=1&amp;c=2</a>.",
        );
        check(
            "请看https://help.example，谢谢",
            "请看<a href=\"https://help.example\">https://help.example</a>，谢谢",
        );
        check(
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        );
        let page = page_of("one\ntwo\n\nthree\n", Locale::Korean);
        assert!(page.contains("<html lang=\"ko\">"), "{page}");
        assert!(
            page.contains(">one<br>\ntwo</p>") && page.contains(">three</p>"),
            "{page}"
        );
    }
}
