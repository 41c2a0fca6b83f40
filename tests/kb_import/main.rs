//! Pages of other tools become articles: translations joined, markup kept, edits respected, faults named.

mod joining;
mod losses;
mod sites;

use std::fs;
use std::path::Path;

use mondo::knowledge::{
    FileChange, ImportError, ImportFormat, ImportOutcome, ImportSettings, KnowledgeBase, LossKind,
    MANIFEST, import, load_folder,
};
use mondo::language::{Detector, Language};
use tempfile::TempDir;

/// A source and the folder it is imported into.
struct Move {
    source: TempDir,
    into: TempDir,
}

impl Move {
    fn of(files: &[(&str, &str)]) -> Self {
        let made = Self {
            source: tempfile::tempdir().unwrap(),
            into: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            made.write(path, text);
        }
        made
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.source.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn settings(&self, format: ImportFormat) -> ImportSettings {
        ImportSettings {
            format,
            source: self.source.path().to_owned(),
            into: self.into.path().to_owned(),
            language: None,
            category: "general".to_owned(),
            site: None,
            split_questions: false,
            joins: Default::default(),
            take_theirs: false,
            dry_run: false,
        }
    }

    fn import(&self, format: ImportFormat) -> ImportOutcome {
        import(&self.settings(format), &Detector::new()).unwrap()
    }

    fn knowledge(&self) -> KnowledgeBase {
        load_folder(self.into.path())
            .unwrap()
            .into_served()
            .unwrap()
    }

    fn file(&self, path: &str) -> String {
        let full = self.into.path().join(path);
        fs::read_to_string(&full).unwrap_or_else(|_| panic!("no {path} in {:?}", self.files()))
    }

    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.into.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => found.push(
                        path.strip_prefix(self.into.path())
                            .unwrap()
                            .to_string_lossy()
                            .into_owned(),
                    ),
                }
            }
        }
        found.sort();
        found
    }
}

/// Titles of every text, `id language title`.
fn titles(knowledge: &KnowledgeBase) -> Vec<String> {
    let mut found = Vec::new();
    for article in &knowledge.articles {
        for (language, text) in &article.translations {
            found.push(format!("{} {language} {}", article.id, text.title));
        }
    }
    found
}

const PAY: &str = "---\ntitle: How do I pay?\n---\nPay at the counter. Cards work.\n\n:::tip Faster\nUse the [app](./app.md#scan).\n:::\n\n![](img/two%20cards.png)\n\n<!-- for us -->\n| Card | Fee |\n|---|---|\n| Blue | 1 |\n";

fn shop() -> Move {
    let made = Move::of(&[
        ("guide/pay.md", PAY),
        (
            "guide/app.md",
            "# What does the app do?\n\nThis page lists what it does:\n\n1. It scans\n2. It pays\n\n## Scan {#scan}\n\nHold it still. See [this](../gone.md) and ![x](https://pictures.example/x.png).\n",
        ),
        (
            "ja/guide/pay.md",
            "---\ntitle: 支払い方法は？\n---\nレジでお支払いください。カードも使えます。\n",
        ),
        (
            "zh-TW/guide/pay.md",
            "# 怎麼付款\n\n在櫃檯付款即可，也可以刷卡。\n",
        ),
        (
            "zh-CN/guide/pay.md",
            "# 怎么付款\n\n在柜台付款即可，也可以刷卡。\n",
        ),
        ("fr/guide/pay.md", "# Payer\n\nPayez au comptoir.\n"),
        (
            "guide/draft.md",
            "---\ndraft: true\n---\n# Later\n\nNot yet.\n",
        ),
    ]);
    made.write("guide/img/two cards.png", b"png");
    made
}

#[test]
fn a_tree_of_markdown_becomes_articles_in_their_languages() {
    let shop = shop();
    let outcome = shop.import(ImportFormat::Markdown);
    assert_eq!(
        titles(&shop.knowledge()),
        [
            "app en What does the app do?",
            "pay en How do I pay?",
            "pay zh 怎么付款",
            "pay ja 支払い方法は？",
        ]
    );
    let pay = shop.file("guide/pay/en.md");
    assert!(
        pay.contains("summary = \"Pay at the counter. Cards work.\""),
        "{pay}"
    );
    assert!(
        pay.contains("> [!TIP]\n> **Faster**\n>\n> Use the [app](article:app#scan)."),
        "{pay}"
    );
    assert!(pay.contains("![How do I pay?](<two cards.png>)"), "{pay}");
    assert!(
        !pay.contains("for us") && pay.contains("| Blue | 1 |"),
        "{pay}"
    );
    assert!(shop.files().contains(&"guide/pay/two cards.png".to_owned()));
    assert!(shop.file("guide/pay/zh-Hant.md").contains("怎麼付款"));
    let app = shop.file("guide/app/en.md");
    assert!(
        app.contains("summary = \"1. It scans\\n2. It pays\"") || app.contains("1. It scans"),
        "{app}"
    );
    assert!(!app.contains("summary = \"This page"), "{app}");
    assert!(
        app.contains("See this and ![x](https://pictures.example/x.png)"),
        "{app}"
    );
    for (kind, count) in [
        (LossKind::OtherLanguage, 1),
        (LossKind::OtherVariant, 0),
        (LossKind::Unpublished, 1),
        (LossKind::DeadLink, 1),
        (LossKind::RemotePicture, 1),
    ] {
        assert_eq!(
            outcome.losses.count(kind),
            count,
            "{kind:?}\n{}",
            outcome.losses
        );
    }
}

#[test]
fn a_second_import_updates_there_keeps_here_and_names_both() {
    let shop = shop();
    shop.import(ImportFormat::Markdown);
    let again = shop.import(ImportFormat::Markdown);
    assert_eq!(
        again.files.keys().collect::<Vec<_>>(),
        [&FileChange::Unchanged]
    );

    let edit = |path: &str, from: &str, to: &str| {
        let full = shop.into.path().join(path);
        let text = fs::read_to_string(&full).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&full, text.replace(from, to)).unwrap();
    };
    // Here only; on both sides; there only.
    edit("guide/pay/ja.md", "レジで", "受付で");
    edit("guide/pay/en.md", "Cards work.", "Cards work here.");
    shop.write(
        "guide/pay.md",
        PAY.replace("Cards work.", "Cards work there."),
    );
    shop.write(
        "zh-CN/guide/pay.md",
        "# 怎么付款\n\n扫码付款即可，也可以刷卡。\n",
    );
    fs::remove_file(shop.source.path().join("guide/app.md")).unwrap();
    let third = shop.import(ImportFormat::Markdown);
    assert_eq!(third.files.get(&FileChange::KeptHere), Some(&1));
    assert_eq!(third.files.get(&FileChange::Updated), Some(&1));
    assert_eq!(third.files.get(&FileChange::ChangedOnBothSides), Some(&1));
    assert_eq!(third.gone, ["guide/app"]);
    assert!(shop.file("guide/pay/ja.md").contains("受付で"));
    assert!(shop.file("guide/pay/zh.md").contains("扫码"));
    assert!(shop.file("guide/pay/en.md").contains("work here."));

    let theirs = ImportSettings {
        take_theirs: true,
        ..shop.settings(ImportFormat::Markdown)
    };
    import(&theirs, &Detector::new()).unwrap();
    assert!(shop.file("guide/pay/en.md").contains("work there."));
    assert!(shop.file("guide/pay/ja.md").contains("受付で"));
}

#[test]
fn an_import_cut_short_goes_on() {
    let shop = shop();
    shop.import(ImportFormat::Markdown);
    let whole = shop.files();
    // As if the process had died before the record was saved again and before one file was written.
    let record = shop.into.path().join(MANIFEST);
    let mut manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&record).unwrap()).unwrap();
    manifest["files"] = serde_json::json!({});
    fs::write(&record, manifest.to_string()).unwrap();
    fs::remove_file(shop.into.path().join("guide/app/en.md")).unwrap();
    let outcome = shop.import(ImportFormat::Markdown);
    assert_eq!(outcome.files.get(&FileChange::Added), Some(&1));
    assert_eq!(outcome.files.get(&FileChange::NotOurs), None);
    assert_eq!(shop.files(), whole);
    // As if the record had been lost: the articles are known by their folders.
    fs::remove_file(&record).unwrap();
    let outcome = shop.import(ImportFormat::Markdown);
    assert_eq!(
        outcome.files.keys().collect::<Vec<_>>(),
        [&FileChange::Unchanged]
    );
    assert_eq!(shop.files(), whole);
}

#[test]
fn a_dry_run_writes_nothing_and_says_the_same() {
    let shop = shop();
    let dry = ImportSettings {
        dry_run: true,
        ..shop.settings(ImportFormat::Markdown)
    };
    let planned = import(&dry, &Detector::new()).unwrap();
    assert!(shop.files().is_empty());
    let done = shop.import(ImportFormat::Markdown);
    assert_eq!((planned.files, planned.losses), (done.files, done.losses));
}

#[test]
fn every_fault_is_named_and_nothing_is_written() {
    let broken = Move::of(&[
        ("a.md", "---\ntitle: fine\n---\nText.\n"),
        ("b.md", "---\ntitle: [open\nother: 1\n---\nText.\n"),
        ("c.md", "+++\ntitle = 'a'\nrest = x\n+++\nText.\n"),
    ]);
    broken.write("d.md", b"# a\n\n\xff\xfe\n");
    let error = import(&broken.settings(ImportFormat::Markdown), &Detector::new()).unwrap_err();
    let ImportError::Faulty { faults } = error else {
        panic!("{error}");
    };
    let places: Vec<(String, &str, bool)> = faults
        .iter()
        .map(|fault| {
            (
                fault.path.display().to_string(),
                fault.check,
                fault.line.is_some(),
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            ("b.md".to_owned(), "bad-front-matter", true),
            ("c.md".to_owned(), "bad-front-matter", true),
            ("d.md".to_owned(), "not-utf8", true),
        ]
    );
    assert_eq!(faults[1].line, Some(3));
    assert!(broken.files().is_empty());
    let nowhere = ImportSettings {
        source: Path::new("/no/such/folder").to_owned(),
        ..broken.settings(ImportFormat::Csv)
    };
    let error = import(&nowhere, &Detector::new()).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
}

#[test]
fn a_pdf_is_refused_with_what_to_do() {
    let made = Move::of(&[("faq.csv", "%PDF-1.7\n%\u{e2}\n")]);
    for format in [ImportFormat::Csv, ImportFormat::Docx, ImportFormat::Html] {
        let settings = ImportSettings {
            source: made.source.path().join("faq.csv"),
            ..made.settings(format)
        };
        let error = import(&settings, &Detector::new()).unwrap_err();
        assert!(matches!(error, ImportError::Pdf { .. }), "{error}");
        assert!(error.to_string().contains("save it as .docx"), "{error}");
    }
    let folder = Move::of(&[("old/prices.pdf", "%PDF-1.7\n")]);
    let error = import(&folder.settings(ImportFormat::Docx), &Detector::new()).unwrap_err();
    assert!(error.to_string().contains("prices.pdf"), "{error}");
    assert!(made.files().is_empty() && folder.files().is_empty());
}

#[test]
fn questions_of_one_page_become_articles_joined_by_their_places() {
    let faq = Move::of(&[
        (
            "faq.md",
            "# FAQ\n\n## Is it free?\n\nYes, it is.\n\n## Can I leave?\n\nYes, see [the first](#is-it-free).\n",
        ),
        (
            "ja/faq.md",
            "# よくある質問\n\n## 無料ですか？\n\nはい、無料です。\n\n## やめられますか？\n\nはい、いつでも。\n",
        ),
    ]);
    let settings = ImportSettings {
        split_questions: true,
        ..faq.settings(ImportFormat::Markdown)
    };
    import(&settings, &Detector::new()).unwrap();
    assert_eq!(
        titles(&faq.knowledge()),
        [
            "can-i-leave en Can I leave?",
            "can-i-leave ja やめられますか？",
            "is-it-free en Is it free?",
            "is-it-free ja 無料ですか？",
        ]
    );
    let leave = faq.file("general/can-i-leave/en.md");
    assert!(leave.contains("[the first](article:is-it-free)"), "{leave}");
}

#[test]
fn every_format_gives_its_articles() {
    let check = |format: ImportFormat, file: &str, text: &str, expected: &[&str]| {
        let made = Move::of(&[(file, text)]);
        made.import(format);
        let found = titles(&made.knowledge());
        assert_eq!(found, expected, "{format:?}");
        made
    };
    let made = check(
        ImportFormat::Zendesk,
        "articles.json",
        r#"{"articles":[{"id":7,"title":"How do I pay?","locale":"en-us","section_id":3,"html_url":"https://h.example/hc/en-us/articles/7-How-do-I-pay","body":"<p>At the <b>counter</b>.</p><ul><li>Cash<ul><li>coins</li></ul></li></ul><p><a href=\"https://h.example/hc/en-us/articles/7-Old-name\">more</a></p>","label_names":["paying"]},{"id":8,"title":"Old","locale":"en-us","draft":true,"body":"x"}],"translations":[{"source_id":7,"source_type":"Article","locale":"ja","title":"支払い","body":"<p>レジで。</p>"}],"sections":[{"id":3,"name":"Money"}]}"#,
        &["how-do-i-pay en How do I pay?", "how-do-i-pay ja 支払い"],
    );
    let text = made.file("money/how-do-i-pay/en.md");
    assert!(text.contains("At the **counter**."), "{text}");
    assert!(text.contains("- Cash\n  - coins"), "{text}");
    assert!(text.contains("[more](article:how-do-i-pay)"), "{text}");
    assert!(text.contains("\"paying\""), "{text}");
    check(
        ImportFormat::Intercom,
        "articles.json",
        r#"{"type":"list","data":[{"id":"1","type":"article","title":"Refunds","default_locale":"en","state":"published","body":"<p>Within a week.</p>","translated_content":{"type":"article_translated_content","ko":{"title":"환불","state":"published","body":"<p>일주일 안에.</p>"},"ja":{"title":"返金","state":"draft","body":"<p>x</p>"}}}]}"#,
        &["refunds en Refunds", "refunds ko 환불"],
    );
    check(
        ImportFormat::Chatwoot,
        "portal.json",
        r##"{"payload":[{"id":1,"slug":"17-refunds","title":"Refunds","locale":"en","status":"published","content":"Within *a week*.","category":{"slug":"money","locale":"en"}},{"id":2,"title":"退款","locale":"zh_CN","status":"published","content":"一周内。","associated_article_id":1}]}"##,
        &["refunds en Refunds", "refunds zh 退款"],
    );
    let made = check(
        ImportFormat::QnaMaker,
        "kb.tsv",
        "Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId\nHow do I pay?\tAt the counter.\\nOr online.\tEditorial\tcategory:money\t[]\tfalse\t[]\t4\nWhere to pay\tAt the counter.\\nOr online.\tEditorial\tcategory:money\t[]\tfalse\t[]\t4\nIs it free?\tYes it is.\tEditorial\t\t[]\tfalse\t[]\t5\n",
        &["how-do-i-pay en How do I pay?", "is-it-free en Is it free?"],
    );
    let text = made.file("money/how-do-i-pay/en.md");
    assert!(
        text.contains("\"Where to pay\"") && text.contains("At the counter.\nOr online."),
        "{text}"
    );
    check(
        ImportFormat::Dialogflow,
        "faq.csv",
        "How do I pay?,At the counter please\nWhere to pay,At the counter please\n\"Is it, free?\",Yes it is\n",
        &[
            "how-do-i-pay en How do I pay?",
            "is-it-free en Is it, free?",
        ],
    );
    let made = Move::of(&[(
        "kb.csv",
        "分段标题（选填）,分段内容（必填）,问题（选填，单元格内一行一个）\n怎么退款,一周内原路退回。,\"退款多久到\n能退吗\"\n",
    )]);
    made.import(ImportFormat::MaxKb);
    let text = &made.knowledge().articles[0].translations[&Language::Chinese];
    assert_eq!(
        (text.title.as_str(), text.alternates.len()),
        ("怎么退款", 2)
    );
    check(
        ImportFormat::FastGpt,
        "kb.csv",
        "q,a,indexes\nHow do I pay?,At the counter please,paying,where to pay\n",
        &["how-do-i-pay en How do I pay?"],
    );
    check(
        ImportFormat::Csv,
        "faq.csv",
        "\u{feff}번호,질문,답변,언어,분류\npay,결제는 어떻게 하나요?,계산대에서 하세요.,ko,돈\npay,How do I pay?,At the counter.,en,돈\n",
        &["pay en How do I pay?", "pay ko 결제는 어떻게 하나요?"],
    );
    check(
        ImportFormat::Csv,
        "wide.csv",
        "id;question (en);answer (en);質問_ja;回答_ja\npay;How do I pay?;At the counter.;支払いは？;レジで。\n",
        &["pay en How do I pay?", "pay ja 支払いは？"],
    );
    check(
        ImportFormat::Jsonl,
        "faq.jsonl",
        "{\"id\":\"pay\",\"question\":\"How do I pay?\",\"answer\":\"At the counter.\",\"alternates\":[\"paying\"],\"language\":\"en\"}\n\n{\"id\":\"pay\",\"question\":\"支払いは？\",\"answer\":\"レジで。\",\"language\":\"ja\"}\n",
        &["pay en How do I pay?", "pay ja 支払いは？"],
    );
    let made = check(
        ImportFormat::Html,
        "help/pay.html",
        "<html lang=\"en\"><head><title>How do I pay? | Shop</title></head><body><nav>Menu</nav><main><h1>How do I pay?</h1><p>At the counter.</p><div class=\"admonition warning\"><p class=\"title\">Mind</p><p>No cheques.</p></div><table><tr><th>Card</th><th>Fee</th></tr><tr><td>Blue | red</td><td>1</td></tr></table><pre><code class=\"language-sh\">pay --now</code></pre><details><summary>Why?</summary><p>So.</p></details></main></body></html>",
        &["pay en How do I pay?"],
    );
    let text = made.file("help/pay/en.md");
    for part in [
        "> [!WARNING]\n> **Mind**",
        "| Blue \\| red | 1 |",
        "```sh\npay --now\n```",
        "<summary>Why?</summary>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("Menu"), "{text}");
}

#[test]
fn broken_rows_are_named_by_their_lines() {
    let check = |format, file: &str, text: &str, line: usize, named: &str| {
        let line = (line > 0).then_some(line);
        let made = Move::of(&[(file, text)]);
        let error = import(&made.settings(format), &Detector::new()).unwrap_err();
        let ImportError::Faulty { faults } = error else {
            panic!("{error}");
        };
        assert_eq!(
            (faults[0].line, faults[0].check),
            (line, named),
            "{faults:?}"
        );
        assert!(made.files().is_empty());
    };
    check(
        ImportFormat::Csv,
        "a.csv",
        "name,price\na,1\n",
        1,
        "no-heading",
    );
    check(
        ImportFormat::Csv,
        "a.csv",
        "question,answer\nWhy?,So.\nHow?,\n",
        3,
        "empty-cell",
    );
    check(
        ImportFormat::Csv,
        "a.csv",
        "question,answer,lang\nWhy?,So.,xx\n",
        2,
        "unknown-language",
    );
    check(
        ImportFormat::Jsonl,
        "a.jsonl",
        "{\"q\":\"a\",\"a\":\"b\"}\n{\"q\":\n",
        2,
        "not-json",
    );
    check(
        ImportFormat::Zendesk,
        "a.json",
        "{\n\"articles\": [\n",
        3,
        "not-json",
    );
    check(
        ImportFormat::Xlsx,
        "a.xlsx",
        "no spreadsheet",
        0,
        "not-a-spreadsheet",
    );
}

#[test]
fn rows_that_nothing_joins_stay_apart_and_that_is_said() {
    let made = Move::of(&[(
        "faq.csv",
        "question,answer,lang\nHow do I pay?,At the counter.,en\n支払いは？,レジで。,ja\n",
    )]);
    let outcome = made.import(ImportFormat::Csv);
    assert_eq!(made.knowledge().articles.len(), 2);
    assert_eq!(outcome.losses.count(LossKind::LeftApart), 2);
    assert_eq!(outcome.languages.get(&Language::Japanese), Some(&1));
}

#[test]
fn a_spreadsheet_is_read_like_a_table() {
    let sheet = r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>问题</t></is></c><c r="B1" t="inlineStr"><is><t>答案</t></is></c><c r="C1" t="inlineStr"><is><t>相似问题</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>怎么退款</t></is></c><c r="B2" t="inlineStr"><is><t>一周内原路退回。</t></is></c><c r="C2" t="inlineStr"><is><t>退款多久到|能退吗</t></is></c></row></sheetData></worksheet>"#;
    let made = Move::of(&[]);
    made.write("faq.xlsx", workbook(sheet));
    made.import(ImportFormat::Xlsx);
    let text = &made.knowledge().articles[0].translations[&Language::Chinese];
    assert_eq!(text.title, "怎么退款");
    assert_eq!(text.alternates, ["退款多久到", "能退吗"]);
}

/// A spreadsheet of one sheet.
fn workbook(sheet: &str) -> Vec<u8> {
    stored_zip(&[
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="FAQ" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

/// An archive of files as they are, which is all that a spreadsheet needs.
fn stored_zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, text) in files {
        let offset = archive.len() as u32;
        let size = text.len() as u32;
        let mut common = Vec::new();
        // Version, flags, method, time and date.
        for value in [20u16, 0, 0, 0, 0x21] {
            common.extend(value.to_le_bytes());
        }
        for value in [crc32(text.as_bytes()), size, size] {
            common.extend(value.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0u16.to_le_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let begin = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\x00\x00\x00\x00");
    archive.extend((files.len() as u16).to_le_bytes());
    archive.extend((files.len() as u16).to_le_bytes());
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(begin.to_le_bytes());
    archive.extend(0u16.to_le_bytes());
    archive
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
            sum = (sum >> 1) ^ carry;
        }
    }
    !sum
}
