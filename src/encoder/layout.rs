//! How the files of a model folder fit together, read from the configurations that come with it.
//!
//! The layouts are sentence-transformers' (`modules.json` names the modules in order), a bare transformers folder
//! (`config.json` alone, pooled by the mean), and model2vec's. What would make vectors differ from the maker's is an
//! error, never ignored.

use serde::Deserialize;

use super::TextRole;
use super::card::Card;
use super::error::ModelError;
use super::files::Files;
use super::pooling::Pooling;
use super::settings::Runtime;
use super::transformer_config::{Activation, TransformerConfig};

/// How the files of a model folder fit together.
#[derive(Debug, Clone)]
pub enum Layout {
    /// A table of token vectors.
    Static(StaticLayout),
    /// A transformer, pooled.
    Transformer(TransformerLayout),
}

/// A table of token vectors: sentence-transformers' `StaticEmbedding`, or model2vec's.
#[derive(Debug, Clone)]
pub struct StaticLayout {
    /// Folder of the module inside the model folder, with a slash at its end, or nothing.
    base: String,
    max_tokens: usize,
    prompts: Prompts,
}

/// A transformer and what is done to its output.
#[derive(Debug, Clone)]
pub struct TransformerLayout {
    base: String,
    prompts: Prompts,
    /// Shape of the transformer.
    pub config: TransformerConfig,
    /// Whether texts are lower-cased before they are cut into tokens.
    pub lowercase: bool,
    /// Longest text in tokens.
    pub max_tokens: usize,
    /// How the token vectors become one; the results of several ways are joined end to end.
    pub pooling: Vec<Pooling>,
    /// What is done to the pooled vector.
    pub steps: Vec<Step>,
}

/// What is done to a pooled vector.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Scale to length one.
    Normalise,
    /// A linear layer.
    Dense(DenseLayout),
}

/// A linear layer behind the pooling.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseLayout {
    /// Its weights file inside the model folder.
    pub weights: String,
    /// Length of the vectors it takes.
    pub inputs: usize,
    /// Length of the vectors it gives.
    pub outputs: usize,
    /// Whether a bias is added.
    pub bias: bool,
    /// What is applied to the sum.
    pub activation: Activation,
}

/// What the folder itself wants put before texts.
#[derive(Debug, Clone, Default)]
pub struct Prompts {
    query: String,
    passage: String,
}

impl Prompts {
    /// The prompt of a role.
    pub fn of(&self, role: TextRole) -> &str {
        match role {
            TextRole::Query => &self.query,
            TextRole::Passage => &self.passage,
        }
    }
}

impl Layout {
    pub(super) fn read(files: &Files, card: Option<&Card>) -> Result<Self, ModelError> {
        let prompts = read_prompts(files)?;
        if let Some(modules) = files.json::<Vec<Module>>("modules.json")? {
            return from_modules(files, &modules, prompts);
        }
        if files.has("config.json") {
            return match is_model2vec(files, "")? {
                true => static_layout(files, String::new(), prompts),
                false => transformer(
                    files,
                    String::new(),
                    prompts,
                    vec![Pooling::Mean],
                    Vec::new(),
                ),
            };
        }
        match card.and_then(|card| card.runtime) {
            Some(Runtime::Static) => static_layout(files, String::new(), prompts),
            _ => Err(not_a_model(files)),
        }
    }

    /// Names the kind, for people.
    pub fn kind(&self) -> String {
        match self {
            Self::Static(_) => "static table".to_owned(),
            Self::Transformer(layout) => format!(
                "{}, {} layers x {}",
                layout.config.model_type, layout.config.layers, layout.config.hidden
            ),
        }
    }

    /// Name of the weights file.
    pub fn weights(&self) -> String {
        format!("{}model.safetensors", self.base())
    }

    /// Name of the tokenizer file.
    pub fn tokenizer(&self) -> String {
        format!("{}tokenizer.json", self.base())
    }

    /// Weights files beside the main one.
    pub fn further_weights(&self) -> Vec<String> {
        let Self::Transformer(layout) = self else {
            return Vec::new();
        };
        let dense = layout.steps.iter().filter_map(|step| match step {
            Step::Dense(dense) => Some(dense.weights.clone()),
            Step::Normalise => None,
        });
        dense.collect()
    }

    /// What the folder itself wants put before texts.
    pub fn prompts(&self) -> &Prompts {
        match self {
            Self::Static(layout) => &layout.prompts,
            Self::Transformer(layout) => &layout.prompts,
        }
    }

    /// Longest text in tokens.
    pub fn max_tokens(&self) -> usize {
        match self {
            Self::Static(layout) => layout.max_tokens,
            Self::Transformer(layout) => layout.max_tokens,
        }
    }

    /// What is done with the weights, in words that change when the vectors would.
    pub(super) fn recipe(&self) -> String {
        match self {
            Self::Static(_) => "static".to_owned(),
            Self::Transformer(layout) => format!(
                "{:?} {:?} {:?} {:?}",
                layout.config, layout.lowercase, layout.pooling, layout.steps
            ),
        }
    }

    fn base(&self) -> &str {
        match self {
            Self::Static(layout) => &layout.base,
            Self::Transformer(layout) => &layout.base,
        }
    }
}

/// One line of `modules.json`.
#[derive(Debug, Deserialize)]
struct Module {
    #[serde(default)]
    path: String,
    #[serde(rename = "type")]
    class: String,
}

impl Module {
    /// The class without the package it was defined in, which has moved between releases.
    fn kind(&self) -> &str {
        self.class.rsplit('.').next().unwrap_or_default()
    }

    fn base(&self) -> String {
        match self.path.trim_end_matches('/') {
            "" | "." => String::new(),
            path => format!("{path}/"),
        }
    }
}

fn from_modules(files: &Files, modules: &[Module], prompts: Prompts) -> Result<Layout, ModelError> {
    let unsupported = |module: &Module| ModelError::Unsupported {
        path: files.path_of("modules.json"),
        what: format!("a module `{}`", module.kind()),
        remedy: "use a folder of Transformer, Pooling, Dense and Normalize, or of StaticEmbedding and Normalize",
    };
    let Some((first, rest)) = modules.split_first() else {
        return Err(not_a_model(files));
    };
    match first.kind() {
        "StaticEmbedding" => {
            // Every embedding is scaled to length one in the end, with or without this module.
            match rest.iter().find(|module| module.kind() != "Normalize") {
                Some(module) => Err(unsupported(module)),
                None => static_layout(files, first.base(), prompts),
            }
        }
        "Transformer" => {
            let mut pooling = Vec::new();
            let mut steps = Vec::new();
            for module in rest {
                match module.kind() {
                    "Pooling" if pooling.is_empty() && steps.is_empty() => {
                        pooling = read_pooling(files, &module.base())?;
                    }
                    "Normalize" => steps.push(Step::Normalise),
                    "Dense" => steps.push(Step::Dense(read_dense(files, &module.base())?)),
                    // Dropout does nothing after training.
                    "Dropout" => {}
                    _ => return Err(unsupported(module)),
                }
            }
            if pooling.is_empty() {
                pooling.push(Pooling::Mean);
            }
            transformer(files, first.base(), prompts, pooling, steps)
        }
        _ => Err(unsupported(first)),
    }
}

fn static_layout(files: &Files, base: String, prompts: Prompts) -> Result<Layout, ModelError> {
    let max_tokens = match is_model2vec(files, &base)? {
        true => MODEL2VEC_MAX_TOKENS,
        false => usize::MAX,
    };
    Ok(Layout::Static(StaticLayout {
        base,
        max_tokens,
        prompts,
    }))
}

/// What model2vec cuts texts to unless told otherwise.
const MODEL2VEC_MAX_TOKENS: usize = 512;

fn is_model2vec(files: &Files, base: &str) -> Result<bool, ModelError> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(default)]
        model_type: String,
    }
    let config: Option<Typed> = files.json(&format!("{base}config.json"))?;
    Ok(config.is_some_and(|config| config.model_type == "model2vec"))
}

fn transformer(
    files: &Files,
    base: String,
    prompts: Prompts,
    pooling: Vec<Pooling>,
    steps: Vec<Step>,
) -> Result<Layout, ModelError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct SentenceConfig {
        max_seq_length: Option<usize>,
        do_lower_case: bool,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct TokenizerConfig {
        model_max_length: Option<f64>,
    }
    let config = TransformerConfig::read(files, &base)?;
    let sentence: SentenceConfig = files
        .json(&format!("{base}sentence_bert_config.json"))?
        .unwrap_or_default();
    let tokenizer: TokenizerConfig = files
        .json(&format!("{base}tokenizer_config.json"))?
        .unwrap_or_default();
    let stated = sentence
        .max_seq_length
        .or(tokenizer.model_max_length.map(|length| length as usize))
        .unwrap_or(usize::MAX);
    Ok(Layout::Transformer(TransformerLayout {
        base,
        prompts,
        max_tokens: stated.min(config.longest_input()),
        lowercase: sentence.do_lower_case,
        config,
        pooling,
        steps,
    }))
}

fn read_pooling(files: &Files, base: &str) -> Result<Vec<Pooling>, ModelError> {
    let name = format!("{base}config.json");
    let Some(config) = files.json::<serde_json::Value>(&name)? else {
        return Err(missing(files, &name));
    };
    let unsupported = |what: String| ModelError::Unsupported {
        path: files.path_of(&name),
        what,
        remedy: "use a model with cls, max, mean, mean_sqrt_len_tokens, weightedmean or lasttoken pooling over the whole text",
    };
    if config.get("include_prompt") == Some(&serde_json::Value::Bool(false)) {
        return Err(unsupported(
            "pooling without the prompt's tokens".to_owned(),
        ));
    }
    let named: Vec<&str> = match config.get("pooling_mode") {
        Some(serde_json::Value::String(mode)) => vec![mode.as_str()],
        Some(serde_json::Value::Array(modes)) => {
            modes.iter().filter_map(serde_json::Value::as_str).collect()
        }
        _ => Pooling::ALL
            .iter()
            .filter(|mode| config.get(mode.flag()) == Some(&serde_json::Value::Bool(true)))
            .map(|mode| mode.name())
            .collect(),
    };
    let modes: Result<Vec<Pooling>, ModelError> = named
        .iter()
        .map(|name| {
            Pooling::named(name).ok_or_else(|| unsupported(format!("the pooling `{name}`")))
        })
        .collect();
    modes.map(|modes| match modes.is_empty() {
        true => vec![Pooling::Mean],
        false => modes,
    })
}

fn read_dense(files: &Files, base: &str) -> Result<DenseLayout, ModelError> {
    #[derive(Deserialize)]
    struct DenseConfig {
        in_features: usize,
        out_features: usize,
        #[serde(default = "yes")]
        bias: bool,
        #[serde(default)]
        activation_function: String,
    }
    fn yes() -> bool {
        true
    }
    let name = format!("{base}config.json");
    let Some(config) = files.json::<DenseConfig>(&name)? else {
        return Err(missing(files, &name));
    };
    let class = config.activation_function.rsplit('.').next();
    let activation = match class.unwrap_or_default() {
        "Tanh" | "" => Activation::Tanh,
        "Identity" => Activation::Identity,
        "ReLU" => Activation::Relu,
        "GELU" => Activation::Gelu,
        other => {
            return Err(ModelError::Unsupported {
                path: files.path_of(&name),
                what: format!("the activation `{other}` in a Dense module"),
                remedy: "use a model whose Dense module has Tanh, Identity, ReLU or GELU",
            });
        }
    };
    Ok(DenseLayout {
        weights: format!("{base}model.safetensors"),
        inputs: config.in_features,
        outputs: config.out_features,
        bias: config.bias,
        activation,
    })
}

fn read_prompts(files: &Files) -> Result<Prompts, ModelError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct SentenceTransformersConfig {
        prompts: std::collections::BTreeMap<String, Option<String>>,
        default_prompt_name: Option<String>,
    }
    let config: SentenceTransformersConfig = files
        .json("config_sentence_transformers.json")?
        .unwrap_or_default();
    let first = |names: &[&str]| {
        let default = config.default_prompt_name.as_deref();
        names
            .iter()
            .copied()
            .find(|name| config.prompts.contains_key(*name))
            .or(default)
            .and_then(|name| config.prompts.get(name).cloned().flatten())
            .unwrap_or_default()
    };
    Ok(Prompts {
        query: first(&["query"]),
        passage: first(&["document", "passage", "corpus"]),
    })
}

fn missing(files: &Files, name: &str) -> ModelError {
    ModelError::Unreadable {
        path: files.path_of(name),
        source: std::io::ErrorKind::NotFound.into(),
    }
}

fn not_a_model(files: &Files) -> ModelError {
    if files.has("pytorch_model.bin") {
        return ModelError::OnlyPickle {
            path: files.path_of("pytorch_model.bin"),
        };
    }
    ModelError::NotAModel {
        path: files.root().to_owned(),
    }
}
