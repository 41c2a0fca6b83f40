//! What every handler shares: the desk, the limits, the counters and the news that the server stops.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use tokio::sync::{Semaphore, watch};

use super::client::clients::Clients;
use super::client::download_places::DownloadPlaces;
use super::metrics::Metrics;
use super::settings::HttpSettings;
use crate::desk::{Desk, LibraryDesk, VisitorDesk, Workplace};
use crate::evaluation::ContractSettings;
use crate::identity::{IdentitySettings, Keyring};
use crate::insights::{Readings, TargetSettings};
use crate::time::Timestamp;

/// Tells the time; an argument, so that tests have their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Files taken at once, each of which is held in memory whole.
const MAX_UPLOADS: usize = 16;
/// Places of staff for each of visitors: who signs in keeps one while the password waits to be hashed, and those who guess
/// passwords must not take them all.
const PLACES_FOR_STAFF: usize = 8;

/// What every handler shares.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    desk: Arc<Desk>,
    settings: HttpSettings,
    clock: Clock,
    keyring: ArcSwap<Keyring>,
    contract: ContractSettings,
    targets: TargetSettings,
    sends_reports: bool,
    metrics: Metrics,
    in_flight: Arc<Semaphore>,
    staff_in_flight: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    download_places: DownloadPlaces,
    clients: Clients,
    closing: watch::Sender<bool>,
    shown_settings: OnceLock<Vec<ShownSetting>>,
    readings: Arc<Readings>,
}

/// A setting as those who run the installation read it; secrets are hidden before they come here.
#[derive(Debug, Clone)]
pub struct ShownSetting {
    /// Its name, such as `server.listen`.
    pub key: String,
    /// Its value as it would be written.
    pub value: String,
    /// Where the value came from.
    pub origin: String,
}

impl AppState {
    /// Joins a desk with limits and a clock.
    pub fn new(desk: Arc<Desk>, settings: HttpSettings, clock: Clock) -> Self {
        Self(Arc::new(Shared {
            desk,
            clock,
            keyring: ArcSwap::from_pointee(
                Keyring::new(&IdentitySettings::default())
                    .expect("who believes no token needs no key"),
            ),
            contract: ContractSettings::default(),
            targets: TargetSettings::default(),
            sends_reports: false,
            metrics: Metrics::new(),
            in_flight: Arc::new(Semaphore::new(settings.max_in_flight.get() as usize)),
            staff_in_flight: Arc::new(Semaphore::new(
                settings.max_in_flight.get() as usize * PLACES_FOR_STAFF,
            )),
            streams: Arc::new(Semaphore::new(settings.max_streams.get() as usize)),
            uploads: Arc::new(Semaphore::new(MAX_UPLOADS)),
            download_places: DownloadPlaces::default(),
            clients: Clients::new(settings.limits.clone()),
            closing: watch::channel(false).0,
            shown_settings: OnceLock::new(),
            readings: Arc::default(),
            settings,
        }))
    }

    /// Lets those who run the installation read its settings; only the first call counts.
    #[must_use]
    pub fn showing(self, settings: Vec<ShownSetting>) -> Self {
        self.0.shown_settings.get_or_init(|| settings);
        self
    }

    pub(in crate::http) fn shown_settings(&self) -> &[ShownSetting] {
        self.0.shown_settings.get().map_or(&[], Vec::as_slice)
    }

    /// Sets which tokens of hosts are believed; none otherwise.
    #[must_use]
    pub fn with_keyring(self, keyring: Keyring) -> Self {
        self.change_keyring(keyring);
        self
    }

    /// Believes other tokens of hosts from now on.
    pub fn change_keyring(&self, keyring: Keyring) {
        self.0.keyring.store(Arc::new(keyring));
    }

    /// Sets how many answers are right at least.
    #[must_use]
    pub fn with_contract(mut self, contract: ContractSettings) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("nobody shares a state that is being made");
        shared.contract = contract;
        self
    }

    /// Sets how much is to be answered and settled.
    #[must_use]
    pub fn with_targets(mut self, targets: TargetSettings) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("nobody shares a state that is being made");
        shared.targets = targets;
        self
    }

    /// Sets whether leads and admins are sent the report of each month.
    #[must_use]
    pub fn with_reports(mut self, sends: bool) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("nobody shares a state that is being made");
        shared.sends_reports = sends;
        self
    }

    /// Whether leads and admins are sent the report of each month.
    pub(in crate::http) fn sends_reports(&self) -> bool {
        self.0.sends_reports
    }

    /// How many answers are right at least.
    pub(in crate::http) fn contract(&self) -> &ContractSettings {
        &self.0.contract
    }

    /// How much is to be answered and settled.
    pub(in crate::http) fn targets(&self) -> &TargetSettings {
        &self.0.targets
    }

    /// Which tokens of hosts are believed.
    pub(in crate::http) fn keyring(&self) -> Arc<Keyring> {
        self.0.keyring.load_full()
    }

    /// Returns the desk that serves visitors.
    pub fn visitors(&self) -> &VisitorDesk {
        &self.0.desk.visitors
    }

    /// Returns the desk that serves staff and programs.
    pub fn workplace(&self) -> &Workplace {
        &self.0.desk.workplace
    }

    /// Returns the desk that serves authors.
    pub fn library(&self) -> &LibraryDesk {
        &self.0.desk.library
    }

    /// The limits.
    pub fn settings(&self) -> &HttpSettings {
        &self.0.settings
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Tells live streams to end.
    pub fn close_streams(&self) {
        self.0.closing.send_replace(true);
    }

    /// Waits until the server stops.
    pub(in crate::http) fn closing(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut receiver = self.0.closing.subscribe();
        async move {
            // An error means that the server is gone, which is the same news.
            let _ = receiver.wait_for(|closing| *closing).await;
        }
    }

    pub(in crate::http) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(in crate::http) fn in_flight(&self) -> &Arc<Semaphore> {
        &self.0.in_flight
    }

    pub(in crate::http) fn staff_in_flight(&self) -> &Arc<Semaphore> {
        &self.0.staff_in_flight
    }

    /// What each client did lately.
    pub(in crate::http) fn clients(&self) -> &Clients {
        &self.0.clients
    }

    /// What is known of the questions that gaps are found from.
    pub(in crate::http) fn readings(&self) -> &Arc<Readings> {
        &self.0.readings
    }

    pub(in crate::http) fn uploads(&self) -> &Arc<Semaphore> {
        &self.0.uploads
    }

    pub(in crate::http) fn download_places(&self) -> &DownloadPlaces {
        &self.0.download_places
    }

    pub(in crate::http) fn streams(&self) -> &Arc<Semaphore> {
        &self.0.streams
    }
}
