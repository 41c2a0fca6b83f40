//! HTML as Markdown: paragraphs, headings, lists, tables, code, boxes.

use std::collections::VecDeque;

use scraper::{ElementRef, Html, Node};

use super::html_inline::{Inline, NodeRef, Place, footnote_name, has_class, words_of};
use super::loss::LossKind;
use super::origin::Origin;
use super::page::Notes;

/// Rewrites a fragment, such as the body of an article.
pub fn fragment_to_markdown(html: &str, origin: &Origin, notes: &mut Notes) -> String {
    let parsed = Html::parse_fragment(html);
    let mut blocks = Blocks::new(origin, notes);
    blocks.of_element(parsed.root_element())
}

/// Rewrites one element of a parsed page.
pub fn element_to_markdown(element: ElementRef<'_>, origin: &Origin, notes: &mut Notes) -> String {
    Blocks::new(origin, notes).of_element(element)
}

/// Elements that stand on lines of their own.
const BLOCKS: &str = " address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody thead ul ";

/// Words in classes that tell the kind of a box.
const KINDS: [(&str, &str); 9] = [
    ("danger", "CAUTION"),
    ("caution", "CAUTION"),
    ("error", "CAUTION"),
    ("warning", "WARNING"),
    ("important", "IMPORTANT"),
    ("tip", "TIP"),
    ("success", "TIP"),
    ("info", "NOTE"),
    ("note", "NOTE"),
];

fn is_block(name: &str) -> bool {
    BLOCKS.contains(&format!(" {name} "))
}

/// Writes blocks.
pub struct Blocks<'a> {
    origin: &'a Origin,
    notes: &'a mut Notes,
    /// Labels of tabs whose panels are still to come.
    tabs: VecDeque<String>,
}

impl<'a> Blocks<'a> {
    /// Begins a text.
    pub fn new(origin: &'a Origin, notes: &'a mut Notes) -> Self {
        Self {
            origin,
            notes,
            tabs: VecDeque::new(),
        }
    }

    /// Returns everything within an element.
    pub fn of_element(&mut self, element: ElementRef<'_>) -> String {
        self.children(element).join("\n\n")
    }

    fn children(&mut self, element: ElementRef<'_>) -> Vec<String> {
        let mut made = Vec::new();
        let mut run: Vec<NodeRef<'_>> = Vec::new();
        for child in element.children() {
            let block = ElementRef::wrap(child).filter(holds_blocks);
            match block {
                Some(block) => {
                    self.flush(&mut run, &mut made);
                    self.block(block, &mut made);
                }
                None => run.push(child),
            }
        }
        self.flush(&mut run, &mut made);
        made
    }

    fn flush(&mut self, run: &mut Vec<NodeRef<'_>>, made: &mut Vec<String>) {
        let text = self.inline(run.drain(..), Place::Text);
        if !text.is_empty() {
            made.push(text);
        }
    }

    fn inline<'n>(&mut self, nodes: impl Iterator<Item = NodeRef<'n>>, place: Place) -> String {
        let mut inline = Inline::new(self.origin, self.notes, place);
        for node in nodes {
            inline.node(node);
        }
        let text = inline.finish();
        text.trim_end_matches('\\').trim_end().to_owned()
    }

    fn block(&mut self, element: ElementRef<'_>, made: &mut Vec<String>) {
        let name = element.value().name();
        if element.attr("role") == Some("tablist") {
            let tabs = element.descendants().filter_map(ElementRef::wrap);
            self.tabs = tabs
                .filter(|one| one.attr("role") == Some("tab"))
                .map(|one| words_of(&one))
                .collect();
            return;
        }
        if element.attr("role") == Some("tabpanel")
            && let Some(label) = self.tabs.pop_front()
        {
            self.notes.lost(LossKind::Tabs, label.as_str(), self.origin);
            made.push(format!("**{label}**"));
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => made.extend(self.heading(element)),
            "ul" | "ol" if is_footnotes(&element) => self.footnotes(element, made),
            "ul" | "ol" => made.extend(self.list(element)),
            "table" => made.extend(self.table(element)),
            "pre" => made.push(code_block(element)),
            "blockquote" => {
                let inner = self.of_element(element);
                let kind = KINDS
                    .iter()
                    .find(|(word, _)| has_class(&element, &[&format!("alert-{word}")]));
                let mark = kind.map_or(String::new(), |(_, kind)| format!("[!{kind}]\n"));
                if !inner.is_empty() {
                    made.push(quoted(&format!("{mark}{inner}")));
                }
            }
            "div" if has_class(&element, &["footnote-definition"]) => {
                made.extend(self.footnote(element));
            }
            "details" => made.push(self.details(element)),
            "hr" => made.push("---".to_owned()),
            "dt" => made.push(format!(
                "**{}**",
                self.inline(element.children(), Place::Text)
            )),
            "nav" => {}
            _ => match box_kind(&element) {
                Some(kind) => made.push(self.boxed(element, kind)),
                None => made.extend(self.children(element)),
            },
        }
    }

    fn heading(&mut self, element: ElementRef<'_>) -> Option<String> {
        let words = self
            .inline(element.children(), Place::Text)
            .replace("\\\n", " ");
        if words.is_empty() {
            return None;
        }
        let level = usize::from(element.value().name().as_bytes()[1] - b'0');
        let inner = element.descendants().skip(1).filter_map(ElementRef::wrap);
        let id = element
            .attr("id")
            .map(str::to_owned)
            .or_else(|| {
                inner
                    .filter_map(|one| one.attr("id").map(str::to_owned))
                    .next()
            })
            .filter(|id| !id.is_empty() && !id.contains([' ', '{', '}']));
        let id = id.map(|id| format!(" {{#{id}}}")).unwrap_or_default();
        Some(format!("{} {words}{id}", "#".repeat(level)))
    }

    fn list(&mut self, list: ElementRef<'_>) -> Option<String> {
        let is_ordered = list.value().name() == "ol";
        let mut number: usize = list
            .attr("start")
            .and_then(|at| at.parse().ok())
            .unwrap_or(1);
        let mut items = Vec::new();
        let mut is_loose = false;
        for item in list.children().filter_map(ElementRef::wrap) {
            let blocks = match item.value().name() {
                "ul" | "ol" => self.list(item).into_iter().collect(),
                _ => self.children(item),
            };
            if blocks.is_empty() {
                continue;
            }
            let mark = match is_ordered {
                true => format!("{number}. "),
                false => "- ".to_owned(),
            };
            number += 1;
            let is_list = |block: &String| block.starts_with("- ") || block.starts_with("1. ");
            let tight = blocks.iter().skip(1).all(is_list);
            is_loose |= !tight;
            let text = blocks.join(if tight { "\n" } else { "\n\n" });
            let space = " ".repeat(mark.len());
            let indented: Vec<String> = text
                .lines()
                .enumerate()
                .map(|(at, line)| match (at, line.is_empty()) {
                    (0, _) => format!("{mark}{line}"),
                    (_, true) => String::new(),
                    _ => format!("{space}{line}"),
                })
                .collect();
            items.push(indented.join("\n"));
        }
        let between = if is_loose { "\n\n" } else { "\n" };
        (!items.is_empty()).then(|| items.join(between))
    }

    fn footnotes(&mut self, list: ElementRef<'_>, made: &mut Vec<String>) {
        for item in list.children().filter_map(ElementRef::wrap) {
            let Some(id) = item.attr("id") else {
                continue;
            };
            let name = footnote_name(id);
            let text = self.of_element(item).replace("\n\n", "\n\n    ");
            made.push(format!("[^{name}]: {text}"));
        }
    }

    /// A footnote that stands in a block of its own, its number first.
    fn footnote(&mut self, element: ElementRef<'_>) -> Option<String> {
        let name = footnote_name(element.attr("id")?);
        let is_number = |node: &NodeRef<'_>| {
            ElementRef::wrap(*node).is_some_and(|one| one.value().name() == "sup")
        };
        let mut made = Vec::new();
        let mut run = Vec::new();
        for child in element.children().filter(|child| !is_number(child)) {
            match ElementRef::wrap(child).filter(holds_blocks) {
                Some(block) => {
                    self.flush(&mut run, &mut made);
                    self.block(block, &mut made);
                }
                None => run.push(child),
            }
        }
        self.flush(&mut run, &mut made);
        Some(format!("[^{name}]: {}", made.join("\n\n    ")))
    }

    fn details(&mut self, element: ElementRef<'_>) -> String {
        let mut title = "…".to_owned();
        let mut blocks = Vec::new();
        let mut run = Vec::new();
        for child in element.children() {
            match ElementRef::wrap(child) {
                Some(one) if one.value().name() == "summary" => title = words_of(&one),
                Some(one) if holds_blocks(&one) => {
                    self.flush(&mut run, &mut blocks);
                    self.block(one, &mut blocks);
                }
                _ => run.push(child),
            }
        }
        self.flush(&mut run, &mut blocks);
        let title = title.replace('<', "&lt;");
        format!(
            "<details>\n<summary>{title}</summary>\n\n{}\n\n</details>",
            blocks.join("\n\n")
        )
    }

    fn boxed(&mut self, element: ElementRef<'_>, kind: &str) -> String {
        let mut title = String::new();
        let mut blocks = Vec::new();
        let mut run = Vec::new();
        for child in element.children() {
            match ElementRef::wrap(child) {
                Some(one)
                    if title.is_empty() && has_class(&one, &["title", "heading", "caption"]) =>
                {
                    title = words_of(&one);
                }
                Some(one) if holds_blocks(&one) => {
                    self.flush(&mut run, &mut blocks);
                    self.block(one, &mut blocks);
                }
                _ => run.push(child),
            }
        }
        self.flush(&mut run, &mut blocks);
        let is_kind = title.eq_ignore_ascii_case(kind);
        let title = match title.is_empty() || is_kind {
            true => String::new(),
            false => format!("**{title}**\n\n"),
        };
        quoted(&format!("[!{kind}]\n{title}{}", blocks.join("\n\n")))
    }

    fn table(&mut self, table: ElementRef<'_>) -> Option<String> {
        let mut rows: Vec<(bool, Vec<String>)> = Vec::new();
        let mut caption = None;
        for element in table.descendants().filter_map(ElementRef::wrap) {
            if !belongs_to(element, table) {
                continue;
            }
            match element.value().name() {
                "caption" => caption = Some(words_of(&element)),
                "tr" => {
                    let row = self.row(element);
                    if !row.1.iter().all(String::is_empty) {
                        rows.push(row);
                    }
                }
                _ => {}
            }
        }
        let columns = rows.iter().map(|(_, cells)| cells.len()).max()?;
        if columns == 1 {
            // A table of one column only lays out.
            let cells: Vec<String> = rows.into_iter().flat_map(|(_, cells)| cells).collect();
            return Some(cells.join("\n\n").replace("<br>", "\\\n"));
        }
        let has_head = rows.first().is_some_and(|(is_head, _)| *is_head);
        let mut lines = Vec::new();
        if let Some(caption) = caption {
            lines.push(format!("**{caption}**\n"));
        }
        let line = |cells: &[String]| {
            let mut cells = cells.to_vec();
            cells.resize(columns, String::new());
            format!("| {} |", cells.join(" | "))
        };
        let rule = format!("|{}", " --- |".repeat(columns));
        let (head, body) = match has_head {
            true => (line(&rows[0].1), &rows[1..]),
            false => (line(&[]), &rows[..]),
        };
        lines.push(head);
        lines.push(rule);
        lines.extend(body.iter().map(|(_, cells)| line(cells)));
        Some(lines.join("\n"))
    }

    /// Cells of a row, and whether all are headings.
    fn row(&mut self, row: ElementRef<'_>) -> (bool, Vec<String>) {
        let mut cells = Vec::new();
        let mut is_head = true;
        for cell in row.children().filter_map(ElementRef::wrap) {
            is_head &= cell.value().name() == "th";
            let text = self.inline(cell.children(), Place::Cell).replace('\n', " ");
            cells.push(text);
            let span: usize = cell
                .attr("colspan")
                .and_then(|at| at.parse().ok())
                .unwrap_or(1);
            let rows: usize = cell
                .attr("rowspan")
                .and_then(|at| at.parse().ok())
                .unwrap_or(1);
            if span > 1 || rows > 1 {
                self.notes
                    .lost(LossKind::SpannedCell, "colspan or rowspan", self.origin);
            }
            cells.extend(std::iter::repeat_n(String::new(), span.clamp(1, 50) - 1));
        }
        let in_head = row
            .parent()
            .and_then(ElementRef::wrap)
            .is_some_and(|parent| parent.value().name() == "thead");
        (is_head || in_head, cells)
    }
}

/// Tells whether a table is the innermost one around an element.
fn belongs_to(element: ElementRef<'_>, table: ElementRef<'_>) -> bool {
    let mut ancestors = element.ancestors().filter_map(ElementRef::wrap);
    ancestors
        .find(|one| one.value().name() == "table")
        .is_some_and(|one| one == table)
}

/// Tells whether an element is a block or has one inside.
fn holds_blocks(element: &ElementRef<'_>) -> bool {
    let name = element.value().name();
    is_block(name)
        || (!matches!(
            name,
            "svg" | "video" | "object" | "noscript" | "form" | "template"
        ) && element
            .descendants()
            .filter_map(|node| match node.value() {
                Node::Element(element) => Some(element.name()),
                _ => None,
            })
            .any(is_block))
}

fn is_footnotes(list: &ElementRef<'_>) -> bool {
    let parent = list.parent().and_then(ElementRef::wrap);
    has_class(list, &["footnote"])
        || parent.is_some_and(|one| {
            has_class(&one, &["footnote"]) || one.attr("role") == Some("doc-endnotes")
        })
}

fn code_block(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    let classes = element
        .descendants()
        .filter_map(ElementRef::wrap)
        .flat_map(|one| one.value().classes());
    let language = classes
        .filter_map(|class| {
            class
                .strip_prefix("language-")
                .or_else(|| class.strip_prefix("lang-"))
        })
        .next()
        .unwrap_or_default();
    let longest = text
        .split(|one| one != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(usize::max(3, longest + 1));
    format!(
        "{fence}{language}\n{}\n{fence}",
        text.trim_end_matches('\n')
    )
}

fn quoted(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.is_empty() {
            true => ">".to_owned(),
            false => format!("> {line}"),
        })
        .collect();
    lines.join("\n")
}

/// The kind of box that the classes of an element speak of.
fn box_kind(element: &ElementRef<'_>) -> Option<&'static str> {
    const MARKS: [&str; 9] = [
        "admonition",
        "callout",
        "alert",
        "custom-block",
        "hint",
        "notice",
        "note-box",
        "infobox",
        "markdown-alert",
    ];
    let name = element.value().name();
    if name != "aside" && !(matches!(name, "div" | "section") && has_class(element, &MARKS)) {
        return None;
    }
    // Blocks within a box often carry its word too, as in `alert-heading`.
    if has_class(element, &["title", "heading", "content", "body", "icon"]) {
        return None;
    }
    let kind = KINDS.iter().find(|(word, _)| has_class(element, &[word]));
    Some(kind.map_or("NOTE", |(_, kind)| kind))
}
