//! One-time codes: a few digits beside the words for them.

use super::cues::{Cue, Cues};
use super::folded::{BARRIER, Folded};
use super::kind::{Found, Kind};
use super::numbers::{Gap, NumberRun, Spelling, is_amount};
use super::tokens::words_of;

/// How far the word may stand before six digits, the length that nearly every service uses.
const REACH_OF_SIX: usize = 40;
/// How far "code" alone may stand before six digits.
const REACH_OF_BARE_SIX: usize = 24;
/// How far before another number of digits.
const REACH: usize = 12;
/// How far after either.
const REACH_AFTER: usize = 16;

pub(super) fn find(folded: &Folded, cues: &Cues, runs: &[NumberRun], found: &mut Vec<Found>) {
    if !cues.has(Cue::Code) && !cues.has(Cue::BareCode) {
        return;
    }
    for run in runs {
        for (from, to) in run.windows(4, 8) {
            let (start, end) = run.glyphs(from, to);
            let gaps = run.gaps(from, to);
            let is_one = !gaps.has(Gap::COMMA)
                && !gaps.has(Gap::SLASH)
                && !gaps.has(Gap::LINE)
                && !gaps.has(Gap::PLUS);
            let whole = !joins(run, from, to);
            if is_one
                && whole
                && !is_public(folded, cues, start, end)
                && is_code(folded, cues, start, end, to - from)
            {
                found.push(Found {
                    kind: Kind::OneTimeCode,
                    start,
                    end,
                });
            }
        }
    }
    find_lettered(folded, cues, found);
}

/// Tells whether the number goes on beyond the stretch: as a date, a decimal, or a longer number in groups.
fn joins(run: &NumberRun, from: usize, to: usize) -> bool {
    let goes_on = |at: usize| {
        run.digits.get(at).is_some_and(|next| {
            let same = (next.spelling == Spelling::Word)
                == (run.digits[at - 1].spelling == Spelling::Word);
            let gap = next.gap;
            let is_thousand =
                gap.has(Gap::COMMA) && run.groups(at, run.digits.len()).first() == Some(&3);
            same && (gap.has(Gap::HYPHEN)
                || gap.has(Gap::DOT)
                || gap.has(Gap::SLASH)
                || is_thousand)
        })
    };
    from > 0 && goes_on(from) || goes_on(to)
}

fn is_public(folded: &Folded, cues: &Cues, start: usize, end: usize) -> bool {
    // "1.234567" and "12:34" are no codes; "code:123456" is one.
    let before = folded.before(start);
    let is_decimal = before == '.' && folded.seen(start.saturating_sub(2)).is_ascii_digit();
    let is_time = folded.seen(end) == ':' && folded.seen(end + 1).is_ascii_digit();
    is_decimal
        || is_time
        || before == '#'
        || cues.names_public(start, REACH)
        || is_amount(folded, start, end)
}

fn is_code(folded: &Folded, cues: &Cues, start: usize, end: usize, length: usize) -> bool {
    let reach = if length == 6 { REACH_OF_SIX } else { REACH };
    if cues.labels(Cue::Code, start, reach) && !has_break(folded, cues, start) {
        return true;
    }
    // "Code" alone is said of errors and offers too, which are short.
    let bare = match length {
        6 => REACH_OF_BARE_SIX,
        7 | 8 => REACH,
        _ => 0,
    };
    if cues.near(Cue::PublicCode, start, end, 16, REACH_AFTER) {
        return false;
    }
    if cues.labels(Cue::BareCode, start, bare) {
        return true;
    }
    let after = |cue: Cue| {
        cues.all(cue).any(|hit| {
            hit.start >= end
                && hit.start - end <= REACH_AFTER
                && joins_words(folded, end, hit.start)
        })
    };
    after(Cue::Code) || length == 6 && after(Cue::BareCode)
}

/// Tells whether a line or sentence ends between the word and the number, which then belong together only if close.
fn has_break(folded: &Folded, cues: &Cues, start: usize) -> bool {
    let Some(from) = cues
        .all(Cue::Code)
        .map(|hit| hit.end)
        .filter(|end| *end <= start)
        .max()
    else {
        return true;
    };
    start - from > REACH
        && (from..start).any(|at| matches!(folded.seen(at), '\n' | '?' | '!' | '.' | BARRIER))
}

/// Tells whether no sentence ends between a number and the word after it; after a comma only if one is said of the other.
fn joins_words(folded: &Folded, from: usize, to: usize) -> bool {
    let says = (from..to).any(|at| folded.seen(at) == '是');
    (from..to).all(|at| match folded.seen(at) {
        '\n' | '?' | '!' | '.' | ';' | BARRIER => false,
        ',' => says,
        _ => true,
    })
}

/// Codes of capital letters and digits, right behind the word.
fn find_lettered(folded: &Folded, cues: &Cues, found: &mut Vec<Found>) {
    for hit in cues.all(Cue::Code) {
        let Some(word) = words_of(folded)
            .into_iter()
            .find(|word| word.start >= hit.end && word.start - hit.end <= 5)
        else {
            continue;
        };
        let characters: Vec<char> = folded.cased(word.start, word.end).chars().collect();
        let digits = characters.iter().filter(|c| c.is_ascii_digit()).count();
        let is_upper = characters
            .iter()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        let mixed = digits >= 2 && digits < characters.len();
        if (5..=8).contains(&characters.len()) && is_upper && mixed {
            found.push(Found {
                kind: Kind::OneTimeCode,
                start: word.start,
                end: word.end,
            });
        }
    }
}
