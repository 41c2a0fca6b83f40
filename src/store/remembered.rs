//! What this process remembers of the database, so that it is not asked every time. All of it is local to the process.
//!
//! Surges are read anew once the bus has told of a change, and every few seconds, since their time runs out. Outlets are read anew once the bus has told
//! of a change; a change made by another process that shares no bus is noticed by the housekeeping.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::conversation::{Surge, Topic};
use crate::ids::EndpointId;
use crate::schedule::Hours;

/// The surges that are on, known to all clones of a store.
pub(in crate::store) type KnownSurges = Arc<watch::Sender<Vec<Surge>>>;

/// A place that wants to hear, as much of it as the writing of tellings needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Outlet {
    pub(in crate::store) id: EndpointId,
    /// A channel hears of its own conversations only, and never what the visitor has said there.
    pub(in crate::store) is_channel: bool,
    pub(in crate::store) topics: Vec<Topic>,
}

/// The active outlets, with the number of changes that the bus had told of before they were read.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct KnownOutlets(Arc<Mutex<Option<Counted>>>);

/// Outlets, and the count of changes they were read at.
type Counted = (u64, Arc<[Outlet]>);

impl KnownOutlets {
    /// Returns what was read, unless the bus has told of a change since.
    pub(in crate::store) fn as_of(&self, heard: u64) -> Option<Arc<[Outlet]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .as_ref()
            .filter(|(at, _)| *at == heard)
            .map(|(_, outlets)| Arc::clone(outlets))
    }

    /// Remembers what was read after the bus had told of so many changes.
    pub(in crate::store) fn remember(&self, heard: u64, outlets: Arc<[Outlet]>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Of two readings the one that began after more changes is the newer.
        if known.as_ref().is_none_or(|(at, _)| *at <= heard) {
            *known = Some((heard, outlets));
        }
    }
}

/// What a change to a conversation is made by, beside the change itself.
#[derive(Debug, Clone)]
pub(in crate::store) struct Rules {
    /// Opening hours and promises.
    pub(in crate::store) hours: Hours,
    /// Who wants to hear of it.
    pub(in crate::store) outlets: Arc<[Outlet]>,
}
