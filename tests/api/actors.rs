//! A fictional tea shop that runs mondo, and its visitors.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use mondo::desk::{Desk, DeskSettings, Mailer};
use mondo::encoder::{Encoder, ModelFolder, StaticEncoder};
use mondo::http::router;
use mondo::http::{AppState, HttpSettings};
use mondo::identity::{IdentitySettings, Keyring};
use mondo::knowledge::load_folder_to_fill;
use mondo::language::Detector;
use mondo::pipeline::{Engine, Fusion, Routing, Snapshot, Thresholds};
use mondo::schedule::ServiceHours;
use mondo::store::{FileSettings, Store};
use mondo::time::Timestamp;

/// 2026-11-22T00:00:00Z.
pub const OPENING: i64 = 1_795_305_600_000;

/// The shop: a server on a database of its own.
pub struct Shop {
    pub app: AppState,
    pub store: Store,
    pub engine: Arc<Engine>,
    pub folder: TempDir,
    /// What the clock of the shop shows next.
    pub moment: Arc<AtomicI64>,
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_with(shop_settings()).await
    }

    pub async fn open_with(settings: HttpSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store_on(folder.path()).await;
        let desk = Desk::new(engine(), store.clone(), DeskSettings::default());
        Self::over(folder, store, engine(), app_with(desk, settings))
    }

    pub async fn open_with_files(files: FileSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store_on(folder.path()).await.with_files(files).unwrap();
        Self::open_over(folder, store, |desk| desk)
    }

    /// Open in these hours only.
    pub async fn open_in_hours(written: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hours: ServiceHours = toml::from_str(written).unwrap();
        let store = store_on(folder.path())
            .await
            .with_hours(hours.hours().unwrap());
        Self::open_over(folder, store, |desk| desk)
    }

    /// With a mail server.
    pub async fn open_with_mailer(mailer: Option<Mailer>) -> Self {
        Self::open_on(tempfile::tempdir().unwrap(), mailer).await
    }

    pub async fn open_on(folder: TempDir, mailer: Option<Mailer>) -> Self {
        let store = store_on(folder.path()).await;
        let desk = Desk::new(engine(), store.clone(), DeskSettings::default());
        let desk = desk.with_mailer(mailer).await.unwrap();
        let app = app_with(desk, shop_settings());
        Self::over(folder, store, engine(), app)
    }

    /// A shop whose desk differs from others.
    pub async fn open_changed(change: impl FnOnce(Desk) -> Desk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store_on(folder.path()).await;
        Self::open_over(folder, store, change)
    }

    /// A shop with settings of its own, whose desk differs from others.
    pub async fn open_as(settings: HttpSettings, change: impl FnOnce(Desk) -> Desk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store_on(folder.path()).await;
        let desk = Desk::new(engine(), store.clone(), DeskSettings::default());
        Self::over(folder, store, engine(), app_with(change(desk), settings))
    }

    /// A shop with an engine of its own.
    pub async fn open_asking(engine: Arc<Engine>, change: impl FnOnce(Desk) -> Desk) -> Self {
        Self::open_at("", engine, change).await
    }

    /// A shop that the internet reaches at an address.
    pub async fn open_at(
        address: &str,
        engine: Arc<Engine>,
        change: impl FnOnce(Desk) -> Desk,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store_on(folder.path()).await;
        let desk = Desk::new(Arc::clone(&engine), store.clone(), DeskSettings::default());
        let mut settings = shop_settings();
        settings.site.address = address.to_owned();
        Self::over(folder, store, engine, app_with(change(desk), settings))
    }

    /// A shop that believes tokens.
    pub async fn open_believing(settings: IdentitySettings) -> Self {
        let mut shop = Self::open().await;
        shop.app = shop.app.with_keyring(Keyring::new(&settings).unwrap());
        shop
    }

    /// A shop with another knowledge base, that believes tokens.
    pub async fn open_knowing(base: &Path, settings: IdentitySettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store_on(folder.path()).await;
        let engine = engine_over(base);
        let desk = Desk::new(Arc::clone(&engine), store.clone(), DeskSettings::default());
        let app = app_with(desk, shop_settings());
        let app = Clocked {
            app: app.app.with_keyring(Keyring::new(&settings).unwrap()),
            ..app
        };
        Self::over(folder, store, engine, app)
    }

    /// Stops, and starts again on the same data folder.
    pub async fn reopen(self) -> Self {
        let Self {
            app, store, folder, ..
        } = self;
        drop((app, store));
        let store = store_on(folder.path()).await;
        Self::open_over(folder, store, |desk| desk)
    }

    /// A shop over a store, whose desk differs from others.
    pub fn open_over(folder: TempDir, store: Store, change: impl FnOnce(Desk) -> Desk) -> Self {
        let desk = Desk::new(engine(), store.clone(), DeskSettings::default());
        let app = app_with(change(desk), shop_settings());
        Self::over(folder, store, engine(), app)
    }

    fn over(folder: TempDir, store: Store, engine: Arc<Engine>, clocked: Clocked) -> Self {
        let Clocked { app, moment } = clocked;
        Self {
            app,
            store,
            engine,
            folder,
            moment,
        }
    }

    /// Sets what the clock shows next.
    pub fn set_clock(&self, moment: Timestamp) {
        self.moment.store(moment.as_millis(), Ordering::Relaxed);
    }

    pub fn router(&self) -> Router {
        router(self.app.clone())
    }

    /// Whoever asks where operators do.
    pub fn operator(&self) -> Visitor {
        Visitor {
            router: mondo::http::operations(self.app.clone()),
            ..self.visitor("en")
        }
    }

    /// A visitor whose browser asks for these languages.
    pub fn visitor(&self, languages: &str) -> Visitor {
        Visitor {
            router: self.router(),
            languages: languages.to_owned(),
            conversation: String::new(),
            secret: None,
            token: None,
            address: None,
        }
    }
}

/// A store in a folder.
pub async fn store_on(folder: &Path) -> Store {
    crate::database::store_in(folder, Timestamp::from_millis(OPENING)).await
}

/// A server whose clock a test may set; it goes on by a millisecond with each look.
struct Clocked {
    app: AppState,
    moment: Arc<AtomicI64>,
}

fn app_with(desk: Desk, settings: HttpSettings) -> Clocked {
    let moment = Arc::new(AtomicI64::new(OPENING));
    let shown = Arc::clone(&moment);
    let clock = Arc::new(move || Timestamp::from_millis(shown.fetch_add(1, Ordering::Relaxed)));
    let app = AppState::new(Arc::new(desk), settings, clock);
    Clocked { app, moment }
}

/// What the shop calls itself, and how it is really reached.
pub fn shop_settings() -> HttpSettings {
    let mut settings = HttpSettings::default();
    settings.site.name = "Leaf & Pot".to_owned();
    settings.channels.domains = vec!["tea.example".to_owned()];
    settings.channels.mails = vec!["@tea.example".to_owned()];
    settings
}

/// One engine for all tests: it holds nothing that a test could change.
pub fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge");
    Arc::clone(ENGINE.get_or_init(|| engine_over(&folder)))
}

/// An engine over a knowledge folder.
pub fn engine_over(folder: &Path) -> Arc<Engine> {
    engine_of(folder, thresholds())
}

/// An engine of its own, as sure as a test wants it.
pub fn engine_with(thresholds: Thresholds) -> Arc<Engine> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge");
    engine_of(&folder, thresholds)
}

/// An engine over a knowledge folder, as sure as a test wants it.
pub fn engine_of(folder: &Path, thresholds: Thresholds) -> Arc<Engine> {
    let loaded = load_folder_to_fill(folder).unwrap();
    let knowledge = loaded.into_served().unwrap();
    let encoder: Arc<dyn Encoder> =
        Arc::new(StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap());
    let snapshot = Snapshot::build(knowledge, encoder.as_ref()).unwrap();
    Arc::new(Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().unwrap(),
        snapshot,
        thresholds,
        Routing::default(),
    ))
}

/// Low ones: these tests are about the API, the thresholds of a shop with eight articles are nobody's concern.
fn thresholds() -> Thresholds {
    let mut thresholds = Thresholds::default();
    for answer in [
        &mut thresholds.answer.en,
        &mut thresholds.answer.zh,
        &mut thresholds.answer.ja,
        &mut thresholds.answer.ko,
    ] {
        *answer = 0.2;
    }
    thresholds.clarify = 0.02;
    thresholds.option_share = 0.0;
    thresholds
}

/// Somebody with a browser.
pub struct Visitor {
    router: Router,
    languages: String,
    pub conversation: String,
    /// What opens the conversation of an anonymous visitor.
    pub secret: Option<String>,
    /// What the host says of the visitor.
    pub token: Option<String>,
    /// Where the visitor's connection comes from, as a proxy tells.
    pub address: Option<String>,
}

impl Visitor {
    /// The same visitor on a connection of another address.
    pub fn at(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    /// Asks one question outside a conversation and gets a reply.
    pub async fn asks(&self, text: &str) -> Value {
        self.posts("/v1/ask", json!({ "text": text }))
            .await
            .expect(StatusCode::OK)
    }

    /// Opens a conversation.
    pub async fn opens(&mut self) -> Value {
        self.opens_by(json!({})).await
    }

    /// Opens a conversation on a page of a locale.
    pub async fn opens_on(&mut self, page: &str) -> Value {
        self.opens_by(json!({ "page": page })).await
    }

    /// Opens a conversation at a place of the web, such as `widget`.
    pub async fn opens_at(&mut self, surface: &str) -> Value {
        self.opens_by(json!({ "surface": surface })).await
    }

    async fn opens_by(&mut self, body: Value) -> Value {
        let opened = self
            .posts("/v1/conversations", body)
            .await
            .expect(StatusCode::CREATED);
        self.conversation = opened["id"].as_str().unwrap().to_owned();
        self.secret = opened["visitor_secret"].as_str().map(str::to_owned);
        opened
    }

    /// Says something in the conversation.
    pub async fn says(&self, text: &str) -> Value {
        self.posts(&self.path("messages"), json!({ "text": text }))
            .await
            .expect(StatusCode::OK)
    }

    /// Says something under an idempotency key.
    pub async fn says_once(&self, key: &str, text: &str) -> Told {
        let body = json!({ "text": text }).to_string();
        let request = self
            .request("POST", &self.path("messages"))
            .header("idempotency-key", key);
        self.sends(request.body(body.into()).unwrap()).await
    }

    /// Picks an option.
    pub async fn chooses(&self, article: &str) -> Told {
        self.posts(&self.path("messages"), json!({ "article": article }))
            .await
    }

    /// Asks for a person.
    pub async fn wants_a_person(&self, reason: &str) -> Value {
        self.posts(&self.path("escalate"), json!({ "reason": reason }))
            .await
            .expect(StatusCode::OK)
    }

    /// Rates a message.
    pub async fn rates(&self, message: &Value, rating: &str) -> Told {
        let path = format!(
            "{}/{}/feedback",
            self.path("messages"),
            message["id"].as_str().unwrap()
        );
        self.posts(&path, json!({ "rating": rating })).await
    }

    /// Reads the conversation whole.
    pub async fn rereads(&self) -> Value {
        self.gets(&format!("/v1/conversations/{}", self.conversation))
            .await
            .expect(StatusCode::OK)
    }

    /// Attaches a file.
    pub async fn attaches(&self, name: &str, content: &[u8]) -> Told {
        self.posts_bytes(
            &self.path(&format!("attachments?name={}", encoded(name))),
            content.to_vec(),
        )
        .await
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/conversations/{}/{rest}", self.conversation)
    }

    pub async fn gets(&self, path: &str) -> Told {
        self.sends(self.request("GET", path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn posts(&self, path: &str, body: Value) -> Told {
        self.posts_bytes(path, body.to_string().into_bytes()).await
    }

    pub async fn posts_bytes(&self, path: &str, body: Vec<u8>) -> Told {
        self.sends(self.request("POST", path).body(body.into()).unwrap())
            .await
    }

    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept-language", &self.languages)
            .header("content-type", "application/json");
        if let Some(secret) = &self.secret {
            request = request.header("mondo-visitor", secret);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(address) = &self.address {
            request = request.header("x-forwarded-for", address);
        }
        request
    }

    pub async fn sends(&self, request: Request<Body>) -> Told {
        Told::read(self.connects(request).await).await
    }

    /// Sends a request and leaves the body of the reply unread.
    pub async fn connects(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }
}

/// Writes a text for the query of an address.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The smallest picture that has a beginning and an end.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    content.extend(width.to_be_bytes());
    content.extend(height.to_be_bytes());
    content.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    content.extend(b"\0\0\0\0IEND\xaeB`\x82");
    content
}

/// A reply as it came over the wire.
pub struct Told {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Told {
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Self {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body, once the status is the expected one.
    #[track_caller]
    pub fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The problem, once status and kind are the expected ones.
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:mondo:problem:{kind}"));
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        for part in ["title", "detail", "message"] {
            assert!(
                !problem[part].as_str().unwrap().is_empty(),
                "{part}: {problem}"
            );
        }
        problem
    }
}
