//! Links, embeds, boxes and comments as programs that keep notes write them (Obsidian, Logseq, Foam), as Markdown.

use super::fence::outside_fences;
use super::loss::LossKind;
use super::origin::Origin;
use super::page::Notes;
use super::pictures::{is_picture, is_servable};
use crate::knowledge::anchors::anchor_of;

/// Rewrites `[[Note#Heading|words]]`, `![[picture.png|300]]`, `> [!tip]- Title`, `%% comment %%`, `==marked==` and `^block`
/// outside of code. A text without such a link is no page of such a program, and keeps all but its boxes.
pub fn as_markdown(text: &str, origin: &Origin, notes: &mut Notes) -> String {
    let mut is_note = false;
    outside_spans(text, "[[", "]]", |inner| {
        is_note |= WikiLink::read(inner).is_some();
        None
    });
    outside_fences(text, |part| {
        let part = match is_note {
            true => links(&without_marks(part), origin, notes),
            false => part.to_owned(),
        };
        part.split_inclusive('\n').map(boxed).collect()
    })
}

/// The kinds of boxes, and what they are called here.
const BOXES: [(&str, &[&str]); 5] = [
    (
        "NOTE",
        &[
            "note", "info", "abstract", "summary", "tldr", "todo", "example", "quote", "cite",
            "question", "help", "faq",
        ],
    ),
    ("TIP", &["tip", "hint", "success", "check", "done"]),
    ("IMPORTANT", &["important"]),
    ("WARNING", &["warning", "attention", "bug"]),
    (
        "CAUTION",
        &["caution", "danger", "error", "failure", "fail", "missing"],
    ),
];

/// The first line of a box, its title on a line of its own.
fn boxed(line: &str) -> String {
    let parts = || {
        let begin = line.find("[!")?;
        let (quote, rest) = (&line[..begin], &line[begin + 2..]);
        let (kind, title) = rest.split_once(']')?;
        let is_quote = quote.contains('>') && quote.chars().all(|one| one == '>' || one == ' ');
        is_quote.then_some((quote, kind, title))
    };
    let Some((quote, kind, title)) = parts() else {
        return line.to_owned();
    };
    let lower = kind.to_ascii_lowercase();
    let known = BOXES
        .iter()
        .find(|(_, names)| names.contains(&lower.as_str()));
    let Some((kind, _)) = known else {
        return line.to_owned();
    };
    let title = title.trim().trim_start_matches(['+', '-']).trim();
    match title.is_empty() {
        true => format!("{quote}[!{kind}]\n"),
        false => format!(
            "{quote}[!{kind}]\n{quote}**{title}**\n{}\n",
            quote.trim_end()
        ),
    }
}

/// A text without comments, marks of highlighting and names of blocks.
fn without_marks(text: &str) -> String {
    let plain = outside_spans(text, "%%", "%%", |_| Some(String::new()));
    let plain = outside_spans(&plain, "==", "==", |marked| {
        let is_marked =
            !marked.starts_with([' ', '=']) && !marked.ends_with(' ') && !marked.contains('\n');
        is_marked.then(|| format!("**{marked}**"))
    });
    let lines = plain.split_inclusive('\n').map(|line| {
        let text = line.trim_end();
        let block = text.rsplit_once(" ^").filter(|(_, name)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|one| one.is_ascii_alphanumeric() || one == '-')
        });
        match block {
            Some((before, _)) => format!("{}{}", before.trim_end(), &line[text.len()..]),
            None => line.to_owned(),
        }
    });
    lines.collect()
}

fn links(text: &str, origin: &Origin, notes: &mut Notes) -> String {
    let text = outside_spans(text, "![[", "]]", |inner| {
        let link = WikiLink::read(inner)?;
        if is_picture(link.page) {
            return Some(format!("![]({})", link.target()));
        }
        if !is_servable(link.page) {
            notes.lost(LossKind::Inclusion, format!("![[{inner}]]"), origin);
        }
        Some(link.as_markdown())
    });
    outside_spans(&text, "[[", "]]", |inner| {
        WikiLink::read(inner).map(|link| link.as_markdown())
    })
}

/// What stands between two pairs of brackets.
struct WikiLink<'a> {
    page: &'a str,
    heading: Option<&'a str>,
    words: Option<&'a str>,
}

impl<'a> WikiLink<'a> {
    fn read(inner: &'a str) -> Option<Self> {
        // Tables of contents, arrays, and conditions of a shell.
        if inner.contains(['\n', '[', ']'])
            || inner.trim() != inner
            || inner.eq_ignore_ascii_case("toc")
        {
            return None;
        }
        let (target, words) = match inner.split_once('|') {
            // Within a table the line between them is escaped.
            Some((target, words)) => (target.trim_end_matches('\\'), Some(words.trim())),
            None => (inner, None),
        };
        let (page, heading) = match target.split_once('#') {
            Some((page, heading)) => (page, heading.rsplit('#').next()),
            None => (target, None),
        };
        let link = Self {
            page: page.trim(),
            // Names of blocks mark no heading.
            heading: heading.map(str::trim).filter(|name| !name.starts_with('^')),
            words: words.filter(|words| !words.is_empty()),
        };
        (!link.page.is_empty() || link.heading.is_some()).then_some(link)
    }

    /// The page from the root of the tree: where it lies there, only its name says.
    fn target(&self) -> String {
        let page = match self.page {
            "" => String::new(),
            page => format!("/{}", page.trim_start_matches('/')),
        };
        let heading = self.heading.map(anchor_of);
        let heading = heading.map_or_else(String::new, |anchor| format!("#{anchor}"));
        format!("{}{heading}", escaped(&page))
    }

    fn as_markdown(&self) -> String {
        let name = self.page.rsplit('/').next().unwrap_or(self.page);
        let words = match (self.words, name, self.heading) {
            (Some(words), _, _) => words.to_owned(),
            (None, "", Some(heading)) => heading.to_owned(),
            (None, name, Some(heading)) => format!("{name} > {heading}"),
            (None, name, None) => name.to_owned(),
        };
        format!("[{words}]({})", self.target())
    }
}

/// A path whose characters mean nothing else in a link or a tag.
fn escaped(path: &str) -> String {
    let characters = path.chars().map(|one| match one {
        ' ' | '%' | '(' | ')' | '<' | '>' | '?' | '"' => format!("%{:02X}", u32::from(one)),
        _ => one.to_string(),
    });
    characters.collect()
}

/// Rewrites what stands between two marks, outside of code; what `change` gives nothing for stays.
fn outside_spans(
    text: &str,
    open: &str,
    close: &str,
    mut change: impl FnMut(&str) -> Option<String>,
) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest
        .find(['`', '\\'])
        .into_iter()
        .chain(rest.find(open))
        .min()
    {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        let changed = rest.strip_prefix(open).and_then(|behind| {
            let end = behind.find(close)?;
            // `[[1]](#source)` is a link that shows its brackets.
            let is_link = close == "]]" && behind[end + close.len()..].starts_with('(');
            let new = change(&behind[..end]).filter(|_| !is_link)?;
            Some((new, open.len() + end + close.len()))
        });
        let kept = match &changed {
            Some((new, length)) => {
                made.push_str(new);
                *length
            }
            None => {
                let length = kept_length(rest, open);
                made.push_str(&rest[..length]);
                length
            }
        };
        rest = &rest[kept..];
    }
    made.push_str(rest);
    made
}

/// Bytes at the front of a text that stay as they are: a span of code, an escaped character, or the mark itself.
fn kept_length(text: &str, open: &str) -> usize {
    let ticks = run_of_ticks(text);
    if ticks > 0 {
        return ticks + end_of_span(&text[ticks..], ticks).unwrap_or(0);
    }
    if let Some(behind) = text.strip_prefix('\\') {
        return 1 + behind.chars().next().map_or(0, char::len_utf8);
    }
    open.len()
}

fn run_of_ticks(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}

/// Where a span of code that so many ticks began ends: behind as many, in the same paragraph.
fn end_of_span(text: &str, ticks: usize) -> Option<usize> {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let mut at = 0;
    while let Some(next) = paragraph[at..].find('`') {
        at += next;
        let run = run_of_ticks(&paragraph[at..]);
        at += run;
        if run == ticks {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        as_markdown(text, &Origin::default(), &mut Notes::default())
    }

    #[test]
    fn links_of_notes_become_links() {
        for (text, expected) in [
            ("See [[Fees]].", "See [Fees](/Fees)."),
            ("[[What (if)?]]", "[What (if)?](/What%20%28if%29%3F)"),
            ("[[Fees|手数料]]", "[手数料](/Fees)"),
            ("[[shop/Fees#Who pays?|who]]", "[who](/shop/Fees#who-pays)"),
            ("[[Fees#Who pays?]]", "[Fees > Who pays?](/Fees#who-pays)"),
            ("[[#배송 기간]]", "[배송 기간](#배송-기간)"),
            ("| [[Fees\\|f]] |", "| [f](/Fees) |"),
            ("![[plan.png|300]]", "![](/plan.png)"),
            ("![[terms.pdf]]", "[terms.pdf](/terms.pdf)"),
            ("![[Fees]]", "[Fees](/Fees)"),
            ("[[Fees#^a1]]", "[Fees](/Fees)"),
            (
                "`[[Fees]]` and ``a ` [[b]]`` and \\[[c]]",
                "`[[Fees]]` and ``a ` [[b]]`` and \\[[c]]",
            ),
            ("a ` b\n\n[[c]] `d`", "a ` b\n\n[c](/c) `d`"),
            ("```\n[[Fees]]\n```\n", "```\n[[Fees]]\n```\n"),
            ("[[toc]] [[ [[", "[[toc]] [[ [["),
            (
                "[[1]](#source) [[1, 2], [3]]",
                "[[1]](#source) [[1, 2], [3]]",
            ),
            ("if [[ -f a ]]", "if [[ -f a ]]"),
        ] {
            assert_eq!(rewritten(text), expected, "{text}");
        }
    }

    #[test]
    fn comments_marks_and_blocks_go_where_notes_are_linked() {
        let text = "[[a]] %%not\nyet%% is ==due==. ^b1\n1 == 2\n";
        assert_eq!(rewritten(text), "[a](/a)  is **due**.\n1 == 2\n");
        for kept in ["[[toc]] 100 %% of %% it ==x== ^b\n", "a[0] ^ b"] {
            assert_eq!(rewritten(kept), kept);
        }
    }

    #[test]
    fn boxes_have_the_kinds_served_here() {
        for (text, expected) in [
            ("> [!tip]\n> a\n", "> [!TIP]\n> a\n"),
            (
                "> [!faq]- 배송은?\n> a\n",
                "> [!NOTE]\n> **배송은?**\n>\n> a\n",
            ),
            ("> > [!bug]+ b\n", "> > [!WARNING]\n> > **b**\n> >\n"),
            ("> [!own] a\n", "> [!own] a\n"),
            ("a [!tip] b\n", "a [!tip] b\n"),
        ] {
            assert_eq!(rewritten(text), expected, "{text}");
        }
    }
}
