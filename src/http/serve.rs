//! Serves a listener until told to stop, and then lets what is in progress finish.

use std::io;
use std::time::Duration;

use tokio::net::TcpListener;

use super::connections::accept;
use super::edge::insights::contract::keep_contract;
use super::edge::insights::report::send_report;
use super::edge::state::AppState;
use super::router::{operations, router};

/// How often buffered measurements are tidied up and silences are looked at.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves until `shutdown` completes; then refuses new connections, ends live streams, and waits for requests in
/// progress, but no longer than the deadline in the settings.
pub async fn serve(
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    app: AppState,
) -> io::Result<()> {
    let upkeep = tokio::spawn(keep_up(app.clone()));
    let mail = tokio::spawn(send_mail(app.clone()));
    let pushes = tokio::spawn(send_pushes(app.clone()));
    let surges = tokio::spawn(follow_surges(app.clone()));
    let thresholds = {
        let app = app.clone();
        tokio::spawn(async move { app.library().follow_thresholds().await })
    };
    let stopping = {
        let app = app.clone();
        async move {
            shutdown.await;
            app.close_streams();
        }
    };
    let serving = accept(listener, router(app.clone()), stopping);
    let overdue = async {
        app.closing().await;
        tokio::time::sleep(app.settings().shutdown_deadline()).await;
    };
    let served = tokio::select! {
        () = serving => Ok(()),
        () = overdue => {
            tracing::warn!("stopped with requests still in progress; see http.shutdown_deadline_ms");
            Ok(())
        }
    };
    if let Err(error) = app.visitors().keep_waiting_records().await {
        tracing::error!(%error, "records of answers could not be kept; they are lost");
    }
    upkeep.abort();
    mail.abort();
    pushes.abort();
    surges.abort();
    thresholds.abort();
    served
}

/// Serves what operators ask, on a listener of its own, for as long as the server runs.
pub async fn serve_operations(listener: TcpListener, app: AppState) -> io::Result<()> {
    let closing = app.closing();
    accept(listener, operations(app), closing).await;
    Ok(())
}

/// A task of its own: a mail server that takes its time holds up nothing else.
async fn send_mail(app: AppState) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = app.workplace().send_mail(app.now()).await {
            tracing::error!(%error, "mail could not be sent; it is tried again in a moment");
        }
        if let Err(error) = app.workplace().send_staff_letters(app.now()).await {
            tracing::error!(%error, "letters to staff could not be sent; it is tried again in a moment");
        }
    }
}

/// A task of its own as well: there are many push services, and any may take its time.
async fn send_pushes(app: AppState) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = app.workplace().send_pushes(app.now()).await {
            tracing::error!(%error, "browsers of staff could not be told; it is tried again in a moment");
        }
    }
}

/// What one server begins holds at all of them at once.
async fn follow_surges(app: AppState) {
    let mut heard = app.workplace().hears_of_surges();
    while heard.changed().await.is_ok() {
        if let Err(error) = app.workplace().run_surges(app.now()).await {
            tracing::error!(%error, "surges could not be looked at; it is tried again in a moment");
        }
    }
}

async fn keep_up(app: AppState) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        app.metrics().upkeep();
        if let Err(error) = app.workplace().run_surges(app.now()).await {
            tracing::error!(%error, "surges could not be looked at; it is tried again in a moment");
        }
        if let Err(error) = app.workplace().sweep_attachments(app.now()).await {
            tracing::error!(%error, "unused files could not be removed; it is tried again in a moment");
        }
        if let Err(error) = app.workplace().run_timers(app.now()).await {
            tracing::error!(%error, "the timers of the desk could not run; they run again in a moment");
        }
        if let Err(error) = send_report(&app).await {
            tracing::error!(
                ?error,
                "the report of the last month could not be written; it is tried again in a moment"
            );
        }
        if let Err(error) = keep_contract(&app).await {
            tracing::error!(
                ?error,
                "the promised precision could not be looked at; it is tried again in a moment"
            );
        }
    }
}
