//! Names of places on a page, as links name them after `#`.

use std::collections::HashMap;

/// Names the headings of one page, each differently.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    used: HashMap<String, usize>,
}

impl Anchors {
    /// Gives the name of the next heading: the author's own, else its words joined by hyphens, as site generators do.
    pub(super) fn name(&mut self, own: Option<&str>, heading: &str) -> String {
        let plain = match own {
            Some(own) if !own.is_empty() => own.to_owned(),
            _ => anchor_of(heading),
        };
        let count = self.used.entry(plain.clone()).or_default();
        *count += 1;
        match *count {
            1 => plain,
            number => format!("{plain}-{}", number - 1),
        }
    }
}

/// Returns the name of the first heading of a page that has these words.
pub(super) fn anchor_of(heading: &str) -> String {
    let mut name = String::with_capacity(heading.len());
    for character in heading.trim().to_lowercase().chars() {
        if character.is_alphanumeric() || matches!(character, '-' | '_') {
            name.push(character);
        } else if character.is_whitespace() {
            name.push('-');
        }
    }
    if name.is_empty() {
        name.push_str("section");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_heading_has_a_name_of_its_own() {
        let mut anchors = Anchors::default();
        let mut check = |own: Option<&str>, heading: &str, expected: &str| {
            assert_eq!(anchors.name(own, heading), expected, "{heading}");
        };
        check(None, "How do I pay?", "how-do-i-pay");
        check(None, "How do I pay?", "how-do-i-pay-1");
        check(Some("cost"), "What does it cost?", "cost");
        check(None, "手数料はいくら？", "手数料はいくら");
        check(None, "배송 기간", "배송-기간");
        check(None, "???", "section");
    }
}
