//! `mondo serve`: loads everything, says what is wrong if anything is, and serves until told to stop.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;

use crate::config::{Config, Effective, Overrides, Setting};
use crate::desk::{Desk, Library};
use crate::http::{AppState, Clock, ShownSetting};
use crate::identity::Keyring;
use crate::knowledge::{KnowledgeBase, load_folder_to_fill};
use crate::pipeline::{Engine, Snapshot};
use crate::relay::{MailboxSettings, Postman, ReadMailbox, Relay};
use crate::sso::Provider;
use crate::store::{FolderLock, Store, StoreSettings};
use crate::time::Timestamp;

use super::counted_encoder::counted_over;
use super::faults_at_start;
use super::log::{self, SetLevel};
use super::open_files;
use super::outgoing_mail::mailer_of;
use super::reload::{self, Reloading};
use super::thresholds_at_start::ThresholdsAtStart;
use super::traces;
use super::watch;
use super::workbench::{Workbench, index_folder};

/// Answers over HTTP, with a page to ask on.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Address and port to listen on [default: 127.0.0.1:8090]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Folder for the database and the index [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Serve edits of the knowledge base as soon as they are saved
    #[arg(long)]
    watch: bool,
    /// Begin with an empty database although the data folder has been used before
    #[arg(long)]
    new: bool,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ServeArgs {
    fn overrides(&self) -> anyhow::Result<Overrides> {
        let mut overrides = Overrides::default();
        if let Some(listen) = &self.listen {
            overrides.set("server.listen", "--listen", listen.as_str());
        }
        for (key, flag, folder) in [
            ("server.data", "--data", &self.data),
            ("server.kb", "--kb", &self.kb),
        ] {
            let Some(folder) = folder else { continue };
            let text = folder.to_str().with_context(|| {
                format!(
                    "{flag} {} is not UTF-8; rename the folder",
                    folder.display()
                )
            })?;
            overrides.set(key, flag, text);
        }
        if self.watch {
            overrides.set("server.watch", "--watch", true);
        }
        Ok(overrides)
    }
}

/// Runs the command.
pub fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let file = Config::file(args.config.as_deref());
    let overrides = args.overrides()?;
    let effective = Config::load(file.as_deref(), std::env::vars(), overrides.clone())?;
    let thresholds = ThresholdsAtStart::of(&effective.config, &effective.settings);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("could not start the threads of the server")?;
    let (layer, _traces) = traces::begin(&effective.config.traces, runtime.handle())?;
    let set_level = log::start(&effective.config.log, layer)?;
    let started = Started {
        file,
        overrides,
        effective,
        thresholds,
        set_level,
        starts_anew: args.new,
    };
    runtime.block_on(serve(started))?;
    Ok(ExitCode::SUCCESS)
}

/// What the server was started with.
struct Started {
    file: Option<PathBuf>,
    overrides: Overrides,
    effective: Effective,
    thresholds: ThresholdsAtStart,
    set_level: SetLevel,
    starts_anew: bool,
}

fn shown(setting: &Setting) -> ShownSetting {
    ShownSetting {
        key: setting.key.clone(),
        value: setting.value.to_string(),
        origin: setting.origin.to_string(),
    }
}

async fn serve(started: Started) -> anyhow::Result<()> {
    let config = started.effective.config.clone();
    let shown = started.effective.settings.iter().map(shown).collect();
    // From here on it ends nobody, whatever is still being loaded.
    #[cfg(unix)]
    let hangups = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
        .context("could not listen for SIGHUP")?;
    open_files::raise_limit();
    // What fails fast comes first: a port in use is told before an index is built.
    let listen = &config.server.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| unbound(listen, error))?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let operations = match config.http.operations.as_str() {
        "" => None,
        listen => Some(
            TcpListener::bind(listen)
                .await
                .map_err(|error| unbound(listen, error))
                .context("http.operations")?,
        ),
    };
    let holder = format!("process {} at {address}", std::process::id());
    let _lock = FolderLock::take(&config.server.data, &holder)?;
    if !started.starts_anew {
        refuse_lost_database(&config.server.data, &config.store).await?;
    }
    let clock: Clock = Arc::new(|| Timestamp::from(SystemTime::now()));
    let keyring = Keyring::new(&config.identity)?;
    let provider = Provider::new(&config.sso)?;
    if provider.is_some() && config.http.site.address.is_empty() {
        bail!(
            "sso.issuer is set, and http.site.address is empty; the provider must know where to send people back to"
        );
    }
    let hours = config.schedule.load()?;
    let store = Store::open_with(&config.server.data, &config.store, &config.sealing, clock())
        .await?
        .with_record(config.record)
        .with_hours(hours)
        .with_files(config.attachments.clone())?;
    let engine = {
        let config = config.clone();
        let today = clock().day();
        let loaded = tokio::task::spawn_blocking(move || {
            let engine = load_engine(&config)?;
            engine.warm(&today)?;
            anyhow::Ok(engine)
        });
        Arc::new(loaded.await.context("loading broke off")??)
    };
    let library = Arc::new(Library::new(config.server.kb.clone(), &config.server.data));
    match library.sweep(clock()) {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "half written files of an earlier run were removed"),
        // A folder that may only be read is served all the same.
        Err(error) => {
            tracing::warn!(%error, "half written files of an earlier run could not be removed")
        }
    }
    tokio::spawn(Arc::clone(&library).follow(Arc::clone(&engine), &store));
    let _watching = match config.server.watch {
        true => Some(watch::start(&config.server.kb, store.bus().clone())?),
        false => None,
    };
    let today = clock().day();
    prepare(&engine, started.thresholds, today);
    let (encoder, kb) = (Arc::clone(engine.encoder()), config.server.kb.clone());
    let pictures = config.http.site.pictures.clone();
    let articles = engine.snapshot().knowledge().articles.len();
    let site = &config.http.site;
    let mailbox = config.mailbox.read(!config.mail.smtp_url.is_empty())?;
    let mailer = mailer_of(&config)?;
    if mailer.is_some() && site.address.is_empty() {
        tracing::warn!(
            "mails have no links, because http.site.address is empty; without them nobody confirms an address, and each gets one mail"
        );
    }
    let desk = Desk::new(Arc::clone(&engine), store.clone(), config.desk)
        .with_library(Arc::clone(&library))
        .with_staff_settings(config.staff)
        .with_provider(provider)
        .with_drafter(config.drafter)
        .with_destinations(config.webhooks.destinations())
        .with_mailer(mailer)
        .await?
        .with_push(&config.push)
        .await?;
    let desk = Arc::new(desk);
    let relay = Relay::new(store.clone(), config.webhooks, &config.http.site.address)
        .with_letters(desk.workplace.letter_writer());
    let fetching = match mailbox {
        Some(mailbox) => fetch_letters(&desk, mailbox, config.mailbox, &clock).await?,
        None => None,
    };
    let (telling, clock_at_stop) = (Arc::clone(&clock), Arc::clone(&clock));
    let relaying = tokio::spawn(Arc::new(relay).run(move || telling()));
    let app = AppState::new(desk, config.http, clock)
        .with_keyring(keyring)
        .with_contract(config.contract)
        .with_targets(config.targets)
        .with_reports(config.report.mail)
        .showing(shown);
    let reloading = Reloading {
        file: started.file,
        overrides: started.overrides,
        effective: Mutex::new(started.effective),
        set_level: started.set_level,
        store: store.clone(),
        library,
        engine,
        app: app.clone(),
    };
    #[cfg(unix)]
    let reloading = tokio::spawn(reload::follow(hangups, reloading));
    // Whoever reads the line below may tell it to stop at once.
    let stopping = stop_signal()?;
    log::say(format_args!(
        "mondo answers from {articles} articles at {}",
        url(address)
    ));
    std::thread::spawn(move || faults_at_start::tell(&kb, &pictures, encoder.as_ref()));
    let for_operators = operations
        .map(|listener| tokio::spawn(crate::http::serve_operations(listener, app.clone())));
    let served = crate::http::serve(listener, stopping, app).await;
    relaying.abort();
    if let Some(fetching) = fetching {
        fetching.abort();
    }
    #[cfg(unix)]
    reloading.abort();
    if let Some(serving) = for_operators {
        serving.abort();
    }
    if let Err(error) = store.checkpoint(clock_at_stop()).await {
        tracing::warn!(%error, "what was recorded last is signed after the next start");
    }
    if let Err(error) = store.fold_log().await {
        tracing::warn!(%error, "the write-ahead log stays beside the database; nothing is lost by that");
    }
    served.context("serving broke off")
}

/// Sets up the outlet of a mailbox, and fetches letters from it where it can be read from here.
async fn fetch_letters(
    desk: &Arc<Desk>,
    mailbox: ReadMailbox,
    settings: MailboxSettings,
    clock: &Clock,
) -> anyhow::Result<Option<tokio::task::JoinHandle<()>>> {
    let ReadMailbox { address, account } = mailbox;
    let outlet = desk.workplace.mail_outlet(&address, clock()).await?;
    let Some(account) = account else {
        tracing::info!(%outlet, "mail is taken at /v1/channels/{outlet}/mail");
        return Ok(None);
    };
    let postman = Postman::new(Arc::clone(desk), settings, address, account, outlet);
    let clock = Arc::clone(clock);
    Ok(Some(tokio::spawn(postman.run(move || clock()))))
}

/// Refuses to take a data folder whose database has gone for a new one: answering on would hide the loss.
async fn refuse_lost_database(data: &Path, settings: &StoreSettings) -> anyhow::Result<()> {
    if !was_used(data) {
        return Ok(());
    }
    let (lost, place) = match settings.url.is_empty() {
        true => (
            has_no_file(data),
            data.join("mondo.sqlite").display().to_string(),
        ),
        false => (
            Store::is_unused(settings).await?,
            "the database at store.url".to_owned(),
        ),
    };
    anyhow::ensure!(
        !lost,
        "{place} is missing or empty, although {} has been used before; put it back with `mondo restore`, or begin with an empty one with --new",
        data.display()
    );
    Ok(())
}

fn was_used(data: &Path) -> bool {
    ["link.keys", "mondo.sqlite-wal"]
        .iter()
        .any(|name| data.join(name).exists())
        || std::fs::read_dir(data.join("attachments"))
            .is_ok_and(|mut entries| entries.next().is_some())
}

fn has_no_file(data: &Path) -> bool {
    let bytes = |name| std::fs::metadata(data.join(name)).map_or(0, |found| found.len());
    // One page is a database without tables; what they hold may all be in the log still.
    match bytes("mondo.sqlite") {
        0 => true,
        1..=4_096 => bytes("mondo.sqlite-wal") == 0,
        _ => false,
    }
}

/// Lets the second encoder read the knowledge base beside the serving; until it has, the first answers alone. Thresholds
/// that nobody has set follow what both say of the base.
fn prepare(engine: &Arc<Engine>, thresholds: ThresholdsAtStart, today: String) {
    let engine = Arc::clone(engine);
    std::thread::spawn(move || {
        thresholds.raise(&engine, &today);
        match engine.prepare_second() {
            Ok(()) => {
                tracing::info!("every encoder has read the knowledge base");
                if let Err(error) = engine.warm(&today) {
                    tracing::error!("the first questions will be slow: {error}");
                }
                if engine.has_second_opinion_on(&engine.snapshot()) {
                    thresholds.raise(&engine, &today);
                }
            }
            Err(error) => tracing::error!("the second encoder is not asked: {error}"),
        }
    });
}

/// Loads model and knowledge, and opens or builds the index.
fn load_engine(config: &Config) -> anyhow::Result<Engine> {
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
            .context("the progress line is malformed")?,
    );
    bar.enable_steady_tick(Duration::from_millis(120));
    bar.set_message("loading the knowledge base");
    let knowledge = knowledge_to_serve(&config.server.kb)?;
    bar.set_message("loading the model");
    let workbench = Workbench::with(config.clone())?;
    bar.set_message("opening the index");
    let encoder = counted_over(Arc::clone(&workbench.encoder), &knowledge);
    bar.finish_and_clear();
    let snapshot =
        Snapshot::open_or_build(&index_folder(&config.server.data), knowledge, &encoder)?;
    drop(encoder);
    workbench.engine(snapshot, config.thresholds.clone())
}

/// Reads the knowledge base; a folder without an article is served too, since the first may be written at the desk.
fn knowledge_to_serve(folder: &Path) -> anyhow::Result<KnowledgeBase> {
    if !folder.exists() {
        anyhow::bail!(
            "there is no folder {}; `mondo init` makes one to begin with, --kb names another",
            folder.display()
        );
    }
    let knowledge = load_folder_to_fill(folder)?.into_served()?;
    if knowledge.articles.is_empty() {
        tracing::warn!(
            folder = %folder.display(),
            "there is no article yet, so every question goes to a person; write the first at /console/start, or bring in what you have with `mondo kb import`"
        );
    }
    Ok(knowledge)
}

fn unbound(listen: &str, error: io::Error) -> anyhow::Error {
    let remedy = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program uses this port; stop it, or choose another with --listen"
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not; choose a port above 1023 with --listen"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address; choose another with --listen"
        }
        _ => "write it as ADDRESS:PORT, such as --listen 127.0.0.1:8090",
    };
    anyhow::anyhow!("could not listen on {listen}: {error}; {remedy}")
}

/// Returns an address that opens in a browser.
fn url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}/", address.port());
    }
    format!("http://{address}/")
}

/// Completes at the first SIGINT or SIGTERM.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let told = {
        use tokio::signal::unix::{SignalKind, signal};
        // Listened for from here on, and not once somebody waits.
        let mut terminate =
            signal(SignalKind::terminate()).context("could not listen for SIGTERM")?;
        let mut interrupt =
            signal(SignalKind::interrupt()).context("could not listen for SIGINT")?;
        async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
    };
    #[cfg(not(unix))]
    let told = async {
        // An error means that nobody can be heard; the server then serves on.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Ok(async move {
        told.await;
        log::say("mondo stops: finishing what is in progress");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_that_has_gone_is_not_taken_for_a_new_one() {
        let data = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(data.path().join(name), text).unwrap();
        let refuse = async || refuse_lost_database(data.path(), &StoreSettings::default()).await;
        refuse().await.expect("a new folder");
        write("link.keys", "key");
        let refused = refuse().await.expect_err("it has gone");
        assert!(refused.to_string().contains("mondo restore"), "{refused}");
        write("mondo.sqlite", "");
        refuse().await.expect_err("it is empty");
        write("mondo.sqlite", &"page".repeat(1_024));
        refuse().await.expect_err("it has no table");
        write("mondo.sqlite-wal", "rows");
        refuse().await.expect("what it holds is in the log");
        write("mondo.sqlite", &"page".repeat(2_048));
        refuse().await.expect("it is there");
    }

    #[test]
    fn the_printed_address_opens_in_a_browser() {
        for (address, expected) in [
            ("127.0.0.1:8090", "http://127.0.0.1:8090/"),
            ("0.0.0.0:80", "http://localhost:80/"),
            ("[::1]:8090", "http://[::1]:8090/"),
        ] {
            assert_eq!(url(address.parse().unwrap()), expected);
        }
    }
}
