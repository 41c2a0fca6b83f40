//! What a model folder is, told without loading it into a runtime.

use serde::Serialize;

use super::TextRole;
use super::error::{BadWeights, ModelError};
use super::folder::ModelFolder;
use super::layout::{Layout, Step};
use super::settings::Runtime;
use super::static_encoder::table_name;
use super::weights::WeightsFile;

/// What a model folder is.
#[derive(Debug, Clone, Serialize)]
pub struct ModelSummary {
    /// Its name.
    pub name: String,
    /// What kind of model it is.
    pub layout: String,
    /// The runtime that loads it when the settings do not name one.
    pub runtime: Runtime,
    /// Length of its vectors.
    pub dimension: usize,
    /// Numbers in its weights.
    pub parameters: usize,
    /// Bytes of its weights and tokenizer.
    pub bytes: usize,
    /// Longest text in tokens; nothing when there is no limit.
    pub max_tokens: Option<usize>,
    /// Put before a question.
    pub query_prefix: String,
    /// Put before a title, alternate or passage.
    pub passage_prefix: String,
    /// Licence of the weights; empty when the folder does not say.
    pub licence: String,
    /// Names the exact weights and their use; part of the key of every kept index.
    pub identity: String,
    /// SHA-256 of the weights.
    pub checksum: String,
    /// Known vectors its card has.
    pub checks: usize,
}

impl ModelSummary {
    /// Reads what there is to say about a folder.
    pub fn of(folder: &ModelFolder) -> Result<Self, ModelError> {
        let path = folder.path().join(folder.layout().weights());
        let file = WeightsFile::open(&path, folder.weights())?;
        let dimension = dimension(folder, &file)?;
        if let Some(stated) = folder
            .card()
            .dimension
            .filter(|stated| *stated != dimension)
        {
            return Err(file.wrong(BadWeights::Dimension {
                found: dimension,
                stated,
            }));
        }
        let card = folder.card();
        let max_tokens = folder.max_tokens();
        Ok(Self {
            name: card.name.clone(),
            layout: folder.layout().kind(),
            runtime: folder.fitting_runtime(),
            dimension,
            parameters: file.parameters(),
            bytes: folder.weights().len() + folder.tokenizer().len(),
            max_tokens: (max_tokens < usize::MAX).then_some(max_tokens),
            query_prefix: folder.prefix(TextRole::Query).to_owned(),
            passage_prefix: folder.prefix(TextRole::Passage).to_owned(),
            licence: card.licence.clone(),
            identity: folder.identity().to_owned(),
            checksum: folder.checksum().to_owned(),
            checks: card.checks.len(),
        })
    }
}

fn dimension(folder: &ModelFolder, file: &WeightsFile<'_>) -> Result<usize, ModelError> {
    let layout = match folder.layout() {
        Layout::Static(_) => {
            let shape = file.shape(table_name(file))?;
            return Ok(shape.get(1).copied().unwrap_or(0));
        }
        Layout::Transformer(layout) => layout,
    };
    let shortened = layout.steps.iter().rev().find_map(|step| match step {
        Step::Dense(dense) => Some(dense.outputs),
        Step::Normalise => None,
    });
    Ok(shortened.unwrap_or(layout.config.hidden * layout.pooling.len()))
}
