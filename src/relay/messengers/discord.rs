//! Discord: commands and buttons of an app come as signed interactions, and messages leave as the reply to one or, for a
//! quarter of an hour, after it.
//!
//! <https://discord.com/developers/docs/interactions/receiving-and-responding>

use std::time::Duration;

use hyper::{HeaderMap, Method};
use serde::Deserialize;
use serde_json::{Value, json};

use super::event::{Brought, Event, FileThere, Press, Wanted, What};
use super::fetching::Place;
use super::form::form_of;
use super::post::{Asked, Body, Post, ask_by, link_of};
use super::sending::Sends;
use super::text::{label, parts_of};
use super::waiting::Room;
use crate::client::RequestError;
use crate::conversation::Attachment;
use crate::relay::helpdesk::HelpDesk;
use crate::relay::receipt::header;
use crate::relay::retry::{Tried, Verdict};
use crate::signing::{RefusedSignature, verify_ed25519};
use crate::store::{Due, StoreError, Told};
use crate::time::Timestamp;

/// Longest text of a message, in UTF-16 units.
const MAX_TEXT: usize = 2_000;
/// Most buttons of a row and rows of a message, and the longest label of a button.
const MAX_IN_ROW: usize = 5;
const MAX_ROWS: usize = 5;
const MAX_LABEL: usize = 80;
/// Largest file that is sent as one.
const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;
/// Where Discord keeps files.
const DOMAINS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];
/// Shown to whoever has asked, and to nobody else of the channel.
const EPHEMERAL: u32 = 64;

/// Kinds of interactions.
const PING: u64 = 1;
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
/// Kinds of replies.
const PONG: u64 = 1;
const MESSAGE: u64 = 4;
const LATER: u64 = 5;

/// Checks the signature of a request, and that it is not an old one sent again.
pub(super) fn verify(
    public_key: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    let signature = header(headers, "x-signature-ed25519");
    let timestamp = header(headers, "x-signature-timestamp");
    verify_ed25519(public_key, timestamp, signature, body, now)
}

#[derive(Deserialize)]
struct Interaction {
    id: String,
    #[serde(rename = "type")]
    kind: u64,
    #[serde(default)]
    token: String,
    locale: Option<String>,
    member: Option<Member>,
    user: Option<User>,
    #[serde(default)]
    data: Data,
}

#[derive(Deserialize)]
struct Member {
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

#[derive(Deserialize, Default)]
struct Data {
    #[serde(default)]
    name: String,
    #[serde(default)]
    custom_id: String,
    #[serde(default)]
    options: Vec<Choice>,
    #[serde(default)]
    resolved: Value,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    value: Value,
    #[serde(rename = "type", default)]
    kind: u64,
}

/// Kinds of options of a command.
const STRING: u64 = 3;
const ATTACHMENT: u64 = 11;

/// Reads an interaction.
pub(super) fn read(body: &[u8]) -> Result<Brought, serde_json::Error> {
    let interaction: Interaction = serde_json::from_slice(body)?;
    if interaction.kind == PING {
        return Ok(Brought::of(
            Vec::new(),
            Wanted::This(json!({ "type": PONG })),
        ));
    }
    let Interaction {
        id,
        kind,
        token,
        locale,
        member,
        user,
        data,
    } = interaction;
    let visitor = member.map(|member| member.user).or(user);
    let visitor = visitor.map(|user| user.id).unwrap_or_default();
    let what = match kind {
        COMMAND => Some(command_of(data)),
        COMPONENT => Press::read(&data.custom_id).map(What::Pressed),
        _ => None,
    };
    // It stands in a path.
    let is_plain = token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let token = Some(token).filter(|token| is_plain && !token.is_empty());
    let event = what.map(|what| Event {
        external_id: visitor.clone(),
        receipt: format!("interaction:{id}"),
        locale,
        reply_token: token.clone(),
        what,
    });
    Ok(Brought::of(
        event.into_iter().collect(),
        Wanted::Interaction { visitor, token },
    ))
}

fn command_of(data: Data) -> What {
    match data.name.as_str() {
        "person" => return What::Pressed(Press::Person),
        "status" => return What::Pressed(Press::Standing),
        _ => {}
    }
    let given = |kind: u64| data.options.iter().find(|option| option.kind == kind);
    let words = given(STRING).and_then(|option| option.value.as_str());
    let words = words.map(str::to_owned);
    let file = given(ATTACHMENT).and_then(|option| {
        let there = &data.resolved["attachments"][option.value.as_str()?];
        Some(FileThere {
            id: there["url"].as_str()?.to_owned(),
            name: there["filename"].as_str().unwrap_or_default().to_owned(),
            bytes: there["size"].as_u64(),
        })
    });
    match (file, words) {
        (Some(file), words) => What::File { file, words },
        (None, Some(words)) => What::Words(words),
        (None, None) => What::Other,
    }
}

/// What is replied when the work takes longer than Discord waits: that it comes later.
pub(super) fn late() -> Value {
    json!({ "type": LATER, "data": { "flags": EPHEMERAL } })
}

/// Writes a reply that says this.
pub(super) fn reply(said: Value) -> Value {
    json!({ "type": MESSAGE, "data": said })
}

/// Returns the path at which the reply to an interaction is put that has been put off.
pub(super) fn original(application: &str, token: &str) -> String {
    format!("/webhooks/{application}/{token}/messages/@original")
}

/// Takes the beginning of a message as the reply itself, where that is words.
pub(super) fn takes(said: &mut Option<Value>, post: &Post<'_>, sent: usize) -> Room {
    if sent > 0 || said.is_some() {
        return Room::Nothing;
    }
    let mut parts = texts_of(post);
    let is_whole = parts.len() == 1 && post.files.is_empty();
    if parts.is_empty() {
        return Room::Nothing;
    }
    *said = Some(parts.swap_remove(0));
    match is_whole {
        true => Room::Whole,
        false => Room::Parts(1),
    }
}

/// Writes a sentence.
pub(super) fn sentence(text: &str) -> Value {
    json!({ "content": escaped(text), "flags": EPHEMERAL, "allowed_mentions": { "parse": [] } })
}

/// Writes the words of a message in parts; the buttons stand under the last.
fn texts_of(post: &Post<'_>) -> Vec<Value> {
    let text = escaped(&post.text);
    let mut parts: Vec<Value> = parts_of(&text, MAX_TEXT)
        .into_iter()
        .map(|text| {
            json!({ "content": text, "flags": EPHEMERAL, "allowed_mentions": { "parse": [] } })
        })
        .collect();
    let buttons: Vec<Value> = post
        .buttons
        .iter()
        .take(MAX_IN_ROW * MAX_ROWS)
        .map(|button| {
            json!({
                "type": 2, "style": 2, "label": label(&button.label, MAX_LABEL), "custom_id": button.press.code(),
            })
        })
        .collect();
    if let Some(last) = parts.last_mut().filter(|_| !buttons.is_empty()) {
        let rows = buttons
            .chunks(MAX_IN_ROW)
            .map(|row| json!({ "type": 1, "components": row }));
        last["components"] = rows.collect();
    }
    parts
}

/// Writes a text so that nothing in it is a mark; addresses stay as they are, so that they can be followed.
fn escaped(text: &str) -> String {
    let word = |word: &str| {
        if word.starts_with("https://") || word.starts_with("http://") {
            return word.to_owned();
        }
        let mut plain = String::with_capacity(word.len());
        for character in word.chars() {
            if "\\*_~`|<>#".contains(character) {
                plain.push('\\');
            }
            plain.push(character);
        }
        plain
    };
    text.split_inclusive(char::is_whitespace)
        .map(word)
        .collect()
}

/// Fetches a file, from Discord alone.
pub(super) async fn fetch(
    place: &Place<'_>,
    file: &FileThere,
) -> Result<Option<Vec<u8>>, RequestError> {
    place.get_from(&file.id, &DOMAINS).await
}

/// An app, speaking to one user.
pub(super) struct Discord<'a> {
    desk: &'a HelpDesk<'a>,
    application: &'a str,
}

/// What is sent at once.
pub(super) enum Part {
    /// A message.
    Message(Value),
    /// A file.
    File(Box<Attachment>),
}

impl<'a> Discord<'a> {
    pub(super) fn new(desk: &'a HelpDesk<'a>, application: &'a str) -> Self {
        Self { desk, application }
    }
}

impl Sends for Discord<'_> {
    type Part = Part;

    fn parts(&self, post: &Post<'_>) -> Vec<Part> {
        let texts = texts_of(post).into_iter().map(Part::Message);
        let files = post.files.iter().map(|file| {
            if file.file.bytes <= MAX_FILE_BYTES {
                return Part::File(Box::new(file.clone()));
            }
            let name = file.name.as_str();
            let text = link_of(self.desk, file);
            let text = text.map_or_else(|| name.to_owned(), |link| format!("{name}\n{link}"));
            Part::Message(sentence(&text))
        });
        texts.chain(files).collect()
    }

    async fn send(
        &self,
        part: &Part,
        _place: usize,
        _due: &Due,
        told: &Told,
    ) -> Result<Asked, StoreError> {
        let reader = self.desk.store.reader();
        let token = reader
            .reply_token(&told.conversation.id, self.desk.now)
            .await?;
        let Some(token) = token else {
            return Ok(Asked {
                tried: Tried {
                    verdict: Verdict::Later,
                    error: Some("nothing can be said until the visitor asks again".to_owned()),
                    ..Tried::nothing()
                },
                said: Value::Null,
            });
        };
        let body = match part {
            Part::Message(said) => Body::Json(said.clone()),
            Part::File(file) => {
                let content = self.desk.store.attachment_content(file).await?;
                let said = json!({ "flags": EPHEMERAL }).to_string();
                form_of(&[("payload_json", &said)], "files[0]", file, &content)
            }
        };
        let path = format!("/webhooks/{}/{token}?wait=true", self.application);
        let mut asked = ask_by(Method::POST, self.desk, &path, body).await;
        let wish = asked.said["retry_after"].as_f64();
        if let Some(seconds) = wish.filter(|seconds| (0.0..86_400.0).contains(seconds)) {
            asked.tried.retry_after = Some(Duration::from_secs_f64(seconds.ceil()));
        }
        if let (false, Some(code)) = (asked.tried.is_taken(), asked.said["code"].as_i64()) {
            asked.tried.error = Some(format!("the other side replied with the error {code}"));
        }
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_is_a_mark() {
        for (text, expected) in [
            ("plain words", "plain words"),
            ("2 * 3 and a_b", "2 \\* 3 and a\\_b"),
            (
                "see https://a.example/b_c_d and *that*\n# no title",
                "see https://a.example/b_c_d and \\*that\\*\n\\# no title",
            ),
            ("<@1> ||no||", "\\<@1\\> \\|\\|no\\|\\|"),
        ] {
            assert_eq!(escaped(text), expected, "{text}");
        }
    }
}
