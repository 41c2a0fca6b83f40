//! LINE: events of an official account come by its webhook, and messages leave by its Messaging API.
//!
//! <https://developers.line.biz/en/reference/messaging-api/>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::event::{Brought, Event, FileThere, Press, Wanted, What};
use super::fetching::Place;
use super::post::{Asked, Body, Post, ask, bearer, link_of};
use super::sending::Sends;
use super::text::{label, parts_of};
use crate::client::RequestError;
use crate::conversation::{Attachment, FileKind};
use crate::relay::helpdesk::HelpDesk;
use crate::relay::receipt::header;
use crate::relay::retry::Verdict;
use crate::signing::{RefusedSignature, verify_body};
use crate::store::{Due, StoreError, Told};

/// Longest text of a message, in UTF-16 units.
const MAX_TEXT: usize = 5_000;
/// Most messages in one request.
const MAX_MESSAGES: usize = 5;
/// Most buttons under a message.
const MAX_BUTTONS: usize = 13;
/// Longest label of a button.
const MAX_LABEL: usize = 20;
/// Largest picture that is shown as one: beyond that LINE wants a smaller one beside it.
const MAX_PICTURE_BYTES: usize = 1024 * 1024;

/// Checks the signature of a request.
pub(super) fn verify(
    channel_secret: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), RefusedSignature> {
    let shown = header(headers, "x-line-signature");
    verify_body(channel_secret, shown, body, |shown| {
        STANDARD.decode(shown).ok()
    })
}

#[derive(Deserialize)]
struct Hook {
    #[serde(default)]
    events: Vec<LineEvent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LineEvent {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    mode: String,
    source: Option<Source>,
    #[serde(default)]
    webhook_event_id: String,
    #[serde(default)]
    delivery_context: DeliveryContext,
    reply_token: Option<String>,
    message: Option<LineMessage>,
    postback: Option<Postback>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    #[serde(rename = "type")]
    kind: String,
    user_id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct DeliveryContext {
    #[serde(default)]
    is_redelivery: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LineMessage {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    file_name: Option<String>,
    file_size: Option<u64>,
    content_provider: Option<ContentProvider>,
}

#[derive(Deserialize)]
struct ContentProvider {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Postback {
    data: String,
}

/// Reads a request. Groups, rooms and what another program of the account answers are none of ours.
pub(super) fn read(body: &[u8]) -> Result<Brought, serde_json::Error> {
    let hook: Hook = serde_json::from_slice(body)?;
    Ok(Brought::of(
        hook.events.into_iter().filter_map(event_of).collect(),
        Wanted::Nothing,
    ))
}

fn event_of(event: LineEvent) -> Option<Event> {
    let source = event.source?;
    if source.kind != "user" || event.mode == "standby" {
        return None;
    }
    let what = match event.kind.as_str() {
        "message" => what_of(event.message?),
        "postback" => What::Pressed(Press::read(&event.postback?.data)?),
        "follow" => What::Came,
        "unfollow" => What::Left,
        _ => return None,
    };
    // The token of an event that is sent again has lain for too long.
    let is_fresh = !event.delivery_context.is_redelivery;
    Some(Event {
        external_id: source.user_id?,
        receipt: format!("event:{}", event.webhook_event_id),
        locale: None,
        reply_token: event.reply_token.filter(|_| is_fresh),
        what,
    })
}

fn what_of(message: LineMessage) -> What {
    let lies_there = message
        .content_provider
        .is_none_or(|provider| provider.kind == "line");
    match (message.kind.as_str(), message.text) {
        ("text", Some(text)) => What::Words(text),
        ("image" | "file", _) if lies_there => What::File {
            file: FileThere {
                id: message.id,
                name: message.file_name.unwrap_or_default(),
                bytes: message.file_size,
            },
            words: None,
        },
        _ => What::Other,
    }
}

/// Fetches the content of a message; nothing where there is none any more.
pub(super) async fn fetch(
    place: &Place<'_>,
    token: &str,
    file: &FileThere,
) -> Result<Option<Vec<u8>>, RequestError> {
    let id = &file.id;
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let base = content_url(place.url);
    let address = format!("{base}/v2/bot/message/{id}/content");
    place.get(address, bearer(token)).await
}

/// Returns where the content of messages is.
fn content_url(api: &str) -> String {
    match api.trim_end_matches('/') {
        "https://api.line.me" => "https://api-data.line.me".to_owned(),
        other => other.to_owned(),
    }
}

/// An account, speaking to one visitor.
pub(super) struct Line<'a> {
    desk: &'a HelpDesk<'a>,
    token: &'a str,
    visitor: &'a str,
}

impl<'a> Line<'a> {
    pub(super) fn new(desk: &'a HelpDesk<'a>, token: &'a str, visitor: &'a str) -> Self {
        Self {
            desk,
            token,
            visitor,
        }
    }

    /// LINE fetches pictures itself, and shows no other files: those are links.
    fn shown(&self, file: &Attachment) -> Value {
        let is_picture = matches!(file.file.kind, FileKind::Png | FileKind::Jpeg)
            && file.file.bytes <= MAX_PICTURE_BYTES;
        match link_of(self.desk, file) {
            Some(link) if is_picture => {
                json!({ "type": "image", "originalContentUrl": link, "previewImageUrl": link })
            }
            Some(link) => {
                json!({ "type": "text", "text": format!("{}\n{link}", file.name.as_str()) })
            }
            None => json!({ "type": "text", "text": file.name.as_str() }),
        }
    }

    async fn ask(&self, path: &str, key: Option<&str>, body: Value) -> Asked {
        let mut headers: Vec<_> = bearer(self.token).into_iter().collect();
        if let Some(key) = key {
            let key = HeaderValue::from_str(key).expect("hexadecimal digits fit a header");
            headers.push((HeaderName::from_static("x-line-retry-key"), key));
        }
        ask(self.desk, path, headers, Body::Json(body)).await
    }
}

impl Sends for Line<'_> {
    type Part = Vec<Value>;

    /// The buttons stand under the last.
    fn parts(&self, post: &Post<'_>) -> Vec<Vec<Value>> {
        let mut messages: Vec<Value> = parts_of(&post.text, MAX_TEXT)
            .into_iter()
            .map(|text| json!({ "type": "text", "text": text }))
            .collect();
        messages.extend(post.files.iter().map(|file| self.shown(file)));
        let items: Vec<Value> = post
            .buttons
            .iter()
            .take(MAX_BUTTONS)
            .map(|button| {
                json!({ "type": "action", "action": {
                    "type": "postback",
                    "label": label(&button.label, MAX_LABEL),
                    "data": button.press.code(),
                    "displayText": label(&button.label, 300),
                }})
            })
            .collect();
        if let Some(last) = messages.last_mut().filter(|_| !items.is_empty()) {
            last["quickReply"] = json!({ "items": items });
        }
        messages
            .chunks(MAX_MESSAGES)
            .map(<[Value]>::to_vec)
            .collect()
    }

    /// Sends a part: as the reply to the visitor's last words where that is still possible, since replies are free of
    /// charge; else as a push, under a key that makes a repetition harmless.
    async fn send(
        &self,
        part: &Vec<Value>,
        place: usize,
        due: &Due,
        told: &Told,
    ) -> Result<Asked, StoreError> {
        let token = match place {
            0 if due.attempts == 0 => {
                let conversation = told.conversation.id;
                self.desk
                    .store
                    .take_reply_token(conversation, self.desk.now)
                    .await?
            }
            _ => None,
        };
        if let Some(token) = token {
            let body = json!({ "replyToken": token, "messages": part });
            let asked = self.ask("/v2/bot/message/reply", None, body).await;
            if asked.tried.response_status != Some(400) {
                return Ok(asked);
            }
        }
        let key = retry_key(&due.telling.id.to_string(), place);
        let body = json!({ "to": self.visitor, "messages": part });
        let mut asked = self.ask("/v2/bot/message/push", Some(&key), body).await;
        // It was taken before, and the reply to that was lost.
        if asked.tried.response_status == Some(409) {
            asked.tried.verdict = Verdict::Taken;
            asked.tried.error = None;
        }
        Ok(asked)
    }
}

/// Names a part in the form of a UUID, the same in every attempt.
fn retry_key(telling: &str, place: usize) -> String {
    let digits = hex::encode(Sha256::digest(format!("{telling}:{place}")));
    format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..32]
    )
}
