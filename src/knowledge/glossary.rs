//! Words of the operator's own: synonyms, terms that must match, and names of others. Kept in `glossary.toml` at the root of
//! the knowledge folder, which may do without.

use serde::Deserialize;

use crate::language::normalize_for_matching;

/// What the operator says about words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Glossary {
    /// Groups of words that mean the same; a question with any of them is searched with the first.
    pub synonyms: Vec<Vec<String>>,
    /// Terms that, when a question has them, the article must have too, such as product numbers.
    pub must_match: Vec<String>,
    /// Names of other companies and products: a question that has one is not answered surely.
    pub not_ours: Vec<String>,
    /// Names of the operator: what is sent from or to one goes out or in.
    pub ours: Vec<String>,
}

impl Glossary {
    /// Folds every word as texts are folded for matching.
    pub(super) fn folded(self) -> Self {
        let fold = |words: Vec<String>| -> Vec<String> {
            words
                .iter()
                .map(|word| normalize_for_matching(word))
                .filter(|word| !word.is_empty())
                .collect()
        };
        Self {
            synonyms: self
                .synonyms
                .into_iter()
                .map(fold)
                .filter(|group| group.len() > 1)
                .collect(),
            must_match: fold(self.must_match),
            not_ours: fold(self.not_ours),
            ours: fold(self.ours),
        }
    }

    /// Returns the names of others that a folded text asks about, folded. Where a name only says where something comes
    /// from or goes to, nothing is asked about it.
    pub fn others_named<'a>(&'a self, normal: &'a str) -> impl Iterator<Item = &'a str> {
        self.not_ours
            .iter()
            .map(String::as_str)
            .filter(move |name| {
                find(normal, name)
                    .is_some_and(|start| !is_place(&normal[..start], &normal[start + name.len()..]))
            })
    }

    /// Writes a folded text with `{us}` for each name of the operator.
    pub fn naming_us(&self, normal: &str) -> String {
        let mut written = normal.to_owned();
        for name in &self.ours {
            while let Some(start) = find(&written, name) {
                written.replace_range(start..start + name.len(), "{us}");
            }
        }
        written
    }

    /// Gives the terms of a folded text that an article must have.
    pub fn required<'a>(&'a self, normal: &'a str) -> impl Iterator<Item = &'a str> {
        self.must_match
            .iter()
            .map(String::as_str)
            .filter(move |term| find(normal, term).is_some())
    }

    /// Writes a text with the first word of each group of synonyms; nothing where none stands in it.
    pub fn in_own_words(&self, text: &str) -> Option<String> {
        let mut own = normalize_for_matching(text);
        let mut changed = false;
        for group in &self.synonyms {
            let Some((first, others)) = group.split_first() else {
                continue;
            };
            if find(&own, first).is_some() {
                continue;
            }
            for word in others {
                if let Some(start) = find(&own, word) {
                    own.replace_range(start..start + word.len(), first);
                    changed = true;
                    break;
                }
            }
        }
        changed.then_some(own)
    }
}

/// Whether the words around a name make it a place that something is sent from, sent to or said on.
fn is_place(before: &str, after: &str) -> bool {
    const BEFORE: &[&str] = &[
        "from ", "to ", "on ", "via ", "into ", "与 ", "从", "到", "往", "在", "转去", "自",
    ];
    const AFTER: &[&str] = &[
        "から", "へ", "に送", "宛", "에서", "으로", "로 ", "에 보", "上说", "上有", "转", "发",
    ];
    BEFORE.iter().any(|word| before.ends_with(word))
        || AFTER.iter().any(|word| after.starts_with(word))
}

/// Finds a folded word in a folded text; one of Latin letters stands as a whole word.
fn find(text: &str, word: &str) -> Option<usize> {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_whole = word.is_ascii();
    text.match_indices(word)
        .map(|(start, _)| start)
        .find(|start| {
            let before = text[..*start].chars().next_back();
            let after = text[start + word.len()..].chars().next();
            !is_whole || !is_latin(before) && !is_latin(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_any_width() {
        let glossary: Glossary = toml::from_str(
            r#"
            synonyms = [["二步验证", "2FA", "雙重驗證"], ["parcel", "package"]]
            must_match = ["X-900"]
            not_ours = ["Otherbank", "某某银行"]
            "#,
        )
        .expect("a glossary");
        let glossary = glossary.folded();
        assert_eq!(
            glossary.in_own_words("我的２ＦＡ丢了").as_deref(),
            Some("我的二步验证丢了")
        );
        assert_eq!(
            glossary.in_own_words("where is my Package").as_deref(),
            Some("where is my parcel")
        );
        assert_eq!(glossary.in_own_words("packages"), None);
        let names_one = |text: &str| glossary.others_named(text).next().is_some();
        assert!(names_one("an otherbank card"));
        assert!(names_one("某某银行的卡"));
        assert!(!names_one("otherbanks"));
        assert!(!names_one("i sent it from otherbank"));
        assert_eq!(
            glossary.required("the x-900 here").collect::<Vec<_>>(),
            ["x-900"]
        );
    }
}
