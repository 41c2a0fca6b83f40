//! The keys of pages that were joined to others as their translations.

use std::collections::{BTreeMap, BTreeSet};

use super::joins::Joins;
use super::page::Page;

/// The keys that pages get instead of their own.
#[derive(Debug, Clone, Default)]
pub struct NewKeys {
    by_key: BTreeMap<String, String>,
    targets: BTreeSet<String>,
}

impl NewKeys {
    /// Takes the pairs of earlier imports and those confirmed now, which go before.
    pub fn of(earlier: impl Iterator<Item = (String, String)>, now: &Joins) -> Self {
        let mut by_key: BTreeMap<String, String> = earlier.collect();
        for pair in now.pairs() {
            by_key.insert(pair.text.clone(), pair.with.clone());
        }
        let targets = by_key.values().cloned().collect();
        Self { by_key, targets }
    }

    /// Returns the key of the article that a page was joined to, else its own.
    pub fn of_page<'a>(&'a self, key: &'a str) -> &'a str {
        let mut found = key;
        // Pairs may lead on to others; no further than there are pairs, in case they lead in a circle.
        for _ in 0..self.by_key.len() {
            match self.by_key.get(found) {
                Some(next) => found = next,
                None => break,
            }
        }
        found
    }

    /// Gives a page the key of the article it was joined to.
    pub fn apply(&self, page: &mut Page) {
        let key = self.of_page(&page.key).to_owned();
        page.joinable |= key != page.key || self.targets.contains(&key);
        page.key = key;
    }

    /// Every pair: the key a page has, and the one it gets.
    pub fn pairs(&self) -> impl Iterator<Item = (&String, &String)> {
        self.by_key.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_of_pairs_ends() {
        let earlier = [("a", "b"), ("b", "a")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let keys = NewKeys::of(earlier.into_iter(), &Joins::default());
        let mut page = Page {
            key: "a".to_owned(),
            ..Page::default()
        };
        keys.apply(&mut page);
        assert!(["a", "b"].contains(&page.key.as_str()));
    }
}
