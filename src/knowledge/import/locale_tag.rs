//! Language tags as folders, files and fields spell them.

use crate::language::Language;

/// A language as a source names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// The tag as it was written.
    pub tag: String,
    /// The language served, if it is one.
    pub language: Option<Language>,
    /// Place among the variants of its language; the smallest is kept where there are several.
    pub rank: u8,
}

/// Codes of languages that are not served, as sites name their folders.
const OTHERS: &str = " af am ar az be bg bn br bs ca cs cy da de el eo es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ka kk km kn ky lo lt lv mg mk ml mn mr ms mt my nb ne nl nn no pa pl ps pt ro ru sd si sk sl so sq sr sv sw ta te tg th tk tl tr uk ur uz vi ";

/// Rank of variants in traditional characters.
const TRADITIONAL: u8 = 2;

impl Locale {
    /// Tells whether it is Chinese in traditional characters, which has a text of its own.
    pub fn is_traditional(&self) -> bool {
        self.language == Some(Language::Chinese) && self.rank == TRADITIONAL
    }

    /// A language that is not served and has no usual code, as the translations beside it show.
    pub fn unknown(tag: &str) -> Option<Self> {
        let (primary, _) = tag.split_once(['-', '_']).unwrap_or((tag, ""));
        let is_code = (2..=3).contains(&primary.len())
            && tag.len() <= 8
            && tag
                .chars()
                .all(|one| one.is_ascii_alphabetic() || matches!(one, '-' | '_'));
        is_code.then(|| Self {
            tag: tag.to_owned(),
            language: None,
            rank: 0,
        })
    }

    /// Reads a tag such as `zh-CN`, `zh_Hant`, `jp` or `pt-BR`; `None` where it is no language.
    pub fn read(tag: &str) -> Option<Self> {
        let folded = tag.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = folded.split('-');
        let primary = parts.next().unwrap_or_default();
        let region: Vec<&str> = parts.collect();
        let is_subtag = |part: &&str| {
            (2..=4).contains(&part.len()) && part.chars().all(|one| one.is_ascii_alphanumeric())
        };
        if region.len() > 2 || !region.iter().all(is_subtag) {
            return None;
        }
        // Sites name folders by the country as often as by the language.
        let language = match primary {
            "cn" | "tw" | "hk" | "zht" | "zhs" | "chs" | "cht" => Some(Language::Chinese),
            "jp" => Some(Language::Japanese),
            "kr" => Some(Language::Korean),
            _ => Language::from_tag(primary),
        };
        let known = language.is_some() || OTHERS.contains(&format!(" {primary} "));
        if !known {
            return None;
        }
        let traditional = ["tw", "hk", "mo", "hant", "zht", "cht"];
        let is_traditional =
            traditional.contains(&primary) || region.iter().any(|part| traditional.contains(part));
        let is_usual = region.is_empty()
            || region
                .iter()
                .any(|part| ["cn", "hans", "us", "jp", "kr"].contains(part));
        Some(Self {
            tag: tag.trim().to_owned(),
            language,
            rank: match (is_traditional, is_usual) {
                (true, _) => TRADITIONAL,
                (false, false) => 1,
                (false, true) => 0,
            },
        })
    }
}

/// Returns what stands below the language in an address from the root of a site, where one of its first two parts is a
/// language, as in `/ko/fees` and `/docs/ko/fees`.
pub fn below_language(path: &str) -> Option<&str> {
    let (first, rest) = path.trim_start_matches('/').split_once('/')?;
    if Locale::read(first).is_some() {
        return Some(rest);
    }
    let (second, rest) = rest.split_once('/')?;
    Locale::read(second).map(|_| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_sites_write_them() {
        for (tag, expected) in [
            ("zh-CN", Some((Some(Language::Chinese), 0))),
            ("zh_Hant", Some((Some(Language::Chinese), 2))),
            ("tw", Some((Some(Language::Chinese), 2))),
            ("cn", Some((Some(Language::Chinese), 0))),
            ("jp", Some((Some(Language::Japanese), 0))),
            ("en-GB", Some((Some(Language::English), 1))),
            ("pt-BR", Some((None, 1))),
            ("guide", None),
            ("en-route-to", None),
            ("ja-guidelines", None),
            ("", None),
        ] {
            let read = Locale::read(tag).map(|locale| (locale.language, locale.rank));
            assert_eq!(read, expected, "{tag}");
        }
    }
    #[test]
    fn what_stands_below_a_language_is_found() {
        for (path, expected) in [
            ("/ko/fees", Some("fees")),
            ("/docs/zh-cn/shop/fees", Some("shop/fees")),
            ("/docs/shop/ko/fees", None),
            ("/fees", None),
            ("/docs/fees", None),
        ] {
            assert_eq!(below_language(path), expected, "{path}");
        }
    }
}
