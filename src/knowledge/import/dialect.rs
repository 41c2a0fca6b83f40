//! Markdown of site generators as Markdown of a knowledge base: containers of every dialect become quotes marked
//! `[!NOTE]`, details or headings one below the other.

use super::dialect_inline::without_tags;
use super::dialect_lines::{
    heading, inclusion, is_dropped, is_script_of_mdx, lone_anchor, untabbed, without_comments,
};
use super::dialect_tags::{Shortcode, Tag};
use super::fence::{Fence, collapsed, outside_fences};
use super::loss::LossKind;
use super::origin::Origin;
use super::page::Notes;
use super::wiki;

/// Rewrites a body; what cannot be carried is noted.
pub fn normalised(text: &str, origin: &Origin, notes: &mut Notes) -> String {
    let text = without_comments(&text.replace("\r\n", "\n"));
    let text = wiki::as_markdown(&text, origin, notes);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut walk = Walk { origin, notes };
    let mut out = Vec::new();
    walk.blocks(&lines, &mut out);
    let text = outside_fences(&out.join("\n"), |part| {
        without_tags(part, origin, walk.notes)
    });
    collapsed(&text)
}

/// What a container becomes.
enum Shape {
    /// A quote with its kind and title.
    Box(&'static str, String),
    /// Text to unfold, with its title.
    Details(String),
    /// A bold line, then the text.
    Titled(String),
    /// Tabs that marks within it part.
    Tabs,
    /// The text alone.
    Plain,
}

/// How a container ends.
enum End {
    /// A line of this many colons.
    Colons(usize),
    /// The first line that is not indented further.
    Indented,
    /// A shortcode of one of these names.
    Shortcode(Vec<String>),
    /// A closing tag.
    Tag(String),
}

struct Container {
    indent: usize,
    shape: Shape,
    end: End,
}

struct Walk<'a> {
    origin: &'a Origin,
    notes: &'a mut Notes,
}

impl Walk<'_> {
    fn blocks(&mut self, lines: &[String], out: &mut Vec<String>) {
        let mut position = 0;
        let mut anchor: Option<String> = None;
        while position < lines.len() {
            let line = &lines[position];
            if let Some(fence) = Fence::opens(line) {
                let end = (position + 1..lines.len())
                    .find(|at| fence.closes(&lines[*at]))
                    .unwrap_or(lines.len() - 1);
                out.push(fence.plain_opening(line));
                out.extend(lines[position + 1..=end].iter().cloned());
                position = end + 1;
                continue;
            }
            if let Some(container) = self.container(line) {
                let end = end_of(&container, lines, position);
                let inner: Vec<String> = lines[position + 1..end.inner]
                    .iter()
                    .map(|line| dedented(line, container.indent + end.dedent))
                    .collect();
                self.put(container, &inner, out);
                position = end.next;
                continue;
            }
            position += 1;
            if is_dropped(line) {
                continue;
            }
            if let Some(what) = inclusion(line) {
                self.notes.lost(LossKind::Inclusion, what, self.origin);
                continue;
            }
            if let Some(id) = lone_anchor(line) {
                if let Some(unused) = anchor.replace(id) {
                    self.notes.lost(LossKind::DeadAnchor, unused, self.origin);
                }
                continue;
            }
            if is_script_of_mdx(line) {
                self.notes
                    .lost(LossKind::Script, "import or export of MDX", self.origin);
                continue;
            }
            let mut line = line.clone();
            if line.trim_start().starts_with('#') {
                line = heading(&line, anchor.take());
            } else if !line.trim().is_empty()
                && let Some(unused) = anchor.take()
            {
                self.notes.lost(LossKind::DeadAnchor, unused, self.origin);
            }
            out.push(line);
        }
    }

    fn container(&mut self, line: &str) -> Option<Container> {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        let (shape, end) = colon_container(text)
            .or_else(|| admonition(text))
            .or_else(|| shortcode_container(text))
            .or_else(|| tag_container(text))?;
        Some(Container { indent, shape, end })
    }

    fn put(&mut self, container: Container, inner: &[String], out: &mut Vec<String>) {
        let mut body = Vec::new();
        match container.shape {
            Shape::Tabs => {
                let (parted, titles) = untabbed(inner);
                for title in titles {
                    self.notes.lost(LossKind::Tabs, title, self.origin);
                }
                self.blocks(&parted, &mut body);
            }
            _ => self.blocks(inner, &mut body),
        }
        while body.last().is_some_and(|line| line.trim().is_empty()) {
            body.pop();
        }
        let body = body
            .iter()
            .skip_while(|line| line.trim().is_empty())
            .cloned();
        let mut made: Vec<String> = vec![String::new()];
        match container.shape {
            Shape::Box(kind, title) => {
                made.push(format!("> [!{kind}]"));
                if !title.is_empty() {
                    made.push(format!("> **{title}**"));
                    made.push(">".to_owned());
                }
                made.extend(body.map(|line| match line.trim().is_empty() {
                    true => ">".to_owned(),
                    false => format!("> {line}"),
                }));
            }
            Shape::Details(title) => {
                made.push("<details>".to_owned());
                made.push(format!("<summary>{title}</summary>"));
                made.push(String::new());
                made.extend(body);
                made.push(String::new());
                made.push("</details>".to_owned());
            }
            Shape::Titled(title) => {
                self.notes.lost(LossKind::Tabs, title.clone(), self.origin);
                made.push(format!("**{title}**"));
                made.push(String::new());
                made.extend(body);
            }
            Shape::Tabs | Shape::Plain => made.extend(body),
        }
        made.push(String::new());
        let space = " ".repeat(container.indent);
        out.extend(made.into_iter().map(|line| match line.is_empty() {
            true => line,
            false => format!("{space}{line}"),
        }));
    }
}

struct Ends {
    /// Line behind the last one inside.
    inner: usize,
    /// Where the text goes on.
    next: usize,
    /// Columns the lines inside are indented by the container itself.
    dedent: usize,
}

fn end_of(container: &Container, lines: &[String], begin: usize) -> Ends {
    let mut fence: Option<Fence> = None;
    let mut depth = 0;
    for (at, line) in lines.iter().enumerate().skip(begin + 1) {
        if let Some(open) = &fence {
            if open.closes(line) {
                fence = None;
            }
            continue;
        }
        fence = Fence::opens(line);
        let text = line.trim();
        let found = |dedent| Ends {
            inner: at,
            next: at + 1,
            dedent,
        };
        match &container.end {
            End::Colons(count) => {
                let colons = text.len() - text.trim_start_matches(':').len();
                if colons >= 3 && colons == text.len() {
                    if depth == 0 && colons == *count {
                        return found(0);
                    }
                    depth = usize::max(depth, 1) - 1;
                } else if colons >= 3 && colons == *count {
                    // Inside with as many colons, which some generators read as nested.
                    depth += 1;
                }
            }
            End::Indented => {
                let indent = line.len() - line.trim_start().len();
                if !text.is_empty() && indent < container.indent + 4 {
                    return Ends {
                        inner: at,
                        next: at,
                        dedent: 4,
                    };
                }
            }
            End::Shortcode(names) => {
                let code = Shortcode::read(text);
                if code.is_some_and(|code| names.contains(&code.name.replace("/ ", "/"))) {
                    return found(0);
                }
            }
            End::Tag(name) => {
                if text == format!("</{name}>") {
                    if depth == 0 {
                        return found(0);
                    }
                    depth -= 1;
                } else if Tag::read(text)
                    .is_some_and(|tag| tag.name == *name && !tag.is_empty && !tag.is_closing)
                    && !text.contains("</")
                {
                    depth += 1;
                }
            }
        }
    }
    Ends {
        inner: lines.len(),
        next: lines.len(),
        dedent: match container.end {
            End::Indented => 4,
            _ => 0,
        },
    }
}

/// `:::tip Title`, `::: warning`, `:::note[Title]{#id}`.
fn colon_container(text: &str) -> Option<(Shape, End)> {
    let colons = text.len() - text.trim_start_matches(':').len();
    if colons < 3 {
        return None;
    }
    let rest = text[colons..].trim();
    let length = rest
        .find(|one: char| !(one.is_alphanumeric() || one == '-' || one == '_'))
        .unwrap_or(rest.len());
    if length == 0 {
        return None;
    }
    let (name, title) = rest.split_at(length);
    let title = title.trim();
    let title = match title
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((title, _)) => title,
        None => title.split('{').next().unwrap_or_default().trim(),
    };
    let shape = match name {
        "details" | "spoiler" | "collapse" => Shape::Details(titled(title, "…")),
        "tabs" | "code-tabs" | "code-group" => Shape::Tabs,
        "tab" | "code-group-item" => Shape::Titled(titled(title, name)),
        _ => match box_kind(name) {
            Some(kind) => Shape::Box(kind, title.to_owned()),
            None => Shape::Plain,
        },
    };
    Some((shape, End::Colons(colons)))
}

fn titled(title: &str, otherwise: &str) -> String {
    let title = title.trim_start_matches("@tab").trim();
    match title.is_empty() {
        true => otherwise.to_owned(),
        false => title.to_owned(),
    }
}

/// `!!! note "Title"`, `??? tip`, `=== "Tab"`.
fn admonition(text: &str) -> Option<(Shape, End)> {
    let mark = ["!!!", "???+", "???", "===+", "===!", "==="]
        .into_iter()
        .find(|mark| text.starts_with(&format!("{mark} ")))?;
    let rest = text[mark.len()..].trim();
    let (name, title) = match rest.find('"') {
        Some(begin) => (
            rest[..begin].trim(),
            rest[begin + 1..].trim_end().trim_end_matches('"'),
        ),
        None => (rest, ""),
    };
    if mark.starts_with('=') {
        return (!title.is_empty()).then(|| (Shape::Titled(title.to_owned()), End::Indented));
    }
    let first = name.split_whitespace().next().unwrap_or("note");
    let shape = match mark.starts_with('?') {
        true => Shape::Details(titled(title, first)),
        false => Shape::Box(box_kind(first).unwrap_or("NOTE"), title.to_owned()),
    };
    Some((shape, End::Indented))
}

/// `{% hint style="info" %}`, `{{% notice tip %}}`, `{% tab title="A" %}`.
fn shortcode_container(text: &str) -> Option<(Shape, End)> {
    let code = Shortcode::read(text)?;
    if code.length != text.trim_end().len() {
        return None;
    }
    let name = code.name.as_str();
    let title = || {
        let named = code.named.iter().find(|(key, _)| key == "title");
        named.map(|(_, title)| title.clone()).unwrap_or_default()
    };
    let shape = match name {
        "hint" | "notice" | "callout" | "alert" | "admonition" => {
            let kind = code.first_of(&["style", "type", "color"]).unwrap_or("note");
            Shape::Box(box_kind(kind).unwrap_or("NOTE"), title())
        }
        "note" | "tip" | "warning" | "info" | "caution" | "danger" => {
            Shape::Box(box_kind(name).unwrap_or("NOTE"), title())
        }
        "tab" => Shape::Titled(titled(
            code.first_of(&["title", "name", "header"])
                .unwrap_or_default(),
            "tab",
        )),
        "details" | "expand" | "accordion" | "collapse" => Shape::Details(titled(
            code.first_of(&["title", "summary"]).unwrap_or_default(),
            "…",
        )),
        "tabs" | "steps" | "stepper" | "step" | "columns" | "column" | "tabpane" => Shape::Plain,
        _ => return None,
    };
    let ends = vec![format!("end{name}"), format!("/{name}")];
    Some((shape, End::Shortcode(ends)))
}

/// `<Admonition type="tip">`, `<Note>`, `<Accordion title="A">`, alone on their lines.
fn tag_container(text: &str) -> Option<(Shape, End)> {
    let tag = Tag::read(text)?;
    let is_component = tag.name.starts_with(|one: char| one.is_ascii_uppercase());
    let alone = tag.length == text.trim_end().len();
    if !is_component || !alone || tag.is_closing || tag.is_empty {
        return None;
    }
    let lower = tag.name.to_ascii_lowercase();
    let title = tag
        .first_of(&["title", "label", "summary", "header"])
        .unwrap_or_default();
    let shape = if lower.contains("accordion") || lower == "expandable" || lower == "details" {
        Shape::Details(titled(title, "…"))
    } else if ["tabitem", "tab", "step"].contains(&lower.as_str()) && !title.is_empty() {
        Shape::Titled(title.to_owned())
    } else if ["admonition", "callout", "hint", "alert", "aside"]
        .iter()
        .any(|word| lower.contains(word))
    {
        let kind = tag.first_of(&["type", "kind", "variant", "style"]);
        let kind = kind.and_then(box_kind).unwrap_or("NOTE");
        Shape::Box(kind, title.to_owned())
    } else {
        Shape::Box(box_kind(&lower)?, title.to_owned())
    };
    Some((shape, End::Tag(tag.name)))
}

/// Kinds of boxes under the names that generators give them.
fn box_kind(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        // Translators turn the names of boxes into their language as well.
        "note" | "info" | "정보" | "참고" | "노트" | "情報" | "メモ" | "補足" | "信息" | "备注"
        | "備註" | "说明" | "資訊" | "abstract" | "summary" | "quote" | "question" | "example"
        | "seealso" | "secondary" | "default" | "theorem" | "primary" => "NOTE",
        "tip" | "hint" | "success" | "check" | "팁" | "도움말" | "ヒント" | "提示" | "技巧"
        | "小贴士" => "TIP",
        "important" | "중요" | "重要" => "IMPORTANT",
        "warning" | "warn" | "attention" | "todo" | "경고" | "警告" | "注意" => "WARNING",
        "danger" | "caution" | "error" | "failure" | "bug" | "위험" | "주의" | "危険" | "危险" => {
            "CAUTION"
        }
        _ => return None,
    })
}

fn dedented(line: &str, columns: usize) -> String {
    let mut rest = line;
    for _ in 0..columns {
        match rest.strip_prefix(' ') {
            Some(after) => rest = after,
            None => break,
        }
    }
    rest.strip_prefix('\t')
        .filter(|_| rest.len() == line.len() && columns > 0)
        .unwrap_or(rest)
        .to_owned()
}
