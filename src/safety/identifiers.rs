//! Tells transaction hashes, addresses, and order and ticket numbers from dates, amounts and telephone numbers.

/// A run of at least this many letters and digits, with both, is an identifier rather than a word.
const IDENTIFIER_CHARS: usize = 12;
/// Digits alone are an order or ticket number from this length on; shorter ones are amounts and years.
const NUMBER_DIGITS: usize = 8;
/// A ticket number after a `#` may be short.
const MARKED_DIGITS: usize = 4;

/// What stands beside an amount, before it or after it.
const CURRENCIES: &[&str] = &[
    "krw", "usd", "usdt", "usdc", "jpy", "cny", "rmb", "twd", "hkd", "eur", "btc", "eth", "xrp",
    "sol", "won", "yen", "dollar", "dollars", "yuan", "euro", "u", "k", "원", "圆", "円", "元",
    "块", "万", "亿", "刀", "美元", "美金", "달러", "만", "억", "엔", "ドル", "$", "¥", "₩", "€",
    "satoshi", "sats", "개", "枚", "个", "coins", "tokens",
];

/// Tells whether a folded text carries an identifier.
pub(super) fn has_identifier(normal: &str) -> bool {
    let words: Vec<&str> = normal
        .split(|c: char| c.is_whitespace() || "，。、,;:()「」!?\"'".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let telephones = telephone_words(&words);
    words.iter().enumerate().any(|(place, word)| {
        let next = words.get(place + 1).copied().unwrap_or("");
        let before = place.checked_sub(1).map_or("", |place| words[place]);
        if let Some(marked) = word.split('#').nth(1) {
            let digits = marked.chars().take_while(char::is_ascii_digit).count();
            if digits >= MARKED_DIGITS {
                return true;
            }
        }
        !telephones.contains(&place) && runs_of(word).any(|run| is_identifier(&run, before, next))
    })
}

/// A run of letters and digits, with what touches it.
struct Run<'a> {
    before: &'a str,
    text: &'a str,
    after: &'a str,
}

/// Runs of Latin letters, digits and the marks that join them.
fn runs_of(word: &str) -> impl Iterator<Item = Run<'_>> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || "-/._+".contains(c);
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + word[from..].find(|c: char| c.is_ascii_alphanumeric())?;
        let length = word[start..]
            .find(|c| !belongs(c))
            .unwrap_or(word.len() - start);
        from = start + length;
        Some(Run {
            before: &word[..start],
            text: word[start..from].trim_end_matches(['-', '/', '.', '_', '+']),
            after: &word[from..],
        })
    })
}

fn is_identifier(run: &Run<'_>, word_before: &str, word_after: &str) -> bool {
    let text = run.text;
    if is_date(text) || is_date_in_han(run) {
        return false;
    }
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let letters = bare.len() - digits;
    if letters == 0 {
        return digits >= NUMBER_DIGITS
            && !is_amount(run, word_before, word_after)
            && !is_telephone(&bare);
    }
    if amount_with_currency(&bare) {
        return false;
    }
    (bare.len() >= IDENTIFIER_CHARS && digits >= 2 && letters >= 2)
        || (bare.starts_with("0x") && bare.len() >= 8)
        || ((3..IDENTIFIER_CHARS).contains(&bare.len()) && letters <= 4 && digits >= 5)
}

/// `10000000krw`, `krw500000`: digits and the name of a currency.
fn amount_with_currency(bare: &str) -> bool {
    let name = bare.trim_matches(|c: char| c.is_ascii_digit());
    CURRENCIES.contains(&name)
}

/// Money: a currency beside it, or a number so round that nobody counts orders by it.
fn is_amount(run: &Run<'_>, word_before: &str, word_after: &str) -> bool {
    let touches = |text: &str, starts: bool| {
        CURRENCIES.iter().any(|currency| {
            text == *currency
                || starts
                    && currency.is_ascii()
                    && text
                        .strip_prefix(currency)
                        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
                || !currency.is_ascii()
                    && if starts {
                        text.starts_with(currency)
                    } else {
                        text.ends_with(currency)
                    }
        })
    };
    let follows = if run.after.is_empty() {
        word_after
    } else {
        run.after
    };
    let precedes = if run.before.is_empty() {
        word_before
    } else {
        run.before
    };
    let zeros = run.text.len() - run.text.trim_end_matches('0').len();
    touches(follows, true)
        || touches(precedes, false)
        || zeros * 2 >= run.text.len()
        || run.text.contains('.')
}

/// A calendar date in digits, with or without marks.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.', '_']).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let fits = |year: u32, month: u32, day: u32| {
        (1990..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    match parts[..] {
        [first, second, third] => match (number(first), number(second), number(third)) {
            (Some(a), Some(b), Some(c)) => {
                let long = |year: u32| if year < 100 { year + 2000 } else { year };
                fits(a, b, c)
                    || fits(c, a, b)
                    || fits(c, b, a)
                    || fits(long(a), b, c)
                    || fits(long(c), a, b)
            }
            _ => false,
        },
        [whole] if whole.len() == 8 && whole.is_ascii() => {
            match (
                number(&whole[..4]),
                number(&whole[4..6]),
                number(&whole[6..]),
            ) {
                (Some(year), Some(month), Some(day)) => fits(year, month, day),
                _ => false,
            }
        }
        _ => false,
    }
}

/// `2026年11月27日` is cut at the characters between its numbers.
fn is_date_in_han(run: &Run<'_>) -> bool {
    run.after
        .chars()
        .next()
        .is_some_and(|c| "年月日号년월일时時点分".contains(c))
}

/// Mobile and fixed numbers of the places where the four languages are spoken, with or without the country's code.
fn is_telephone(digits: &str) -> bool {
    let local = ["0082", "0086", "0081", "82", "86", "81"]
        .iter()
        .find_map(|code| digits.strip_prefix(code).filter(|rest| rest.len() >= 8))
        .unwrap_or(digits);
    let mainland = local.len() == 11
        && local.starts_with('1')
        && !local.starts_with("10")
        && !local.starts_with("11");
    let trunk = local.starts_with('0') && (9..=11).contains(&local.len());
    let without_trunk = local.len() < digits.len() && (9..=10).contains(&local.len());
    mainland || trunk || without_trunk
}

/// Words that spell a telephone number together, such as `+82 10 1234 5678`.
fn telephone_words(words: &[&str]) -> Vec<usize> {
    let is_part = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_digit() || "+-.".contains(c))
    };
    let mut places = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let length = words[from..]
            .iter()
            .take_while(|word| is_part(word))
            .count();
        if length > 0 {
            let digits: String = words[from..from + length]
                .iter()
                .flat_map(|word| word.chars())
                .filter(char::is_ascii_digit)
                .collect();
            let groups = words[from..from + length]
                .iter()
                .flat_map(|word| word.split('-'))
                .count();
            let is_marked = words[from].starts_with('+') && (9..=14).contains(&digits.len());
            if is_marked || groups > 1 && is_telephone(&digits) {
                places.extend(from..from + length);
            }
        }
        from += length.max(1);
    }
    places
}
