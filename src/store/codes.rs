//! Words and ids by which enums and names stand in columns.

use std::str::FromStr;

use crate::store::error::StoreError;

/// Reads a stored code or id.
pub(in crate::store) fn parse<T>(what: &'static str, code: String) -> Result<T, StoreError>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    code.parse()
        .map_err(|error| StoreError::unreadable(what, error))
}
