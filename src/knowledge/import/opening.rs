//! How a text opens: its title, and the first words that say something.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::knowledge::{Translation, to_plain_text};
use crate::language::Language;

/// Longest short answer taken from a text, in characters; what fits a chat bubble.
const LONGEST_SUMMARY: usize = 320;

/// Tells whether a short answer answers nothing: it is empty, only leads to what follows, repeats the title or speaks of
/// the page it stands on.
pub fn says_nothing(summary: &str, title: &str) -> bool {
    let translation = Translation {
        title: title.to_owned(),
        summary: summary.to_owned(),
        ..Translation::blank(Language::English)
    };
    !translation.summary_says_something()
}

/// Takes the title off the front of a text, if it opens with one.
pub fn without_title(body: &str) -> (Option<String>, String) {
    let text = body.trim_start();
    let line = text.lines().next().unwrap_or_default();
    let rest = &text[line.len()..];
    if let Some(title) = line.strip_prefix("# ") {
        let title = title.split(" {#").next().unwrap_or(title);
        let title = title.trim().trim_end_matches('#');
        return (Some(to_plain_text(title)), rest.trim_start().to_owned());
    }
    let next = rest
        .trim_start_matches('\n')
        .lines()
        .next()
        .unwrap_or_default();
    let is_rule = next.len() >= 3 && next.trim_end().chars().all(|one| one == '=');
    if is_rule && !line.is_empty() && rest.starts_with('\n') && !rest.starts_with("\n\n") {
        let body = rest[1 + next.len()..].trim_start().to_owned();
        return (Some(to_plain_text(line)), body);
    }
    (None, body.to_owned())
}

/// Returns the first words of a text that answer something, whole sentences or whole items; empty where there are none.
pub fn summary_of(body: &str, title: &str) -> String {
    let mut leads_to_list = false;
    for (kind, block) in top_blocks(body) {
        let text = block.trim();
        match kind {
            Kind::List if leads_to_list && !is_contents(text, body, title) => {
                return whole_lines(text);
            }
            Kind::Paragraph if text.ends_with([':', '：']) => leads_to_list = true,
            Kind::Paragraph if is_a_sentence(text) && !says_nothing(text, title) => {
                return whole_sentences(text);
            }
            Kind::Paragraph => {}
            Kind::List | Kind::Other => leads_to_list = false,
        }
    }
    // Nothing but lists, boxes or tables: the first of them that has words.
    top_blocks(body)
        .into_iter()
        .map(|(_, text)| whole_lines(text.trim()))
        .find(|text| !is_contents(text, body, title) && text.chars().count() > 8)
        .unwrap_or_default()
}

/// Tells whether a text says nothing on a page, or only names the sections that follow.
fn is_contents(text: &str, body: &str, title: &str) -> bool {
    let translation = Translation {
        title: title.to_owned(),
        summary: text.to_owned(),
        body: body.to_owned(),
        ..Translation::blank(Language::English)
    };
    !translation.summary_says_something()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paragraph,
    List,
    Other,
}

/// The outermost blocks that are no headings, as plain text.
fn top_blocks(body: &str) -> Vec<(Kind, String)> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    let mut blocks = Vec::new();
    let mut depth = 0usize;
    let mut begun = None;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    let kind = match tag {
                        Tag::Paragraph => Some(Kind::Paragraph),
                        Tag::List(_) => Some(Kind::List),
                        Tag::BlockQuote(_) | Tag::Table(_) => Some(Kind::Other),
                        _ => None,
                    };
                    begun = kind.map(|kind| (kind, range));
                }
                depth += 1;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                let is_heading = matches!(end, TagEnd::Heading(_));
                if depth == 0
                    && !is_heading
                    && let Some((kind, range)) = begun.take()
                {
                    blocks.push((kind, plain(&body[range])));
                }
            }
            _ => {}
        }
    }
    blocks
}

/// Plain text without what pictures are called and without the mark of a box.
fn plain(markdown: &str) -> String {
    let text = to_plain_text(&without_pictures(markdown));
    let text = text.trim_start();
    match text
        .strip_prefix("[!")
        .and_then(|rest| rest.split_once(']'))
    {
        Some((_, rest)) => rest.trim().to_owned(),
        None => text.to_owned(),
    }
}

fn without_pictures(markdown: &str) -> String {
    let mut made = String::with_capacity(markdown.len());
    let mut at = 0;
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        if matches!(event, Event::Start(Tag::Image { .. })) && range.start >= at {
            made.push_str(&markdown[at..range.start]);
            at = range.end;
        }
    }
    made.push_str(&markdown[at..]);
    made
}

/// Tells whether a paragraph is more than a label: it has a mark of a sentence, or several words.
fn is_a_sentence(text: &str) -> bool {
    let has_mark = text.contains(['.', '!', '?', '。', '！', '？', '，', '、', ',']);
    let words = text.split_whitespace().count();
    let characters = text.chars().count();
    let is_wide = text.chars().any(|one| one as u32 >= 0x2e80);
    characters >= 4 && (has_mark || words >= 5 || (is_wide && characters >= 10))
}

/// As many whole sentences as fit.
fn whole_sentences(text: &str) -> String {
    let text = text.replace('\n', " ");
    let mut end = 0;
    let mut characters = text.char_indices().enumerate().peekable();
    while let Some((count, (offset, character))) = characters.next() {
        let next_is_space = characters
            .peek()
            .is_none_or(|(_, (_, next))| next.is_whitespace());
        let ends = matches!(character, '。' | '！' | '？')
            || (matches!(character, '.' | '!' | '?') && next_is_space);
        if count >= LONGEST_SUMMARY {
            break;
        }
        if ends || characters.peek().is_none() {
            end = offset + character.len_utf8();
        }
    }
    match end {
        0 => cut(&text),
        end => text[..end].trim().to_owned(),
    }
}

/// As many whole lines as fit.
fn whole_lines(text: &str) -> String {
    let mut made = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if made.chars().count() + line.chars().count() > LONGEST_SUMMARY {
            break;
        }
        if !made.is_empty() {
            made.push('\n');
        }
        made.push_str(line);
    }
    match made.is_empty() {
        true => cut(text),
        false => made,
    }
}

/// The front of a text that has no better place to cut.
fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST_SUMMARY {
        return text.trim().to_owned();
    }
    let front: String = text.chars().take(LONGEST_SUMMARY).collect();
    let end = front.rfind([' ', '、', '，', ',']).unwrap_or(front.len());
    front[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_known() {
        for (text, nothing) in [
            ("This page lists common questions.", true),
            ("To change it, do this:", true),
            ("本文介绍如何修改密码。", true),
            ("このページでは設定の方法を説明します。", true),
            ("이 페이지에서는 설정 방법을 안내합니다.", true),
            ("Change a plan", true),
            ("", true),
            ("Yes. Open the menu.", false),
            ("Pay at the counter.", false),
        ] {
            assert_eq!(says_nothing(text, "Change a plan"), nothing, "{text}");
        }
    }

    #[test]
    fn summaries_begin_where_something_is_said() {
        let check = |body: &str, expected: &str| {
            assert_eq!(summary_of(body, "Title"), expected, "{body}");
        };
        check(
            "This page lists errors.\n\n## One\n\nRestart the router. Then wait.\n",
            "Restart the router. Then wait.",
        );
        check(
            "Do this:\n\n1. Open it\n2. Close it\n",
            "1. Open it\n2. Close it",
        );
        check(
            "![a picture](b.png)\n\nPull the lever twice.",
            "Pull the lever twice.",
        );
        check(
            "> [!NOTE]\n> Only on weekdays, please.\n",
            "Only on weekdays, please.",
        );
        check("Title\n\n料金は無料です。\n", "料金は無料です。");
        check(
            "It has these parts:\n\n- [Fees](#fees)\n- [Hours](#hours)\n\n## Fees\n\nNothing is charged.\n\n## Hours\n\nNine.\n",
            "Nothing is charged.",
        );
        check("", "");
    }

    #[test]
    fn titles_are_taken_off() {
        let check = |body: &str, title: Option<&str>, rest: &str| {
            let found = without_title(body);
            assert_eq!(
                (found.0.as_deref(), found.1.as_str()),
                (title, rest),
                "{body}"
            );
        };
        check("# A `b` {#c}\n\nText", Some("A b"), "Text");
        check("A b\n===\nText", Some("A b"), "Text");
        check("Text\n\n# Later", None, "Text\n\n# Later");
    }
}
