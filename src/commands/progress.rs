//! What commands that take long show meanwhile.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on stderr; it stays hidden when stderr is no terminal.
pub(super) fn progress_bar(name: &str, steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:24} {bar:30} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps as u64)
        .with_style(style)
        .with_message(name.to_owned())
}
