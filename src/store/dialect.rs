//! The types of the database: a connection with the keys at hand, and rows that open what is sealed in them.
//!
//! Whatever reads words reads its rows by [`Fetching`], which gets the keys that the rows name; nothing is ever searched
//! for by what is sealed. Statements and rows are those of sqlx's `Any`, which SQLite and PostgreSQL both serve.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::any::{Any, AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::query::Query;
use sqlx::{
    ColumnIndex, Decode, Either, Execute, Executor, Row as _, SqlStr, Type, TypeInfo as _,
    ValueRef as _,
};

use super::error::StoreError;
use super::keyring::{Held, Keyring};
use super::place::Backend;
use super::places::places;
use super::trouble::Dialect;
use crate::sealing::{DataKey, KeyId, MasterKeyId, key_of_text};

/// A row in which nothing is sealed.
pub(in crate::store) type PlainRow = AnyRow;

/// A connection to the database, and the keys at hand.
pub(in crate::store) struct Connection {
    backend: Backend,
    keys: Arc<Keyring>,
    /// Which keys the rows that this transaction works on name.
    pub(in crate::store) held: Held,
}

impl Connection {
    /// Joins a connection and the keys.
    pub(in crate::store) fn new(backend: Backend, keys: Arc<Keyring>) -> Self {
        Self {
            backend,
            keys,
            held: Held::default(),
        }
    }

    /// Names the dialect it speaks.
    pub(in crate::store) fn dialect(&self) -> Dialect {
        self.backend.dialect()
    }

    /// Returns the keys.
    pub(in crate::store) fn keys(&self) -> &Arc<Keyring> {
        &self.keys
    }

    /// Forgets what another process may have changed since the transaction before.
    pub(in crate::store) fn begin_anew(&mut self) {
        self.held.conversations.clear();
    }

    /// Forgets what was learnt in a transaction that is undone.
    pub(in crate::store) fn forget(&mut self) {
        self.held = Held::default();
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// Statements are sent to it as to the connection in it.
impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        (&mut self.backend).fetch_many(query)
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        (&mut self.backend).fetch_optional(query)
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        (&mut self.backend).prepare_with(sql, parameters)
    }
}

/// Keys by their names; `None` for one that was destroyed.
type Keys = HashMap<KeyId, Option<Arc<DataKey>>>;

/// A row with the keys that it names.
pub(in crate::store) struct Row {
    inner: AnyRow,
    keys: Arc<Keys>,
    ring: Arc<Keyring>,
}

impl Row {
    /// Reads a column.
    pub(in crate::store) fn try_get<'r, T, I>(&'r self, column: I) -> Result<T, sqlx::Error>
    where
        T: Decode<'r, Any> + Type<Any>,
        I: ColumnIndex<AnyRow>,
    {
        self.inner.try_get(column)
    }

    /// Opens a column that holds sealed words; empty where their key was destroyed.
    pub(in crate::store) fn open<I>(&self, column: I) -> Result<String, StoreError>
    where
        I: ColumnIndex<AnyRow>,
    {
        Ok(self.open_if_any(column)?.unwrap_or_default())
    }

    /// Opens a column that may hold sealed words; `None` where it holds nothing, or their key was destroyed.
    pub(in crate::store) fn open_if_any<I>(&self, column: I) -> Result<Option<String>, StoreError>
    where
        I: ColumnIndex<AnyRow>,
    {
        let bytes = self.open_bytes_if_any(column)?;
        bytes
            .map(String::from_utf8)
            .transpose()
            .map_err(|error| StoreError::unreadable("sealed words", error))
    }

    /// Opens a column that holds sealed bytes; empty where their key was destroyed.
    pub(in crate::store) fn open_bytes<I>(&self, column: I) -> Result<Vec<u8>, StoreError>
    where
        I: ColumnIndex<AnyRow>,
    {
        Ok(self.open_bytes_if_any(column)?.unwrap_or_default())
    }

    fn open_bytes_if_any<I>(&self, column: I) -> Result<Option<Vec<u8>>, StoreError>
    where
        I: ColumnIndex<AnyRow>,
    {
        let Some(text) = self.try_get::<Option<String>, I>(column)? else {
            return Ok(None);
        };
        let Some(id) = key_of_text(&text) else {
            // Written before anything was sealed, and not sealed since.
            return Ok(Some(text.into_bytes()));
        };
        match self.keys.get(&id) {
            Some(Some(key)) => key
                .open_bytes(&text)
                .map(Some)
                .map_err(|error| StoreError::unreadable("sealed words", error)),
            Some(None) => Ok(None),
            None => Err(StoreError::unreadable("sealed words", NoSuchKey(id))),
        }
    }

    /// Returns the keys that stay when those of visitors go.
    pub(in crate::store) fn ring(&self) -> &Keyring {
        &self.ring
    }
}

/// A key that the database does not have.
#[derive(Debug, thiserror::Error)]
#[error("there is no key {0}")]
pub(in crate::store) struct NoSuchKey(KeyId);

/// Reads rows whose words are to be opened.
pub(in crate::store) trait Fetching: Sized {
    /// Reads every row.
    fn rows(
        self,
        connection: &mut Connection,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// Reads a row that is there.
    fn row(
        self,
        connection: &mut Connection,
    ) -> impl Future<Output = Result<Row, StoreError>> + Send;

    /// Reads a row that may not be there.
    fn row_if_any(
        self,
        connection: &mut Connection,
    ) -> impl Future<Output = Result<Option<Row>, StoreError>> + Send;
}

impl Fetching for Query<'_, Any, AnyArguments> {
    async fn rows(self, connection: &mut Connection) -> Result<Vec<Row>, StoreError> {
        let rows = self.fetch_all(&mut *connection).await?;
        with_keys(connection, rows).await
    }

    async fn row(self, connection: &mut Connection) -> Result<Row, StoreError> {
        let row = self.row_if_any(connection).await?;
        row.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    async fn row_if_any(self, connection: &mut Connection) -> Result<Option<Row>, StoreError> {
        let row = self.fetch_optional(&mut *connection).await?;
        Ok(with_keys(connection, row).await?.pop())
    }
}

async fn with_keys(
    connection: &mut Connection,
    rows: impl IntoIterator<Item = AnyRow>,
) -> Result<Vec<Row>, StoreError> {
    let rows: Vec<AnyRow> = rows.into_iter().collect();
    let mut named = BTreeSet::new();
    for row in &rows {
        name_keys(row, &mut named)?;
    }
    let keys = Arc::new(keys_of(connection, &named).await?);
    let ring = Arc::clone(connection.keys());
    let with_keys = |inner| Row {
        inner,
        keys: Arc::clone(&keys),
        ring: Arc::clone(&ring),
    };
    Ok(rows.into_iter().map(with_keys).collect())
}

/// Gathers the keys that the texts of a row name.
fn name_keys(row: &AnyRow, named: &mut BTreeSet<KeyId>) -> Result<(), StoreError> {
    for column in 0..row.len() {
        let value = row.try_get_raw(column)?;
        if value.is_null() || value.type_info().name() != "TEXT" {
            continue;
        }
        let text = <&str as Decode<Any>>::decode(value).map_err(sqlx::Error::Decode)?;
        named.extend(key_of_text(text));
    }
    Ok(())
}

/// Most keys looked up in one statement.
const MAX_LOOKED_UP: usize = 64;

/// Returns keys by their names; those that are not at hand are read, in as few statements as may be.
pub(in crate::store) async fn keys_of(
    connection: &mut Connection,
    named: &BTreeSet<KeyId>,
) -> Result<Keys, StoreError> {
    let ring = Arc::clone(connection.keys());
    let mut keys = Keys::with_capacity(named.len());
    let mut unknown = Vec::new();
    for id in named {
        match ring.known(id) {
            Some(key) => drop(keys.insert(*id, Some(key))),
            None => unknown.push(*id),
        }
    }
    for some in unknown.chunks(MAX_LOOKED_UP) {
        // Lengths are powers of two, so that the connection's cache holds them all; the last name fills up the rest.
        let length = some.len().next_power_of_two();
        let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT id, master, wrapped FROM sealing_keys WHERE id IN ({})",
            places(length, 1, 0, "_")
        )));
        for place in 0..length {
            query = query.bind(some[place.min(some.len() - 1)].to_string());
        }
        for row in query.fetch_all(&mut *connection).await? {
            let (id, key) = key_from(&ring, &row)?;
            keys.insert(id, key);
        }
    }
    Ok(keys)
}

/// Reads the columns `id`, `master` and `wrapped`.
pub(in crate::store) fn key_from(
    ring: &Keyring,
    row: &AnyRow,
) -> Result<(KeyId, Option<Arc<DataKey>>), StoreError> {
    let id: String = row.try_get("id")?;
    let id: KeyId = id
        .parse()
        .map_err(|error| StoreError::unreadable("name of a key", error))?;
    let master = MasterKeyId::stored(row.try_get("master")?);
    let wrapped: String = row.try_get("wrapped")?;
    if wrapped.is_empty() {
        return Ok((id, None));
    }
    Ok((id, Some(ring.unwrap(id, &master, &wrapped)?)))
}
