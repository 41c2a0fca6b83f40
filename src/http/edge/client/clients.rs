//! Who is counted, and what they have left of what they may do.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicI64, Ordering};

use super::allowance::{Allowance, ClientLimits};
use super::places::{Place, Places};
use super::rates::{Rate, Rates};
use super::work::{self, TakenProofs};
use crate::http::edge::problem::ApiError;
use crate::time::Timestamp;

/// Whoever is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::http) enum Client {
    /// Everybody behind an address.
    Address(IpAddr),
    /// An account that the host vouches for, by its subject.
    Account(String),
    /// Whoever writes in a conversation, by its id or by the link to it.
    Conversation(String),
    /// A program, by the id of its key.
    Key(String),
}

impl Client {
    /// Counts an address; of the sixth version the network, since a household has all of it.
    pub(in crate::http) fn at(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            v4 => v4,
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Account(_) | Self::Conversation(_) => "visitor",
            Self::Key(_) => "key",
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::http) enum Act {
    /// A conversation is opened.
    Conversation,
    /// Something is asked, said, searched for or rated.
    Question,
    /// A person is wanted.
    Ticket,
    /// A file is sent.
    File,
    /// A kilobyte of a file is sent.
    Kilobyte,
    /// A phrase of an agent is checked.
    Phrase,
    /// Somebody tries to sign in.
    SignIn,
}

impl Act {
    fn rate(self, allowance: &Allowance) -> Option<Rate> {
        match self {
            Self::Conversation => Rate::per_hour(allowance.conversations_per_hour),
            Self::Question => Rate::per_minute(allowance.questions_per_minute),
            Self::Ticket => Rate::per_hour(allowance.tickets_per_hour),
            Self::File => Rate::per_hour(allowance.files_per_hour),
            Self::Kilobyte => Rate::per_hour(allowance.megabytes_per_hour.saturating_mul(1_024)),
            Self::Phrase => Rate::per_minute(allowance.phrases_per_minute),
            Self::SignIn => Rate::per_minute(allowance.sign_ins_per_minute),
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Self::Conversation => "conversations_per_hour",
            Self::Question => "questions_per_minute",
            Self::Ticket => "tickets_per_hour",
            Self::File => "files_per_hour",
            Self::Kilobyte => "megabytes_per_hour",
            Self::Phrase => "phrases_per_minute",
            Self::SignIn => "sign_ins_per_minute",
        }
    }
}

/// What every client did lately and has open now.
#[derive(Default)]
pub(in crate::http) struct Clients {
    limits: ClientLimits,
    rates: Rates,
    streams: Places<Client>,
    uploads: Places<Client>,
    proofs: TakenProofs,
    /// When the log last said that many are refused; it is the log of this process.
    warned: AtomicI64,
}

/// Places of one live stream, one for each client it counts for.
pub(in crate::http) type ClientPlaces = Vec<ClientPlace>;

/// A place of one client, given back when it is dropped.
pub(in crate::http) type ClientPlace = Place<Client>;

/// Files that may be on their way from one address at once: slow ones must not keep everybody else from sending.
const UPLOADS_OF_ONE: u32 = 4;

const HOUR_MS: i64 = 3_600_000;

impl Clients {
    /// Counts against these limits.
    pub(in crate::http) fn new(limits: ClientLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Counts an act of each of the clients, or refuses it where one of them has done it too often.
    pub(in crate::http) fn count(
        &self,
        clients: &[Client],
        act: Act,
        amount: u32,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        for client in clients {
            let Some(rate) = act.rate(self.allowance(client)) else {
                continue;
            };
            let taken = self.rates.take((act, client), amount, rate, now);
            taken.map_err(|wait| {
                self.warn_of_silent_proxy(client, now);
                let setting = format!("http.limits.{}.{}", client.name(), act.setting());
                ApiError::too_often(wait.0, &setting)
            })?;
        }
        Ok(())
    }

    /// Takes a place among the live streams of each of the clients.
    pub(in crate::http) fn take_stream_places(
        &self,
        clients: &[Client],
    ) -> Result<ClientPlaces, ApiError> {
        let mut places = Vec::new();
        for client in clients {
            let most = self.allowance(client).streams;
            if most == 0 {
                continue;
            }
            let place = self.streams.take(client.clone(), most);
            places.push(place.ok_or_else(|| {
                let setting = format!("http.limits.{}.streams", client.name());
                ApiError::too_often(STREAM_WAIT_SECONDS, &setting)
            })?);
        }
        Ok(places)
    }

    /// Takes a place among the files that are on their way from an address; nothing when it has them all.
    pub(in crate::http) fn take_upload_place(&self, address: IpAddr) -> Option<ClientPlace> {
        self.uploads.take(Client::at(address), UPLOADS_OF_ONE)
    }

    /// Refuses strangers beyond what is served to all of them without work, unless one shows some.
    pub(in crate::http) fn demand_work(
        &self,
        clients: &[Client],
        proof: Option<&str>,
        key: impl FnOnce() -> [u8; 32],
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let demand = self.limits.proof_of_work;
        let Some(free) = Rate::per_minute(demand.above_per_minute) else {
            return Ok(());
        };
        let are_strangers = clients
            .iter()
            .all(|client| matches!(client, Client::Address(_) | Client::Conversation(_)));
        if clients.is_empty() || !are_strangers {
            return Ok(());
        }
        let key = key();
        if proof.is_some_and(|proof| self.proofs.take(&key, proof, now))
            || self.rates.take("all strangers", 1, free, now).is_ok()
        {
            return Ok(());
        }
        let challenge = work::challenge(&key, demand.digests, now);
        Err(ApiError::work_needed(challenge))
    }

    fn allowance(&self, client: &Client) -> &Allowance {
        match client {
            Client::Address(_) => &self.limits.address,
            Client::Account(_) | Client::Conversation(_) => &self.limits.visitor,
            Client::Key(_) => &self.limits.key,
        }
    }

    /// A proxy that names no clients makes one of all of them, and they would be held back together.
    fn warn_of_silent_proxy(&self, client: &Client, now: Timestamp) {
        let Client::Address(address) = client else {
            return;
        };
        let is_inside = match address {
            IpAddr::V4(address) => address.is_loopback() || address.is_private(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        };
        let now = now.as_millis();
        let warned = self.warned.load(Ordering::Relaxed);
        if is_inside && now - warned > HOUR_MS {
            self.warned.store(now, Ordering::Relaxed);
            tracing::warn!(
                %address,
                "a client of this network was held back; if it is a proxy, let it send X-Forwarded-For and name it in http.trusted_proxies"
            );
        }
    }
}

/// When somebody with too many streams may look again whether one has ended.
const STREAM_WAIT_SECONDS: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_client_and_its_neighbours_are_others() {
        let at = |text: &str| Client::at(text.parse().expect("an address"));
        assert_eq!(at("2001:db8:1:2::3"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::3"), at("2001:db8:1:3::3"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[test]
    fn a_client_is_held_back_alone_and_in_one_thing() {
        let mut limits = ClientLimits::none();
        limits.address.tickets_per_hour = 2;
        limits.address.streams = 1;
        let clients = Clients::new(limits);
        let now = Timestamp::from_millis(1_790_000_000_000);
        let ann = [Client::at("192.0.2.1".parse().expect("an address"))];
        let bob = [Client::at("192.0.2.2".parse().expect("an address"))];
        for _ in 0..2 {
            clients.count(&ann, Act::Ticket, 1, now).expect("within it");
        }
        clients
            .count(&ann, Act::Ticket, 1, now)
            .expect_err("one too many");
        clients
            .count(&ann, Act::Question, 1, now)
            .expect("no limit");
        clients
            .count(&bob, Act::Ticket, 1, now)
            .expect("another client");
        let place = clients.take_stream_places(&ann).expect("the first");
        clients.take_stream_places(&ann).expect_err("the second");
        clients.take_stream_places(&bob).expect("another client");
        drop(place);
        clients.take_stream_places(&ann).expect("it was given back");
    }

    #[test]
    fn one_address_sends_but_so_many_files_at_once() {
        let clients = Clients::default();
        let here = "203.0.113.1".parse().expect("an address");
        let elsewhere = "203.0.113.2".parse().expect("an address");
        let mut places: Vec<_> = (0..UPLOADS_OF_ONE)
            .map(|_| clients.take_upload_place(here).expect("one of its own"))
            .collect();
        assert!(clients.take_upload_place(here).is_none());
        assert!(clients.take_upload_place(elsewhere).is_some());
        places.pop();
        assert!(clients.take_upload_place(here).is_some());
    }
}
