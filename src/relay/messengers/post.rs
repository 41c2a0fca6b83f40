//! What a visitor is to read in a messenger, whichever it is; and how a messenger is asked.

use std::time::Duration;

use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::event::Press;
use crate::client::{Outgoing, Reply};
use crate::conversation::{
    Attachment, BotDecision, ConversationState, FileLink, Message, ReplySentence,
};
use crate::language::Language;
use crate::locale::{Locale, words};
use crate::relay::helpdesk::HelpDesk;
use crate::relay::retry::Tried;
use crate::store::Told;
use crate::time::Timestamp;

/// A message with its buttons and files.
pub(super) struct Post<'t> {
    /// What is read; empty where files say it.
    pub(super) text: String,
    /// What can be pressed under it.
    pub(super) buttons: Vec<Button>,
    /// What is read on a button that opens them as a list.
    pub(super) opener: String,
    /// What it carries.
    pub(super) files: &'t [Attachment],
}

/// A button.
pub(super) struct Button {
    /// What is read on it.
    pub(super) label: String,
    /// What pressing it means.
    pub(super) press: Press,
}

/// How long a messenger may fetch a file by its link.
const FILE_LINK_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

impl<'t> Post<'t> {
    /// Reads it from what is told; `site` is where the help pages are.
    pub(super) fn of(told: &'t Told, site: &str) -> Option<Self> {
        let message = told.message.as_ref()?;
        let reply = message.reply.as_ref();
        let language = message.language.unwrap_or(Language::English);
        let locale = reply.map_or_else(
            || told.conversation.spoken(language),
            |reply| reply.locale(),
        );
        let mut text = message.text.clone();
        let answer = reply.and_then(|reply| reply.decision.given_answer());
        if let Some(answer) = answer.filter(|_| !site.is_empty()) {
            text = format!("{text}\n\n{site}{}", answer.link);
        }
        let mut buttons = Vec::new();
        if let Some(BotDecision::Clarify { options }) = reply.map(|reply| &reply.decision) {
            buttons.extend((1..).zip(options).map(|(number, option)| Button {
                label: option.title.clone(),
                press: Press::Option {
                    message: message.id,
                    number,
                },
            }));
        }
        buttons.extend(standing_buttons(told, message, locale));
        Some(Self {
            text,
            buttons,
            opener: words(locale).channel.button_choose.clone(),
            files: &message.attachments,
        })
    }
}

/// A person is offered while the bot answers; who waits can ask how long.
fn standing_buttons(told: &Told, message: &Message, locale: Locale) -> Option<Button> {
    let said = &words(locale).channel;
    let reply = message.reply.as_ref();
    match told.conversation.standing.state {
        ConversationState::Bot => {
            let offers = reply.is_some_and(|reply| {
                reply.person_reason().is_some()
                    || matches!(
                        ReplySentence::of(reply),
                        ReplySentence::WhichOne | ReplySentence::SmallTalk(_)
                    )
            });
            offers.then(|| Button {
                label: said.button_person.clone(),
                press: Press::Person,
            })
        }
        ConversationState::Queued => Some(Button {
            label: said.button_standing.clone(),
            press: Press::Standing,
        }),
        ConversationState::Agent | ConversationState::Closed => None,
    }
}

/// What came of asking a messenger: what was made of it, and what it says.
pub(super) struct Asked {
    pub(super) tried: Tried,
    pub(super) said: Value,
}

/// Asks a messenger by a request whose address begins with that of the outlet.
pub(super) async fn ask(
    desk: &HelpDesk<'_>,
    path: &str,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
) -> Asked {
    let base = desk.endpoint.url.trim_end_matches('/');
    ask_at(desk, format!("{base}{path}"), headers, body).await
}

/// Asks so by another method, without headers of its own.
pub(super) async fn ask_by(method: Method, desk: &HelpDesk<'_>, path: &str, body: Body) -> Asked {
    let base = desk.endpoint.url.trim_end_matches('/');
    let address = format!("{base}{path}");
    exchange(method, desk, address, Vec::new(), body).await
}

/// Asks at an address that the messenger has given.
pub(super) async fn ask_at(
    desk: &HelpDesk<'_>,
    address: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
) -> Asked {
    exchange(Method::POST, desk, address, headers, body).await
}

async fn exchange(
    method: Method,
    desk: &HelpDesk<'_>,
    address: String,
    mut headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
) -> Asked {
    let (kind, body) = match body {
        Body::Json(value) => (
            "application/json".to_owned(),
            value.to_string().into_bytes(),
        ),
        Body::Form { boundary, content } => {
            (format!("multipart/form-data; boundary={boundary}"), content)
        }
        Body::Pairs(pairs) => {
            let pairs = pairs.iter().map(|(name, value)| {
                format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
            });
            let written = pairs.collect::<Vec<_>>().join("&");
            let kind = "application/x-www-form-urlencoded".to_owned();
            (kind, written.into_bytes())
        }
        Body::Bytes(content) => ("application/octet-stream".to_owned(), content),
    };
    let kind = HeaderValue::from_str(&kind).expect("letters and digits fit a header");
    headers.push((CONTENT_TYPE, kind));
    let request = Outgoing {
        method,
        address,
        headers,
        body,
    };
    let result = desk.client.send(request, desk.within).await;
    let said = match &result {
        Ok(Reply { body, .. }) => serde_json::from_slice(body).unwrap_or(Value::Null),
        Err(_) => Value::Null,
    };
    Asked {
        tried: Tried::of_messenger(result),
        said,
    }
}

/// What a messenger is sent.
#[derive(Clone)]
pub(super) enum Body {
    /// As JSON.
    Json(Value),
    /// As a form with a file in it.
    Form {
        /// Stands between its fields.
        boundary: String,
        /// Its fields.
        content: Vec<u8>,
    },
    /// As names and values.
    Pairs(Vec<(&'static str, String)>),
    /// As it is.
    Bytes(Vec<u8>),
}

/// Writes the address by which a messenger fetches a file; nothing where nobody has said where this server is.
pub(super) fn link_of(desk: &HelpDesk<'_>, file: &Attachment) -> Option<String> {
    let keys = desk.store.link_keys();
    file_address(desk.address, desk.now, file, |link| keys.sign_file(link))
}

/// Does the same for a server that is there, with the token that a link is signed by.
pub(super) fn file_address(
    address: &str,
    now: Timestamp,
    file: &Attachment,
    sign: impl Fn(&FileLink) -> String,
) -> Option<String> {
    if address.is_empty() {
        return None;
    }
    // The same in every attempt within an hour, so that a repetition is one.
    let hour = 60 * 60 * 1_000;
    let begins = now.as_millis().div_euclid(hour) * hour;
    let link = FileLink {
        conversation: file.conversation,
        file: file.id,
        expires: Timestamp::from_millis(begins + FILE_LINK_MS),
    };
    Some(format!("{address}/v1/channels/files/{}", sign(&link)))
}

/// Returns the header that shows an access token; nothing where it cannot stand in one.
pub(super) fn bearer(token: &str) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    Some((AUTHORIZATION, value))
}

/// Lets a messenger wait that says so in its reply.
pub(super) fn wait(tried: &mut Tried, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        tried.retry_after = Some(Duration::from_secs(seconds));
    }
}
