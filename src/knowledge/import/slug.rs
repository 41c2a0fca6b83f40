//! Names made from titles and paths: identifiers of articles, codes of categories, addresses of pages.

use unicode_normalization::UnicodeNormalization;

/// Longest identifier, in characters.
const LONGEST: usize = 60;

/// Returns an identifier in small letters, digits and hyphens; empty where the text has none of them.
pub fn slug(text: &str) -> String {
    let mut made = String::new();
    for character in text.nfkd() {
        if character.is_ascii_alphanumeric() {
            made.push(character.to_ascii_lowercase());
        } else if !matches!(character, '\'' | '\u{300}'..='\u{36f}')
            && !made.is_empty()
            && !made.ends_with('-')
        {
            made.push('-');
        }
    }
    if made.len() > LONGEST {
        let cut = made[..=LONGEST].rfind('-').unwrap_or(LONGEST);
        made.truncate(cut);
    }
    made.trim_matches('-').to_owned()
}

/// Cuts the number off the front of a name such as `01-intro` or `2.guide`, which only orders.
pub fn without_number(name: &str) -> &str {
    let digits = name.len()
        - name
            .trim_start_matches(|one: char| one.is_ascii_digit())
            .len();
    let rest = &name[digits..];
    match rest.chars().next() {
        Some('-' | '_' | '.') if (1..=3).contains(&digits) && rest.len() > 1 => &rest[1..],
        _ => name,
    }
}

/// Cuts off the number behind a name by which Notion tells pages apart, as in `Fees 0a1b2c3d4e5f60718293a4b5c6d7e8f9`.
pub fn without_hash(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((before, last)) if is_hash(last) && !before.trim().is_empty() => before.trim_end(),
        _ => name,
    }
}

/// Tells whether a name is the number of a page in Notion.
pub fn is_hash(name: &str) -> bool {
    name.len() == 32 && name.chars().all(|one| one.is_ascii_hexdigit())
}

/// Returns the form in which addresses are compared: no ending, no name of an index, no slash around, small letters.
pub fn address(path: &str) -> String {
    let path = path.trim_matches('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    if let Some(last) = parts.last_mut() {
        *last = without_ending(last);
        if is_index(without_number(last)) {
            parts.pop();
        }
    }
    parts.join("/").to_lowercase()
}

/// Returns an address without the numbers that only order its parts.
pub fn unnumbered(address: &str) -> String {
    let parts: Vec<&str> = address.split('/').map(without_number).collect();
    parts.join("/")
}

/// Tells whether a file name without its ending means its folder.
pub fn is_index(stem: &str) -> bool {
    matches!(
        stem.to_ascii_lowercase().as_str(),
        "index" | "readme" | "_index" | "default"
    )
}

fn without_ending(name: &str) -> &str {
    for ending in [".md", ".mdx", ".markdown", ".html", ".htm", ".php"] {
        if let Some(stem) = name.strip_suffix(ending) {
            return stem;
        }
    }
    name
}

/// Decodes `%20` and its like; the text itself where that gives no UTF-8.
pub fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        let hex = bytes
            .get(position + 1..position + 3)
            .filter(|_| bytes[position] == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex {
            Some(byte) => {
                decoded.push(byte);
                position += 3;
            }
            None => {
                decoded.push(bytes[position]);
                position += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_plain() {
        for (text, expected) in [
            ("How do I pay?", "how-do-i-pay"),
            ("Don't panic — café", "dont-panic-cafe"),
            ("出金方法", ""),
            ("ＡＰＩ キー 2", "api-2"),
            ("--a--", "a"),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert!(slug(&"word ".repeat(40)).len() <= LONGEST);
        for (name, expected) in [
            ("01-intro", "intro"),
            ("2.guide", "guide"),
            ("2024-review", "2024-review"),
            ("7zip", "7zip"),
            ("3.", "3."),
        ] {
            assert_eq!(without_number(name), expected, "{name}");
        }
    }

    #[test]
    fn addresses_are_compared_in_one_form() {
        for (path, expected) in [
            ("/docs/Guide/index.html", "docs/guide"),
            ("a/./b/../c.md", "a/c"),
            ("README.md", ""),
            ("v1.2", "v1.2"),
        ] {
            assert_eq!(address(path), expected, "{path}");
        }
        assert_eq!(percent_decoded("a%20b%E4%B8%AD%"), "a b中%");
    }
}
