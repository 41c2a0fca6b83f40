//! Eight-bit vector tables, searched exactly by brute force.

use multiversion::multiversion;
use rayon::prelude::*;

use super::{Embedding, Similarity};

/// Rows that one thread scans before another is worth waking: about a millisecond's work.
const SCANNED_BY_ONE: usize = 16_384;

/// One row and its cosine with the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Row in the table.
    pub row: u32,
    /// Cosine with the query.
    pub similarity: Similarity,
}

/// A unit vector in eight bits a dimension, with the factor that undoes the rounding.
#[derive(Debug, Clone)]
pub struct QuantisedVector {
    codes: Vec<i8>,
    scale: f32,
}

impl QuantisedVector {
    /// Returns the eight-bit numbers in steps of this size.
    #[cfg(feature = "hnsw")]
    pub(super) fn in_steps(&self, step: f32) -> Vec<i8> {
        in_steps(&self.codes, self.scale / step)
    }

    /// Rounds to 255 steps of the vector's own range; a cosine moves by about 0.001.
    pub fn new(embedding: &Embedding) -> Self {
        let peak = embedding
            .0
            .iter()
            .fold(0.0_f32, |peak, value| peak.max(value.abs()));
        let scale = if peak > 0.0 { peak / 127.0 } else { 1.0 };
        let codes = embedding
            .0
            .iter()
            .map(|value| (value / scale).round().clamp(-127.0, 127.0) as i8)
            .collect();
        Self { codes, scale }
    }
}

/// Numbers in steps that are so many times as wide.
#[cfg(feature = "hnsw")]
fn in_steps(codes: &[i8], share: f32) -> Vec<i8> {
    let wider = codes.iter().map(|code| f32::from(*code) * share);
    wider
        .map(|value| value.round().clamp(-127.0, 127.0) as i8)
        .collect()
}

/// Quantised vectors, row by row.
#[derive(Debug, Clone)]
pub struct VectorTable {
    dimension: usize,
    codes: Vec<i8>,
    scales: Vec<f32>,
}

impl VectorTable {
    /// An empty table for embeddings of one dimension.
    pub fn new(dimension: usize) -> Self {
        Self {
            dimension,
            codes: Vec::new(),
            scales: Vec::new(),
        }
    }

    /// Appends a row.
    pub fn push(&mut self, embedding: &Embedding) {
        let quantised = QuantisedVector::new(embedding);
        self.codes.extend(quantised.codes);
        self.scales.push(quantised.scale);
    }

    /// Appends a row of another table of the same dimension.
    pub fn push_row_of(&mut self, other: &Self, row: usize) {
        let codes = row * self.dimension..(row + 1) * self.dimension;
        self.codes.extend_from_slice(&other.codes[codes]);
        self.scales.push(other.scales[row]);
    }

    /// One row as it was pushed, but for the rounding.
    pub fn row(&self, row: usize) -> Embedding {
        let codes = &self.codes[row * self.dimension..(row + 1) * self.dimension];
        let scale = self.scales[row];
        Embedding(codes.iter().map(|code| f32::from(*code) * scale).collect())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Tells whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Cosine of one row with a query.
    pub fn similarity(&self, row: usize, query: &QuantisedVector) -> Similarity {
        let codes = &self.codes[row * self.dimension..(row + 1) * self.dimension];
        Similarity(dot(codes, &query.codes) as f32 * self.scales[row] * query.scale)
    }

    /// Cosine of one row with a row of another table of the same dimension.
    pub fn between(&self, row: usize, other: &Self, other_row: usize) -> f32 {
        let codes =
            |table: &'_ Self, row: usize| row * table.dimension..(row + 1) * table.dimension;
        let (one, two) = (codes(self, row), codes(other, other_row));
        dot(&self.codes[one], &other.codes[two]) as f32 * self.scales[row] * other.scales[other_row]
    }

    /// The size of a step in the row that has the widest: every row can be written in such steps.
    #[cfg(feature = "hnsw")]
    pub(super) fn widest_step(&self) -> f32 {
        self.scales
            .iter()
            .copied()
            .fold(f32::MIN_POSITIVE, f32::max)
    }

    /// Every row in steps of this size, one after the other.
    #[cfg(feature = "hnsw")]
    pub(super) fn rows_in_steps(&self, step: f32) -> impl Iterator<Item = Vec<i8>> {
        let rows = self.codes.chunks_exact(self.dimension).zip(&self.scales);
        rows.map(move |(codes, scale)| in_steps(codes, scale / step))
    }

    /// Length of every vector.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Cosines of one row of another table with every row of this one.
    pub fn similarities(&self, other: &Self, row: usize) -> Vec<f32> {
        let codes = &other.codes[row * self.dimension..(row + 1) * self.dimension];
        let mut dots = vec![0_i32; self.len()];
        dot_all(&self.codes, codes, &mut dots);
        let scaled = dots.iter().zip(&self.scales);
        scaled
            .map(|(dot, scale)| *dot as f32 * scale * other.scales[row])
            .collect()
    }

    /// The `count` rows nearest to a query, nearest first; ties in row order. Reads every row.
    pub fn nearest(&self, query: &QuantisedVector, count: usize) -> Vec<Neighbour> {
        let mut dots = vec![0_i32; self.len()];
        if self.len() <= SCANNED_BY_ONE {
            dot_all(&self.codes, &query.codes, &mut dots);
        } else {
            dots.par_chunks_mut(SCANNED_BY_ONE)
                .zip(self.codes.par_chunks(SCANNED_BY_ONE * self.dimension))
                .for_each(|(dots, codes)| dot_all(codes, &query.codes, dots));
        }
        let mut found: Vec<Neighbour> = Vec::with_capacity(count * 2 + 1);
        let mut bar = f32::NEG_INFINITY;
        for (row, (dot, scale)) in dots.iter().zip(&self.scales).enumerate() {
            let similarity = *dot as f32 * scale * query.scale;
            if similarity <= bar {
                continue;
            }
            found.push(Neighbour {
                row: row as u32,
                similarity: Similarity(similarity),
            });
            if found.len() > count * 2 {
                keep_nearest(&mut found, count);
                bar = found.last().map_or(bar, |last| last.similarity.0);
            }
        }
        keep_nearest(&mut found, count);
        found
    }

    /// The raw bytes, to be kept on disk: scales, then codes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.codes.len() + self.scales.len() * 4);
        bytes.extend(self.scales.iter().flat_map(|scale| scale.to_le_bytes()));
        bytes.extend(self.codes.iter().map(|code| code.cast_unsigned()));
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; `None` when the size does not fit.
    pub fn from_bytes(dimension: usize, rows: usize, bytes: &[u8]) -> Option<Self> {
        if bytes.len() != rows * (4 + dimension) {
            return None;
        }
        let (scales, codes) = bytes.split_at(rows * 4);
        Some(Self {
            dimension,
            codes: codes.iter().map(|code| code.cast_signed()).collect(),
            scales: scales
                .chunks_exact(4)
                .map(|chunk| f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
                .collect(),
        })
    }
}

pub(super) fn keep_nearest(found: &mut Vec<Neighbour>, count: usize) {
    found.sort_by(|left, right| {
        right
            .similarity
            .0
            .total_cmp(&left.similarity.0)
            .then(left.row.cmp(&right.row))
    });
    found.truncate(count);
}

/// Dot products of one query with every row, with the widest vector instructions of the machine.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn dot_all(rows: &[i8], query: &[i8], dots: &mut [i32]) {
    for (dot, row) in dots.iter_mut().zip(rows.chunks_exact(query.len())) {
        *dot = row
            .iter()
            .zip(query)
            .map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b)))
            .sum();
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
pub(super) fn dot(left: &[i8], right: &[i8]) -> i32 {
    left.iter()
        .zip(right)
        .map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b)))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedding(seed: u64, dimension: usize) -> Embedding {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let values = (0..dimension)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state % 2001) as f32 / 1000.0 - 1.0
            })
            .collect();
        Embedding::normalised(values)
    }

    fn table(rows: u64) -> (VectorTable, Vec<Embedding>) {
        let embeddings: Vec<Embedding> = (1..=rows).map(|seed| embedding(seed, 64)).collect();
        let mut table = VectorTable::new(64);
        embeddings
            .iter()
            .for_each(|embedding| table.push(embedding));
        (table, embeddings)
    }

    #[test]
    fn eight_bits_keep_the_cosine() {
        let (table, embeddings) = table(50);
        let query = embedding(999, 64);
        let quantised = QuantisedVector::new(&query);
        for (row, embedding) in embeddings.iter().enumerate() {
            let exact = embedding.similarity(&query).0;
            let rounded = table.similarity(row, &quantised).0;
            assert!((exact - rounded).abs() < 0.01, "{exact} {rounded}");
        }
    }

    #[test]
    fn nearest_rows_are_those_a_full_sort_gives() {
        let (table, _) = table(500);
        let query = QuantisedVector::new(&embedding(1234, 64));
        let mut all: Vec<Neighbour> = (0..table.len())
            .map(|row| Neighbour {
                row: row as u32,
                similarity: table.similarity(row, &query),
            })
            .collect();
        keep_nearest(&mut all, 7);
        assert_eq!(table.nearest(&query, 7), all);
    }

    #[test]
    fn a_table_survives_the_disk() {
        let (table, _) = table(9);
        let read = VectorTable::from_bytes(64, 9, &table.to_bytes()).expect("same size");
        assert_eq!(read.codes, table.codes);
        assert_eq!(read.scales, table.scales);
        assert!(VectorTable::from_bytes(64, 8, &table.to_bytes()).is_none());
    }
}
