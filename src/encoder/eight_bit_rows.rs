//! Weights as rows of whole numbers, as large as the processor at hand multiplies without a fault.

use std::sync::LazyLock;

use rten_gemm::GemmExecutor;

/// The greatest whole number of a weight. Processors without VNNI (AVX2 alone) add two products up in sixteen bits: with
/// weights of seven bits and inputs of eight, 2 * 255 * 64 does not overflow. Inputs of seven bits and weights of eight
/// lose more, since a few inputs are far larger than the others.
static GREATEST: LazyLock<i8> = LazyLock::new(|| {
    let may_overflow = GemmExecutor::<u8, i8, i32>::new().may_saturate();
    if may_overflow { 64 } else { 127 }
});

/// Rows of whole numbers, each with what one of them is worth.
pub(super) struct EightBitRows {
    pub(super) codes: Vec<i8>,
    pub(super) scales: Vec<f32>,
    pub(super) inputs: usize,
}

impl EightBitRows {
    /// Takes rows that are kept in eight bits.
    pub(super) fn kept(
        codes: impl Iterator<Item = i8>,
        mut scales: Vec<f32>,
        inputs: usize,
    ) -> Self {
        let codes = match *GREATEST {
            127 => codes.collect(),
            _ => {
                scales.iter_mut().for_each(|scale| *scale *= 2.0);
                let halves = codes.map(|code| (f32::from(code) / 2.0).round_ties_even() as i8);
                halves.collect()
            }
        };
        Self {
            codes,
            scales,
            inputs,
        }
    }

    /// Rounds rows of floats, each to a scale of its own.
    pub(super) fn of(rows: &[Vec<f32>], inputs: usize) -> Self {
        let top = f32::from(*GREATEST);
        let greatest = |row: &Vec<f32>| {
            row.iter()
                .fold(0.0_f32, |most, value| most.max(value.abs()))
        };
        let scales: Vec<f32> = rows
            .iter()
            .map(|row| greatest(row).max(f32::MIN_POSITIVE) / top)
            .collect();
        let codes = rows.iter().zip(&scales).flat_map(|(row, scale)| {
            row.iter()
                .map(move |value| (value / scale).round().clamp(-top, top) as i8)
        });
        Self {
            codes: codes.collect(),
            scales,
            inputs,
        }
    }

    pub(super) fn outputs(&self) -> usize {
        self.scales.len()
    }

    /// Appends further rows over the same inputs.
    pub(super) fn append(&mut self, mut more: EightBitRows) {
        self.codes.append(&mut more.codes);
        self.scales.append(&mut more.scales);
    }
}
