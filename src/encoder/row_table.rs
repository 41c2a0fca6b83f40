//! Embedding tables, kept as small as they were found and read row by row.

use std::borrow::Cow;

use half::f16;

use super::four_bit::{self, BLOCK};

/// Whether an `I8` table must have scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scaling {
    Required,
    /// model2vec drops one scale common to all rows, which changes no direction.
    Optional,
}

/// Where an embedding table lies, and how to read it.
pub(super) struct RowPlace {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) format: RowFormat,
    /// Where its first row begins among the bytes.
    pub(super) offset: usize,
}

/// An embedding table, kept as it was found and read row by row.
pub(super) struct RowTable {
    place: RowPlace,
    bytes: Cow<'static, [u8]>,
}

/// How the numbers of a table are kept.
pub(super) enum RowFormat {
    Single,
    Half,
    /// Eight bits, and the scale of each row.
    Eight(Vec<f32>),
    /// Four bits, and the scale of each block of each row.
    Four(Vec<f16>),
}

impl RowPlace {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    fn bytes_per_row(&self) -> usize {
        match self.format {
            RowFormat::Single => 4 * self.columns,
            RowFormat::Half => 2 * self.columns,
            RowFormat::Eight(_) => self.columns,
            RowFormat::Four(_) => self.columns / 2,
        }
    }

    /// Bytes of the whole table.
    pub(super) fn bytes(&self) -> usize {
        self.rows * self.bytes_per_row()
    }
}

impl RowTable {
    /// Joins a place with the bytes it was found in.
    pub(super) fn over(place: RowPlace, bytes: Cow<'static, [u8]>) -> Self {
        Self { place, bytes }
    }

    pub(super) fn rows(&self) -> usize {
        self.place.rows
    }

    pub(super) fn columns(&self) -> usize {
        self.place.columns
    }

    /// Adds a row times a weight; a row beyond the table adds nothing.
    pub(super) fn add_row(&self, row: usize, weight: f32, sum: &mut [f32]) {
        let place = &self.place;
        let width = place.bytes_per_row();
        let start = place.offset + row * width;
        let Some(bytes) = self
            .bytes
            .get(start..start + width)
            .filter(|_| row < place.rows)
        else {
            return;
        };
        match &place.format {
            RowFormat::Single => {
                for (total, four) in sum.iter_mut().zip(bytes.chunks_exact(4)) {
                    *total += f32::from_le_bytes([four[0], four[1], four[2], four[3]]) * weight;
                }
            }
            RowFormat::Half => {
                for (total, pair) in sum.iter_mut().zip(bytes.chunks_exact(2)) {
                    *total += f16::from_le_bytes([pair[0], pair[1]]).to_f32() * weight;
                }
            }
            RowFormat::Eight(scales) => {
                let weight = weight * scales[row];
                for (total, code) in sum.iter_mut().zip(bytes) {
                    *total += f32::from(*code as i8) * weight;
                }
            }
            RowFormat::Four(scales) => {
                let blocks = place.columns / BLOCK;
                let scales = &scales[row * blocks..(row + 1) * blocks];
                four_bit::add_row(bytes, scales, weight, sum);
            }
        }
    }
}
