//! Puts a model folder into the runtime that runs it.

use std::sync::Arc;

use super::Encoder;
use super::error::ModelError;
use super::folder::ModelFolder;
#[cfg(feature = "rust-bert")]
use super::rust_bert_encoder::RustBertEncoder;
use super::settings::{EncoderSettings, Runtime};
use super::static_encoder::StaticEncoder;
use super::transformer_encoder::TransformerEncoder;

impl ModelFolder {
    /// Loads it into the runtime the settings ask for.
    pub fn load(self, settings: &EncoderSettings) -> Result<Arc<dyn Encoder>, ModelError> {
        match self.runtime(settings)? {
            Runtime::Static => Ok(Arc::new(StaticEncoder::load(self)?)),
            Runtime::Transformer => Ok(Arc::new(TransformerEncoder::load(self)?)),
            #[cfg(feature = "rust-bert")]
            Runtime::RustBert => Ok(Arc::new(RustBertEncoder::load(self, settings.device)?)),
            #[cfg(not(feature = "rust-bert"))]
            Runtime::RustBert => Err(ModelError::NotInThisBuild(Runtime::RustBert)),
        }
    }
}
