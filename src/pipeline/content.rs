//! The words of a question that carry its matter, without grammar and courtesy.

use super::analyzer::{Scheme, cut};
use super::empty_words::{CHINESE_RUNS, ONE_CHARACTER_GRAMMAR, is_empty, only_asks};
use super::terms::{TermCode, code_of};
use crate::language::{Language, is_han, is_hangul, is_kana, without_addresses};

/// A word that carries matter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ContentWord {
    /// The folded text.
    pub(super) text: String,
    /// The word as the word index has it, one code or several; any of them will do.
    pub(super) word_codes: Vec<TermCode>,
    /// Its pairs of characters, for words of characters; all of them are wanted.
    pub(super) pair_codes: Vec<TermCode>,
    /// Whether it says what happens and not to what, as far as its form tells: a verb or an adjective.
    pub(super) is_predicate: bool,
}

/// A word on its way to be one of matter.
struct Piece {
    text: String,
    is_predicate: bool,
}

/// Cuts a folded text into the words that carry its matter.
pub(super) fn content_words(normal: &str, language: Language) -> Vec<ContentWord> {
    let mut words: Vec<ContentWord> = Vec::new();
    // Where something stands in the net is not what it is about.
    let normal = without_addresses(normal);
    for Piece { text, is_predicate } in pieces(&normal, language) {
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
            is_predicate,
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

fn pieces(normal: &str, language: Language) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let piece = |text: &str, is_predicate: bool| Piece {
        text: text.to_owned(),
        is_predicate,
    };
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
            Some(Script::Han) => pieces.push(piece(run, is_inflected(run, rest))),
            Some(Script::Hangul) => {
                let mut ends = KOREAN_VERBS.split_whitespace();
                let is_predicate = ends.any(|end| run.ends_with(end));
                pieces.push(piece(korean_stem(run), is_predicate));
            }
            Some(Script::Hiragana) | None => {}
            Some(Script::Latin) => {
                let word = run.trim_end_matches("'s").trim_end_matches("’s");
                let is_past = word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed");
                pieces.push(piece(&word.replace(['\'', '’'], ""), is_past));
            }
            Some(Script::Katakana) => pieces.push(piece(run, false)),
        }
    }
    pieces
}

/// A Japanese verb or adjective is written with one Chinese character as a rule, and letters that are no particle.
fn is_inflected(run: &str, rest: &str) -> bool {
    let is_hiragana = |c: &char| script_of(*c) == Some(Script::Hiragana);
    let next = rest.chars().next().filter(is_hiragana);
    run.chars().count() == 1 && next.is_some_and(|c| !PARTICLES.contains(c))
}

/// How particles begin that follow a noun.
const PARTICLES: &str = "がをにはのでともへや";

/// Ends of Korean verbs and adjectives that no noun has.
const KOREAN_VERBS: &str = "아요 어요 여요 해요 네요 나요 까요 세요 려요 져요 와요 워요 돼요 습니다 습니까 \
    는데 으면 려고 려면 어서 아서 해서 었어 았어 했어";

fn chinese_words(run: &str) -> Vec<Piece> {
    let run = CHINESE_RUNS
        .iter()
        .fold(run.to_owned(), |text, word| text.replace(word, " "));
    run.split_whitespace()
        .flat_map(super::analyzer::chinese_cut)
        .filter(|word| !word.chars().all(|c| ONE_CHARACTER_GRAMMAR.contains(c)))
        .map(|text| Piece {
            // The dictionary takes rare longer words for verbs, so their form tells nothing.
            is_predicate: text.chars().count() == 1 && !super::analyzer::is_chinese_noun(&text),
            text,
        })
        .collect()
}

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
        return word.len() == 1 || is_number || is_empty(word);
    }
    let is_korean = word.chars().any(is_hangul);
    if is_korean {
        return word.chars().count() == 1 || only_asks(word);
    }
    is_empty(word)
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
            "is kumora-login.net/sign?a=1 the real page",
            Language::English,
            &["real", "page"],
        );
        check("kumora-event.com이 진짜인가요", Language::Korean, &[]);
        check(
            "install node.js",
            Language::English,
            &["install", "node", "js"],
        );
        check(
            "lost my 2FA on the 2nd",
            Language::English,
            &["lost", "2fa"],
        );
    }

    #[test]
    fn what_happens_is_told_from_what_it_happens_to() {
        let check = |text: &str, language, expected: &[&str]| {
            let words = content_words(&normalize_for_matching(text), language);
            let happening = words.iter().filter(|word| word.is_predicate);
            let texts: Vec<&str> = happening.map(|word| word.text.as_str()).collect();
            assert_eq!(texts, expected, "{text}");
        };
        check(
            "my key leaked, indeed at speed",
            Language::English,
            &["leaked"],
        );
        check("端口被封了", Language::Chinese, &["封"]);
        check("我的猫", Language::Chinese, &[]);
        check("秘密鍵が漏れた", Language::Japanese, &["漏"]);
        check("猫がいる", Language::Japanese, &[]);
        check("앱이 꺼져요", Language::Korean, &["꺼져"]);
        check("화면", Language::Korean, &[]);
    }
}
