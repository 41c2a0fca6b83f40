//! Opens a database on a PostgreSQL server.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Executor as _, Row as _};

use super::backend::Backend;
use super::opening;
use crate::signing::Secret;
use crate::store::error::OpenError;

/// Connections of one process; the server divides its own among all of them.
const MAX_CONNECTIONS: u32 = 12;

/// How long a statement waits for a free connection before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// A node whose line breaks in the middle of a transaction would keep its locks, and all others waiting, until the system of the
/// server gives the connection up, which takes hours.
const LETS_GO: &str =
    "SET idle_in_transaction_session_timeout = '5s'; SET tcp_user_timeout = '10s'";

/// Opens the pool, and brings the schema up to date; processes that start together do so one after the other.
pub(in crate::store) async fn open_for_writing(url: &Secret) -> Result<PgPool, OpenError> {
    let pool = connect(url).await?;
    let mut connection = pool.acquire().await.map_err(OpenError::Server)?;
    opening::migrate_server(&mut connection).await?;
    drop(connection);
    Ok(pool)
}

/// Opens the pool of a database whose schema must be up to date.
pub(in crate::store) async fn open_for_reading(url: &Secret) -> Result<PgPool, OpenError> {
    let pool = connect(url).await?;
    let connection = pool.acquire().await.map_err(OpenError::Server)?;
    opening::check_schema(
        &mut Backend::Server(connection),
        &PathBuf::from(opening::SERVER),
    )
    .await?;
    Ok(pool)
}

/// Tells whether a server's database has never been used.
pub(in crate::store) async fn is_unused(url: &Secret) -> Result<bool, OpenError> {
    let pool = connect(url).await?;
    let row = sqlx::query("SELECT to_regclass('_sqlx_migrations') IS NULL AS unused")
        .fetch_one(&pool)
        .await
        .map_err(OpenError::Server)?;
    pool.close().await;
    row.try_get("unused").map_err(OpenError::Server)
}

async fn connect(url: &Secret) -> Result<PgPool, OpenError> {
    let options = PgConnectOptions::from_str(url.reveal())
        .map_err(OpenError::ServerAddress)?
        .application_name("mondo");
    PgPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(LETS_GO).await.map(drop) })
        })
        .connect_with(options)
        .await
        .map_err(OpenError::Server)
}
