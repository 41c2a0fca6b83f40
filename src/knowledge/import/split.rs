//! A page of many questions as one page a question.

use super::fence::outside_fences;
use super::page::Page;
use super::slug::slug;
use crate::knowledge::to_plain_text;

/// Fewest headings that are questions which make a page a list of questions.
const FEWEST: usize = 2;

/// A heading and the text below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    /// Its words.
    title: String,
    /// Its anchor, written or made from its words.
    anchor: String,
    /// Whether the anchor is written.
    is_named: bool,
    /// The text.
    body: String,
}

/// Returns how many parts a page would be split into; nought where it would stay whole.
pub fn count_of_parts(page: &Page) -> usize {
    parts_of(&page.body).map_or(0, |(_, parts)| parts.len())
}

/// Splits a page; `by_place` says that its translations have as many questions, so that their places join them.
pub fn split(page: Page, by_place: bool) -> Vec<Page> {
    let Some((intro, parts)) = parts_of(&page.body) else {
        return vec![page];
    };
    let mut made = Vec::new();
    let tag = page.locale.as_ref().map(|locale| locale.tag.clone());
    for (place, part) in parts.into_iter().enumerate() {
        let mark = match (part.is_named, by_place) {
            (true, _) => part.anchor.clone(),
            (false, true) => format!("{}", place + 1),
            (false, false) => format!("{}-{}", tag.as_deref().unwrap_or("x"), place + 1),
        };
        let addresses = page
            .addresses
            .iter()
            .map(|address| format!("{address}#{}", part.anchor.to_lowercase()));
        let mut addresses: Vec<String> = addresses.collect();
        if place == 0 && intro.is_empty() {
            addresses.extend(page.addresses.iter().cloned());
        }
        made.push(Page {
            key: format!("{}#{mark}", page.key),
            name: slug(&part.title),
            title: part.title,
            summary: String::new(),
            alternates: Vec::new(),
            keywords: Vec::new(),
            body: part.body,
            addresses,
            joinable: part.is_named || by_place,
            ..page.clone()
        });
    }
    if !intro.is_empty() {
        made.push(Page {
            body: intro,
            ..page
        });
    }
    made
}

/// The text before the first question, and the questions; `None` where there are too few.
fn parts_of(body: &str) -> Option<(String, Vec<Part>)> {
    let headings = headings_of(body);
    let questions: Vec<&Heading> = headings
        .iter()
        .filter(|heading| is_question(&heading.title))
        .collect();
    let level = most_common_level(&questions)?;
    let questions: Vec<&Heading> = questions
        .into_iter()
        .filter(|one| one.level == level)
        .collect();
    if questions.len() < FEWEST {
        return None;
    }
    let mut parts = Vec::new();
    let mut rest = String::new();
    let mut at = 0;
    for question in &questions {
        rest.push_str(&body[at..question.begin]);
        let end = headings
            .iter()
            .find(|one| one.begin > question.begin && one.level <= level)
            .map_or(body.len(), |one| one.begin);
        parts.push(Part {
            title: question.title.clone(),
            anchor: question.anchor.clone(),
            is_named: question.is_named,
            body: body[question.end..end].trim().to_owned(),
        });
        at = end;
    }
    rest.push_str(&body[at..]);
    parts.retain(|part| !part.body.is_empty());
    let has_words = rest
        .lines()
        .any(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let intro = if has_words && rest.chars().count() > 80 {
        rest.trim()
    } else {
        ""
    };
    (parts.len() >= FEWEST).then(|| (intro.to_owned(), parts))
}

fn most_common_level(headings: &[&Heading]) -> Option<usize> {
    (1..=6)
        .map(|level| {
            (
                headings.iter().filter(|one| one.level == level).count(),
                level,
            )
        })
        .filter(|(count, _)| *count > 0)
        .max_by_key(|(count, level)| (*count, usize::MAX - level))
        .map(|(_, level)| level)
}

struct Heading {
    level: usize,
    title: String,
    anchor: String,
    is_named: bool,
    begin: usize,
    end: usize,
}

fn headings_of(body: &str) -> Vec<Heading> {
    // Lines of code are blanked, their length kept, so that a comment in a script is no heading.
    let masked = masked(body);
    let mut found = Vec::new();
    let mut offset = 0;
    for line in masked.split_inclusive('\n') {
        let marks = line.len() - line.trim_start_matches('#').len();
        if (1..=6).contains(&marks) && line[marks..].starts_with(' ') {
            let text = line[marks..].trim();
            let (words, name) = match text.rsplit_once("{#") {
                Some((words, name)) => (words.trim(), Some(name.trim_end_matches('}'))),
                None => (text, None),
            };
            let title = to_plain_text(words);
            found.push(Heading {
                level: marks,
                anchor: name.map_or_else(|| anchor_of(&title), str::to_owned),
                is_named: name.is_some(),
                title: without_label(&title),
                begin: offset,
                end: offset + line.len(),
            });
        }
        offset += line.len();
    }
    found
}

fn masked(body: &str) -> String {
    let mut plain = String::with_capacity(body.len());
    let mut kept: Vec<String> = Vec::new();
    // Everything outside of fences, in order; what lies between two of them is code.
    outside_fences(body, |part| {
        kept.push(part.to_owned());
        String::new()
    });
    let mut at = 0;
    for part in kept {
        let begin = body[at..].find(&part).map_or(at, |found| at + found);
        plain.extend(std::iter::repeat_n(' ', begin - at));
        plain.push_str(&part);
        at = begin + part.len();
    }
    plain.extend(std::iter::repeat_n(' ', body.len() - at));
    plain
}

/// The anchor that site generators make from a heading.
fn anchor_of(title: &str) -> String {
    let lower = title.to_lowercase();
    let kept = lower
        .chars()
        .filter(|one| one.is_alphanumeric() || matches!(one, ' ' | '-' | '_'));
    kept.map(|one| if one == ' ' { '-' } else { one }).collect()
}

/// A heading without `Q:`, `Q1.` or `问：` before it.
fn without_label(title: &str) -> String {
    let text = title.trim();
    for label in ["Q", "q", "问", "問", "質問", "질문"] {
        let Some(rest) = text.strip_prefix(label) else {
            continue;
        };
        let rest = rest.trim_start_matches(|one: char| one.is_ascii_digit());
        if let Some(words) = rest.strip_prefix([':', '：', '.', '、'])
            && !words.trim().is_empty()
        {
            return words.trim().to_owned();
        }
    }
    text.to_owned()
}

/// Tells whether a heading asks something, in one of the four languages.
pub fn is_question(title: &str) -> bool {
    const ENGLISH: &str = " how what why when where who whom whose which can could do does did is are am was were should would will may must has have ";
    const CHINESE: [&str; 16] = [
        "吗",
        "嗎",
        "如何",
        "怎么",
        "怎麼",
        "怎样",
        "怎樣",
        "为什么",
        "為什麼",
        "什么是",
        "多久",
        "多少",
        "能否",
        "是否",
        "可否",
        "哪里",
    ];
    let text = title.trim();
    if text.ends_with(['?', '？']) {
        return true;
    }
    let first = text
        .split(|one: char| !one.is_ascii_alphabetic())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let words = text.split_whitespace().count();
    let english = words >= 4 && !first.is_empty() && ENGLISH.contains(&format!(" {first} "));
    let japanese = ["ですか", "ますか", "でしょうか", "ませんか", "のか"]
        .iter()
        .any(|end| text.ends_with(end));
    let korean = [
        "나요",
        "까요",
        "가요",
        "인가",
        "을까",
        "습니까",
        "ㅂ니까",
        "합니까",
    ]
    .iter()
    .any(|end| text.ends_with(end));
    english || japanese || korean || CHINESE.iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_known_in_four_languages() {
        for (title, expected) in [
            ("How do I pay?", true),
            ("Why was my card refused", true),
            ("怎么付款", true),
            ("支払いはできますか", true),
            ("결제는 어떻게 하나요", true),
            ("Do not disturb", false),
            ("Payment", false),
            ("付款", false),
        ] {
            assert_eq!(is_question(title), expected, "{title}");
        }
    }

    #[test]
    fn a_page_of_questions_becomes_pages() {
        let page = Page {
            key: "faq".to_owned(),
            title: "FAQ".to_owned(),
            body: "Short.\n\n## Q: Is it free?\n\nYes.\n\n```\n# no heading\n```\n\n## Why? {#why}\n\nSo.\n\n### More\n\nMore.\n".to_owned(),
            addresses: vec!["faq".to_owned()],
            ..Page::default()
        };
        assert_eq!(count_of_parts(&page), 2);
        let made = split(page, true);
        let keys: Vec<&str> = made.iter().map(|page| page.key.as_str()).collect();
        assert_eq!(keys, ["faq#1", "faq#why"]);
        assert_eq!(made[0].title, "Is it free?");
        assert!(made[0].body.contains("# no heading"));
        assert!(made[1].body.ends_with("### More\n\nMore."));
        assert_eq!(made[1].addresses, ["faq#why"]);
    }
}
