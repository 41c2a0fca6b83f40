//! The keys of status links, in a file of the data folder that only its owner reads.

use std::io::Write as _;
use std::path::Path;

use super::OpenError;
use crate::conversation::LinkKeys;
use crate::staff::SecretToken;

/// One key a line, the newest first. To rotate, put a new line before the others; to void old links, take theirs away.
const FILE: &str = "link.keys";

/// Reads the keys; makes the first one when there is none.
pub(super) fn load(data: &Path) -> Result<LinkKeys, OpenError> {
    let path = data.join(FILE);
    let unusable = |source| OpenError::Folder {
        folder: data.to_owned(),
        source,
    };
    if !path.exists() {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(unusable)?;
        writeln!(file, "{}", SecretToken::generate().reveal())
            .and_then(|()| file.sync_all())
            .map_err(unusable)?;
    }
    let text = std::fs::read_to_string(&path).map_err(unusable)?;
    LinkKeys::parse(&text).map_err(|source| OpenError::LinkKeys { path, source })
}
