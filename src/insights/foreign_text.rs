//! Text in another language within a translation: paragraphs that nobody translated.

use super::sources::Sources;
use super::wording::at;
use crate::knowledge::{Fault, KnowledgeBase, Translation, to_plain_text};
use crate::language::{Language, is_han, is_hangul, is_kana};

/// Fewest words of Latin letters that make a sentence rather than a name.
const FEWEST_WORDS: usize = 8;
/// Fewest letters of another script that make a sentence rather than a name.
const FEWEST_LETTERS: usize = 12;
/// Share of the letters that the other script has in such a paragraph.
const SHARE: f32 = 0.9;

pub(super) fn check(knowledge: &KnowledgeBase, sources: &Sources<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for article in &knowledge.articles {
        for translation in article.translations.values() {
            faults.extend(summary_fault(translation, sources));
            faults.extend(body_fault(translation, sources));
        }
    }
    faults
}

const CHECK: &str = "untranslated";

fn summary_fault(translation: &Translation, sources: &Sources<'_>) -> Option<Fault> {
    let script = foreign_script(&translation.summary, translation.language)?;
    let path = &translation.path;
    let message = format!("the summary is {script}; translate it");
    Some(at(
        Fault::warning(path, CHECK, message),
        sources.line_of_key(path, "summary"),
    ))
}

/// Reports the first such paragraph of a body, with the number of them.
fn body_fault(translation: &Translation, sources: &Sources<'_>) -> Option<Fault> {
    let mut first = None;
    let mut count = 0;
    for (line, paragraph) in paragraphs(&translation.body) {
        let text = to_plain_text(paragraph);
        if let Some(script) = foreign_script(&text, translation.language) {
            count += 1;
            first.get_or_insert((line, script, text));
        }
    }
    let (line, script, text) = first?;
    let begin: String = text.chars().take(60).collect();
    let further = match count {
        1 => String::new(),
        _ => format!(
            ", and {} more of its paragraphs are not translated",
            count - 1
        ),
    };
    let path = &translation.path;
    let message = format!("`{begin}` is {script}{further}; translate it");
    let counted = translation.body_line + line;
    let needle = translation.body.lines().nth(line).unwrap_or_default();
    let found = sources.line_with(path, counted, needle);
    Some(Fault::warning(path, CHECK, message).at_line(found.unwrap_or(counted)))
}

/// Paragraphs outside of code, each with its line counted from 0.
fn paragraphs(body: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fence: Option<usize> = None;
    for (number, line) in body.lines().enumerate() {
        let text = line.trim_start();
        let ticks = text.len() - text.trim_start_matches('`').len();
        let marks = usize::max(ticks, text.len() - text.trim_start_matches('~').len());
        match fence {
            Some(length) if marks >= length => fence = None,
            None if marks >= 3 => fence = Some(marks),
            _ => {}
        }
        if fence.is_some() || marks >= 3 {
            continue;
        }
        let is_code = line.starts_with("    ") && !text.starts_with(['-', '*']);
        // Who said something, and the titles of works, stay in the language they are in.
        let is_source = text.starts_with(['—', '–', '―']) || is_link_alone(text);
        let is_markup = text.starts_with(['<', '|', '#']) || text.starts_with("![");
        if !is_code && !is_markup && !is_source && !text.is_empty() {
            found.push((number, line));
        }
    }
    found
}

/// Tells whether a line, or an item of a list, is one link and little else.
fn is_link_alone(text: &str) -> bool {
    let item = text.trim_start_matches(['-', '*', '+', ' ']);
    let Some((_, rest)) = item
        .strip_prefix('[')
        .and_then(|link| link.split_once("]("))
    else {
        return false;
    };
    let Some((_, behind)) = rest.split_once(')') else {
        return false;
    };
    behind.split_whitespace().count() <= 3
}

/// The script of a sentence in a language that is not its translation's; `None` for names and what belongs there.
fn foreign_script(text: &str, language: Language) -> Option<&'static str> {
    let mut latin = 0usize;
    let mut han = 0usize;
    let mut kana = 0usize;
    let mut hangul = 0usize;
    for character in without_code(text).chars() {
        if character.is_ascii_alphabetic() {
            latin += 1;
        } else if is_kana(character) {
            kana += 1;
        } else if is_han(character) {
            han += 1;
        } else if is_hangul(character) {
            hangul += 1;
        }
    }
    let total = latin + han + kana + hangul;
    let is_most = |count: usize| count as f32 >= SHARE * total as f32;
    let is_sentence = |count: usize| count >= FEWEST_LETTERS && is_most(count);
    let words = without_code(text)
        .split(|one: char| !(one.is_ascii_alphabetic() || one == '\''))
        .filter(|word| word.len() > 1)
        .count();
    // Small letters are most of a sentence; lists of names and keys are capitals.
    let small = text
        .split_whitespace()
        .filter(|word| word.starts_with(|one: char| one.is_ascii_lowercase()));
    // Signatures and settings are words with many signs between.
    let signs = text
        .chars()
        .filter(|one| "{}[]()<>|=:;$\\".contains(*one))
        .count();
    let reads_as_english =
        words >= FEWEST_WORDS && small.count() * 2 >= words && signs * 3 <= words;
    match language {
        Language::English => (is_sentence(han + kana) && total > 0)
            .then_some("not English")
            .or_else(|| is_sentence(hangul).then_some("Korean")),
        Language::Korean if is_sentence(han + kana) => Some("not Korean"),
        Language::Chinese | Language::Japanese if is_sentence(hangul) => Some("Korean"),
        Language::Chinese if is_kana_text(kana, total) => Some("Japanese"),
        _ => (reads_as_english && is_most(latin)).then_some("English"),
    }
}

fn is_kana_text(kana: usize, total: usize) -> bool {
    kana >= FEWEST_LETTERS && kana * 2 >= total
}

/// Text without addresses, whose letters say nothing.
fn without_code(text: &str) -> String {
    let words = text.split_whitespace();
    let kept = words.filter(|word| !word.contains("://") && !word.contains('@'));
    kept.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_quotations_are_left_as_they_are() {
        let found = |body: &str| -> Vec<usize> {
            let lines = paragraphs(body).into_iter();
            lines.map(|(line, _)| line).collect()
        };
        let body = "— @ada, \"How to make your open project known to many\"\n\n- [The social contract of open source and why it holds](https://a.example), Ada B\n\n- [Open](https://a.example) the settings of your account and choose the second tab";
        assert_eq!(found(body), [4]);
    }

    #[test]
    fn sentences_of_another_language_are_found_and_names_are_not() {
        for (text, language, expected) in [
            (
                "Open the settings of your account and choose the second tab.",
                Language::Japanese,
                Some("English"),
            ),
            (
                "Open the settings of your account and choose the second tab.",
                Language::English,
                None,
            ),
            (
                "Google Chrome, Mozilla Firefox, Microsoft Edge, Opera, Vivaldi, Brave",
                Language::Korean,
                None,
            ),
            (
                "Windows 11、macOS Sonoma に対応しています",
                Language::Japanese,
                None,
            ),
            (
                "계정 설정을 열고 두 번째 탭을 선택하세요.",
                Language::Chinese,
                Some("Korean"),
            ),
            (
                "アカウントの設定をひらいてください。",
                Language::Chinese,
                Some("Japanese"),
            ),
            (
                "请打开账户设置，选择第二个标签页。",
                Language::English,
                Some("not English"),
            ),
            (
                "https://a.example/one/two/three/four/five/six/seven/eight/nine",
                Language::Korean,
                None,
            ),
        ] {
            assert_eq!(foreign_script(text, language), expected, "{text}");
        }
    }
}
