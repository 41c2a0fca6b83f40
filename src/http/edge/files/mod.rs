//! Files of conversations, on their way in and out.

pub(in crate::http) mod downloads;
pub(in crate::http) mod served;
pub(in crate::http) mod uploads;
