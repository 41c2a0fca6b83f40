//! What was being written when the process ended without notice: files and folders beside articles that nobody reads.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::folder::Library;
use crate::time::Timestamp;

/// How old they are at least; another process on the folder may be writing younger ones.
const OLD_MS: i64 = 60 * 60 * 1_000;

/// Categories in the folder, articles in those.
const DEPTH: usize = 2;

impl Library {
    /// Removes what was left half written long ago, and counts it. Blocks.
    pub fn sweep(&self, now: Timestamp) -> io::Result<usize> {
        let mut found = Vec::new();
        collect(self.root(), DEPTH, now, &mut found)?;
        for path in &found {
            match path.is_dir() {
                true => std::fs::remove_dir_all(path)?,
                false => std::fs::remove_file(path)?,
            }
        }
        Ok(found.len())
    }
}

fn collect(
    folder: &Path,
    depth: usize,
    now: Timestamp,
    found: &mut Vec<PathBuf>,
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_old_leftover(&name, now) {
            found.push(entry.path());
        } else if depth > 0 && !name.starts_with('.') && entry.file_type()?.is_dir() {
            collect(&entry.path(), depth - 1, now, found)?;
        }
    }
    Ok(())
}

/// Tells by its name, which says when it was begun.
fn is_old_leftover(name: &str, now: Timestamp) -> bool {
    let id = name
        .strip_prefix(".mondo-")
        .and_then(|id| Uuid::try_parse(id).ok());
    let begun = id.and_then(|id| id.get_timestamp());
    begun.is_some_and(|begun| {
        let (seconds, _) = begun.to_unix();
        let begun = i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000);
        now.as_millis() - OLD_MS > begun
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_left_long_ago_is_removed() {
        let place = tempfile::tempdir().expect("a folder");
        let article = place.path().join("shop/tea");
        std::fs::create_dir_all(&article).expect("made");
        let now = Timestamp::from_millis(1_790_000_000_000);
        let name = |millis: i64| {
            let id = uuid::Builder::from_unix_timestamp_millis(millis.unsigned_abs(), &[7; 10]);
            format!(".mondo-{}", id.into_uuid())
        };
        let (old, young) = (now.as_millis() - OLD_MS - 1_000, now.as_millis() - 1_000);
        std::fs::write(article.join(name(old)), "half").expect("written");
        std::fs::create_dir(place.path().join("shop").join(name(old))).expect("made");
        for kept in [
            name(young),
            "en.md".to_owned(),
            ".mondo-import.json".to_owned(),
            ".mondo-x".to_owned(),
        ] {
            std::fs::write(article.join(kept), "whole").expect("written");
        }
        let library = Library::new(place.path().to_owned(), place.path());
        assert_eq!(library.sweep(now).expect("swept"), 2);
        assert_eq!(library.sweep(now).expect("swept"), 0);
        assert_eq!(std::fs::read_dir(&article).expect("read").count(), 4);
    }
}
