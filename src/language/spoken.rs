//! A language that people speak: one of the four that are served, or another that mondo can name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Elsewhere, Language};

/// A language that somebody speaks, whether articles are served in it or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spoken {
    /// One of the four.
    Served(Language),
    /// Another one.
    Elsewhere(Elsewhere),
}

impl Spoken {
    /// Returns the languages served.
    pub fn all_served() -> Vec<Self> {
        Language::ALL.map(Self::Served).to_vec()
    }

    /// Returns every language that can be named: those served first.
    pub fn all() -> Vec<Self> {
        let others = Elsewhere::ALL.map(Self::Elsewhere);
        Self::all_served().into_iter().chain(others).collect()
    }

    /// Returns the ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Served(language) => language.code(),
            Self::Elsewhere(language) => language.code(),
        }
    }

    /// Returns the name of the language in the language itself.
    pub fn endonym(self) -> &'static str {
        match self {
            Self::Served(language) => language.endonym(),
            Self::Elsewhere(language) => language.endonym(),
        }
    }

    /// Returns the language where it is served.
    pub fn served(self) -> Option<Language> {
        match self {
            Self::Served(language) => Some(language),
            Self::Elsewhere(_) => None,
        }
    }

    /// Reads a BCP 47 tag such as `zh-Hant` or `pt-BR`; `None` for a language that cannot be named.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let served = Language::from_tag(tag).map(Self::Served);
        served.or_else(|| Elsewhere::from_tag(tag).map(Self::Elsewhere))
    }
}

impl From<Language> for Spoken {
    fn from(language: Language) -> Self {
        Self::Served(language)
    }
}

impl From<Elsewhere> for Spoken {
    fn from(language: Elsewhere) -> Self {
        Self::Elsewhere(language)
    }
}

impl fmt::Display for Spoken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// A code of a language that mondo cannot name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language {code:?}: use one of {}", codes().join(", "))]
pub struct UnknownSpoken {
    /// The code that was given.
    pub code: String,
}

fn codes() -> Vec<&'static str> {
    Spoken::all().into_iter().map(Spoken::code).collect()
}

impl FromStr for Spoken {
    type Err = UnknownSpoken;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::from_tag(code).ok_or_else(|| UnknownSpoken {
            code: code.to_owned(),
        })
    }
}

impl Serialize for Spoken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Spoken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_read_by_its_own_code() {
        for spoken in Spoken::all() {
            assert_eq!(spoken.code().parse(), Ok(spoken));
            assert!(!spoken.endonym().is_empty());
        }
        assert_eq!(
            Spoken::from_tag("zh-TW"),
            Some(Spoken::from(Language::Chinese))
        );
        let portuguese = Spoken::from_tag("pt_BR").expect("known");
        assert_eq!((portuguese.code(), portuguese.served()), ("pt", None));
        let error = "xx".parse::<Spoken>().expect_err("no language");
        assert!(error.to_string().contains("en, zh, ja, ko, ar"), "{error}");
    }
}
