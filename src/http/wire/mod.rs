//! Bodies that several doors write or read, as JSON.

pub(super) mod form;

pub(super) mod account;
pub(super) mod answer;
pub(super) mod article;
pub(super) mod attachment;
pub(super) mod by_language;

pub(super) mod conversation;
pub(super) mod csat;
pub(super) mod draft;
pub(super) mod locale;
pub(super) mod page_context;
pub(super) mod place;
pub(super) mod rating;
pub(super) mod surge;
