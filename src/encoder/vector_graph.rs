//! An approximate graph over a vector table (HNSW, Malkov and Yashunin 2016, arXiv 1603.09320).

use anndists::dist::Distance;
use hnsw_rs::hnsw::Hnsw;

use super::vectors::{Neighbour, QuantisedVector, VectorTable, dot, keep_nearest};

/// Links per node and breadth of search.
const LINKS: usize = 16;
const BUILD_BREADTH: usize = 100;
const SEARCH_BREADTH: usize = 96;
const LAYERS: usize = 16;

/// The graph; it names rows of the table it was built over.
pub(super) struct VectorGraph {
    graph: Hnsw<'static, i8, CodeDistance>,
    /// What one step is worth, alike in every row.
    step: f32,
}

impl VectorGraph {
    /// Builds the graph on all cores.
    pub(super) fn over(table: &VectorTable) -> Self {
        let step = table.widest_step();
        let distance = CodeDistance {
            square: step * step,
        };
        let graph = Hnsw::new(LINKS, table.len(), LAYERS, BUILD_BREADTH, distance);
        let rows: Vec<(Vec<i8>, usize)> = table.rows_in_steps(step).zip(0..).collect();
        let rows: Vec<(&[i8], usize)> = rows.iter().map(|(row, at)| (&row[..], *at)).collect();
        graph.parallel_insert_slice(&rows);
        Self { graph, step }
    }

    /// The `count` rows nearest to a query, nearest first; one in a hundred may be missed.
    pub(super) fn nearest(
        &self,
        table: &VectorTable,
        query: &QuantisedVector,
        count: usize,
    ) -> Vec<Neighbour> {
        let breadth = (count * 2).max(SEARCH_BREADTH);
        let mut found: Vec<Neighbour> = self
            .graph
            .search(&query.in_steps(self.step), count, breadth)
            .into_iter()
            .map(|neighbour| Neighbour {
                row: neighbour.d_id as u32,
                similarity: table.similarity(neighbour.d_id, query),
            })
            .collect();
        keep_nearest(&mut found, count);
        found
    }
}

/// One minus the cosine of two rows of unit length in the same steps: one product, as the lengths are known.
#[derive(Clone, Copy, Default)]
struct CodeDistance {
    square: f32,
}

impl Distance<i8> for CodeDistance {
    fn eval(&self, left: &[i8], right: &[i8]) -> f32 {
        (1.0 - dot(left, right) as f32 * self.square).max(0.0)
    }
}
