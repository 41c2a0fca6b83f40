//! Seed phrases (BIP-39) in English, Japanese, Korean and both forms of Chinese: numbered, one a line, with a word
//! mistyped, or without spaces where the script has none.

use std::collections::HashMap;
use std::sync::LazyLock;

use bip39::{Language, Mnemonic};

use super::cues::{Cue, Cues};
use super::folded::Folded;
use super::kind::{Found, Kind};
use super::tokens::{Token, stretches};

/// The shortest phrase.
const SHORTEST: usize = 12;
/// Part of a phrase is given away where its name stands beside it.
const SHORTEST_NAMED: usize = 6;
/// How far the name may stand from the first word.
const LABEL_REACH: usize = 40;
/// Glyphs between two words: space, a line break, a number with its stop.
const WIDEST_GAP: usize = 8;

pub(super) fn find(folded: &Folded, cues: &Cues, found: &mut Vec<Found>) {
    let lists = &*LISTS;
    let words = stretches(folded, is_letter);
    if words.len() >= SHORTEST_NAMED {
        for lettered in [Script::Latin, Script::Kana, Script::Hangul] {
            find_spaced(folded, cues, lists, &words, lettered, found);
        }
        find_single_han(folded, cues, lists, &words, found);
    }
    if cues.has(Cue::Seed) {
        find_joined_han(folded, cues, &words, found);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Kana,
    Hangul,
    Han,
}

impl Script {
    fn of(character: char) -> Option<Self> {
        Some(match character {
            'a'..='z' => Self::Latin,
            '\u{3040}'..='\u{30ff}' => Self::Kana,
            '\u{ac00}'..='\u{d7a3}' => Self::Hangul,
            '\u{4e00}'..='\u{9fff}' => Self::Han,
            _ => return None,
        })
    }
}

/// The words of every list, and which script each is in; the scripts do not share any.
static LISTS: LazyLock<HashMap<String, Script>> = LazyLock::new(|| {
    use unicode_normalization::UnicodeNormalization as _;
    [
        (Language::English, Script::Latin),
        (Language::Japanese, Script::Kana),
        (Language::Korean, Script::Hangul),
        (Language::SimplifiedChinese, Script::Han),
        (Language::TraditionalChinese, Script::Han),
    ]
    .into_iter()
    .flat_map(|(language, script)| {
        language
            .word_list()
            .iter()
            .map(move |word| (word.nfc().collect(), script))
    })
    .collect()
});

fn is_letter(character: char) -> bool {
    Script::of(character).is_some()
}

fn script_of(folded: &Folded, word: &Token) -> Option<Script> {
    Script::of(folded.seen(word.start))
}

fn spelt(folded: &Folded, start: usize, end: usize) -> String {
    (start..end).map(|at| folded.seen(at)).collect()
}

/// Space, marks, and the number of the next word.
fn is_gap(folded: &Folded, from: usize, to: usize) -> bool {
    let digits = (from..to)
        .filter(|at| folded.seen(*at).is_ascii_digit())
        .count();
    to - from <= WIDEST_GAP
        && digits <= 2
        && (from..to).all(|at| {
            let character = folded.seen(at);
            character.is_ascii_digit() || " \n.)(:,-;#/|·[]'\"=>_、，".contains(character)
        })
}

/// Runs of listed words with at most one stranger among each dozen.
fn find_spaced(
    folded: &Folded,
    cues: &Cues,
    lists: &HashMap<String, Script>,
    words: &[Token],
    script: Script,
    found: &mut Vec<Found>,
) {
    let listed: Vec<bool> = words
        .iter()
        .map(|word| {
            (2..=10).contains(&word.len())
                && script_of(folded, word) == Some(script)
                && lists.get(&spelt(folded, word.start, word.end)) == Some(&script)
        })
        .collect();
    let mut place = 0;
    while place < words.len() {
        if !listed[place] {
            place += 1;
            continue;
        }
        let first = place;
        let mut last = place;
        let mut hits = 1;
        let mut strangers = 0;
        for next in first + 1..words.len() {
            if !is_gap(folded, words[next - 1].end, words[next].start) {
                break;
            }
            if listed[next] {
                hits += 1;
                last = next;
            } else {
                strangers += 1;
                // A stranger is a word mistyped if the list goes on right after it.
                let goes_on = listed.get(next + 1).is_some_and(|listed| *listed)
                    && listed.get(next + 2).is_some_and(|listed| *listed);
                if strangers > 1 + hits / SHORTEST || !goes_on {
                    break;
                }
            }
        }
        let (start, end) = with_joined_ends(folded, lists, words, first, last, script);
        let named = cues.near(Cue::Seed, start, end, LABEL_REACH, LABEL_REACH);
        // Eleven and a mistyped one are twelve.
        let enough = if named { SHORTEST_NAMED } else { SHORTEST - 1 };
        let counts = script == Script::Latin
            && words[first..=last]
                .iter()
                .all(|word| is_digit_name(folded, word));
        if hits >= enough && !counts {
            found.push(Found {
                kind: Kind::SeedPhrase,
                start,
                end,
            });
        }
        place = last + 1;
    }
}

/// Widens a run by the listed word that a neighbour ends or begins with, where no space parts them: "助记词是穿 捕 本".
fn with_joined_ends(
    folded: &Folded,
    lists: &HashMap<String, Script>,
    words: &[Token],
    first: usize,
    last: usize,
    script: Script,
) -> (usize, usize) {
    let (mut start, mut end) = (words[first].start, words[last].end);
    if script == Script::Latin {
        return (start, end);
    }
    let is_listed = |from: usize, to: usize| lists.get(&spelt(folded, from, to)) == Some(&script);
    if let Some(before) = first.checked_sub(1).map(|before| words[before])
        && is_gap(folded, before.end, start)
    {
        let longest = (before.end.saturating_sub(8).max(before.start)..before.end)
            .find(|from| is_listed(*from, before.end));
        start = longest.unwrap_or(start);
    }
    if let Some(after) = words.get(last + 1)
        && is_gap(folded, end, after.start)
    {
        let longest = (after.start + 1..=after.end.min(after.start + 8))
            .rev()
            .find(|to| is_listed(after.start, *to));
        end = longest.unwrap_or(end);
    }
    (start, end)
}

/// A number read out is no phrase, though its words are listed.
fn is_digit_name(folded: &Folded, word: &Token) -> bool {
    matches!(
        spelt(folded, word.start, word.end).as_str(),
        "zero" | "one" | "two" | "three" | "four" | "five" | "six" | "seven" | "eight" | "nine"
    )
}

/// Chinese phrases with every character apart, which prose never is.
fn find_single_han(
    folded: &Folded,
    cues: &Cues,
    lists: &HashMap<String, Script>,
    words: &[Token],
    found: &mut Vec<Found>,
) {
    let mut place = 0;
    while place < words.len() {
        let is_single =
            |word: &Token| word.len() == 1 && script_of(folded, word) == Some(Script::Han);
        let first = place;
        while place < words.len()
            && is_single(&words[place])
            && (place == first || is_gap(folded, words[place - 1].end, words[place].start))
        {
            place += 1;
        }
        let row = &words[first..place];
        let hits = row
            .iter()
            .filter(|word| lists.contains_key(&spelt(folded, word.start, word.end)))
            .count();
        if hits > 0 {
            let (start, end) =
                with_joined_ends(folded, lists, words, first, place - 1, Script::Han);
            let named = cues.near(Cue::Seed, start, end, LABEL_REACH, LABEL_REACH);
            let enough = if named { SHORTEST_NAMED } else { SHORTEST - 1 };
            if hits >= enough && row.len() - hits <= 1 + row.len() / SHORTEST {
                found.push(Found {
                    kind: Kind::SeedPhrase,
                    start,
                    end,
                });
            }
        }
        place = place.max(first + 1);
    }
}

/// Chinese phrases written without spaces, or in groups. Nearly every sentence is made of listed characters, so only
/// the check tells, and only beside the name.
fn find_joined_han(folded: &Folded, cues: &Cues, words: &[Token], found: &mut Vec<Found>) {
    let rows: Vec<Token> = words
        .iter()
        .flat_map(|word| {
            // A word of letters holds kana and Han alike; only Han counts here.
            let is_han = |at: &usize| Script::of(folded.seen(*at)) == Some(Script::Han);
            let all = (word.start..word.end).all(|at| is_han(&at));
            all.then_some(*word)
        })
        .collect();
    for (place, row) in rows.iter().enumerate() {
        if !cues.near(Cue::Seed, row.start, row.end, LABEL_REACH, LABEL_REACH) {
            continue;
        }
        let mut characters: Vec<usize> = Vec::new();
        let mut end = row.start;
        for next in &rows[place..] {
            if next.start != row.start && !is_gap(folded, end, next.start) || characters.len() >= 24
            {
                break;
            }
            characters.extend(next.start..next.end);
            end = next.end;
            // "助记词是" stands before the phrase without a space.
            for length in [24, 21, 18, 15, 12] {
                let starts = 0..=characters.len().saturating_sub(length).min(8);
                for skipped in starts.filter(|skipped| skipped + length <= characters.len()) {
                    let chosen = &characters[skipped..skipped + length];
                    if is_chinese_phrase(folded, chosen)
                        && is_edge(folded, &characters, skipped + length)
                    {
                        found.push(Found {
                            kind: Kind::SeedPhrase,
                            start: chosen[0],
                            end: chosen[length - 1] + 1,
                        });
                    }
                }
            }
        }
    }
}

/// Tells whether the row of characters ends here, so that the phrase is not cut out of a sentence.
fn is_edge(folded: &Folded, characters: &[usize], taken: usize) -> bool {
    characters
        .get(taken)
        .is_none_or(|next| *next != characters[taken - 1] + 1 || !is_letter(folded.seen(*next)))
}

fn is_chinese_phrase(folded: &Folded, characters: &[usize]) -> bool {
    let spaced: Vec<String> = characters
        .iter()
        .map(|at| folded.seen(*at).to_string())
        .collect();
    let spaced = spaced.join(" ");
    [Language::SimplifiedChinese, Language::TraditionalChinese]
        .into_iter()
        .any(|language| Mnemonic::parse_in_normalized(language, &spaced).is_ok())
}
