//! For whom an article is looked up, and whether it is meant for them.

use super::article::Article;
use super::stage::Stage;

/// Written in `audience` for everybody.
const EVERYBODY: &str = "all";
/// Written in `audience` for those who answer visitors.
const STAFF: &str = "staff";

/// For whom articles are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readership {
    /// A visitor, with the groups that their host's token names.
    Visitor {
        /// Names as they stand in `audience`.
        groups: Vec<String>,
    },
    /// A member of staff, or a program of theirs.
    Staff,
}

impl Readership {
    /// A visitor of whom nothing is known.
    pub const ANYBODY: Self = Self::Visitor { groups: Vec::new() };

    /// Returns a visitor of whom nothing is known, where one is borrowed.
    pub fn anybody() -> &'static Self {
        static ANYBODY: Readership = Readership::ANYBODY;
        &ANYBODY
    }
}

impl Default for Readership {
    fn default() -> Self {
        Self::ANYBODY
    }
}

impl Article {
    /// Tells whether the article is meant for those it is looked up for. One without an audience is for everybody.
    pub fn is_for(&self, readership: &Readership) -> bool {
        let is_public =
            self.audience.is_empty() || self.audience.iter().any(|name| name == EVERYBODY);
        is_public
            || match readership {
                Readership::Staff => true,
                Readership::Visitor { groups } => self
                    .audience
                    .iter()
                    .any(|name| name != STAFF && groups.contains(name)),
            }
    }

    /// Tells whether the article is published and may be given on a day, written `YYYY-MM-DD`, to those it is looked up for.
    pub fn may_be_given(&self, day: &str, readership: &Readership) -> bool {
        self.stage == Stage::Published && self.is_valid_on(day) && self.is_for(readership)
    }
}

#[cfg(test)]
mod tests {
    use super::super::article::ArticleId;
    use super::*;

    #[test]
    fn an_audience_is_kept() {
        let check = |audience: &[&str], readership: &Readership, expected: bool| {
            let article = Article {
                audience: audience.iter().map(|name| (*name).to_owned()).collect(),
                ..Article::blank(ArticleId::new("a"))
            };
            assert_eq!(
                article.is_for(readership),
                expected,
                "{audience:?} {readership:?}"
            );
        };
        let visitor = |groups: &[&str]| Readership::Visitor {
            groups: groups.iter().map(|name| (*name).to_owned()).collect(),
        };
        check(&[], Readership::anybody(), true);
        check(&["all"], Readership::anybody(), true);
        check(&["staff"], Readership::anybody(), false);
        check(&["staff"], &visitor(&["staff"]), false);
        check(&["staff"], &Readership::Staff, true);
        check(&["verified"], Readership::anybody(), false);
        check(&["verified"], &visitor(&["verified"]), true);
        check(&["verified", "api"], &visitor(&["api"]), true);
        check(&["verified"], &Readership::Staff, true);
    }
}
