//! What is exported can be imported again: every title, alternate, summary and text comes back.

use std::fs;

use mondo::knowledge::{
    ArticleId, ExportFormat, ImportFormat, ImportSettings, KnowledgeBase, Wording, export,
    first_matter, import, load_folder, to_plain_text,
};
use mondo::language::{Detector, Language};
use proptest::prelude::*;
use tempfile::TempDir;

/// Blocks that an author may write; put together at random they make a body.
const BLOCKS: [&str; 12] = [
    "A sentence. And *another* one, with `code < 3` and **weight**.",
    "수수료는 없습니다. 二行目です。",
    "## A heading {#place}",
    "1. First\n2. Second\n   - Inner\n3. Third",
    "- [x] Done\n- [ ] Open",
    "| a | b |\n| --- | --- |\n| 1 | `2` |",
    "> [!TIP]\n> Said in a box.\n>\n> Twice.",
    "```sh\necho \":::tip\" # no <box>\n```",
    "<details>\n<summary>More</summary>\n\nInside.\n\n</details>",
    "See [it](https://a.example/b_(c)) and <https://a.example/>.",
    "A note.[^1]\n\n[^1]: Its text.",
    "Write \\<name> or \\*so\\*, 5 \\_ 6 & 7.",
];

#[derive(Debug, Clone)]
struct Sample {
    id: String,
    texts: Vec<(Language, Wording)>,
}

fn words() -> impl Strategy<Value = String> {
    "[A-Za-z0-9,;|\"'#:?가나다金額料。、？-]{1,12}( [A-Za-z,\"'가金？-]{1,8}){0,3}"
        .prop_filter("says something", |text: &String| {
            text.chars().filter(|one| one.is_alphanumeric()).count() >= 2
        })
}

fn wording() -> impl Strategy<Value = Wording> {
    (
        words(),
        prop::collection::vec(words(), 0..3),
        words(),
        prop::collection::vec(0..BLOCKS.len(), 1..5),
    )
        .prop_map(|(title, mut alternates, summary, blocks)| {
            let mut seen = vec![mondo::language::normalize_for_matching(&title)];
            alternates.retain(|one| {
                let plain = mondo::language::normalize_for_matching(one);
                let is_new = !seen.contains(&plain);
                seen.push(plain);
                is_new
            });
            let mut blocks = blocks;
            blocks.dedup();
            let body: Vec<&str> = blocks.into_iter().map(|block| BLOCKS[block]).collect();
            Wording {
                title,
                alternates,
                summary: format!("{summary} is so."),
                source_rev: 1,
                body: body.join("\n\n"),
            }
        })
}

fn base() -> impl Strategy<Value = Vec<Sample>> {
    let languages = prop::sample::subsequence(Language::ALL.to_vec(), 1..4);
    let article = (languages, prop::collection::vec(wording(), 4))
        .prop_map(|(languages, texts)| languages.into_iter().zip(texts).collect::<Vec<_>>());
    prop::collection::vec(article, 1..4).prop_map(|articles| {
        articles
            .into_iter()
            .enumerate()
            .map(|(place, texts)| Sample {
                id: format!("sample-{}", ["one", "two", "three"][place]),
                texts,
            })
            .collect()
    })
}

fn write(samples: &[Sample]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for sample in samples {
        let own = folder.path().join("shelf").join(&sample.id);
        fs::create_dir_all(&own).unwrap();
        let matter = first_matter(&ArticleId::new(&sample.id), "shelf");
        fs::write(own.join("article.toml"), matter).unwrap();
        for (language, wording) in &sample.texts {
            fs::write(own.join(format!("{language}.md")), wording.write(None)).unwrap();
        }
    }
    folder
}

fn load(folder: &TempDir) -> KnowledgeBase {
    load_folder(folder.path()).unwrap().into_served().unwrap()
}

fn there_and_back(base: &TempDir, format: ExportFormat, back: ImportFormat) -> KnowledgeBase {
    let out = tempfile::tempdir().unwrap();
    let path = match format {
        ExportFormat::Markdown => out.path().to_owned(),
        ExportFormat::Csv => out.path().join("base.csv"),
        ExportFormat::Jsonl => out.path().join("base.jsonl"),
        ExportFormat::Zendesk => out.path().join("base.json"),
    };
    export(&load(base), base.path(), format, &path).unwrap();
    let into = tempfile::tempdir().unwrap();
    let settings = ImportSettings {
        format: back,
        source: path,
        into: into.path().to_owned(),
        language: None,
        category: "general".to_owned(),
        site: None,
        split_questions: false,
        joins: Default::default(),
        take_theirs: false,
        dry_run: false,
    };
    import(&settings, &Detector::new()).unwrap();
    load(&into)
}

/// Everything said, in a form that can be compared.
fn said(knowledge: &KnowledgeBase) -> Vec<[String; 6]> {
    let mut found = Vec::new();
    for article in &knowledge.articles {
        for (language, text) in &article.translations {
            found.push([
                article.id.to_string(),
                article.category.clone(),
                language.to_string(),
                text.title.clone(),
                format!("{:?} {}", text.alternates, text.summary),
                text.body.clone(),
            ]);
        }
    }
    found
}

/// Words without space, which HTML and Markdown part differently.
fn squeezed(markdown: &str) -> String {
    let text = to_plain_text(markdown);
    text.chars().filter(|one| one.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn tables_lines_and_trees_come_back_as_they_were(samples in base()) {
        let folder = write(&samples);
        let before = said(&load(&folder));
        for (format, back) in [
            (ExportFormat::Csv, ImportFormat::Csv),
            (ExportFormat::Jsonl, ImportFormat::Jsonl),
            (ExportFormat::Markdown, ImportFormat::Markdown),
        ] {
            let after = said(&there_and_back(&folder, format, back));
            prop_assert_eq!(&after, &before, "{:?}", format);
        }
    }

    #[test]
    fn a_help_centre_comes_back_with_its_words(samples in base()) {
        let folder = write(&samples);
        let before = load(&folder);
        let after = there_and_back(&folder, ExportFormat::Zendesk, ImportFormat::Zendesk);
        prop_assert_eq!(before.articles.len(), after.articles.len());
        for article in &before.articles {
            let other = after.article(&article.id).expect("it has the same id");
            for (language, text) in &article.translations {
                let back = &other.translations[language];
                prop_assert_eq!(&text.title, &back.title);
                prop_assert_eq!(squeezed(&text.body), squeezed(&back.body), "{}", back.body);
            }
        }
    }
}
