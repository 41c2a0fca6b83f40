//! One data folder, one server: a lock that the system takes back however the process ends.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::private_folder::make_private_folder;

/// Held as long as a server uses a data folder.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another server uses it.
    #[error(
        "{} is used by another mondo ({holder}); stop that one, or choose another folder with --data",
        folder.display()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// What the other one said of itself.
        holder: String,
    },
    /// The lock could not be made.
    #[error("could not lock the data folder {}: {source}; choose a writable one with --data", folder.display())]
    Unusable {
        /// The data folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

const FILE: &str = "mondo.lock";

impl FolderLock {
    /// Takes the lock and writes down who holds it, such as `process 4711 at 127.0.0.1:8090`.
    pub fn take(folder: &Path, holder: &str) -> Result<Self, LockError> {
        let unusable = |source| LockError::Unusable {
            folder: folder.to_owned(),
            source,
        };
        make_private_folder(folder).map_err(unusable)?;
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(folder.join(FILE)).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Whoever holds it may be about to write its name; it is in use all the same.
                let _ = file.read_to_string(&mut holder);
                return Err(LockError::InUse {
                    folder: folder.to_owned(),
                    holder: holder.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{holder}"))
            .map_err(unusable)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_was_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = FolderLock::take(folder.path(), "process 1 at port 8090").expect("free");
        let refused = FolderLock::take(folder.path(), "process 2").expect_err("taken");
        assert!(
            refused.to_string().contains("process 1 at port 8090"),
            "{refused}"
        );
        drop(first);
        FolderLock::take(folder.path(), "process 2").expect("free again");
    }
}
