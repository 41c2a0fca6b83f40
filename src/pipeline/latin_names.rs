//! Names in Latin capitals within text of characters: one that the base never writes, such as another company's, is foreign
//! to it, although its letters spell a common word (`LINEのパスワード`).

use std::collections::HashSet;

use crate::knowledge::KnowledgeBase;
use crate::language::{Language, is_han, is_hangul, is_kana};

/// Latin words as the texts of a base write them.
#[derive(Debug, Default)]
pub(super) struct WrittenNames {
    /// In any language, letter for letter.
    exactly: HashSet<String>,
    /// In small letters, by the language of the text, in the order of [`Language::ALL`].
    by_language: [HashSet<String>; 4],
}

impl WrittenNames {
    /// Gathers the words of every text.
    pub(super) fn of(knowledge: &KnowledgeBase) -> Self {
        let mut names = Self::default();
        for article in &knowledge.articles {
            for (language, wording) in &article.translations {
                let questions = std::iter::once(&wording.title).chain(&wording.alternates);
                for text in questions.chain([&wording.summary, &wording.body]) {
                    for word in latin_words(text) {
                        names.by_language[language.index()].insert(word.to_lowercase());
                        names.exactly.insert(word.to_owned());
                    }
                }
            }
        }
        names
    }

    /// Tells whether a text in characters holds a name in capitals that no text writes.
    pub(super) fn lack(&self, text: &str, language: Language) -> bool {
        let in_characters = text
            .chars()
            .any(|c| is_han(c) || is_kana(c) || is_hangul(c));
        in_characters
            && latin_words(text).any(|word| {
                is_name(word)
                    && !self.exactly.contains(word)
                    && !self.by_language[language.index()].contains(&word.to_lowercase())
            })
    }
}

/// Runs of Latin letters and digits.
fn latin_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Letters of the shortest name; shorter ones name devices and currencies.
const LEAST_LETTERS: usize = 4;

/// Two capitals or more among letters.
fn is_name(word: &str) -> bool {
    let capitals = word.chars().filter(char::is_ascii_uppercase).count();
    capitals >= 2 && word.len() >= LEAST_LETTERS && word.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::knowledge::load_folder;

    #[test]
    fn names_that_no_text_writes_are_foreign() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge_base");
        let loaded = load_folder(&folder).expect("the demo base is there");
        let names = WrittenNames::of(&loaded.knowledge);
        for (text, language) in [
            ("PASMOの残高", Language::Japanese),
            ("NHNの登録", Language::Japanese),
            ("SKTの", Language::Korean),
        ] {
            let is_long = text.starts_with("PASMO");
            assert_eq!(names.lack(text, language), is_long, "{text}");
        }
        assert!(names.lack("WeChat怎么提现", Language::Chinese));
        assert!(!names.lack("USDT怎么提", Language::Chinese));
        assert!(!names.lack("HOW DO I PASMO", Language::English));
        assert!(!names.lack("Withdrawのやり方", Language::Japanese));
    }
}
