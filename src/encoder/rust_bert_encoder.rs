//! The rust-bert runtime: the same folders on libtorch, for CUDA and for teams that already run libtorch.
//!
//! Tokens, pooling and what follows are those of the other runtimes; rust-bert runs the transformer. Its layer norms
//! keep from dividing by zero with 1e-12 whatever the folder says, which moves a vector by less than its rounding.
//! Weights in four, eight or sixteen bits are turned into 32-bit floats when they are loaded.

use std::sync::Mutex;

use rust_bert::Activation as TorchActivation;
use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel};
use rust_bert::roberta::RobertaEmbeddings;
use tch::nn::VarStore;
use tch::{Cuda, Device, Kind, Tensor};

use super::error::{BadWeights, ModelError};
use super::folder::ModelFolder;
use super::layout::Layout;
use super::pooled::{LoadedStep, checked_dimension, finish, load_steps};
use super::pooling::Pooling;
use super::row_table::RowTable;
use super::settings::{DeviceChoice, Runtime};
use super::text_tokens::TextTokens;
use super::token_weights::{TokenWeights, Weighable};
use super::transformer_config::{Activation, Naming, TransformerConfig};
use super::weights::WeightsFile;
use super::{Embedding, Encoder, TextRole};

/// Encodes with rust-bert.
pub struct RustBertEncoder {
    identity: String,
    dimension: usize,
    hidden: usize,
    first_position: usize,
    tokens: TextTokens,
    /// libtorch shares its work among threads of its own; one text or group at a time keeps them from contending.
    network: Mutex<Network>,
    device: Device,
    pooling: Vec<Pooling>,
    steps: Vec<LoadedStep>,
    half_weight_share: Option<f32>,
    token_vectors: RowTable,
}

/// The two embeddings rust-bert knows; what differs is where positions begin.
enum Network {
    Bert(BertModel<BertEmbeddings>),
    Roberta(BertModel<RobertaEmbeddings>),
}

/// Most tokens of a group, padding included.
const GROUP_TOKENS: usize = 4096;

impl RustBertEncoder {
    /// Loads the folder's weights onto a device.
    pub fn load(folder: ModelFolder, device: DeviceChoice) -> Result<Self, ModelError> {
        let layout = match folder.layout() {
            Layout::Transformer(layout) if layout.config.naming == Naming::Bert => layout,
            Layout::Transformer(_) => {
                return Err(ModelError::Unsupported {
                    path: folder.path().to_owned(),
                    what: "DistilBERT on the runtime `rust-bert`".to_owned(),
                    remedy: "set `encoder.runtime` to \"transformer\"",
                });
            }
            Layout::Static(_) => {
                return Err(ModelError::WrongRuntime {
                    path: folder.path().to_owned(),
                    asked: Runtime::RustBert,
                    fitting: folder.fitting_runtime(),
                });
            }
        };
        let device = match device {
            DeviceChoice::Cpu => Device::Cpu,
            DeviceChoice::Auto => Device::cuda_if_available(),
            DeviceChoice::Cuda if Cuda::is_available() => Device::Cuda(0),
            DeviceChoice::Cuda => return Err(ModelError::NoCuda),
        };
        let tokens = TextTokens::of(&folder)?;
        let path = folder.path().join(folder.layout().weights());
        let file = WeightsFile::open(&path, folder.weights())?;
        let config = &layout.config;
        if config.vocabulary < tokens.vocabulary() {
            return Err(file.wrong(BadWeights::TooFewRows {
                tokens: tokens.vocabulary(),
                rows: config.vocabulary,
            }));
        }
        let steps = load_steps(&folder, &layout.steps)?;
        let pooled = config.hidden * layout.pooling.len();
        Ok(Self {
            dimension: checked_dimension(&folder, &file, pooled, &steps)?,
            identity: folder.identity().to_owned(),
            hidden: config.hidden,
            first_position: config.first_position,
            tokens,
            network: Mutex::new(Network::load(config, &file, device)?),
            device,
            pooling: layout.pooling.clone(),
            steps,
            half_weight_share: folder.card().half_weight_share,
            token_vectors: file.rows(&format!("{}{TOKENS}", root_of(&file)))?,
        })
    }

    /// Encodes texts of like length at once.
    fn encode_group(&self, texts: &[&[u32]], weights: &TokenWeights) -> Vec<Embedding> {
        let longest = texts.iter().map(|ids| ids.len()).max().unwrap_or(0);
        if longest == 0 {
            return vec![Embedding(vec![0.0; self.dimension]); texts.len()];
        }
        let mut ids = vec![0_i64; texts.len() * longest];
        let mut seen = vec![0_i64; texts.len() * longest];
        for (row, text) in texts.iter().enumerate() {
            for (column, id) in text.iter().enumerate() {
                ids[row * longest + column] = i64::from(*id);
                seen[row * longest + column] = 1;
            }
        }
        let shape = [texts.len() as i64, longest as i64];
        let first = self.first_position as i64;
        let tensor = |values: &[i64]| {
            Tensor::from_slice(values)
                .view(shape)
                .to_device(self.device)
        };
        let positions = Tensor::arange_start(first, first + shape[1], (Kind::Int64, self.device))
            .unsqueeze(0)
            .expand(shape, false);
        let output = self
            .network
            .lock()
            .expect("encoding does not panic")
            .forward(&tensor(&ids), &tensor(&seen), &positions);
        let values = Vec::<f32>::try_from(output.to_device(Device::Cpu).flatten(0, -1))
            .expect("the network computes in 32-bit floats");
        let rows = values.chunks_exact(longest * self.hidden);
        let embeddings = texts.iter().zip(rows).map(|(ids, rows)| {
            if ids.is_empty() {
                return Embedding(vec![0.0; self.dimension]);
            }
            let rows = &rows[..ids.len() * self.hidden];
            let weights = weights.weights(self, ids);
            finish(rows, self.hidden, &weights, &self.pooling, &self.steps)
        });
        embeddings.collect()
    }
}

impl Encoder for RustBertEncoder {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn weighable(&self) -> Option<(&dyn Weighable, f32)> {
        self.half_weight_share.map(|share| (self as _, share))
    }

    fn encode_weighed(
        &self,
        role: TextRole,
        texts: &[&str],
        weights: &TokenWeights,
    ) -> Vec<Embedding> {
        let ids: Vec<Vec<u32>> = texts
            .iter()
            .map(|text| self.tokens.ids(role, text))
            .collect();
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|text| std::cmp::Reverse(ids[*text].len()));
        let mut embeddings = vec![Embedding(Vec::new()); ids.len()];
        let mut rest = order.as_slice();
        while let Some(first) = rest.first() {
            // The first is the longest, and the others are padded to it.
            let count = (GROUP_TOKENS / ids[*first].len().max(1)).clamp(1, rest.len());
            let (group, later) = rest.split_at(count);
            let texts: Vec<&[u32]> = group.iter().map(|text| ids[*text].as_slice()).collect();
            for (text, embedding) in group.iter().zip(self.encode_group(&texts, weights)) {
                embeddings[*text] = embedding;
            }
            rest = later;
        }
        embeddings
    }
}

impl Weighable for RustBertEncoder {
    fn token_count(&self) -> usize {
        self.token_vectors.rows()
    }

    fn tokens(&self, role: TextRole, text: &str) -> Vec<u32> {
        self.tokens.ids(role, text)
    }

    fn token_vector(&self, token: u32) -> Option<Embedding> {
        let mut vector = vec![0.0; self.hidden];
        self.token_vectors.add_row(token as usize, 1.0, &mut vector);
        Some(Embedding::normalised(vector))
    }
}

const TOKENS: &str = "embeddings.word_embeddings.weight";

/// What stands before the names of a file's tensors.
fn root_of(file: &WeightsFile<'_>) -> String {
    file.prefix_of(TOKENS).unwrap_or_default()
}

impl Network {
    fn load(
        config: &TransformerConfig,
        file: &WeightsFile<'_>,
        device: Device,
    ) -> Result<Self, ModelError> {
        let store = VarStore::new(device);
        let shape = torch_config(config);
        let network = match config.first_position {
            0 => Self::Bert(BertModel::new_with_optional_pooler(
                store.root(),
                &shape,
                false,
            )),
            _ => Self::Roberta(BertModel::new_with_optional_pooler(
                store.root(),
                &shape,
                false,
            )),
        };
        let root = root_of(file);
        for (name, mut variable) in store.variables() {
            let shape: Vec<usize> = variable
                .size()
                .into_iter()
                .map(|size| size as usize)
                .collect();
            let values = file.floats(&format!("{root}{name}"), &shape)?;
            let values = Tensor::from_slice(&values).view_as(&variable.to_device(Device::Cpu));
            tch::no_grad(|| variable.copy_(&values));
        }
        Ok(network)
    }

    fn forward(&self, ids: &Tensor, seen: &Tensor, positions: &Tensor) -> Tensor {
        let output = tch::no_grad(|| match self {
            Self::Bert(network) => network.forward_t(
                Some(ids),
                Some(seen),
                None,
                Some(positions),
                None,
                None,
                None,
                false,
            ),
            Self::Roberta(network) => network.forward_t(
                Some(ids),
                Some(seen),
                None,
                Some(positions),
                None,
                None,
                None,
                false,
            ),
        });
        output
            .expect("ids and mask have the shapes the network asks for")
            .hidden_state
    }
}

fn torch_config(config: &TransformerConfig) -> BertConfig {
    BertConfig {
        hidden_act: match config.activation {
            Activation::Gelu | Activation::Identity => TorchActivation::gelu,
            Activation::GeluTanh => TorchActivation::gelu_new,
            Activation::Relu => TorchActivation::relu,
            Activation::Tanh => TorchActivation::tanh,
        },
        attention_probs_dropout_prob: 0.0,
        hidden_dropout_prob: 0.0,
        hidden_size: config.hidden as i64,
        intermediate_size: config.intermediate as i64,
        max_position_embeddings: config.positions as i64,
        num_attention_heads: config.heads as i64,
        num_hidden_layers: config.layers as i64,
        type_vocab_size: config.segments as i64,
        vocab_size: config.vocabulary as i64,
        ..BertConfig::default()
    }
}
