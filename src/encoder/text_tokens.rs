//! Cuts texts into the tokens a model knows, prefix and longest length included.

use std::borrow::Cow;

use tokenizers::{NormalizedString, Normalizer, Tokenizer, TruncationParams};

use super::TextRole;
use super::error::ModelError;
use super::folder::ModelFolder;
use super::layout::Layout;

/// A model's tokenizer, set up as the model wants it.
pub struct TextTokens {
    tokenizer: Tokenizer,
    prefixes: [String; 2],
    lowercase: bool,
    special: SpecialTokens,
}

/// Whether `[CLS]`, `[SEP]` and their like surround a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SpecialTokens {
    Added,
    LeftOut,
}

impl TextTokens {
    /// Sets up the tokenizer of a folder.
    pub fn of(folder: &ModelFolder) -> Result<Self, ModelError> {
        let bad = |reason| ModelError::BadTokenizer {
            path: folder.path().join(folder.layout().tokenizer()),
            reason,
        };
        let mut tokenizer = Tokenizer::from_bytes(folder.tokenizer()).map_err(bad)?;
        let (special, lowercase) = match folder.layout() {
            Layout::Static(_) => (SpecialTokens::LeftOut, false),
            Layout::Transformer(layout) => (SpecialTokens::Added, layout.lowercase),
        };
        // Texts of one batch are not laid side by side, so nothing has to be padded.
        tokenizer.with_padding(None);
        let truncation = (folder.max_tokens() < usize::MAX).then(|| TruncationParams {
            max_length: folder.max_tokens(),
            ..TruncationParams::default()
        });
        tokenizer.with_truncation(truncation).map_err(bad)?;
        Ok(Self {
            tokenizer,
            prefixes: TextRole::ALL.map(|role| folder.prefix(role).to_owned()),
            lowercase,
            special,
        })
    }

    /// Number of tokens the tokenizer can give.
    pub fn vocabulary(&self) -> usize {
        self.tokenizer.get_vocab_size(true)
    }

    /// Number of a token.
    pub(super) fn id_of(&self, token: &str) -> Option<u32> {
        self.tokenizer.token_to_id(token)
    }

    /// Returns the tokens of a text; none for a text the tokenizer cannot read.
    pub fn ids(&self, role: TextRole, text: &str) -> Vec<u32> {
        let text = self.prepared(role, text);
        self.tokenizer
            .encode_fast(text.as_ref(), self.special == SpecialTokens::Added)
            .map(|encoding| encoding.get_ids().to_vec())
            .unwrap_or_default()
    }

    /// Returns the text as the tokenizer's normaliser leaves it; empty for one it cannot read.
    pub(super) fn normalised(&self, role: TextRole, text: &str) -> String {
        let mut text = NormalizedString::from(self.prepared(role, text).as_ref());
        let done = self
            .tokenizer
            .get_normalizer()
            .map_or(Ok(()), |normaliser| normaliser.normalize(&mut text));
        done.map(|()| text.get().to_owned()).unwrap_or_default()
    }

    fn prepared<'a>(&self, role: TextRole, text: &'a str) -> Cow<'a, str> {
        let prefix = &self.prefixes[role as usize];
        let text = match prefix.is_empty() {
            true => Cow::Borrowed(text),
            false => Cow::Owned(format!("{prefix}{text}")),
        };
        match self.lowercase {
            true => Cow::Owned(text.to_lowercase()),
            false => text,
        }
    }
}
