//! The shape of a BERT-family transformer, read from its `config.json`.

use serde::Deserialize;

use super::error::ModelError;
use super::files::Files;

/// The shape of a transformer.
#[derive(Debug, Clone, PartialEq)]
pub struct TransformerConfig {
    /// The name `config.json` gives its kind.
    pub model_type: String,
    /// How its tensors are named.
    pub naming: Naming,
    /// Rows of the token table.
    pub vocabulary: usize,
    /// Length of a token's vector.
    pub hidden: usize,
    /// Number of layers.
    pub layers: usize,
    /// Attention heads of a layer.
    pub heads: usize,
    /// Width of the feed-forward part.
    pub intermediate: usize,
    /// Rows of the position table.
    pub positions: usize,
    /// Row of the position table that belongs to the first token.
    pub first_position: usize,
    /// Rows of the segment table; zero when there is none.
    pub segments: usize,
    /// What is applied inside the feed-forward part.
    pub activation: Activation,
    /// Keeps the layer norm from dividing by zero.
    pub epsilon: f32,
}

/// How the tensors of a transformer are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// BERT, RoBERTa and their kin.
    Bert,
    /// DistilBERT.
    DistilBert,
}

/// What is applied to each number behind a linear layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// GELU by the error function.
    Gelu,
    /// GELU by the hyperbolic tangent.
    GeluTanh,
    /// The greater of the number and zero.
    Relu,
    /// The hyperbolic tangent.
    Tanh,
}

/// The keys of `config.json` that matter, under the names both families use. The transformers library leaves out what
/// is as in BERT's base model.
#[derive(Deserialize)]
#[serde(default)]
struct Keys {
    model_type: String,
    vocab_size: usize,
    #[serde(alias = "dim")]
    hidden_size: usize,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    max_position_embeddings: usize,
    type_vocab_size: usize,
    #[serde(alias = "activation")]
    hidden_act: String,
    layer_norm_eps: f32,
    pad_token_id: Option<usize>,
    position_embedding_type: Option<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            model_type: String::new(),
            vocab_size: 30_522,
            hidden_size: 768,
            num_hidden_layers: 12,
            num_attention_heads: 12,
            intermediate_size: 3072,
            max_position_embeddings: 512,
            type_vocab_size: 2,
            hidden_act: "gelu".to_owned(),
            layer_norm_eps: 1e-12,
            pad_token_id: None,
            position_embedding_type: None,
        }
    }
}

impl TransformerConfig {
    pub(super) fn read(files: &Files, base: &str) -> Result<Self, ModelError> {
        #[derive(Deserialize)]
        struct Kind {
            #[serde(default)]
            model_type: String,
        }
        let name = format!("{base}config.json");
        let path = files.path_of(&name);
        let unsupported = |what: String, remedy| ModelError::Unsupported {
            path: path.clone(),
            what,
            remedy,
        };
        let Some(kind) = files.json::<Kind>(&name)? else {
            return Err(ModelError::Unreadable {
                path,
                source: std::io::ErrorKind::NotFound.into(),
            });
        };
        let (naming, counts_from_padding) = match kind.model_type.as_str() {
            "bert" => (Naming::Bert, false),
            "roberta" | "xlm-roberta" | "camembert" => (Naming::Bert, true),
            "distilbert" => (Naming::DistilBert, false),
            other => return Err(unsupported(format!("the architecture `{other}`"), FAMILY)),
        };
        // The kind is known to be right before its keys are asked for, so that a foreign file is told as such.
        let keys: Keys = serde_json::from_slice(&files.read(&name)?).map_err(|source| {
            ModelError::BadConfig {
                path: path.clone(),
                source,
            }
        })?;
        let activation = match keys.hidden_act.as_str() {
            "gelu" => Activation::Gelu,
            "gelu_new" | "gelu_pytorch_tanh" => Activation::GeluTanh,
            "relu" => Activation::Relu,
            other => return Err(unsupported(format!("the activation `{other}`"), FAMILY)),
        };
        if let Some(other) = keys
            .position_embedding_type
            .filter(|kind| kind != "absolute")
        {
            return Err(unsupported(
                format!("positions of the kind `{other}`"),
                FAMILY,
            ));
        }
        let heads = keys.num_attention_heads;
        if heads == 0 || !keys.hidden_size.is_multiple_of(heads) {
            let what = format!("{heads} heads over {} columns", keys.hidden_size);
            return Err(unsupported(
                what,
                "the columns must be a multiple of the heads; fetch the folder again",
            ));
        }
        let first_position = match counts_from_padding {
            true => keys.pad_token_id.unwrap_or(1) + 1,
            false => 0,
        };
        Ok(Self {
            model_type: keys.model_type,
            naming,
            vocabulary: keys.vocab_size,
            hidden: keys.hidden_size,
            layers: keys.num_hidden_layers,
            heads,
            intermediate: keys.intermediate_size,
            positions: keys.max_position_embeddings,
            first_position,
            segments: match naming {
                Naming::Bert => keys.type_vocab_size,
                Naming::DistilBert => 0,
            },
            activation,
            epsilon: keys.layer_norm_eps,
        })
    }

    /// The longest text the position table has rows for, in tokens.
    pub fn longest_input(&self) -> usize {
        self.positions.saturating_sub(self.first_position)
    }
}

const FAMILY: &str =
    "use a BERT, RoBERTa, XLM-RoBERTa, CamemBERT or DistilBERT sentence encoder, or a static one";
