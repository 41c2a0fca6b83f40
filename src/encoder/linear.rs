//! A linear layer, in whichever numbers its weight is kept.

use candle_core::{Device, Tensor};

use super::eight_bit::EightBitMatrix;
use super::error::ModelError;
use super::weights::{EightBitRows, WeightsFile};

/// A linear layer; its bias is added by what follows the product.
pub(super) struct Linear {
    weight: Weight,
    pub(super) bias: Vec<f32>,
}

enum Weight {
    /// Of the shape `[inputs, outputs]`, which the product reads without repacking.
    Floats(Tensor),
    EightBit(EightBitMatrix),
}

impl Linear {
    /// Loads linear layers over the same input as one.
    pub(super) fn load(
        file: &WeightsFile<'_>,
        names: &[String],
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, ModelError> {
        let mut bias = Vec::with_capacity(names.len() * outputs);
        for name in names {
            bias.extend(file.floats(&format!("{name}.bias"), &[outputs])?);
        }
        let weight = match Self::eight_bit_rows(file, names, inputs, outputs)? {
            Some(rows) => Weight::EightBit(EightBitMatrix::pack(&rows)),
            None => Weight::Floats(Self::floats(file, names, inputs, outputs)?),
        };
        Ok(Self { weight, bias })
    }

    /// The rows of all layers, if every one of them is kept in eight bits.
    fn eight_bit_rows(
        file: &WeightsFile<'_>,
        names: &[String],
        inputs: usize,
        outputs: usize,
    ) -> Result<Option<EightBitRows>, ModelError> {
        let mut joined: Option<EightBitRows> = None;
        for name in names {
            let shape = [outputs, inputs];
            let Some(rows) = file.eight_bit_rows(&format!("{name}.weight"), shape)? else {
                return Ok(None);
            };
            match &mut joined {
                Some(joined) => joined.append(rows),
                None => joined = Some(rows),
            }
        }
        Ok(joined)
    }

    fn floats(
        file: &WeightsFile<'_>,
        names: &[String],
        inputs: usize,
        outputs: usize,
    ) -> Result<Tensor, ModelError> {
        let mut weight = Vec::with_capacity(names.len() * inputs * outputs);
        for name in names {
            weight.extend(file.floats(&format!("{name}.weight"), &[outputs, inputs])?);
        }
        let shape = (names.len() * outputs, inputs);
        Tensor::from_vec(weight, shape, &Device::Cpu)
            .and_then(|weight| weight.t()?.contiguous())
            .map_err(|error| file.wrong(error))
    }

    /// Multiplies rows of inputs with the weight.
    pub(super) fn product(&self, rows: &Tensor) -> Result<Tensor, candle_core::Error> {
        match &self.weight {
            Weight::Floats(weight) => rows.matmul(weight),
            Weight::EightBit(weight) => rows.apply_op1_no_bwd(&weight),
        }
    }
}
