//! A wording as it is read for the part that answers: its sections, and the meaning and words of each block.
//!
//! Made when an article is first given and kept for the next time, since many visitors ask about few articles.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::analyzer::Scheme;
use super::terms::{TermCode, term_codes};
use super::unit_texts::said;
use crate::encoder::{Encoder, TextRole, TokenWeights, VectorTable};
use crate::knowledge::{Section, Translation, sections, sentences};

/// Words of one text, for sharing with a question's.
pub(super) struct ReadText {
    /// Sorted, each once.
    pub(super) bigrams: Vec<TermCode>,
    pub(super) words: Vec<TermCode>,
}

impl ReadText {
    fn of(text: &str, translation: &Translation) -> Self {
        let sorted = |scheme| {
            let mut codes = term_codes(scheme, text);
            codes.sort_unstable();
            codes.dedup();
            codes
        };
        Self {
            bigrams: sorted(Scheme::Bigrams),
            words: sorted(Scheme::Words(translation.language)),
        }
    }
}

/// One wording, read.
pub(super) struct ReadPage {
    pub(super) sections: Vec<Section>,
    /// Row of the first block of each section; the blocks of a section follow each other.
    pub(super) first_block: Vec<usize>,
    /// Row of the heading of each section that has one.
    pub(super) headings: Vec<Option<usize>>,
    /// Row of the summary, where it says something.
    pub(super) summary: Option<usize>,
    /// Rows of the title and the alternates.
    pub(super) questions: std::ops::Range<usize>,
    pub(super) texts: Vec<ReadText>,
    pub(super) vectors: VectorTable,
    /// For each text that answers, the passages of the wording that hold a part of it, by their places among them.
    pub(super) passages: Vec<Vec<usize>>,
}

impl ReadPage {
    pub(super) fn of(
        translation: &Translation,
        encoder: &dyn Encoder,
        weights: &TokenWeights,
    ) -> Self {
        let sections = sections(&translation.body);
        let mut texts: Vec<&str> = Vec::new();
        let mut first_block = Vec::with_capacity(sections.len());
        let mut headings = Vec::with_capacity(sections.len());
        for section in &sections {
            headings.push(section.heading.as_ref().map(|heading| {
                texts.push(&heading.text);
                texts.len() - 1
            }));
            first_block.push(texts.len());
            texts.extend(section.blocks.iter().map(|block| block.text.as_str()));
        }
        let summary = translation.summary_says_something().then(|| {
            texts.push(&translation.summary);
            texts.len() - 1
        });
        let begin = texts.len();
        let asked = std::iter::once(&translation.title).chain(&translation.alternates);
        texts.extend(asked.map(String::as_str).filter(|text| !text.is_empty()));
        let questions = begin..texts.len();
        let mut vectors = VectorTable::new(encoder.dimension());
        for embedding in encoder.encode_weighed(TextRole::Passage, &texts, weights) {
            vectors.push(&embedding);
        }
        let said: Vec<String> = said(translation).iter().map(|text| letters(text)).collect();
        // Headings and questions are asked, not said; what passages say of them stands in their blocks.
        let is_asked = |row: usize| questions.contains(&row) || headings.contains(&Some(row));
        let passages = (0..texts.len()).map(|row| match is_asked(row) {
            true => Vec::new(),
            false => holding(texts[row], &said),
        });
        let passages = passages.collect();
        let texts = texts
            .iter()
            .map(|text| ReadText::of(text, translation))
            .collect();
        Self {
            sections,
            first_block,
            headings,
            summary,
            questions,
            texts,
            vectors,
            passages,
        }
    }
}

/// A text without spaces, which passages and blocks set differently.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|one| !one.is_whitespace()).collect()
}

/// Places of the passages that hold a sentence of a text.
fn holding(text: &str, passages: &[String]) -> Vec<usize> {
    let parts: Vec<String> = sentences(text).map(letters).collect();
    let numbered = passages.iter().enumerate();
    numbered
        .filter(|(_, passage)| {
            let mut parts = parts.iter().filter(|part| !part.is_empty());
            parts.any(|part| passage.contains(part.as_str()) || part.contains(passage.as_str()))
        })
        .map(|(place, _)| place)
        .collect()
}

/// Pages kept at most; a page takes about 20 KB.
const MOST_PAGES: usize = 1_000;

/// Pages that were read, by their place among the entries of a snapshot. Local to this process.
#[derive(Default)]
pub(super) struct PageShelf {
    pages: Mutex<HashMap<u32, Arc<ReadPage>>>,
}

impl PageShelf {
    /// Returns a page, read now where it has not been.
    pub(super) fn page(&self, entry: u32, read: impl FnOnce() -> ReadPage) -> Arc<ReadPage> {
        let lock = || self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = lock().get(&entry) {
            return Arc::clone(page);
        }
        // Read outside of the lock: two threads may do the same once, and none waits.
        let page = Arc::new(read());
        let mut pages = lock();
        if pages.len() >= MOST_PAGES {
            pages.clear();
        }
        pages.insert(entry, Arc::clone(&page));
        page
    }
}
