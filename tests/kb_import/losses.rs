//! An example of each format, with something in it that has no place here, and what its import says was lost.
//!
//! `cargo test --test kb_import losses -- --nocapture` prints the report of each.

use mondo::knowledge::ImportFormat;

use super::{Move, stored_zip};

/// An example, and its report.
struct Example {
    format: ImportFormat,
    files: Vec<(&'static str, Vec<u8>)>,
    report: &'static str,
}

fn text(format: ImportFormat, files: &[(&'static str, &str)], report: &'static str) -> Example {
    let files = files.iter();
    Example {
        format,
        files: files
            .map(|(name, text)| (*name, text.as_bytes().to_vec()))
            .collect(),
        report,
    }
}

fn examples() -> Vec<Example> {
    vec![
        text(
            ImportFormat::Markdown,
            &[
                (
                    "pay.md",
                    "---\ntitle: How do I pay?\n---\nAt the counter, <PriceList of=\"all\" /> or [online](./shop.md#till).\n\n::: tabs\n@tab Card\nTap it.\n@tab Cash\nCount it.\n:::\n\n!!!include(terms.md)!!!\n\n![Map](map.png) ![Till](https://pictures.example/till.png)\n\n<iframe src=\"https://video.example/1\"></iframe>\n\n<script>count()</script>\n",
                ),
                ("shop.md", "# The shop\n\nIt is open.\n"),
                ("fr/pay.md", "# Payer\n\nAu comptoir.\n"),
                ("zh-CN/pay.md", "# 怎么付款\n\n在柜台付款。\n"),
                ("soon.md", "---\ndraft: true\n---\n# Soon\n\nNot yet.\n"),
                ("nothing.md", "# Nothing\n"),
            ],
            "1  pages in languages not served, left out\n\
             1  fr  (fr/pay.md)\n\
             1  unpublished pages, left out\n\
             1  draft  (soon.md)\n\
             1  pages without text, left out\n\
             1  a page of links or none  (nothing.md)\n\
             1  places within pages that no heading marks\n\
             1  shop#till  (pay.md)\n\
             1  pictures that are not there; their words stay\n\
             1  map.png  (pay.md)\n\
             1  pictures on other servers, which stay there\n\
             1  pictures.example  (pay.md)\n\
             1  video and other frames, now links\n\
             1  video.example  (pay.md)\n\
             1  components, of which the words within stay\n\
             1  <PriceList>  (pay.md)\n\
             1  included files, left out\n\
             1  !!!include(terms.md)!!!  (pay.md)\n\
             1  scripts, styles and forms, left out\n\
             1  script  (pay.md)\n\
             2  tabs, now one below the other\n\
             1  Card  (pay.md)\n\
             1  Cash  (pay.md)",
        ),
        text(
            ImportFormat::Html,
            &[
                (
                    "pay.html",
                    "<html lang=en><head><title>How do I pay?</title></head><body><main><h1>How do I pay?</h1><p>At the <a href=gone.html>counter</a>. <img src=till.png alt=Till> <img alt=Dot src=\"data:image/png;base64,AAAA\"></p><table><tr><th colspan=2>Cards</th></tr><tr><td>Blue</td><td>1</td></tr></table><form><input name=a></form><video src=https://video.example/a.mp4></video></main></body></html>",
                ),
                (
                    "empty.html",
                    "<html lang=en><head><title>Nothing</title></head><body><main></main></body></html>",
                ),
            ],
            "1  pages without text, left out\n\
             1  no text  (empty.html)\n\
             1  links to pages that are not part of the import; their words stay\n\
             1  gone.html  (pay.html)\n\
             1  pictures that are not there; their words stay\n\
             1  till.png  (pay.html)\n\
             1  pictures written into the page itself, left out\n\
             1  data:  (pay.html)\n\
             1  video and other frames, now links\n\
             1  video.example  (pay.html)\n\
             1  scripts, styles and forms, left out\n\
             1  form  (pay.html)\n\
             1  cells that spanned several, now single\n\
             1  colspan or rowspan  (pay.html)",
        ),
        Example {
            format: ImportFormat::Docx,
            files: vec![
                ("pay.docx", document()),
                ("old/prices.pdf", b"%PDF-1.4\n".to_vec()),
            ],
            report: "1  documents that are not .docx, left out\n\
             1  .pdf  (old/prices.pdf)",
        },
        text(
            ImportFormat::Zendesk,
            &[(
                "articles.json",
                r#"{"articles":[{"id":7,"title":"How do I pay?","locale":"en-us","body":"<p>At the counter.</p><script>x</script>"},{"id":8,"title":"Soon","locale":"en-us","draft":true,"body":"x"},{"id":9,"title":"For us","locale":"en-us","user_segment_id":3,"body":"<p>Inside.</p>"},{"id":7,"title":"Payer","locale":"fr","body":"<p>Au comptoir.</p>"}]}"#,
            )],
            "1  pages in languages not served, left out\n\
             1  fr  (articles.json/7)\n\
             1  unpublished pages, left out\n\
             1  en-us  (articles.json/8)\n\
             1  pages for a group of readers only, left out\n\
             1  en-us  (articles.json/9)\n\
             1  scripts, styles and forms, left out\n\
             1  script  (articles.json/7)",
        ),
        text(
            ImportFormat::Intercom,
            &[(
                "articles.json",
                r#"{"type":"list","data":[{"id":"1","type":"article","title":"Refunds","default_locale":"en","state":"published","body":"<p>Within a week. <img src=\"https://pictures.example/a.png\" alt=\"A\"></p>","translated_content":{"ja":{"title":"返金","state":"draft","body":"<p>x</p>"}}}]}"#,
            )],
            "1  unpublished pages, left out\n\
             1  ja  (articles.json/1)\n\
             1  pictures on other servers, which stay there\n\
             1  pictures.example  (articles.json/1)",
        ),
        text(
            ImportFormat::Chatwoot,
            &[(
                "portal.json",
                r##"{"payload":[{"id":1,"slug":"17-refunds","title":"Refunds","locale":"en","status":"published","content":"Within *a week*. See [this](/hc/x/articles/2)."},{"id":2,"title":"Later","locale":"en","status":"draft","content":"x"}]}"##,
            )],
            "1  unpublished pages, left out\n\
             1  draft  (portal.json/2)\n\
             1  links to pages that are not part of the import; their words stay\n\
             1  /hc/x/articles/2  (portal.json/1)",
        ),
        text(
            ImportFormat::QnaMaker,
            &[(
                "kb.tsv",
                "Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId\nHow do I pay?\tAt the counter.\tEditorial\tcategory:money|floor:2\t[]\tfalse\t[{\"displayText\":\"Refunds?\",\"qnaId\":9}]\t4\n",
            )],
            "2  fields that have no place here\n\
             1  Prompts  (kb.tsv:1)\n\
             1  metadata floor  (kb.tsv:2)",
        ),
        text(
            ImportFormat::Dialogflow,
            &[("faq.csv", "How do I pay?,At the counter please\n")],
            "everything came along",
        ),
        text(
            ImportFormat::MaxKb,
            &[(
                "kb.csv",
                "分段标题（选填）,分段内容（必填）,问题（选填，单元格内一行一个）,备注\n怎么退款,一周内原路退回。,\"退款多久到\n能退吗\",内部\n",
            )],
            "1  fields that have no place here\n\
             1  备注  (kb.csv:1)",
        ),
        text(
            ImportFormat::FastGpt,
            &[(
                "kb.csv",
                "q,a,indexes\nHow do I pay?,At the counter please,paying\n",
            )],
            "everything came along",
        ),
        text(
            ImportFormat::Csv,
            &[(
                "faq.csv",
                "question,answer,lang,owner\nHow do I pay?,At the counter.,en,Mina\n支払いは？,レジで。,ja,Aki\nPayer?,Au comptoir.,fr,Luc\n",
            )],
            "1  pages in languages not served, left out\n\
             1  fr  (faq.csv:4)\n\
             2  pages that nothing joins to a translation, each an article of its own\n\
             2  no id or language folder says which article it translates  (faq.csv:2)\n\
             1  fields that have no place here\n\
             1  owner  (faq.csv:1)",
        ),
        Example {
            format: ImportFormat::Xlsx,
            files: vec![("faq.xlsx", sheet())],
            report: "1  fields that have no place here\n\
             1  owner  (faq.xlsx:1)",
        },
        text(
            ImportFormat::Jsonl,
            &[(
                "faq.jsonl",
                "{\"question\":\"How do I pay?\",\"answer\":\"At the counter.\",\"language\":\"en\",\"owner\":\"Mina\"}\n",
            )],
            "1  fields that have no place here\n\
             1  owner  (faq.jsonl:1)",
        ),
    ]
}

fn document() -> Vec<u8> {
    let body = r#"<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>How do I pay?</w:t></w:r></w:p><w:p><w:r><w:t>At the counter.</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Cards</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>Blue</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#;
    let text =
        format!("<w:document xmlns:w=\"w\" xmlns:r=\"r\"><w:body>{body}</w:body></w:document>");
    stored_zip(&[("word/document.xml", &text)])
}

fn sheet() -> Vec<u8> {
    let cell = |place: &str, text: &str| {
        format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    };
    let rows = [
        ("1", ["question", "answer", "owner"]),
        ("2", ["How do I pay?", "At the counter.", "Mina"]),
    ];
    let rows: String = rows
        .iter()
        .map(|(row, cells)| {
            let cells = cells.iter().zip(["A", "B", "C"]);
            let cells: String = cells
                .map(|(text, at)| cell(&format!("{at}{row}"), text))
                .collect();
            format!("<row r=\"{row}\">{cells}</row>")
        })
        .collect();
    super::workbook(&format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    ))
}

#[test]
fn every_format_says_what_it_lost_of_its_example() {
    let examples = examples();
    let mut wrong = Vec::new();
    for example in &examples {
        let made = Move::of(&[]);
        for (name, bytes) in &example.files {
            made.write(name, bytes);
        }
        let outcome = made.import(example.format);
        let report = match outcome.losses.is_empty() {
            true => "everything came along\n".to_owned(),
            false => outcome.losses.to_string(),
        };
        let name = example.format.name();
        println!("== {name}: {} articles\n{report}", outcome.articles);
        assert!(outcome.articles > 0, "{name}");
        let lines = |text: &str| -> Vec<String> {
            let lines = text.lines().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        };
        if lines(&report) != lines(example.report) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "other reports than expected: {wrong:?}");
    for format in ImportFormat::ALL {
        let has_example = examples.iter().any(|example| example.format == format);
        assert!(has_example, "no example of {}", format.name());
    }
}
