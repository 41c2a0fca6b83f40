//! Fetches the files that visitors send, from where the messenger keeps them.

use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Uri};

use crate::client::{Client, Outgoing, Reply, RequestError};

/// Tells whether an address is one of these domains, by HTTPS.
pub(super) fn is_at(address: &str, domains: &[&str]) -> bool {
    let Ok(address) = address.parse::<Uri>() else {
        return false;
    };
    let host = address.host().unwrap_or_default();
    let belongs = |domain: &&str| {
        let before = host.strip_suffix(*domain);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    address.scheme_str() == Some("https") && domains.iter().any(belongs)
}

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

    /// Reads what lies at an address of the messenger itself, whose other places are these domains; nothing elsewhere.
    pub(super) async fn get_from(
        &self,
        address: &str,
        domains: &[&str],
    ) -> Result<Option<Vec<u8>>, RequestError> {
        if address.starts_with(&format!("{}/", self.base())) {
            return self.get(address.to_owned(), None).await;
        }
        // Some are written without encryption, and served with it too.
        let address = match address.strip_prefix("http://") {
            Some(rest) => format!("https://{rest}"),
            None => address.to_owned(),
        };
        match is_at(&address, domains) {
            true => self.get(address, None).await,
            false => Ok(None),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_in_a_domain_is_of_it() {
        let domains = ["pictures.example", "bot.example"];
        for (address, expected) in [
            ("https://bot.example/a", true),
            ("https://api.bot.example/v1/a?b=c", true),
            ("https://dn-m.talk.pictures.example/a.png", true),
            ("http://bot.example/a", false),
            ("https://notbot.example/a", false),
            ("https://bot.example.evil.test/a", false),
            ("https://bot.example@evil.test/a", false),
            ("https://evil.test/bot.example", false),
            ("bot.example", false),
            ("", false),
        ] {
            assert_eq!(is_at(address, &domains), expected, "{address}");
        }
    }
}
