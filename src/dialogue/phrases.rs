//! The phrases of `acts.toml`, folded and ready to be found.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::DialogueAct;
use crate::language::{Language, normalize_for_matching};

/// What a phrase is: of an act, or of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Act(DialogueAct),
    Filler,
}

/// Every phrase under its folded form, with the languages it is of.
pub(super) struct Phrases {
    by_form: HashMap<String, (Piece, Vec<Language>)>,
    longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PerLanguage {
    en: Vec<String>,
    zh: Vec<String>,
    ja: Vec<String>,
    ko: Vec<String>,
}

pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let tables: BTreeMap<String, PerLanguage> = toml::from_str(include_str!("acts.toml"))
        .expect("the compiled-in acts are whole, as a test proves");
    let mut by_form: HashMap<String, (Piece, Vec<Language>)> = HashMap::new();
    for (name, table) in &tables {
        let piece = piece_named(name);
        for (language, phrases) in [
            (Language::English, &table.en),
            (Language::Chinese, &table.zh),
            (Language::Japanese, &table.ja),
            (Language::Korean, &table.ko),
        ] {
            for phrase in phrases {
                let form = form_of(phrase);
                let known = by_form.entry(form).or_insert((piece, Vec::new()));
                if known.0 == Piece::Filler {
                    known.0 = piece;
                }
                if !known.1.contains(&language) {
                    known.1.push(language);
                }
            }
        }
    }
    let longest = by_form
        .keys()
        .map(|form| form.chars().count())
        .max()
        .unwrap_or(0);
    Phrases { by_form, longest }
});

fn piece_named(name: &str) -> Piece {
    match name {
        "filler" => Piece::Filler,
        act => {
            let quoted = serde_json::Value::String(act.to_owned());
            Piece::Act(serde_json::from_value(quoted).expect("each table is named for an act"))
        }
    }
}

impl Phrases {
    pub(super) fn of(&self, form: &str) -> Option<&(Piece, Vec<Language>)> {
        self.by_form.get(form)
    }

    /// Characters of the longest phrase.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}

/// Folds a text as phrases are folded: letters said longer count once, and what is neither letter nor digit is a space.
pub(super) fn form_of(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    for character in normalize_for_matching(text).chars() {
        let is_apostrophe = matches!(character, '\'' | '’' | '‘');
        let character = match character {
            _ if is_apostrophe => continue,
            c if c.is_alphanumeric() || c == 'ー' => c,
            _ => ' ',
        };
        let repeats = form.ends_with(character) && !character.is_ascii_digit();
        if !(repeats || character == ' ' && form.is_empty()) {
            form.push(character);
        }
    }
    form.truncate(form.trim_end().len());
    let words: Vec<&str> = form.split(' ').map(said_once).collect();
    words.join(" ")
}

/// A word of one part said again and again, such as `hahaha`, said once.
fn said_once(word: &str) -> &str {
    let longest = word
        .char_indices()
        .map(|(at, _)| at)
        .skip(1)
        .take(LONGEST_PART);
    let repeats = |at: &usize| {
        let (part, rest) = word.split_at(*at);
        !part.is_empty()
            && word.len().is_multiple_of(part.len())
            && rest
                .as_bytes()
                .chunks(part.len())
                .all(|chunk| chunk == part.as_bytes())
    };
    let is_number = word.contains(|c: char| c.is_ascii_digit());
    let mut parts = longest.filter(repeats);
    match parts.next() {
        Some(at) if !is_number => &word[..at],
        _ => word,
    }
}

/// Characters of the longest part that is looked for again.
const LONGEST_PART: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_said_longer_count_once() {
        assert_eq!(form_of("Hiiii!!"), "hi");
        assert_eq!(form_of("Don’t"), form_of("don't"));
        assert_eq!(form_of("哈哈哈哈～"), "哈");
        assert_eq!(form_of("👍 OK 👍"), "ok");
        assert_eq!(form_of("hahahaha"), "ha");
        assert_eq!(form_of("快点快点"), "快点");
        assert_eq!(form_of("886"), "886");
        assert!(PHRASES.of("thanks").is_some());
        for act in DialogueAct::ALL {
            let has_words = !matches!(act, DialogueAct::Wordless | DialogueAct::Name);
            let found = PHRASES
                .by_form
                .values()
                .any(|(piece, _)| *piece == Piece::Act(act));
            assert_eq!(found, has_words, "{act:?}");
        }
    }
}
