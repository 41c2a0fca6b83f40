//! Addresses inside texts: where something stands says neither what a text is about nor its language.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// A link, a mail address or a handle, a number of a chain, and a host by its last label, since a dot stands in names of
/// products too.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"[A-Za-z][A-Za-z0-9+.-]*://[!-~]+",
        r"|(?-u:\b)www\.[!-~]+",
        r"|[!-~]*@[!-~]*",
        r"|(?-u:\b)0x[0-9A-Fa-f]+(?-u:\b)",
        r"|(?-u:\b)(?:[A-Za-z0-9-]+\.)+",
        r"(?:com|net|org|info|biz|xyz|io|me|jp|cn|kr|tw|hk|sg|eu|uk|us|site|online|shop|example)(?-u:\b)(?:[/:][!-~]*)?",
    ))
    .expect("the pattern is written here and tested")
});

/// Returns a text with a space in place of each address.
pub(crate) fn without_addresses(text: &str) -> Cow<'_, str> {
    // Most texts have none, and a look is quicker than a search.
    let may_hold_one = text.contains(['.', '@', ':']) || text.contains("0x");
    match may_hold_one {
        true => ADDRESS.replace_all(text, " "),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        for (text, expected) in [
            (
                "is kumora-login.net/sign?a=1 the real page",
                "is   the real page",
            ),
            ("kumora-event.com이 진짜인가요", " 이 진짜인가요"),
            ("链接https://shop.example/后面", "链接 后面"),
            ("www.shop.exampleを見た", " を見た"),
            ("mail@shop.example or @shop", "  or  "),
            ("0xdeadBEEF gone", "  gone"),
            (
                "install node.js 1.2.3 e.g. here",
                "install node.js 1.2.3 e.g. here",
            ),
        ] {
            assert_eq!(without_addresses(text), expected);
        }
    }
}
