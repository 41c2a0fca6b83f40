//! An encoder that shows how far it has come.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mondo::encoder::{Embedding, Encoder, TextRole, TokenWeights, Weighable};
use mondo::knowledge::KnowledgeBase;
use mondo::pipeline::Snapshot;

/// Passes texts on, and moves a bar on standard error for each; the bar shows when the work takes over a second. Where
/// standard error is no terminal, a line says so now and then.
pub struct CountedEncoder {
    inner: Arc<dyn Encoder>,
    bar: ProgressBar,
    started: Instant,
    /// Seconds after the start when the next line is due.
    next_line: AtomicU64,
}

impl CountedEncoder {
    /// Wraps an encoder that is about to encode a knowledge base.
    pub fn over(inner: Arc<dyn Encoder>, knowledge: &KnowledgeBase) -> Self {
        Self::over_texts(inner, Snapshot::text_count(knowledge))
    }

    /// Wraps a second encoder that is about to encode one.
    pub fn over_second(inner: Arc<dyn Encoder>, knowledge: &KnowledgeBase) -> Self {
        Self::over_texts(inner, Snapshot::second_text_count(knowledge))
    }

    fn over_texts(inner: Arc<dyn Encoder>, count: usize) -> Self {
        let bar = count_bar("encoding", Some(count));
        bar.set_draw_target(ProgressDrawTarget::hidden());
        Self {
            inner,
            bar,
            started: Instant::now(),
            next_line: AtomicU64::new(QUICK.as_secs()),
        }
    }

    /// Says how far the work has come, to a reader who has no bar.
    fn tell(&self) {
        let passed = self.started.elapsed().as_secs();
        let due = self.next_line.load(Ordering::Relaxed);
        if passed < due {
            return;
        }
        let next = (passed * 2).max(LEAST_SECONDS_A_LINE);
        let is_first_here = self
            .next_line
            .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok();
        if is_first_here {
            let done = self.bar.position();
            // Sentences that only compare languages are read too, and not counted beforehand.
            let all = self.bar.length().unwrap_or_default().max(done);
            eprintln!(
                "mondo: reading the knowledge base, {done} of {all} texts; this is kept for the next time"
            );
        }
    }
}

const QUICK: Duration = Duration::from_secs(1);
/// Lines in a log come less often than a bar moves, and the rarer the longer the work takes.
const LEAST_SECONDS_A_LINE: u64 = 10;

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
        if !stderr().is_terminal() {
            self.tell();
        } else if self.bar.is_hidden() && self.started.elapsed() > QUICK {
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
