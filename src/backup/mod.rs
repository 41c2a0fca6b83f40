//! Backups: everything that a server cannot make again, copied while it serves, with a manifest that proves it whole.
//!
//! A backup is a folder: `manifest.json`, `data/` (the database as one file, the keys of links, attachments) and
//! `knowledge_base/`. The search index is left out; it is built from the articles. So are the master keys, unless they are
//! asked for: a backup without them tells a thief nothing that visitors said. It must not know HTTP or the desk.

mod archive;
mod damage;
mod error;
mod folder;
mod manifest;
mod restore;

pub use archive::{pack, unpack};
pub use damage::Damage;
pub use error::BackupError;
pub use folder::{BackupSource, make};
pub use manifest::{KeptFile, Manifest};
pub use restore::{Restored, restore};
