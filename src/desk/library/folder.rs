//! The knowledge folder as authors edit it: read, staged for a check, written in one step, and served.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::knowledge::{LoadError, content_hash, load_folder};
use crate::language::Language;
use crate::pipeline::{Engine, Snapshot, SnapshotError};

/// A knowledge folder that may be edited.
#[derive(Debug)]
pub struct Library {
    root: PathBuf,
    index: PathBuf,
    drafts: PathBuf,
    /// Tells the last edit of another node that the folder has.
    marker: PathBuf,
    /// Held between comparing a file and replacing it, so that of two authors one is told; local to the process, so only
    /// one may write into a folder.
    pub(in crate::desk) writing: tokio::sync::Mutex<()>,
    /// Held while the folder is read anew, so that two readings never build the same index.
    reading: Mutex<()>,
}

/// Why what lies in the folder is not served.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// It cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It cannot be made searchable.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

/// What reading the folder anew led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    /// It says what it said before.
    Unchanged,
    /// What it says now is served.
    Swapped {
        /// Articles it holds.
        articles: usize,
    },
}

/// One file of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArticleFile {
    /// `article.toml`.
    Matter,
    /// The text in a language.
    Wording(Language),
}

impl ArticleFile {
    /// Returns its name in the folder of the article.
    pub fn name(self) -> String {
        match self {
            ArticleFile::Matter => "article.toml".to_owned(),
            ArticleFile::Wording(language) => format!("{}.md", language.code()),
        }
    }

    /// Reads a name; nothing for a file no article has.
    pub fn from_name(name: &str) -> Option<Self> {
        std::iter::once(Self::Matter)
            .chain(Language::ALL.map(Self::Wording))
            .find(|file| file.name() == name)
    }
}

/// A text with the name of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFile {
    /// What it says.
    pub text: String,
    /// Changes exactly when the text does.
    pub hash: String,
}

/// The files of one article.
pub type ArticleFiles = BTreeMap<ArticleFile, TextFile>;

/// A copy of the folder with edits in it, for a check; it is gone when this is dropped.
#[derive(Debug)]
pub struct Staged(PathBuf);

impl Staged {
    /// Where it lies.
    pub fn root(&self) -> &Path {
        &self.0
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way: each copy has a folder of its own.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Library {
    /// Names the knowledge folder, and the data folder for the index and for copies that are checked.
    pub fn new(root: PathBuf, data: &Path) -> Self {
        Self {
            root,
            index: data.join("index"),
            drafts: data.join("drafts"),
            marker: data.join("knowledge.applied"),
            writing: tokio::sync::Mutex::default(),
            reading: Mutex::default(),
        }
    }

    /// Reads the folder and serves what it says. Slow, so not for async threads.
    pub fn reload(&self, engine: &Engine) -> Result<Reloaded, ReloadError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let knowledge = load_folder(&self.root)?.into_served()?;
        let articles = knowledge.articles.len();
        if knowledge.revision() == engine.snapshot().revision() {
            return Ok(Reloaded::Unchanged);
        }
        let snapshot = Snapshot::open_or_build(&self.index, knowledge, engine.encoder().as_ref())?;
        engine.replace_snapshot(snapshot)?;
        Ok(Reloaded::Swapped { articles })
    }

    /// Names the file that tells the last edit of another node that the folder has.
    pub(super) fn marker(&self) -> &Path {
        &self.marker
    }

    /// Returns the knowledge folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Tells whether this user may write here, by trying. Blocks.
    pub fn is_writable(&self) -> bool {
        let probe = self.root.join(format!(".mondo-{}", Uuid::now_v7()));
        let written = std::fs::write(&probe, b"").is_ok();
        written && std::fs::remove_file(&probe).is_ok()
    }

    /// Reads the files of an article whose folder is known. Blocks.
    pub fn files(&self, folder: &Path) -> io::Result<ArticleFiles> {
        let mut files = ArticleFiles::new();
        for file in
            std::iter::once(ArticleFile::Matter).chain(Language::ALL.map(ArticleFile::Wording))
        {
            match std::fs::read_to_string(self.root.join(folder).join(file.name())) {
                Ok(text) => {
                    let hash = content_hash(&text);
                    files.insert(file, TextFile { text, hash });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(files)
    }

    /// Copies the folder and puts a text in place of a file. Blocks.
    pub fn stage(&self, path: &Path, text: &str) -> io::Result<Staged> {
        let staged = Staged(self.drafts.join(Uuid::now_v7().to_string()));
        copy_folder(&self.root, &staged.0)?;
        let target = staged.0.join(path);
        // The copy may share its content with the original, which must not change.
        match std::fs::remove_file(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => std::fs::write(target, text)?,
        }
        Ok(staged)
    }

    /// Makes the folder of an article with everything in it, in one step; refuses where something lies already. Blocks.
    pub(in crate::desk) fn create(
        &self,
        folder: &Path,
        files: &[(ArticleFile, String)],
    ) -> io::Result<()> {
        let target = self.root.join(folder);
        let category = target.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(category)?;
        // Names that begin with a dot are not read, so nobody sees half of it.
        let beside = category.join(format!(".mondo-{}", Uuid::now_v7()));
        let made = fill_folder(&beside, files).and_then(|()| std::fs::rename(&beside, &target));
        if made.is_err() {
            // What cannot be removed is read by nobody.
            let _ = std::fs::remove_dir_all(&beside);
        }
        made?;
        #[cfg(unix)]
        std::fs::File::open(category)?.sync_all()?;
        Ok(())
    }

    /// Reads a file. Blocks.
    pub(in crate::desk) fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(self.root.join(path))
    }

    /// Writes a text beside a file, on disk before this returns. Blocks.
    pub(in crate::desk) fn prepare(&self, path: &Path, text: &str) -> io::Result<Prepared> {
        self.prepare_bytes(path, text.as_bytes())
    }

    /// Writes content beside a file, on disk before this returns. Blocks.
    pub(in crate::desk) fn prepare_bytes(
        &self,
        path: &Path,
        content: &[u8],
    ) -> io::Result<Prepared> {
        let target = self.root.join(path);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let beside = target.with_file_name(format!(".mondo-{}", Uuid::now_v7()));
        let prepared = Prepared { beside, target };
        let mut file = std::fs::File::create_new(&prepared.beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        if let Ok(existing) = std::fs::metadata(&prepared.target) {
            file.set_permissions(existing.permissions())?;
        }
        Ok(prepared)
    }
}

/// A text that lies beside the file it will replace; removed when it is dropped before.
#[derive(Debug)]
pub(in crate::desk) struct Prepared {
    beside: PathBuf,
    target: PathBuf,
}

impl Prepared {
    /// Replaces the file in one step. Blocks.
    pub(in crate::desk) fn put(self) -> io::Result<()> {
        std::fs::rename(&self.beside, &self.target)?;
        // The new name is on disk once the folder is.
        #[cfg(unix)]
        if let Some(folder) = self.target.parent() {
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // After `put` there is nothing to remove.
        let _ = std::fs::remove_file(&self.beside);
    }
}

fn fill_folder(folder: &Path, files: &[(ArticleFile, String)]) -> io::Result<()> {
    std::fs::create_dir(folder)?;
    for (file, text) in files {
        let mut file = std::fs::File::create_new(folder.join(file.name()))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let (from, to) = (entry.path(), to.join(name));
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else if std::fs::hard_link(&from, &to).is_err() {
            std::fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
