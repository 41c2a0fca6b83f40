//! Folders that are nobody else's to look into.

use std::io;
use std::path::Path;

/// Makes a folder that its owner alone may enter; one that is there keeps the permissions it has.
pub(in crate::store) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
