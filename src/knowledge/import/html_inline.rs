//! HTML as Markdown: the words within a paragraph. Blocks are in `html_blocks`.

use scraper::{ElementRef, Node};

use super::links::destination;
use super::loss::LossKind;
use super::origin::Origin;
use super::page::Notes;

/// A node of a parsed page; the type that an element stands for, so that the crate of the tree need not be named.
pub type NodeRef<'a> = <ElementRef<'a> as std::ops::Deref>::Target;

/// Tells whether an element has a class that holds one of some words.
pub fn has_class(element: &ElementRef<'_>, words: &[&str]) -> bool {
    element.value().classes().any(|class| {
        let class = class.to_ascii_lowercase();
        words.iter().any(|word| class.contains(word))
    })
}

/// The words of an element without markup.
pub fn words_of(element: &ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where words stand, which decides how a line break is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a paragraph, heading or item.
    Text,
    /// In a cell of a table.
    Cell,
}

/// Writes words with their marks.
pub struct Inline<'a> {
    origin: &'a Origin,
    notes: &'a mut Notes,
    place: Place,
    out: String,
}

impl<'a> Inline<'a> {
    /// Begins an empty run of words.
    pub fn new(origin: &'a Origin, notes: &'a mut Notes, place: Place) -> Self {
        Self {
            origin,
            notes,
            place,
            out: String::new(),
        }
    }

    /// Returns what was written.
    pub fn finish(self) -> String {
        self.out.trim().to_owned()
    }

    /// Adds a node and everything in it.
    pub fn node(&mut self, node: NodeRef<'_>) {
        match node.value() {
            Node::Text(text) => self.text(text),
            Node::Element(_) => {
                if let Some(element) = ElementRef::wrap(node) {
                    self.element(element);
                }
            }
            _ => {}
        }
    }

    fn children(&mut self, element: ElementRef<'_>) {
        for child in element.children() {
            self.node(child);
        }
    }

    fn text(&mut self, text: &str) {
        let mut previous_is_space = self.out.is_empty() || self.out.ends_with([' ', '\n']);
        let characters: Vec<char> = text.chars().collect();
        for (at, character) in characters.iter().copied().enumerate() {
            if character == '\u{200b}' || character == '\u{feff}' {
                continue;
            }
            if character.is_whitespace() && character != '\u{a0}' && character != '\u{3000}' {
                if !previous_is_space {
                    self.out.push(' ');
                }
                previous_is_space = true;
                continue;
            }
            let before = at.checked_sub(1).map(|at| characters[at]);
            let next = characters.get(at + 1).copied();
            if self.must_escape(character, before, next) {
                self.out.push('\\');
            }
            self.out.push(match character {
                '\u{a0}' => ' ',
                other => other,
            });
            previous_is_space = false;
        }
    }

    fn must_escape(&self, character: char, before: Option<char>, next: Option<char>) -> bool {
        let is_word = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        let at_front = line.trim().is_empty();
        let after_digits =
            (1..=9).contains(&line.len()) && line.chars().all(|one| one.is_ascii_digit());
        match character {
            '\\' | '`' | '*' | '[' | ']' => true,
            '_' => !(is_word(before) && is_word(next)),
            '<' => next.is_some_and(|one| one.is_ascii_alphabetic() || matches!(one, '/' | '!')),
            '&' => next.is_some_and(|one| one == '#' || one.is_ascii_alphabetic()),
            '~' => next == Some('~') || before == Some('~'),
            '#' | '>' | '+' | '-' | '=' | ':' => at_front,
            '.' | ')' => after_digits && next.is_none_or(char::is_whitespace),
            '|' => true,
            '{' => next == Some('#'),
            _ => false,
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        match name {
            "br" => self.out.push_str(match self.place {
                Place::Text => "\\\n",
                Place::Cell => "<br>",
            }),
            "strong" | "b" => self.marked(element, "**", "strong"),
            "em" | "i" | "cite" | "dfn" => self.marked(element, "*", "em"),
            "code" | "tt" | "samp" => self.code(&element.text().collect::<String>()),
            "kbd" | "sub" | "sup" | "mark" | "u" | "s" | "del" | "ins" => {
                if let Some(note) = footnote_of(element) {
                    self.out.push_str(&format!("[^{note}]"));
                    return;
                }
                self.out.push_str(&format!("<{name}>"));
                self.children(element);
                self.out.push_str(&format!("</{name}>"));
            }
            "a" => self.link(element),
            "img" => self.picture(element),
            "iframe" | "video" | "audio" | "embed" | "object" => self.media(element),
            "input" => match element.attr("type") {
                Some("checkbox") if element.attr("checked").is_some() => self.out.push_str("[x] "),
                Some("checkbox") => self.out.push_str("[ ] "),
                _ => self.notes.lost(LossKind::Script, "input", self.origin),
            },
            "script" | "style" | "form" | "select" | "textarea" | "svg" | "canvas" | "noscript"
            | "template" => self.notes.lost(LossKind::Script, name, self.origin),
            _ => {
                let breaks = matches!(name, "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3" | "h4");
                let begins = !self.out.trim().is_empty() && !self.out.ends_with("<br>");
                if breaks && begins {
                    self.out.push_str(match self.place {
                        Place::Text => " ",
                        Place::Cell => "<br>",
                    });
                }
                if name == "li" && self.place == Place::Cell {
                    self.out.push_str("• ");
                }
                self.children(element);
            }
        }
    }

    /// Marks words, the space around them outside; with tags where the mark would not be read beside punctuation.
    fn marked(&mut self, element: ElementRef<'_>, mark: &str, tag: &str) {
        let mut inner = Inline::new(self.origin, self.notes, self.place);
        inner.children(element);
        let inner = inner.out;
        let words = inner.trim();
        if words.is_empty() {
            self.out.push_str(&inner);
            return;
        }
        let lead = inner.len() - inner.trim_start().len();
        let trail = inner.trim_end().len();
        let is_plain = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
        let marks_hold = is_plain(words.chars().next()) && is_plain(words.chars().next_back());
        self.out.push_str(&inner[..lead]);
        match marks_hold {
            true => self.out.push_str(&format!("{mark}{words}{mark}")),
            false => self.out.push_str(&format!("<{tag}>{words}</{tag}>")),
        }
        self.out.push_str(&inner[trail..]);
    }

    fn code(&mut self, text: &str) {
        let text = text.replace('\n', " ");
        if text.trim().is_empty() {
            return;
        }
        let longest = text
            .split(|one| one != '`')
            .map(str::len)
            .max()
            .unwrap_or(0);
        let ticks = "`".repeat(longest + 1);
        let space = if text.starts_with('`') || text.ends_with('`') {
            " "
        } else {
            ""
        };
        let text = match self.place {
            Place::Cell => text.replace('|', "\\|"),
            Place::Text => text,
        };
        self.out
            .push_str(&format!("{ticks}{space}{text}{space}{ticks}"));
    }

    fn link(&mut self, element: ElementRef<'_>) {
        if let Some(note) = footnote_of(element) {
            self.out.push_str(&format!("[^{note}]"));
            return;
        }
        let words = words_of(&element);
        let is_mark = has_class(
            &element,
            &["anchor", "headerlink", "hash-link", "permalink"],
        ) || element.attr("role") == Some("doc-backlink")
            || matches!(words.as_str(), "#" | "¶" | "↩" | "↩︎" | "\u{200b}");
        if is_mark
            && element
                .attr("href")
                .is_none_or(|target| target.contains('#'))
        {
            return;
        }
        let mut inner = Inline::new(self.origin, self.notes, self.place);
        inner.children(element);
        let text = inner.finish();
        match element.attr("href") {
            Some(target) if !text.is_empty() => {
                self.out
                    .push_str(&format!("[{text}]({})", destination(target.trim())));
            }
            Some(_) => {}
            None => {
                if let Some(id) = element.attr("id").or(element.attr("name")) {
                    self.notes.lost(LossKind::DeadAnchor, id, self.origin);
                }
                self.out.push_str(&text);
            }
        }
    }

    fn picture(&mut self, element: ElementRef<'_>) {
        let source = element.attr("src").or(element.attr("data-src"));
        let Some(source) = source.filter(|source| !source.is_empty()) else {
            self.notes.lost(
                LossKind::MissingPicture,
                "a picture without an address",
                self.origin,
            );
            return;
        };
        if source.starts_with("data:") {
            self.notes
                .lost(LossKind::EmbeddedPicture, "data:", self.origin);
            return;
        }
        let alt = element.attr("alt").or(element.attr("title"));
        let alt = alt.unwrap_or_default().replace(['[', ']', '\n'], " ");
        self.out
            .push_str(&format!("![{}]({})", alt.trim(), destination(source)));
    }

    fn media(&mut self, element: ElementRef<'_>) {
        let own = element.attr("src").or(element.attr("data"));
        let inner = element.descendants().filter_map(ElementRef::wrap);
        let address = own
            .map(str::to_owned)
            .or_else(|| {
                inner
                    .filter_map(|one| one.attr("src").map(str::to_owned))
                    .next()
            })
            .unwrap_or_default();
        let address = match address.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => address,
        };
        let host = address
            .split_once("://")
            .map_or(address.as_str(), |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default();
        self.notes.lost(LossKind::Media, host, self.origin);
        if !address.is_empty() {
            let words = element.attr("title").filter(|title| !title.is_empty());
            self.out.push_str(&format!(
                "[▶ {}]({})",
                words.unwrap_or(host),
                destination(&address)
            ));
        }
    }
}

/// The number of the footnote that an element refers to.
fn footnote_of(element: ElementRef<'_>) -> Option<String> {
    let link = match element.value().name() {
        "a" => Some(element),
        _ => element.children().filter_map(ElementRef::wrap).next(),
    }?;
    let target = link.attr("href")?.strip_prefix('#')?;
    let says_so = link.attr("role") == Some("doc-noteref")
        || has_class(&link, &["footnote-ref"])
        || has_class(&element, &["footnote-ref"])
        || target.starts_with("fn-")
        || target.starts_with("fn:")
        || target.starts_with("user-content-fn-");
    (says_so && link.attr("role") != Some("doc-backlink")).then(|| footnote_name(target))
}

/// The name of a footnote from the id of its text.
pub fn footnote_name(id: &str) -> String {
    let id = id.trim_start_matches("user-content-");
    let name = id
        .strip_prefix("fn")
        .map_or(id, |rest| rest.trim_start_matches(['-', ':', '_']));
    name.chars()
        .filter(|one| one.is_alphanumeric() || *one == '-')
        .collect()
}
