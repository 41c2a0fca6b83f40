//! Sees one number of a candidate among those of its rivals.

/// One number across the candidates.
pub(super) struct Field {
    values: Vec<f32>,
    falling: Vec<f32>,
}

impl Field {
    pub(super) fn of(values: Vec<f32>) -> Self {
        let mut falling = values.clone();
        falling.sort_by(|left, right| right.total_cmp(left));
        Self { values, falling }
    }

    pub(super) fn value(&self, index: usize) -> f32 {
        self.values[index]
    }

    pub(super) fn at_rank(&self, rank: usize) -> f32 {
        self.falling
            .get(rank)
            .or(self.falling.last())
            .copied()
            .unwrap_or(0.0)
    }

    /// How far a candidate is behind the best, zero or less.
    pub(super) fn gap(&self, index: usize) -> f32 {
        self.values[index] - self.at_rank(0)
    }

    /// How far a candidate is behind the best of the others, or ahead of them if it is the best itself.
    pub(super) fn lead(&self, index: usize) -> f32 {
        let value = self.values[index];
        match self.falling.as_slice() {
            [best, second, ..] if value >= *best => value - second,
            [best, ..] => value - best,
            [] => 0.0,
        }
    }

    pub(super) fn reciprocal_rank(&self, index: usize) -> f32 {
        let value = self.values[index];
        1.0 / (1.0 + self.falling.partition_point(|other| *other > value) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_leads_and_the_others_are_behind() {
        let leads = |values: &[f32]| -> Vec<f32> {
            let field = Field::of(values.to_vec());
            (0..values.len()).map(|index| field.lead(index)).collect()
        };
        assert_eq!(leads(&[0.25, 1.0, 0.5]), [-0.75, 0.5, -0.5]);
        assert_eq!(leads(&[1.0, 1.0]), [0.0, 0.0]);
        assert_eq!(leads(&[0.5]), [0.0]);
    }
}
