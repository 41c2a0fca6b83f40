//! Serves edits of the knowledge base as they are saved; a broken edit is reported and the old text stays.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::Context;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use mondo::bus::{Bus, News};

/// Quiet time after which a burst of changes counts as over: editors and git write many files in a row.
const QUIET: Duration = Duration::from_millis(300);

/// Watches until it is dropped.
pub struct Watching {
    _watcher: RecommendedWatcher,
}

/// Begins to watch a knowledge folder, and announces that it has changed.
pub fn start(kb: &Path, bus: Bus) -> anyhow::Result<Watching> {
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // Reading the folder makes events of its own, which must not start the next reading.
        if event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_))) {
            // The receiver is gone only when the server stops.
            let _ = sender.send(());
        }
    })
    .context("could not watch files; start without --watch")?;
    watcher
        .watch(kb, RecursiveMode::Recursive)
        .with_context(|| format!("could not watch {}; start without --watch", kb.display()))?;
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || follow(&changes, &bus))
        .context("could not start the watching thread")?;
    Ok(Watching { _watcher: watcher })
}

fn follow(changes: &Receiver<()>, bus: &Bus) {
    while changes.recv().is_ok() {
        loop {
            match changes.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        bus.announce(News::Knowledge);
    }
}
