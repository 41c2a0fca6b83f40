//! Edits reach the other nodes: the store keeps each file before it is written, and nodes with folders of their own take it
//! over.

use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::LibraryDesk;
use super::folder::Library;
use crate::desk::error::DeskError;
use crate::store::{NewSharedFile, SharedFile, Store, StoreError, shared_hash};

/// A file that is about to take the place of another.
#[derive(Debug, Clone)]
pub(super) struct Replaced {
    /// Relative to the folder.
    pub(super) path: PathBuf,
    pub(super) before: Option<Vec<u8>>,
    pub(super) content: Vec<u8>,
}

/// What came of files that were edited at other nodes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TakenOver {
    /// Files written.
    pub(super) written: usize,
    /// Files that were changed in this folder as well, and stay.
    pub(super) left: Vec<String>,
}

/// Why what was edited elsewhere cannot be taken over.
#[derive(Debug, thiserror::Error)]
pub(super) enum TakingOverError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder cannot be written.
    #[error("the knowledge folder cannot be written: {0}")]
    Folder(#[from] io::Error),
}

impl LibraryDesk {
    /// Keeps files for other nodes, where there may be any, before they are written here.
    pub(super) async fn share(&self, files: Vec<Replaced>) -> Result<(), DeskError> {
        if !self.store.is_shared() {
            return Ok(());
        }
        let files = files
            .into_iter()
            .map(|file| NewSharedFile {
                path: with_slashes(&file.path),
                before: file.before,
                content: file.content,
            })
            .collect();
        match self.store.share_files(files).await? {
            true => Ok(()),
            false => Err(DeskError::EditedMeanwhile),
        }
    }
}

impl Library {
    /// Takes over what was edited at other nodes since this folder last did.
    pub(super) async fn take_over(
        self: &Arc<Self>,
        store: &Store,
    ) -> Result<TakenOver, TakingOverError> {
        if !store.is_shared() {
            return Ok(TakenOver::default());
        }
        let library = Arc::clone(self);
        let applied = tokio::task::spawn_blocking(move || library.applied()).await;
        let applied = applied.map_err(io::Error::from)??;
        let files = store.reader().shared_files(applied).await?;
        if files.is_empty() {
            return Ok(TakenOver::default());
        }
        // An author here waits, and is told that somebody was first.
        let _writing = self.writing.lock().await;
        let library = Arc::clone(self);
        let taken = tokio::task::spawn_blocking(move || library.write_shared(&files)).await;
        Ok(taken.map_err(io::Error::from)??)
    }

    /// Writes what was edited elsewhere, unless the file was changed here too. Blocks.
    fn write_shared(&self, files: &[SharedFile]) -> io::Result<TakenOver> {
        let mut taken = TakenOver::default();
        for file in files {
            let path = Path::new(&file.path);
            let lying = match self.read_bytes(path) {
                Ok(content) => Some(shared_hash(&content)),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
            if lying.as_ref() != Some(&file.hash) {
                match is_inside(path) && file.earlier.contains(&lying) {
                    true => {
                        self.prepare_bytes(path, &file.content)?.put()?;
                        taken.written += 1;
                    }
                    false => taken.left.push(file.path.clone()),
                }
            }
            self.set_applied(file.number)?;
        }
        Ok(taken)
    }

    /// Returns the number of the last edit that this folder has. Blocks.
    fn applied(&self) -> io::Result<i64> {
        match std::fs::read_to_string(self.marker()) {
            Ok(text) => text.trim().parse().map_err(|_| {
                let told = format!("{} holds no number; remove it", self.marker().display());
                io::Error::new(ErrorKind::InvalidData, told)
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn set_applied(&self, number: i64) -> io::Result<()> {
        let beside = self.marker().with_extension("new");
        std::fs::write(&beside, number.to_string())?;
        std::fs::rename(beside, self.marker())
    }
}

/// Whether a path leads nowhere but into the folder.
fn is_inside(path: &Path) -> bool {
    let mut parts = path.components();
    parts.all(|part| matches!(part, Component::Normal(_)))
}

fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn shared(number: i64, path: &str, content: &str, earlier: &[Option<&str>]) -> SharedFile {
        let hash = |text: &str| shared_hash(text.as_bytes());
        SharedFile {
            number,
            path: path.to_owned(),
            content: content.as_bytes().to_vec(),
            hash: hash(content),
            earlier: earlier
                .iter()
                .map(|text| text.map(hash))
                .collect::<HashSet<_>>(),
        }
    }

    #[test]
    fn what_was_edited_elsewhere_is_taken_over_unless_it_was_changed_here() {
        let place = tempfile::tempdir().unwrap();
        let (root, data) = (place.path().join("kb"), place.path().join("data"));
        std::fs::create_dir_all(root.join("fees")).unwrap();
        std::fs::create_dir_all(&data).unwrap();
        let library = Library::new(root.clone(), &data);
        let write = |path: &str, text: &str| std::fs::write(root.join(path), text).unwrap();
        let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
        write("fees/en.md", "old");
        write("fees/ko.md", "changed here");
        assert_eq!(library.applied().unwrap(), 0);
        let files = [
            shared(3, "fees/en.md", "new", &[Some("oldest"), Some("old")]),
            shared(4, "fees/ko.md", "neu", &[Some("old")]),
            shared(5, "more/new/en.md", "more", &[None]),
            shared(6, "fees/ja.md", "gone here", &[Some("old")]),
            shared(7, "../out.md", "out", &[None]),
        ];
        let taken = library.write_shared(&files).unwrap();
        assert_eq!(taken.written, 2);
        assert_eq!(taken.left, ["fees/ko.md", "fees/ja.md", "../out.md"]);
        assert_eq!(read("fees/en.md").as_deref(), Some("new"));
        assert_eq!(read("fees/ko.md").as_deref(), Some("changed here"));
        assert_eq!(read("more/new/en.md").as_deref(), Some("more"));
        assert_eq!((read("fees/ja.md"), read("../out.md")), (None, None));
        assert_eq!(library.applied().unwrap(), 7);
        assert_eq!(
            library.write_shared(&files[..1]).unwrap(),
            TakenOver::default()
        );
    }
}
