//! What has changed between two texts, word by word or line by line.

use minijinja::{Value, context};

/// Beyond this many comparisons two texts count as wholly different where they differ.
const MAX_CELLS: usize = 4_000_000;

/// A run of text that was kept, taken away or added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Same,
    Gone,
    New,
}

/// Compares word by word; where words are not parted by spaces, character by character.
pub(super) fn by_words(before: &str, after: &str) -> Vec<Value> {
    compare(&words_of(before), &words_of(after))
}

/// Compares line by line.
pub(super) fn by_lines(before: &str, after: &str) -> Vec<Value> {
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    compare(&lines(before), &lines(after))
}

fn words_of(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '\'';
    let mut earlier: Option<char> = None;
    for (place, character) in text.char_indices() {
        if earlier.is_some_and(|earlier| !(is_part(earlier) && is_part(character))) {
            words.push(&text[start..place]);
            start = place;
        }
        earlier = Some(character);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

fn compare(before: &[&str], after: &[&str]) -> Vec<Value> {
    runs(before, after)
        .into_iter()
        .map(|(kind, text)| {
            let kind = match kind {
                Kind::Same => "same",
                Kind::Gone => "gone",
                Kind::New => "new",
            };
            context! { kind, text }
        })
        .collect()
}

/// The longest common subsequence, with what is common at both ends taken off first.
fn runs(before: &[&str], after: &[&str]) -> Vec<(Kind, String)> {
    let common = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let head = common(&mut before.iter().zip(after));
    let (rest_before, rest_after) = (&before[head..], &after[head..]);
    let tail = common(&mut rest_before.iter().rev().zip(rest_after.iter().rev()));
    let gone = &rest_before[..rest_before.len() - tail];
    let new = &rest_after[..rest_after.len() - tail];
    let mut runs = Vec::new();
    push(&mut runs, Kind::Same, &before[..head]);
    if gone.len().saturating_mul(new.len()) > MAX_CELLS {
        push(&mut runs, Kind::Gone, gone);
        push(&mut runs, Kind::New, new);
    } else {
        middle(&mut runs, gone, new);
    }
    push(&mut runs, Kind::Same, &before[before.len() - tail..]);
    runs
}

fn middle(runs: &mut Vec<(Kind, String)>, gone: &[&str], new: &[&str]) {
    let width = new.len() + 1;
    // Length of what `gone[row..]` and `new[column..]` have in common.
    let mut lengths = vec![0_u32; (gone.len() + 1) * width];
    for row in (0..gone.len()).rev() {
        for column in (0..new.len()).rev() {
            let place = row * width + column;
            lengths[place] = match gone[row] == new[column] {
                true => lengths[place + width + 1] + 1,
                false => lengths[place + width].max(lengths[place + 1]),
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < gone.len() || column < new.len() {
        let place = row * width + column;
        let both = row < gone.len() && column < new.len();
        if both && gone[row] == new[column] {
            push(runs, Kind::Same, &gone[row..=row]);
            (row, column) = (row + 1, column + 1);
        } else if column == new.len()
            || (row < gone.len() && lengths[place + width] >= lengths[place + 1])
        {
            push(runs, Kind::Gone, &gone[row..=row]);
            row += 1;
        } else {
            push(runs, Kind::New, &new[column..=column]);
            column += 1;
        }
    }
}

fn push(runs: &mut Vec<(Kind, String)>, kind: Kind, parts: &[&str]) {
    if parts.is_empty() {
        return;
    }
    match runs.last_mut() {
        Some((last, text)) if *last == kind => text.extend(parts.iter().copied()),
        _ => runs.push((kind, parts.concat())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        runs(&words_of(before), &words_of(after))
            .into_iter()
            .map(|(kind, text)| match kind {
                Kind::Same => text,
                Kind::Gone => format!("[-{text}]"),
                Kind::New => format!("[+{text}]"),
            })
            .collect()
    }

    #[test]
    fn changes_are_as_small_as_they_can_be() {
        for (before, after, expected) in [
            ("same", "same", "same"),
            ("", "new", "[+new]"),
            ("a long wait", "a short wait", "a [-long][+short] wait"),
            (
                "手数料は1 USDTです。",
                "手数料は2 USDTです。",
                "手数料は[-1][+2] USDTです。",
            ),
            (
                "확인해 드릴게요",
                "곧 확인해 드릴게요",
                "[+곧 ]확인해 드릴게요",
            ),
        ] {
            assert_eq!(shown(before, after), expected);
        }
    }

    #[test]
    fn both_texts_can_be_read_from_the_changes() {
        let texts = [
            "",
            "one two",
            "two three one",
            "一二三",
            "三二一。一",
            "a\nb\n",
        ];
        for before in texts {
            for after in texts {
                let (mut left, mut right) = (String::new(), String::new());
                for (kind, text) in runs(&words_of(before), &words_of(after)) {
                    if kind != Kind::New {
                        left += &text;
                    }
                    if kind != Kind::Gone {
                        right += &text;
                    }
                }
                assert_eq!((left.as_str(), right.as_str()), (before, after));
            }
        }
    }
}
