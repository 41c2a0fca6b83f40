//! The demo knowledge base, and the labelled questions about it.

use std::path::{Path, PathBuf};

use mondo::evaluation::read_questions;
use mondo::knowledge::{KnowledgeBase, load_folder};
use mondo::pipeline::Question;

fn place(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The base as it is served.
pub fn base() -> KnowledgeBase {
    load_folder(&place("knowledge_base"))
        .and_then(mondo::knowledge::LoadedFolder::into_served)
        .expect("the demo base is sound")
}

/// Real questions in four languages, those out of scope too.
pub fn questions() -> Vec<Question> {
    read_questions(&place("tests/relevance"))
        .expect("labelled questions")
        .iter()
        .filter_map(|labelled| Question::parse(&labelled.text).ok())
        .collect()
}
