//! Writes the files of an article: a translation from its parts, and `article.toml` with its revision raised.

use sha2::{Digest, Sha256};
use toml::Value;

use super::ArticleId;
use super::front_matter::{ArticleMatter, TranslationMatter, parse_toml, split};

/// What an author writes in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    /// The question as a visitor asks it.
    pub title: String,
    /// The same question in other words.
    pub alternates: Vec<String>,
    /// The short answer.
    pub summary: String,
    /// Revision of the source text this follows.
    pub source_rev: u32,
    /// The long answer, in Markdown.
    pub body: String,
}

/// Why a text of a knowledge folder cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct UnreadableText {
    /// Line of the file, counted from 1.
    pub line: usize,
    /// What is wrong, and what to write.
    pub message: String,
}

impl Wording {
    /// Reads a translation file.
    pub fn read(text: &str) -> Result<Self, UnreadableText> {
        let unreadable = |line, message| UnreadableText { line, message };
        let parts = split(text).map_err(|bad| unreadable(bad.line, bad.message))?;
        let matter: TranslationMatter =
            parse_toml(parts.matter).map_err(|bad| unreadable(bad.line + 1, bad.message))?;
        let TranslationMatter {
            title,
            alternates,
            keywords: _,
            summary,
            source_rev,
        } = matter;
        for (name, value) in [("title", &title), ("summary", &summary)] {
            if value.trim().is_empty() {
                return Err(unreadable(2, format!("`{name}` is empty; write it")));
            }
        }
        Ok(Self {
            title,
            alternates,
            summary,
            source_rev,
            body: parts.body.trim().to_owned(),
        })
    }

    /// Writes a translation file in place of an earlier one, whose comments and keywords stay.
    pub fn write(&self, earlier: Option<&str>) -> String {
        let comments: String = earlier
            .and_then(|text| split(text).ok())
            .map(|parts| parts.matter)
            .unwrap_or_default()
            .lines()
            .filter(|line| line.trim_start().starts_with('#'))
            .map(|line| format!("{line}\n"))
            .collect();
        let keywords = earlier
            .and_then(|text| parse_toml::<TranslationMatter>(split(text).ok()?.matter).ok())
            .map(|matter| matter.keywords)
            .unwrap_or_default();
        self.written(&comments, &keywords)
    }

    /// Writes a new translation file with further words it should be found by.
    pub fn write_with_keywords(&self, keywords: &[String]) -> String {
        self.written("", keywords)
    }

    fn written(&self, comments: &str, keywords: &[String]) -> String {
        let keywords = match keywords {
            [] => String::new(),
            some => {
                let quoted: Vec<String> = some.iter().map(|keyword| quoted(keyword)).collect();
                format!("keywords = [{}]\n", quoted.join(", "))
            }
        };
        let alternates: String = self
            .alternates
            .iter()
            .map(|alternate| alternate.trim())
            .filter(|alternate| !alternate.is_empty())
            .map(|alternate| format!("  {},\n", quoted(alternate)))
            .collect();
        let alternates = match alternates.as_str() {
            "" => "[]".to_owned(),
            lines => format!("[\n{lines}]"),
        };
        format!(
            "+++\n{comments}title = {}\nalternates = {alternates}\n{keywords}summary = {}\nsource_rev = {}\n+++\n{}\n",
            quoted(self.title.trim()),
            quoted(self.summary.trim()),
            self.source_rev,
            lines(self.body.trim()),
        )
    }
}

fn quoted(text: &str) -> String {
    Value::String(lines(text)).to_string()
}

/// Ends every line in one way, as CommonMark reads them: a carriage return by itself ends one too.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Writes the `article.toml` an article begins with; what is left out has its default.
pub fn first_matter(id: &ArticleId, category: &str) -> String {
    format!(
        "id = {}\ncategory = {}\nseverity = \"normal\"\nintent = \"general\"\npolicy = \"label\"\n\
         audience = [\"all\"]\nrev = 1\nfollow_ups = []\ncollect = []\n",
        quoted(id.as_str()),
        quoted(category),
    )
}

/// Reads `article.toml`.
pub fn read_matter(text: &str) -> Result<ArticleMatter, UnreadableText> {
    parse_toml(text).map_err(|bad| UnreadableText {
        line: bad.line,
        message: bad.message,
    })
}

/// Returns `article.toml` with its revision raised by one, and that revision; every other line stays.
pub fn raise_revision(text: &str) -> Result<(String, u32), UnreadableText> {
    let rev = read_matter(text)?.rev + 1;
    let is_rev = |line: &str| {
        line.trim_start()
            .strip_prefix("rev")
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let setting = format!("rev = {rev}");
    match lines.iter().position(|line| is_rev(line)) {
        Some(place) => lines[place] = setting,
        None => lines.push(setting),
    }
    Ok((lines.join("\n") + "\n", rev))
}

/// Names a text by its content.
pub fn content_hash(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let wording = Wording {
            title: "どうやって\"出金\"しますか?".to_owned(),
            alternates: vec![
                "出金方法".to_owned(),
                " ".to_owned(),
                "C:\\path 'x'".to_owned(),
            ],
            summary: "One line.\nAnother.".to_owned(),
            source_rev: 3,
            body: "First.\n\n+++\n\nLast.".to_owned(),
        };
        let text = wording.write(Some("+++\n# keep me\ntitle = \"a\"\n+++\n"));
        assert!(text.starts_with("+++\n# keep me\ntitle"), "{text}");
        let mut expected = wording;
        expected.alternates.remove(1);
        assert_eq!(Wording::read(&text), Ok(expected));
    }

    #[test]
    fn what_was_written_once_stays_as_it_is() {
        let wording = Wording {
            title: "a\r\r\nb".to_owned(),
            alternates: Vec::new(),
            summary: "c".to_owned(),
            source_rev: 1,
            body: "one\r\r\ntwo\rthree\r\nfour".to_owned(),
        };
        let written = wording.write(None);
        assert!(!written.contains('\r'), "{written}");
        let again = Wording::read(&written).unwrap().write(Some(&written));
        assert_eq!(again, written);
    }

    #[test]
    fn a_text_that_cannot_be_served_names_its_line() {
        for (text, line) in [
            ("no matter", 1),
            ("+++\ntitle = 3\nsummary = \"a\"\n+++\n", 2),
            ("+++\ntitle = \" \"\nsummary = \"a\"\n+++\n", 2),
        ] {
            assert_eq!(Wording::read(text).unwrap_err().line, line, "{text}");
        }
    }

    #[test]
    fn what_an_article_begins_with_is_read() {
        let matter = read_matter(&first_matter(&ArticleId::new("a-b"), "shop")).unwrap();
        assert_eq!(
            (matter.id.as_str(), matter.category.as_str(), matter.rev),
            ("a-b", "shop", 1)
        );
    }

    #[test]
    fn raising_the_revision_changes_one_line() {
        let text = "# who\nid = \"a\"\ncategory = \"b\"\nrev = 4\nowner = \"c\"\n";
        let (raised, rev) = raise_revision(text).unwrap();
        assert_eq!((raised, rev), (text.replace("rev = 4", "rev = 5"), 5));
        let (added, rev) = raise_revision("id = \"a\"\ncategory = \"b\"\n").unwrap();
        assert_eq!((added.lines().last(), rev), (Some("rev = 2"), 2));
    }
}
