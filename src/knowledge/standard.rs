//! Brings a body to the one Markdown that is read here: boxes of site generators become quotes with a kind, and bold
//! text beside Chinese, Japanese and Korean marks becomes bold.

use std::borrow::Cow;

use pulldown_cmark::{Options, Parser};

/// A body as it is read.
pub(super) struct Standard<'a> {
    /// The Markdown.
    pub(super) text: Cow<'a, str>,
    /// Where line breaks stand that the body has not, in bytes.
    inserted: Vec<usize>,
}

impl Standard<'_> {
    /// Gives the line of the body, counted from 0, that holds a place of [`text`](Self::text).
    pub(super) fn line_of(&self, place: usize) -> usize {
        // A place may lie within a character: the last byte of a range does.
        let before = &self.text.as_bytes()[..place];
        let breaks = before.iter().filter(|byte| **byte == b'\n').count();
        let ours = self.inserted.partition_point(|inserted| *inserted < place);
        breaks - ours
    }
}

/// Reads Markdown that [`standard`] gave.
pub(super) fn parser(standard: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES;
    Parser::new_ext(standard, options)
}

/// Brings a body to the Markdown that is read here.
pub(super) fn standard(markdown: &str) -> Standard<'_> {
    let mut writer = Writer::default();
    for line in markdown.split_inclusive('\n') {
        writer.push(line);
    }
    writer.end();
    let text = match writer.text == markdown {
        true => Cow::Borrowed(markdown),
        false => Cow::Owned(writer.text),
    };
    Standard {
        text,
        inserted: writer.inserted,
    }
}

/// What an opened box is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A quote with a kind.
    Quote,
    /// Folded until it is pressed.
    Details,
    /// Nothing: what stands inside is shown as it is, such as tabs.
    Bare,
}

struct OpenBox {
    shape: Shape,
    /// Spaces before its first mark.
    indent: usize,
}

/// A fence of code: its mark, and how many of them.
type Fence = (char, usize);

#[derive(Default)]
struct Writer {
    text: String,
    inserted: Vec<usize>,
    boxes: Vec<OpenBox>,
    fence: Option<Fence>,
}

impl Writer {
    fn push(&mut self, line: &str) {
        let content = line.trim_end_matches(['\n', '\r']);
        let ending = &line[content.len()..];
        let trimmed = content.trim_start();
        let indent = content.len() - trimmed.len();
        if let Some(fence) = fence_of(trimmed) {
            self.fence = match self.fence {
                None => Some(fence),
                Some((mark, length)) if mark == fence.0 && fence.1 >= length => None,
                open => open,
            };
        } else if self.fence.is_none() {
            match box_mark(trimmed) {
                Some(BoxMark::Opens { shape, kind, title }) => {
                    self.open(indent, shape, kind, title, ending);
                    return;
                }
                Some(BoxMark::Closes) if !self.boxes.is_empty() => {
                    self.close(ending);
                    return;
                }
                _ => {
                    self.quote();
                    let rest = self.within(content);
                    self.text.push_str(&bold_beside_marks(rest));
                    self.text.push_str(ending);
                    return;
                }
            }
        }
        self.quote();
        let rest = self.within(content);
        self.text.push_str(rest);
        self.text.push_str(ending);
    }

    /// Marks a line as one of the boxes it stands in.
    fn quote(&mut self) {
        let Some(first) = self.boxes.first() else {
            return;
        };
        self.text.push_str(&" ".repeat(first.indent));
        for open in &self.boxes {
            if open.shape == Shape::Quote {
                self.text.push_str("> ");
            }
        }
    }

    /// A line without the spaces that stand before its box.
    fn within<'a>(&self, content: &'a str) -> &'a str {
        let indent = self.boxes.first().map_or(0, |first| first.indent);
        let spaces = content
            .bytes()
            .take(indent)
            .take_while(|byte| *byte == b' ')
            .count();
        &content[spaces..]
    }

    fn open(&mut self, indent: usize, shape: Shape, kind: &str, title: &str, ending: &str) {
        let title = title.trim();
        if shape == Shape::Quote {
            self.boxes.push(OpenBox { shape, indent });
            self.quote();
            self.text.push_str(&format!("[!{kind}]"));
            if !title.is_empty() {
                self.break_line();
                self.quote();
                self.text.push_str(&format!("**{title}**"));
                self.break_line();
                self.quote();
            }
        } else {
            self.quote();
            if self.boxes.is_empty() {
                self.text.push_str(&" ".repeat(indent));
            }
            self.boxes.push(OpenBox { shape, indent });
            if shape == Shape::Details {
                let title = if title.is_empty() { "…" } else { title };
                self.text
                    .push_str(&format!("<details><summary>{title}</summary>"));
                self.break_line();
            }
        }
        self.text.push_str(ending);
    }

    fn close(&mut self, ending: &str) {
        let closed = self.boxes.pop();
        self.quote();
        if closed.is_some_and(|closed| closed.shape == Shape::Details) {
            self.text.push_str("</details>");
            self.break_line();
        }
        self.text.push_str(ending);
    }

    fn break_line(&mut self) {
        self.inserted.push(self.text.len());
        self.text.push('\n');
    }

    fn end(&mut self) {
        while let Some(open) = self.boxes.pop() {
            if open.shape == Shape::Details {
                self.break_line();
                self.text.push_str("</details>");
            }
        }
    }
}

fn fence_of(trimmed: &str) -> Option<Fence> {
    let mark = trimmed
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let length = trimmed.chars().take_while(|other| *other == mark).count();
    // "```code``` in a sentence" opens nothing.
    let is_fence = length >= 3 && !(mark == '`' && trimmed[length..].contains('`'));
    is_fence.then_some((mark, length))
}

enum BoxMark<'a> {
    Opens {
        shape: Shape,
        kind: &'static str,
        title: &'a str,
    },
    Closes,
}

/// Reads `:::tip Title`, `:::note[Title]`, `::: details Title` and the closing `:::`.
fn box_mark(trimmed: &str) -> Option<BoxMark<'_>> {
    let rest = trimmed.trim_start_matches(':');
    if trimmed.len() - rest.len() < 3 {
        return None;
    }
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(BoxMark::Closes);
    }
    let end = rest
        .find(|character: char| !(character.is_ascii_alphanumeric() || character == '-'))
        .unwrap_or(rest.len());
    let (name, title) = rest.split_at(end);
    if name.is_empty() {
        return None;
    }
    let title = title.trim();
    let title = title
        .strip_prefix('[')
        .and_then(|title| title.split_once(']'))
        .map_or(title, |(title, _)| title);
    // Attributes are for the generator.
    let title = title.split('{').next().unwrap_or_default();
    let kind = match name.to_ascii_lowercase().as_str() {
        "tip" | "success" | "hint" => "TIP",
        "note" | "info" | "abstract" | "seealso" => "NOTE",
        "important" => "IMPORTANT",
        "warning" | "attention" => "WARNING",
        "caution" | "danger" | "error" => "CAUTION",
        "details" | "collapse" => "",
        _ => {
            return Some(BoxMark::Opens {
                shape: Shape::Bare,
                kind: "",
                title: "",
            });
        }
    };
    let shape = if kind.is_empty() {
        Shape::Details
    } else {
        Shape::Quote
    };
    Some(BoxMark::Opens { shape, kind, title })
}

/// Makes `**` bold where CommonMark sees none: `**「手数料」**は`, since a mark stands inside and a letter outside.
///
/// CommonMark decides by the characters on both sides, as suits scripts with spaces between words.
fn bold_beside_marks(line: &str) -> Cow<'_, str> {
    if line.is_ascii() || !line.contains("**") {
        return Cow::Borrowed(line);
    }
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut open: Option<usize> = None;
    for place in double_stars(line) {
        let (before, after) = around(line, place);
        let may_open = after.is_some_and(|next| !next.is_whitespace());
        let may_close = before.is_some_and(|last| !last.is_whitespace());
        match open {
            Some(begin) if may_close => {
                pairs.push((begin, place));
                open = None;
            }
            None if may_open => open = Some(place),
            _ => {}
        }
    }
    let mut edits: Vec<(usize, &str)> = Vec::new();
    for (begin, end) in pairs {
        if !opens_by_the_rule(line, begin) || !closes_by_the_rule(line, end) {
            edits.push((begin, "<strong>"));
            edits.push((end, "</strong>"));
        }
    }
    if edits.is_empty() {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len() + edits.len() * 8);
    let mut done = 0;
    for (place, tag) in edits {
        text.push_str(&line[done..place]);
        text.push_str(tag);
        done = place + 2;
    }
    text.push_str(&line[done..]);
    Cow::Owned(text)
}

fn around(line: &str, stars: usize) -> (Option<char>, Option<char>) {
    let before = line[..stars].chars().next_back();
    (before, line[stars + 2..].chars().next())
}

fn is_mark(character: char) -> bool {
    !character.is_alphanumeric() && !character.is_whitespace()
}

/// A neighbour beside which a run may begin or end whatever stands inside.
fn is_free(character: Option<char>) -> bool {
    character.is_none_or(|character| character.is_whitespace() || is_mark(character))
}

fn opens_by_the_rule(line: &str, stars: usize) -> bool {
    let (before, after) = around(line, stars);
    !after.is_some_and(is_mark) || is_free(before)
}

fn closes_by_the_rule(line: &str, stars: usize) -> bool {
    let (before, after) = around(line, stars);
    !before.is_some_and(is_mark) || is_free(after)
}

/// Runs of exactly two stars outside of code, not escaped.
fn double_stars(line: &str) -> Vec<usize> {
    let bytes = line.as_bytes();
    let run = |from: usize, mark: u8| {
        bytes[from..]
            .iter()
            .take_while(|byte| **byte == mark)
            .count()
    };
    let mut found = Vec::new();
    let mut place = 0;
    while place < bytes.len() {
        match bytes[place] {
            b'\\' => place += 2,
            b'`' => {
                let length = run(place, b'`');
                place = end_of_code(line, place + length, length).unwrap_or(place + length);
            }
            b'*' => {
                let length = run(place, b'*');
                if length == 2 {
                    found.push(place);
                }
                place += length;
            }
            _ => place += 1,
        }
    }
    found
}

/// The end of a code span whose text begins at a place, where it ends on this line.
fn end_of_code(line: &str, from: usize, ticks: usize) -> Option<usize> {
    let mut place = from;
    while let Some(found) = line[place..].find('`') {
        let begin = place + found;
        let length = line[begin..]
            .bytes()
            .take_while(|byte| *byte == b'`')
            .count();
        if length == ticks {
            return Some(begin + length);
        }
        place = begin + length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_become_quotes_and_bold_beside_marks_becomes_bold() {
        let check = |markdown: &str, expected: &str| {
            assert_eq!(standard(markdown).text, expected, "{markdown}");
        };
        check("plain **bold** text\n", "plain **bold** text\n");
        check(
            "a\n:::tip Before you go\nPack a bag.\n:::\nb\n",
            "a\n> [!TIP]\n> **Before you go**\n> \n> Pack a bag.\n\nb\n",
        );
        check("::: warning\nHot.\n:::\n", "> [!WARNING]\n> Hot.\n\n");
        check(
            ":::note[Keys]\nHere.\n:::\n",
            "> [!NOTE]\n> **Keys**\n> \n> Here.\n\n",
        );
        check(
            "1. One\n   :::danger\n   Stop.\n   :::\n",
            "1. One\n   > [!CAUTION]\n   > Stop.\n\n",
        );
        check(
            ":::details More\nHidden.\n:::\n",
            "<details><summary>More</summary>\n\nHidden.\n</details>\n\n",
        );
        check(":::code-group\nText.\n:::\n", "\nText.\n\n");
        check(
            "```\n:::tip\n**「x」**は\n```\n",
            "```\n:::tip\n**「x」**は\n```\n",
        );
        check("no box :::\n:::\n", "no box :::\n:::\n");
        check("**「料金」**は", "<strong>「料金」</strong>は");
        check(
            "先に**保存（推奨）**してください",
            "先に<strong>保存（推奨）</strong>してください",
        );
        check("请**先保存**再继续", "请**先保存**再继续");
        check("**저장(권장)**하세요", "<strong>저장(권장)</strong>하세요");
        check("`**「x」**は` **y**", "`**「x」**は` **y**");
        check("\\**「x」**は", "\\**「x」**は");
    }

    #[test]
    fn a_place_is_on_the_line_of_the_body_that_made_it() {
        let body = "a\n:::tip Title\nb\n:::\nc\n";
        let read = standard(body);
        for (word, line) in [("a", 0), ("Title", 1), ("b", 2), ("c", 4)] {
            let place = read.text.find(word).unwrap();
            assert_eq!(read.line_of(place), line, "{word}");
        }
    }
}
