//! The keys of status links, in a file of the data folder that only its owner reads.

use std::io::Write as _;
use std::path::Path;

use crate::conversation::LinkKeys;
use crate::sealing::DataKey;
use crate::staff::SecretToken;
use crate::store::error::OpenError;
use crate::store::place::make_private_folder;

/// One key a line, the newest first. To rotate, put a new line before the others; to void old links, take theirs away.
const FILE: &str = "link.keys";

/// Returns the key to begin with where processes on one server must have the same: that of their house.
pub(in crate::store) fn of_house(house: &DataKey) -> String {
    hex::encode(house.digest("status links", &[]))
}

/// Returns the key to begin with where nobody else needs it.
pub(in crate::store) fn fresh() -> String {
    SecretToken::generate().reveal().to_owned()
}

/// Reads the keys; where there is none yet, the first one is kept.
pub(in crate::store) fn load(
    data: &Path,
    first: impl FnOnce() -> String,
) -> Result<LinkKeys, OpenError> {
    let path = data.join(FILE);
    let unusable = |source| OpenError::Folder {
        folder: data.to_owned(),
        source,
    };
    if !path.exists() {
        make_private_folder(data).map_err(unusable)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(unusable)?;
        writeln!(file, "{}", first())
            .and_then(|()| file.sync_all())
            .map_err(unusable)?;
    }
    let text = std::fs::read_to_string(&path).map_err(unusable)?;
    LinkKeys::parse(&text).map_err(|source| OpenError::LinkKeys { path, source })
}
