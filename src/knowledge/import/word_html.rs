//! A Word document as HTML: headings, paragraphs, nested lists, tables, links, pictures.

use std::collections::HashMap;

use super::xml_tree::Element;
use crate::knowledge::html::escaped;

/// What a document holds, without what only printing needs.
pub(super) struct Document {
    pub(super) body: Element,
    /// Levels of headings by style, 1 to 6; 0 is the title.
    pub(super) headings: HashMap<String, u8>,
    /// Whether a level of a numbering counts, by its id and level.
    pub(super) counts: HashMap<(String, u8), bool>,
    /// Where relations lead, by id: addresses, and the names of pictures.
    pub(super) targets: HashMap<String, String>,
}

/// Writes a document as a page; its title is its first heading, else the name of its file.
pub(super) fn html_of(document: &Document, name: &str) -> String {
    let mut page = Page {
        document,
        html: String::new(),
        lists: Vec::new(),
    };
    page.blocks(&document.body);
    page.close_lists(0);
    format!(
        "<!doctype html><html><head><title>{}</title></head><body><main>\n{}</main></body></html>\n",
        escaped(name),
        page.html
    )
}

struct Page<'a> {
    document: &'a Document,
    html: String,
    /// Lists that are open, outermost first: whether each counts.
    lists: Vec<bool>,
}

impl Page<'_> {
    fn blocks(&mut self, parent: &Element) {
        for child in &parent.children {
            match child.name.as_str() {
                "p" => self.paragraph(child),
                "tbl" => {
                    self.close_lists(0);
                    self.table(child);
                }
                // Contents that are filled in, such as a list of contents, hold blocks of their own.
                "sdt" => {
                    let is_contents = child
                        .all("docPartGallery")
                        .any(|one| one.attribute("val") == Some("Table of Contents"));
                    if let Some(content) = child.first("sdtContent").filter(|_| !is_contents) {
                        self.blocks(content);
                    }
                }
                "ins" | "smartTag" | "customXml" => self.blocks(child),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Element) {
        let text = self.inline(paragraph);
        if text.trim().is_empty() {
            return;
        }
        let properties = paragraph.first("pPr");
        let style = properties.and_then(|properties| properties.value_of("pStyle"));
        let level = style.and_then(|style| self.document.headings.get(style));
        if let Some(level) = level {
            self.close_lists(0);
            let level = (*level).max(1);
            self.html
                .push_str(&format!("<h{level}>{text}</h{level}>\n"));
            return;
        }
        let numbering = properties.and_then(|properties| properties.first("numPr"));
        let id = numbering.and_then(|numbering| numbering.value_of("numId"));
        match (numbering, id) {
            (Some(numbering), Some(id)) if id != "0" => {
                let level = numbering.value_of("ilvl");
                let level: u8 = level.and_then(|level| level.parse().ok()).unwrap_or(0);
                let known = self.document.counts.get(&(id.to_owned(), level));
                self.item(usize::from(level), known.copied().unwrap_or(false), &text);
            }
            _ => {
                self.close_lists(0);
                self.html.push_str(&format!("<p>{text}</p>\n"));
            }
        }
    }

    fn item(&mut self, level: usize, counts: bool, text: &str) {
        self.close_lists(level + 1);
        if self.lists.len() == level + 1 && self.lists[level] != counts {
            self.close_lists(level);
        }
        if self.lists.len() == level + 1 {
            self.html.push_str("</li>\n");
        }
        while self.lists.len() <= level {
            let is_own = self.lists.len() == level;
            self.html.push_str(match counts {
                true => "<ol>\n",
                false => "<ul>\n",
            });
            self.lists.push(counts);
            // A level that is skipped is an item without words of its own.
            if !is_own {
                self.html.push_str("<li>");
            }
        }
        self.html.push_str(&format!("<li>{text}"));
    }

    fn close_lists(&mut self, to: usize) {
        while self.lists.len() > to {
            let counts = self.lists.pop().unwrap_or_default();
            self.html.push_str(match counts {
                true => "</li>\n</ol>\n",
                false => "</li>\n</ul>\n",
            });
        }
    }

    fn table(&mut self, table: &Element) {
        self.html.push_str("<table>\n");
        let rows = table.children.iter().filter(|child| child.name == "tr");
        for (place, row) in rows.enumerate() {
            self.html.push_str("<tr>");
            let tag = if place == 0 { "th" } else { "td" };
            for cell in row.children.iter().filter(|child| child.name == "tc") {
                let paragraphs: Vec<String> = cell
                    .all("p")
                    .map(|paragraph| self.inline(paragraph))
                    .filter(|text| !text.trim().is_empty())
                    .collect();
                self.html
                    .push_str(&format!("<{tag}>{}</{tag}>", paragraphs.join("<br>")));
            }
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</table>\n");
    }

    fn inline(&self, parent: &Element) -> String {
        let mut html = String::new();
        for child in &parent.children {
            match child.name.as_str() {
                "r" => html.push_str(&self.run(child)),
                "hyperlink" => {
                    let words = self.inline(child);
                    let target = child
                        .attribute("id")
                        .and_then(|id| self.document.targets.get(id));
                    match target {
                        Some(target) => {
                            html.push_str(&format!("<a href=\"{}\">{words}</a>", escaped(target)))
                        }
                        None => html.push_str(&words),
                    }
                }
                "ins" | "smartTag" | "fldSimple" | "customXml" => {
                    html.push_str(&self.inline(child));
                }
                "sdt" => {
                    if let Some(content) = child.first("sdtContent") {
                        html.push_str(&self.inline(content));
                    }
                }
                _ => {}
            }
        }
        html
    }

    fn run(&self, run: &Element) -> String {
        let mut html = String::new();
        for child in &run.children {
            match child.name.as_str() {
                "t" => html.push_str(&escaped(&child.text)),
                "tab" => html.push(' '),
                "br" | "cr" => html.push_str("<br>"),
                "noBreakHyphen" => html.push('-'),
                "drawing" | "pict" => html.push_str(&self.pictures(child)),
                _ => {}
            }
        }
        let properties = run.first("rPr");
        let is = |name: &str| {
            let found = properties.and_then(|properties| properties.first(name));
            found.is_some_and(|one| !matches!(one.attribute("val"), Some("0" | "false")))
        };
        if html.trim().is_empty() || html.contains("<img") {
            return html;
        }
        if is("i") {
            html = format!("<em>{html}</em>");
        }
        if is("b") {
            html = format!("<strong>{html}</strong>");
        }
        html
    }

    fn pictures(&self, drawing: &Element) -> String {
        let described = drawing.all("docPr").find_map(|one| one.attribute("descr"));
        let shown = drawing.all("blip").filter_map(|one| one.attribute("embed"));
        let old = drawing
            .all("imagedata")
            .filter_map(|one| one.attribute("id"));
        shown
            .chain(old)
            .filter_map(|id| self.document.targets.get(id))
            .map(|name| {
                format!(
                    "<img src=\"{}\" alt=\"{}\">",
                    escaped(name),
                    escaped(described.unwrap_or_default())
                )
            })
            .collect()
    }
}
