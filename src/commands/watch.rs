//! Serves edits of the knowledge base as they are saved; a broken edit is reported and the old text stays.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use anyhow::Context;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::bus::{Bus, News};

/// Quiet time after which a burst of changes counts as over: editors and git write many files in a row.
const QUIET: Duration = Duration::from_millis(300);

/// How often it is looked whether the name of the folder leads to another one: a new version is often put in its place.
const LOOK: Duration = Duration::from_secs(3);

/// Watches until it is dropped.
pub struct Watching {
    _watcher: Arc<Mutex<RecommendedWatcher>>,
}

/// Begins to watch a knowledge folder, and announces that it has changed.
pub fn start(kb: &Path, bus: Bus) -> anyhow::Result<Watching> {
    start_looking(kb, bus, LOOK)
}

fn start_looking(kb: &Path, bus: Bus, look: Duration) -> anyhow::Result<Watching> {
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
    let watcher = Arc::new(Mutex::new(watcher));
    let following = Following {
        kb: kb.to_owned(),
        watched: identity(kb),
        watcher: Arc::downgrade(&watcher),
        bus,
    };
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || following.run(&changes, look))
        .context("could not start the watching thread")?;
    Ok(Watching { _watcher: watcher })
}

struct Following {
    kb: PathBuf,
    /// Which folder is watched; `None` while there is none.
    watched: Option<Identity>,
    watcher: Weak<Mutex<RecommendedWatcher>>,
    bus: Bus,
}

impl Following {
    fn run(mut self, changes: &Receiver<()>, look: Duration) {
        loop {
            let has_changed = match changes.recv_timeout(look) {
                Ok(()) => settle(changes),
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if self.follow_name() || (has_changed && self.watched.is_some()) {
                self.bus.announce(News::Knowledge);
            }
        }
    }

    /// Watches the folder that has the name by now; tells whether it is another one than before.
    fn follow_name(&mut self) -> bool {
        let found = identity(&self.kb);
        if found == self.watched {
            return false;
        }
        let kb = self.kb.display();
        if found.is_none() {
            tracing::warn!(%kb, "the knowledge folder is gone; what was read of it is served until it is back");
            self.watched = None;
            return false;
        }
        let Some(watcher) = self.watcher.upgrade() else {
            return false;
        };
        let mut watcher = watcher.lock().unwrap_or_else(PoisonError::into_inner);
        // The one that was watched may be gone, and with it the watch.
        let _ = watcher.unwatch(&self.kb);
        if let Err(error) = watcher.watch(&self.kb, RecursiveMode::Recursive) {
            tracing::warn!(%kb, %error, "the knowledge folder cannot be watched; it is tried again in a moment");
            return false;
        }
        tracing::info!(%kb, "another folder has the name of the knowledge folder; it is read anew");
        self.watched = found;
        true
    }
}

/// Waits until a burst of changes is over.
fn settle(changes: &Receiver<()>) -> bool {
    while changes.recv_timeout(QUIET).is_ok() {}
    true
}

/// What the system knows a folder by.
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(kb: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(kb).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Elsewhere a folder that is watched can be neither moved nor removed.
#[cfg(not(unix))]
fn identity(kb: &Path) -> Option<Identity> {
    kb.exists().then_some((0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::Subject;

    #[tokio::test]
    async fn another_folder_of_the_same_name_is_followed_too() {
        let place = tempfile::tempdir().unwrap();
        let (kb, away) = (place.path().join("kb"), place.path().join("away"));
        std::fs::create_dir(&kb).unwrap();
        let bus = Bus::default();
        let mut heard = bus.heard(Subject::Knowledge);
        let watching = start_looking(&kb, bus, Duration::from_millis(20)).unwrap();
        std::fs::write(kb.join("a.md"), "one").unwrap();
        heard.changed().await.unwrap();

        std::fs::rename(&kb, &away).unwrap();
        std::fs::create_dir(&kb).unwrap();
        heard.changed().await.unwrap();
        // Whatever the move itself made known has been heard by then.
        while tokio::time::timeout(Duration::from_millis(800), heard.changed())
            .await
            .is_ok()
        {}
        std::fs::write(kb.join("a.md"), "two").unwrap();
        heard.changed().await.unwrap();
        drop(watching);
    }
}
