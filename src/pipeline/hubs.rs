//! Similarity without the pull of hubs.
//!
//! Some units lie near to everything, above all those that say no more than what the whole base is about ("What is a
//! coronavirus?" among articles on one), and win questions that are meant for others (hubs, Radovanović et al. 2010,
//! JMLR 11). As in cross-domain similarity local scaling (Conneau et al. 2018, arXiv 1710.04087), part of how near a
//! unit is to texts of other articles is taken off its similarity. The texts are the base's own.

use rayon::prelude::*;

use crate::encoder::{Neighbour, QuantisedVector, VectorIndex, VectorTable};

/// Units that stand for all texts of a base.
const SAMPLE: usize = 256;
/// Of those, how many of the nearest tell how crowded it is around a unit.
const NEAREST: usize = 8;
/// Share of that nearness which is taken off. All three were chosen by accuracy over the public sets.
const SHARE: f32 = 0.3;

/// A table that can be searched, with what is taken off each row.
pub(super) struct HubIndex {
    index: VectorIndex,
    penalties: Vec<f32>,
    /// How crowded it is around a row, on average.
    usual_crowd: f32,
}

/// How near a row is to a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearness {
    /// The cosine.
    pub(super) plain: f32,
    /// The cosine less what the row has as a hub.
    pub(super) similarity: f32,
    /// How much nearer the question is than the texts of other articles are.
    pub(super) beyond_crowd: f32,
}

impl HubIndex {
    /// Makes tables searchable that hold texts of the same articles; `articles` gives the article of each row.
    pub(super) fn each<const TABLES: usize>(
        tables: [VectorTable; TABLES],
        articles: [&[u32]; TABLES],
    ) -> [Self; TABLES] {
        let sample = Sample::of(&tables, articles);
        let mut articles = articles.into_iter();
        tables.map(|table| Self::of(table, articles.next().unwrap_or_default(), &sample))
    }

    fn of(table: VectorTable, articles: &[u32], sample: &Sample) -> Self {
        let rows = 0..table.len();
        let crowds: Vec<f32> = rows
            .into_par_iter()
            .map(|row| sample.crowd_around(&table, row, articles[row]))
            .collect();
        Self {
            usual_crowd: crowds.iter().sum::<f32>() / crowds.len().max(1) as f32,
            penalties: crowds.iter().map(|crowd| SHARE * crowd).collect(),
            index: VectorIndex::new(table),
        }
    }

    /// The table itself.
    pub(super) fn table(&self) -> &VectorTable {
        self.index.table()
    }

    /// The `count` rows nearest to a question by the cosine alone.
    pub(super) fn nearest(&self, question: &QuantisedVector, count: usize) -> Vec<Neighbour> {
        self.index.nearest(question, count)
    }

    /// Compares a question with one row.
    pub(super) fn nearness(&self, row: usize, question: &QuantisedVector) -> Nearness {
        let plain = self.table().similarity(row, question).0;
        let penalty = self.penalties[row];
        Nearness {
            plain,
            similarity: plain - penalty,
            beyond_crowd: plain - penalty / SHARE,
        }
    }

    /// How near a row is to texts of other articles, on average over the base: about as near as a question that none
    /// of them answers.
    pub(super) fn usual_crowd(&self) -> f32 {
        self.usual_crowd
    }
}

/// Units spread evenly over a base.
struct Sample {
    vectors: VectorTable,
    articles: Vec<u32>,
}

impl Sample {
    fn of<const TABLES: usize>(tables: &[VectorTable; TABLES], articles: [&[u32]; TABLES]) -> Self {
        let all: usize = tables.iter().map(VectorTable::len).sum();
        let size = all.min(SAMPLE);
        let dimension = tables.first().map_or(0, VectorTable::dimension);
        let mut sample = Self {
            vectors: VectorTable::new(dimension),
            articles: Vec::with_capacity(size),
        };
        let (mut table, mut passed) = (0, 0);
        for number in 0..size {
            let place = number * all / size;
            while place >= passed + tables[table].len() {
                passed += tables[table].len();
                table += 1;
            }
            sample.vectors.push_row_of(&tables[table], place - passed);
            sample.articles.push(articles[table][place - passed]);
        }
        sample
    }

    /// The mean cosine of a row with the nearest texts of other articles; zero where there are none.
    fn crowd_around(&self, table: &VectorTable, row: usize, article: u32) -> f32 {
        let cosines = self.vectors.similarities(table, row);
        let others = cosines.into_iter().zip(&self.articles);
        let mut others: Vec<f32> = others
            .filter(|(_, other)| **other != article)
            .map(|(cosine, _)| cosine)
            .collect();
        let count = others.len().min(NEAREST);
        if count == 0 {
            return 0.0;
        }
        others.select_nth_unstable_by(count - 1, |left, right| right.total_cmp(left));
        others[..count].iter().sum::<f32>() / count as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::Embedding;

    /// Twelve articles about one subject, each with a detail of its own, and one that is about nothing but the subject.
    fn base() -> (VectorTable, Vec<u32>) {
        let mut table = VectorTable::new(16);
        for article in 0..12 {
            let mut values = vec![0.0; 16];
            values[0] = 1.0;
            values[1 + article] = 1.0;
            table.push(&Embedding::normalised(values));
        }
        let mut subject = vec![0.0; 16];
        subject[0] = 1.0;
        table.push(&Embedding(subject));
        (table, (0..13).collect())
    }

    #[test]
    fn a_unit_that_is_near_to_everything_does_not_win() {
        let (table, articles) = base();
        let [questions, _] = HubIndex::each([table, VectorTable::new(16)], [&articles, &[]]);
        // Somebody says more of the subject than of the detail.
        let mut values = vec![0.0; 16];
        values[0] = 2.6;
        values[5] = 1.0;
        let question = QuantisedVector::new(&Embedding::normalised(values));
        let nearness = |row| questions.nearness(row, &question);
        let (meant, hub) = (nearness(4), nearness(12));
        assert!(
            hub.plain > meant.plain,
            "the cosine alone is misled: {hub:?} {meant:?}"
        );
        assert!(meant.similarity > hub.similarity, "{hub:?} {meant:?}");
    }

    #[test]
    fn texts_of_its_own_article_make_no_unit_a_hub() {
        let one = Embedding::normalised(vec![1.0, 0.0, 0.0, 0.0]);
        let other = Embedding::normalised(vec![0.0, 1.0, 0.0, 0.0]);
        let mut table = VectorTable::new(4);
        for embedding in [&one, &one, &other] {
            table.push(embedding);
        }
        let tables = || [table.clone(), VectorTable::new(4)];
        let question = QuantisedVector::new(&one);
        let [alone, _] = HubIndex::each(tables(), [&[0, 0, 1], &[]]);
        let Nearness {
            plain, similarity, ..
        } = alone.nearness(0, &question);
        assert!((plain - similarity).abs() < 1e-6);
        let [beside, _] = HubIndex::each(tables(), [&[0, 2, 1], &[]]);
        assert!(beside.nearness(0, &question).similarity < similarity);
    }

    #[test]
    fn a_base_without_rows_is_searched_in_vain() {
        let empty = || VectorTable::new(4);
        let [questions, passages] = HubIndex::each([empty(), empty()], [&[], &[]]);
        let question = QuantisedVector::new(&Embedding(vec![0.0; 4]));
        assert!(questions.nearest(&question, 3).is_empty());
        assert!(passages.nearest(&question, 3).is_empty());
    }
}
