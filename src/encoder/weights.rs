//! Tensors of a safetensors file, whatever number format they are kept in.
//!
//! A tensor `X` is `F32`, `F16` or `BF16`; or `I8` beside a tensor `X.scale` (`F32` or `F16`) with one number per row of
//! `X`: the value in row `r`, column `c` is `X[r][c] * X.scale[r]`. A row is an output of a linear layer (its weight has
//! the shape `[outputs, inputs]`) and a token of an embedding table. Scales may have the shape `[rows]` or `[rows, 1]`.
//! Or it is `U8`, two numbers a byte, beside `X.scale` (`F16`) with one number for each block of 32 columns: `four_bit.rs`
//! has the layout. Vectors (biases, norms) are never so. Linear layers of eight bits are multiplied as they are, or with a bit
//! fewer where `eight_bit_rows.rs` says so; those of four are brought to as many, those of sixteen to 32-bit floats when
//! they are loaded; embedding tables stay as small as they are, and only the rows looked up are turned into floats.

use std::borrow::Cow;
use std::path::Path;

use half::{bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::eight_bit_rows::EightBitRows;
use super::error::{BadWeights, ModelError};
use super::folder::ModelFolder;
use super::four_bit::{self, BLOCK};
use super::row_table::{RowFormat, RowPlace, RowTable, Scaling};

/// An opened weights file.
pub(super) struct WeightsFile<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    /// The same bytes where they outlive everything, so that tables need no copy.
    lasting: Option<&'static [u8]>,
    tensors: SafeTensors<'a>,
}

impl<'a> WeightsFile<'a> {
    /// Reads the table of contents and checks that the file is whole.
    pub(super) fn open(path: &'a Path, bytes: &'a [u8]) -> Result<Self, ModelError> {
        match SafeTensors::deserialize(bytes) {
            Ok(tensors) => Ok(Self {
                path,
                bytes,
                lasting: None,
                tensors,
            }),
            Err(error) => Err(ModelError::BadWeights {
                path: path.to_owned(),
                reason: error.into(),
            }),
        }
    }

    /// Opens the main weights of a folder; `path` is theirs, for messages.
    pub(super) fn of(path: &'a Path, folder: &'a ModelFolder) -> Result<Self, ModelError> {
        let file = Self::open(path, folder.weights())?;
        Ok(Self {
            lasting: folder.lasting_weights(),
            ..file
        })
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
            .map(|(name, tensor)| {
                let packed = tensor.dtype() == Dtype::U8 && self.has(&scale_of(name));
                tensor.shape().iter().product::<usize>() * if packed { 2 } else { 1 }
            })
            .sum()
    }

    /// Returns the shape of a tensor.
    pub(super) fn shape(&self, name: &str) -> Result<Vec<usize>, ModelError> {
        Ok(self.view(name)?.shape().to_vec())
    }

    /// Returns a tensor of a known shape as 32-bit floats.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let view = self.view(name)?;
        if view.dtype() == Dtype::U8 && shape.len() == 2 {
            let rows = self.four_bit_rows(name, [shape[0], shape[1]])?;
            return Ok(rows.concat());
        }
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

    /// Returns the rows of a matrix of four bits.
    fn four_bit_rows(&self, name: &str, shape: [usize; 2]) -> Result<Vec<Vec<f32>>, ModelError> {
        let [rows, columns] = shape;
        let view = self.view(name)?;
        let scales = self.block_scales(name, rows, columns)?;
        if view.shape() != [rows, columns / 2] {
            return Err(self.wrong(BadWeights::Shape {
                name: name.to_owned(),
                found: view.shape().to_vec(),
                expected: vec![rows, columns / 2],
            }));
        }
        let packed = view.data().chunks_exact(columns / 2);
        let rows = packed.zip(scales.chunks_exact(columns / BLOCK));
        Ok(rows
            .map(|(packed, scales)| {
                let mut row = vec![0.0; columns];
                four_bit::add_row(packed, scales, 1.0, &mut row);
                row
            })
            .collect())
    }

    fn block_scales(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<f16>, ModelError> {
        let name = scale_of(name);
        let view = self.view(&name)?;
        if view.shape() != [rows, columns / BLOCK] || !columns.is_multiple_of(BLOCK) {
            return Err(self.wrong(BadWeights::Shape {
                name,
                found: view.shape().to_vec(),
                expected: vec![rows, columns / BLOCK],
            }));
        }
        if view.dtype() != Dtype::F16 {
            return Err(self.bad_format(&name, &view));
        }
        let pairs = view.data().chunks_exact(2);
        Ok(pairs
            .map(|pair| f16::from_le_bytes([pair[0], pair[1]]))
            .collect())
    }

    /// Returns a linear layer of a known shape in eight bits, if it is kept in as many or fewer.
    pub(super) fn eight_bit_rows(
        &self,
        name: &str,
        shape: [usize; 2],
    ) -> Result<Option<EightBitRows>, ModelError> {
        let view = self.view(name)?;
        if view.dtype() == Dtype::U8 {
            let rows = self.four_bit_rows(name, shape)?;
            return Ok(Some(EightBitRows::of(&rows, shape[1])));
        }
        if view.shape() != shape || view.dtype() != Dtype::I8 {
            return Ok(None);
        }
        let codes = view.data().iter().map(|code| *code as i8);
        let scales = self.scales(name, shape[0])?;
        Ok(Some(EightBitRows::kept(codes, scales, shape[1])))
    }

    /// Returns whole numbers, such as model2vec's mapping of tokens to rows.
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
            Dtype::U8 => {
                let columns = 2 * columns;
                let scales = self.block_scales(name, rows, columns)?;
                return Ok(RowPlace {
                    rows,
                    columns,
                    format: RowFormat::Four(scales),
                    offset,
                });
            }
            _ => return Err(self.bad_format(name, &view)),
        };
        Ok(RowPlace {
            rows,
            columns,
            format,
            offset,
        })
    }

    /// Returns an embedding table of its own, at half precision or less.
    pub(super) fn rows(&self, name: &str) -> Result<RowTable, ModelError> {
        let view = self.view(name)?;
        if matches!(view.dtype(), Dtype::F16 | Dtype::I8 | Dtype::U8) {
            let place = self.find_rows(name, Scaling::Required)?;
            if let Some(lasting) = self.lasting {
                return Ok(RowTable::over(place, Cow::Borrowed(lasting)));
            }
            let bytes = self.bytes[place.offset..place.offset + place.bytes()].to_vec();
            let place = RowPlace { offset: 0, ..place };
            return Ok(RowTable::over(place, Cow::Owned(bytes)));
        }
        let (rows, columns) = self.two_dimensions(name, &view)?;
        let values = self.unscaled(name, &view)?.into_iter();
        let halves = values.flat_map(|value| f16::from_f32(value).to_le_bytes());
        let place = RowPlace {
            rows,
            columns,
            format: RowFormat::Half,
            offset: 0,
        };
        Ok(RowTable::over(place, Cow::Owned(halves.collect())))
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

#[cfg(test)]
mod tests {
    use safetensors::serialize;

    use super::*;

    /// Two rows of 32 columns in four bits: threes times a half, and minus eights times a quarter.
    fn file() -> Vec<u8> {
        let packed: Vec<u8> = [[0xBB; 16], [0x00; 16]].concat();
        let scales: Vec<u8> = [0.5, 0.25]
            .into_iter()
            .flat_map(|scale| f16::from_f32(scale).to_le_bytes())
            .collect();
        let views = [
            ("m", Dtype::U8, vec![2, 16], &packed),
            ("m.scale", Dtype::F16, vec![2, 1], &scales),
            ("short.scale", Dtype::F16, vec![2, 1], &scales),
            ("short", Dtype::U8, vec![1, 32], &packed),
        ]
        .map(|(name, kind, shape, data)| {
            let view = TensorView::new(kind, shape, data).expect("as many bytes as its shape says");
            (name, view)
        });
        serialize(views, None).expect("sound tensors")
    }

    #[test]
    fn a_matrix_of_four_bits_is_read_as_floats_as_eight_bits_and_row_by_row() {
        let bytes = file();
        let file = WeightsFile::open(Path::new("weights"), &bytes).expect("whole");
        let floats = file.floats("m", &[2, 32]).expect("of this shape");
        assert_eq!(floats, [[1.5; 32], [-2.0; 32]].concat());
        let rows = file.eight_bit_rows("m", [2, 32]).expect("of this shape");
        let rows = rows.expect("kept in fewer bits than eight");
        let values = rows.codes.chunks(32).zip(&rows.scales);
        let values = values
            .flat_map(|(codes, scale)| codes.iter().map(move |code| f32::from(*code) * scale));
        assert!(
            values
                .zip(floats)
                .all(|(value, exact)| (value - exact).abs() < 1e-6)
        );
        let table = file.rows("m").expect("a table");
        let mut sum = [1.0; 32];
        table.add_row(1, 2.0, &mut sum);
        assert_eq!((sum, table.columns()), ([-3.0; 32], 32));
        assert_eq!(file.parameters(), 64 + 64);
    }

    #[test]
    fn numbers_that_do_not_fit_their_scales_are_refused() {
        let bytes = file();
        let file = WeightsFile::open(Path::new("weights"), &bytes).expect("whole");
        for shape in [[1, 64], [2, 64], [2, 16]] {
            assert!(file.floats("short", &shape).is_err(), "{shape:?}");
        }
    }
}
