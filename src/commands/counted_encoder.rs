//! An encoder that shows how far it has come.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::encoder::{Encoder, WatchedEncoder};
use crate::knowledge::KnowledgeBase;
use crate::pipeline::Snapshot;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Wraps an encoder that is about to encode a knowledge base; see [`counted`].
pub fn counted_over(encoder: Arc<dyn Encoder>, knowledge: &KnowledgeBase) -> WatchedEncoder {
    counted(encoder, Snapshot::text_count(knowledge))
}

/// Wraps a second encoder that is about to encode one.
pub fn counted_over_second(encoder: Arc<dyn Encoder>, knowledge: &KnowledgeBase) -> WatchedEncoder {
    counted(encoder, Snapshot::second_text_count(knowledge))
}

/// Moves a bar on standard error for each text; the bar shows when the work takes over a second. Where standard error is no
/// terminal, a line says so now and then.
fn counted(encoder: Arc<dyn Encoder>, count: usize) -> WatchedEncoder {
    let bar = count_bar("encoding", Some(count));
    bar.set_draw_target(ProgressDrawTarget::hidden());
    let progress = Progress {
        bar,
        started: Instant::now(),
        next_line: AtomicU64::new(QUICK.as_secs()),
    };
    WatchedEncoder::new(encoder, move |_, texts, _| progress.advance(texts))
}

/// How far the reading has come.
struct Progress {
    bar: ProgressBar,
    started: Instant,
    /// Seconds after the start when the next line is due.
    next_line: AtomicU64,
}

impl Progress {
    fn advance(&self, texts: usize) {
        if !stderr().is_terminal() {
            self.tell();
        } else if self.bar.is_hidden() && self.started.elapsed() > QUICK {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(texts as u64);
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

impl Drop for Progress {
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
