//! A linear layer, in whichever numbers its weight is kept.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

use super::eight_bit::EightBitMatrix;
use super::eight_bit_rows::EightBitRows;
use super::error::ModelError;
use super::weights::WeightsFile;

/// A linear layer; its bias is added by what follows the product.
pub(super) struct Linear {
    weight: Weight,
    pub(super) bias: Vec<f32>,
}

enum Weight {
    /// Arranged for the processor at hand.
    Floats(PackedBMatrix<f32>),
    EightBit(EightBitMatrix),
}

thread_local! {
    /// The products for this processor; one a thread, as they cannot be sent between threads.
    static EXECUTOR: GemmExecutor<f32> = GemmExecutor::new();
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

    /// The rows of all layers, if every one of them is kept in eight bits or fewer.
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
    ) -> Result<PackedBMatrix<f32>, ModelError> {
        let mut weight = Vec::with_capacity(names.len() * inputs * outputs);
        for name in names {
            weight.extend(file.floats(&format!("{name}.weight"), &[outputs, inputs])?);
        }
        let shape = [names.len() * outputs, inputs];
        let weight = NdTensorView::from_data(shape, &weight[..]);
        Ok(EXECUTOR.with(|executor| executor.prepack_b(weight.transposed())))
    }

    /// Multiplies rows of inputs with the weight.
    pub(super) fn product(&self, rows: &[f32]) -> Vec<f32> {
        let weight = match &self.weight {
            Weight::EightBit(weight) => return weight.multiply(rows),
            Weight::Floats(weight) => weight,
        };
        let (inputs, outputs) = (weight.rows(), weight.cols());
        let count = rows.len() / inputs;
        let mut products = vec![0.0; count * outputs];
        let rows = GemmInputA::Unpacked(NdTensorView::from_data([count, inputs], rows));
        let weight = GemmInputB::Packed(weight);
        EXECUTOR
            .with(|executor| executor.gemm(&mut products, rows, weight, GemmOptions::default()))
            .expect("the shapes were checked when the model was loaded");
        products
    }
}
