//! How the vectors of a text's tokens become one vector.

/// A way to make one vector of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// The first token's vector.
    Cls,
    /// The greatest value of each column.
    Max,
    /// The mean.
    Mean,
    /// The sum over the square root of the count.
    MeanSqrtLength,
    /// The mean, the n-th token weighing n.
    WeightedMean,
    /// The last token's vector.
    Last,
}

impl Pooling {
    /// All of them, in the order in which their results are joined when a folder names them by flags.
    pub const ALL: [Self; 6] = [
        Self::Cls,
        Self::Max,
        Self::Mean,
        Self::MeanSqrtLength,
        Self::WeightedMean,
        Self::Last,
    ];

    /// The name a pooling configuration uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cls => "cls",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::MeanSqrtLength => "mean_sqrt_len_tokens",
            Self::WeightedMean => "weightedmean",
            Self::Last => "lasttoken",
        }
    }

    /// The flag older pooling configurations use.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Cls => "pooling_mode_cls_token",
            Self::Max => "pooling_mode_max_tokens",
            Self::Mean => "pooling_mode_mean_tokens",
            Self::MeanSqrtLength => "pooling_mode_mean_sqrt_len_tokens",
            Self::WeightedMean => "pooling_mode_weightedmean_tokens",
            Self::Last => "pooling_mode_lasttoken",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Pools the rows of a text, `columns` numbers each, onto the end of `pooled`. The mean is weighed where there are
    /// weights.
    pub(super) fn pool(self, rows: &[f32], columns: usize, weights: &[f32], pooled: &mut Vec<f32>) {
        let start = pooled.len();
        let count = rows.len() / columns;
        pooled.resize(start + columns, 0.0);
        let pooled = &mut pooled[start..];
        let rows = rows.chunks_exact(columns);
        match self {
            Self::Cls => rows.take(1).for_each(|row| pooled.copy_from_slice(row)),
            Self::Last => rows
                .last()
                .into_iter()
                .for_each(|row| pooled.copy_from_slice(row)),
            Self::Max => {
                pooled.fill(f32::NEG_INFINITY);
                for row in rows {
                    pooled
                        .iter_mut()
                        .zip(row)
                        .for_each(|(most, value)| *most = most.max(*value));
                }
            }
            Self::Mean if weights.is_empty() => add_weighted(rows, pooled, |_| 1.0 / count as f32),
            Self::Mean => {
                let total: f32 = weights.iter().sum();
                add_weighted(rows, pooled, |position| weights[position] / total);
            }
            Self::MeanSqrtLength => add_weighted(rows, pooled, |_| 1.0 / (count as f32).sqrt()),
            Self::WeightedMean => {
                let total = (count * (count + 1)) as f32 / 2.0;
                add_weighted(rows, pooled, |position| (position + 1) as f32 / total);
            }
        }
    }
}

fn add_weighted<'a>(
    rows: impl Iterator<Item = &'a [f32]>,
    sum: &mut [f32],
    weight: impl Fn(usize) -> f32,
) {
    for (position, row) in rows.enumerate() {
        let weight = weight(position);
        sum.iter_mut()
            .zip(row)
            .for_each(|(total, value)| *total += weight * value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_pools_by_hand() {
        let rows = [1.0, 5.0, 2.0, 4.0, 6.0, 0.0];
        let check = |mode: Pooling, expected: [f32; 2]| {
            let mut pooled = Vec::new();
            mode.pool(&rows, 2, &[], &mut pooled);
            for (found, expected) in pooled.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{mode:?}: {pooled:?}");
            }
        };
        check(Pooling::Cls, [1.0, 5.0]);
        check(Pooling::Last, [6.0, 0.0]);
        check(Pooling::Max, [6.0, 5.0]);
        check(Pooling::Mean, [3.0, 3.0]);
        check(
            Pooling::MeanSqrtLength,
            [9.0 / 3f32.sqrt(), 9.0 / 3f32.sqrt()],
        );
        check(Pooling::WeightedMean, [23.0 / 6.0, 13.0 / 6.0]);
        let mut pooled = Vec::new();
        Pooling::Mean.pool(&rows, 2, &[0.5, 0.25, 0.25], &mut pooled);
        assert_eq!(pooled, [2.5, 3.5]);
    }
}
