//! `mondo serve`: loads everything, says what is wrong if anything is, and serves until told to stop.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use mondo::config::{Config, LogFormat, LogSettings, Overrides, Setting};
use mondo::conversation::Timestamp;
use mondo::desk::{Desk, Library, Mailer};
use mondo::http::{AppState, Clock, ShownSetting};
use mondo::identity::Keyring;
use mondo::knowledge::load_folder;
use mondo::pipeline::{Engine, Snapshot};
use mondo::relay::Relay;
use mondo::store::Store;

use super::counted_encoder::CountedEncoder;
use super::watch;
use super::workbench::Workbench;

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
    let effective = Config::load(file.as_deref(), std::env::vars(), args.overrides()?)?;
    let shown = effective.settings.iter().map(shown).collect();
    let config = effective.config;
    start_log(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("could not start the threads of the server")?;
    runtime.block_on(serve(config, shown))?;
    Ok(ExitCode::SUCCESS)
}

fn shown(setting: &Setting) -> ShownSetting {
    ShownSetting {
        key: setting.key.clone(),
        value: setting.shown_value(),
        origin: setting.origin.to_string(),
    }
}

async fn serve(config: Config, shown: Vec<ShownSetting>) -> anyhow::Result<()> {
    // What fails fast comes first: a port in use is told before an index is built.
    let listen = &config.server.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| unbound(listen, error))?;
    let clock: Clock = Arc::new(|| Timestamp::from(SystemTime::now()));
    let keyring = Keyring::new(&config.identity)?;
    let hours = config.schedule.load()?;
    let store = Store::open(&config.server.data, clock())
        .await?
        .with_hours(hours)
        .with_files(config.attachments.clone())?;
    let engine = {
        let config = config.clone();
        let loaded = tokio::task::spawn_blocking(move || load_engine(&config));
        Arc::new(loaded.await.context("loading broke off")??)
    };
    let library = Arc::new(Library::new(config.server.kb.clone(), &config.server.data));
    let _watching = match config.server.watch {
        true => Some(watch::start(
            &config.server.kb,
            Arc::clone(&library),
            Arc::clone(&engine),
        )?),
        false => None,
    };
    prepare_second(&engine);
    let articles = engine.snapshot().knowledge().articles.len();
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let site = &config.http.site;
    let mailer = Mailer::new(&config.mail, &site.name, &site.address)?;
    if mailer.is_some() && site.address.is_empty() {
        tracing::warn!("mails have no links, because http.site.address is empty");
    }
    let desk = Desk::new(engine, store, config.desk)
        .with_library(library)
        .with_drafter(config.drafter)
        .with_destinations(config.webhooks.destinations())
        .with_mailer(mailer)
        .await?;
    let desk = Arc::new(desk);
    let relay = Relay::new(
        Arc::clone(&desk),
        config.webhooks,
        &config.http.site.address,
    );
    let telling = Arc::clone(&clock);
    let relaying = tokio::spawn(Arc::new(relay).run(move || telling()));
    let app = AppState::new(desk, config.http, clock)
        .with_keyring(keyring)
        .showing(shown);
    eprintln!("mondo answers from {articles} articles at {}", url(address));
    let served = mondo::http::serve(listener, stop_signal()?, app).await;
    relaying.abort();
    served.context("serving broke off")
}

/// Lets the second encoder read the knowledge base beside the serving; until it has, the first answers alone.
fn prepare_second(engine: &Arc<Engine>) {
    let engine = Arc::clone(engine);
    std::thread::spawn(move || match engine.prepare_second() {
        Ok(()) => tracing::info!("every encoder has read the knowledge base"),
        Err(error) => tracing::error!("the second encoder is not asked: {error}"),
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
    let knowledge = load_folder(&config.server.kb)?.into_served()?;
    bar.set_message("loading the model");
    let workbench = Workbench::with(config.clone())?;
    bar.set_message("opening the index");
    let encoder = CountedEncoder::over(Arc::clone(&workbench.encoder), &knowledge);
    bar.finish_and_clear();
    let snapshot =
        Snapshot::open_or_build(&index_folder(&config.server.data), knowledge, &encoder)?;
    drop(encoder);
    workbench.engine(snapshot, config.thresholds.clone())
}

/// Where the search index of a data folder is kept.
pub fn index_folder(data: &Path) -> PathBuf {
    data.join("index")
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

/// Gives an address that opens in a browser.
fn url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}/", address.port());
    }
    format!("http://{address}/")
}

/// Completes at the first SIGINT or SIGTERM.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("could not listen for SIGTERM")?;
    Ok(async move {
        #[cfg(unix)]
        let terminated = async move {
            terminate.recv().await;
        };
        #[cfg(not(unix))]
        let terminated = std::future::pending::<()>();
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
        eprintln!("mondo stops: finishing what is in progress");
    })
}

fn start_log(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.level).with_context(|| {
        format!(
            "log.level {:?} is not a level; use error, warn, info, debug or trace",
            settings.level
        )
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let started = match settings.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("could not start the log: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
