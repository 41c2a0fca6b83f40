//! What stands before the text of a Markdown page: YAML, TOML or JSON, or nothing.

use serde_json::{Map, Value};

/// A page cut into what its generator reads and its text.
#[derive(Debug, Default)]
pub struct Front {
    /// Keys and values.
    pub values: Map<String, Value>,
    /// The text.
    pub body: String,
}

/// Why the front matter cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct BadFront {
    /// Line of the file, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Cuts a page and reads what stands before its text.
pub fn read(text: &str) -> Result<Front, BadFront> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let fence = text.lines().next().unwrap_or_default().trim_end();
    if fence != "---" && fence != "+++" {
        return Ok(Front {
            values: Map::new(),
            body: text.to_owned(),
        });
    }
    let after = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut offset = after;
    for line in text[after..].split_inclusive('\n') {
        let end = offset + line.len();
        let closes = line.trim_end() == fence || (fence == "---" && line.trim_end() == "...");
        if closes {
            let values = match fence {
                "+++" => toml_values(&text[after..offset])?,
                _ => yaml_values(&text[after..offset])?,
            };
            return Ok(Front {
                values,
                body: text[end..].to_owned(),
            });
        }
        offset = end;
    }
    // A rule at the top of a page that has no front matter.
    Ok(Front {
        values: Map::new(),
        body: text[after..].to_owned(),
    })
}

fn yaml_values(text: &str) -> Result<Map<String, Value>, BadFront> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Ok(Map::new()),
        Err(error) => {
            let line = error.location().map_or(1, |at| at.line() as usize);
            let message = error.without_snippet().to_string();
            let first = message.lines().next().unwrap_or_default().to_owned();
            Err(BadFront {
                line: line + 1,
                message: format!("the front matter is not YAML: {first}"),
            })
        }
    }
}

fn toml_values(text: &str) -> Result<Map<String, Value>, BadFront> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().map_or(0, |span| span.start.min(text.len()));
        BadFront {
            line: text[..before].matches('\n').count() + 2,
            message: format!("the front matter is not TOML: {}", error.message().trim()),
        }
    })
}

impl Front {
    /// Returns the first of several keys that holds a text or number.
    pub fn text(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| text_of(self.values.get(*key)?))
    }

    /// Returns every text of several keys, lists and single ones.
    pub fn list(&self, keys: &[&str]) -> Vec<String> {
        let values = keys.iter().filter_map(|key| self.values.get(*key));
        values.flat_map(list_of).collect()
    }

    /// Tells whether a key is set to true.
    pub fn is_set(&self, key: &str) -> bool {
        self.values.get(key).and_then(Value::as_bool) == Some(true)
    }
}

/// A text or number as text, if it says something.
pub fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The texts of a list, or the one text.
pub fn list_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text_of).collect(),
        other => text_of(other).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_of_every_kind_is_read() {
        for (text, title, body) in [
            (
                "---\ntitle: \"A: b\"\ntags: [x, y]\n---\nBody\n",
                Some("A: b"),
                "Body\n",
            ),
            (
                "+++\ntitle = 'A'\ndate = 2026-01-02\n+++\nBody",
                Some("A"),
                "Body",
            ),
            (
                "\u{feff}---\r\ntitle: 出金\r\n---\r\nBody",
                Some("出金"),
                "Body",
            ),
            ("Body", None, "Body"),
            ("---\n---\nBody", None, "Body"),
            ("---\nBody without an end", None, "Body without an end"),
        ] {
            let front = read(text).unwrap();
            assert_eq!(front.text(&["title"]).as_deref(), title, "{text}");
            assert_eq!(front.body, body, "{text}");
        }
    }

    #[test]
    fn a_mistake_names_its_line() {
        for (text, line) in [
            ("---\na: 1\nb: [1\nc: 2\n---\n", 4),
            ("+++\na = 1\nb = x\n+++\n", 3),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.line.abs_diff(line) <= 1, "{error:?}");
        }
    }
}
