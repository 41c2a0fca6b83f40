//! Numbers that states give to people: identity cards of mainland China, Hong Kong and Taiwan, resident registration
//! numbers of Korea, individual numbers of Japan, passports.

use super::cues::{Cue, Cues};
use super::folded::Folded;
use super::kind::{Found, Kind};
use super::numbers::NumberRun;
use super::tokens::{Token, words_of};

const LABEL_REACH: usize = 20;

pub(super) fn find(folded: &Folded, cues: &Cues, runs: &[NumberRun], found: &mut Vec<Found>) {
    for run in runs {
        find_chinese(cues, run, found);
        find_korean(cues, run, found);
        find_japanese(cues, run, found);
    }
    if cues.has(Cue::Passport) {
        find_passports(folded, cues, found);
    }
    find_island_cards(folded, cues, found);
}

/// Identity cards of mainland China (GB 11643): place, birthday, serial number, check digit.
fn find_chinese(cues: &Cues, run: &NumberRun, found: &mut Vec<Found>) {
    for (from, to) in run.resident_windows() {
        let digits = run.values(from, to);
        let is_birthday = is_date(&digits[6..10], &digits[10..12], &digits[12..14]);
        if !is_province(digits) || !is_birthday {
            continue;
        }
        let (start, end) = run.glyphs(from, to);
        let named = cues.near(Cue::ResidentId, start, end, LABEL_REACH, 12);
        let is_public = cues.names_public(start, LABEL_REACH);
        if !is_public && (named || passes_chinese_check(digits)) {
            found.push(Found {
                kind: Kind::ResidentId,
                start,
                end,
            });
        }
    }
    // Cards of before 1999 have a year of two digits and no check.
    for (from, to) in run.windows(15, 15) {
        let (start, end) = run.glyphs(from, to);
        let digits = run.values(from, to);
        let year = [1, 9, digits[6], digits[7]];
        if cues.labels(Cue::ResidentId, start, LABEL_REACH)
            && is_province(digits)
            && is_date(&year, &digits[8..10], &digits[10..12])
        {
            found.push(Found {
                kind: Kind::ResidentId,
                start,
                end,
            });
        }
    }
}

fn is_province(digits: &[u8]) -> bool {
    matches!(
        digits[0] * 10 + digits[1],
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91
    )
}

fn passes_chinese_check(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 18] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    sum % 11 == 1
}

/// Resident registration numbers of Korea. Those given since October 2020 end in random digits, so the check proves one
/// and never refutes one.
fn find_korean(cues: &Cues, run: &NumberRun, found: &mut Vec<Found>) {
    for (from, to) in run.windows(13, 13) {
        let (start, end) = run.glyphs(from, to);
        let digits = run.values(from, to);
        let century = match digits[6] {
            9 | 0 => 18,
            1 | 2 | 5 | 6 => 19,
            _ => 20,
        };
        let year = [century / 10, century % 10, digits[0], digits[1]];
        if !is_date(&year, &digits[2..4], &digits[4..6]) || cues.names_public(start, LABEL_REACH) {
            continue;
        }
        let named = cues.near(Cue::ResidentNumber, start, end, LABEL_REACH, 12);
        let is_split = run.groups(from, to) == [6, 7];
        if named || passes_korean_check(digits) || is_split && century != 18 {
            found.push(Found {
                kind: Kind::ResidentNumber,
                start,
                end,
            });
        }
    }
}

fn passes_korean_check(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    let check = (11 - sum % 11) % 10;
    // Foreign residents have the same check moved by two.
    let is_foreign = (5..=8).contains(&digits[6]);
    let expected = if is_foreign { (check + 2) % 10 } else { check };
    u32::from(digits[12]) == expected
}

/// Individual numbers of Japan: any twelve digits could be one, so a word must say that they are.
fn find_japanese(cues: &Cues, run: &NumberRun, found: &mut Vec<Found>) {
    if !cues.has(Cue::MyNumber) {
        return;
    }
    for (from, to) in run.windows(12, 12) {
        let (start, end) = run.glyphs(from, to);
        let is_one_number = matches!(
            &run.groups(from, to)[..],
            [12] | [4, 4, 4] | [6, 6] | [3, 3, 3, 3]
        ) || passes_japanese_check(run.values(from, to));
        let named = cues.labels(Cue::MyNumber, start, LABEL_REACH + 4)
            || cues.near(Cue::MyNumber, start, end, 0, 12);
        if is_one_number && named {
            found.push(Found {
                kind: Kind::MyNumber,
                start,
                end,
            });
        }
    }
}

fn passes_japanese_check(digits: &[u8]) -> bool {
    let sum: u32 = digits[..11]
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let weight = if place < 6 { place + 2 } else { place - 4 };
            u32::from(*digit) * weight as u32
        })
        .sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    u32::from(digits[11]) == check
}

/// Passports differ by country; eight or nine letters and digits are one where a word says so.
fn find_passports(folded: &Folded, cues: &Cues, found: &mut Vec<Found>) {
    let words = words_of(folded);
    for (place, word) in words.iter().enumerate() {
        let digits = |token: &Token| {
            (token.start..token.end)
                .filter(|at| folded.seen(*at).is_ascii_digit())
                .count()
        };
        let letters = |token: &Token| token.len() - digits(token);
        let mut start = word.start;
        // "TK 1234567": the letters may stand apart.
        if letters(word) == 0
            && let Some(before) = place.checked_sub(1).map(|before| &words[before])
            && digits(before) == 0
            && before.len() <= 2
            && word.start == before.end + 1
            && !cues.ends_at(before.end)
            && !folded
                .cased(before.start, before.end)
                .chars()
                .any(char::is_lowercase)
        {
            start = before.start;
        }
        let length = word.len() + if start < word.start { 2 } else { 0 };
        let fits = digits(word) >= 6 && letters(word) <= 2 && (7..=10).contains(&length);
        if fits
            && (cues.labels(Cue::Passport, start, LABEL_REACH)
                || cues.near(Cue::Passport, start, word.end, 0, 12))
        {
            found.push(Found {
                kind: Kind::Passport,
                start,
                end: word.end,
            });
        }
    }
}

/// Identity cards of Taiwan (a letter and nine digits) and of Hong Kong (one or two letters, six digits and a check).
fn find_island_cards(folded: &Folded, cues: &Cues, found: &mut Vec<Found>) {
    for word in words_of(folded) {
        let characters: Vec<char> = (word.start..word.end).map(|at| folded.seen(at)).collect();
        let letters = characters
            .iter()
            .take_while(|c| c.is_ascii_lowercase())
            .count();
        let mut digits: Vec<u8> = characters[letters..]
            .iter()
            .filter_map(|c| c.to_digit(10).map(|value| value as u8))
            .collect();
        if !(1..=2).contains(&letters) || digits.len() < characters.len() - letters {
            continue;
        }
        let named = cues.near(Cue::ResidentId, word.start, word.end, LABEL_REACH, 12);
        let is_public = cues.names_public(word.start, LABEL_REACH);
        if letters == 1 && digits.len() == 9 && matches!(digits[0], 1 | 2 | 8 | 9) {
            if !is_public && (named || passes_taiwanese_check(characters[0], &digits)) {
                found.push(Found {
                    kind: Kind::ResidentId,
                    start: word.start,
                    end: word.end,
                });
            }
            continue;
        }
        // A123456(3): the check stands in brackets.
        let mut end = word.end;
        let bracketed = digits.len() == 6
            && folded.seen(end) == '('
            && folded.seen(end + 2) == ')'
            && (folded.seen(end + 1).is_ascii_digit() || folded.seen(end + 1) == 'a');
        if bracketed {
            digits.push(folded.seen(end + 1).to_digit(16).unwrap_or_default() as u8);
            end += 3;
        }
        let checks = digits.len() == 7 && passes_hong_kong_check(&characters[..letters], &digits);
        if checks && (bracketed || named) && !is_public {
            found.push(Found {
                kind: Kind::ResidentId,
                start: word.start,
                end,
            });
        }
    }
}

fn passes_taiwanese_check(letter: char, digits: &[u8]) -> bool {
    // Letters stand for 10 to 35 in the order in which the counties were numbered.
    const ORDER: &str = "abcdefghjklmnpqrstuvxywzio";
    let Some(place) = ORDER.find(letter) else {
        return false;
    };
    let place = place as u32 + 10;
    let rest: u32 = digits[..8]
        .iter()
        .zip((1..=8).rev())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    (place / 10 + place % 10 * 9 + rest + u32::from(digits[8])).is_multiple_of(10)
}

fn passes_hong_kong_check(letters: &[char], digits: &[u8]) -> bool {
    let value = |letter: char| letter as u32 - 'a' as u32 + 10;
    let head = match letters {
        [only] => 36 * 9 + value(*only) * 8,
        [first, second] => value(*first) * 9 + value(*second) * 8,
        _ => return false,
    };
    let rest: u32 = digits
        .iter()
        .zip((1..=7).rev())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    (head + rest).is_multiple_of(11)
}

/// Tells whether digits are a day that somebody alive may be born on.
fn is_date(year: &[u8], month: &[u8], day: &[u8]) -> bool {
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0_u32, |all, digit| all * 10 + u32::from(*digit))
    };
    let (year, month, day) = (number(year), number(month), number(day));
    let days = match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1880..=2040).contains(&year) && (1..=days).contains(&day)
}
