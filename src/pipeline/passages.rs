//! The part of an article that answers a question: chosen by meaning and words, shown with what belongs to it.
//!
//! An article is found as a whole; only then its sections are weighed against each other, so that the sections of one
//! page never starve each other.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::prepared::PreparedQuestion;
use super::read_page::{ReadPage, letters};
use super::second_tables::SecondTables;
use super::snapshot::Snapshot;
use super::terms::QueryTerms;
use super::unit_kind::UnitKind;
use crate::encoder::Encoder;
use crate::knowledge::{
    Article, ArticleId, Block, Section, ShownPicture, Surroundings, Translation, plain_form,
    render, to_plain_text, width_of,
};
use crate::language::{ChineseScript, Language};

/// A part of an article, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// What it says, in Markdown.
    pub markdown: String,
    /// The same without markup.
    pub text: String,
    /// The same as safe HTML.
    pub html: String,
    /// The heading it stands under.
    pub heading: Option<String>,
    /// Name of that heading in links, after `#`.
    pub anchor: Option<String>,
    /// Where it stands in the body, in bytes; the lines it is on where boxes or bold were brought to plain Markdown.
    pub range: Range<usize>,
    /// It is all that the body says.
    pub is_whole: bool,
}

impl Passage {
    /// Writes a passage of a wording as a reader of Chinese reads it; one in another language stays as it is.
    pub fn written(self, wording: &Translation, script: ChineseScript) -> Self {
        if wording.language != Language::Chinese || !script.is_traditional() {
            return self;
        }
        let write = |text: String| script.written(&text).into_owned();
        let (from, to) = (wording.language.code(), script.tag());
        let pages = |code: &str| format!("href=\"/help/{code}/");
        Self {
            markdown: write(self.markdown),
            text: write(self.text),
            html: write(self.html).replace(&pages(from), &pages(to)),
            heading: self.heading.map(write),
            anchor: self.anchor.map(write),
            range: self.range,
            is_whole: self.is_whole,
        }
    }
}

/// How much each thing says about a block, chosen on labelled pages.
#[derive(Debug, Clone, Copy)]
struct Weights {
    /// Shared words beside a cosine.
    words: f32,
    /// A cosine of the second encoder beside one of the first.
    second: f32,
    /// What the heading has in common with the question, beside what the block has.
    heading: f32,
    /// Part of the heading above the heading.
    parent: f32,
    /// How far a summary that its author has written for itself may be behind the best block and is shown all the same:
    /// it is the short answer to the title.
    written_summary: f32,
    /// How far the best block of another section may be behind the best, and is offered too.
    close: f32,
}

const WEIGHTS: Weights = Weights {
    words: 0.6,
    second: 1.0,
    heading: 0.8,
    parent: 0.5,
    written_summary: 0.35,
    close: 0.08,
};

/// Width up to which a passage grows around its best block; a Chinese, Japanese or Korean character counts twice.
const WIDE: usize = 800;
/// Width up to which a section is shown whole: what answers often stands after what is most like the question.
const WHOLE: usize = 1_100;

/// Finds passages for one question.
pub struct PassageFinder<'a> {
    snapshot: &'a Snapshot,
    encoder: &'a dyn Encoder,
    question: &'a PreparedQuestion,
    bigrams: QueryTerms,
    /// The second encoder and what it has read, where it has.
    second: Option<(&'a dyn Encoder, &'a SecondTables)>,
}

/// A block by its section and its place there, with what speaks for it.
#[derive(Debug, Clone, Copy)]
struct Found {
    section: usize,
    block: usize,
    score: f32,
}

impl<'a> PassageFinder<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        encoder: &'a dyn Encoder,
        question: &'a PreparedQuestion,
    ) -> Self {
        let table = snapshot.table(UnitKind::Passage);
        Self {
            snapshot,
            encoder,
            question,
            bigrams: table.bigrams.query(&question.bigram_codes),
            second: None,
        }
    }

    /// Weighs what a second encoder says of each passage too.
    pub(super) fn with_second(
        mut self,
        encoder: &'a dyn Encoder,
        tables: &'a SecondTables,
    ) -> Self {
        self.second = Some((encoder, tables));
        self
    }

    /// Returns the passage of a wording that answers, then those of other sections that are nearly as near; nothing where
    /// the summary answers.
    pub fn find(&self, article: &ArticleId, wording: &Translation) -> Vec<Passage> {
        let Some((page, scores)) = self.read(article, wording) else {
            return Vec::new();
        };
        let best = self.best_blocks(&page, &scores);
        let Some(first) = best.first() else {
            return Vec::new();
        };
        let asked = page.questions.clone().map(|row| scores[row]);
        let asked = asked.fold(0.0, f32::max);
        let summary = page
            .summary
            .map(|row| scores[row] + WEIGHTS.heading * asked);
        // A summary that was only cut out of the body says less than the body does around it.
        let is_written =
            !letters(&to_plain_text(&wording.body)).contains(&letters(&wording.summary));
        let may_answer = summary.filter(|_| is_written);
        if may_answer.is_some_and(|score| score + WEIGHTS.written_summary >= first.score) {
            return Vec::new();
        }
        let shown = self.shown(&page, wording, &best);
        // Of a short article the author has said in the summary what answers; the whole is one press away.
        let is_short = shown.iter().all(|passage| passage.is_whole);
        match is_short && is_written && page.summary.is_some() {
            true => Vec::new(),
            false => shown,
        }
    }

    /// Returns the passage of a wording that is nearest, whatever its summary says.
    pub fn nearest(&self, article: &ArticleId, wording: &Translation) -> Option<Passage> {
        let (page, scores) = self.read(article, wording)?;
        let best = self.best_blocks(&page, &scores);
        let nearest = best.first().copied();
        let shown = self.shown(&page, wording, nearest.as_slice());
        shown.into_iter().next()
    }

    fn shown(&self, page: &ReadPage, wording: &Translation, best: &[Found]) -> Vec<Passage> {
        let passage = |found: &Found| {
            let section = &page.sections[found.section];
            let blocks = around(section, found.block);
            self.passage(page, section, blocks, wording)
        };
        best.iter().map(passage).collect()
    }

    /// Reads a wording, and how near each of its texts is to the question.
    fn read(
        &self,
        article: &ArticleId,
        wording: &Translation,
    ) -> Option<(std::sync::Arc<ReadPage>, Vec<f32>)> {
        let page = self.snapshot.page(article, wording, self.encoder)?;
        let words = self.question.word_codes(wording.language);
        let words = self.snapshot.table(UnitKind::Passage).words.query(words);
        let scores = page.texts.iter().enumerate().map(|(row, text)| {
            let meaning = page.vectors.similarity(row, &self.question.vector).0;
            let shared = self.bigrams.share_in(&text.bigrams) + words.share_in(&text.words);
            meaning + WEIGHTS.words * shared / 2.0
        });
        let mut scores: Vec<f32> = scores.collect();
        if let Some(entry) = self.snapshot.entry_of(article, wording.language) {
            self.add_second(&page, entry, &mut scores);
        }
        Some((page, scores))
    }

    /// Adds to the score of each text how near the second encoder finds the passages that hold it.
    fn add_second(&self, page: &ReadPage, entry: u32, scores: &mut [f32]) {
        let Some((encoder, tables)) = self.second else {
            return;
        };
        let vector = self.question.by_second(encoder, tables);
        let kind = UnitKind::Passage as usize;
        let rows = self.snapshot.entries[entry as usize].rows[kind].clone();
        let table = tables.vectors[kind].table();
        for (score, passages) in scores.iter_mut().zip(&page.passages) {
            let near = passages.iter().filter_map(|place| {
                let row = rows.start as usize + place;
                (row < rows.end as usize).then(|| table.similarity(row, vector).0)
            });
            *score += WEIGHTS.second * near.fold(0.0, f32::max);
        }
    }

    /// The best block of each section that is close to the best of all, the best first.
    fn best_blocks(&self, page: &ReadPage, scores: &[f32]) -> Vec<Found> {
        let mut best: Vec<Found> = Vec::new();
        let mut above: Vec<(u8, f32)> = Vec::new();
        for (number, section) in page.sections.iter().enumerate() {
            let heading = match (&section.heading, page.headings[number]) {
                (Some(heading), Some(row)) => {
                    above.retain(|(level, _)| *level < heading.level);
                    let parent = above.last().map_or(0.0, |(_, score)| *score);
                    above.push((heading.level, scores[row]));
                    scores[row].max(WEIGHTS.parent * parent)
                }
                // What stands under no heading is about what the title asks.
                _ => {
                    let asked = page.questions.clone().map(|row| scores[row]);
                    asked.fold(0.0, f32::max)
                }
            };
            let row = page.first_block[number];
            let blocks = section.blocks.iter().enumerate();
            let found = blocks
                .map(|(block, _)| Found {
                    section: number,
                    block,
                    score: scores[row + block] + WEIGHTS.heading * heading,
                })
                .max_by(|left, right| left.score.total_cmp(&right.score));
            best.extend(found);
        }
        best.sort_by(|left, right| right.score.total_cmp(&left.score));
        let Some(first) = best.first().copied() else {
            return best;
        };
        best.retain(|found| found.score >= first.score - WEIGHTS.close);
        best.truncate(MOST_PASSAGES);
        best
    }

    fn passage(
        &self,
        page: &ReadPage,
        section: &Section,
        range: Range<usize>,
        wording: &Translation,
    ) -> Passage {
        let blocks = &section.blocks[range.clone()];
        let markdown = joined(blocks);
        let media = &self.snapshot.knowledge().media;
        let found = |target: &str| media.find(&wording.path, target);
        let html = render(
            &markdown,
            &Surroundings {
                article: &|slug| format!("/help/{}/{slug}", wording.language),
                picture: &|target| {
                    let file = found(target).filter(|file| file.is_picture())?;
                    Some(ShownPicture {
                        address: file.address(),
                        size: file.size,
                    })
                },
                file: &|target| {
                    found(target)
                        .filter(|file| !file.is_picture())
                        .map(|file| file.address())
                },
            },
        );
        let lines = match (blocks.first(), blocks.last()) {
            (Some(first), Some(last)) => first.lines.start..last.lines.end,
            _ => 0..0,
        };
        Passage {
            text: plain_form(&markdown, |_| None),
            html,
            heading: section.heading.as_ref().map(|heading| heading.text.clone()),
            anchor: section
                .heading
                .as_ref()
                .map(|heading| heading.anchor.clone()),
            range: place_of(&wording.body, lines, &markdown),
            is_whole: page.sections.len() == 1 && range.len() == section.blocks.len(),
            markdown,
        }
    }
}

/// Where a passage on some lines of a body stands, in bytes.
fn place_of(body: &str, lines: Range<usize>, markdown: &str) -> Range<usize> {
    let start_of = |line: usize| -> usize {
        let before = body.split_inclusive('\n').take(line);
        before.map(str::len).sum()
    };
    let (start, end) = (start_of(lines.start), start_of(lines.end));
    match body[start..end].find(markdown) {
        Some(place) => start + place..start + place + markdown.len(),
        None => start..end,
    }
}

/// Passages offered at most.
const MOST_PASSAGES: usize = 3;

/// The blocks shown with the best one: its whole section where that is short, else its neighbours as far as they fit,
/// what leads to it and what it leads to always.
fn around(section: &Section, best: usize) -> Range<usize> {
    let blocks = &section.blocks;
    let width = |range: Range<usize>| -> usize {
        let widths = blocks[range].iter().map(|block| width_of(&block.text));
        widths.sum()
    };
    if width(0..blocks.len()) <= WHOLE {
        return 0..blocks.len();
    }
    let tied = |mut range: Range<usize>| {
        while range.start > 0 && blocks[range.start - 1].leads_on() {
            range.start -= 1;
        }
        while range.end < blocks.len() && blocks[range.end - 1].leads_on() {
            range.end += 1;
        }
        range
    };
    let mut range = tied(best..best + 1);
    loop {
        let after = (range.end < blocks.len()).then(|| tied(range.start..range.end + 1));
        let before = (range.start > 0).then(|| tied(range.start - 1..range.end));
        let fits = |wider: &Range<usize>| width(wider.clone()) <= WIDE;
        // What follows explains more often than what went before.
        match after.filter(fits).or(before.filter(fits)) {
            Some(wider) => range = wider,
            None => return range,
        }
    }
}

/// Blocks as one Markdown text; the rows of a table under their head.
fn joined(blocks: &[Block]) -> String {
    let mut text = String::new();
    let mut group = None;
    for block in blocks {
        if group == Some(block.group) {
            text.push_str(block.joint);
        } else {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            if let Some(head) = &block.head {
                text.push_str(head);
                text.push('\n');
            }
        }
        text.push_str(&block.markdown);
        group = Some(block.group);
    }
    text.trim().to_owned()
}

impl Snapshot {
    /// Returns a wording of an article, read.
    fn page(
        &self,
        article: &ArticleId,
        wording: &Translation,
        encoder: &dyn Encoder,
    ) -> Option<std::sync::Arc<ReadPage>> {
        let known: &Article = self.article(article)?;
        let entry = self.entry_of(&known.id, wording.language)?;
        Some(self.pages.page(entry, || {
            ReadPage::of(wording, encoder, self.token_weights())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::sections;

    fn shown(body: &str, best: usize) -> String {
        let sections = sections(body);
        joined(&sections[0].blocks[around(&sections[0], best)])
    }

    #[test]
    fn what_belongs_together_is_shown_together() {
        let filler = "word ".repeat(130);
        let body = format!("{filler}\n\nDo this:\n\n1. Open\n2. Close\n\n{filler}");
        assert_eq!(shown("One.\n\nTwo.", 0), "One.\n\nTwo.");
        let steps = "Do this:\n\n1. Open\n2. Close";
        let sections = sections(&body);
        let leading = sections[0]
            .blocks
            .iter()
            .position(Block::leads_on)
            .expect("a lead");
        assert!(shown(&body, leading).contains(steps));
        assert!(shown(&body, leading + 1).contains(steps));
        let rows: String = (0..60)
            .map(|row| format!("| coin {row} | {row} USDT |\n"))
            .collect();
        let table = format!("| Coin | Fee |\n|---|---|\n{rows}");
        let part = shown(&table, 40);
        assert!(
            part.starts_with("| Coin | Fee |\n|---|---|\n| coin "),
            "{part}"
        );
        assert!(part.contains("| coin 40 | 40 USDT |"), "{part}");
        assert!(!part.contains("coin 1 "), "{part}");
        let sentences: String = (0..30)
            .map(|number| format!("{number} is {}. ", "x".repeat(50)))
            .collect();
        for best in 0..30 {
            let part = shown(&sentences, best);
            assert!(part.ends_with('.') && part.contains(" is x"), "{part}");
            assert!(part.contains(&format!("{best} is x")), "{part}");
        }
    }
}
