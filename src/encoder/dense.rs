//! A linear layer behind the pooling, as some sentence encoders have to shorten their vectors.

use super::error::ModelError;
use super::folder::ModelFolder;
use super::kernels::add_bias_and_activate;
use super::layout::DenseLayout;
use super::transformer_config::Activation;
use super::weights::WeightsFile;

/// A linear layer for one vector at a time.
pub(super) struct Dense {
    weight: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
    activation: Activation,
}

impl Dense {
    pub(super) fn load(folder: &ModelFolder, layout: &DenseLayout) -> Result<Self, ModelError> {
        let bytes = folder.read(&layout.weights)?;
        let path = folder.path().join(&layout.weights);
        let file = WeightsFile::open(&path, &bytes)?;
        Ok(Self {
            weight: file.floats("linear.weight", &[layout.outputs, layout.inputs])?,
            bias: match layout.bias {
                true => file.floats("linear.bias", &[layout.outputs])?,
                false => vec![0.0; layout.outputs],
            },
            inputs: layout.inputs,
            activation: layout.activation,
        })
    }

    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(super) fn outputs(&self) -> usize {
        self.bias.len()
    }

    pub(super) fn apply(&self, vector: &[f32]) -> Vec<f32> {
        let rows = self.weight.chunks_exact(self.inputs);
        let mut sums: Vec<f32> = rows
            .map(|row| {
                row.iter()
                    .zip(vector)
                    .map(|(weight, value)| weight * value)
                    .sum()
            })
            .collect();
        add_bias_and_activate(&mut sums, &self.bias, self.activation);
        sums
    }
}
