//! Bounds say one thing in two ways: more than 60 days is 61 days or more.

/// What stands around a number and makes it a bound, and what is then added for the number of the other way to say it.
struct Wording {
    /// Words before the number.
    before: &'static [&'static str],
    /// Words behind the number and its unit.
    after: &'static [&'static str],
    /// From this number to the one of the other wording.
    step: f64,
}

const WORDINGS: [Wording; 4] = [
    // More than 60 is at least 61.
    Wording {
        before: &[
            "more than",
            "over",
            "above",
            "exceed",
            "exceeds",
            "exceeding",
            "longer than",
            "older than",
            "after",
            "beyond",
            "greater than",
            "超过",
            "超過",
            "多于",
            "大于",
            "高于",
            "逾",
            "满",
        ],
        after: &[
            "超",
            "を超",
            "を上回",
            "より多",
            "より長",
            "초과",
            "넘",
            "보다 많",
            "보다 길",
            "보다 오래",
            "多天",
            "多日",
            "多个",
            "多年",
            "多小时",
            "余天",
            "を過ぎ",
            "이 지난",
            "이 지나",
            "가 지난",
            "가 지나",
        ],
        step: 1.0,
    },
    // At least 61 is more than 60.
    Wording {
        before: &[
            "at least",
            "minimum of",
            "no less than",
            "至少",
            "不少于",
            "最低",
            "少なくとも",
            "最少",
            "최소",
            "적어도",
        ],
        after: &[
            "or more",
            "or longer",
            "or older",
            "or above",
            "and more",
            "以上",
            "或更",
            "及以上",
            "이상",
        ],
        step: -1.0,
    },
    // Fewer than 60 is at most 59.
    Wording {
        before: &[
            "less than",
            "fewer than",
            "under",
            "below",
            "shorter than",
            "within less than",
            "不足",
            "少于",
            "低于",
            "未满",
            "小于",
        ],
        after: &[
            "未満",
            "より少",
            "より短",
            "に満たない",
            "미만",
            "보다 적",
            "보다 짧",
        ],
        step: -1.0,
    },
    // At most 59 is fewer than 60.
    Wording {
        before: &[
            "at most",
            "up to",
            "no more than",
            "maximum of",
            "within",
            "不超过",
            "至多",
            "最多",
            "最大",
            "최대",
        ],
        after: &[
            "or less", "or fewer", "or below", "以下", "以内", "之内", "이하", "이내",
        ],
        step: 1.0,
    },
];

/// Characters looked at on either side.
const BEFORE: usize = 14;
const AFTER: usize = 18;

/// Returns the number that the other wording of the same bound has; nothing where the number is no whole bound.
pub(super) fn neighbour(text: &[char], begin: usize, end: usize, value: f64) -> Option<f64> {
    if value.fract() != 0.0 || value > 1e6 {
        return None;
    }
    let before: String = text[begin.saturating_sub(BEFORE)..begin].iter().collect();
    let before = before.to_lowercase();
    let before = before.trim_end();
    let after: String = text.iter().skip(end).take(AFTER).collect();
    // Only as far as the next number or the end of the clause: what is said there bounds something else.
    let after = after
        .split(|one: char| {
            one.is_ascii_digit() || matches!(one, ',' | '.' | '，' | '。' | '、' | ';')
        })
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let found = WORDINGS.iter().find(|wording| {
        wording.before.iter().any(|words| before.ends_with(words))
            || wording.after.iter().any(|words| after.contains(words))
    })?;
    Some(value + found.step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_wordings_of_a_bound_meet() {
        for (text, expected) in [
            ("more than 60 days", Some(61.0)),
            ("61 days or more", Some(60.0)),
            ("超过 60 天", Some(61.0)),
            ("60日を超える場合", Some(61.0)),
            ("61일 이상", Some(60.0)),
            ("60 多天前", Some(61.0)),
            ("60일이 지난 경우", Some(61.0)),
            ("60일 초과", Some(61.0)),
            ("18歳未満", Some(17.0)),
            ("60 days", None),
            ("more than 0.5", None),
        ] {
            let characters: Vec<char> = text.chars().collect();
            let begin = characters.iter().position(char::is_ascii_digit).unwrap();
            let length = characters[begin..]
                .iter()
                .take_while(|one| one.is_ascii_digit() || **one == '.')
                .count();
            let number: String = characters[begin..begin + length].iter().collect();
            let value = number.parse().unwrap();
            let found = neighbour(&characters, begin, begin + length, value);
            assert_eq!(found, expected, "{text}");
        }
    }
}
