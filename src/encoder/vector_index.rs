//! A vector table with the means to search it: exact, or, with the feature `hnsw`, by an approximate graph once there
//! are too many rows for that.

#[cfg(feature = "hnsw")]
use super::vector_graph::VectorGraph;
use super::vectors::{Neighbour, QuantisedVector, VectorTable};

/// Rows above which a build with the feature `hnsw` searches approximately.
pub const APPROXIMATE_ABOVE: usize = 200_000;

/// A table that is searched for the rows nearest to a query.
pub struct VectorIndex {
    table: VectorTable,
    #[cfg(feature = "hnsw")]
    graph: Option<VectorGraph>,
}

impl VectorIndex {
    /// Makes a table searchable. A graph, where one is wanted, takes about a minute per half million rows on two cores.
    pub fn new(table: VectorTable) -> Self {
        Self {
            #[cfg(feature = "hnsw")]
            graph: (table.len() > APPROXIMATE_ABOVE).then(|| VectorGraph::over(&table)),
            table,
        }
    }

    /// Makes a table searchable by a graph, however few rows it has.
    #[cfg(feature = "hnsw")]
    pub fn approximate(table: VectorTable) -> Self {
        Self {
            graph: Some(VectorGraph::over(&table)),
            table,
        }
    }

    /// The table itself.
    pub fn table(&self) -> &VectorTable {
        &self.table
    }

    /// The `count` rows nearest to a query, nearest first.
    pub fn nearest(&self, query: &QuantisedVector, count: usize) -> Vec<Neighbour> {
        #[cfg(feature = "hnsw")]
        if let Some(graph) = &self.graph {
            return graph.nearest(&self.table, query, count);
        }
        self.table.nearest(query, count)
    }
}
