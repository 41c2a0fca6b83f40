//! Telegram: updates of a bot come by its webhook, and messages leave by its API.
//!
//! <https://core.telegram.org/bots/api>

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method};
use serde::Deserialize;
use serde_json::{Value, json};

use super::event::{Brought, Event, FileThere, Press, Wanted, What};
use super::fetching::Place;
use super::form::form_of;
use super::post::{Asked, Body, Post, ask, wait};
use super::sending::Sends;
use super::text::{label, parts_of};
use crate::client::{Outgoing, RequestError};
use crate::conversation::{Attachment, FileKind};
use crate::relay::helpdesk::HelpDesk;
use crate::relay::receipt::header;
use crate::relay::retry::Verdict;
use crate::signing::{RefusedSignature, SigningSecret};
use crate::store::{Due, StoreError, Told};

/// Longest text of a message, in UTF-16 units.
const MAX_TEXT: usize = 4_096;
/// Longest label of a button that is still read whole on a telephone.
const MAX_LABEL: usize = 60;
/// Largest picture that is shown as one.
const MAX_PHOTO_BYTES: usize = 10 * 1024 * 1024;
/// Largest file that a bot can fetch.
const MAX_FETCHED_BYTES: u64 = 20 * 1024 * 1024;

/// Checks the header by which Telegram shows that it knows the secret that the webhook was set up with.
pub(super) fn verify(
    secrets: &[SigningSecret],
    headers: &HeaderMap,
) -> Result<(), RefusedSignature> {
    let shown = header(headers, "x-telegram-bot-api-secret-token");
    if shown.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    match secrets.iter().any(|secret| secret.is_header_token(shown)) {
        true => Ok(()),
        false => Err(RefusedSignature::Wrong),
    }
}

#[derive(Deserialize)]
struct Update {
    update_id: i64,
    message: Option<Message>,
    edited_message: Option<Message>,
    callback_query: Option<CallbackQuery>,
    my_chat_member: Option<ChatMemberUpdated>,
}

#[derive(Deserialize)]
struct Message {
    chat: Chat,
    from: Option<User>,
    text: Option<String>,
    caption: Option<String>,
    #[serde(default)]
    photo: Vec<PhotoSize>,
    document: Option<Document>,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    is_bot: bool,
    language_code: Option<String>,
}

#[derive(Deserialize)]
struct PhotoSize {
    file_id: String,
    file_size: Option<u64>,
}

#[derive(Deserialize)]
struct Document {
    file_id: String,
    file_name: Option<String>,
    file_size: Option<u64>,
}

#[derive(Deserialize)]
struct CallbackQuery {
    id: String,
    from: User,
    message: Option<Origin>,
    data: Option<String>,
}

#[derive(Deserialize)]
struct Origin {
    chat: Chat,
}

#[derive(Deserialize)]
struct ChatMemberUpdated {
    chat: Chat,
    new_chat_member: ChatMember,
}

#[derive(Deserialize)]
struct ChatMember {
    status: String,
}

/// Reads an update. Groups and channels are none of ours: nothing is said there.
pub(super) fn read(body: &[u8]) -> Result<Brought, serde_json::Error> {
    let update: Update = serde_json::from_slice(body)?;
    let receipt = format!("update:{}", update.update_id);
    let event = |chat: &Chat, locale: Option<String>, what: What| {
        (chat.kind == "private").then(|| Event {
            external_id: chat.id.to_string(),
            receipt: receipt.clone(),
            locale,
            reply_token: None,
            what,
        })
    };
    if let Some(query) = update.callback_query {
        let press = query.data.as_deref().and_then(Press::read);
        let chat = query.message.as_ref().map(|message| &message.chat);
        let pressed = press
            .zip(chat)
            .and_then(|(press, chat)| event(chat, query.from.language_code, What::Pressed(press)));
        // The button goes on turning until this is said.
        let reply = json!({ "method": "answerCallbackQuery", "callback_query_id": query.id });
        return Ok(Brought::of(
            pressed.into_iter().collect(),
            Wanted::This(reply),
        ));
    }
    if let Some(changed) = update.my_chat_member {
        let left = matches!(changed.new_chat_member.status.as_str(), "kicked" | "left");
        let events = left
            .then(|| event(&changed.chat, None, What::Left))
            .flatten();
        return Ok(Brought::of(events.into_iter().collect(), Wanted::Nothing));
    }
    let is_edited = update.edited_message.is_some();
    let Some(message) = update.message.or(update.edited_message) else {
        return Ok(Brought::default());
    };
    if message.from.as_ref().is_some_and(|from| from.is_bot) {
        return Ok(Brought::default());
    }
    let locale = message.from.as_ref();
    let locale = locale.and_then(|from| from.language_code.clone());
    let chat = message.chat;
    let what = match what_of(
        message.text,
        message.caption,
        message.photo,
        message.document,
    ) {
        // An edit brings the same file again, or a live place that has moved; only its words are new.
        What::File { words, .. } if is_edited => words.map(What::Words),
        What::Words(words) => Some(What::Words(words)),
        _ if is_edited => None,
        what => Some(what),
    };
    let events = what.and_then(|what| event(&chat, locale, what));
    Ok(Brought::of(events.into_iter().collect(), Wanted::Nothing))
}

fn what_of(
    text: Option<String>,
    caption: Option<String>,
    photo: Vec<PhotoSize>,
    document: Option<Document>,
) -> What {
    if let Some(text) = text {
        return command_of(&text).unwrap_or(What::Words(text));
    }
    // The sizes of one picture stand in ascending order; the largest that a bot can fetch is taken.
    let fetched = |size: &PhotoSize| {
        size.file_size
            .is_none_or(|bytes| bytes <= MAX_FETCHED_BYTES)
    };
    let photo = photo.into_iter().rfind(fetched).map(|size| FileThere {
        id: size.file_id,
        name: String::new(),
        bytes: size.file_size,
    });
    let document = document.map(|document| FileThere {
        id: document.file_id,
        name: document.file_name.unwrap_or_default(),
        bytes: document.file_size,
    });
    match photo.or(document) {
        Some(file) => What::File {
            file,
            words: caption,
        },
        None => What::Other,
    }
}

/// Reads a command, such as `/status` or `/status@name_bot`.
fn command_of(text: &str) -> Option<What> {
    let first = text.strip_prefix('/')?.split_whitespace().next()?;
    let name = first.split('@').next().unwrap_or(first);
    match name {
        "start" | "help" => Some(What::Came),
        "person" | "human" => Some(What::Pressed(Press::Person)),
        "status" => Some(What::Pressed(Press::Standing)),
        _ => None,
    }
}

/// Fetches a file, whose place is asked for first; nothing where there is none.
pub(super) async fn fetch(
    place: &Place<'_>,
    token: &str,
    file: &FileThere,
) -> Result<Option<Vec<u8>>, RequestError> {
    let base = place.base();
    let asking = Outgoing {
        method: Method::POST,
        address: format!("{base}/bot{token}/getFile"),
        headers: vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body: json!({ "file_id": file.id }).to_string().into_bytes(),
    };
    let Some(told) = place.content(asking).await? else {
        return Ok(None);
    };
    let told: Value = serde_json::from_slice(&told).unwrap_or_default();
    let path = told["result"]["file_path"].as_str().unwrap_or_default();
    // A path that leads elsewhere is none of Telegram's.
    let is_plain = path.split('/').all(|part| !part.is_empty() && part != "..")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    match is_plain {
        true => {
            place
                .get(format!("{base}/file/bot{token}/{path}"), None)
                .await
        }
        false => Ok(None),
    }
}

/// A bot, speaking in one chat.
pub(super) struct Telegram<'a> {
    desk: &'a HelpDesk<'a>,
    path: String,
    chat: &'a str,
}

/// What is sent at once.
pub(super) enum Part {
    /// A text, with the buttons under it.
    Text(String, Vec<Value>),
    /// A file.
    File(Box<Attachment>),
}

impl<'a> Telegram<'a> {
    pub(super) fn new(desk: &'a HelpDesk<'a>, token: &str, chat: &'a str) -> Self {
        Self {
            desk,
            path: format!("/bot{token}"),
            chat,
        }
    }

    async fn ask(&self, method: &str, body: Body) -> Asked {
        let path = format!("{}/{method}", self.path);
        ask(self.desk, &path, Vec::new(), body).await
    }
}

impl Sends for Telegram<'_> {
    type Part = Part;

    /// The buttons stand under the last words.
    fn parts(&self, post: &Post<'_>) -> Vec<Part> {
        let buttons: Vec<Value> = post
            .buttons
            .iter()
            .map(|button| {
                json!([{ "text": label(&button.label, MAX_LABEL), "callback_data": button.press.code() }])
            })
            .collect();
        let texts = parts_of(&post.text, MAX_TEXT);
        let last = texts.len().saturating_sub(1);
        let texts = texts.into_iter().enumerate().map(|(place, text)| {
            let buttons = if place == last {
                buttons.clone()
            } else {
                Vec::new()
            };
            Part::Text(text.to_owned(), buttons)
        });
        texts
            .chain(
                post.files
                    .iter()
                    .map(|file| Part::File(Box::new(file.clone()))),
            )
            .collect()
    }

    async fn send(
        &self,
        part: &Part,
        _place: usize,
        _due: &Due,
        _told: &Told,
    ) -> Result<Asked, StoreError> {
        let mut asked = match part {
            Part::Text(text, buttons) => {
                let mut body = json!({
                    "chat_id": self.chat,
                    "text": text,
                    "link_preview_options": { "is_disabled": true },
                });
                if !buttons.is_empty() {
                    body["reply_markup"] = json!({ "inline_keyboard": buttons });
                }
                self.ask("sendMessage", Body::Json(body)).await
            }
            Part::File(file) => {
                let content = self.desk.store.attachment_content(file).await?;
                let kind = file.file.kind;
                let is_photo = matches!(kind, FileKind::Png | FileKind::Jpeg | FileKind::Webp)
                    && content.len() <= MAX_PHOTO_BYTES;
                let (method, field) = match is_photo {
                    true => ("sendPhoto", "photo"),
                    false => ("sendDocument", "document"),
                };
                let form = form_of(&[("chat_id", self.chat)], field, file, &content);
                self.ask(method, form).await
            }
        };
        let wish = asked.said["parameters"]["retry_after"].as_u64();
        wait(&mut asked.tried, wish);
        // The visitor has blocked the bot: nobody is there to be told, and the next one may be.
        if asked.tried.response_status == Some(403) {
            asked.tried.verdict = Verdict::Nothing;
        }
        Ok(asked)
    }
}
