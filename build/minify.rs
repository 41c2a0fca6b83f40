//! Makes scripts and style sheets smaller without changing what they mean: comments and idle space go, names stay.

/// Characters next to which a space says nothing.
const TIGHT: &str = "=,;:(){}[]?<>!&|*";
/// Characters after which a slash begins a regular expression.
const BEFORE_PATTERN: &str = "(,=:[!&|?{};+-*%~^<>";

/// Shrinks a script.
pub fn script(source: &str) -> String {
    let mut small = Script {
        rest: source.chars().peekable(),
        out: String::with_capacity(source.len()),
        space: None,
    };
    small.code(false);
    small.out.trim().to_owned()
}

struct Script<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    out: String,
    /// Space met since the last character: a space, or a line feed where there was one.
    space: Option<char>,
}

impl Script<'_> {
    /// Copies code, up to the brace that closes a place in a template when `in_template`.
    fn code(&mut self, in_template: bool) {
        let mut depth = 0_usize;
        while let Some(character) = self.rest.next() {
            match character {
                '/' if self.rest.peek() == Some(&'/') => {
                    while self.rest.next_if(|next| *next != '\n').is_some() {}
                }
                '/' if self.rest.peek() == Some(&'*') => self.skip_comment(),
                '/' if self.begins_pattern() => self.pattern(),
                '\'' | '"' => self.text(character),
                '`' => self.template(),
                character if character.is_whitespace() => {
                    let is_line = character == '\n' || self.space == Some('\n');
                    self.space = Some(if is_line { '\n' } else { ' ' });
                }
                '{' => {
                    depth += 1;
                    self.put('{');
                }
                '}' if in_template && depth == 0 => {
                    self.put('}');
                    return;
                }
                '}' => {
                    depth = depth.saturating_sub(1);
                    self.put('}');
                }
                other => self.put(other),
            }
        }
    }

    /// Writes a character of code, and the space before it where that is needed.
    fn put(&mut self, character: char) {
        if let Some(space) = self.space.take() {
            let before = self.out.chars().last().unwrap_or(';');
            let idle = match space {
                // A line feed can end a statement, so it goes only where none can end.
                '\n' => "{([,;".contains(before) || "})].".contains(character),
                _ => TIGHT.contains(before) || TIGHT.contains(character),
            };
            if !idle {
                self.out.push(space);
            }
        }
        self.out.push(character);
    }

    fn skip_comment(&mut self) {
        let mut before = ' ';
        self.rest.next();
        for character in self.rest.by_ref() {
            if before == '*' && character == '/' {
                return;
            }
            before = character;
        }
    }

    fn begins_pattern(&self) -> bool {
        let code = self.out.trim_end();
        let is_operator = code
            .chars()
            .last()
            .is_none_or(|last| BEFORE_PATTERN.contains(last));
        is_operator
            || ["return", "typeof", "case"]
                .iter()
                .any(|word| code.ends_with(word))
    }

    fn pattern(&mut self) {
        self.put('/');
        let mut in_class = false;
        while let Some(character) = self.rest.next() {
            self.out.push(character);
            match character {
                '\\' => self.out.extend(self.rest.next()),
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => return,
                _ => {}
            }
        }
    }

    fn text(&mut self, quote: char) {
        self.put(quote);
        while let Some(character) = self.rest.next() {
            self.out.push(character);
            match character {
                '\\' => self.out.extend(self.rest.next()),
                end if end == quote => return,
                _ => {}
            }
        }
    }

    fn template(&mut self) {
        self.put('`');
        while let Some(character) = self.rest.next() {
            self.out.push(character);
            match character {
                '\\' => self.out.extend(self.rest.next()),
                '`' => return,
                '$' if self.rest.peek() == Some(&'{') => {
                    self.out.extend(self.rest.next());
                    self.code(true);
                }
                _ => {}
            }
        }
    }
}

/// Shrinks a style sheet.
pub fn style(source: &str) -> String {
    let mut bare = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let mut small = String::with_capacity(bare.len());
    for word in bare.split_whitespace() {
        // A space before a colon is a selector of its own, so only these are idle.
        let before = small.chars().last().unwrap_or('{');
        if !"{};:,".contains(before) && !word.starts_with(['{', '}']) {
            small.push(' ');
        }
        small.push_str(word);
    }
    small.replace(";}", "}")
}
