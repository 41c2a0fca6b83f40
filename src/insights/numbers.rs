//! The numbers a text states, however its language writes them: `10,000`, `１００００`, `1万`, `1만` are one number.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::bounds;
use super::eras;
use super::spelled_numbers;
use crate::language::Language;

/// A number in its plainest form: no thousands separator, no zeros at the end of the decimals.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(String);

impl Number {
    /// Writes a value plainly.
    pub fn new(value: f64) -> Self {
        // The text of the nearest number with nine decimals: sums such as 1.2 * 10,000 carry binary dust.
        Self(format!("{}", (value * 1e9).round() / 1e9))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a text says in numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct NumbersInText {
    /// Numbers in digits, each with the first line it stands on, counted from 0.
    pub stated: BTreeMap<Number, usize>,
    /// Numbers that are also there in another form: spelled out, in a month's name, within a name such as `TRC-20`.
    pub mentioned: BTreeSet<Number>,
}

/// Reads the numbers of a Markdown text; list numbers, link targets and addresses do not count.
pub fn numbers_in(markdown: &str, language: Language) -> NumbersInText {
    let mut found = NumbersInText::default();
    let mut fence: Option<usize> = None;
    for (number, line) in markdown.lines().enumerate() {
        // What stands in a block of code is an example, not a promise.
        let marks = fence_length(line);
        match fence {
            Some(length) if marks >= length => fence = None,
            None if marks >= 3 => fence = Some(marks),
            Some(_) => {
                let mut example = NumbersInText::default();
                read_line(line, number, &mut example);
                found.mentioned.extend(example.stated.into_keys());
            }
            None => {}
        }
        if fence.is_some() || marks >= 3 {
            continue;
        }
        let folded: String = line.chars().map(to_half_width).collect();
        let text = without_addresses(without_list_number(&folded));
        read_line(&text, number, &mut found);
        found.mentioned.extend(
            spelled_numbers::numbers_in(&text, language)
                .into_iter()
                .map(Number::new),
        );
    }
    found
}

/// Marks of a fence that a line begins with.
fn fence_length(line: &str) -> usize {
    let text = line.trim_start();
    let ticks = text.len() - text.trim_start_matches('`').len();
    usize::max(ticks, text.len() - text.trim_start_matches('~').len())
}

/// Full-width digits, letters and signs as their half-width twins.
fn to_half_width(character: char) -> char {
    const OFFSET: u32 = '！' as u32 - '!' as u32;
    match character {
        '！'..='～' => char::from_u32(character as u32 - OFFSET).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// Cuts `3. ` or `3) ` off the front of a list item.
fn without_list_number(line: &str) -> &str {
    let text = line.trim_start();
    let digits = text.len()
        - text
            .trim_start_matches(|character: char| character.is_ascii_digit())
            .len();
    let rest = &text[digits..];
    let is_item = (1..=3).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "));
    if is_item { &rest[2..] } else { line }
}

/// Blanks out link targets and bare addresses, whose digits say nothing to a reader.
fn without_addresses(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((begin, skip, end_mark)) = next_address(rest) {
        text.push_str(&rest[..begin + skip]);
        let address = &rest[begin + skip..];
        let end = address
            .find(|character: char| end_mark(character))
            .unwrap_or(address.len());
        rest = &address[end..];
    }
    text.push_str(rest);
    text
}

type EndMark = fn(char) -> bool;

/// Where the next address begins, how much of its mark stays, and what ends it.
fn next_address(text: &str) -> Option<(usize, usize, EndMark)> {
    let in_brackets: EndMark = |character| character == ')';
    let bare: EndMark = |character| {
        character.is_whitespace()
            || !character.is_ascii()
            || matches!(character, '`' | ')' | '>' | '"')
    };
    let link = text.find("](").map(|begin| (begin, 2, in_brackets));
    let address = text.find("://").map(|begin| (begin, 3, bare));
    match (link, address) {
        (Some(link), Some(address)) => Some(if link.0 < address.0 { link } else { address }),
        (link, address) => link.or(address),
    }
}

/// A number read from digits, and where the text goes on.
struct Read {
    value: f64,
    end: usize,
}

fn read_line(line: &str, number: usize, found: &mut NumbersInText) {
    let text: Vec<char> = line.chars().collect();
    let mut position = 0;
    while position < text.len() {
        if !text[position].is_ascii_digit() {
            position += 1;
            continue;
        }
        let read = read_number(&text, position);
        let value = Number::new(read.value);
        if let Some(neighbour) = bounds::neighbour(&text, position, read.end, read.value) {
            found.mentioned.insert(Number::new(neighbour));
        }
        // All of something is 100 % here and "wholly" there.
        let rest = text.get(read.end..).unwrap_or_default();
        let is_whole = read.value == 100.0 && rest.iter().find(|one| **one != ' ') == Some(&'%');
        if let Some(years) = eras::years(&text, read.end, read.value) {
            found.mentioned.extend(years.into_iter().map(Number::new));
        } else if is_whole
            || is_part_of_a_name(&text, position, read.end)
            || is_ordinal(&text, position, read.end)
        {
            found.mentioned.insert(value);
        } else {
            found.stated.entry(value).or_insert(number);
        }
        position = read.end;
    }
}

/// Reads digits with separators, decimals and the multipliers of the four languages.
fn read_number(text: &[char], begin: usize) -> Read {
    let (digits, mut end) = read_digits(text, begin);
    let mut value = digits;
    while let Some((factor, after)) = multiplier(text, end) {
        value *= factor;
        end = after;
        // 1万5000 and 2만 3천 go on after the multiplier.
        let next = if text.get(end) == Some(&' ') {
            end + 1
        } else {
            end
        };
        let goes_on = factor >= 1000.0 && text.get(next).is_some_and(char::is_ascii_digit);
        if goes_on {
            let rest = read_number(text, next);
            let is_joined = next == end || multiplier(text, rest_digits_end(text, next)).is_some();
            if is_joined && rest.value < factor {
                value += rest.value;
                end = rest.end;
            }
        }
    }
    Read { value, end }
}

fn rest_digits_end(text: &[char], begin: usize) -> usize {
    read_digits(text, begin).1
}

fn read_digits(text: &[char], begin: usize) -> (f64, usize) {
    let is_digit = |position: usize| text.get(position).is_some_and(char::is_ascii_digit);
    let run = |from: usize| (from..).take_while(|position| is_digit(*position)).count();
    let mut written: String = String::new();
    let leading = run(begin);
    let mut end = begin + leading;
    written.extend(&text[begin..end]);
    // A comma parts thousands only before exactly three digits.
    while leading <= 3 && text.get(end) == Some(&',') && run(end + 1) == 3 {
        written.extend(&text[end + 1..end + 4]);
        end += 4;
    }
    // Some write 900 000; only round thousands, because two numbers may stand side by side.
    let is_group = |at: usize| text.get(at) == Some(&' ') && run(at + 1) == 3;
    let groups = (0..).take_while(|group| is_group(end + group * 4)).count();
    let last = end + groups * 4;
    let is_round = groups > 0 && text[last - 3..last].iter().all(|digit| *digit == '0');
    if leading <= 3 && end == begin + leading && is_round {
        written.extend(text[end..last].iter().filter(|one| **one != ' '));
        end = last;
    }
    if text.get(end) == Some(&'.') && is_digit(end + 1) {
        let decimals = run(end + 1);
        written.extend(&text[end..end + 1 + decimals]);
        end += 1 + decimals;
    }
    (written.parse().unwrap_or(f64::INFINITY), end)
}

/// A factor written after a number, and where the text goes on behind it.
fn multiplier(text: &[char], end: usize) -> Option<(f64, usize)> {
    // 150 万 and 1,500 多万 say what 150万 says, but for a space or "and more".
    let mut end = end;
    let next_is =
        |end: usize, wanted: &[char]| text.get(end).is_some_and(|one| wanted.contains(one));
    let large = ['万', '萬', '만', '億', '亿', '억'];
    for filler in [&[' '][..], &['多', '余', '여'], &[' ']] {
        let reaches = (end + 1..end + 4).find(|at| !next_is(*at, &[' ', '多', '余', '여']));
        if next_is(end, filler) && reaches.is_some_and(|at| next_is(at, &large)) {
            end += 1;
        }
    }
    let direct = match text.get(end)? {
        '万' | '萬' | '만' => Some(1e4),
        '億' | '亿' | '억' => Some(1e8),
        '千' | '천' => Some(1e3),
        '百' | '백' => Some(1e2),
        'k' | 'K' if !text.get(end + 1).is_some_and(char::is_ascii_alphanumeric) => Some(1e3),
        _ => None,
    };
    if let Some(factor) = direct {
        return Some((factor, end + 1));
    }
    const WORDS: [(&str, f64); 3] = [(" thousand", 1e3), (" million", 1e6), (" billion", 1e9)];
    WORDS.into_iter().find_map(|(word, factor)| {
        let after = end + word.len();
        let written = text.get(end..after)?.iter().copied();
        written.eq(word.chars()).then_some((factor, after))
    })
}

/// Tells whether digits belong to a name: `TRC-20`, `USDT2`, `2FA`, `24/7`, a version with two points.
fn is_part_of_a_name(text: &[char], begin: usize, end: usize) -> bool {
    let is_letter = |position: usize| text.get(position).is_some_and(char::is_ascii_alphabetic);
    let before = begin.checked_sub(1);
    let after_letter = before.is_some_and(is_letter);
    // A label such as #3.
    let after_number_sign = before.is_some_and(|before| text[before] == '#');
    let after_hyphen = before.is_some_and(|before| text[before] == '-')
        && begin.checked_sub(2).is_some_and(is_letter);
    let factor_name = text
        .get(end..end + 2)
        .is_some_and(|next| next == ['F', 'A']);
    let version =
        text.get(end) == Some(&'.') && text.get(end + 1).is_some_and(char::is_ascii_digit);
    let after_version = before.is_some_and(|before| text[before] == '.')
        && begin
            .checked_sub(2)
            .is_some_and(|position| text[position].is_ascii_digit());
    let round_the_clock = is_around(text, begin, end, "24/7");
    let is_code = after_letter || after_hyphen || after_number_sign || factor_name;
    is_code || version || after_version || round_the_clock
}

/// Tells whether digits only order, as in 3rd, 第3, 제3의 and 제 3자: other languages say that in words.
fn is_ordinal(text: &[char], begin: usize, end: usize) -> bool {
    let after: String = text.iter().skip(end).take(3).collect();
    let english = ["st", "nd", "rd", "th"].iter().any(|ending| {
        after
            .strip_prefix(ending)
            .is_some_and(|rest| !rest.starts_with(|one: char| one.is_ascii_alphanumeric()))
    });
    let before = |back: usize| begin.checked_sub(back).map(|at| text[at]);
    let is_mark = |one: Option<char>| matches!(one, Some('第' | '제'));
    // 제 begins a word of its own here; at the end of one, as in 이제 3, it is no mark.
    let is_apart = before(1) == Some(' ')
        && is_mark(before(2))
        && before(3).is_none_or(|one| !one.is_alphanumeric());
    english || is_mark(before(1)) || is_apart
}

/// Tells whether the number at `begin..end` stands within `phrase`.
fn is_around(text: &[char], begin: usize, end: usize, phrase: &str) -> bool {
    let length = phrase.chars().count();
    let first = end.saturating_sub(length);
    (first..=begin).any(|from| {
        text.get(from..from + length)
            .is_some_and(|part| part.iter().copied().eq(phrase.chars()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(text: &str) -> Vec<String> {
        numbers_in(text, Language::English)
            .stated
            .keys()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn one_number_has_many_spellings() {
        for text in [
            "10,000 USDT",
            "10000",
            "１００００",
            "１０，０００",
            "1万",
            "1만",
            "10 thousand",
            "10k",
            "10K USDT",
            "10000.00",
            "10千",
        ] {
            assert_eq!(stated(text), ["10000"], "{text}");
        }
        for (text, expected) in [
            ("100万円", "1000000"),
            ("1.2만", "12000"),
            ("1万5000", "15000"),
            ("2만 3천 원", "23000"),
            ("3亿", "300000000"),
            ("1 million", "1000000"),
            ("0.10 %", "0.1"),
            ("0.0001 BTC", "0.0001"),
            ("5位", "5"),
            ("20x", "20"),
            ("10MB", "10"),
            ("150 万", "1500000"),
            ("900 000", "900000"),
            ("1 500 000", "1500000"),
            ("1,500 多万", "15000000"),
            ("2000余万", "20000000"),
            ("150 만 명", "1500000"),
            ("1,000,000", "1000000"),
        ] {
            assert_eq!(stated(text), [expected], "{text}");
        }
    }

    #[test]
    fn several_numbers_stay_apart() {
        for (text, expected) in [
            ("1, 2 and 3", vec!["1", "2", "3"]),
            ("5 100", vec!["100", "5"]),
            ("a\n```\n5\n```\n6", vec!["6"]),
            ("2만 30", vec!["20000", "30"]),
            ("1月15日", vec!["1", "15"]),
            ("10-30", vec!["10", "30"]),
            ("1~3日", vec!["1", "3"]),
        ] {
            assert_eq!(stated(text), expected, "{text}");
        }
    }

    #[test]
    fn names_lists_and_addresses_state_nothing() {
        for text in [
            "TRC-20",
            "ERC20",
            "2FA",
            "100% yours",
            "the 3rd party",
            "제3의 업체",
            "클라우드는 제 3자에게",
            "（请求 #2）",
            "第3者",
            "support 24/7",
            "version 2.1.3",
            "3. Open the page",
            "12) Save",
            "[a](article:x-20)",
            "https://kumora.example/9",
            "`https://kumora.example/a?b=4`",
        ] {
            assert_eq!(stated(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(stated("[in 5 steps](article:x-20), at most 6"), ["5", "6"]);
        assert_eq!(stated("이제 3일 남았습니다"), ["3"]);
        assert_eq!(stated("見てhttps://kumora.example/9。7日"), ["7"]);
    }

    #[test]
    fn lines_are_counted() {
        let found = numbers_in("a\n\n1. wait 24 hours", Language::English);
        assert_eq!(found.stated.get(&Number::new(24.0)), Some(&2));
    }
}
