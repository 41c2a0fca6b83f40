//! Markdown bodies: safe HTML for people, plain passages for matching, and the links inside.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Longest passage, in characters; about what a sentence encoder reads with profit.
#[derive(Debug, Clone, Copy)]
pub struct PassageLength(pub usize);

impl Default for PassageLength {
    fn default() -> Self {
        Self(300)
    }
}

/// A link or picture in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it points.
    pub target: String,
    /// The text a reader or a screen reader gets.
    pub text: String,
    /// A picture rather than a link.
    pub is_image: bool,
    /// Line of the body, counted from 1.
    pub line: usize,
}

/// Gives safe HTML; `article:slug` links become what `resolve` says, and scripts never pass.
pub fn to_html(markdown: &str, resolve: impl Fn(&str) -> String) -> String {
    let events = Parser::new_ext(markdown, options()).map(|event| match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let dest_url = match dest_url.strip_prefix("article:") {
                Some(slug) => resolve(slug).into(),
                None => dest_url,
            };
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            })
        }
        other => other,
    });
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events);
    ammonia::clean(&html)
}

/// Gives the words without markup, one block a line.
pub fn to_plain_text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut list_numbers: Vec<Option<u64>> = Vec::new();
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak => text.push(' '),
            Event::HardBreak => text.push('\n'),
            Event::Start(Tag::List(first)) => list_numbers.push(first),
            Event::End(TagEnd::List(_)) => {
                list_numbers.pop();
            }
            Event::Start(Tag::Item) => match list_numbers.last_mut() {
                Some(Some(number)) => {
                    text.push_str(&format!("{number}. "));
                    *number += 1;
                }
                _ => text.push_str("- "),
            },
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock,
            ) if !text.ends_with('\n') => text.push('\n'),
            _ => {}
        }
    }
    text.trim_end().to_owned()
}

/// Cuts text into passages of at most `length` characters, at sentence ends where there are any.
pub fn passages(text: &str, length: PassageLength) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut current_chars = 0;
    for sentence in sentences(text) {
        let chars = sentence.chars().count();
        if current_chars > 0 && current_chars + chars > length.0 {
            found.push(std::mem::take(&mut current).trim().to_owned());
            current_chars = 0;
        }
        let mut rest = sentence;
        while rest.chars().count() > length.0 {
            let cut = rest
                .char_indices()
                .nth(length.0)
                .map_or(rest.len(), |(offset, _)| offset);
            found.push(rest[..cut].trim().to_owned());
            rest = &rest[cut..];
        }
        current.push_str(rest);
        current_chars += rest.chars().count();
    }
    found.push(current.trim().to_owned());
    found.retain(|passage| !passage.is_empty());
    found
}

/// Lists links and pictures with their lines.
pub fn links(markdown: &str) -> Vec<Link> {
    let mut found = Vec::new();
    let mut open: Vec<Link> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                open.push(link(markdown, &dest_url, false, range.start));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                open.push(link(markdown, &dest_url, true, range.start));
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(link) = open.last_mut() {
                    link.text.push_str(&words);
                }
            }
            Event::End(TagEnd::Link | TagEnd::Image) => found.extend(open.pop()),
            _ => {}
        }
    }
    found
}

fn link(markdown: &str, target: &str, is_image: bool, offset: usize) -> Link {
    Link {
        target: target.to_owned(),
        text: String::new(),
        is_image,
        line: markdown[..offset].matches('\n').count() + 1,
    }
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// Sentences with their closing marks; a line break ends one too.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len();
        let mut characters = rest.char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            let next_is_space = characters
                .peek()
                .is_none_or(|(_, next)| next.is_whitespace());
            let ends = matches!(character, '。' | '！' | '？' | '\n')
                || (matches!(character, '.' | '!' | '?') && next_is_space);
            if ends {
                end = offset + character.len_utf8();
                break;
            }
        }
        let (sentence, remaining) = rest.split_at(end);
        rest = remaining;
        Some(sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_never_reach_a_reader() {
        let html = to_html(
            "[x](javascript:alert(1)) <script>alert(1)</script> [y](article:fees)",
            |slug| format!("/help/{slug}"),
        );
        assert!(!html.contains("script"), "{html}");
        assert!(html.contains("/help/fees"), "{html}");
    }

    #[test]
    fn plain_text_keeps_numbers_of_steps() {
        assert_eq!(
            to_plain_text("Do:\n\n1. **Open** it\n2. Close it\n"),
            "Do:\n1. Open it\n2. Close it"
        );
    }

    #[test]
    fn passages_lose_no_character_that_is_not_space() {
        let text = "一。二三四！five six. seven\n八九十十一十二十三十四";
        for length in [2, 5, 9, 40] {
            let joined: String = passages(text, PassageLength(length)).concat();
            let squeeze =
                |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
            assert_eq!(squeeze(&joined), squeeze(text), "length {length}");
            for passage in passages(text, PassageLength(length)) {
                assert!(passage.chars().count() <= length, "{passage}");
            }
        }
    }

    #[test]
    fn links_and_pictures_are_listed_with_lines() {
        let found = links("a\n\n[b](article:c) ![](d.png)\n");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].target.as_str(), found[0].line), ("article:c", 3));
        assert!(found[1].is_image && found[1].text.is_empty());
    }
}
