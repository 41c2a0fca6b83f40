//! Files of conversations, on their way in and out.

pub(in crate::http) mod downloads;
pub(in crate::http) mod served;
pub(in crate::http) mod uploads;

use std::time::Duration;

/// Longest time a file may be on its way, in or out; a slow telephone sends ten megabytes in it.
pub(in crate::http) const TRANSFER_TIME: Duration = Duration::from_secs(120);
