//! Surges: an incident brings many at once, is told to everybody, and its tickets are taken first, until it is over.

use std::collections::BTreeMap;

use crate::locale::Locale;
use crate::time::Timestamp;

/// An incident that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surge {
    /// The operator's own name of it.
    pub incident: String,
    /// What visitors are told, in every locale.
    pub texts: BTreeMap<Locale, String>,
    /// Categories whose tickets are affected; `None` for all.
    pub categories: Option<Vec<String>>,
    /// Steps by which priorities are raised.
    pub bump: u8,
    /// When it begins.
    pub begun: Timestamp,
    /// When it is over by itself.
    pub expires: Timestamp,
}

/// What an operator says of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSurge {
    /// Their own name of it.
    pub incident: String,
    /// What visitors are told, by tag of the language.
    pub texts: BTreeMap<String, String>,
    /// Categories whose tickets are affected; `None` for all.
    pub categories: Option<Vec<String>>,
    /// Steps by which priorities are raised.
    pub bump: u8,
    /// When it is over by itself.
    pub expires: Timestamp,
}

/// Why a surge cannot be begun as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSurge {
    /// No name, or one that fills a page.
    #[error(
        "the name of the incident has 1 to {MAX_INCIDENT_CHARS} visible characters without slashes; choose another"
    )]
    Incident,
    /// Somebody would not be told.
    #[error("the notice lacks {}; write it in en, zh, ja and ko (zh-Hant is derived from zh when it is left out)", .0.join(", "))]
    MissingLanguages(Vec<&'static str>),
    /// A language mondo does not speak.
    #[error(
        "there is no language {0:?}; write the notice in en, zh, ja and ko, and in zh-Hant if you like"
    )]
    UnknownLanguage(String),
    /// A notice that nobody reads.
    #[error("the notice in {0} has 1 to {MAX_NOTICE_CHARS} characters; shorten it")]
    Length(String),
    /// It would never end, or has ended.
    #[error(
        "a surge ends after now and within 7 days; choose such a moment, and begin it again if it lasts longer"
    )]
    Expiry,
    /// More than there are.
    #[error("priorities are raised by 0 to {MAX_BUMP} steps; choose one of those")]
    Bump,
    /// A category no article has.
    #[error("no article is of the category {0:?}; leave categories out for all of them")]
    UnknownCategory(String),
}

/// Longest name of an incident, in characters.
pub const MAX_INCIDENT_CHARS: usize = 80;
/// Longest notice, in characters.
pub const MAX_NOTICE_CHARS: usize = 500;
const MAX_BUMP: u8 = 3;
const LONGEST_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

impl NewSurge {
    /// Checks what was said, and writes the notice in traditional characters where that was left out.
    pub fn checked(
        self,
        is_category: impl Fn(&str) -> bool,
        in_traditional: impl Fn(&str) -> String,
        now: Timestamp,
    ) -> Result<Surge, InvalidSurge> {
        let Self {
            incident,
            texts,
            categories,
            bump,
            expires,
        } = self;
        let incident = incident.trim().to_owned();
        let length = incident.chars().count();
        let is_odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '?' | '#');
        if length == 0 || length > MAX_INCIDENT_CHARS || incident.chars().any(is_odd) {
            return Err(InvalidSurge::Incident);
        }
        if expires <= now || expires.millis_since(now) > LONGEST_MS {
            return Err(InvalidSurge::Expiry);
        }
        if bump > MAX_BUMP {
            return Err(InvalidSurge::Bump);
        }
        for category in categories.iter().flatten() {
            if !is_category(category) {
                return Err(InvalidSurge::UnknownCategory(
                    category.chars().take(MAX_INCIDENT_CHARS).collect(),
                ));
            }
        }
        let mut texts = notice(texts)?;
        if !texts.contains_key(&Locale::TraditionalChinese) {
            let traditional = in_traditional(&texts[&Locale::SimplifiedChinese]);
            texts.insert(Locale::TraditionalChinese, traditional);
        }
        Ok(Surge {
            incident,
            texts,
            categories,
            bump,
            begun: now,
            expires,
        })
    }
}

/// Reads the notice; every language but traditional Chinese must be there.
fn notice(texts: BTreeMap<String, String>) -> Result<BTreeMap<Locale, String>, InvalidSurge> {
    let mut known = BTreeMap::new();
    for (tag, text) in texts {
        let locale = Locale::ALL
            .into_iter()
            .find(|locale| locale.tag() == tag)
            .or((tag == "zh").then_some(Locale::SimplifiedChinese))
            .ok_or_else(|| InvalidSurge::UnknownLanguage(tag.chars().take(20).collect()))?;
        let text = text.trim().to_owned();
        if !(1..=MAX_NOTICE_CHARS).contains(&text.chars().count()) {
            return Err(InvalidSurge::Length(tag));
        }
        known.insert(locale, text);
    }
    let missing: Vec<&'static str> = Locale::ALL
        .into_iter()
        .filter(|locale| *locale != Locale::TraditionalChinese && !known.contains_key(locale))
        .map(|locale| match locale {
            Locale::SimplifiedChinese => "zh",
            other => other.tag(),
        })
        .collect();
    match missing.is_empty() {
        true => Ok(known),
        false => Err(InvalidSurge::MissingLanguages(missing)),
    }
}

impl Surge {
    /// Tells whether it is on.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.expires > now
    }

    /// Tells whether tickets of a category are affected; a matter nobody could place only when all are.
    pub fn affects(&self, category: Option<&str>) -> bool {
        match (&self.categories, category) {
            (None, _) => true,
            (Some(affected), Some(category)) => affected.iter().any(|known| known == category),
            (Some(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Priority;

    fn said() -> NewSurge {
        let texts = [
            ("en", "Down"),
            ("zh", "维护"),
            ("ja", "障害"),
            ("ko", "장애"),
        ];
        NewSurge {
            incident: "INC-1".to_owned(),
            texts: texts
                .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
                .into(),
            categories: Some(vec!["orders".to_owned()]),
            bump: 1,
            expires: Timestamp::from_millis(1_000),
        }
    }

    fn check(change: impl FnOnce(&mut NewSurge)) -> Result<Surge, InvalidSurge> {
        let mut new = said();
        change(&mut new);
        let derived = |text: &str| text.replace('维', "維").replace('护', "護");
        new.checked(|name| name == "orders", derived, Timestamp::from_millis(0))
    }

    #[test]
    fn everybody_is_told_for_a_bounded_time() {
        let surge = check(|_| ()).unwrap();
        assert_eq!(surge.texts[&Locale::TraditionalChinese], "維護");
        let given = check(|new| {
            new.texts
                .insert("zh-Hant".to_owned(), "停機維護".to_owned());
        });
        assert_eq!(
            given.unwrap().texts[&Locale::TraditionalChinese],
            "停機維護"
        );
        assert!(surge.affects(Some("orders")) && !surge.affects(Some("shop")));
        assert!(!surge.affects(None));
        assert!(check(|new| new.categories = None).unwrap().affects(None));
        assert!(surge.is_on(Timestamp::from_millis(999)) && !surge.is_on(surge.expires));

        let missing = check(|new| {
            new.texts.remove("ko");
            new.texts.remove("zh");
        });
        let missing = missing.unwrap_err();
        assert_eq!(missing, InvalidSurge::MissingLanguages(vec!["zh", "ko"]));
        assert!(missing.to_string().contains("zh, ko"), "{missing}");
        for (refused, expected) in [
            (
                check(|new| new.incident = "a b".to_owned()),
                InvalidSurge::Incident,
            ),
            (
                check(|new| new.expires = Timestamp::from_millis(0)),
                InvalidSurge::Expiry,
            ),
            (
                check(|new| new.expires = Timestamp::from_millis(LONGEST_MS + 1)),
                InvalidSurge::Expiry,
            ),
            (check(|new| new.bump = 4), InvalidSurge::Bump),
            (
                check(|new| new.categories = Some(vec!["x".to_owned()])),
                InvalidSurge::UnknownCategory("x".to_owned()),
            ),
            (
                check(|new| drop(new.texts.insert("fr".to_owned(), "x".to_owned()))),
                InvalidSurge::UnknownLanguage("fr".to_owned()),
            ),
            (
                check(|new| drop(new.texts.insert("en".to_owned(), "  ".to_owned()))),
                InvalidSurge::Length("en".to_owned()),
            ),
        ] {
            assert_eq!(refused.unwrap_err(), expected);
        }
    }

    #[test]
    fn priorities_rise_to_the_top_at_most() {
        assert_eq!(Priority::Low.raised_by(1), Priority::Normal);
        assert_eq!(Priority::High.raised_by(3), Priority::Urgent);
        assert_eq!(Priority::Normal.raised_by(0), Priority::Normal);
    }
}
