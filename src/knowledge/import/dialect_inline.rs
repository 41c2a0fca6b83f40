//! Tags and shortcodes within a Markdown text: pictures and links become Markdown, frames become links, the rest gives
//! way to the words inside.

use super::dialect_tags::{Shortcode, Tag};
use super::html_blocks::fragment_to_markdown;
use super::links::destination;
use super::loss::LossKind;
use super::origin::Origin;
use super::page::Notes;

/// Elements that may stay in a body as they are, without their attributes.
const KEPT: &str = " b strong i em code kbd sub sup mark u s del ins details summary small abbr q cite ruby rt rp br ";
/// Elements of which only the words stay.
const UNWRAPPED: &str = " p div span center font section article figure figcaption picture source label nobr wbr header footer main nav aside big tt thead tbody tr td th colgroup col li button base strike address dd dt hgroup fieldset time data body html ";
/// Elements that go with everything inside.
const REMOVED: &str =
    " script style form input select option textarea svg canvas noscript template ";
/// Elements that hold something moving or a page of another site.
const MEDIA: &str = " iframe video audio embed object track ";
/// Elements that are converted as a whole.
const WHOLE: &str = " table ul ol dl h1 h2 h3 h4 h5 h6 pre blockquote ";

fn is_among(list: &str, name: &str) -> bool {
    list.contains(&format!(" {name} "))
}

/// Rewrites a text without code blocks.
pub fn without_tags(text: &str, origin: &Origin, notes: &mut Notes) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut links: Vec<String> = Vec::new();
    while let Some(next) = rest.find(['<', '`', '{', '\\']) {
        out.push_str(&rest[..next]);
        rest = &rest[next..];
        let taken = match rest.as_bytes()[0] {
            b'`' => code_span(rest, &mut out),
            b'\\' => {
                let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&rest[..length]);
                length
            }
            b'{' => match Shortcode::read(rest) {
                Some(code) => {
                    shortcode(&code, &mut out, origin, notes);
                    code.length
                }
                None => {
                    out.push('{');
                    1
                }
            },
            _ => match Tag::read(rest) {
                Some(tag) => element(&tag, rest, &mut out, &mut links, origin, notes),
                None => {
                    out.push('<');
                    1
                }
            },
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    while let Some(link) = links.pop() {
        out.push_str(&format!("]({})", destination(&link)));
    }
    out
}

/// Copies a code span; returns its length.
fn code_span(text: &str, out: &mut String) -> usize {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let mark = &text[..ticks];
    let mut from = ticks;
    while let Some(found) = text[from..].find(mark) {
        let begin = from + found;
        let run = text[begin..].len() - text[begin..].trim_start_matches('`').len();
        if run == ticks {
            out.push_str(&text[..begin + run]);
            return begin + run;
        }
        from = begin + run;
    }
    out.push_str(mark);
    ticks
}

fn shortcode(code: &Shortcode, out: &mut String, origin: &Origin, notes: &mut Notes) {
    match code.name.as_str() {
        "ref" | "relref" => out.push_str(code.first_of(&["path"]).unwrap_or_default()),
        "figure" | "img" | "image" => {
            let named = |name: &str| {
                let found = code.named.iter().find(|(key, _)| key == name);
                found.map(|(_, value)| value.as_str())
            };
            let alt = ["alt", "caption", "title"].into_iter().find_map(named);
            let source = code.first_of(&["src"]).unwrap_or_default();
            out.push_str(&format!(
                "![{}]({})",
                alt.unwrap_or_default(),
                destination(source)
            ));
        }
        "youtube" | "vimeo" | "bilibili" | "embed" | "video" => {
            let target = code.first_of(&["url", "src", "id"]).unwrap_or_default();
            let address = match code.name.as_str() {
                "youtube" if !target.contains("://") => {
                    format!("https://www.youtube.com/watch?v={target}")
                }
                "vimeo" if !target.contains("://") => format!("https://vimeo.com/{target}"),
                "bilibili" if !target.contains("://") => {
                    format!("https://www.bilibili.com/video/{target}")
                }
                _ => target.to_owned(),
            };
            media(&address, "", out, origin, notes);
        }
        "content-ref" | "file" => {
            let target = code.first_of(&["url", "src"]).unwrap_or_default();
            let words = target.rsplit('/').next().unwrap_or(target);
            out.push_str(&format!("[{words}]({})", destination(target)));
        }
        name if name.starts_with('/') || name.starts_with("end") => {}
        name => {
            notes.lost(LossKind::Directive, name, origin);
            // A term, a card or a badge says in a value what the words around it are about.
            let words = ["name", "title", "term", "label", "text"];
            let of_it = |key: &&str| code.named.iter().find(|(known, _)| known == key);
            if let Some((_, said)) = words.iter().find_map(of_it)
                && said.chars().any(char::is_alphabetic)
            {
                out.push_str(&format!("**{}**", said.trim()));
            }
        }
    }
}

fn media(address: &str, title: &str, out: &mut String, origin: &Origin, notes: &mut Notes) {
    let host = address
        .split_once("://")
        .map_or(address, |(_, rest)| rest)
        .split('/')
        .next()
        .unwrap_or_default();
    notes.lost(LossKind::Media, host, origin);
    if address.is_empty() {
        return;
    }
    let words = if title.is_empty() { host } else { title };
    out.push_str(&format!("[▶ {words}]({})", destination(address)));
}

/// Writes what an element becomes; returns how many bytes of the text it took.
fn element(
    tag: &Tag,
    text: &str,
    out: &mut String,
    links: &mut Vec<String>,
    origin: &Origin,
    notes: &mut Notes,
) -> usize {
    let name = tag.name.to_ascii_lowercase();
    let is_component =
        tag.name.starts_with(|one: char| one.is_ascii_uppercase()) || name.contains('-');
    if is_component {
        return component(tag, text, out, origin, notes);
    }
    match name.as_str() {
        "img" => picture(tag, out, origin, notes),
        "a" if tag.is_closing => {
            if let Some(link) = links.pop() {
                out.push_str(&format!("]({})", destination(&link)));
            }
        }
        "a" => match tag.attribute("href") {
            Some(target) if !tag.is_empty => {
                links.push(target.to_owned());
                out.push('[');
            }
            _ => {
                if let Some(id) = tag.first_of(&["id", "name"]) {
                    notes.lost(LossKind::DeadAnchor, id, origin);
                }
                if !tag.is_empty {
                    // Its closing tag finds no link; skip to it where it is near.
                    if let Some(end) = text.find("</a>") {
                        out.push_str(&text[tag.length..end]);
                        return end + "</a>".len();
                    }
                }
            }
        },
        "hr" => out.push_str("\n\n---\n\n"),
        name if is_among(KEPT, name) => {
            let slash = if tag.is_closing { "/" } else { "" };
            out.push_str(&format!("<{slash}{name}>"));
        }
        name if is_among(UNWRAPPED, name) => {
            if matches!(
                name,
                "p" | "div" | "center" | "section" | "article" | "figcaption"
            ) {
                out.push('\n');
            }
        }
        name if is_among(MEDIA, name) => {
            if tag.is_closing {
                return tag.length;
            }
            let whole = whole_element(tag, text);
            let inner = &text[tag.length..whole];
            let source = tag
                .first_of(&["src", "data"])
                .map(str::to_owned)
                .or_else(|| {
                    let begin = inner.find("<source")?;
                    Tag::read(&inner[begin..])?
                        .attribute("src")
                        .map(str::to_owned)
                });
            let title = tag.first_of(&["title", "aria-label"]).unwrap_or_default();
            media(&source.unwrap_or_default(), title, out, origin, notes);
            return whole;
        }
        name if is_among(REMOVED, name) => {
            if tag.is_closing {
                return tag.length;
            }
            notes.lost(LossKind::Script, name, origin);
            return whole_element(tag, text);
        }
        name if is_among(WHOLE, name) => {
            if tag.is_closing {
                return tag.length;
            }
            let whole = whole_element(tag, text);
            let indent: String = out
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .chars()
                .take_while(|one| one.is_whitespace())
                .collect();
            let made = fragment_to_markdown(&text[..whole], origin, notes);
            for line in made.lines() {
                out.push_str(&format!("\n{indent}{line}"));
            }
            out.push('\n');
            return whole;
        }
        _ => {
            let closes = text.contains(&format!("</{}>", tag.name));
            if tag.is_closing || tag.is_empty || !tag.attributes.is_empty() || closes {
                if !tag.is_closing {
                    notes.lost(LossKind::Component, format!("<{}>", tag.name), origin);
                }
            } else {
                // A placeholder such as <name>: a reader is meant to see it.
                out.push_str(&format!("\\{}", &text[..tag.length]));
            }
        }
    }
    tag.length
}

fn picture(tag: &Tag, out: &mut String, origin: &Origin, notes: &mut Notes) {
    let alt = tag.first_of(&["alt", "title"]).unwrap_or_default();
    match tag.first_of(&["src", "data-src"]) {
        Some(source) => out.push_str(&format!(
            "![{}]({})",
            alt.replace(['[', ']', '\n'], " "),
            destination(source)
        )),
        None => notes.lost(
            LossKind::MissingPicture,
            "a picture given by a script",
            origin,
        ),
    }
}

fn component(tag: &Tag, text: &str, out: &mut String, origin: &Origin, notes: &mut Notes) -> usize {
    let name = tag.name.as_str();
    if tag.is_closing {
        if matches!(name, "TabItem" | "Tab" | "Tabs") {
            out.push_str("\n\n");
        }
        return tag.length;
    }
    let label = tag.first_of(&["label", "title", "name", "text", "value"]);
    match name {
        "Tabs" | "CodeGroup" | "Steps" | "CardGroup" | "AccordionGroup" | "Frame" => {}
        "TabItem" | "Tab" | "Step" => {
            let label = label.unwrap_or_default();
            notes.lost(LossKind::Tabs, label, origin);
            out.push_str(&format!("\n\n**{label}**\n\n"));
        }
        "Image" | "ThemedImage" | "NuxtImg" | "Img" => picture(tag, out, origin, notes),
        "Link" | "RouterLink" | "NuxtLink" | "router-link" | "Card" | "LinkCard" => {
            let target = tag.first_of(&["to", "href"]).unwrap_or_default();
            let end = format!("</{name}>");
            let inner = match (tag.is_empty, text.find(&end)) {
                (false, Some(close)) => text[tag.length..close].trim(),
                _ => "",
            };
            let words = label.unwrap_or(inner);
            if !words.is_empty() && !target.is_empty() {
                out.push_str(&format!("[{words}]({})", destination(target)));
                if !inner.is_empty() {
                    let body = if label.is_some() { inner } else { "" };
                    if !body.is_empty() {
                        out.push_str(&format!("\n\n{}", without_tags(body, origin, notes)));
                    }
                    return text.find(&end).map_or(tag.length, |at| at + end.len());
                }
            }
        }
        _ => {
            notes.lost(LossKind::Component, format!("<{name}>"), origin);
            if tag.is_empty
                && let Some(label) = tag.first_of(&["label", "title", "text"])
            {
                out.push_str(label);
            }
        }
    }
    tag.length
}

/// Bytes from the opening tag to the end of its closing one.
fn whole_element(tag: &Tag, text: &str) -> usize {
    if tag.is_empty || matches!(tag.name.as_str(), "input" | "embed" | "track") {
        return tag.length;
    }
    let mut depth = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('<') {
        at += found;
        let Some(inner) = Tag::read(&text[at..]) else {
            at += 1;
            continue;
        };
        if inner.name.eq_ignore_ascii_case(&tag.name) {
            match (inner.is_closing, inner.is_empty) {
                (true, _) => depth -= 1,
                (false, false) => depth += 1,
                (false, true) => {}
            }
            if depth == 0 {
                return at + inner.length;
            }
        }
        at += inner.length;
    }
    tag.length
}
