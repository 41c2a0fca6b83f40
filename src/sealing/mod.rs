//! Sealing: what people said is kept under keys, and a key that is destroyed takes their words with it.
//!
//! Two layers. A [`DataKey`] belongs to one visitor, or to one anonymous conversation, and seals words, names and files
//! with XChaCha20-Poly1305; it is kept in the database, wrapped by a [`MasterKey`] that is not. Changing the master key
//! wraps the data keys anew and touches no words. Every sealed text names its key and begins with a version, so that text
//! from before sealing is told apart and a later form can stand beside this one. Pure but for the places master keys come
//! from; it must not know the database.

mod data_key;
mod key_id;
mod master_key;
mod sealed;
mod settings;
mod source;

pub use data_key::{DataKey, Digester, Unsealable};
pub use key_id::{InvalidKeyId, KeyId};
pub use master_key::{InvalidMasterKeys, MasterKey, MasterKeyId, MasterKeys, Unwrappable};
pub use sealed::{key_of_content, key_of_text};
pub use settings::SealingSettings;
pub use source::{MasterKeySource, Missing, SourceError};
