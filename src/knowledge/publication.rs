//! What an author says about when an article may be given, written into its `article.toml`.

use super::draft::{UnreadableText, read_matter};
use super::stage::Stage;

/// Where an article is to stand, and on which days it may be given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publication {
    /// Where it stands.
    pub stage: Stage,
    /// First day, `YYYY-MM-DD`.
    pub valid_from: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    pub valid_until: Option<String>,
}

impl Publication {
    /// Returns an `article.toml` with this in it; everything else in it stays as it is.
    pub fn write(&self, text: &str) -> Result<String, UnreadableText> {
        read_matter(text)?;
        let stage = match self.stage {
            Stage::Published => None,
            other => Some(format!("\"{}\"", other.code())),
        };
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (key, value) in [
            ("stage", stage),
            ("valid_from", self.valid_from.clone()),
            ("valid_until", self.valid_until.clone()),
        ] {
            let is_of_key = |line: &String| {
                let rest = line.trim_start().strip_prefix(key);
                rest.is_some_and(|rest| rest.trim_start().starts_with('='))
            };
            let place = lines.iter().position(is_of_key);
            match (place, value) {
                (Some(place), Some(value)) => lines[place] = format!("{key} = {value}"),
                (Some(place), None) => drop(lines.remove(place)),
                (None, Some(value)) => lines.push(format!("{key} = {value}")),
                (None, None) => {}
            }
        }
        let text = lines.join("\n") + "\n";
        read_matter(&text)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_published_otherwise_is_written() {
        let matter = "# ours\nid = \"a\"\ncategory = \"b\"\nvalid_from = 2026-01-01\n";
        let draft = Publication {
            stage: Stage::Draft,
            valid_from: None,
            valid_until: Some("2027-02-03".to_owned()),
        };
        let written = draft.write(matter).expect("sound");
        assert_eq!(
            written,
            "# ours\nid = \"a\"\ncategory = \"b\"\nstage = \"draft\"\nvalid_until = 2027-02-03\n"
        );
        let back = Publication::default().write(&written).expect("sound");
        assert_eq!(back, "# ours\nid = \"a\"\ncategory = \"b\"\n");
        let read = read_matter(&written).expect("sound");
        assert_eq!(read.stage, Stage::Draft);
        let wrong = Publication {
            valid_from: Some("tomorrow".to_owned()),
            ..Publication::default()
        };
        assert!(wrong.write(matter).is_err());
    }
}
