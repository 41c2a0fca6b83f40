//! Changes one setting in the text of a configuration file and leaves every other line as it is.

use toml::{Table, Value};

/// Sets `key` of `[section]` to a text. `None` when the file is written in a way this cannot change safely, such as a
/// section in braces.
pub fn set_text(text: &str, section: &str, key: &str, value: &str) -> Option<String> {
    let setting = format!("{key} = {}", Value::String(value.to_owned()));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let header = lines.iter().position(|line| is_header(line, section));
    match header {
        None => {
            if lines.last().is_some_and(|line| !line.trim().is_empty()) {
                lines.push(String::new());
            }
            lines.push(format!("[{section}]"));
            lines.push(setting);
        }
        Some(header) => {
            let body = header + 1;
            let end = lines[body..]
                .iter()
                .position(|line| line.trim_start().starts_with('['))
                .map_or(lines.len(), |length| body + length);
            match (body..end).find(|line| names(&lines[*line], key)) {
                Some(line) => lines[line] = setting,
                None => lines.insert(body, setting),
            }
        }
    }
    let changed = lines.join("\n") + "\n";
    only_that_changed(text, &changed, section, key, value).then_some(changed)
}

fn is_header(line: &str, section: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim();
    let inside = line
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'));
    inside.is_some_and(|name| name.trim() == section)
}

fn names(line: &str, key: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(name, _)| name.trim() == key)
}

/// Reads both texts, so that an edit that went wrong is never written.
fn only_that_changed(before: &str, after: &str, section: &str, key: &str, value: &str) -> bool {
    let (Ok(mut before), Ok(after)) = (before.parse::<Table>(), after.parse::<Table>()) else {
        return false;
    };
    let inner = before
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(inner) = inner else {
        return false;
    };
    inner.insert(key.to_owned(), Value::String(value.to_owned()));
    before == after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_line_changes() {
        let check = |before: &str, after: Option<&str>| {
            let found = set_text(before, "encoder", "model", "models/new");
            assert_eq!(found.as_deref(), after, "{before}");
        };
        check("", Some("[encoder]\nmodel = \"models/new\"\n"));
        check(
            "# mine\n[server]\nkb = \"kb\"\n",
            Some("# mine\n[server]\nkb = \"kb\"\n\n[encoder]\nmodel = \"models/new\"\n"),
        );
        check(
            "[encoder] # ours\n# where\nmodel = \"old\"\nruntime = \"auto\"\n[log]\nlevel = \"warn\"\n",
            Some(
                "[encoder] # ours\n# where\nmodel = \"models/new\"\nruntime = \"auto\"\n[log]\nlevel = \"warn\"\n",
            ),
        );
        check(
            "[encoder]\nruntime = \"auto\"\n",
            Some("[encoder]\nmodel = \"models/new\"\nruntime = \"auto\"\n"),
        );
        // Written in ways that only a person should change.
        check("encoder = { model = \"old\" }\n", None);
        check("encoder.model = \"old\"\n", None);
        check("[encoder\n", None);
    }
}
