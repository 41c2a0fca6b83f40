//! WeChat: what followers of an official account send comes as XML, and messages leave as the reply to it or by the
//! customer service interface.
//!
//! <https://developers.weixin.qq.com/doc/offiaccount/>

use quick_xml::Reader;
use quick_xml::events::Event as Mark;
use serde_json::{Value, json};

use super::event::{Brought, Event, FileThere, Presented, Press, Wanted, What};
use super::fetching::Place;
use super::form::form_of;
use super::post::{Asked, Body, Post, ask, link_of};
use super::sending::Sends;
use super::text::bytes_parts_of;
use super::waiting::Room;
use crate::client::RequestError;
use crate::conversation::{Attachment, FileKind};
use crate::relay::helpdesk::HelpDesk;
use crate::relay::receipt::ReceiveError;
use crate::relay::retry::{Tried, Verdict};
use crate::signing::{RefusedSignature, SigningSecret, SortedSignature, verify_sorted};
use crate::store::{Due, StoreError, Told};
use crate::time::Timestamp;

/// Longest text of a message, in bytes.
const MAX_TEXT_BYTES: usize = 2_048;
/// Largest picture that is shown as one.
const MAX_PICTURE_BYTES: usize = 10 * 1024 * 1024;
/// Where WeChat keeps pictures.
const DOMAINS: [&str; 1] = ["qpic.cn"];
/// What WeChat reads as "nothing to reply".
pub(super) const SUCCESS: &str = "success";

/// Errors that say that a token has ended.
const TOKEN_ENDED: [i64; 3] = [40_001, 40_014, 42_001];

/// Checks the signature in the query of a request.
pub(super) fn verify(
    secrets: &[SigningSecret],
    presented: &Presented,
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    let shown = SortedSignature {
        signature: &presented.signature,
        timestamp: &presented.timestamp,
        nonce: &presented.nonce,
    };
    verify_sorted(secrets, shown, now)
}

/// Returns what WeChat wants to read when the address is entered there.
pub(super) fn challenge(
    secrets: &[SigningSecret],
    presented: &Presented,
    now: Timestamp,
) -> Result<String, RefusedSignature> {
    verify(secrets, presented, now)?;
    Ok(presented.challenge.clone())
}

/// Reads a message or an event.
pub(super) fn read(body: &[u8]) -> Result<Brought, ReceiveError> {
    let sent = std::str::from_utf8(body).ok().and_then(Sent::parse);
    let sent = sent.ok_or(ReceiveError::Xml)?;
    let visitor = sent.get("FromUserName").to_owned();
    let what = what_of(&sent);
    // Events have no number; they are told apart by their moment.
    let receipt = match sent.get("MsgId") {
        "" => format!(
            "event:{visitor}:{}:{}",
            sent.get("CreateTime"),
            sent.get("Event")
        ),
        number => format!("message:{number}"),
    };
    let wanted = match what {
        None | Some(What::Left) => Wanted::Success,
        Some(_) => Wanted::Passive {
            account: sent.get("ToUserName").to_owned(),
            visitor: visitor.clone(),
            receipt: receipt.clone(),
        },
    };
    let event = what.map(|what| Event {
        external_id: visitor,
        receipt,
        locale: None,
        reply_token: None,
        what,
    });
    Ok(Brought::of(event.into_iter().collect(), wanted))
}

fn what_of(sent: &Sent) -> Option<What> {
    Some(match sent.get("MsgType") {
        "text" => match Press::read(sent.get("bizmsgmenuid")) {
            Some(press) => What::Pressed(press),
            None => What::Words(sent.get("Content").to_owned()),
        },
        "image" => What::File {
            file: FileThere {
                id: sent.get("PicUrl").to_owned(),
                name: String::new(),
                bytes: None,
            },
            words: None,
        },
        "event" => match sent.get("Event") {
            "subscribe" => What::Came,
            "unsubscribe" => What::Left,
            // A button of the account's own menu that was given one of our codes.
            "CLICK" => What::Pressed(Press::read(sent.get("EventKey"))?),
            _ => return None,
        },
        "" => return None,
        _ => What::Other,
    })
}

/// The elements of a message, one below the root each.
struct Sent(Vec<(String, String)>);

impl Sent {
    /// Parses a message; nothing where it is none.
    fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text.trim());
        let mut open: Vec<String> = Vec::new();
        let mut found: Vec<(String, String)> = Vec::new();
        let mut is_message = false;
        loop {
            let characters = match reader.read_event().ok()? {
                Mark::Start(tag) => {
                    let name = tag.local_name().as_ref().to_owned();
                    is_message |= open.is_empty() && name == "xml";
                    if open.len() == 1 {
                        found.push((name.clone(), String::new()));
                    }
                    open.push(name);
                    continue;
                }
                Mark::End(_) => {
                    open.pop()?;
                    continue;
                }
                Mark::Text(text) => text.as_ref().to_owned(),
                Mark::CData(text) => text.as_ref().to_owned(),
                Mark::GeneralRef(reference) => match reference.as_ref() {
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "amp" => "&".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" => "'".to_owned(),
                    _ => reference.resolve_char_ref().ok()?.map(String::from)?,
                },
                // A document that declares things of its own is none of WeChat's.
                Mark::DocType(_) => return None,
                Mark::Eof => break,
                _ => continue,
            };
            if open.len() == 2 {
                found.last_mut()?.1.push_str(&characters);
            }
        }
        (is_message && open.is_empty()).then_some(Self(found))
    }

    /// Returns what stands in an element; nothing where there is none.
    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text)
    }
}

/// Takes a message that can be the reply itself: one text without buttons, as the first.
pub(super) fn takes(text: &mut Option<String>, post: &Post<'_>, sent: usize) -> Room {
    let parts = bytes_parts_of(&post.text, MAX_TEXT_BYTES);
    let is_plain = post.buttons.is_empty() && post.files.is_empty();
    match parts.as_slice() {
        [one] if is_plain && sent == 0 && text.is_none() => {
            *text = Some((*one).to_owned());
            Room::Whole
        }
        _ => Room::Nothing,
    }
}

/// Writes a reply.
pub(super) fn passive(account: &str, visitor: &str, text: &str, now: Timestamp) -> String {
    let (to, from, content) = (quoted(visitor), quoted(account), quoted(text));
    let seconds = now.as_millis().div_euclid(1_000);
    format!(
        "<xml><ToUserName>{to}</ToUserName><FromUserName>{from}</FromUserName><CreateTime>{seconds}</CreateTime>\
         <MsgType><![CDATA[text]]></MsgType><Content>{content}</Content></xml>"
    )
}

fn quoted(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

/// Fetches a picture, from WeChat alone.
pub(super) async fn fetch(
    place: &Place<'_>,
    file: &FileThere,
) -> Result<Option<Vec<u8>>, RequestError> {
    place.get_from(&file.id, &DOMAINS).await
}

/// An account, speaking to one follower.
pub(super) struct WeChat<'a> {
    desk: &'a HelpDesk<'a>,
    app_id: &'a str,
    app_secret: &'a str,
    visitor: &'a str,
}

/// What is sent at once.
pub(super) enum Part {
    /// A message, by its kind and what it says.
    Message(&'static str, Value),
    /// A picture.
    Picture(Box<Attachment>),
}

impl<'a> WeChat<'a> {
    pub(super) fn new(
        desk: &'a HelpDesk<'a>,
        app_id: &'a str,
        app_secret: &'a str,
        visitor: &'a str,
    ) -> Self {
        Self {
            desk,
            app_id,
            app_secret,
            visitor,
        }
    }

    /// Returns the token in use; a new one where there is none, or where the one in use was refused.
    async fn token(&self, refused: Option<&str>) -> Result<Result<String, Asked>, StoreError> {
        let outlet = self.desk.endpoint.id;
        let kept = self
            .desk
            .store
            .reader()
            .access_token(&outlet, self.desk.now)
            .await?;
        // Another node has renewed it meanwhile.
        if let Some(kept) = kept.filter(|kept| Some(kept.as_str()) != refused) {
            return Ok(Ok(kept));
        }
        let body = json!({
            "grant_type": "client_credential", "appid": self.app_id, "secret": self.app_secret,
            "force_refresh": refused.is_some(),
        });
        let mut asked = ask(
            self.desk,
            "/cgi-bin/stable_token",
            Vec::new(),
            Body::Json(body),
        )
        .await;
        judge(&mut asked);
        let token = asked.said["access_token"].as_str().map(str::to_owned);
        let Some(token) = token.filter(|_| asked.tried.is_taken()) else {
            // Nothing was sent yet, whatever was replied.
            if asked.tried.is_taken() {
                asked.tried.verdict = Verdict::Later;
            }
            return Ok(Err(asked));
        };
        let seconds = asked.said["expires_in"].as_i64().unwrap_or(0);
        // Used for a little less than it holds.
        let until = self.desk.now.later_by((seconds - 60).max(0) * 1_000);
        let store = self.desk.store;
        store
            .keep_access_token(outlet, token.clone(), until)
            .await?;
        Ok(Ok(token))
    }

    /// Asks with the token in use, and once more where that has ended.
    async fn ask(&self, path: &str, body: Body) -> Result<Asked, StoreError> {
        let mut refused: Option<String> = None;
        loop {
            let token = match self.token(refused.as_deref()).await? {
                Ok(token) => token,
                Err(asked) => return Ok(asked),
            };
            let between = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{between}access_token={token}");
            let mut asked = ask(self.desk, &path, Vec::new(), body.clone()).await;
            let has_ended = asked.said["errcode"]
                .as_i64()
                .is_some_and(|code| TOKEN_ENDED.contains(&code));
            if has_ended && refused.is_none() {
                refused = Some(token);
                continue;
            }
            judge(&mut asked);
            return Ok(asked);
        }
    }

    async fn message(&self, kind: &str, said: &Value) -> Result<Asked, StoreError> {
        let mut body = json!({ "touser": self.visitor, "msgtype": kind });
        body[kind] = said.clone();
        self.ask("/cgi-bin/message/custom/send", Body::Json(body))
            .await
    }

    /// Hands a picture over and shows it.
    async fn picture(&self, file: &Attachment) -> Result<Asked, StoreError> {
        let content = self.desk.store.attachment_content(file).await?;
        let form = form_of(&[], "media", file, &content);
        let handed = self.ask("/cgi-bin/media/upload?type=image", form).await?;
        let Some(id) = handed.said["media_id"]
            .as_str()
            .filter(|_| handed.tried.is_taken())
        else {
            return Ok(handed);
        };
        self.message("image", &json!({ "media_id": id })).await
    }
}

/// Reads a reply: a refusal comes as a success that names an error.
fn judge(asked: &mut Asked) {
    let code = asked.said["errcode"].as_i64().unwrap_or_default();
    if code == 0 {
        return;
    }
    let (verdict, why) = match code {
        45_015 => (
            Verdict::Never,
            "the visitor has not written for 48 hours, and WeChat lets no message through until they do",
        ),
        45_047 => (
            Verdict::Never,
            "the visitor has been sent as many messages as WeChat lets through until they write again",
        ),
        43_004 => (Verdict::Nothing, "the visitor does not follow the account"),
        // Busy, or the quota of the day is used up.
        -1 | 45_009 | 45_011 => (Verdict::Later, "the other side is busy"),
        // The account, its secret, the addresses it lets in, or a permission: the operator can put them right.
        40_001 | 40_013 | 40_014 | 40_125 | 40_164 | 41_001 | 42_001 | 48_001 | 50_002 => {
            (Verdict::Later, "the other side does not let us in")
        }
        _ => (Verdict::Never, "the other side refused it"),
    };
    asked.tried = Tried {
        verdict,
        error: Some(format!("{why} (error {code})")),
        ..asked.tried.clone()
    };
}

impl Sends for WeChat<'_> {
    type Part = Part;

    /// The buttons are a menu under the last words.
    fn parts(&self, post: &Post<'_>) -> Vec<Part> {
        let mut texts = bytes_parts_of(&post.text, MAX_TEXT_BYTES);
        let last = texts.pop_if(|_| !post.buttons.is_empty());
        let mut parts: Vec<Part> = texts
            .into_iter()
            .map(|text| Part::Message("text", json!({ "content": text })))
            .collect();
        parts.extend(last.map(|text| {
            let list = post
                .buttons
                .iter()
                .map(|button| json!({ "id": button.press.code(), "content": button.label }));
            let list: Vec<Value> = list.collect();
            Part::Message(
                "msgmenu",
                json!({ "head_content": text, "list": list, "tail_content": "" }),
            )
        }));
        let files = post.files.iter().map(|file| {
            let is_picture = matches!(
                file.file.kind,
                FileKind::Png | FileKind::Jpeg | FileKind::Gif
            );
            if is_picture && file.file.bytes <= MAX_PICTURE_BYTES {
                return Part::Picture(Box::new(file.clone()));
            }
            let name = file.name.as_str();
            let text = link_of(self.desk, file);
            let text = text.map_or_else(|| name.to_owned(), |link| format!("{name}\n{link}"));
            Part::Message("text", json!({ "content": text }))
        });
        parts.extend(files);
        parts
    }

    async fn send(
        &self,
        part: &Part,
        _place: usize,
        _due: &Due,
        _told: &Told,
    ) -> Result<Asked, StoreError> {
        match part {
            Part::Message(kind, said) => self.message(kind, said).await,
            Part::Picture(file) => self.picture(file).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_and_what_is_none_is_not() {
        let sent = Sent::parse(
            "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Content><![CDATA[a <b> ]]]]><![CDATA[> c]]></Content>\
             <MsgId>24</MsgId><Nested><Content>no</Content></Nested><Plain>1 &lt; 2 &amp; &#x4e2d;</Plain></xml>",
        )
        .unwrap();
        for (name, expected) in [
            ("ToUserName", "gh_1"),
            ("Content", "a <b> ]]> c"),
            ("MsgId", "24"),
            ("Plain", "1 < 2 & 中"),
            ("Nested", ""),
            ("missing", ""),
        ] {
            assert_eq!(sent.get(name), expected, "{name}");
        }
        for other in [
            "",
            "{}",
            "<xml>",
            "<other></other>",
            "<xml><a></xml>",
            "<!DOCTYPE xml [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><Content>&e;</Content></xml>",
            "<xml><Content>&e;</Content></xml>",
        ] {
            assert!(Sent::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_reply_reads_as_what_it_says() {
        let now = Timestamp::from_millis(1_795_305_600_000);
        let written = passive("gh_1", "o1", "a ]]> <b>", now);
        let read = Sent::parse(&written).unwrap();
        assert_eq!(read.get("Content"), "a ]]> <b>");
        assert_eq!(read.get("ToUserName"), "o1");
        assert_eq!(read.get("CreateTime"), "1795305600");
    }
}
