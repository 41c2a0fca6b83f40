//! Texts within the limits of messengers, which count in UTF-16 as JavaScript does.

/// Returns how long a text is by that count.
pub(super) fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Cuts a text in parts of at most so many units: between paragraphs, lines or words, where there are some in the second
/// half of a part.
pub(super) fn parts_of(text: &str, most: usize) -> Vec<&str> {
    cut(text, most, char::len_utf16)
}

/// Does the same where a limit is of bytes.
pub(super) fn bytes_parts_of(text: &str, most: usize) -> Vec<&str> {
    cut(text, most, char::len_utf8)
}

fn cut(text: &str, most: usize, length: fn(char) -> usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let end = prefix_len(rest, most, length);
        if end == rest.len() {
            break;
        }
        let head = &rest[..end];
        let cut = ["\n\n", "\n", " "]
            .iter()
            .filter_map(|between| head.rfind(between))
            .find(|place| *place > end / 2)
            .unwrap_or(end);
        parts.push(rest[..cut].trim_end());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Cuts a label to at most so many units; what was cut shows.
pub(super) fn label(text: &str, most: usize) -> String {
    if utf16_len(text) <= most {
        return text.to_owned();
    }
    let end = prefix_len(text, most - 1, char::len_utf16);
    format!("{}…", text[..end].trim_end())
}

/// Length in bytes of the longest beginning that has at most so many units.
fn prefix_len(text: &str, most: usize, length: fn(char) -> usize) -> usize {
    let mut units = 0;
    for (place, character) in text.char_indices() {
        units += length(character);
        if units > most {
            return place;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_every_word_and_stay_within_the_limit() {
        for (text, most, expected) in [
            ("one two", 20, vec!["one two"]),
            ("", 20, vec![]),
            (
                "first line\n\nsecond line",
                14,
                vec!["first line", "second line"],
            ),
            ("aaaa bbbb cccc", 10, vec!["aaaa bbbb", "cccc"]),
            ("提现多久到账", 4, vec!["提现多久", "到账"]),
            // An emoji outside the basic plane counts twice, and is never cut in two.
            ("😀😀😀", 5, vec!["😀😀", "😀"]),
        ] {
            let parts = parts_of(text, most);
            assert_eq!(parts, expected, "{text:?}");
            assert!(parts.iter().all(|part| utf16_len(part) <= most));
        }
        // Three bytes each, and none cut in two.
        assert_eq!(bytes_parts_of("提现多久到账", 10), ["提现多", "久到账"]);
        assert_eq!(bytes_parts_of("提现", 6), ["提现"]);
    }

    #[test]
    fn labels_are_cut_where_they_are_too_long() {
        assert_eq!(label("Can I cancel?", 20), "Can I cancel?");
        assert_eq!(
            label("Can I cancel a withdrawal?", 20),
            "Can I cancel a with…"
        );
        assert_eq!(utf16_len(&label("😀😀😀😀", 6)), 5);
    }
}
