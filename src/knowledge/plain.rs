//! Markdown as people read it where nothing but text is shown: mails, chat channels, terminals.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::standard::{parser, standard};

/// Gives a body or a passage as plain text: lists with their numbers, rows with their heads, links with their addresses.
/// `link` gives the whole address of what a link names, and nothing where words alone are better.
pub fn plain_form(markdown: &str, link: impl Fn(&str) -> Option<String>) -> String {
    let standard = standard(markdown);
    let mut writer = Writer::default();
    for event in parser(&standard.text) {
        writer.take(event, &link);
    }
    let lines: Vec<&str> = writer.text.lines().map(str::trim_end).collect();
    let mut text = lines.join("\n");
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text.trim().to_owned()
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Numbers of the lists that are open; nothing for points.
    lists: Vec<Option<u64>>,
    heads: Vec<String>,
    row: Vec<String>,
    cell: Option<String>,
    links: Vec<String>,
}

impl Writer {
    fn take(&mut self, event: Event<'_>, link: &impl Fn(&str) -> Option<String>) {
        match event {
            Event::Text(words) | Event::Code(words) => self.say(&words),
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.say("\n"),
            Event::FootnoteReference(name) => self.say(&format!("[{name}]")),
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag, link),
            _ => {}
        }
    }

    fn say(&mut self, words: &str) {
        match &mut self.cell {
            Some(cell) => cell.push_str(words),
            None => self.text.push_str(words),
        }
    }

    fn open(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(first) => {
                if !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push('\n');
                }
                self.lists.push(first);
            }
            Tag::Item => {
                let depth = self.lists.len().saturating_sub(1);
                self.text.push_str(&"  ".repeat(depth));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.text.push_str(&format!("{number}. "));
                        *number += 1;
                    }
                    _ => self.text.push_str("• "),
                }
            }
            Tag::TableCell => self.cell = Some(String::new()),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push(dest_url.to_string());
            }
            Tag::FootnoteDefinition(name) => self.text.push_str(&format!("[{name}] ")),
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd, link: &impl Fn(&str) -> Option<String>) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock if self.lists.is_empty() => {
                self.text.push_str("\n\n");
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.text.push('\n');
                }
            }
            TagEnd::Item if !self.text.ends_with('\n') => self.text.push('\n'),
            TagEnd::Paragraph if !self.text.ends_with('\n') => self.text.push('\n'),
            TagEnd::TableCell => self.row.extend(self.cell.take()),
            TagEnd::TableHead => self.heads = std::mem::take(&mut self.row),
            TagEnd::TableRow => self.end_row(),
            TagEnd::Table => self.text.push('\n'),
            TagEnd::Link => {
                let target = self.links.pop().and_then(|target| link(&target));
                if let Some(address) = target {
                    self.say(&format!(" ({address})"));
                }
            }
            TagEnd::Image => {
                self.links.pop();
            }
            _ => {}
        }
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let parts: Vec<String> = row
            .into_iter()
            .zip(self.heads.iter())
            .filter(|(cell, _)| !cell.is_empty())
            .map(|(cell, head)| match head.is_empty() {
                true => cell,
                false => format!("{head}: {cell}"),
            })
            .collect();
        self.text.push_str(&format!("• {}\n", parts.join(" · ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_reads_well_without_markup() {
        let check = |markdown: &str, expected: &str| {
            let link = |target: &str| {
                let slug = target.strip_prefix("article:")?;
                Some(format!("https://shop.example/help/{slug}"))
            };
            assert_eq!(plain_form(markdown, link), expected, "{markdown}");
        };
        check("**One** _two_.\n\nThree.", "One two.\n\nThree.");
        check(
            "Do:\n\n1. Open\n2. Close\n   - gently",
            "Do:\n\n1. Open\n2. Close\n  • gently",
        );
        check(
            "[Pay](article:pay) now",
            "Pay (https://shop.example/help/pay) now",
        );
        check("[up](#top)", "up");
        check(
            "| Coin | Fee |\n|---|---|\n| BTC | 1 |\n| ETH | |\n",
            "• Coin: BTC · Fee: 1\n• Coin: ETH",
        );
        check("![A cup](cup.png)", "A cup");
        check("> [!TIP]\n> Wait.", "Wait.");
        check("**「料金」**は無料です", "「料金」は無料です");
    }
}
