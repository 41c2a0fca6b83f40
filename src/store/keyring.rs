//! The keys of this process: the master keys, the keys that stay when visitors go, and those that were used lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use super::error::StoreError;
use crate::ids::ConversationId;
use crate::sealing::{
    DataKey, Digester, KeyId, MasterKeyId, MasterKeySource, MasterKeys, Missing, Unwrappable,
};

/// Most keys in each of the two generations that are remembered; a key takes about a hundred bytes.
const MAX_YOUNG: usize = 8_192;

/// The keys of this process; clones of a store share them.
pub(in crate::store) struct Keyring {
    source: MasterKeySource,
    masters: RwLock<Arc<MasterKeys>>,
    known: Mutex<Generations>,
    /// Makes the digests of words that are looked for.
    index: OnceLock<Arc<DataKey>>,
    /// The same for terms, of which a message has many.
    terms: OnceLock<Digester>,
    /// Seals what belongs to the installation: secrets of outlets, second factors, the key that signs the record.
    house: OnceLock<Arc<DataKey>>,
}

/// Keys that were used lately: what is not used while the young fill up once is forgotten.
#[derive(Default)]
struct Generations {
    young: HashMap<KeyId, Arc<DataKey>>,
    old: HashMap<KeyId, Arc<DataKey>>,
}

/// Which key each row under work names; true within one transaction.
#[derive(Default)]
pub(in crate::store) struct Held {
    pub(in crate::store) conversations: HashMap<ConversationId, Arc<DataKey>>,
    /// That of the day, which outlives transactions: nobody destroys it while the day is young.
    pub(in crate::store) day: Option<(String, Arc<DataKey>)>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Keyring(***)")
    }
}

impl Keyring {
    /// Begins with the master keys of a place.
    pub(in crate::store) fn new(source: MasterKeySource, masters: MasterKeys) -> Self {
        Self {
            source,
            masters: RwLock::new(Arc::new(masters)),
            known: Mutex::default(),
            index: OnceLock::new(),
            terms: OnceLock::new(),
            house: OnceLock::new(),
        }
    }

    /// Returns where the master keys are kept.
    pub(in crate::store) fn source(&self) -> &MasterKeySource {
        &self.source
    }

    /// Returns the master keys.
    pub(in crate::store) fn masters(&self) -> Arc<MasterKeys> {
        let masters = self.masters.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&masters)
    }

    /// Reads the master keys anew, as after a change of them by another process.
    pub(in crate::store) fn reload(&self) -> Result<(), StoreError> {
        let read = self
            .source
            .load(Missing::Refuse)
            .map_err(|error| StoreError::unreadable("master keys", error))?;
        self.take(read);
        Ok(())
    }

    /// Goes on with other master keys.
    pub(in crate::store) fn take(&self, masters: MasterKeys) {
        let mut held = self.masters.write().unwrap_or_else(PoisonError::into_inner);
        *held = Arc::new(masters);
    }

    /// Wraps a data key; returns the master key's name with it.
    pub(in crate::store) fn wrap(&self, key: &DataKey) -> (MasterKeyId, String) {
        let masters = self.masters();
        (masters.newest().id().clone(), masters.wrap(key))
    }

    /// Unwraps a data key and remembers it. A master key that is not known may have come since they were read.
    pub(in crate::store) fn unwrap(
        &self,
        id: KeyId,
        master: &MasterKeyId,
        wrapped: &str,
    ) -> Result<Arc<DataKey>, StoreError> {
        let unwrapped = match self.masters().unwrap(id, master, wrapped) {
            Err(Unwrappable::NoSuchMaster(_)) => {
                self.reload()?;
                self.masters().unwrap(id, master, wrapped)
            }
            other => other,
        };
        let key = unwrapped.map_err(|error| StoreError::unreadable("key", error))?;
        Ok(self.remember(key))
    }

    /// Remembers a key.
    pub(in crate::store) fn remember(&self, key: DataKey) -> Arc<DataKey> {
        let key = Arc::new(key);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(Arc::clone(&key));
        key
    }

    /// Returns a key that was used lately.
    pub(in crate::store) fn known(&self, id: &KeyId) -> Option<Arc<DataKey>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = known.young.get(id) {
            return Some(Arc::clone(key));
        }
        let key = known.old.get(id).cloned()?;
        known.insert(Arc::clone(&key));
        Some(key)
    }

    /// Forgets every key of visitors, such as after one was destroyed; those that are needed are read again.
    pub(in crate::store) fn forget_known(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Generations::default();
    }

    /// Sets the keys that stay; only the first time counts.
    pub(in crate::store) fn set_lasting(&self, index: Arc<DataKey>, house: Arc<DataKey>) {
        let _ = self.terms.set(index.digester("term"));
        let _ = self.index.set(index);
        let _ = self.house.set(house);
    }

    /// Returns the key of the installation.
    pub(in crate::store) fn house(&self) -> &Arc<DataKey> {
        self.house
            .get()
            .expect("set before anything is read, see opening")
    }

    /// Returns what stands for a term that is to be found again: 128 bits, which no term is guessed from.
    pub(in crate::store) fn term(&self, term: &str) -> String {
        let terms = self
            .terms
            .get()
            .expect("set before anything is read, see opening");
        hex::encode(&terms.digest(&[term.as_bytes()])[..16])
    }

    /// Returns what stands for the digest of a request.
    pub(in crate::store) fn fingerprint(&self, fingerprint: &str) -> String {
        format!("f1.{}", self.keyed("request", fingerprint))
    }

    /// Returns what stands for an account of the host.
    pub(in crate::store) fn account(&self, subject: &str) -> String {
        self.keyed("account", subject)
    }

    /// Returns what stands for the name by which a channel knows a conversation.
    pub(in crate::store) fn external(&self, name: &str) -> String {
        format!("x1.{}", self.keyed("channel", name))
    }

    /// Returns what stands for the name of a mail, or for the address it came from.
    pub(in crate::store) fn letter(&self, name: &str) -> String {
        format!("l1.{}", self.keyed("letter", name))
    }

    fn keyed(&self, purpose: &str, text: &str) -> String {
        let index = self
            .index
            .get()
            .expect("set before anything is read, see opening");
        hex::encode(index.digest(purpose, &[text.as_bytes()]))
    }
}

impl Generations {
    fn insert(&mut self, key: Arc<DataKey>) {
        if self.young.len() >= MAX_YOUNG {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key.id(), key);
    }
}
