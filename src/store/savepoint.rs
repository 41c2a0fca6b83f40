//! Savepoints: what is refused is undone by itself, and the transaction around it goes on.

use futures_util::future::BoxFuture;

use crate::store::dialect::Connection;
use crate::store::error::StoreError;

/// A change under way.
pub(in crate::store) type Changing<'c, T> = BoxFuture<'c, Result<T, StoreError>>;

/// Makes a change after a savepoint, and undoes it alone when it is refused.
pub(in crate::store) async fn in_savepoint<T, F>(
    connection: &mut Connection,
    change: F,
) -> Result<T, StoreError>
where
    F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T>,
{
    execute(connection, "SAVEPOINT change").await?;
    let result = change(connection).await;
    end_savepoint(connection, result).await
}

/// Keeps what was made since the savepoint, or undoes it when it was refused.
pub(in crate::store) async fn end_savepoint<T>(
    connection: &mut Connection,
    result: Result<T, StoreError>,
) -> Result<T, StoreError> {
    match &result {
        Ok(_) => execute(connection, "RELEASE change").await?,
        // The whole group is about to be rolled back, or has been already.
        Err(error) if error.is_of_database() => {}
        Err(_) => {
            execute(connection, "ROLLBACK TO change").await?;
            // A key that was made since is not there any more.
            connection.forget();
            execute(connection, "RELEASE change").await?;
        }
    }
    result
}

/// Begins a transaction that is going to write.
pub(in crate::store) async fn begin(connection: &mut Connection) -> Result<(), StoreError> {
    let statement = connection.dialect().begin();
    execute(connection, statement).await
}

/// Runs a statement of transactions. sqlx's own transactions count their depth, and miscount when SQLite rolls back by
/// itself; the connection would be lost for writing.
pub(in crate::store) async fn execute(
    connection: &mut Connection,
    statement: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(statement).execute(connection).await?;
    Ok(())
}
