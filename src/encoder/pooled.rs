//! From the vectors of a text's tokens to its embedding, the same for every runtime of transformers.

use super::Embedding;
use super::dense::Dense;
use super::error::{BadWeights, ModelError};
use super::folder::ModelFolder;
use super::layout::Step;
use super::pooling::Pooling;
use super::weights::WeightsFile;

/// What is done to a pooled vector.
pub(super) enum LoadedStep {
    Normalise,
    Dense(Dense),
}

/// Loads the steps of a folder.
pub(super) fn load_steps(
    folder: &ModelFolder,
    steps: &[Step],
) -> Result<Vec<LoadedStep>, ModelError> {
    let steps = steps.iter().map(|step| match step {
        Step::Normalise => Ok(LoadedStep::Normalise),
        Step::Dense(layout) => Dense::load(folder, layout).map(LoadedStep::Dense),
    });
    steps.collect()
}

/// Follows the length of a vector through the steps, and compares it with the card's.
pub(super) fn checked_dimension(
    folder: &ModelFolder,
    file: &WeightsFile<'_>,
    pooled: usize,
    steps: &[LoadedStep],
) -> Result<usize, ModelError> {
    let mut dimension = pooled;
    for step in steps {
        if let LoadedStep::Dense(dense) = step {
            if dense.inputs() != dimension {
                return Err(file.wrong(BadWeights::Dimension {
                    found: dimension,
                    stated: dense.inputs(),
                }));
            }
            dimension = dense.outputs();
        }
    }
    match folder.card().dimension {
        Some(stated) if stated != dimension => Err(file.wrong(BadWeights::Dimension {
            found: dimension,
            stated,
        })),
        _ => Ok(dimension),
    }
}

/// Pools the rows of a text, `columns` numbers each, weighed where there are weights, and takes the result through the
/// steps; in the end it has length one.
pub(super) fn finish(
    rows: &[f32],
    columns: usize,
    weights: &[f32],
    pooling: &[Pooling],
    steps: &[LoadedStep],
) -> Embedding {
    let mut pooled = Vec::with_capacity(columns * pooling.len());
    for mode in pooling {
        mode.pool(rows, columns, weights, &mut pooled);
    }
    let vector = steps.iter().fold(pooled, |vector, step| match step {
        LoadedStep::Normalise => Embedding::normalised(vector).0,
        LoadedStep::Dense(dense) => dense.apply(&vector),
    });
    Embedding::normalised(vector)
}
