//! Finds the line of a file that a fault is about.

use std::path::{Path, PathBuf};

use crate::knowledge::Article;

/// The files of a knowledge folder, opened when a fault needs its line.
pub(super) struct Sources<'a> {
    root: &'a Path,
}

impl<'a> Sources<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root }
    }

    /// Line, counted from 1, of the first line at or after `from` that holds `needle`.
    ///
    /// `None` when there is none, for instance because the text is escaped in the file; a fault without a line is still
    /// a fault.
    pub(super) fn line_with(&self, path: &Path, from: usize, needle: &str) -> Option<usize> {
        self.find(path, from, |line| line.contains(needle))
    }

    /// Line on which a key of the front matter or of `article.toml` is set.
    pub(super) fn line_of_key(&self, path: &Path, key: &str) -> Option<usize> {
        self.find(path, 1, |line| {
            line.trim_start()
                .strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        })
    }

    /// Tells whether a file exists, its path given relative to the knowledge folder.
    pub(super) fn has_file(&self, path: &Path) -> bool {
        self.root.join(path).is_file()
    }

    fn find(&self, path: &Path, from: usize, matches: impl Fn(&str) -> bool) -> Option<usize> {
        let text = std::fs::read_to_string(self.root.join(path)).ok()?;
        text.lines()
            .enumerate()
            .skip(from.saturating_sub(1))
            .find(|(_, line)| matches(line))
            .map(|(number, _)| number + 1)
    }
}

/// The folder of an article, relative to the knowledge folder.
pub(super) fn folder_of(article: &Article) -> PathBuf {
    article
        .translations
        .values()
        .find_map(|translation| translation.path.parent())
        .map_or_else(|| PathBuf::from(article.id.as_str()), Path::to_owned)
}

/// The `article.toml` of an article, relative to the knowledge folder.
pub(super) fn matter_of(article: &Article) -> PathBuf {
    folder_of(article).join("article.toml")
}
