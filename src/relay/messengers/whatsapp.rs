//! WhatsApp: events of a number come by the webhook of Meta's Cloud API, and messages leave by its Graph API.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/>

use hyper::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::event::{Brought, Event, FileThere, Presented, Press, Refused, Wanted, What};
use super::fetching::Place;
use super::form::form_of;
use super::post::{Asked, Body, Button, Post, ask, bearer, link_of};
use super::sending::Sends;
use super::text::{label, parts_of, utf16_len};
use crate::client::RequestError;
use crate::conversation::{Attachment, FileKind};
use crate::relay::helpdesk::HelpDesk;
use crate::relay::receipt::header;
use crate::relay::retry::Verdict;
use crate::signing::{RefusedSignature, SigningSecret, verify_body};
use crate::store::{Due, StoreError, Told};

/// Longest text of a message, and of one with a list, in UTF-16 units.
const MAX_TEXT: usize = 4_096;
/// Longest text over buttons.
const MAX_TEXT_OVER_BUTTONS: usize = 1_024;
/// Most buttons, and the longest label of one.
const MAX_BUTTONS: usize = 3;
const MAX_LABEL: usize = 20;
/// Most rows of a list, and the longest title and description of one.
const MAX_ROWS: usize = 10;
const MAX_ROW_TITLE: usize = 24;
const MAX_ROW_DESCRIPTION: usize = 72;
/// Largest picture that is shown as one.
const MAX_PICTURE_BYTES: usize = 5 * 1024 * 1024;
/// Where Meta keeps files, beside its own address.
const FILES: &str = "https://lookaside.fbsbx.com/";

/// Why a message that came too late is not sent.
const WINDOW_CLOSED: &str = "the visitor has written nothing for 24 hours, and WhatsApp lets no message through until they do \
     (error 131047)";

/// Returns what Meta wants to read when the address is entered there.
pub(super) fn challenge(
    secrets: &[SigningSecret],
    presented: &Presented,
) -> Result<String, RefusedSignature> {
    if presented.verify_token.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    let knows = |secret: &SigningSecret| secret.is_header_token(&presented.verify_token);
    match presented.mode == "subscribe" && secrets.iter().any(knows) {
        true => Ok(presented.challenge.clone()),
        false => Err(RefusedSignature::Wrong),
    }
}

/// Checks the signature of a request.
pub(super) fn verify(
    app_secret: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), RefusedSignature> {
    let shown = header(headers, "x-hub-signature-256");
    verify_body(app_secret, shown, body, |shown| {
        hex::decode(shown.strip_prefix("sha256=")?).ok()
    })
}

#[derive(Deserialize)]
struct Hook {
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct Update {
    metadata: Metadata,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    status: String,
    #[serde(default)]
    errors: Vec<StatusError>,
}

#[derive(Deserialize)]
struct StatusError {
    code: i64,
}

#[derive(Deserialize)]
struct Metadata {
    phone_number_id: String,
}

#[derive(Deserialize)]
struct Message {
    from: String,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    text: Option<Text>,
    button: Option<PressedTemplate>,
    interactive: Option<Interactive>,
    image: Option<Media>,
    document: Option<Media>,
}

#[derive(Deserialize)]
struct Text {
    body: String,
}

#[derive(Deserialize)]
struct PressedTemplate {
    text: String,
}

#[derive(Deserialize)]
struct Interactive {
    button_reply: Option<Chosen>,
    list_reply: Option<Chosen>,
}

#[derive(Deserialize)]
struct Chosen {
    id: String,
    title: String,
}

#[derive(Deserialize)]
struct Media {
    id: String,
    caption: Option<String>,
    filename: Option<String>,
}

/// Reads a request: what visitors have sent to this number, and which messages of ours did not reach them.
pub(super) fn read(number: &str, body: &[u8]) -> Result<Brought, serde_json::Error> {
    let hook: Hook = serde_json::from_slice(body)?;
    let (mut events, mut refused) = (Vec::new(), Vec::new());
    for change in hook.entry.into_iter().flat_map(|entry| entry.changes) {
        if change.field != "messages" {
            continue;
        }
        let update: Update = serde_json::from_value(change.value)?;
        if update.metadata.phone_number_id == number {
            events.extend(update.messages.into_iter().filter_map(event_of));
            refused.extend(update.statuses.into_iter().filter_map(refused_of));
        }
    }
    Ok(Brought {
        events,
        refused,
        wanted: Wanted::Nothing,
    })
}

/// Most messages are refused so: they are taken, and what is wrong is told a moment later.
fn refused_of(status: Status) -> Option<Refused> {
    if status.status != "failed" {
        return None;
    }
    let code = status.errors.first().map_or(0, |error| error.code);
    let why = match code {
        131_047 => WINDOW_CLOSED.to_owned(),
        131_026 => format!("nobody is there to be told (error {code})"),
        _ => format!("the other side did not deliver it (error {code})"),
    };
    Some(Refused {
        name: status.id,
        why,
    })
}

fn event_of(message: Message) -> Option<Event> {
    let (external_id, receipt) = (message.from.clone(), format!("message:{}", message.id));
    Some(Event {
        external_id,
        receipt,
        locale: None,
        reply_token: None,
        what: what_of(message)?,
    })
}

/// What a message says; nothing where it is none, such as a heart on one of ours or a number that has changed.
fn what_of(message: Message) -> Option<What> {
    let Message {
        kind,
        text,
        button,
        interactive,
        image,
        document,
        ..
    } = message;
    let chosen = interactive.and_then(|shown| shown.button_reply.or(shown.list_reply));
    Some(match kind.as_str() {
        "reaction" | "system" => return None,
        "request_welcome" => What::Came,
        "text" => text.map_or(What::Other, |text| What::Words(text.body)),
        "button" => button.map_or(What::Other, |pressed| What::Words(pressed.text)),
        "interactive" => chosen.map_or(What::Other, |chosen| {
            Press::read(&chosen.id).map_or(What::Words(chosen.title), What::Pressed)
        }),
        "image" | "document" => image.or(document).map_or(What::Other, |media| What::File {
            file: FileThere {
                id: media.id,
                name: media.filename.unwrap_or_default(),
                bytes: None,
            },
            words: media.caption,
        }),
        _ => What::Other,
    })
}

#[derive(Deserialize)]
struct MediaThere {
    url: String,
    file_size: Option<usize>,
}

/// Fetches a file, whose place is asked for first, from Meta alone, for the token is shown there.
pub(super) async fn fetch(
    place: &Place<'_>,
    token: &str,
    file: &FileThere,
) -> Result<Option<Vec<u8>>, RequestError> {
    let id = &file.id;
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let base = place.base();
    let Some(told) = place.get(format!("{base}/{id}"), bearer(token)).await? else {
        return Ok(None);
    };
    let Ok(there) = serde_json::from_slice::<MediaThere>(&told) else {
        return Ok(None);
    };
    let is_theirs = there.url.starts_with(FILES) || there.url.starts_with(&format!("{base}/"));
    match is_theirs && there.file_size.is_none_or(|bytes| bytes <= place.most) {
        true => place.get(there.url, bearer(token)).await,
        false => Ok(None),
    }
}

/// A number, speaking to one visitor.
pub(super) struct WhatsApp<'a> {
    desk: &'a HelpDesk<'a>,
    token: &'a str,
    number: &'a str,
    visitor: &'a str,
}

/// What is sent at once.
pub(super) enum Part {
    /// A message, by its kind and what it says.
    Message(&'static str, Value),
    /// A file.
    File(Box<Attachment>),
}

impl<'a> WhatsApp<'a> {
    pub(super) fn new(
        desk: &'a HelpDesk<'a>,
        token: &'a str,
        number: &'a str,
        visitor: &'a str,
    ) -> Self {
        Self {
            desk,
            token,
            number,
            visitor,
        }
    }

    async fn ask(&self, what: &str, body: Body) -> Asked {
        let headers = bearer(self.token).into_iter().collect();
        let path = format!("/{}/{what}", self.number);
        let mut asked = ask(self.desk, &path, headers, body).await;
        if let Some(code) = asked.said["error"]["code"].as_i64() {
            judge(&mut asked, code);
        }
        asked
    }

    async fn message(&self, kind: &str, said: Value) -> Asked {
        let mut body = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": self.visitor, "type": kind,
        });
        body[kind] = said;
        self.ask("messages", Body::Json(body)).await
    }

    /// Hands a file over and shows it; kinds that WhatsApp does not take are links.
    async fn file(&self, file: &Attachment) -> Result<Asked, StoreError> {
        let name = file.name.as_str();
        let kind = match file.file.kind {
            FileKind::Png | FileKind::Jpeg if file.file.bytes <= MAX_PICTURE_BYTES => "image",
            FileKind::Pdf | FileKind::Text => "document",
            _ => {
                let text = link_of(self.desk, file);
                let text = text.map_or_else(|| name.to_owned(), |link| format!("{name}\n{link}"));
                return Ok(self.message("text", text_of(&text)).await);
            }
        };
        let content = self.desk.store.attachment_content(file).await?;
        let media = file.file.kind.media_type();
        let fields = [
            ("messaging_product", "whatsapp"),
            ("type", media.split(';').next().unwrap_or(media)),
        ];
        let handed = self
            .ask("media", form_of(&fields, "file", file, &content))
            .await;
        let Some(id) = handed.said["id"]
            .as_str()
            .filter(|_| handed.tried.is_taken())
        else {
            return Ok(handed);
        };
        let said = match kind {
            "document" => json!({ "id": id, "filename": name }),
            _ => json!({ "id": id }),
        };
        Ok(self.message(kind, said).await)
    }
}

fn text_of(text: &str) -> Value {
    json!({ "body": text, "preview_url": false })
}

/// Reads an error: some of them pass, some the operator can put right, and the rest are final.
fn judge(asked: &mut Asked, code: i64) {
    let (verdict, why) = match code {
        131_047 => (Verdict::Never, WINDOW_CLOSED.to_owned()),
        131_026 => (
            Verdict::Nothing,
            format!("nobody is there to be told (error {code})"),
        ),
        // Too much at once, or out of order over there.
        1 | 2 | 4 | 80_007 | 130_429 | 131_000 | 131_016 | 131_048 | 131_056 | 131_057
        | 133_004 => (
            Verdict::Later,
            format!("the other side is busy (error {code})"),
        ),
        // The token has expired, or lacks a permission.
        0 | 3 | 10 | 190 | 200..=299 | 368 | 131_005 | 131_031 | 131_042 => (
            Verdict::Later,
            format!("the other side does not let us in (error {code})"),
        ),
        _ if asked.tried.is_taken() => return,
        _ => (
            asked.tried.verdict,
            format!("the other side replied with the error {code}"),
        ),
    };
    asked.tried.verdict = verdict;
    asked.tried.error = Some(why);
}

/// Buttons, where they are few and short; else a list that is opened by a button.
fn interactive(text: &str, buttons: &[Button], opener: &str) -> Value {
    if are_few(buttons) {
        let buttons = buttons.iter().map(|button| {
            json!({ "type": "reply", "reply": { "id": button.press.code(), "title": button.label } })
        });
        let buttons: Vec<Value> = buttons.collect();
        return json!({
            "type": "button", "body": { "text": text }, "action": { "buttons": buttons },
        });
    }
    let rows = buttons.iter().take(MAX_ROWS).map(|button| {
        let mut row = json!({
            "id": button.press.code(), "title": label(&button.label, MAX_ROW_TITLE),
        });
        if utf16_len(&button.label) > MAX_ROW_TITLE {
            row["description"] = json!(label(&button.label, MAX_ROW_DESCRIPTION));
        }
        row
    });
    let rows: Vec<Value> = rows.collect();
    json!({
        "type": "list", "body": { "text": text },
        "action": { "button": label(opener, MAX_LABEL), "sections": [{ "rows": rows }] },
    })
}

fn are_few(buttons: &[Button]) -> bool {
    let is_short = |button: &Button| utf16_len(&button.label) <= MAX_LABEL;
    buttons.len() <= MAX_BUTTONS && buttons.iter().all(is_short)
}

impl Sends for WhatsApp<'_> {
    type Part = Part;

    /// The buttons stand under the last words.
    fn parts(&self, post: &Post<'_>) -> Vec<Part> {
        let mut texts = parts_of(&post.text, MAX_TEXT);
        let mut last = None;
        if !post.buttons.is_empty() {
            last = texts.pop();
        }
        if let Some(long) = last.filter(|_| are_few(&post.buttons)) {
            let mut shorter = parts_of(long, MAX_TEXT_OVER_BUTTONS);
            last = shorter.pop();
            texts.extend(shorter);
        }
        let mut parts: Vec<Part> = texts
            .into_iter()
            .map(|text| Part::Message("text", text_of(text)))
            .collect();
        parts.extend(last.map(|text| {
            let said = interactive(text, &post.buttons, &post.opener);
            Part::Message("interactive", said)
        }));
        let files = post.files.iter().cloned();
        parts.extend(files.map(|file| Part::File(Box::new(file))));
        parts
    }

    async fn send(
        &self,
        part: &Part,
        _place: usize,
        due: &Due,
        _told: &Told,
    ) -> Result<Asked, StoreError> {
        let asked = match part {
            Part::Message(kind, said) => self.message(kind, said.clone()).await,
            Part::File(file) => self.file(file).await?,
        };
        if let Some(name) = asked.said["messages"][0]["id"].as_str() {
            let (outlet, now) = (self.desk.endpoint.id, self.desk.now);
            let store = self.desk.store;
            store
                .keep_sent_name(outlet, name.to_owned(), due.id, now)
                .await?;
        }
        Ok(asked)
    }
}
