//! What a person reads in the HTML of a mail, without what the mail quotes.

use scraper::{Html, Node};

/// Elements that are not text.
const UNREAD: [&str; 8] = [
    "head", "style", "script", "title", "template", "noscript", "object", "svg",
];

/// Elements that stand in lines of their own.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "li",
    "tr",
    "table",
    "ul",
    "ol",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "pre",
    "section",
    "article",
    "header",
    "footer",
];

/// Elements with an empty line around them.
const PARAGRAPHS: [&str; 10] = [
    "p",
    "ul",
    "ol",
    "table",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "pre",
];

/// Classes by which programs mark what they quote, or a signature.
const QUOTING_CLASSES: [&str; 11] = [
    "gmail_quote",
    "gmail_quote_container",
    "gmail_attr",
    "gmail_signature",
    "yahoo_quoted",
    "moz-cite-prefix",
    "moz-signature",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "zmail_signature",
];

/// Ids of the same.
const QUOTING_IDS: [&str; 4] = [
    "isReplyContent",
    "Signature",
    "signature",
    "ymail_android_signature",
];

/// Ids behind which everything is quoted.
const LAST_IDS: [&str; 4] = [
    "divRplyFwdMsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "OLK_SRC_BODY_SECTION",
];

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// It is read.
    Whole,
    /// It is left out with all that is in it.
    Nothing,
    /// It is left out with all that follows.
    End,
}

/// Returns the text, a line for each block.
pub(super) fn text_of_html(html: &str) -> String {
    let parsed = Html::parse_document(html);
    let mut text = Text::default();
    // Without recursion: whoever writes a mail decides how deep its elements stand in each other.
    let mut node = parsed.tree.root();
    loop {
        let mut goes_in = true;
        match node.value() {
            Node::Text(words) => text.say(words),
            Node::Element(element) => match kept(element.name(), |name| element.attr(name)) {
                Kept::Whole => text.open(element.name()),
                Kept::Nothing => goes_in = false,
                Kept::End => break,
            },
            _ => {}
        }
        if let Some(child) = node.first_child().filter(|_| goes_in) {
            node = child;
            continue;
        }
        loop {
            if let (Node::Element(element), true) = (node.value(), goes_in) {
                text.close(element.name(), element.attr("href"));
            }
            goes_in = true;
            if let Some(sibling) = node.next_sibling() {
                node = sibling;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => return text.finished(),
            }
        }
    }
    text.finished()
}

fn kept<'a>(name: &str, attribute: impl Fn(&str) -> Option<&'a str>) -> Kept {
    let id = attribute("id").unwrap_or_default();
    if LAST_IDS.contains(&id) {
        return Kept::End;
    }
    let mut classes = attribute("class").unwrap_or_default().split_whitespace();
    let is_quoted = classes.any(|class| QUOTING_CLASSES.contains(&class))
        || QUOTING_IDS.contains(&id)
        || name == "blockquote" && attribute("type") == Some("cite");
    let style = attribute("style").unwrap_or_default().to_ascii_lowercase();
    let style: String = style.chars().filter(|one| !one.is_whitespace()).collect();
    let is_hidden = style.contains("display:none") || attribute("hidden").is_some();
    match UNREAD.contains(&name) || is_quoted || is_hidden {
        true => Kept::Nothing,
        false => Kept::Whole,
    }
}

#[derive(Default)]
struct Text {
    text: String,
    /// Where the texts of open links begin.
    links: Vec<usize>,
    preformatted: usize,
}

impl Text {
    fn say(&mut self, words: &str) {
        if self.preformatted > 0 {
            self.text.push_str(words);
            return;
        }
        for character in words.chars() {
            // A space that must not break is a space to the reader.
            match character.is_whitespace() {
                true if self.text.is_empty() || self.text.ends_with([' ', '\n']) => {}
                true => self.text.push(' '),
                false => self.text.push(character),
            }
        }
    }

    fn open(&mut self, name: &str) {
        match name {
            "br" => self.text.push('\n'),
            "a" => self.links.push(self.text.len()),
            "td" | "th" => self.say(" "),
            _ => self.begin_block(name),
        }
        if name == "pre" {
            self.preformatted += 1;
        }
        if name == "li" {
            self.text.push_str("- ");
        }
    }

    fn close(&mut self, name: &str, target: Option<&str>) {
        match name {
            "a" => {
                let begin = self.links.pop().unwrap_or_default();
                let shown = self.text.get(begin..).unwrap_or_default().trim().to_owned();
                let target = target.unwrap_or_default();
                let leads_out = target.starts_with("http://") || target.starts_with("https://");
                if leads_out
                    && !shown.is_empty()
                    && !target.contains(shown.as_str())
                    && !shown.contains(target)
                {
                    self.text.push_str(&format!(" ({target})"));
                }
            }
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.begin_block(name);
            }
            _ => self.begin_block(name),
        }
    }

    fn begin_block(&mut self, name: &str) {
        if !BLOCKS.contains(&name) || self.text.is_empty() {
            return;
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        if PARAGRAPHS.contains(&name) && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn finished(self) -> String {
        let lines: Vec<&str> = self.text.lines().map(str::trim_end).collect();
        lines.join("\n").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_kept_and_what_is_quoted_is_not() {
        let check = |html: &str, expected: &str| {
            assert_eq!(text_of_html(html), expected, "{html}");
        };
        check(
            "<p>How long?</p><p>It is <b>urgent</b>.</p>",
            "How long?\n\nIt is urgent.",
        );
        check("提现<br>多久？", "提现\n多久？");
        check(
            "<style>p{}</style><div>hello</div><div style='display: none'>preheader</div>",
            "hello",
        );
        check(
            "<div>見ました</div><div class='gmail_quote'><div class=\"gmail_attr\">2026年 Mondo:</div><blockquote>old</blockquote></div>",
            "見ました",
        );
        check(
            "<p>yes</p><blockquote type=cite>old</blockquote><p>and no</p>",
            "yes\n\nand no",
        );
        check(
            "<div>ok</div><div id=divRplyFwdMsg>From: us</div><div>old</div>",
            "ok",
        );
        check(
            "<p>see <a href='https://a.example/x'>this page</a> or <a href='https://b.example'>https://b.example</a></p>",
            "see this page (https://a.example/x) or https://b.example",
        );
        check("<ul><li>one<li>two</ul>after", "- one\n- two\n\nafter");
        check(
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            "a b\nc",
        );
        check("a&nbsp;&nbsp;b <script>alert(1)</script>", "a b");
        check("", "");
    }

    #[test]
    fn no_depth_of_elements_is_too_deep() {
        let deep = format!("{}end", "<div>".repeat(60_000));
        assert_eq!(text_of_html(&deep), "end");
    }
}
