//! Mail addresses, also with the sign spelt out: `name (at) example (dot) com`, `name 골뱅이 example.com`.

use super::folded::Folded;
use super::kind::{Found, Kind};

pub(super) fn find(folded: &Folded, found: &mut Vec<Found>) {
    let mut from = 0;
    while let Some((start, end)) = next_sign(folded, from) {
        from = end;
        let Some(name) = name_before(folded, start) else {
            continue;
        };
        let is_spelt = end - start > 1;
        let Some(last) = domain_after(folded, end, is_spelt) else {
            continue;
        };
        // `https://name@host` is a place to go to.
        if folded.before(name) == '/' {
            continue;
        }
        found.push(Found {
            kind: Kind::Mail,
            start: name,
            end: last,
        });
        from = last;
    }
}

/// Ways to spell the sign; those of Latin letters need space or brackets around them.
const SIGNS: [&str; 10] = [
    "@",
    "(at)",
    "[at]",
    "{at}",
    "<at>",
    " at ",
    "골뱅이",
    "アットマーク",
    "艾特",
    "(a)",
];

const DOTS: [&str; 8] = [
    ".",
    "(dot)",
    "[dot]",
    "{dot}",
    " dot ",
    "닷",
    "ドット",
    " 点 ",
];

fn next_sign(folded: &Folded, from: usize) -> Option<(usize, usize)> {
    (from..folded.len()).find_map(|place| {
        SIGNS
            .iter()
            .find(|sign| starts_at(folded, place, sign))
            .map(|sign| (place, place + sign.chars().count()))
    })
}

fn starts_at(folded: &Folded, place: usize, sign: &str) -> bool {
    sign.chars().enumerate().all(|(offset, character)| {
        place + offset < folded.len() && folded.seen(place + offset) == character
    })
}

/// Returns where the name before the sign starts.
fn name_before(folded: &Folded, sign: usize) -> Option<usize> {
    let mut end = sign;
    while end > 0 && sign - end < 2 && folded.seen(end - 1) == ' ' {
        end -= 1;
    }
    let belongs =
        |character: char| character.is_ascii_alphanumeric() || "._%+-".contains(character);
    let mut start = end;
    while start > 0 && belongs(folded.seen(start - 1)) {
        start -= 1;
    }
    // "trader dot joe at ...": the stop in the name may be spelt as well.
    let spelt = " dot ".chars().count();
    while start > spelt
        && starts_at(folded, start - spelt, " dot ")
        && belongs(folded.seen(start - spelt - 1))
    {
        start -= spelt;
        while start > 0 && belongs(folded.seen(start - 1)) {
            start -= 1;
        }
    }
    while start < end && "._-".contains(folded.seen(start)) {
        start += 1;
    }
    (start < end).then_some(start)
}

/// Returns where the domain after the sign ends: labels with dots between them, the last of letters.
fn domain_after(folded: &Folded, sign: usize, is_spelt: bool) -> Option<usize> {
    let mut place = skip_space(folded, sign);
    let mut last = None;
    let mut spelt_dot = false;
    loop {
        let start = place;
        while place < folded.len()
            && (folded.seen(place).is_ascii_alphanumeric() || folded.seen(place) == '-')
        {
            place += 1;
        }
        if place == start {
            return last;
        }
        let letters = (start..place).all(|at| folded.seen(at).is_ascii_lowercase());
        let is_top = letters && place - start >= 2
            || (start..place)
                .map(|at| folded.seen(at))
                .take(4)
                .eq("xn--".chars());
        // " at " is a word like any other unless the dot is spelt as well, or the name of the domain is one people know.
        if start > skip_space(folded, sign)
            && is_top
            && (!is_spelt || spelt_dot || is_well_known(folded, start, place))
        {
            last = Some(place);
        }
        let spaced = skip_space(folded, place);
        let at_dot = |at: usize| DOTS.iter().find(|dot| starts_at(folded, at, dot));
        let Some((dot_at, dot)) = at_dot(place)
            .map(|dot| (place, dot))
            .or_else(|| at_dot(spaced).map(|dot| (spaced, dot)))
        else {
            return last;
        };
        // A full stop with space after it ends the sentence, unless there is space on both sides.
        let after = dot_at + dot.chars().count();
        if *dot == "." && folded.seen(after) == ' ' && dot_at == place {
            return last;
        }
        spelt_dot |= *dot != ".";
        place = skip_space(folded, after);
    }
}

fn is_well_known(folded: &Folded, start: usize, end: usize) -> bool {
    [
        "com", "net", "org", "cn", "jp", "kr", "tw", "hk", "io", "edu", "me", "co", "example",
        "test",
    ]
    .iter()
    .any(|known| known.chars().eq((start..end).map(|at| folded.seen(at))))
}

fn skip_space(folded: &Folded, from: usize) -> usize {
    if folded.seen(from) == ' ' && from < folded.len() {
        from + 1
    } else {
        from
    }
}
