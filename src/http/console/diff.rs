//! What has changed between two texts, word by word or line by line.

use std::time::Duration;

use minijinja::{Value, context};
use similar::{Algorithm, ChangeTag, capture_diff_slices_deadline};

/// Longest time one comparison may take; what is left then counts as wholly different.
const PATIENCE: Duration = Duration::from_millis(100);

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
        .map(|(tag, text)| {
            let kind = match tag {
                ChangeTag::Equal => "same",
                ChangeTag::Delete => "gone",
                ChangeTag::Insert => "new",
            };
            context! { kind, text }
        })
        .collect()
}

/// Returns runs of text that were kept, taken away or added, as Myers' algorithm finds them.
fn runs(before: &[&str], after: &[&str]) -> Vec<(ChangeTag, String)> {
    let deadline = std::time::Instant::now() + PATIENCE;
    capture_diff_slices_deadline(Algorithm::Myers, before, after, Some(deadline))
        .iter()
        .flat_map(|operation| operation.iter_slices(before, after))
        .map(|(tag, parts)| (tag, parts.concat()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        runs(&words_of(before), &words_of(after))
            .into_iter()
            .map(|(tag, text)| match tag {
                ChangeTag::Equal => text,
                ChangeTag::Delete => format!("[-{text}]"),
                ChangeTag::Insert => format!("[+{text}]"),
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
                for (tag, text) in runs(&words_of(before), &words_of(after)) {
                    if tag != ChangeTag::Insert {
                        left += &text;
                    }
                    if tag != ChangeTag::Delete {
                        right += &text;
                    }
                }
                assert_eq!((left.as_str(), right.as_str()), (before, after));
            }
        }
    }
}
