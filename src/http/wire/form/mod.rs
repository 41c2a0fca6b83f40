//! What the parts of requests look like: each is said to the API's description and held to by the same line of code.

pub(in crate::http) mod code;
pub(in crate::http) mod facts;
pub(in crate::http) mod nothing;
pub(in crate::http) mod number;
pub(in crate::http) mod object;
pub(in crate::http) mod text;
