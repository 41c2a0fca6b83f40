//! Fetches the files that visitors send, from where the messenger keeps them.

use std::time::Duration;

use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};

use crate::client::{Client, Outgoing, Reply, RequestError};

/// Where files are, and how long one may be.
pub(super) struct Place<'a> {
    pub(super) client: &'a Client,
    pub(super) url: &'a str,
    pub(super) within: Duration,
    pub(super) most: usize,
}

impl Place<'_> {
    /// Returns the address of the messenger without a slash at the end.
    pub(super) fn base(&self) -> &str {
        self.url.trim_end_matches('/')
    }

    /// Reads what lies at an address; nothing where it is refused.
    pub(super) async fn get(
        &self,
        address: String,
        shown: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Option<Vec<u8>>, RequestError> {
        self.content(Outgoing {
            method: Method::GET,
            address,
            headers: shown.into_iter().collect(),
            body: Vec::new(),
        })
        .await
    }

    /// Asks, and returns what is replied; nothing where what is asked for is refused.
    pub(super) async fn content(&self, request: Outgoing) -> Result<Option<Vec<u8>>, RequestError> {
        let Reply { status, body, .. } = self.client.fetch(request, self.within, self.most).await?;
        match status {
            200 => Ok(Some(body)),
            400 | 403 | 404 | 410 => Ok(None),
            // Such as 429 and 500; 202 says that LINE has not prepared it yet.
            _ => Err(RequestError::TimedOut),
        }
    }
}
