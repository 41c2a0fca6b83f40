//! Who asks, and what they may do.

pub(in crate::http) mod bearer;
pub(in crate::http) mod lasting;
pub(in crate::http) mod passkey_site;
pub(in crate::http) mod readers;
pub(in crate::http) mod staff;
pub(in crate::http) mod visitor;
