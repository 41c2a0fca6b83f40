//! Slack: events of an app come by its Events API and its buttons, and messages leave by its Web API.
//!
//! <https://docs.slack.dev/apis/events-api/>

use hyper::HeaderMap;
use percent_encoding::percent_decode;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Value, json};

use super::event::{Brought, Event, FileThere, Press, Wanted, What};
use super::fetching::Place;
use super::post::{Asked, Body, Post, ask, ask_at, bearer};
use super::sending::Sends;
use super::text::{label, parts_of};
use crate::client::RequestError;
use crate::conversation::Attachment;
use crate::relay::helpdesk::HelpDesk;
use crate::relay::receipt::header;
use crate::relay::retry::Verdict;
use crate::signing::{RefusedSignature, TOLERANCE_S, has_signed};
use crate::store::{Due, StoreError, Told};
use crate::time::Timestamp;

/// Longest text of a block, in UTF-16 units.
const MAX_TEXT: usize = 3_000;
/// Longest label of a button.
const MAX_LABEL: usize = 75;
/// Most buttons of a block.
const MAX_BUTTONS: usize = 25;
/// Where Slack keeps files, beside its own address.
const FILES: &str = "https://files.slack.com/";

/// Checks the signature of a request, and that it is not an old one sent again.
pub(super) fn verify(
    signing_secret: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    let shown = header(headers, "x-slack-signature");
    let timestamp = header(headers, "x-slack-request-timestamp");
    if shown.is_empty() || timestamp.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    let seconds: i64 = timestamp.parse().map_err(|_| RefusedSignature::Timestamp)?;
    let now_s = now.as_millis().div_euclid(1_000);
    if now_s.abs_diff(seconds) > TOLERANCE_S.unsigned_abs() {
        return Err(RefusedSignature::Stale);
    }
    let digits = shown.strip_prefix("v0=").ok_or(RefusedSignature::Wrong)?;
    let signature = hex::decode(digits).map_err(|_| RefusedSignature::Wrong)?;
    let parts: &[&[u8]] = &[b"v0:", timestamp.as_bytes(), b":", body];
    match has_signed(signing_secret.as_bytes(), parts, &signature) {
        true => Ok(()),
        false => Err(RefusedSignature::Wrong),
    }
}

#[derive(Deserialize)]
struct Hook {
    #[serde(rename = "type")]
    kind: String,
    challenge: Option<String>,
    #[serde(default)]
    event_id: String,
    event: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    subtype: Option<String>,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    channel_type: String,
    bot_id: Option<String>,
    text: Option<String>,
    #[serde(default)]
    files: Vec<SlackFile>,
    message: Option<Edited>,
    previous_message: Option<Edited>,
}

#[derive(Deserialize)]
struct Edited {
    bot_id: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct SlackFile {
    name: Option<String>,
    size: Option<u64>,
    url_private_download: Option<String>,
}

#[derive(Deserialize)]
struct Interaction {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    trigger_id: String,
    channel: Option<Channel>,
    #[serde(default)]
    actions: Vec<Action>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
}

#[derive(Deserialize)]
struct Action {
    value: Option<String>,
}

/// Reads a request: an event as JSON, a pressed button as a form. Only what is said to the app alone is answered, not what
/// is said in channels.
pub(super) fn read(body: &[u8]) -> Result<Brought, serde_json::Error> {
    if let Some(form) = body.strip_prefix(b"payload=") {
        return read_press(form);
    }
    let hook: Hook = serde_json::from_slice(body)?;
    if hook.kind == "url_verification" {
        return Ok(Brought::of(
            Vec::new(),
            Wanted::This(json!({ "challenge": hook.challenge })),
        ));
    }
    let message = hook.event.filter(|event| {
        event.kind == "message" && event.channel_type == "im" && event.bot_id.is_none()
    });
    let Some(message) = message else {
        return Ok(Brought::default());
    };
    let channel = message.channel.clone();
    let events = whats_of(message)
        .into_iter()
        .enumerate()
        .map(|(place, what)| Event {
            external_id: channel.clone(),
            receipt: format!("event:{}:{place}", hook.event_id),
            locale: None,
            reply_token: None,
            what,
        });
    Ok(Brought::of(events.collect(), Wanted::Nothing))
}

fn read_press(form: &[u8]) -> Result<Brought, serde_json::Error> {
    let spaced: Vec<u8> = form
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let decoded = percent_decode(&spaced).decode_utf8();
    let decoded = decoded.map_err(|_| serde_json::Error::custom("the form is not UTF-8"))?;
    let interaction: Interaction = serde_json::from_str(&decoded)?;
    let channel = interaction.channel.map(|channel| channel.id);
    // Conversations with the app alone have names that begin so.
    let channel = channel.filter(|id| id.starts_with('D') && interaction.kind == "block_actions");
    let value = interaction
        .actions
        .first()
        .and_then(|action| action.value.as_deref());
    let pressed = channel.zip(value.and_then(Press::read));
    let events = pressed.map(|(external_id, press)| Event {
        external_id,
        receipt: format!("press:{}", interaction.trigger_id),
        locale: None,
        reply_token: None,
        what: What::Pressed(press),
    });
    Ok(Brought::of(events.into_iter().collect(), Wanted::Nothing))
}

/// What a message says: its files before its words, which then carry them.
fn whats_of(message: Message) -> Vec<What> {
    match message.subtype.as_deref() {
        None | Some("file_share") => {}
        Some("message_changed") => {
            let before = message.previous_message.and_then(|before| before.text);
            let edited = message.message.filter(|edited| edited.bot_id.is_none());
            // A preview that Slack adds to a link is a change too.
            let words = edited.and_then(|edited| edited.text);
            let words = words.filter(|words| before.as_ref() != Some(words));
            return words
                .map(|words| What::Words(plain(&words)))
                .into_iter()
                .collect();
        }
        Some(_) => return Vec::new(),
    }
    let words = plain(message.text.as_deref().unwrap_or_default());
    let words = (!words.trim().is_empty()).then_some(words);
    let mut files: Vec<FileThere> = message
        .files
        .into_iter()
        .filter_map(|file| {
            Some(FileThere {
                id: file.url_private_download?,
                name: file.name.unwrap_or_default(),
                bytes: file.size,
            })
        })
        .collect();
    let last = files.pop();
    let mut whats: Vec<What> = files
        .into_iter()
        .map(|file| What::File { file, words: None })
        .collect();
    whats.push(match (last, words) {
        (Some(file), words) => What::File { file, words },
        (None, Some(words)) => command_of(&words).unwrap_or(What::Words(words)),
        (None, None) => What::Other,
    });
    whats
}

/// Reads a word that stands for a button, for whoever would rather type.
fn command_of(words: &str) -> Option<What> {
    match words.trim() {
        "!person" => Some(What::Pressed(Press::Person)),
        "!status" => Some(What::Pressed(Press::Standing)),
        _ => None,
    }
}

/// Returns what a visitor has typed: without the marks that Slack puts around links and names.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((inside, after)) = marked.split_once('>') else {
            rest = marked;
            continue;
        };
        let (target, shown) = inside.split_once('|').unwrap_or((inside, ""));
        plain.push_str(match target.split_once(':') {
            Some(("mailto" | "tel", address)) => address,
            // Where a link leads is what counts, whatever it says.
            Some(_) => target,
            None => shown,
        });
        rest = after;
    }
    plain.push_str(rest);
    plain
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Writes a text so that nothing in it is a mark.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Fetches a file, from Slack alone, for the token is shown there.
pub(super) async fn fetch(
    place: &Place<'_>,
    token: &str,
    file: &FileThere,
) -> Result<Option<Vec<u8>>, RequestError> {
    let own = format!("{}/", place.base());
    match file.id.starts_with(FILES) || file.id.starts_with(&own) {
        true => place.get(file.id.clone(), bearer(token)).await,
        false => Ok(None),
    }
}

/// An app, speaking in the conversation that somebody has with it.
pub(super) struct Slack<'a> {
    desk: &'a HelpDesk<'a>,
    token: &'a str,
    channel: &'a str,
}

/// What is sent at once.
pub(super) enum Part {
    /// A text, with the buttons under it.
    Text(String, Vec<Value>),
    /// A file.
    File(Box<Attachment>),
}

impl<'a> Slack<'a> {
    pub(super) fn new(desk: &'a HelpDesk<'a>, token: &'a str, channel: &'a str) -> Self {
        Self {
            desk,
            token,
            channel,
        }
    }

    /// Asks for a place, puts the file there, and shows it in the conversation.
    async fn upload(&self, file: &Attachment) -> Result<Asked, StoreError> {
        let content = self.desk.store.attachment_content(file).await?;
        let name = file.name.as_str();
        let pairs = vec![
            ("filename", name.to_owned()),
            ("length", content.len().to_string()),
        ];
        let asked = self
            .ask("files.getUploadURLExternal", Body::Pairs(pairs))
            .await;
        let address = asked.said["upload_url"].as_str().map(str::to_owned);
        let id = asked.said["file_id"].clone();
        let Some(address) = address.filter(|_| asked.tried.is_taken()) else {
            return Ok(asked);
        };
        let put = ask_at(self.desk, address, Vec::new(), Body::Bytes(content)).await;
        if !put.tried.is_taken() {
            return Ok(put);
        }
        let shown = json!({ "files": [{ "id": id, "title": name }], "channel_id": self.channel });
        Ok(self
            .ask("files.completeUploadExternal", Body::Json(shown))
            .await)
    }

    async fn ask(&self, method: &str, body: Body) -> Asked {
        let headers = bearer(self.token).into_iter().collect();
        let mut asked = ask(self.desk, &format!("/api/{method}"), headers, body).await;
        // A refusal comes as a success that says it is none.
        if asked.tried.is_taken() && asked.said["ok"] != true {
            let why = asked.said["error"].as_str().unwrap_or_default();
            asked.tried.verdict = verdict_on(why);
            let known = why
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let why = if known { why } else { "" };
            asked.tried.error = Some(format!("the other side replied with the error {why:?}"));
        }
        asked
    }
}

/// Tells what an error of Slack's leads to.
fn verdict_on(error: &str) -> Verdict {
    match error {
        // Nobody is there to be told.
        "account_inactive" | "user_disabled" | "channel_not_found" | "is_archived" => {
            Verdict::Nothing
        }
        "msg_too_long" | "no_text" | "invalid_blocks" | "invalid_arguments" => Verdict::Never,
        // What the operator can put right, and what passes.
        _ => Verdict::Later,
    }
}

impl Sends for Slack<'_> {
    type Part = Part;

    /// The buttons stand under the last words.
    fn parts(&self, post: &Post<'_>) -> Vec<Part> {
        let buttons: Vec<Value> = post
            .buttons
            .iter()
            .take(MAX_BUTTONS)
            .zip(1..)
            .map(|(button, number)| {
                json!({
                    "type": "button", "action_id": format!("mondo-{number}"), "value": button.press.code(),
                    "text": { "type": "plain_text", "text": label(&button.label, MAX_LABEL) },
                })
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
        let files = post
            .files
            .iter()
            .map(|file| Part::File(Box::new(file.clone())));
        texts.chain(files).collect()
    }

    async fn send(
        &self,
        part: &Part,
        _place: usize,
        _due: &Due,
        _told: &Told,
    ) -> Result<Asked, StoreError> {
        let (text, buttons) = match part {
            Part::Text(text, buttons) => (text, buttons),
            Part::File(file) => return self.upload(file).await,
        };
        let mut body = json!({
            "channel": self.channel, "text": escaped(text), "mrkdwn": false,
            "unfurl_links": false, "unfurl_media": false,
        });
        if !buttons.is_empty() {
            let said = json!({ "type": "plain_text", "text": text, "emoji": false });
            body["blocks"] = json!([
                { "type": "section", "text": said },
                { "type": "actions", "elements": buttons },
            ]);
        }
        Ok(self.ask("chat.postMessage", Body::Json(body)).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_away_and_links_lead_where_they_lead() {
        for (text, expected) in [
            ("plain words", "plain words"),
            (
                "is <https://evil.example|tea.example> yours?",
                "is https://evil.example yours?",
            ),
            ("<mailto:a@b.example|a@b.example>", "a@b.example"),
            ("<tel:+8210|010>", "+8210"),
            ("<@U123> hi &lt;b&gt; &amp;amp;", " hi <b> &amp;"),
            ("<#C1|general>", "general"),
            ("1 &lt; 2 < 3", "1 < 2  3"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
        assert_eq!(escaped("a <b> & c"), "a &lt;b&gt; &amp; c");
    }
}
