//! International bank account numbers (ISO 13616), and account numbers where a word says that they are.

use super::cues::{Cue, Cues};
use super::folded::Folded;
use super::kind::{Found, Kind};
use super::numbers::{Gap, NumberRun, is_amount};
use super::tokens::words_of;

const LABEL_REACH: usize = 20;

pub(super) fn find(folded: &Folded, cues: &Cues, runs: &[NumberRun], found: &mut Vec<Found>) {
    find_ibans(folded, found);
    if !cues.has(Cue::BankAccount) {
        return;
    }
    for run in runs {
        let mut taken = 0;
        for (from, to) in run.windows(6, 20) {
            let (start, end) = run.glyphs(from, to);
            let gaps = run.gaps(from, to);
            let is_one = !gaps.has(Gap::COMMA) && !gaps.has(Gap::LINE) && !gaps.has(Gap::SLASH);
            let named = cues.labels(Cue::BankAccount, start, LABEL_REACH)
                || cues.near(Cue::BankAccount, start, end, 0, 6);
            if from >= taken && is_one && named && !is_amount(folded, start, end) {
                found.push(Found {
                    kind: Kind::BankAccount,
                    start,
                    end,
                });
                taken = to;
            }
        }
    }
}

/// Countries and how long their numbers are.
const LENGTHS: &str = "ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 br29 by28 ch21 cr22 cy28 cz24 de22 dk18 do28 ee20 \
    eg29 es24 fi18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 \
    lc32 li21 lt20 lu20 lv21 mc27 md24 me22 mk19 mr27 mt31 mu30 nl18 no15 pk24 pl28 ps29 pt25 qa29 ro24 rs22 sa24 \
    sc31 se24 si19 sk24 sm27 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20";

fn find_ibans(folded: &Folded, found: &mut Vec<Found>) {
    let words = words_of(folded);
    for (place, word) in words.iter().enumerate() {
        let head: String = (word.start..word.end.min(word.start + 2))
            .map(|at| folded.seen(at))
            .collect();
        let has_check = (word.start + 2..word.start + 4).all(|at| folded.seen(at).is_ascii_digit());
        let length = LENGTHS
            .split_ascii_whitespace()
            .find_map(|country| country.strip_prefix(&head).filter(|_| head.len() == 2));
        let Some(length) = length.and_then(|length| length.parse::<usize>().ok()) else {
            continue;
        };
        if !has_check {
            continue;
        }
        // In groups of four, with a space or a hyphen between them.
        let mut spelt = String::with_capacity(length);
        let mut end = word.start;
        for part in &words[place..] {
            if part.start > end + 1 && end > word.start || spelt.len() >= length {
                break;
            }
            spelt.extend((part.start..part.end).map(|at| folded.seen(at)));
            end = part.end;
        }
        if spelt.len() == length && passes_mod_97(&spelt) {
            found.push(Found {
                kind: Kind::BankAccount,
                start: word.start,
                end,
            });
        }
    }
}

/// The check of ISO 7064: with the head moved to the end and letters as two digits, one is left.
fn passes_mod_97(spelt: &str) -> bool {
    let (head, rest) = spelt.split_at(4);
    let sum = rest
        .chars()
        .chain(head.chars())
        .try_fold(0_u32, |sum, character| {
            let value = character.to_digit(36)?;
            let shift = if value > 9 { 100 } else { 10 };
            Some((sum * shift + value) % 97)
        });
    sum == Some(1)
}
