//! Words and ids by which enums and names stand in columns.

use std::str::FromStr;

use crate::pipeline::EscalationReason;
use crate::store::error::StoreError;

/// Reads a stored code or id.
pub(in crate::store) fn parse<T>(what: &'static str, code: String) -> Result<T, StoreError>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    code.parse()
        .map_err(|error| StoreError::unreadable(what, error))
}

/// The pipeline names its reasons by serde alone; the same words are stored.
pub(in crate::store) fn reason_code(reason: EscalationReason) -> String {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(code)) => code,
        other => unreachable!("a reason without fields is written as text, not {other:?}"),
    }
}

pub(in crate::store) fn reason_from_code(code: String) -> Result<EscalationReason, StoreError> {
    serde_json::from_value(serde_json::Value::String(code))
        .map_err(|error| StoreError::unreadable("reason of an escalation", error))
}
