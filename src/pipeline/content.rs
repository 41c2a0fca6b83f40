//! The words of a question that carry its matter, without grammar and courtesy.

use std::sync::LazyLock;

use super::analyzer::{Scheme, cut};
use super::empty_words::{
    EMPTY_CHINESE, EMPTY_ENGLISH, EMPTY_JAPANESE, EMPTY_KOREAN, ONE_CHARACTER_GRAMMAR,
};
use super::terms::{TermCode, code_of};
use crate::language::{Language, is_han, is_hangul, is_kana};

/// A word that carries matter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ContentWord {
    /// The folded text.
    pub(super) text: String,
    /// The word as the word index has it, one code or several; any of them will do.
    pub(super) word_codes: Vec<TermCode>,
    /// Its pairs of characters, for words of characters; all of them are wanted.
    pub(super) pair_codes: Vec<TermCode>,
}

/// Cuts a folded text into the words that carry its matter.
pub(super) fn content_words(normal: &str, language: Language) -> Vec<ContentWord> {
    let mut words: Vec<ContentWord> = Vec::new();
    for text in pieces(normal, language) {
        if is_empty_word(&text) || words.iter().any(|known| known.text == text) {
            continue;
        }
        let word_codes = cut(Scheme::Words(language), &text)
            .iter()
            .map(|term| code_of(&term.text))
            .collect();
        let is_latin = text.is_ascii();
        let pair_codes = if is_latin {
            Vec::new()
        } else {
            cut(Scheme::Bigrams, &text)
                .iter()
                .map(|term| code_of(&term.text))
                .collect()
        };
        words.push(ContentWord {
            text,
            word_codes,
            pair_codes,
        });
    }
    words
}

/// Ends of numbers that count places, beside `2fa`, which is a word.
const ORDINALS: &[&str] = &["st", "nd", "rd", "th"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Han,
    Hiragana,
    Katakana,
    Hangul,
}

fn script_of(character: char) -> Option<Script> {
    match character {
        'ー' => Some(Script::Katakana),
        '\u{3040}'..='\u{309f}' => Some(Script::Hiragana),
        _ if is_han(character) => Some(Script::Han),
        _ if is_kana(character) => Some(Script::Katakana),
        _ if is_hangul(character) => Some(Script::Hangul),
        _ if character.is_alphanumeric() => Some(Script::Latin),
        _ => None,
    }
}

fn pieces(normal: &str, language: Language) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = normal;
    while let Some(start) = rest.find(|c| script_of(c).is_some()) {
        rest = &rest[start..];
        let script = rest.chars().next().and_then(script_of);
        let joins = |c: char| {
            script_of(c) == script
                || script == Some(Script::Latin) && matches!(c, '\'' | '’')
                || script == Some(Script::Hiragana) && c == 'ー'
        };
        let end = rest.find(|c| !joins(c)).unwrap_or(rest.len());
        let (run, remaining) = rest.split_at(end);
        rest = remaining;
        match script {
            Some(Script::Han) if language != Language::Japanese => {
                pieces.extend(chinese_words(run))
            }
            Some(Script::Hangul) => pieces.push(korean_stem(run).to_owned()),
            Some(Script::Hiragana) | None => {}
            Some(Script::Latin) => {
                let word = run.trim_end_matches("'s").trim_end_matches("’s");
                pieces.push(word.replace(['\'', '’'], ""));
            }
            Some(_) => pieces.push(run.to_owned()),
        }
    }
    pieces
}

fn chinese_words(run: &str) -> Vec<String> {
    let run = EMPTY_RUNS
        .iter()
        .fold(run.to_owned(), |text, word| text.replace(word, " "));
    run.split_whitespace()
        .flat_map(super::analyzer::chinese_cut)
        .filter(|word| !word.chars().all(|c| ONE_CHARACTER_GRAMMAR.contains(c)))
        .collect()
}

/// The empty words of Chinese, longer ones first: `可不可以` holds `可以`.
static EMPTY_RUNS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut words = EMPTY_CHINESE.to_vec();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
});

/// A Korean word without its endings.
fn korean_stem(word: &str) -> &str {
    let mut stem = word;
    for _ in 0..2 {
        let shorter = super::analyzer::strip_korean_ending(stem);
        if shorter == stem {
            break;
        }
        stem = shorter;
    }
    stem
}

fn is_empty_word(word: &str) -> bool {
    if word.is_ascii() {
        // Numbers and codes are compared by themselves.
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        let is_number = word.starts_with(|c: char| c.is_ascii_digit())
            && (letters < 2 || ORDINALS.iter().any(|end| word.ends_with(end)));
        return word.len() == 1 || is_number || EMPTY_ENGLISH.contains(&word);
    }
    let is_korean = word.chars().any(is_hangul);
    if is_korean {
        return word.chars().count() == 1
            || EMPTY_KOREAN.iter().any(|start| word.starts_with(start));
    }
    EMPTY_JAPANESE.contains(&word) || EMPTY_CHINESE.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::normalize_for_matching;

    #[test]
    fn grammar_and_courtesy_carry_no_matter() {
        let check = |text: &str, language, expected: &[&str]| {
            let words = content_words(&normalize_for_matching(text), language);
            let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(texts, expected, "{text}");
        };
        check(
            "How do I cancel my gym membership?",
            Language::English,
            &["cancel", "gym", "membership"],
        );
        check(
            "请问提现手续费是多少？",
            Language::Chinese,
            &["提现", "手续费"],
        );
        check(
            "出金の手数料はいくらですか",
            Language::Japanese,
            &["出金", "手数料"],
        );
        check(
            "출금 수수료는 얼마예요?",
            Language::Korean,
            &["출금", "수수료"],
        );
        check("ぱすわーどをわすれた", Language::Japanese, &[]);
        check("可不可以取消订单", Language::Chinese, &["取消", "订单"]);
        check("what's this?", Language::English, &[]);
        check(
            "lost my 2FA on the 2nd",
            Language::English,
            &["lost", "2fa"],
        );
    }
}
