//! An encoder that shows how far it has come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mondo::encoder::{Embedding, Encoder, TextRole, TokenWeights, Weighable};
use mondo::knowledge::KnowledgeBase;
use mondo::pipeline::Snapshot;

/// Passes texts on, and moves a bar on standard error for each; the bar shows when the work takes over a second.
pub struct CountedEncoder {
    inner: Arc<dyn Encoder>,
    bar: ProgressBar,
    started: Instant,
}

impl CountedEncoder {
    /// Wraps an encoder that is about to encode a knowledge base.
    pub fn over(inner: Arc<dyn Encoder>, knowledge: &KnowledgeBase) -> Self {
        let bar = count_bar("encoding", Some(Snapshot::text_count(knowledge)));
        bar.set_draw_target(ProgressDrawTarget::hidden());
        Self {
            inner,
            bar,
            started: Instant::now(),
        }
    }
}

const QUICK: Duration = Duration::from_secs(1);

impl Encoder for CountedEncoder {
    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn identity(&self) -> &str {
        self.inner.identity()
    }

    fn weighable(&self) -> Option<(&dyn Weighable, f32)> {
        self.inner.weighable()
    }

    fn encode_weighed(
        &self,
        role: TextRole,
        texts: &[&str],
        weights: &TokenWeights,
    ) -> Vec<Embedding> {
        let embeddings = self.inner.encode_weighed(role, texts, weights);
        if self.bar.is_hidden() && self.started.elapsed() > QUICK {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(texts.len() as u64);
        embeddings
    }
}

impl Drop for CountedEncoder {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A bar on standard error that counts texts; hidden when that is no terminal.
pub fn count_bar(message: &str, total: Option<usize>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total as u64),
            "{msg} {bar:30} {pos}/{len} {eta}",
        ),
        None => (
            ProgressBar::new_spinner(),
            "{spinner} {msg} {pos} ({per_sec})",
        ),
    };
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style).with_message(message.to_owned())
}
