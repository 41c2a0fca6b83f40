//! Tensors of a safetensors file, whatever number format they are kept in.
//!
//! A tensor `X` is `F32`, `F16` or `BF16`; or `I8` beside a tensor `X.scale` (`F32` or `F16`) with one number per row of
//! `X`: the value in row `r`, column `c` is `X[r][c] * X.scale[r]`. A row is an output of a linear layer (its weight has
//! the shape `[outputs, inputs]`) and a token of an embedding table. Scales may have the shape `[rows]` or `[rows, 1]`.
//! Vectors (biases, norms) are never `I8`. Linear layers of eight bits are multiplied as they are, those of sixteen are
//! turned into 32-bit floats when they are loaded; embedding tables stay as small as they are, and only the rows looked
//! up are turned into floats.

use std::borrow::Cow;
use std::path::Path;

use half::{bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::error::{BadWeights, ModelError};

/// An opened weights file.
pub(super) struct WeightsFile<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    tensors: SafeTensors<'a>,
}

impl<'a> WeightsFile<'a> {
    /// Reads the table of contents and checks that the file is whole.
    pub(super) fn open(path: &'a Path, bytes: &'a [u8]) -> Result<Self, ModelError> {
        match SafeTensors::deserialize(bytes) {
            Ok(tensors) => Ok(Self {
                path,
                bytes,
                tensors,
            }),
            Err(error) => Err(ModelError::BadWeights {
                path: path.to_owned(),
                reason: error.into(),
            }),
        }
    }

    /// Says that something in this file is wrong.
    pub(super) fn wrong(&self, reason: impl Into<BadWeights>) -> ModelError {
        ModelError::BadWeights {
            path: self.path.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    /// Finds the one tensor whose name ends so, and gives what stands before the ending.
    pub(super) fn prefix_of(&self, ending: &str) -> Option<String> {
        self.tensors
            .names()
            .into_iter()
            .find_map(|name| name.strip_suffix(ending))
            .map(str::to_owned)
    }

    /// Counts the numbers of all tensors, scales aside.
    pub(super) fn parameters(&self) -> usize {
        self.tensors
            .iter()
            .filter(|(name, _)| !name.ends_with(SCALE))
            .map(|(_, tensor)| tensor.shape().iter().product::<usize>())
            .sum()
    }

    /// Gives the shape of a tensor.
    pub(super) fn shape(&self, name: &str) -> Result<Vec<usize>, ModelError> {
        Ok(self.view(name)?.shape().to_vec())
    }

    /// Gives a tensor of a known shape as 32-bit floats.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let view = self.view(name)?;
        if view.shape() != shape {
            return Err(self.wrong(BadWeights::Shape {
                name: name.to_owned(),
                found: view.shape().to_vec(),
                expected: shape.to_vec(),
            }));
        }
        if view.dtype() != Dtype::I8 {
            return self.unscaled(name, &view);
        }
        let scales = self.scales(name, shape[0])?;
        let columns = shape[1..].iter().product::<usize>().max(1);
        Ok(view
            .data()
            .chunks_exact(columns)
            .zip(scales)
            .flat_map(|(row, scale)| row.iter().map(move |code| f32::from(*code as i8) * scale))
            .collect())
    }

    /// Gives a linear layer of a known shape as it is kept in eight bits, or nothing if it is kept otherwise.
    pub(super) fn eight_bit_rows(
        &self,
        name: &str,
        shape: [usize; 2],
    ) -> Result<Option<EightBitRows>, ModelError> {
        let view = self.view(name)?;
        if view.shape() != shape || view.dtype() != Dtype::I8 {
            return Ok(None);
        }
        Ok(Some(EightBitRows {
            codes: view.data().iter().map(|code| *code as i8).collect(),
            scales: self.scales(name, shape[0])?,
            inputs: shape[1],
        }))
    }

    /// Gives whole numbers, such as model2vec's mapping of tokens to rows.
    pub(super) fn indices(&self, name: &str) -> Result<Vec<u32>, ModelError> {
        let view = self.view(name)?;
        let wide = |bytes: &[u8]| bytes.try_into().map(i64::from_le_bytes).unwrap_or(-1);
        let narrow = |bytes: &[u8]| bytes.try_into().map(i32::from_le_bytes).unwrap_or(-1);
        match view.dtype() {
            Dtype::I64 => Ok(view
                .data()
                .chunks_exact(8)
                .map(|b| wide(b) as u32)
                .collect()),
            Dtype::I32 => Ok(view
                .data()
                .chunks_exact(4)
                .map(|b| narrow(b) as u32)
                .collect()),
            _ => Err(self.bad_format(name, &view)),
        }
    }

    /// Finds an embedding table, to be read from the file's own bytes.
    pub(super) fn find_rows(&self, name: &str, scaling: Scaling) -> Result<RowPlace, ModelError> {
        let view = self.view(name)?;
        let (rows, columns) = self.two_dimensions(name, &view)?;
        let offset = view.data().as_ptr().addr() - self.bytes.as_ptr().addr();
        let format = match view.dtype() {
            Dtype::F32 => RowFormat::Single,
            Dtype::F16 => RowFormat::Half,
            Dtype::I8 if scaling == Scaling::Optional && !self.has(&scale_of(name)) => {
                RowFormat::Eight(vec![1.0; rows])
            }
            Dtype::I8 => RowFormat::Eight(self.scales(name, rows)?),
            _ => return Err(self.bad_format(name, &view)),
        };
        Ok(RowPlace {
            rows,
            columns,
            format,
            offset,
        })
    }

    /// Gives an embedding table of its own, at half precision or less.
    pub(super) fn rows(&self, name: &str) -> Result<RowTable, ModelError> {
        let view = self.view(name)?;
        let (rows, columns) = self.two_dimensions(name, &view)?;
        let (format, bytes) = match view.dtype() {
            Dtype::F16 => (RowFormat::Half, view.data().to_vec()),
            Dtype::I8 => (
                RowFormat::Eight(self.scales(name, rows)?),
                view.data().to_vec(),
            ),
            _ => {
                let values = self.unscaled(name, &view)?;
                let halves = values
                    .into_iter()
                    .flat_map(|value| f16::from_f32(value).to_le_bytes());
                (RowFormat::Half, halves.collect())
            }
        };
        let place = RowPlace {
            rows,
            columns,
            format,
            offset: 0,
        };
        Ok(RowTable::over(place, Cow::Owned(bytes)))
    }

    fn view(&self, name: &str) -> Result<TensorView<'_>, ModelError> {
        self.tensors.tensor(name).map_err(|_| {
            let mut names = self.tensors.names();
            names.sort_unstable();
            let more = if names.len() > 6 { ", ..." } else { "" };
            names.truncate(6);
            self.wrong(BadWeights::Missing {
                name: name.to_owned(),
                found: format!("{}{more}", names.join(", ")),
            })
        })
    }

    fn two_dimensions(
        &self,
        name: &str,
        view: &TensorView<'_>,
    ) -> Result<(usize, usize), ModelError> {
        match view.shape() {
            [rows, columns] => Ok((*rows, *columns)),
            other => Err(self.wrong(BadWeights::Shape {
                name: name.to_owned(),
                found: other.to_vec(),
                expected: vec![other.first().copied().unwrap_or(0), 0],
            })),
        }
    }

    fn scales(&self, name: &str, rows: usize) -> Result<Vec<f32>, ModelError> {
        let name = scale_of(name);
        let view = self.view(&name)?;
        if view.shape() != [rows] && view.shape() != [rows, 1] {
            return Err(self.wrong(BadWeights::Shape {
                name,
                found: view.shape().to_vec(),
                expected: vec![rows],
            }));
        }
        self.unscaled(&name, &view)
    }

    fn unscaled(&self, name: &str, view: &TensorView<'_>) -> Result<Vec<f32>, ModelError> {
        let data = view.data();
        let pairs = || data.chunks_exact(2).map(|pair| [pair[0], pair[1]]);
        match view.dtype() {
            Dtype::F32 => Ok(data.chunks_exact(4).map(single).collect()),
            Dtype::F64 => Ok(data
                .chunks_exact(8)
                .map(|eight| eight.try_into().map_or(0.0, f64::from_le_bytes) as f32)
                .collect()),
            Dtype::F16 => Ok(pairs()
                .map(|pair| f16::from_le_bytes(pair).to_f32())
                .collect()),
            Dtype::BF16 => Ok(pairs()
                .map(|pair| bf16::from_le_bytes(pair).to_f32())
                .collect()),
            _ => Err(self.bad_format(name, view)),
        }
    }

    fn bad_format(&self, name: &str, view: &TensorView<'_>) -> ModelError {
        self.wrong(BadWeights::Format {
            name: name.to_owned(),
            found: format!("{:?}", view.dtype()),
        })
    }
}

const SCALE: &str = ".scale";

fn scale_of(name: &str) -> String {
    format!("{name}{SCALE}")
}

fn single(four: &[u8]) -> f32 {
    f32::from_le_bytes([four[0], four[1], four[2], four[3]])
}

/// Rows of whole numbers, each with what one of them is worth.
pub(super) struct EightBitRows {
    pub(super) codes: Vec<i8>,
    pub(super) scales: Vec<f32>,
    pub(super) inputs: usize,
}

impl EightBitRows {
    pub(super) fn outputs(&self) -> usize {
        self.scales.len()
    }

    /// Appends further rows over the same inputs.
    pub(super) fn append(&mut self, mut more: EightBitRows) {
        self.codes.append(&mut more.codes);
        self.scales.append(&mut more.scales);
    }
}

/// Whether an `I8` table must have scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scaling {
    Required,
    /// model2vec drops one scale common to all rows, which changes no direction.
    Optional,
}

/// Where an embedding table lies, and how to read it.
pub(super) struct RowPlace {
    rows: usize,
    columns: usize,
    format: RowFormat,
    offset: usize,
}

/// An embedding table, kept as it was found and read row by row.
pub(super) struct RowTable {
    place: RowPlace,
    bytes: Cow<'static, [u8]>,
}

enum RowFormat {
    Single,
    Half,
    /// Eight bits, and the scale of each row.
    Eight(Vec<f32>),
}

impl RowPlace {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    fn bytes_per_value(&self) -> usize {
        match self.format {
            RowFormat::Single => 4,
            RowFormat::Half => 2,
            RowFormat::Eight(_) => 1,
        }
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
        let width = place.columns * place.bytes_per_value();
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
                    *total += single(four) * weight;
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
        }
    }
}
