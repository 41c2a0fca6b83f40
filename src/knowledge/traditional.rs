//! An article's Chinese in traditional characters: as its author wrote it, else converted once and kept.

use std::sync::OnceLock;

use super::translation::Translation;
use crate::language::{ChineseScript, Language};

/// What is known of an article in traditional characters.
#[derive(Debug, Clone, Default)]
pub struct TraditionalWording {
    /// The text of `zh-Hant.md`, which takes precedence over conversion.
    pub authored: Option<Translation>,
    taiwan: OnceLock<Box<Translation>>,
    hong_kong: OnceLock<Box<Translation>>,
}

impl TraditionalWording {
    /// Holds what an author wrote in traditional characters.
    pub fn of(authored: Option<Translation>) -> Self {
        Self {
            authored,
            ..Self::default()
        }
    }
}

impl TraditionalWording {
    /// Returns an article's own wording in a script of Chinese; one in another language as it is.
    pub fn written<'a>(
        &'a self,
        wording: &'a Translation,
        script: ChineseScript,
    ) -> &'a Translation {
        let kept = match script {
            ChineseScript::Simplified => return wording,
            _ if wording.language != Language::Chinese => return wording,
            ChineseScript::Taiwan => &self.taiwan,
            ChineseScript::HongKong => &self.hong_kong,
        };
        match &self.authored {
            Some(authored) => authored,
            None => kept.get_or_init(|| Box::new(converted(wording, script))),
        }
    }
}

/// Writes every text of a wording in a script.
fn converted(wording: &Translation, script: ChineseScript) -> Translation {
    let write = |text: &str| script.written(text).into_owned();
    Translation {
        title: write(&wording.title),
        alternates: wording.alternates.iter().map(|text| write(text)).collect(),
        summary: write(&wording.summary),
        body: write(&wording.body),
        ..wording.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{KnowledgeBase, load_folder};
    use std::fs;

    const MATTER: &str = "id = \"fees\"\ncategory = \"money\"\nrev = 1\n";

    /// The base of one article with the given texts by the names of their files.
    fn base(texts: &[(&str, &str)]) -> KnowledgeBase {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("money/fees");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("article.toml"), MATTER).expect("a file");
        for (name, title) in texts {
            let text = format!(
                "+++\ntitle = \"{title}\"\nalternates = []\nsummary = \"{title}\"\nsource_rev = 1\n+++\n{title} `设置`\n"
            );
            fs::write(folder.join(name), text).expect("a file");
        }
        let loaded = load_folder(root.path()).expect("a readable folder");
        loaded.into_served().expect("no fault")
    }

    #[test]
    fn an_author_takes_precedence_over_conversion() {
        let check = |texts: &[(&str, &str)], script, expected: &str| {
            let base = base(texts);
            let article = &base.articles[0];
            let wording = article
                .wording_in(Language::Chinese, Language::English, script)
                .expect("it has words");
            assert_eq!(wording.title, expected);
            assert!(wording.body.contains("`设置`"), "{}", wording.body);
        };
        use ChineseScript::{HongKong, Simplified, Taiwan};
        let only_simplified = [("zh.md", "邮箱费用")];
        let both = [("zh.md", "邮箱费用"), ("zh-Hant.md", "信箱的費用")];
        let only_traditional = [("zh-Hant.md", "信箱的費用")];
        check(&only_simplified, Simplified, "邮箱费用");
        check(&only_simplified, Taiwan, "電子郵件費用");
        check(&only_simplified, HongKong, "電郵費用");
        check(&both, Simplified, "邮箱费用");
        check(&both, Taiwan, "信箱的費用");
        check(&both, HongKong, "信箱的費用");
        check(&only_traditional, Taiwan, "信箱的費用");
        check(&only_traditional, Simplified, "信箱的费用");
        check(&[("en.md", "Fees")], Taiwan, "Fees");
    }
}
