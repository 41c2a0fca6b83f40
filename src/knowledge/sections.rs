//! A body cut at its headings, and each section into blocks: what is shown whole or not at all.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::anchors::Anchors;
use super::markdown::to_plain_text;
use super::standard::{Standard, parser, standard};

/// A heading with what stands under it, up to the next heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Nothing for what stands before the first heading.
    pub heading: Option<Heading>,
    /// What stands under it, in order.
    pub blocks: Vec<Block>,
}

/// A heading of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its words.
    pub text: String,
    /// Its name in links, after `#`.
    pub anchor: String,
    /// From 1, the greatest.
    pub level: u8,
}

/// A paragraph, a list, a row of a table: what is never cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// In Markdown.
    pub markdown: String,
    /// Its words.
    pub text: String,
    /// For a row of a table, the head it needs, in Markdown.
    pub head: Option<String>,
    /// Blocks with the same number stand in one list or table, or are sentences of one paragraph.
    pub group: usize,
    /// What goes between this block and the one before it, where both stand in one group.
    pub joint: &'static str,
    /// Lines of the body it stands on, counted from 0.
    pub lines: Range<usize>,
}

impl Block {
    /// Tells whether it only leads to what follows, such as "Do this:".
    pub fn leads_on(&self) -> bool {
        self.text.trim_end().ends_with([':', '：'])
    }
}

/// Width from which a list of points is shown point by point, and a paragraph sentence by sentence; a Chinese, Japanese
/// or Korean character counts twice.
const WIDE: usize = 600;

/// Width of a text: letters of wide scripts count twice.
pub fn width_of(text: &str) -> usize {
    text.chars()
        .map(|character| 1 + usize::from(character >= '\u{1100}'))
        .sum()
}

/// Cuts a body at its headings. What stands before the first is a section without one; a section without words is none.
pub fn sections(markdown: &str) -> Vec<Section> {
    let standard = standard(markdown);
    let mut cutter = Cutter {
        standard: &standard,
        anchors: Anchors::default(),
        sections: vec![Section {
            heading: None,
            blocks: Vec::new(),
        }],
        groups: 0,
    };
    let mut open: Vec<Piece<'_>> = Vec::new();
    let mut depth = 0;
    for (event, range) in parser(&standard.text).into_offset_iter() {
        match &event {
            Event::Start(_) => {
                if depth == 0 {
                    open.clear();
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
        open.push((event, range));
        if depth == 0 {
            cutter.take(&std::mem::take(&mut open));
        }
    }
    let has_words = |section: &Section| section.heading.is_some() || !section.blocks.is_empty();
    cutter.sections.retain(has_words);
    cutter.sections
}

type Piece<'a> = (Event<'a>, Range<usize>);

struct Cutter<'a> {
    standard: &'a Standard<'a>,
    anchors: Anchors,
    sections: Vec<Section>,
    groups: usize,
}

impl Cutter<'_> {
    /// Takes one block that stands in no other.
    fn take(&mut self, pieces: &[Piece<'_>]) {
        let Some((first, whole)) = pieces.first() else {
            return;
        };
        match first {
            Event::Start(Tag::Heading { level, id, .. }) => {
                let text = words(pieces);
                let anchor = self.anchors.name(id.as_deref(), &text);
                let level = *level as u8;
                self.sections.push(Section {
                    heading: Some(Heading {
                        text,
                        anchor,
                        level,
                    }),
                    blocks: Vec::new(),
                });
            }
            Event::Start(Tag::Table(_)) => self.rows(pieces, whole),
            // Steps are of no use without the others.
            Event::Start(Tag::List(None)) if self.is_wide(whole) => self.points(pieces),
            Event::Start(Tag::Paragraph) if self.is_wide(whole) => self.sentences(pieces, whole),
            Event::Rule | Event::Start(Tag::FootnoteDefinition(_)) => {}
            _ => {
                self.groups += 1;
                self.push(whole.clone(), None, "");
            }
        }
    }

    fn is_wide(&self, range: &Range<usize>) -> bool {
        width_of(&self.standard.text[range.clone()]) > WIDE
    }

    fn push(&mut self, range: Range<usize>, head: Option<&str>, joint: &'static str) {
        let markdown = self.standard.text[range.clone()].trim_end();
        let markdown = match head {
            Some(_) => markdown.trim(),
            None => markdown,
        };
        let text = match head {
            Some(head) => row_text(head, markdown),
            None => to_plain_text(markdown),
        };
        if text.trim().is_empty() {
            return;
        }
        let last = range.end.saturating_sub(1).max(range.start);
        let lines = self.standard.line_of(range.start)..self.standard.line_of(last) + 1;
        let block = Block {
            markdown: markdown.to_owned(),
            text,
            head: head.map(str::to_owned),
            group: self.groups,
            joint,
            lines,
        };
        let section = self.sections.last_mut().expect("there is always one");
        section.blocks.push(block);
    }

    fn rows(&mut self, pieces: &[Piece<'_>], whole: &Range<usize>) {
        self.groups += 1;
        let rows: Vec<Range<usize>> = pieces
            .iter()
            .filter(|(event, _)| matches!(event, Event::Start(Tag::TableRow)))
            .map(|(_, range)| range.clone())
            .collect();
        let Some(first) = rows.first() else {
            self.push(whole.clone(), None, "");
            return;
        };
        let head = self.standard.text[whole.start..first.start]
            .trim_end()
            .to_owned();
        for row in rows {
            self.push(row, Some(&head), "\n");
        }
    }

    fn points(&mut self, pieces: &[Piece<'_>]) {
        self.groups += 1;
        let mut depth = 0;
        for (event, range) in pieces {
            match event {
                Event::Start(Tag::Item) => {
                    if depth == 0 {
                        self.push(range.clone(), None, "\n");
                    }
                    depth += 1;
                }
                Event::End(TagEnd::Item) => depth -= 1,
                _ => {}
            }
        }
    }

    /// Cuts a long paragraph where sentences end outside of links and emphasis.
    fn sentences(&mut self, pieces: &[Piece<'_>], whole: &Range<usize>) {
        self.groups += 1;
        let mut start = whole.start;
        let mut depth = 0;
        for (event, range) in pieces {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(_) if depth == 1 => {
                    for end in sentence_ends(&self.standard.text, range) {
                        self.push(start..end, None, "");
                        start = end;
                    }
                }
                _ => {}
            }
        }
        self.push(start..whole.end, None, "");
    }
}

/// Places in a text, within a range, directly after which a sentence begins.
fn sentence_ends(text: &str, range: &Range<usize>) -> Vec<usize> {
    let mut ends = Vec::new();
    for (offset, character) in text[range.clone()].char_indices() {
        let end = range.start + offset + character.len_utf8();
        let next = text[end..].chars().next();
        let is_end = match character {
            '。' | '！' | '？' => !next.is_some_and(|next| "」』）)”".contains(next)),
            '.' | '!' | '?' => next.is_some_and(char::is_whitespace),
            _ => false,
        };
        if is_end && next.is_some() {
            ends.push(end);
        }
    }
    ends
}

fn words(pieces: &[Piece<'_>]) -> String {
    let mut text = String::new();
    for (event, _) in pieces {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// The words of a row, each with the head of its column, so that a row says by itself what it is about.
fn row_text(head: &str, row: &str) -> String {
    let heads = head.lines().next().map(cells).unwrap_or_default();
    let parts: Vec<String> = cells(row)
        .into_iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(place, cell)| match heads.get(place) {
            Some(head) if !head.is_empty() && *head != cell => format!("{head}: {cell}"),
            _ => cell,
        })
        .collect();
    parts.join(" · ")
}

/// Cells of a row in plain words.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_start_matches('|');
    let mut found = Vec::new();
    let mut cell = String::new();
    let mut characters = row.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                cell.push(character);
                cell.extend(characters.next());
            }
            '|' => found.push(to_plain_text(&std::mem::take(&mut cell))),
            other => cell.push(other),
        }
    }
    if !cell.trim().is_empty() {
        found.push(to_plain_text(&cell));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(markdown: &str) -> Vec<String> {
        let blocks = |section: &Section| -> Vec<String> {
            section
                .blocks
                .iter()
                .map(|block| block.text.clone())
                .collect()
        };
        sections(markdown)
            .iter()
            .map(|section| {
                let heading = section.heading.as_ref();
                let name = heading.map_or("-", |heading| heading.anchor.as_str());
                format!("{name}: {}", blocks(section).join(" / "))
            })
            .collect()
    }

    #[test]
    fn a_body_is_cut_at_its_headings_and_nothing_that_belongs_together_is_cut() {
        let check = |markdown: &str, expected: &[&str]| {
            assert_eq!(outline(markdown), expected, "{markdown}");
        };
        check("Just words.", &["-: Just words."]);
        check("没有标题。", &["-: 没有标题。"]);
        check(
            "Before.\n\n## One\n\nDo:\n\n1. Open\n2. Close\n\n### 二 {#two}\n\nText.",
            &["-: Before.", "one: Do: / 1. Open\n2. Close", "two: Text."],
        );
        check(
            "## Fees\n\n| Coin | Fee |\n|---|---|\n| BTC | 1 |\n| **ETH** | 2 |\n",
            &["fees: Coin: BTC · Fee: 1 / Coin: ETH · Fee: 2"],
        );
        check("## Empty\n\n## Full\n\nx", &["empty: ", "full: x"]);
        check(":::tip\nPack.\n:::\nGo.", &["-: Pack. / Go."]);
        let point = format!("- {}\n", "word ".repeat(60));
        let many = point.repeat(3);
        assert_eq!(sections(&many)[0].blocks.len(), 3);
        let steps = many.replace("- ", "1. ");
        assert_eq!(sections(&steps)[0].blocks.len(), 1);
        let sentence = format!("{}end. ", "word ".repeat(40));
        let paragraph = format!("{}[a. b](x) last.", sentence.repeat(4));
        assert_eq!(sections(&paragraph)[0].blocks.len(), 5);
    }

    #[test]
    fn blocks_know_their_lines() {
        let body = "One.\n\n:::tip Keep\nTwo.\n:::\n\nThree.\n";
        let sections = sections(body);
        let lines: Vec<_> = sections[0]
            .blocks
            .iter()
            .map(|block| block.lines.clone())
            .collect();
        assert_eq!(lines, [0..1, 2..4, 6..7]);
    }
}
