//! Links and pictures of a Markdown text, rewritten where they stand.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// What becomes of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewrite {
    /// It stays.
    Keep,
    /// It leads elsewhere.
    To(String),
    /// Its words stay, without a link.
    Words,
    /// It becomes a picture with these words, leading elsewhere.
    Picture(String, String),
}

/// A link or picture as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it leads.
    pub target: String,
    /// Whether it is a picture.
    pub is_picture: bool,
    /// Whether a picture has words.
    pub has_words: bool,
}

/// Writes a target so that Markdown reads it whole.
pub fn destination(target: &str) -> String {
    let needs = target.is_empty()
        || target.contains([' ', '(', ')', '<', '>', '\t'])
        || target.contains(char::is_control);
    match needs {
        true => {
            let target: String = target
                .chars()
                .filter(|one| !one.is_control())
                .flat_map(|one| match one {
                    '<' | '>' => vec!['\\', one],
                    _ => vec![one],
                })
                .collect();
            format!("<{target}>")
        }
        false => target.to_owned(),
    }
}

/// Rewrites every link and picture.
pub fn rewritten(markdown: &str, mut decide: impl FnMut(&Found) -> Rewrite) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        let (kind, target, is_picture) = match event {
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) => (link_type, dest_url, false),
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                ..
            }) => (link_type, dest_url, true),
            _ => continue,
        };
        if matches!(
            kind,
            LinkType::Autolink | LinkType::Email | LinkType::WikiLink { .. }
        ) {
            continue;
        }
        let text = &markdown[range.clone()];
        let open = usize::from(is_picture);
        let found = Found {
            target: target.to_string(),
            is_picture,
            has_words: !text[open + 1..].trim_start().starts_with(']'),
        };
        let rewrite = decide(&found);
        let Some(tail) = tail_of(text, kind) else {
            continue;
        };
        let tail = range.start + tail..range.end;
        match rewrite {
            Rewrite::Keep => {}
            Rewrite::To(target) => {
                edits.push((tail.clone(), retargeted(&markdown[tail], &target, kind)));
            }
            Rewrite::Picture(words, target) => {
                let begin = range.start + open + 1;
                edits.push((begin..begin, words));
                edits.push((tail.clone(), retargeted(&markdown[tail], &target, kind)));
            }
            Rewrite::Words => {
                edits.push((range.start..range.start + open + 1, String::new()));
                edits.push((tail, String::new()));
            }
        }
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut made = String::with_capacity(markdown.len());
    let mut at = 0;
    for (range, text) in edits {
        if range.start < at {
            continue;
        }
        made.push_str(&markdown[at..range.start]);
        made.push_str(&text);
        at = range.end;
    }
    made.push_str(&markdown[at..]);
    made
}

/// Where the part behind the words begins: `](...)`, `][...]` or the last bracket.
fn tail_of(text: &str, kind: LinkType) -> Option<usize> {
    match kind {
        LinkType::Inline => text.rfind("]("),
        LinkType::Reference | LinkType::ReferenceUnknown => text.rfind("]["),
        LinkType::Collapsed | LinkType::CollapsedUnknown => text.rfind("][]"),
        LinkType::Shortcut | LinkType::ShortcutUnknown => text.rfind(']'),
        _ => None,
    }
}

/// The part behind the words with another target; a title stays.
fn retargeted(tail: &str, target: &str, kind: LinkType) -> String {
    let title = match kind {
        LinkType::Inline => title_in(tail),
        _ => "",
    };
    match title.is_empty() {
        true => format!("]({})", destination(target)),
        false => format!("]({} {title})", destination(target)),
    }
}

/// The title of `](target "title")`, quotes included.
fn title_in(tail: &str) -> &str {
    let inner = tail[2..].trim_end_matches(')').trim();
    let after = match inner.strip_prefix('<') {
        Some(rest) => rest.find('>').map_or("", |end| &rest[end + 1..]),
        None => inner
            .find(char::is_whitespace)
            .map_or("", |end| &inner[end..]),
    };
    let title = after.trim();
    let is_title = title.len() > 2 && title.starts_with(['"', '\'']);
    if is_title { title } else { "" }
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_rewritten_where_they_stand() {
        let check = |text: &str, expected: &str| {
            let made = rewritten(text, |found| match found.target.as_str() {
                "gone.md" => Rewrite::Words,
                "shot 1.png" if !found.has_words => {
                    Rewrite::Picture("A shot".to_owned(), "1 b.png".to_owned())
                }
                "b.md" => Rewrite::To("article:b".to_owned()),
                _ => Rewrite::Keep,
            });
            assert_eq!(made, expected, "{text}");
        };
        check(
            "see [B](b.md) and [C](gone.md).",
            "see [B](article:b) and C.",
        );
        check("[B](b.md \"t\")", "[B](article:b \"t\")");
        check("[B][x]\n\n[x]: b.md\n", "[B](article:b)\n\n[x]: b.md\n");
        check("[x]\n\n[x]: b.md\n", "[x](article:b)\n\n[x]: b.md\n");
        check("![](<shot 1.png>)", "![A shot](<1 b.png>)");
        check("[![a](gone.md)](b.md)", "[a](article:b)");
        check(
            "`[B](b.md)` <https://a.example>",
            "`[B](b.md)` <https://a.example>",
        );
        check(
            "| a |\n|---|\n| [B](b.md) |",
            "| a |\n|---|\n| [B](article:b) |",
        );
    }
}
