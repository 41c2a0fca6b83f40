//! Files of other tools, of the format that the first byte names.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mondo::knowledge::{ImportFormat, ImportSettings, import};
use mondo::language::{Detector, Language};

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

fuzz_target!(|bytes: &[u8]| {
    let Some((first, content)) = bytes.split_first() else {
        return;
    };
    let format = ImportFormat::ALL[usize::from(*first) % ImportFormat::ALL.len()];
    let folder = tempfile::tempdir().expect("a folder");
    let (source, into) = (folder.path().join("source"), folder.path().join("into"));
    let name = match format {
        ImportFormat::Markdown => "page.md",
        ImportFormat::Html => "page.html",
        ImportFormat::Zendesk | ImportFormat::Intercom | ImportFormat::Chatwoot => "articles.json",
        ImportFormat::QnaMaker => "pairs.tsv",
        ImportFormat::Xlsx => "pairs.xlsx",
        ImportFormat::Jsonl => "pairs.jsonl",
        _ => "pairs.csv",
    };
    fs::create_dir(&source).expect("a folder");
    fs::write(source.join(name), content).expect("a file");
    let is_tree = matches!(format, ImportFormat::Markdown | ImportFormat::Html);
    let settings = ImportSettings {
        format,
        source: if is_tree { source } else { source.join(name) },
        into: into.clone(),
        language: Some(Language::English),
        category: "imported".to_owned(),
        site: None,
        split_questions: first % 2 == 0,
        take_theirs: false,
        dry_run: false,
        joins: Default::default(),
    };
    if import(&settings, &DETECTOR).is_ok() && into.exists() {
        // What an import writes is a knowledge base.
        let loaded = mondo::knowledge::load_folder(&into).expect("it loads");
        let errors: Vec<_> = loaded
            .faults
            .iter()
            .filter(|fault| fault.level == mondo::knowledge::Level::Error)
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
});
