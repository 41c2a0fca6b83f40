//! What each client has open at once: live streams, and files on their way.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// How many places each client has. Local to this process, since a place is a connection to it.
#[derive(Debug, Clone)]
pub(in crate::http) struct Places<C: Hash + Eq>(Arc<Mutex<HashMap<C, u32>>>);

/// A place of one client, given back when it is dropped.
#[derive(Debug)]
pub(in crate::http) struct Place<C: Hash + Eq> {
    places: Places<C>,
    client: C,
}

impl<C: Hash + Eq> Default for Places<C> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<C: Hash + Eq + Clone> Places<C> {
    /// Takes one of so many places; nothing when the client has them all.
    pub(in crate::http) fn take(&self, client: C, most: u32) -> Option<Place<C>> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(client.clone()).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Place {
            places: Self(Arc::clone(&self.0)),
            client,
        })
    }
}

impl<C: Hash + Eq> Drop for Place<C> {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back_and_forgotten() {
        let places = Places::default();
        let first = places.take("ann", 2).expect("the first");
        let second = places.take("ann", 2).expect("the second");
        assert!(places.take("ann", 2).is_none());
        let other = places.take("bob", 2).expect("somebody else");
        drop(first);
        drop(places.take("ann", 2).expect("one is back"));
        drop((second, other));
        assert!(places.0.lock().expect("no panic").is_empty());
    }
}
