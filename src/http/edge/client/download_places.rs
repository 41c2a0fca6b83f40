//! Places among the files that are being sent: a bounded number of one address and of everybody. Whoever wants more waits, and
//! keeps only a connection meanwhile; a page may show dozens of pictures.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::clients::Client;

/// Files on their way to one address at once.
const DOWNLOADS_OF_ONE: usize = 4;

/// Files on their way at once, each of which is held in memory whole.
const MAX_DOWNLOADS: usize = 32;

/// The places of all the files; of this process alone, whose memory is what they bound.
#[derive(Debug)]
pub(in crate::http) struct DownloadPlaces {
    of_all: Arc<Semaphore>,
    of_each: Mutex<HashMap<Client, Arc<Semaphore>>>,
}

/// A place among the files on their way, given back when it is dropped.
#[derive(Debug)]
pub(in crate::http) struct DownloadPlace {
    _of_client: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

impl Default for DownloadPlaces {
    fn default() -> Self {
        Self {
            of_all: Arc::new(Semaphore::new(MAX_DOWNLOADS)),
            of_each: Mutex::default(),
        }
    }
}

impl DownloadPlaces {
    /// Waits for a place: first for one of the address, so that nobody has more than a few turns before everybody else.
    pub(in crate::http) async fn take(&self, address: Option<IpAddr>) -> DownloadPlace {
        let of_client = match address {
            Some(address) => Some(permit(self.of(Client::at(address))).await),
            None => None,
        };
        DownloadPlace {
            _of_client: of_client,
            _of_all: permit(Arc::clone(&self.of_all)).await,
        }
    }

    fn of(&self, client: Client) -> Arc<Semaphore> {
        let mut of_each = self.of_each.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has a place or waits for one has a copy too.
        of_each.retain(|_, places| Arc::strong_count(places) > 1);
        let places = of_each
            .entry(client)
            .or_insert_with(|| Arc::new(Semaphore::new(DOWNLOADS_OF_ONE)));
        Arc::clone(places)
    }
}

async fn permit(places: Arc<Semaphore>) -> OwnedSemaphorePermit {
    let permit = places.acquire_owned().await;
    permit.expect("the places are never closed")
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn at(address: &str) -> Option<IpAddr> {
        Some(address.parse().expect("an address"))
    }

    #[tokio::test]
    async fn one_address_waits_alone_and_is_forgotten() {
        let downloads = DownloadPlaces::default();
        let (here, elsewhere) = (at("203.0.113.1"), at("203.0.113.2"));
        let mut places = Vec::new();
        for _ in 0..DOWNLOADS_OF_ONE {
            places.push(downloads.take(here).await);
        }
        let mut next = Box::pin(downloads.take(here));
        assert!(next.as_mut().now_or_never().is_none(), "it waits");
        downloads.take(elsewhere).await;
        places.pop();
        drop((next.await, places));
        downloads.take(elsewhere).await;
        let of_each = downloads.of_each.lock().expect("no panic");
        assert_eq!(of_each.len(), 1, "nobody but the last is known");
    }
}
