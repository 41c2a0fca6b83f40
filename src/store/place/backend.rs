//! Connections to whichever database the store is kept in, SQLite or PostgreSQL, and the pools that lend them.
//!
//! Statements are typed for sqlx's `Any`, so that one text and one set of row readers serve both; connections and pools
//! stay the drivers' own, with the settings that each needs.

use std::fmt;

use futures_util::TryStreamExt as _;
use futures_util::future::{self, BoxFuture, FutureExt as _};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use sqlx::any::{Any, AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Either, Execute, Executor, Postgres, SqlStr, Sqlite, SqliteConnection};
use sqlx_core::any::AnyConnectionBackend;

use crate::store::trouble::Dialect;

/// A connection to the database.
pub(in crate::store) enum Backend {
    /// The writer's own, to a file.
    Own(SqliteConnection),
    /// Lent by the pool that reads a file.
    File(PoolConnection<Sqlite>),
    /// Lent by the pool of a server.
    Server(PoolConnection<Postgres>),
}

impl Backend {
    /// Names the dialect it speaks.
    pub(in crate::store) fn dialect(&self) -> Dialect {
        match self {
            Self::Own(_) | Self::File(_) => Dialect::Sqlite,
            Self::Server(_) => Dialect::Postgres,
        }
    }

    fn of_any(&mut self) -> &mut dyn AnyConnectionBackend {
        match self {
            Self::Own(connection) => connection,
            Self::File(connection) => &mut **connection,
            Self::Server(connection) => &mut **connection,
        }
    }

    fn many(
        &mut self,
        statement: Statement,
    ) -> BoxStream<'_, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>> {
        let Statement {
            text,
            persistent,
            arguments,
        } = statement;
        self.of_any().fetch_many(text, persistent, arguments)
    }

    fn optional(
        &mut self,
        statement: Statement,
    ) -> BoxFuture<'_, Result<Option<AnyRow>, sqlx::Error>> {
        let Statement {
            text,
            persistent,
            arguments,
        } = statement;
        self.of_any().fetch_optional(text, persistent, arguments)
    }
}

/// A query taken apart, as connections of either kind are sent it.
struct Statement {
    text: SqlStr,
    /// Whether the connection keeps it prepared.
    persistent: bool,
    arguments: Option<AnyArguments>,
}

impl Statement {
    fn of<'q>(mut query: impl Execute<'q, Any>) -> Result<Self, sqlx::Error> {
        let arguments = query.take_arguments().map_err(sqlx::Error::Encode)?;
        Ok(Self {
            persistent: query.persistent(),
            arguments,
            text: query.sql(),
        })
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Backend({:?})", self.dialect())
    }
}

impl<'c> Executor<'c> for &'c mut Backend {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match Statement::of(query) {
            Ok(statement) => self.many(statement),
            Err(error) => stream::once(future::ready(Err(error))).boxed(),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match Statement::of(query) {
            Ok(statement) => self.optional(statement),
            Err(error) => future::ready(Err(error)).boxed(),
        }
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        self.of_any().prepare_with(sql, parameters)
    }
}

/// Lends connections; clones share them.
#[derive(Debug, Clone)]
pub(in crate::store) enum Pool {
    /// To a file.
    File(SqlitePool),
    /// To a server.
    Server(PgPool),
}

impl Pool {
    /// Takes a connection, which goes back when it is dropped.
    pub(in crate::store) async fn acquire(&self) -> Result<Backend, sqlx::Error> {
        Ok(match self {
            Self::File(pool) => Backend::File(pool.acquire().await?),
            Self::Server(pool) => Backend::Server(pool.acquire().await?),
        })
    }
}

/// Sends a statement over whichever connection is free.
impl<'p> Executor<'p> for &'p Pool {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let statement = Statement::of(query);
        Box::pin(async_stream::try_stream! {
            let mut connection = self.acquire().await?;
            let mut found = connection.many(statement?);
            while let Some(step) = found.try_next().await? {
                yield step;
            }
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let statement = Statement::of(query);
        Box::pin(async move {
            let mut connection = self.acquire().await?;
            connection.optional(statement?).await
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        Box::pin(async move {
            let mut connection = self.acquire().await?;
            connection.of_any().prepare_with(sql, parameters).await
        })
    }
}
