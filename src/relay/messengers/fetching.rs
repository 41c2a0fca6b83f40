//! Fetches the files that visitors send, from where the messenger keeps them.

use std::time::Duration;

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::line::{bearer, content_url};
use crate::client::{Client, Outgoing, Reply, RequestError};

/// Where files are, and how long one may be.
pub(super) struct Place<'a> {
    pub(super) client: &'a Client,
    pub(super) url: &'a str,
    pub(super) within: Duration,
    pub(super) most: usize,
}

impl Place<'_> {
    /// Fetches a file of a bot of Telegram, whose place is asked for first; nothing where there is none.
    pub(super) async fn of_telegram(
        &self,
        token: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, RequestError> {
        let base = self.url.trim_end_matches('/');
        let asking = Outgoing {
            method: Method::POST,
            address: format!("{base}/bot{token}/getFile"),
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            body: json!({ "file_id": id }).to_string().into_bytes(),
        };
        let Some(told) = self.content(asking).await? else {
            return Ok(None);
        };
        let told: Value = serde_json::from_slice(&told).unwrap_or_default();
        let path = told["result"]["file_path"].as_str().unwrap_or_default();
        // A path that leads elsewhere is none of Telegram's.
        let is_plain = path.split('/').all(|part| !part.is_empty() && part != "..")
            && path
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
        if !is_plain {
            return Ok(None);
        }
        self.content(got(format!("{base}/file/bot{token}/{path}"), None))
            .await
    }

    /// Fetches the content of a message of LINE; nothing where there is none any more.
    pub(super) async fn of_line(
        &self,
        token: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, RequestError> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(None);
        }
        let base = content_url(self.url);
        let address = format!("{base}/v2/bot/message/{id}/content");
        self.content(got(address, Some(token))).await
    }

    /// Asks, and returns what is replied; nothing where what is asked for is refused.
    async fn content(&self, request: Outgoing) -> Result<Option<Vec<u8>>, RequestError> {
        let Reply { status, body, .. } = self.client.fetch(request, self.within, self.most).await?;
        match status {
            200 => Ok(Some(body)),
            400 | 403 | 404 | 410 => Ok(None),
            // Such as 429 and 500; 202 says that LINE has not prepared it yet.
            _ => Err(RequestError::TimedOut),
        }
    }
}

fn got(address: String, token: Option<&str>) -> Outgoing {
    Outgoing {
        method: Method::GET,
        address,
        headers: token.and_then(bearer).into_iter().collect(),
        body: Vec::new(),
    }
}
