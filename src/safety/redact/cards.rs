//! Bank cards: 13 to 19 digits with the prefix of a network and a check digit (ISO/IEC 7812).

use super::cues::{Cue, Cues};
use super::kind::{Found, Kind};
use super::numbers::NumberRun;

/// How far before a number the word that names it may stand.
const LABEL_REACH: usize = 24;

pub(super) fn find(cues: &Cues, runs: &[NumberRun], found: &mut Vec<Found>) {
    for run in runs {
        let mut taken = 0;
        for (from, to) in run.windows(13, 19) {
            if from < taken {
                continue;
            }
            let digits = run.values(from, to);
            let checks = passes_luhn(digits);
            if !is_network(digits) || !checks && digits.len() < 15 {
                continue;
            }
            let regular = is_regular(&run.groups(from, to));
            if !checks && !regular {
                continue;
            }
            let (start, end) = run.glyphs(from, to);
            let named = cues.near(Cue::Card, start, end, LABEL_REACH, 12);
            let is_other = cues.names_public(start, LABEL_REACH)
                || cues.labels(Cue::BankAccount, start, LABEL_REACH);
            if is_other {
                continue;
            }
            // A digit may be mistyped where a card is named and the number has the look of one.
            if regular && checks || named {
                found.push(Found {
                    kind: Kind::Card,
                    start,
                    end,
                });
                taken = to;
            }
        }
    }
}

/// Tells whether the groups are those printed on cards, or all of one size, so that they are one number.
fn is_regular(groups: &[usize]) -> bool {
    let [first, middle @ .., last] = groups else {
        return true;
    };
    matches!(groups, [4, 6, 4 | 5] | [6, 7..=13] | [4, 4, 5])
        || middle.iter().all(|size| size == first) && last <= first
}

/// Prefixes and lengths of the networks that issue cards.
fn is_network(digits: &[u8]) -> bool {
    let prefix = |length: usize| {
        digits[..length]
            .iter()
            .fold(0_u32, |number, digit| number * 10 + u32::from(*digit))
    };
    let length = digits.len();
    match prefix(2) {
        40..=49 => matches!(length, 13 | 16 | 19),
        51..=55 => length == 16,
        34 | 37 => length == 15,
        36 | 38 | 39 => (14..=19).contains(&length),
        30 => (3000..=3059).contains(&prefix(4)) && (14..=19).contains(&length),
        35 => (3528..=3589).contains(&prefix(4)) && (16..=19).contains(&length),
        // Mir and Mastercard.
        22..=27 => {
            (2200..=2204).contains(&prefix(4)) || (2221..=2720).contains(&prefix(4)) && length == 16
        }
        60 | 64 | 65 | 62 | 81 => (16..=19).contains(&length),
        // Maestro; Korean cards of local brands begin with 9.
        50 | 56..=58 | 61 | 63 | 66..=69 => {
            (13..=19).contains(&length) && prefix(1) != 6 || length == 16
        }
        94 | 97 => length == 16,
        _ => false,
    }
}

/// The check of the last digit (ISO/IEC 7812-1, annex B).
pub(super) fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit) * 2) {
            (0, _) => u32::from(*digit),
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}
