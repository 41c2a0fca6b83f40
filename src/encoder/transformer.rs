//! The forward pass of a BERT-family transformer over candle's matrix products, or over products in eight bits where the
//! weights are kept so.
//!
//! Several texts are one matrix with a row per token and no padding: linear layers see all rows at once, attention looks
//! within each text. Query, key and value come from one product. What only the first token needs is computed for the
//! first token alone.

use std::ops::Range;

use candle_core::{CpuStorage, CustomOp1, Device, InplaceOp1, InplaceOp2, Layout, Shape, Tensor};

use super::Embedding;
use super::error::ModelError;
use super::kernels::{
    AttentionSpace, add_bias_and_activate, add_bias_and_residual, attend, normalise_rows,
};
use super::linear::Linear;
use super::transformer_config::{Activation, Naming, TransformerConfig};
use super::weights::{RowTable, WeightsFile};

/// The weights of a transformer, ready to run.
pub(super) struct Transformer {
    config: TransformerConfig,
    tokens: RowTable,
    /// Positions and the first segment, added up: both depend on the position alone.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    attention_input: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    widening: Linear,
    narrowing: Linear,
    output_norm: Norm,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

/// Which tokens of a text somebody will look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    EveryToken,
    FirstToken,
}

/// The rows of each text in the output.
pub(super) struct TokenVectors {
    pub(super) values: Vec<f32>,
    pub(super) rows: Vec<Range<usize>>,
}

impl Transformer {
    pub(super) fn load(
        config: &TransformerConfig,
        file: &WeightsFile<'_>,
    ) -> Result<Self, ModelError> {
        let names = Names::of(config, file);
        let hidden = config.hidden;
        let tokens = file.rows(&names.embedding("word_embeddings"))?;
        if (tokens.rows(), tokens.columns()) != (config.vocabulary, hidden) {
            // Asking for the stated shape gives the error that names both.
            file.floats(
                &names.embedding("word_embeddings"),
                &[config.vocabulary, hidden],
            )?;
        }
        let mut positions = file.floats(
            &names.embedding("position_embeddings"),
            &[config.positions, hidden],
        )?;
        if config.segments > 0 {
            let segments = file.floats(
                &names.embedding("token_type_embeddings"),
                &[config.segments, hidden],
            )?;
            for row in positions.chunks_exact_mut(hidden) {
                row.iter_mut()
                    .zip(&segments)
                    .for_each(|(value, segment)| *value += segment);
            }
        }
        let layers = (0..config.layers).map(|layer| Layer::load(config, file, &names, layer));
        Ok(Self {
            tokens,
            positions,
            norm: Norm::load(config, file, &format!("{}embeddings.LayerNorm", names.root))?,
            layers: layers.collect::<Result<_, _>>()?,
            config: config.clone(),
        })
    }

    pub(super) fn vocabulary(&self) -> usize {
        self.tokens.rows()
    }

    /// Length of a token's vector.
    pub(super) fn hidden(&self) -> usize {
        self.config.hidden
    }

    /// The vector a token sets out from, scaled to length one.
    pub(super) fn token_vector(&self, token: u32) -> Embedding {
        let mut vector = vec![0.0; self.config.hidden];
        self.tokens.add_row(token as usize, 1.0, &mut vector);
        Embedding::normalised(vector)
    }

    /// Gives the vectors of the tokens of each text.
    pub(super) fn forward(
        &self,
        texts: &[&[u32]],
        needed: Needed,
    ) -> Result<TokenVectors, candle_core::Error> {
        let mut lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        let total: usize = lengths.iter().sum();
        let hidden = self.config.hidden;
        if total == 0 {
            return Ok(TokenVectors {
                values: Vec::new(),
                rows: rows_of(&lengths),
            });
        }
        let mut state = Tensor::from_vec(self.embed(texts), (total, hidden), &Device::Cpu)?;
        for (number, layer) in self.layers.iter().enumerate() {
            let is_last = number + 1 == self.layers.len();
            let asking = match needed {
                Needed::FirstToken if is_last => 1,
                _ => usize::MAX,
            };
            state = layer.forward(
                &state,
                &lengths,
                asking,
                self.config.heads,
                self.config.activation,
            )?;
            if asking == 1 {
                lengths
                    .iter_mut()
                    .for_each(|length| *length = (*length).min(1));
            }
        }
        Ok(TokenVectors {
            values: state.flatten_all()?.to_vec1()?,
            rows: rows_of(&lengths),
        })
    }

    fn embed(&self, texts: &[&[u32]]) -> Vec<f32> {
        let hidden = self.config.hidden;
        let mut rows =
            Vec::with_capacity(texts.iter().map(|ids| ids.len()).sum::<usize>() * hidden);
        for ids in texts {
            let first = self.config.first_position * hidden;
            rows.extend_from_slice(&self.positions[first..first + ids.len() * hidden]);
            let start = rows.len() - ids.len() * hidden;
            for (id, row) in ids.iter().zip(rows[start..].chunks_exact_mut(hidden)) {
                self.tokens.add_row(*id as usize, 1.0, row);
            }
        }
        self.norm.apply(&mut rows);
        rows
    }
}

impl Layer {
    fn load(
        config: &TransformerConfig,
        file: &WeightsFile<'_>,
        names: &Names,
        layer: usize,
    ) -> Result<Self, ModelError> {
        let (hidden, wide) = (config.hidden, config.intermediate);
        let linear = |parts: &[&str], inputs, outputs| {
            let parts: Vec<String> = parts.iter().map(|part| names.layer(layer, part)).collect();
            Linear::load(file, &parts, inputs, outputs)
        };
        let parts = names.parts();
        Ok(Self {
            attention_input: linear(&parts.query_key_value, hidden, hidden)?,
            attention_output: linear(&[parts.attention_output], hidden, hidden)?,
            attention_norm: Norm::load(config, file, &names.layer(layer, parts.attention_norm))?,
            widening: linear(&[parts.widening], hidden, wide)?,
            narrowing: linear(&[parts.narrowing], wide, hidden)?,
            output_norm: Norm::load(config, file, &names.layer(layer, parts.output_norm))?,
        })
    }

    fn forward(
        &self,
        state: &Tensor,
        lengths: &[usize],
        asking: usize,
        heads: usize,
        activation: Activation,
    ) -> Result<Tensor, candle_core::Error> {
        let joined = self.attention_input.product(state)?;
        let context = joined.apply_op1_no_bwd(&Attention {
            bias: &self.attention_input.bias,
            lengths,
            heads,
            asking,
        })?;
        let state = match asking {
            1 => first_rows(state, lengths)?,
            _ => state.clone(),
        };
        let attended = self.attention_output.product(&context)?;
        attended.inplace_op2(
            &state,
            &Residual {
                bias: &self.attention_output.bias,
                norm: &self.attention_norm,
            },
        )?;
        let widened = self.widening.product(&attended)?;
        widened.inplace_op1(&Activated {
            bias: &self.widening.bias,
            activation,
        })?;
        let narrowed = self.narrowing.product(&widened)?;
        narrowed.inplace_op2(
            &attended,
            &Residual {
                bias: &self.narrowing.bias,
                norm: &self.output_norm,
            },
        )?;
        Ok(narrowed)
    }
}

impl Norm {
    fn load(
        config: &TransformerConfig,
        file: &WeightsFile<'_>,
        name: &str,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            weight: file.floats(&format!("{name}.weight"), &[config.hidden])?,
            bias: file.floats(&format!("{name}.bias"), &[config.hidden])?,
            epsilon: config.epsilon,
        })
    }

    fn apply(&self, rows: &mut [f32]) {
        normalise_rows(rows, &self.weight, &self.bias, self.epsilon);
    }
}

fn rows_of(lengths: &[usize]) -> Vec<Range<usize>> {
    let mut start = 0;
    let rows = lengths.iter().map(|length| {
        start += length;
        start - length..start
    });
    rows.collect()
}

/// Gives the first row of each text.
fn first_rows(state: &Tensor, lengths: &[usize]) -> Result<Tensor, candle_core::Error> {
    let firsts: Vec<u32> = rows_of(lengths)
        .into_iter()
        .filter(|rows| !rows.is_empty())
        .map(|rows| rows.start as u32)
        .collect();
    let count = firsts.len();
    state.index_select(&Tensor::from_vec(firsts, count, &Device::Cpu)?, 0)
}

/// Attention within each text; see [`attend`].
struct Attention<'a> {
    bias: &'a [f32],
    lengths: &'a [usize],
    heads: usize,
    /// Tokens of each text that get their context.
    asking: usize,
}

impl CustomOp1 for Attention<'_> {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let joined = floats_of(storage, layout)?;
        let hidden = self.bias.len() / 3;
        let asking = |length: usize| length.min(self.asking);
        let rows: usize = self.lengths.iter().copied().map(asking).sum();
        let mut context = vec![0.0; rows * hidden];
        let mut space = AttentionSpace::default();
        let (mut from, mut to) = (0, 0);
        for length in self.lengths.iter().copied() {
            let until = from + length * self.bias.len();
            let end = to + asking(length) * hidden;
            attend(
                &joined[from..until],
                self.bias,
                self.heads,
                asking(length),
                &mut context[to..end],
                &mut space,
            );
            (from, to) = (until, end);
        }
        Ok((CpuStorage::F32(context), Shape::from((rows, hidden))))
    }
}

/// Adds a bias and applies an activation.
struct Activated<'a> {
    bias: &'a [f32],
    activation: Activation,
}

impl InplaceOp1 for Activated<'_> {
    fn name(&self) -> &'static str {
        "bias and activation"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        add_bias_and_activate(floats_of_mut(storage, layout)?, self.bias, self.activation);
        Ok(())
    }
}

/// Adds a bias and what went in before, and normalises.
struct Residual<'a> {
    bias: &'a [f32],
    norm: &'a Norm,
}

impl InplaceOp2 for Residual<'_> {
    fn name(&self) -> &'static str {
        "bias, residual and norm"
    }

    fn cpu_fwd(
        &self,
        storage: &mut CpuStorage,
        layout: &Layout,
        residual: &CpuStorage,
        residual_layout: &Layout,
    ) -> candle_core::Result<()> {
        let rows = floats_of_mut(storage, layout)?;
        add_bias_and_residual(rows, self.bias, floats_of(residual, residual_layout)?);
        self.norm.apply(rows);
        Ok(())
    }
}

fn range_of(layout: &Layout) -> candle_core::Result<Range<usize>> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(start..end),
        None => candle_core::bail!("the rows do not lie one behind the other"),
    }
}

pub(super) fn floats_of<'a>(
    storage: &'a CpuStorage,
    layout: &Layout,
) -> candle_core::Result<&'a [f32]> {
    match storage {
        CpuStorage::F32(values) => Ok(&values[range_of(layout)?]),
        _ => candle_core::bail!("the numbers are not 32-bit floats"),
    }
}

fn floats_of_mut<'a>(
    storage: &'a mut CpuStorage,
    layout: &Layout,
) -> candle_core::Result<&'a mut [f32]> {
    match storage {
        CpuStorage::F32(values) => Ok(&mut values[range_of(layout)?]),
        _ => candle_core::bail!("the numbers are not 32-bit floats"),
    }
}

/// The names of a transformer's tensors.
struct Names {
    naming: Naming,
    /// What stands before every name: nothing, or `bert.` and the like.
    root: String,
}

/// The parts of a layer.
struct Parts {
    query_key_value: [&'static str; 3],
    attention_output: &'static str,
    attention_norm: &'static str,
    widening: &'static str,
    narrowing: &'static str,
    output_norm: &'static str,
}

impl Names {
    fn of(config: &TransformerConfig, file: &WeightsFile<'_>) -> Self {
        Self {
            naming: config.naming,
            root: file
                .prefix_of("embeddings.word_embeddings.weight")
                .unwrap_or_default(),
        }
    }

    fn embedding(&self, name: &str) -> String {
        format!("{}embeddings.{name}.weight", self.root)
    }

    fn layer(&self, layer: usize, part: &str) -> String {
        let layers = match self.naming {
            Naming::Bert => "encoder",
            Naming::DistilBert => "transformer",
        };
        format!("{}{layers}.layer.{layer}.{part}", self.root)
    }

    fn parts(&self) -> Parts {
        match self.naming {
            Naming::Bert => Parts {
                query_key_value: [
                    "attention.self.query",
                    "attention.self.key",
                    "attention.self.value",
                ],
                attention_output: "attention.output.dense",
                attention_norm: "attention.output.LayerNorm",
                widening: "intermediate.dense",
                narrowing: "output.dense",
                output_norm: "output.LayerNorm",
            },
            Naming::DistilBert => Parts {
                query_key_value: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
                attention_output: "attention.out_lin",
                attention_norm: "sa_layer_norm",
                widening: "ffn.lin1",
                narrowing: "ffn.lin2",
                output_norm: "output_layer_norm",
            },
        }
    }
}
