//! Numbers as people write them: in groups, with separators, in letters that look like digits, in Chinese, Korean or
//! English words.

use super::cues::Cues;
use super::folded::Folded;

/// What stood before a digit, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Gap(u8);

impl Gap {
    pub(super) const SPACE: Self = Self(1);
    pub(super) const HYPHEN: Self = Self(2);
    pub(super) const DOT: Self = Self(4);
    pub(super) const PAREN: Self = Self(8);
    pub(super) const LINE: Self = Self(16);
    pub(super) const PLUS: Self = Self(32);
    pub(super) const SLASH: Self = Self(64);
    pub(super) const COMMA: Self = Self(128);

    fn of(character: char) -> Option<Self> {
        Some(match character {
            ' ' => Self::SPACE,
            '-' | '~' | '_' | 'ー' => Self::HYPHEN,
            '.' | '·' | '・' | '*' => Self::DOT,
            '(' | ')' => Self::PAREN,
            '\n' => Self::LINE,
            '+' => Self::PLUS,
            '/' | '|' => Self::SLASH,
            ',' => Self::COMMA,
            _ => return None,
        })
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// How a digit was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Digit,
    /// A letter that looks like one, among digits.
    Lookalike,
    Word,
}

/// One digit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digit {
    pub(super) value: u8,
    pub(super) spelling: Spelling,
    /// What separates it from the one before; of the first digit, a plus or a bracket before the number.
    pub(super) gap: Gap,
    /// Whether a group starts here.
    pub(super) opens: bool,
    start: usize,
    end: usize,
}

/// Digits with nothing but separators between them.
#[derive(Debug, Default)]
pub(super) struct NumberRun {
    pub(super) digits: Vec<Digit>,
    /// The values of the digits, side by side.
    values: Vec<u8>,
}

impl NumberRun {
    /// Returns every stretch of whole groups that has between `min` and `max` digits, the longest of a start first.
    pub(super) fn windows(
        &self,
        min: usize,
        max: usize,
    ) -> impl Iterator<Item = (usize, usize)> + '_ {
        let count = self.digits.len();
        (0..count)
            .filter(|from| self.digits[*from].opens)
            .flat_map(move |from| {
                (from + min..=count.min(from + max))
                    .rev()
                    .filter(move |to| *to == count || self.digits[*to].opens)
                    .map(move |to| (from, to))
            })
            .filter(|(from, to)| !self.has_check_letter(*from, *to))
    }

    /// Returns the stretches of 18 that end in a digit or in the X of a Chinese identity card.
    pub(super) fn resident_windows(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let count = self.digits.len();
        (0..count.saturating_sub(17))
            .map(|from| (from, from + 18))
            .filter(move |(from, to)| {
                self.digits[*from].opens
                    && (*to == count || self.digits[*to].opens)
                    && !self.has_check_letter(*from, *to - 1)
            })
    }

    fn has_check_letter(&self, from: usize, to: usize) -> bool {
        self.values[from..to].contains(&CHECK_LETTER)
    }

    pub(super) fn values(&self, from: usize, to: usize) -> &[u8] {
        &self.values[from..to]
    }

    /// Returns the glyphs a stretch covers.
    pub(super) fn glyphs(&self, from: usize, to: usize) -> (usize, usize) {
        (self.digits[from].start, self.digits[to - 1].end)
    }

    /// Returns everything that separates the digits of a stretch.
    pub(super) fn gaps(&self, from: usize, to: usize) -> Gap {
        self.digits[from + 1..to]
            .iter()
            .fold(Gap::default(), |all, digit| all.with(digit.gap))
    }

    /// Returns the sizes of the groups of a stretch.
    pub(super) fn groups(&self, from: usize, to: usize) -> Vec<usize> {
        let mut groups: Vec<usize> = Vec::new();
        for (place, digit) in self.digits[from..to].iter().enumerate() {
            match groups.last_mut() {
                Some(last) if place > 0 && !digit.opens => *last += 1,
                _ => groups.push(1),
            }
        }
        groups
    }
}

/// The X that stands for ten at the end of a Chinese identity card.
pub(super) const CHECK_LETTER: u8 = 10;

/// Separators in a row that still belong to one number.
const WIDEST_GAP: usize = 3;

/// Finds the numbers of a text. Letters and digits in one word (`W8829104`, `500usdt`, a hash) are no number.
pub(super) fn number_runs(folded: &Folded, cues: &Cues) -> Vec<NumberRun> {
    let mut runs = Vec::new();
    let mut current = NumberRun::default();
    let mut gap = Gap::default();
    let mut gap_width = 0;
    let mut place = 0;
    let mut finish = |current: &mut NumberRun| {
        if current.digits.len() >= SHORTEST_RUN {
            current.values = current.digits.iter().map(|digit| digit.value).collect();
            runs.push(std::mem::take(current));
        } else {
            current.digits.clear();
        }
    };
    while place < folded.len() {
        let character = folded.seen(place);
        let (end, digits) = digits_at(folded, cues, place);
        if !digits.is_empty() {
            let mut pending = gap;
            let follows = current.digits.last().is_some();
            for (value, spelling, start, digit_end) in digits {
                let changes = current.digits.last().is_some_and(|last| {
                    (last.spelling == Spelling::Word) != (spelling == Spelling::Word)
                });
                let opens = current.digits.is_empty() || !pending.is_empty() || changes;
                current.digits.push(Digit {
                    value,
                    spelling,
                    gap: pending,
                    opens: opens || !follows && current.digits.is_empty(),
                    start,
                    end: digit_end,
                });
                pending = Gap::default();
            }
            gap = Gap::default();
            gap_width = 0;
            place = end;
            continue;
        }
        match Gap::of(character) {
            Some(mark) if end == place + 1 => {
                gap = gap.with(mark);
                gap_width += 1;
                if gap_width > WIDEST_GAP {
                    finish(&mut current);
                    gap = mark;
                    gap_width = 1;
                }
            }
            _ => {
                finish(&mut current);
                gap = Gap::default();
                gap_width = 0;
            }
        }
        place = end;
    }
    finish(&mut current);
    runs
}

/// Fewer digits than the shortest one-time code are of no interest.
const SHORTEST_RUN: usize = 3;

type Spelt = (u8, Spelling, usize, usize);

/// Reads the word at a place: where it ends, and its digits if it is made of nothing else.
fn digits_at(folded: &Folded, cues: &Cues, place: usize) -> (usize, Vec<Spelt>) {
    let first = folded.seen(place);
    if let Some(value) = word_digit(first) {
        return (place + 1, vec![(value, Spelling::Word, place, place + 1)]);
    }
    if !is_word(first) {
        return (place + 1, Vec::new());
    }
    let mut end = place + 1;
    while is_word(folded.seen(end)) && end < folded.len() {
        end += 1;
    }
    if let Some(value) = english_digit(folded, place, end) {
        return (end, vec![(value, Spelling::Word, place, end)]);
    }
    // A label may touch its number: "card4111...", "otp123456".
    let letters = (place..end)
        .take_while(|at| folded.seen(*at).is_ascii_lowercase())
        .count();
    let start = if letters >= 2 && cues.ends_at(place + letters) {
        place + letters
    } else {
        place
    };
    let mut digits = Vec::with_capacity(end - start);
    let mut real = 0;
    let is_checked = end - start >= 2 && folded.seen(end - 1) == 'x';
    for at in start..end {
        let character = folded.seen(at);
        if let Some(value) = character.to_digit(10) {
            real += 1;
            digits.push((value as u8, Spelling::Digit, at, at + 1));
        } else if let Some(value) = lookalike(character) {
            digits.push((value, Spelling::Lookalike, at, at + 1));
        } else if is_checked && at == end - 1 {
            digits.push((CHECK_LETTER, Spelling::Digit, at, at + 1));
        } else {
            return (end, Vec::new());
        }
    }
    if real == 0 {
        return (end, Vec::new());
    }
    (end, digits)
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || lookalike(character).is_some()
}

/// Letters of Latin, Cyrillic and Greek that are read as a digit among digits.
fn lookalike(character: char) -> Option<u8> {
    Some(match character {
        'o' | 'о' | 'ο' | 'օ' => 0,
        'l' | 'i' | 'і' | 'ӏ' | 'ι' | 'ı' | 'ⅼ' => 1,
        'з' | 'ʒ' => 3,
        'ч' => 4,
        'б' => 6,
        _ => return None,
    })
}

/// Digits of Chinese, plain and as banks write them, and of Korean.
fn word_digit(character: char) -> Option<u8> {
    Some(match character {
        '零' | '〇' | '○' | '공' | '영' => 0,
        '一' | '壹' | '壱' | '幺' | '일' => 1,
        '二' | '贰' | '貳' | '弐' | '이' => 2,
        '三' | '叁' | '參' | '参' | '삼' => 3,
        '四' | '肆' | '사' => 4,
        '五' | '伍' | '오' => 5,
        '六' | '陆' | '陸' | '육' | '륙' => 6,
        '七' | '柒' | '칠' => 7,
        '八' | '捌' | '팔' => 8,
        '九' | '玖' | '구' => 9,
        _ => return None,
    })
}

fn english_digit(folded: &Folded, start: usize, end: usize) -> Option<u8> {
    const NAMES: [&str; 10] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    if !(2..=5).contains(&(end - start)) {
        return None;
    }
    let spells = |name: &str| name.chars().eq((start..end).map(|at| folded.seen(at)));
    if spells("oh") {
        return Some(0);
    }
    NAMES
        .iter()
        .position(|name| spells(name))
        .map(|value| value as u8)
}

/// Tells whether a number is an amount, a span of time, a date or a measure by the signs around it.
pub(super) fn is_amount(folded: &Folded, start: usize, end: usize) -> bool {
    const SIGNS: &str = "$¥₩€£%₮₿";
    const UNITS: &[&str] = &[
        "usd",
        "usdt",
        "usdc",
        "btc",
        "eth",
        "trx",
        "krw",
        "jpy",
        "cny",
        "rmb",
        "hkd",
        "twd",
        "eur",
        "gbp",
        "won",
        "yen",
        "yuan",
        "dollar",
        "euro",
        "coin",
        "satoshi",
        "sats",
        "gwei",
        "percent",
        "minute",
        "min",
        "second",
        "sec",
        "hour",
        "day",
        "week",
        "month",
        "year",
        "times",
        "char",
        "digit",
        "people",
        "user",
        "block",
        "confirm",
        "bit",
        "px",
        "mb",
        "元",
        "円",
        "块",
        "塊",
        "刀",
        "美元",
        "美金",
        "人民币",
        "港币",
        "港元",
        "台币",
        "台幣",
        "韩元",
        "日元",
        "枚",
        "个",
        "個",
        "位",
        "次",
        "回",
        "人",
        "名",
        "年",
        "月",
        "日",
        "号",
        "號",
        "天",
        "时",
        "時",
        "分",
        "秒",
        "小时",
        "万",
        "萬",
        "千",
        "亿",
        "億",
        "桁",
        "文字",
        "件",
        "ドル",
        "ウォン",
        "円分",
        "원",
        "달러",
        "엔",
        "위안",
        "만",
        "천",
        "억",
        "개",
        "명",
        "번",
        "회",
        "년",
        "월",
        "일",
        "시",
        "분",
        "초",
        "자리",
        "글자",
        "자",
        "코인",
        "테더",
    ];
    let mut after = end;
    while folded.seen(after) == ' ' && after < end + 2 && after < folded.len() {
        after += 1;
    }
    let before = (start.saturating_sub(2)..start).any(|at| SIGNS.contains(folded.seen(at)));
    let rest = || (after..folded.len()).map(|at| folded.seen(at));
    before
        || after < folded.len() && SIGNS.contains(folded.seen(after))
        || UNITS
            .iter()
            .any(|unit| unit.chars().eq(rest().take(unit.chars().count())))
}
