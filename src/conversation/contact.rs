//! How a visitor can be reached outside the conversation.

use crate::staff::EmailAddress;

/// Digits of a telephone number: fewer are an extension, more are no number.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// Tells whether what a visitor left is one e-mail address or a telephone number, so that an answer can arrive there.
pub fn is_reachable(contact: &str) -> bool {
    let contact = contact.trim();
    match contact.parse::<EmailAddress>() {
        Ok(address) => {
            let (_, host) = address.as_str().rsplit_once('@').unwrap_or_default();
            host.split('.').count() > 1 && host.split('.').all(is_label)
        }
        Err(_) => is_telephone_number(contact),
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label
            .chars()
            .all(|character| character.is_alphanumeric() || character == '-')
}

fn is_telephone_number(contact: &str) -> bool {
    let digits = contact.chars().filter(char::is_ascii_digit).count();
    DIGITS.contains(&digits)
        && contact
            .chars()
            .all(|character| character.is_ascii_digit() || " +-()./".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_telephone_numbers_reach_somebody() {
        let check = |contact: &str, expected: bool| {
            assert_eq!(is_reachable(contact), expected, "{contact:?}");
        };
        check("ann@example.com", true);
        check(" Ann.Lee+help@mail.example.co.kr ", true);
        check("김@예시.한국", true);
        check("+82 10-1234-5678", true);
        check("(02) 345 6789", true);
        check("not-an-email", false);
        check("ann@example", false);
        check("ann@.com", false);
        check("ann@exa mple.com", false);
        check("ann@example.com, eve@example.com", false);
        check("ann@example.com>", false);
        check("12345", false);
        check("+82 10 1234 5678 or mail", false);
        check("", false);
    }
}
