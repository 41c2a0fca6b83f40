//! The inner loops of a transformer beside its matrix products, each compiled for the widest vector instructions.
//!
//! Plain loops over slices, written so that the compiler can vectorise them; they know nothing of tensors or folders.

use multiversion::multiversion;

use super::transformer_config::Activation;

/// Numbers handled at once in attention: one register of the widest kind.
const LANES: usize = 16;
/// Tokens that attend side by side, so that no sum waits for the one before.
const TOGETHER: usize = 4;

/// Adds a bias to each row and applies an activation.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
pub(super) fn add_bias_and_activate(rows: &mut [f32], bias: &[f32], activation: Activation) {
    for row in rows.chunks_exact_mut(bias.len()) {
        for (value, bias) in row.iter_mut().zip(bias) {
            *value += bias;
        }
        match activation {
            Activation::Identity => {}
            Activation::Relu => row.iter_mut().for_each(|value| *value = value.max(0.0)),
            Activation::Gelu => row.iter_mut().for_each(|value| *value = gelu(*value)),
            Activation::GeluTanh => row.iter_mut().for_each(|value| *value = gelu_tanh(*value)),
            Activation::Tanh => row.iter_mut().for_each(|value| *value = tanh(*value)),
        }
    }
}

/// Scales and shifts each row to mean zero and variance one, then by the norm's own weight and bias.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
pub(super) fn normalise_rows(rows: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    let columns = weight.len();
    for row in rows.chunks_exact_mut(columns) {
        let mean = sum(row, |value| value) / columns as f32;
        let variance = sum(row, |value| (value - mean) * (value - mean)) / columns as f32;
        let scale = 1.0 / (variance + epsilon).sqrt();
        for ((value, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
            *value = (*value - mean) * scale * weight + bias;
        }
    }
}

/// Adds a bias and a second matrix to each row, then normalises it.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
pub(super) fn add_bias_and_residual(rows: &mut [f32], bias: &[f32], residual: &[f32]) {
    let columns = bias.len();
    let residual = residual.chunks_exact(columns);
    for (row, residual) in rows.chunks_exact_mut(columns).zip(residual) {
        for ((value, bias), residual) in row.iter_mut().zip(bias).zip(residual) {
            *value += bias + residual;
        }
    }
}

/// Space that attention over one text needs, kept from head to head.
#[derive(Default)]
pub(super) struct AttentionSpace {
    /// For each few tokens that attend together, column by column.
    queries: Vec<f32>,
    /// Keys turned on their side: one row per column of the head, padded to whole registers.
    keys: Vec<f32>,
    values: Vec<f32>,
    /// One row for each of the tokens that attend together.
    scores: Vec<f32>,
}

/// Attends within one text. `joined` holds for each token its query, key and value, `3 * hidden` numbers; the first
/// `asking` tokens get their context, `hidden` numbers each.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
pub(super) fn attend(
    joined: &[f32],
    bias: &[f32],
    heads: usize,
    asking: usize,
    context: &mut [f32],
    space: &mut AttentionSpace,
) {
    let hidden = bias.len() / 3;
    let width = hidden / heads;
    let wide = width.next_multiple_of(LANES);
    let tokens = joined.len() / bias.len();
    let padded = tokens.next_multiple_of(LANES);
    let scale = 1.0 / (width as f32).sqrt();
    space.queries.clear();
    space
        .queries
        .resize(asking.next_multiple_of(TOGETHER) * width, 0.0);
    space.keys.clear();
    space.keys.resize(width * padded, 0.0);
    space.values.clear();
    space.values.resize(tokens * wide, 0.0);
    space.scores.clear();
    space.scores.resize(TOGETHER * padded, 0.0);
    for head in 0..heads {
        let at = head * width;
        for (token, row) in joined.chunks_exact(3 * hidden).enumerate() {
            let part = |third: usize| {
                let start = third * hidden + at;
                let range = start..start + width;
                row[range.clone()].iter().zip(&bias[range])
            };
            if token < asking {
                let group = &mut space.queries[token / TOGETHER * TOGETHER * width..];
                for (column, (value, bias)) in part(0).enumerate() {
                    group[column * TOGETHER + token % TOGETHER] = (value + bias) * scale;
                }
            }
            for (column, (value, bias)) in part(1).enumerate() {
                space.keys[column * padded + token] = value + bias;
            }
            let slots = &mut space.values[token * wide..token * wide + width];
            for (slot, (value, bias)) in slots.iter_mut().zip(part(2)) {
                *slot = value + bias;
            }
        }
        let groups = space.queries.chunks_exact(TOGETHER * width);
        for (group, queries) in groups.enumerate() {
            for block in (0..padded).step_by(LANES) {
                let mut sums = [[0.0_f32; LANES]; TOGETHER];
                let columns = queries.chunks_exact(TOGETHER);
                for (queries, keys) in columns.zip(space.keys.chunks_exact(padded)) {
                    let keys = lanes_at(keys, block);
                    for (sums, query) in sums.iter_mut().zip(queries) {
                        add_scaled(sums, *query, keys);
                    }
                }
                for (scores, sums) in space.scores.chunks_exact_mut(padded).zip(&sums) {
                    scores[block..block + LANES].copy_from_slice(sums);
                }
            }
            for scores in space.scores.chunks_exact_mut(padded) {
                soften(&mut scores[..tokens]);
            }
            for block in (0..wide).step_by(LANES) {
                let mut sums = [[0.0_f32; LANES]; TOGETHER];
                for (token, values) in space.values.chunks_exact(wide).enumerate() {
                    let values = lanes_at(values, block);
                    for (row, sums) in sums.iter_mut().enumerate() {
                        add_scaled(sums, space.scores[row * padded + token], values);
                    }
                }
                let first = group * TOGETHER;
                for (token, sums) in (first..asking).zip(&sums) {
                    let start = token * hidden + at;
                    let slots = &mut context[start + block..start + width.min(block + LANES)];
                    slots.copy_from_slice(&sums[..slots.len()]);
                }
            }
        }
    }
}

/// One register of a row that is padded to whole registers.
#[inline(always)]
fn lanes_at(row: &[f32], start: usize) -> &[f32; LANES] {
    row[start..]
        .first_chunk()
        .expect("rows are padded to whole registers")
}

/// Arrays, and no loop over their elements: of a loop the compiler makes gathers, which are eight times slower.
#[inline(always)]
fn add_scaled(sums: &mut [f32; LANES], scale: f32, values: &[f32; LANES]) {
    *sums = std::array::from_fn(|lane| sums[lane] + scale * values[lane]);
}

/// Turns scores into shares that sum to one.
#[inline(always)]
fn soften(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores
        .iter_mut()
        .for_each(|score| *score = exponential(*score - most));
    let total = sum(scores, |score| score);
    let share = 1.0 / total;
    scores.iter_mut().for_each(|score| *score *= share);
}

/// Sums in as many lanes as a register has; floats may not be reordered by the compiler, so it is done here.
#[inline(always)]
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let blocks = values.chunks_exact(LANES);
    let rest: f32 = blocks.remainder().iter().map(|value| of(*value)).sum();
    for block in blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane += of(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// `e` to the power of `value`, to within a few units of the last place, without a branch.
#[inline(always)]
fn exponential(value: f32) -> f32 {
    // Adding 1.5 * 2^23 leaves the nearest whole number in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    // ln 2 in two parts, so that the product with a whole number loses nothing.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let value = value.clamp(-87.0, 88.0);
    let shifted = value * std::f32::consts::LOG2_E + ROUNDER;
    let whole = shifted - ROUNDER;
    let rest = value - whole * LN_2_HIGH - whole * LN_2_LOW;
    // The series of the exponential; `rest` is at most half of ln 2, so seven terms reach the last place.
    let mut series = 1.0 / 5040.0;
    for term in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        series = series * rest + term;
    }
    let exponent = shifted
        .to_bits()
        .wrapping_sub(ROUNDER.to_bits())
        .wrapping_add(127);
    series * f32::from_bits(exponent << 23)
}

/// The error function by formula 7.1.26 of Abramowitz and Stegun, off by at most 1.5e-7.
#[inline(always)]
fn error_function(value: f32) -> f32 {
    let size = value.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * size);
    let mut series = 1.061_405_4;
    for term in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        series = series * t + term;
    }
    let distance = series * t * exponential(-size * size);
    (1.0 - distance).copysign(value)
}

#[inline(always)]
fn gelu(value: f32) -> f32 {
    0.5 * value * (1.0 + error_function(value * std::f32::consts::FRAC_1_SQRT_2))
}

#[inline(always)]
fn gelu_tanh(value: f32) -> f32 {
    let inner = value + 0.044_715 * value * value * value;
    0.5 * value * (1.0 + tanh((2.0 / std::f32::consts::PI).sqrt() * inner))
}

#[inline(always)]
fn tanh(value: f32) -> f32 {
    1.0 - 2.0 / (exponential(2.0 * value) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_exact_to_the_last_places() {
        for step in -8700..8800 {
            let value = step as f32 / 100.0;
            let exact = f64::from(value).exp();
            let off = (f64::from(exponential(value)) - exact).abs() / exact;
            assert!(off < 5e-7, "e^{value} is off by {off}");
        }
        assert!(exponential(-1e9) < 1e-37);
    }

    #[test]
    fn activations_have_their_known_values() {
        let check = |activation: Activation, value: f32, expected: f32| {
            let mut row = [value];
            add_bias_and_activate(&mut row, &[0.0], activation);
            assert!(
                (row[0] - expected).abs() < 1e-6,
                "{activation:?} of {value}: {}",
                row[0]
            );
        };
        // Values to six places from the error function and the hyperbolic tangent.
        check(Activation::Gelu, 1.0, 0.841_345);
        check(Activation::Gelu, -1.0, -0.158_655);
        check(Activation::Gelu, 0.0, 0.0);
        check(Activation::GeluTanh, 1.0, 0.841_192);
        check(Activation::Tanh, 0.5, 0.462_117_16);
        check(Activation::Tanh, -40.0, -1.0);
        check(Activation::Relu, -3.0, 0.0);
        check(Activation::Identity, -3.0, -3.0);
    }

    #[test]
    fn a_normalised_row_has_mean_zero_and_variance_one() {
        let mut row: Vec<f32> = (0..37)
            .map(|number| (number * number % 11) as f32)
            .collect();
        normalise_rows(&mut row, &[1.0; 37], &[0.0; 37], 1e-12);
        let mean = row.iter().sum::<f32>() / 37.0;
        let variance = row.iter().map(|value| value * value).sum::<f32>() / 37.0;
        assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-5);
    }

    #[test]
    fn attention_is_what_its_formula_says() {
        let (tokens, heads, width) = (19, 3, 5);
        let hidden = heads * width;
        let number = |seed: usize| ((seed * 7919 % 1009) as f32 / 1009.0 - 0.5) * 3.0;
        let joined: Vec<f32> = (0..tokens * 3 * hidden).map(number).collect();
        let bias: Vec<f32> = (0..3 * hidden).map(|seed| number(seed + 13)).collect();
        let mut context = vec![0.0; tokens * hidden];
        attend(
            &joined,
            &bias,
            heads,
            tokens,
            &mut context,
            &mut AttentionSpace::default(),
        );
        let part = |token: usize, third: usize, head: usize, column: usize| {
            let at = third * hidden + head * width + column;
            f64::from(joined[token * 3 * hidden + at] + bias[at])
        };
        for head in 0..heads {
            for asking in 0..tokens {
                let shares: Vec<f64> = (0..tokens)
                    .map(|other| {
                        let dot: f64 = (0..width)
                            .map(|column| {
                                part(asking, 0, head, column) * part(other, 1, head, column)
                            })
                            .sum();
                        (dot / (width as f64).sqrt()).exp()
                    })
                    .collect();
                let total: f64 = shares.iter().sum();
                for column in 0..width {
                    let expected: f64 = (0..tokens)
                        .map(|other| shares[other] / total * part(other, 2, head, column))
                        .sum();
                    let found = f64::from(context[asking * hidden + head * width + column]);
                    assert!((expected - found).abs() < 1e-5, "{expected} {found}");
                }
            }
        }
    }
}
