//! Numbers of four bits in blocks: 32 columns share a scale.
//!
//! A block is 16 bytes. Byte `i` holds column `i` in its low half and column `i + 16` in its high half, each as the number
//! plus 8; a number is from -8 to 7, and stands for itself times the scale. Half the memory of eight bits, and exact for
//! weights that were published so.

use half::f16;

/// Columns that share a scale.
pub(super) const BLOCK: usize = 32;

/// Adds a row times a weight: its packed numbers, and a scale for each block.
pub(super) fn add_row(packed: &[u8], scales: &[f16], weight: f32, sum: &mut [f32]) {
    let blocks = packed.chunks_exact(BLOCK / 2).zip(scales);
    for ((codes, scale), sums) in blocks.zip(sum.chunks_exact_mut(BLOCK)) {
        let one = weight * scale.to_f32();
        let (low, high) = sums.split_at_mut(BLOCK / 2);
        for ((low, high), code) in low.iter_mut().zip(high).zip(codes) {
            *low += one * (f32::from(code & 15) - 8.0);
            *high += one * (f32::from(code >> 4) - 8.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_half_of_a_byte_is_the_number_of_its_column() {
        let mut packed = [0x88; BLOCK];
        packed[1] = 0x8F; // column 1: 7
        packed[2] = 0x38; // column 18: -5
        packed[BLOCK / 2] = 0x80; // column 32: -8
        let scales = [f16::from_f32(0.5), f16::from_f32(2.0)];
        let mut sum = [1.0; 2 * BLOCK];
        add_row(&packed, &scales, 2.0, &mut sum);
        let mut expected = [1.0; 2 * BLOCK];
        (expected[1], expected[18], expected[32]) = (8.0, -4.0, -31.0);
        assert_eq!(sum, expected);
    }
}
