//! Numbers written as words. They are not compared, but they excuse a number that another language writes in digits.

use crate::language::Language;

/// Lists the values a line mentions in words; generous, because a missed excuse is a false alarm.
pub(super) fn numbers_in(line: &str, language: Language) -> Vec<f64> {
    match language {
        Language::English => english(line),
        Language::Chinese | Language::Japanese => han(line),
        Language::Korean => korean(line),
    }
}

/// Values and the words that may stand for them; `half` is 0.5 and, of an hour, 30.
const ENGLISH: [(f64, &str); 36] = [
    (0.0, "zero no"),
    (0.25, "quarter"),
    (0.5, "half"),
    (1.0, "a an one once first single every january"),
    (2.0, "two twice second both pair february"),
    (3.0, "three third march"),
    (4.0, "four fourth april"),
    (5.0, "five fifth may"),
    (6.0, "six june"),
    (7.0, "seven week july"),
    (8.0, "eight august"),
    (9.0, "nine september"),
    (10.0, "ten decade october"),
    (11.0, "eleven november"),
    (12.0, "twelve dozen december"),
    (13.0, "thirteen"),
    (14.0, "fourteen fortnight"),
    (15.0, "fifteen"),
    (16.0, "sixteen"),
    (17.0, "seventeen"),
    (18.0, "eighteen"),
    (19.0, "nineteen"),
    (20.0, "twenty"),
    (24.0, "day"),
    (30.0, "thirty half"),
    (40.0, "forty"),
    (50.0, "fifty"),
    (60.0, "sixty hour"),
    (70.0, "seventy"),
    (80.0, "eighty"),
    (90.0, "ninety"),
    (100.0, "hundred century"),
    (365.0, "year"),
    (1_000.0, "thousand"),
    (1_000_000.0, "million millions"),
    (1_000_000_000.0, "billion billions"),
];

fn english(line: &str) -> Vec<f64> {
    line.split(|character: char| !character.is_ascii_alphabetic())
        .map(str::to_ascii_lowercase)
        .flat_map(|word| {
            ENGLISH
                .into_iter()
                .filter(move |(_, names)| names.split(' ').any(|name| name == word))
                .map(|(value, _)| value)
        })
        .collect()
}

/// Runs of Han numerals, as a whole and numeral by numeral: 二十四 is 24, and 一两天 is one or two days.
fn han(line: &str) -> Vec<f64> {
    let mut values = Vec::new();
    let mut run: Vec<char> = Vec::new();
    for character in line.chars().chain(std::iter::once(' ')) {
        if han_digit(character).is_some() || han_unit(character).is_some() {
            run.push(character);
            continue;
        }
        if !run.is_empty() {
            values.push(han_value(&run));
            values.extend(run.iter().filter_map(|numeral| han_digit(*numeral)));
            run.clear();
        }
        match character {
            '半' => values.extend([0.5, 30.0, 6.0]),
            '双' | '両' => values.push(2.0),
            '首' | '每' | '毎' => values.push(1.0),
            _ => {}
        }
    }
    values
}

fn han_value(run: &[char]) -> f64 {
    let mut total = 0.0;
    // What stands before 万 and 亿 counts them as a whole.
    let mut section = 0.0;
    let mut digit = None;
    for numeral in run {
        if let Some(value) = han_digit(*numeral) {
            digit = Some(value);
        } else if let Some(unit) = han_unit(*numeral) {
            if unit < 10_000.0 {
                section += digit.take().unwrap_or(1.0) * unit;
            } else {
                section += digit.take().unwrap_or(0.0);
                total += f64::max(section, 1.0) * unit;
                section = 0.0;
            }
        }
    }
    total + section + digit.unwrap_or(0.0)
}

fn han_digit(character: char) -> Option<f64> {
    let value = match character {
        '〇' | '零' => 0,
        '一' => 1,
        '二' | '两' | '兩' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    };
    Some(f64::from(value))
}

fn han_unit(character: char) -> Option<f64> {
    match character {
        '十' => Some(10.0),
        '百' => Some(100.0),
        '千' => Some(1000.0),
        '万' | '萬' => Some(10_000.0),
        '亿' | '億' => Some(100_000_000.0),
        _ => None,
    }
}

/// Values and the native words for them as they stand before a counter, and a few spans of days.
const KOREAN: [(f64, &str); 11] = [
    (1.0, "하나 한 첫 매 하루"),
    (2.0, "둘 두 양 이틀"),
    (3.0, "셋 세 사흘"),
    (4.0, "넷 네"),
    (5.0, "다섯"),
    (6.0, "여섯"),
    (7.0, "일곱 일주일"),
    (8.0, "여덟"),
    (9.0, "아홉"),
    (10.0, "열"),
    (24.0, "하루"),
];

/// What may follow a numeral without a space.
const KOREAN_COUNTERS: &str = "번개명곳가시달살잔회째쪽";

fn korean(line: &str) -> Vec<f64> {
    let mut values: Vec<f64> = line
        .split(|character: char| !character.is_alphanumeric())
        .flat_map(|word| {
            KOREAN
                .into_iter()
                .filter(move |(_, names)| {
                    names.split(' ').any(|name| is_korean_numeral(word, name))
                })
                .map(|(value, _)| value)
        })
        .collect();
    if line.contains('반') {
        values.extend([0.5, 30.0]);
    }
    values
}

/// Tells whether a word is a numeral, alone or with its counter; one syllable alone begins many other words.
fn is_korean_numeral(word: &str, name: &str) -> bool {
    let Some(rest) = word.strip_prefix(name) else {
        return false;
    };
    match rest.chars().next() {
        None => true,
        Some(next) => name.chars().count() > 1 || KOREAN_COUNTERS.contains(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mention_numbers() {
        for (line, language, expected) in [
            ("wait two days", Language::English, 2.0),
            ("from 15 January", Language::English, 1.0),
            ("二十四小时内", Language::Chinese, 24.0),
            ("数十亿次", Language::Chinese, 1_000_000_000.0),
            ("三十五万人", Language::Chinese, 350_000.0),
            ("一億二千万円", Language::Japanese, 120_000_000.0),
            ("over a billion", Language::English, 1_000_000_000.0),
            ("一两天", Language::Chinese, 1.0),
            ("一两天", Language::Chinese, 2.0),
            ("十五分", Language::Japanese, 15.0),
            ("半小时", Language::Chinese, 30.0),
            ("두 번", Language::Korean, 2.0),
            ("세번째", Language::Korean, 3.0),
            ("하루에", Language::Korean, 1.0),
        ] {
            let found = numbers_in(line, language);
            assert!(found.contains(&expected), "{line}: {found:?}");
        }
    }

    #[test]
    fn words_that_only_look_like_numbers_mention_none() {
        assert!(!korean("세금 신고").contains(&3.0));
        assert!(!korean("네트워크").contains(&4.0));
        assert!(!english("someone often").contains(&1.0));
    }
}
