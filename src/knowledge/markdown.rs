//! Markdown bodies for matching: their words, passages of them, and the links inside.

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::standard::{parser, standard};

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

/// Returns the words without markup, one block a line.
pub fn to_plain_text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut list_numbers: Vec<Option<u64>> = Vec::new();
    for event in parser(&standard(markdown).text) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::End(TagEnd::TableCell) => text.push(' '),
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
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableHead
                | TagEnd::TableRow,
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
    let standard = standard(markdown);
    for (event, range) in parser(&standard.text).into_offset_iter() {
        match event {
            Event::Start(Tag::Link {
                dest_url,
                link_type,
                ..
            }) => {
                let target = match link_type {
                    LinkType::Email => format!("mailto:{dest_url}"),
                    _ => dest_url.to_string(),
                };
                open.push(link(&target, false, standard.line_of(range.start)));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                open.push(link(&dest_url, true, standard.line_of(range.start)));
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

fn link(target: &str, is_image: bool, line: usize) -> Link {
    Link {
        target: target.to_owned(),
        text: String::new(),
        is_image,
        line: line + 1,
    }
}

/// Sentences with their closing marks; a line break ends one too.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
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
    fn plain_text_keeps_numbers_of_steps() {
        assert_eq!(
            to_plain_text("Do:\n\n1. **Open** it\n2. Close it\n"),
            "Do:\n1. Open it\n2. Close it"
        );
        assert_eq!(
            to_plain_text("| Coin | Fee |\n|---|---|\n| BTC | 1 |\n"),
            "Coin Fee \nBTC 1"
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
        let found = links("a\n\n[b](article:c) ![](d.png) <e@example.com>\n");
        assert_eq!(found.len(), 3);
        assert_eq!(found[2].target, "mailto:e@example.com");
        assert_eq!((found[0].target.as_str(), found[0].line), ("article:c", 3));
        assert!(found[1].is_image && found[1].text.is_empty());
    }
}
