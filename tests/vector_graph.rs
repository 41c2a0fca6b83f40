//! The approximate graph over vectors, of builds with the feature `hnsw`.

use mondo::encoder::{Embedding, QuantisedVector, VectorIndex, VectorTable};

/// A vector that looks random, the same for the same seed.
fn embedding(seed: u64) -> Embedding {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let values = (0..64)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % 2001) as f32 / 1000.0 - 1.0
        })
        .collect();
    Embedding::normalised(values)
}

#[test]
fn the_graph_finds_what_brute_force_finds() {
    let mut table = VectorTable::new(64);
    (1..=2_000).for_each(|seed| table.push(&embedding(seed)));
    let graph = VectorIndex::approximate(table.clone());
    let mut shared = 0;
    for seed in 0..20 {
        let query = QuantisedVector::new(&embedding(50_000 + seed));
        let exact = table.nearest(&query, 10);
        let approximate = graph.nearest(&query, 10);
        shared += exact
            .iter()
            .filter(|neighbour| approximate.iter().any(|found| found.row == neighbour.row))
            .count();
    }
    assert!(shared >= 180, "recall {shared} of 200");
}
