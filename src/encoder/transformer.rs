//! The forward pass of a BERT-family transformer over products of floats, or of eight bits where the weights are kept in
//! as many or fewer.
//!
//! Several texts are one matrix with a row per token and no padding: linear layers see all rows at once, attention looks
//! within each text. Query, key and value come from one product. What only the first token needs is computed for the
//! first token alone.

use std::ops::Range;

use super::Embedding;
use super::error::ModelError;
use super::kernels::{
    AttentionSpace, add_bias_and_activate, add_bias_and_residual, attend, normalise_rows,
};
use super::linear::Linear;
use super::row_table::RowTable;
use super::transformer_config::{Naming, TransformerConfig};
use super::weights::WeightsFile;

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

    /// Returns the vectors of the tokens of each text.
    pub(super) fn forward(&self, texts: &[&[u32]], needed: Needed) -> TokenVectors {
        let mut lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        if lengths.iter().all(|length| *length == 0) {
            return TokenVectors {
                values: Vec::new(),
                rows: rows_of(&lengths),
            };
        }
        let mut state = self.embed(texts);
        for (number, layer) in self.layers.iter().enumerate() {
            let is_last = number + 1 == self.layers.len();
            let asking = match needed {
                Needed::FirstToken if is_last => 1,
                _ => usize::MAX,
            };
            state = layer.forward(state, &lengths, asking, &self.config);
            if asking == 1 {
                lengths
                    .iter_mut()
                    .for_each(|length| *length = (*length).min(1));
            }
        }
        TokenVectors {
            values: state,
            rows: rows_of(&lengths),
        }
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

    /// Takes the rows of all texts through the layer; the first `asking` tokens of each come out.
    fn forward(
        &self,
        state: Vec<f32>,
        lengths: &[usize],
        asking: usize,
        config: &TransformerConfig,
    ) -> Vec<f32> {
        let joined = self.attention_input.product(&state);
        let context = context_of(
            &joined,
            &self.attention_input.bias,
            lengths,
            config.heads,
            asking,
        );
        let state = match asking {
            1 => first_rows(&state, lengths, config.hidden),
            _ => state,
        };
        let mut attended = self.attention_output.product(&context);
        add_bias_and_residual(&mut attended, &self.attention_output.bias, &state);
        self.attention_norm.apply(&mut attended);
        let mut widened = self.widening.product(&attended);
        add_bias_and_activate(&mut widened, &self.widening.bias, config.activation);
        let mut narrowed = self.narrowing.product(&widened);
        add_bias_and_residual(&mut narrowed, &self.narrowing.bias, &attended);
        self.output_norm.apply(&mut narrowed);
        narrowed
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

/// Returns the first row of each text.
fn first_rows(state: &[f32], lengths: &[usize], hidden: usize) -> Vec<f32> {
    let rows = rows_of(lengths).into_iter().filter(|rows| !rows.is_empty());
    rows.flat_map(|rows| &state[rows.start * hidden..(rows.start + 1) * hidden])
        .copied()
        .collect()
}

/// Attention within each text, whose first `asking` tokens get their context; see [`attend`].
fn context_of(
    joined: &[f32],
    bias: &[f32],
    lengths: &[usize],
    heads: usize,
    asking: usize,
) -> Vec<f32> {
    let hidden = bias.len() / 3;
    let rows: usize = lengths.iter().map(|length| (*length).min(asking)).sum();
    let mut context = vec![0.0; rows * hidden];
    let mut space = AttentionSpace::default();
    let (mut from, mut to) = (0, 0);
    for length in lengths {
        let asking = (*length).min(asking);
        let (until, end) = (from + length * bias.len(), to + asking * hidden);
        attend(
            &joined[from..until],
            bias,
            heads,
            asking,
            &mut context[to..end],
            &mut space,
        );
        (from, to) = (until, end);
    }
    context
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
