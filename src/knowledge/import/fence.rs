//! Code blocks between fences, which nothing may rewrite.

/// A code fence.
pub struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    /// Reads a line that opens a code block.
    pub fn opens(line: &str) -> Option<Self> {
        let text = line.trim_start().trim_start_matches("> ").trim_start();
        let mark = text.chars().next().filter(|one| matches!(one, '`' | '~'))?;
        let length = text.len() - text.trim_start_matches(mark).len();
        let has_tick_behind = mark == '`' && text[length..].contains('`');
        (length >= 3 && !has_tick_behind).then_some(Self { mark, length })
    }

    /// Tells whether a line closes it.
    pub fn closes(&self, line: &str) -> bool {
        let text = line.trim().trim_start_matches("> ").trim();
        text.len() >= self.length && text.chars().all(|one| one == self.mark)
    }

    /// Returns the opening line without marks for lines and titles, which only the generator reads.
    pub fn plain_opening(&self, line: &str) -> String {
        let begin = line.find(self.mark).unwrap_or(0) + self.length;
        let language: String = line[begin..]
            .trim_start()
            .chars()
            .take_while(|one| !one.is_whitespace() && !matches!(one, '{' | '[' | ':' | ','))
            .collect();
        format!("{}{language}", &line[..begin])
    }
}

/// Applies a change to everything that is no code block.
pub fn outside_fences(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    let mut made = String::with_capacity(text.len());
    let mut plain = String::new();
    let mut fence: Option<Fence> = None;
    for line in text.split_inclusive('\n') {
        match &fence {
            None => match Fence::opens(line) {
                Some(opened) => {
                    made.push_str(&change(&std::mem::take(&mut plain)));
                    made.push_str(line);
                    fence = Some(opened);
                }
                None => plain.push_str(line),
            },
            Some(open) => {
                made.push_str(line);
                if open.closes(line) {
                    fence = None;
                }
            }
        }
    }
    made.push_str(&change(&plain));
    made
}

/// Returns a text with at most one empty line in a row outside of code.
pub fn collapsed(text: &str) -> String {
    outside_fences(text, |part| {
        let mut made = String::with_capacity(part.len());
        let mut empty = 0;
        for line in part.split_inclusive('\n') {
            empty = if line.trim().is_empty() { empty + 1 } else { 0 };
            if empty <= 1 {
                made.push_str(if empty == 1 { "\n" } else { line });
            }
        }
        made
    })
    .trim()
    .to_owned()
}
