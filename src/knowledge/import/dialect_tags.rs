//! Reads one HTML or JSX tag, or one shortcode, at the front of a text.

/// A tag with its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name as written.
    pub name: String,
    /// Whether it is `</name>`.
    pub is_closing: bool,
    /// Whether it is `<name/>`.
    pub is_empty: bool,
    /// Attributes in order; the value of a JSX expression is the first text quoted in it.
    pub attributes: Vec<(String, String)>,
    /// Bytes it takes.
    pub length: usize,
}

impl Tag {
    /// Reads a tag at the very front; `None` where there is none.
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('<')?;
        let (is_closing, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        if !rest.starts_with(|one: char| one.is_ascii_alphabetic()) {
            return None;
        }
        let name_length = rest
            .find(|one: char| !(one.is_ascii_alphanumeric() || matches!(one, '-' | '.' | '_')))?;
        // An address such as <a@b.example> is no tag.
        let after_name = rest[name_length..].chars().next()?;
        if !after_name.is_whitespace() && !matches!(after_name, '/' | '>') {
            return None;
        }
        let name = rest[..name_length].to_owned();
        let mut scan = Scan {
            rest: &rest[name_length..],
        };
        let mut attributes = Vec::new();
        loop {
            scan.skip_space();
            if let Some(after) = scan.rest.strip_prefix("/>") {
                return Some(Self {
                    name,
                    is_closing,
                    is_empty: true,
                    attributes,
                    length: text.len() - after.len(),
                });
            }
            if let Some(after) = scan.rest.strip_prefix('>') {
                return Some(Self {
                    name,
                    is_closing,
                    is_empty: false,
                    attributes,
                    length: text.len() - after.len(),
                });
            }
            let attribute = scan.attribute()?;
            attributes.push(attribute);
        }
    }

    /// Returns an attribute by its name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|(key, _)| key.trim_start_matches(':').eq_ignore_ascii_case(name))?;
        Some(found.1.as_str())
    }

    /// Returns the first of several attributes that says something.
    pub fn first_of(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .filter_map(|name| self.attribute(name))
            .find(|value| !value.trim().is_empty())
    }
}

struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn attribute(&mut self) -> Option<(String, String)> {
        if self.rest.starts_with('{') {
            // A spread such as {...props} has no name.
            self.expression()?;
            return Some((String::new(), String::new()));
        }
        let length = self
            .rest
            .find(|one: char| one.is_whitespace() || matches!(one, '=' | '>' | '/' | '<'))?;
        if length == 0 {
            // A stray slash or sign: no tag of ours.
            return None;
        }
        let name = self.rest[..length].to_owned();
        self.rest = &self.rest[length..];
        let after_name = self.rest.trim_start();
        let Some(after) = after_name.strip_prefix('=') else {
            return Some((name, String::new()));
        };
        self.rest = after.trim_start();
        let value = match self.rest.chars().next()? {
            quote @ ('"' | '\'') => {
                let end = self.rest[1..].find(quote)?;
                let value = self.rest[1..=end].to_owned();
                self.rest = &self.rest[end + 2..];
                value
            }
            '{' => first_quoted(self.expression()?),
            _ => {
                let end = self
                    .rest
                    .find(|one: char| one.is_whitespace() || one == '>')?;
                let value = self.rest[..end].to_owned();
                self.rest = &self.rest[end..];
                value
            }
        };
        Some((name, value))
    }

    /// Takes a balanced `{...}`.
    fn expression(&mut self) -> Option<&str> {
        let mut depth = 0;
        for (offset, character) in self.rest.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let (taken, rest) = self.rest.split_at(offset + 1);
                self.rest = rest;
                return Some(taken);
            }
        }
        None
    }
}

/// The first quoted text of an expression, which for pictures and links is where they lead.
fn first_quoted(expression: &str) -> String {
    for (offset, character) in expression.char_indices() {
        if matches!(character, '"' | '\'' | '`') {
            let rest = &expression[offset + 1..];
            return rest
                .find(character)
                .map_or(String::new(), |end| rest[..end].to_owned());
        }
    }
    String::new()
}

/// A shortcode such as `{{< figure src="a.png" >}}` or `{% hint style="info" %}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcode {
    /// Its name; begins with `/` or `end` where it closes one.
    pub name: String,
    /// Values without a name.
    pub values: Vec<String>,
    /// Values with a name.
    pub named: Vec<(String, String)>,
    /// Bytes it takes.
    pub length: usize,
}

impl Shortcode {
    /// Reads a shortcode at the very front; `None` where there is none.
    pub fn read(text: &str) -> Option<Self> {
        const MARKS: [(&str, &str); 3] = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}")];
        let (open, close) = MARKS.into_iter().find(|(open, _)| text.starts_with(open))?;
        let end = text.find(close)?;
        let inner = text[open.len()..end].trim().trim_end_matches('/').trim();
        let mut words = words_of(inner).into_iter();
        let name = words.next()?;
        let mut found = Self {
            name,
            values: Vec::new(),
            named: Vec::new(),
            length: end + close.len(),
        };
        for word in words {
            match word.split_once('=') {
                Some((key, value)) if !key.contains('/') && !key.contains('?') => found
                    .named
                    .push((key.to_owned(), unquoted(value).to_owned())),
                _ => found.values.push(unquoted(&word).to_owned()),
            }
        }
        Some(found)
    }

    /// Returns the first of several named values, else the first one without a name.
    pub fn first_of(&self, names: &[&str]) -> Option<&str> {
        self.named
            .iter()
            .find(|(key, _)| names.contains(&key.as_str()))
            .map(|(_, value)| value.as_str())
            .or_else(|| self.values.first().map(String::as_str))
    }
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(|one| matches!(one, '"' | '\'' | '`' | '“' | '”'))
}

/// Words at spaces that no quotes hold.
fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for character in text.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if character.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            _ => {}
        }
        word.push(character);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_html_and_jsx_are_read() {
        let tag = Tag::read("<img src={require('./a b.png').default} alt='x > y' wide/>z").unwrap();
        assert_eq!(tag.attribute("src"), Some("./a b.png"));
        assert_eq!(tag.attribute("alt"), Some("x > y"));
        assert!(tag.is_empty && tag.attribute("wide").is_some());
        assert!(Tag::read("</TabItem>").unwrap().is_closing);
        for text in ["<https://a.example>", "< a>", "<a", "<1>", "<a@b.example>"] {
            assert_eq!(Tag::read(text), None, "{text}");
        }
    }

    #[test]
    fn shortcodes_are_read() {
        let code = Shortcode::read("{{< figure src=\"a b.png\" alt=\"x\" >}} more").unwrap();
        assert_eq!(code.name, "figure");
        assert_eq!(code.first_of(&["src"]), Some("a b.png"));
        let code = Shortcode::read("{% hint style=\"info\" %}").unwrap();
        assert_eq!((code.name.as_str(), code.length), ("hint", 23));
        let code = Shortcode::read("{{< youtube abc >}}").unwrap();
        assert_eq!(code.first_of(&["id"]), Some("abc"));
        assert_eq!(Shortcode::read("{{ value }}"), None);
    }
}
