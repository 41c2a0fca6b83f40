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
pub(super) struct VectorGraph(Hnsw<'static, i8, CodeDistance>);

impl VectorGraph {
    /// Builds the graph on all cores.
    pub(super) fn over(table: &VectorTable) -> Self {
        let graph = Hnsw::new(LINKS, table.len(), LAYERS, BUILD_BREADTH, CodeDistance);
        let rows: Vec<(&[i8], usize)> = table.code_rows().zip(0..).collect();
        graph.parallel_insert_slice(&rows);
        Self(graph)
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
            .0
            .search(query.codes(), count, breadth)
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

/// One minus the cosine of two code rows; scales cancel.
#[derive(Clone, Copy, Default)]
struct CodeDistance;

impl Distance<i8> for CodeDistance {
    fn eval(&self, left: &[i8], right: &[i8]) -> f32 {
        let lengths = (dot(left, left) as f32 * dot(right, right) as f32).sqrt();
        if lengths == 0.0 {
            return 1.0;
        }
        (1.0 - dot(left, right) as f32 / lengths).max(0.0)
    }
}
