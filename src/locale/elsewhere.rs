//! The few sentences mondo knows in languages it does not serve, from `web/locales/elsewhere.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::filled;
use crate::language::{Elsewhere, Language};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentences {
    /// Which languages mondo speaks.
    speaks: String,
    /// A person can follow.
    person: String,
    /// In which language the answer stands, with the place `{language}`.
    below: String,
    /// The languages served, as the sentence `below` takes them.
    names: BTreeMap<Language, String>,
}

static ALL: LazyLock<BTreeMap<String, Sentences>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../web/locales/elsewhere.json"))
        .expect("the compiled-in sentences are whole, as a test proves")
});

/// Says in the visitor's own language which languages mondo speaks, and in which one the answer below stands; without an
/// answer, that a person can help.
pub fn kind_word(visitor: Elsewhere, answered_in: Option<Language>) -> String {
    let Some(said) = ALL.get(visitor.code()) else {
        unreachable!("every language that can be named has its sentences, as a test proves")
    };
    let then = match answered_in.and_then(|language| said.names.get(&language)) {
        Some(name) => filled(&said.below, &[("language", name)]),
        None => said.person.clone(),
    };
    format!("{} {then}", said.speaks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_that_can_be_named_is_greeted_whole() {
        assert_eq!(ALL.len(), Elsewhere::ALL.len());
        for visitor in Elsewhere::ALL {
            let person = kind_word(visitor, None);
            assert!(!person.contains('{'), "{person}");
            for language in Language::ALL {
                let below = kind_word(visitor, Some(language));
                assert_ne!(below, person);
                assert!(!below.contains('{'), "{below}");
            }
        }
        let german = Elsewhere::from_tag("de").expect("known");
        let said = kind_word(german, Some(Language::Korean));
        assert!(said.ends_with("auf Koreanisch."), "{said}");
    }
}
