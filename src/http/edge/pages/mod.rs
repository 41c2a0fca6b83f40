//! What the pages of all doors share: templates, files of the binary, addresses.

pub(in crate::http) mod address;
pub(in crate::http) mod assets;
pub(in crate::http) mod etag;
pub(in crate::http) mod links;
pub(in crate::http) mod media;
pub(in crate::http) mod templates;
