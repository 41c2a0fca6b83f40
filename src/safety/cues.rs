//! Phrases that tell what a text is about, and how they are looked for: whole words in Latin letters, anywhere in others.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::language::normalize_for_matching;

/// Phrases of one kind, folded as texts are.
#[derive(Debug, Deserialize)]
#[serde(from = "Vec<String>")]
pub(super) struct Cues {
    phrases: Vec<String>,
    /// Tells in one pass that none of them is there, as in most texts.
    finder: AhoCorasick,
}

impl From<Vec<String>> for Cues {
    fn from(phrases: Vec<String>) -> Self {
        let folded = phrases.iter().map(|phrase| normalize_for_matching(phrase));
        let phrases: Vec<String> = folded.collect();
        let finder = AhoCorasick::new(&phrases).expect("the phrases of the lexicon are few");
        Self { phrases, finder }
    }
}

/// Every kind of phrase that signals are read by; the file says what each is for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lexicon {
    pub(super) person: Cues,
    pub(super) person_vague: Cues,
    pub(super) calls: Cues,
    pub(super) about_staff: Cues,
    pub(super) refuses: Cues,
    pub(super) bots: Cues,
    pub(super) asker: Cues,
    pub(super) asking_thing: Cues,
    pub(super) demands: Cues,
    pub(super) secret: Cues,
    pub(super) payment: Cues,
    pub(super) report: Cues,
    pub(super) not_happened: Cues,
    pub(super) not_ours: Cues,
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("cues.toml"))
        .expect("the compiled-in cues are whole, as a test proves")
});

impl Cues {
    /// Tells whether any of the phrases stands in a folded text.
    pub(super) fn stand_in(&self, text: &str) -> bool {
        self.may_stand_in(text)
            && self
                .phrases
                .iter()
                .any(|phrase| find(text, phrase).is_some())
    }

    /// Returns where each phrase that stands in a folded text begins and ends.
    pub(super) fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let phrases = match self.may_stand_in(text) {
            true => self.phrases.as_slice(),
            false => &[],
        };
        phrases
            .iter()
            .filter_map(move |phrase| find(text, phrase).map(|start| (start, start + phrase.len())))
    }

    /// Tells whether a folded text is one of the phrases and nothing else.
    pub(super) fn hold(&self, text: &str) -> bool {
        self.phrases.iter().any(|phrase| phrase == text)
    }

    /// Tells whether any of them is there, be it as a part of a word.
    fn may_stand_in(&self, text: &str) -> bool {
        self.finder.is_match(text)
    }
}

/// Finds a phrase; one that begins or ends with a Latin letter begins or ends a word there.
pub(super) fn find(text: &str, phrase: &str) -> Option<usize> {
    let is_latin = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    let [begins, ends] = [phrase.chars().next(), phrase.chars().next_back()].map(is_latin);
    text.match_indices(phrase)
        .map(|(start, _)| start)
        .find(|start| {
            let before = text[..*start].chars().next_back();
            let after = text[start + phrase.len()..].chars().next();
            !(begins && is_latin(before) || ends && is_latin(after))
        })
}

/// Cuts a folded text where one statement ends and the next begins.
pub(super) fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| ".。!?;:,、…\n~".contains(c))
        .flat_map(|part| part.split(" but "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// Returns the sentences of a folded text.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', '。', '!', '?', '\n', ';'])
        .filter(|part| !part.trim().is_empty())
}

/// The place of the longest phrase that stands in a text.
pub(super) fn longest(cues: &Cues, text: &str) -> Option<(usize, usize)> {
    cues.places(text).max_by_key(|(start, end)| end - start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_phrases_are_whole_words_and_others_stand_anywhere() {
        assert_eq!(find("my agency", "agent"), None);
        assert_eq!(find("an agent", "agent"), Some(3));
        assert_eq!(find("agentに", "agent"), Some(0));
        assert_eq!(find("转人工客服", "人工"), Some(3));
        assert!(LEXICON.person.stand_in("转人工客服"));
        assert_eq!(clauses("不用, 谢谢. ok").count(), 3);
    }
}
