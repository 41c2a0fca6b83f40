//! Reads a question without its dates and amounts, which say whose case it is and not what it is about.

/// Writes a text without dates and amounts of money; nothing where it has none, or little else.
pub(super) fn without_measures(text: &str) -> Option<String> {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, run) = rest.split_at(start);
        left.push_str(before);
        let inside_word = before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
        match measured(run).filter(|_| !inside_word) {
            Some(length) => {
                drop_lead(&mut left);
                rest = without_link(&run[length..]);
                changed = true;
            }
            None => {
                let end = run
                    .find(|c: char| !c.is_ascii_alphanumeric())
                    .unwrap_or(run.len());
                left.push_str(&run[..end]);
                rest = &run[end..];
            }
        }
    }
    left.push_str(rest);
    let left = left.split_whitespace().collect::<Vec<_>>().join(" ");
    let letters = left.chars().filter(|c| c.is_alphabetic()).count();
    (changed && letters >= LEAST_LETTERS).then_some(left)
}

const LEAST_LETTERS: usize = 4;

/// Bytes of the date or amount that a text begins with.
fn measured(text: &str) -> Option<usize> {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    // Dates in characters: 2026年11月27日, 11月27号, 11월 27일.
    let mut at = 0;
    let mut units = 0;
    while let Some(unit) = {
        let number = digits(&text[at..]);
        let after = text[at + number..].trim_start();
        let skipped = text[at + number..].len() - after.len();
        let unit = DATE_UNITS.iter().find(|unit| after.starts_with(**unit));
        unit.filter(|_| number > 0)
            .map(|unit| number + skipped + unit.len())
    } {
        at += unit;
        units += 1;
        let spaces = text[at..].len() - text[at..].trim_start().len();
        if text[at + spaces..].starts_with(|c: char| c.is_ascii_digit()) {
            at += spaces;
        }
    }
    if units >= 2 {
        return Some(at);
    }
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || "-/.,".contains(c)))
        .unwrap_or(text.len());
    let token = text[..end].trim_end_matches(['-', '/', '.', ',']);
    let after = &text[token.len()..];
    let spaces = after.len() - after.trim_start().len();
    let lower = after.trim_start().to_lowercase();
    let money = MONEY.iter().find(|unit| {
        lower.strip_prefix(**unit).is_some_and(|rest| {
            !unit.is_ascii() || !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
    });
    if let Some(unit) = money {
        return Some(token.len() + spaces + unit.len());
    }
    let marks = token.matches(['-', '/', '.']).count();
    let count = token.chars().filter(char::is_ascii_digit).count();
    let is_date = marks == 2 && (6..=8).contains(&count);
    let ends_word = !after.starts_with(|c: char| c.is_ascii_alphanumeric());
    (ends_word && (is_date || is_whole_date(token))).then_some(token.len())
}

/// Tells whether eight digits are a year, a month and a day: `20261120` is, `20000000` is an amount.
fn is_whole_date(token: &str) -> bool {
    let number = |place: std::ops::Range<usize>| -> Option<u32> { token.get(place)?.parse().ok() };
    token.len() == 8
        && matches!(number(0..2), Some(19 | 20))
        && matches!(number(4..6), Some(1..=12))
        && matches!(number(6..8), Some(1..=31))
}

const DATE_UNITS: &[&str] = &["年", "月", "日", "号", "號", "년", "월", "일"];
/// Units of money that are no matter of their own; coins are.
const MONEY: &[&str] = &[
    "usd",
    "krw",
    "jpy",
    "cny",
    "twd",
    "hkd",
    "eur",
    "dollars",
    "dollar",
    "euros",
    "euro",
    "yen",
    "won",
    "万日元",
    "万韩元",
    "万美元",
    "日元",
    "韩元",
    "美元",
    "美金",
    "人民币",
    "万円",
    "円",
    "万ウォン",
    "ウォン",
    "ドル",
    "ユーロ",
    "만원",
    "만 원",
    "원",
    "엔",
    "달러",
];

/// Takes off the words that lead to a date or an amount.
fn drop_lead(left: &mut String) {
    for lead in [
        " of ", " on ", " from ", " since ", " for ", " at ", "$", "￥", "¥", "₩",
    ] {
        if let Some(shorter) = left.strip_suffix(lead) {
            let length = shorter.len();
            left.truncate(length);
            left.push(' ');
            return;
        }
    }
}

/// Takes off what links a date or an amount to what follows.
fn without_link(rest: &str) -> &str {
    const LINKS: &[&str] = &["에 ", "의 ", "을 ", "를 ", "짜리 ", "の", "に", "を", "的"];
    LINKS
        .iter()
        .find_map(|link| rest.strip_prefix(link))
        .unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_amounts_are_left_out() {
        for (text, expected) in [
            ("my refund of 250,000 KRW is late", "my refund is late"),
            ("the parcel from 2026/03/04 is lost", "the parcel is lost"),
            ("2026-03-04の返金が来ない", "返金が来ない"),
            ("20260304に頼んだ品が来ない", "頼んだ品が来ない"),
            ("3月4日买的东西没到", "买的东西没到"),
            ("3월 4일에 산 물건이 안 와요", "산 물건이 안 와요"),
            ("50000원 환불이 안 돼요", "환불이 안 돼요"),
            ("退款120000日元没到", "退款没到"),
        ] {
            assert_eq!(without_measures(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "error 429",
            "2FA lost",
            "what is in version 8.11",
            "24 hours hold",
            "order 12",
            "0.002 ETH fee",
            "1000000",
            "can I send 30000000 at once",
            "can I send 20000000 at once",
        ] {
            assert_eq!(without_measures(text), None, "{text}");
        }
    }
}
