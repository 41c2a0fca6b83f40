//! The articles a new knowledge base begins with: how to reach a person, what staff never ask for, what can be asked.

use std::fs;
use std::io;
use std::path::Path;

use crate::language::Language;

/// An article with its text in every language.
struct Starter {
    category: &'static str,
    id: &'static str,
    matter: &'static str,
    texts: [(Language, &'static str); 4],
}

macro_rules! starter {
    ($category:literal, $id:literal) => {
        Starter {
            category: $category,
            id: $id,
            matter: include_str!(concat!("starter/", $id, "/article.toml")),
            texts: [
                (
                    Language::English,
                    include_str!(concat!("starter/", $id, "/en.md")),
                ),
                (
                    Language::Chinese,
                    include_str!(concat!("starter/", $id, "/zh.md")),
                ),
                (
                    Language::Japanese,
                    include_str!(concat!("starter/", $id, "/ja.md")),
                ),
                (
                    Language::Korean,
                    include_str!(concat!("starter/", $id, "/ko.md")),
                ),
            ],
        }
    };
}

const STARTERS: [Starter; 3] = [
    starter!("contact", "reach-us"),
    starter!("contact", "what-to-ask"),
    starter!("safety", "never-ask"),
];

/// Names of the categories.
const CATEGORIES: [(&str, &str); 2] = [
    (
        "contact",
        "place = 1\n\n[title]\nen = \"Contact\"\nzh = \"联系我们\"\nja = \"お問い合わせ\"\nko = \"문의\"\n",
    ),
    (
        "safety",
        "place = 2\n\n[title]\nen = \"Safety\"\nzh = \"安全\"\nja = \"安全\"\nko = \"보안\"\n",
    ),
];

/// Writes the articles in the languages wanted, and counts them.
pub(super) fn write(base: &Path, languages: &[Language]) -> io::Result<usize> {
    for (category, titles) in CATEGORIES {
        let folder = base.join(category);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("category.toml"), titles)?;
    }
    for Starter {
        category,
        id,
        matter,
        texts,
    } in STARTERS
    {
        let folder = base.join(category).join(id);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("article.toml"), matter)?;
        for (language, text) in texts {
            if languages.contains(&language) {
                fs::write(folder.join(format!("{}.md", language.code())), text)?;
            }
        }
    }
    Ok(STARTERS.len())
}
