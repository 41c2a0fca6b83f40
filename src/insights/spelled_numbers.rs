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

const ENGLISH: [(&str, f64); 62] = [
    ("zero", 0.0), ("no", 0.0), ("a", 1.0), ("an", 1.0), ("one", 1.0), ("once", 1.0), ("first", 1.0), ("single", 1.0),
    ("two", 2.0), ("twice", 2.0), ("second", 2.0), ("both", 2.0), ("pair", 2.0), ("three", 3.0), ("third", 3.0),
    ("four", 4.0), ("fourth", 4.0), ("five", 5.0), ("fifth", 5.0), ("six", 6.0), ("seven", 7.0), ("week", 7.0),
    ("eight", 8.0), ("nine", 9.0), ("ten", 10.0), ("eleven", 11.0), ("twelve", 12.0), ("dozen", 12.0),
    ("thirteen", 13.0), ("fourteen", 14.0), ("fifteen", 15.0), ("sixteen", 16.0), ("seventeen", 17.0),
    ("eighteen", 18.0), ("nineteen", 19.0), ("twenty", 20.0), ("thirty", 30.0), ("forty", 40.0), ("fifty", 50.0),
    ("sixty", 60.0), ("seventy", 70.0), ("eighty", 80.0), ("ninety", 90.0), ("hundred", 100.0), ("half", 0.5),
    ("half", 30.0), ("hour", 60.0), ("day", 24.0), ("quarter", 0.25), ("january", 1.0), ("february", 2.0),
    ("march", 3.0), ("april", 4.0), ("may", 5.0), ("june", 6.0), ("july", 7.0), ("august", 8.0), ("september", 9.0),
    ("october", 10.0), ("november", 11.0), ("december", 12.0), ("every", 1.0),
];

fn english(line: &str) -> Vec<f64> {
    line.split(|character: char| !character.is_ascii_alphabetic())
        .map(str::to_ascii_lowercase)
        .flat_map(|word| {
            ENGLISH
                .into_iter()
                .filter(move |(name, _)| *name == word)
                .map(|(_, value)| value)
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
            '双' | '両' | '二' => values.push(2.0),
            '首' | '每' | '毎' => values.push(1.0),
            _ => {}
        }
    }
    values
}

fn han_value(run: &[char]) -> f64 {
    let mut total = 0.0;
    let mut digit = None;
    for numeral in run {
        if let Some(value) = han_digit(*numeral) {
            digit = Some(value);
        } else if let Some(unit) = han_unit(*numeral) {
            total += digit.take().unwrap_or(1.0) * unit;
        }
    }
    total + digit.unwrap_or(0.0)
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
        _ => None,
    }
}

/// Native numerals as they stand before a counter, and the few Sino-Korean ones that are words of their own.
const KOREAN: [(&str, f64); 22] = [
    ("하나", 1.0), ("한", 1.0), ("첫", 1.0), ("매", 1.0), ("둘", 2.0), ("두", 2.0), ("양", 2.0), ("셋", 3.0), ("세", 3.0),
    ("넷", 4.0), ("네", 4.0), ("다섯", 5.0), ("여섯", 6.0), ("일곱", 7.0), ("일주일", 7.0), ("여덟", 8.0), ("아홉", 9.0),
    ("열", 10.0), ("하루", 1.0), ("하루", 24.0), ("이틀", 2.0), ("사흘", 3.0),
];

/// What may follow a numeral without a space.
const KOREAN_COUNTERS: &str = "번개명곳가시달살잔회째쪽";

fn korean(line: &str) -> Vec<f64> {
    let mut values: Vec<f64> = line
        .split(|character: char| !character.is_alphanumeric())
        .flat_map(|word| {
            KOREAN.into_iter().filter_map(move |(name, value)| {
                let rest = word.strip_prefix(name)?;
                let is_numeral = match rest.chars().next() {
                    None => true,
                    Some(next) => name.chars().count() > 1 || KOREAN_COUNTERS.contains(next),
                };
                is_numeral.then_some(value)
            })
        })
        .collect();
    if line.contains("반") {
        values.extend([0.5, 30.0]);
    }
    values
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
