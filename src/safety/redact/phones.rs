//! Telephone numbers of mainland China, Hong Kong, Taiwan, Japan, Korea and North America, and those with a country code.

use super::cues::{Cue, Cues};
use super::folded::Folded;
use super::kind::{Found, Kind};
use super::numbers::{Gap, NumberRun, is_amount};

const LABEL_REACH: usize = 16;

pub(super) fn find(folded: &Folded, cues: &Cues, runs: &[NumberRun], found: &mut Vec<Found>) {
    let is_labelled = cues.has(Cue::Phone);
    for run in runs {
        let mut taken = 0;
        for (from, to) in run.windows(7, 17) {
            if from < taken || !stands_alone(run, from, to) {
                continue;
            }
            let (start, end) = run.glyphs(from, to);
            let named = is_labelled && cues.labels(Cue::Phone, start, LABEL_REACH);
            if !is_phone(run, from, to, named)
                || cues.names_public(start, LABEL_REACH)
                || !named && is_amount(folded, start, end)
            {
                continue;
            }
            // The plus or the bracket before the first digit belongs to the number.
            let opening = (start.saturating_sub(2)..start)
                .find(|at| matches!(folded.seen(*at), '+' | '('))
                .unwrap_or(start);
            found.push(Found {
                kind: Kind::Phone,
                start: opening,
                end,
            });
            taken = to;
        }
    }
}

/// Tells whether the number does not go on with a hyphen or a dot on either side.
fn stands_alone(run: &NumberRun, from: usize, to: usize) -> bool {
    let joins = |gap: Gap| gap.has(Gap::HYPHEN) || gap.has(Gap::DOT);
    let before = from == 0 || !joins(run.digits[from].gap);
    let after = run.digits.get(to).is_none_or(|next| !joins(next.gap));
    let inside = run.gaps(from, to);
    let is_one = !inside.has(Gap::LINE)
        && !inside.has(Gap::COMMA)
        && !inside.has(Gap::SLASH)
        && !inside.has(Gap::PLUS);
    before && after && is_one
}

fn is_phone(run: &NumberRun, from: usize, to: usize, named: bool) -> bool {
    let digits = run.values(from, to);
    if run.digits[from].gap.has(Gap::PLUS) {
        let has_code = matches!(digits[0], 1..=9);
        return has_code
            && digits.len() <= 15
            && (digits.len() >= 10 || named && digits.len() >= 8);
    }
    if digits.len() > 15 && !digits.starts_with(&[0, 0]) {
        return false;
    }
    if is_mobile(digits) {
        return true;
    }
    // More groups than anybody dials are other numbers in a row.
    let groups = run.digits[from + 1..to]
        .iter()
        .filter(|digit| digit.opens)
        .count()
        + 1;
    let gaps = run.gaps(from, to);
    if groups <= MOST_GROUPS && is_national(digits, &run.groups(from, to), gaps) {
        return true;
    }
    // The country code without a plus, or with the 00 or 001 dialled instead.
    for prefix in PREFIXES {
        let Some(rest) = digits.strip_prefix(prefix) else {
            continue;
        };
        for code in CODES {
            let Some(inside) = rest.strip_prefix(code).filter(|inside| inside.len() > 6) else {
                continue;
            };
            let opens = run.digits[to - inside.len()].opens;
            let sure = !prefix.is_empty() || opens || named || code == [8, 6];
            let with_zero = [&[0], inside].concat();
            let is_known = is_mobile(inside) || is_mobile(&with_zero);
            if sure
                && (is_known || !prefix.is_empty() && groups <= MOST_GROUPS && inside.len() >= 8)
            {
                return true;
            }
        }
    }
    named && (7..=13).contains(&digits.len()) && !gaps.has(Gap::DOT)
}

const MOST_GROUPS: usize = 6;

/// What is dialled before a country code.
const PREFIXES: [&[u8]; 5] = [&[], &[0, 0], &[0, 0, 1], &[0, 0, 2], &[0, 1, 0]];

/// Country codes that are written without a plus as well.
const CODES: [&[u8]; 7] = [
    &[8, 6],
    &[8, 5, 2],
    &[8, 8, 6],
    &[8, 1],
    &[8, 2],
    &[1],
    &[8, 5, 3],
];

/// Numbers as they are dialled inside a country, recognised by prefix, length and grouping.
fn is_national(digits: &[u8], groups: &[usize], gaps: Gap) -> bool {
    let is_split = groups.len() > 1 && (gaps.has(Gap::HYPHEN) || gaps.has(Gap::PAREN));
    let starts = |prefixes: &[&[u8]]| prefixes.iter().any(|prefix| digits.starts_with(prefix));
    if is_mobile(digits) {
        return true;
    }
    match (groups, digits.len()) {
        // Free of charge, or at the price of a local call.
        ([3, 3, 4] | [3, 4, 3], 10) if starts(&[&[4, 0, 0], &[8, 0, 0]]) => true,
        ([4, 3, 3] | [4, 6] | [4, 2, 4], 10)
            if starts(&[&[0, 1, 2, 0], &[0, 5, 7, 0], &[0, 9, 9, 0]]) =>
        {
            true
        }
        ([4, 3, 4] | [4, 7], 11) if starts(&[&[0, 8, 0, 0], &[0, 5, 0]]) => true,
        ([3, 3, 4], 10) if starts(&[&[0, 8, 0], &[0, 7, 0]]) => true,
        // Seoul, and the area codes of two to four digits in China, Japan, Korea and Taiwan.
        ([2, 3 | 4, 4], _) if is_split && starts(&[&[0, 2]]) => true,
        ([3 | 4, 7 | 8], 10..=12) if is_split && digits[0] == 0 => true,
        ([2..=5, 1..=4, 4], 10 | 11) if is_split && digits[0] == 0 && digits[1] != 0 => true,
        ([2 | 3, 7 | 8], 9 | 10) if is_split && digits[0] == 0 => true,
        // North America: neither the area nor the exchange begins with 0 or 1.
        ([3, 3, 4], 10) => digits[0] >= 2 && digits[3] >= 2,
        ([1, 3, 3, 4], 11) => digits[0] == 1 && digits[1] >= 2 && digits[4] >= 2,
        _ => false,
    }
}

/// Mobile numbers, which have a prefix and a length of their own even without groups.
fn is_mobile(digits: &[u8]) -> bool {
    match digits {
        // China.
        [1, 3..=9, ..] => digits.len() == 11,
        // Korea, and the old prefixes with ten digits.
        [0, 1, 0, ..] => digits.len() == 11,
        [0, 1, 1 | 6 | 7 | 8 | 9, ..] => matches!(digits.len(), 10 | 11),
        // Japan.
        [0, 7..=9, 0, 1..=9, ..] => digits.len() == 11,
        [0, 5, 0, 1..=9, ..] => digits.len() == 11,
        // Taiwan.
        [0, 9, ..] => digits.len() == 10,
        _ => false,
    }
}
