//! KakaoTalk: a skill of a chatbot asks here what to say, and is replied to; nothing can be sent there.
//!
//! <https://kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format>

use hyper::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::event::{Brought, Event, FileThere, Press, Wanted, What};
use super::fetching::{Place, is_at};
use super::post::{Button, Post};
use super::text::{label, parts_of};
use super::waiting::Room;
use crate::client::RequestError;
use crate::conversation::{Attachment, FileKind};
use crate::ids::MessageId;
use crate::locale::{Locale, words};
use crate::relay::receipt::header;
use crate::signing::{RefusedSignature, SigningSecret};
use crate::time::Timestamp;

/// Longest text of one output, and of a card, in UTF-16 units.
const MAX_TEXT: usize = 1_000;
const MAX_CARD: usize = 400;
/// Most outputs of a reply.
const MAX_OUTPUTS: usize = 3;
/// Most buttons under a reply, and the longest label of one.
const MAX_QUICK_REPLIES: usize = 10;
const MAX_LABEL: usize = 14;
/// Where Kakao keeps pictures and takes late replies.
const DOMAINS: [&str; 2] = ["kakaocdn.net", "kakao.com"];

/// Checks the header that the skill was set up with.
pub(super) fn verify(
    secrets: &[SigningSecret],
    headers: &HeaderMap,
) -> Result<(), RefusedSignature> {
    let shown = header(headers, "x-mondo-secret");
    if shown.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    match secrets.iter().any(|secret| secret.is_header_token(shown)) {
        true => Ok(()),
        false => Err(RefusedSignature::Wrong),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_request: UserRequest,
    #[serde(default)]
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserRequest {
    #[serde(default)]
    utterance: String,
    lang: Option<String>,
    user: User,
    callback_url: Option<String>,
    #[serde(default)]
    params: Params,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

#[derive(Deserialize, Default)]
struct Params {
    media: Option<Media>,
}

#[derive(Deserialize)]
struct Media {
    #[serde(rename = "type")]
    kind: String,
    url: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Action {
    #[serde(default)]
    client_extra: Value,
}

/// Reads a request of the skill.
pub(super) fn read(body: &[u8], now: Timestamp) -> Result<Brought, serde_json::Error> {
    let Payload {
        user_request,
        action,
    } = serde_json::from_slice(body)?;
    let visitor = user_request.user.id;
    let pressed = action.client_extra["press"].as_str().and_then(Press::read);
    let what = match (pressed, user_request.params.media) {
        (Some(press), _) => What::Pressed(press),
        (None, Some(media)) if media.kind == "image" => What::File {
            file: FileThere {
                id: media.url,
                name: String::new(),
                bytes: None,
            },
            words: None,
        },
        (None, Some(_)) => What::Other,
        (None, None) => what_of(user_request.utterance),
    };
    let event = Event {
        external_id: visitor.clone(),
        // Kakao has no name for a request, and sends none again.
        receipt: format!("utterance:{}", MessageId::generate(now)),
        locale: user_request.lang.map(tag_of),
        reply_token: None,
        what,
    };
    Ok(Brought::of(
        vec![event],
        Wanted::Skill {
            visitor,
            callback: user_request.callback_url,
        },
    ))
}

/// A button comes back as what was read on it, where the bot has lost what it was sent with.
fn what_of(utterance: String) -> What {
    let said = utterance.trim();
    let is_said =
        |of: fn(Locale) -> &'static str| Locale::ALL.into_iter().any(|locale| of(locale) == said);
    if is_said(|locale| &words(locale).channel.button_person) {
        return What::Pressed(Press::Person);
    }
    if is_said(|locale| &words(locale).channel.button_standing) {
        return What::Pressed(Press::Standing);
    }
    if is_said(|locale| &words(locale).channel.button_more) {
        return What::Pressed(Press::More);
    }
    match said.is_empty() {
        true => What::Other,
        false => What::Words(utterance),
    }
}

/// Kakao writes countries where others write languages.
fn tag_of(lang: String) -> String {
    match lang.as_str() {
        "kr" => "ko".to_owned(),
        "jp" => "ja".to_owned(),
        "cn" => "zh".to_owned(),
        _ => lang,
    }
}

/// Fetches a picture, from Kakao alone.
pub(super) async fn fetch(
    place: &Place<'_>,
    file: &FileThere,
) -> Result<Option<Vec<u8>>, RequestError> {
    place.get_from(&file.id, &DOMAINS).await
}

/// Tells whether a late reply may go to an address.
pub(super) fn is_callback(address: &str, base: &str) -> bool {
    let own = format!("{}/", base.trim_end_matches('/'));
    address.starts_with(&own) || is_at(address, &DOMAINS)
}

/// What is replied when the work takes longer than Kakao waits: that it comes later, where it can; else a sentence.
pub(super) fn late(body: &[u8]) -> Result<Value, serde_json::Error> {
    let Payload { user_request, .. } = serde_json::from_slice(body)?;
    let locale = user_request.lang.map(tag_of);
    let locale = locale.and_then(|tag| Locale::from_tag(&tag));
    let locale = locale.unwrap_or(Locale::Korean);
    let said = &words(locale).channel;
    Ok(match user_request.callback_url {
        Some(_) => {
            json!({ "version": "2.0", "useCallback": true, "data": { "text": said.moment } })
        }
        None => {
            let mut reply = Reply::default();
            reply.text(&said.slow);
            reply.button(&said.button_more, Press::More);
            reply.written()
        }
    })
}

/// A reply to a skill.
#[derive(Default)]
pub(super) struct Reply {
    outputs: Vec<Value>,
    buttons: Vec<Value>,
    /// Outputs that are kept free for a card.
    reserved: usize,
}

impl Reply {
    /// Keeps room for a card.
    pub(super) fn with_card() -> Self {
        Self {
            reserved: 1,
            ..Self::default()
        }
    }

    /// Takes the parts of a message that find room; its buttons stand under the whole.
    pub(super) fn takes(
        &mut self,
        post: &Post<'_>,
        sent: usize,
        link: impl Fn(&Attachment) -> Option<String>,
    ) -> Room {
        let texts = parts_of(&post.text, MAX_TEXT).into_iter().map(simple_text);
        let files = post.files.iter().map(|file| shown(file, link(file)));
        let parts: Vec<Value> = texts.chain(files).skip(sent).collect();
        let free = (MAX_OUTPUTS - self.reserved).saturating_sub(self.outputs.len());
        let fits = parts.len() <= free;
        self.outputs.extend(parts.into_iter().take(free));
        if !fits {
            return match free {
                0 => Room::Nothing,
                _ => Room::Parts(sent + free),
            };
        }
        if !post.buttons.is_empty() {
            self.buttons = post.buttons.iter().map(quick_reply).collect();
        }
        Room::Whole
    }

    pub(super) fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }

    /// Says something more.
    pub(super) fn text(&mut self, text: &str) {
        self.outputs.push(simple_text(text));
    }

    /// Says something more with a button that opens a page.
    pub(super) fn card(&mut self, text: &str, opener: &str, page: &str) {
        self.outputs.push(json!({ "textCard": {
            "description": label(text, MAX_CARD),
            "buttons": [{ "action": "webLink", "label": label(opener, MAX_LABEL), "webLinkUrl": page }],
        }}));
    }

    /// Adds a button.
    pub(super) fn button(&mut self, read: &str, press: Press) {
        self.buttons.insert(
            0,
            quick_reply(&Button {
                label: read.to_owned(),
                press,
            }),
        );
    }

    /// Writes it.
    pub(super) fn written(mut self) -> Value {
        self.buttons.truncate(MAX_QUICK_REPLIES);
        let mut template = json!({ "outputs": self.outputs });
        if !self.buttons.is_empty() {
            template["quickReplies"] = json!(self.buttons);
        }
        json!({ "version": "2.0", "template": template })
    }
}

fn simple_text(text: &str) -> Value {
    json!({ "simpleText": { "text": text } })
}

/// Kakao fetches pictures itself, and shows no other files: those are links.
fn shown(file: &Attachment, link: Option<String>) -> Value {
    let name = file.name.as_str();
    match (link, file.file.kind) {
        (Some(link), FileKind::Png | FileKind::Jpeg) => {
            json!({ "simpleImage": { "imageUrl": link, "altText": name } })
        }
        (Some(link), _) => simple_text(&format!("{name}\n{link}")),
        (None, _) => simple_text(name),
    }
}

/// Pressing it says what is read on it; what it means comes back beside.
fn quick_reply(button: &Button) -> Value {
    json!({
        "action": "message", "label": label(&button.label, MAX_LABEL), "messageText": button.label,
        "extra": { "press": button.press.code() },
    })
}
