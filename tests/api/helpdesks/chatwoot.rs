//! There and back with Chatwoot.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Mirrored, agents_words, mac};
use crate::actors::{Shop, Told};
use crate::listener::{Heard, Said, said};

/// Chatwoot as its documentation describes it, as far as the adapter uses it.
#[derive(Default)]
struct Chatwoot {
    contacts: Vec<Value>,
    conversations: Vec<Value>,
    messages: Vec<Value>,
    /// Replies to messages that get lost on the way back.
    lost: usize,
}

impl Chatwoot {
    fn reply(&mut self, heard: &Heard) -> Said {
        if heard.header("api_access_token") != "our-token" {
            return said(401, r#"{"errors":["Invalid Access Token"]}"#);
        }
        let Some(path) = heard.path.strip_prefix("/api/v1/accounts/3") else {
            return said(404, "");
        };
        let body = heard.json();
        let method = heard.method.as_str();
        let parts: Vec<&str> = path.trim_start_matches('/').split(['/', '?']).collect();
        let answer = match (method, parts.as_slice()) {
            ("GET", ["contacts", "search", query]) => {
                let wanted = query.strip_prefix("q=").unwrap();
                let found: Vec<&Value> = self
                    .contacts
                    .iter()
                    .filter(|contact| contact["identifier"] == wanted)
                    .collect();
                json!({ "meta": { "count": found.len() }, "payload": found })
            }
            ("POST", ["contacts"]) => {
                if body["inbox_id"] != 5 || body["identifier"].as_str().is_none_or(str::is_empty) {
                    return said(422, r#"{"message":"invalid"}"#);
                }
                let id = self.contacts.len() + 11;
                let place = json!({ "source_id": format!("source-{id}"), "inbox": { "id": 5 } });
                let mut contact = body.clone();
                contact["id"] = json!(id);
                contact["contact_inboxes"] = json!([place]);
                self.contacts.push(contact.clone());
                json!({ "payload": { "contact": contact, "contact_inbox": place } })
            }
            ("GET", ["contacts", contact, "conversations"]) => {
                let found: Vec<&Value> = self
                    .conversations
                    .iter()
                    .filter(|conversation| {
                        conversation["contact_id"].as_u64() == contact.parse().ok()
                    })
                    .collect();
                json!({ "payload": found })
            }
            ("POST", ["conversations"]) => {
                if !body["source_id"]
                    .as_str()
                    .is_some_and(|source| source.starts_with("source-"))
                {
                    return said(404, r#"{"error":"Resource could not be found"}"#);
                }
                let id = self.conversations.len() + 71;
                let mut conversation = body.clone();
                conversation["id"] = json!(id);
                self.conversations.push(conversation.clone());
                json!({ "id": id, "account_id": 3, "inbox_id": 5 })
            }
            ("POST", ["conversations", "71", "messages"]) => {
                if body["content"].as_str().is_none_or(str::is_empty) {
                    return said(422, "");
                }
                let mut message = body.clone();
                message["id"] = json!(self.messages.len() + 1);
                self.messages.push(message);
                if self.lost > 0 {
                    self.lost -= 1;
                    return said(504, "");
                }
                json!({ "id": self.messages.len(), "content": body["content"] })
            }
            ("GET", ["conversations", "71", "messages", query @ ..]) => {
                // The twenty newest, or those before one, the oldest first.
                let before = query
                    .first()
                    .and_then(|query| query.strip_prefix("before="));
                let before = before.map_or(usize::MAX, |id| id.parse().unwrap());
                let older: Vec<&Value> = self.messages.iter().take(before - 1).collect();
                let newest = older.len().saturating_sub(20);
                json!({ "meta": {}, "payload": older[newest..] })
            }
            ("POST", ["conversations", "71", "toggle_status" | "toggle_priority"]) => {
                let key = if body["status"].is_string() {
                    "status"
                } else {
                    "priority"
                };
                self.conversations[0][key] = body[key].clone();
                json!({ "payload": { "success": true } })
            }
            _ => return said(404, r#"{"error":"no such path"}"#),
        };
        said(200, &answer.to_string())
    }
}

fn account() -> Value {
    json!({ "kind": "chatwoot", "account": 3, "inbox": 5, "token": "our-token" })
}

#[tokio::test]
async fn a_ticket_lives_in_chatwoot_too() {
    let state = Arc::new(Mutex::new(Chatwoot::default()));
    let replying = Arc::clone(&state);
    let reply = move |heard: &Heard| replying.lock().unwrap().reply(heard);
    let Mirrored {
        shop,
        relay,
        admin,
        visitor,
        server,
    } = Mirrored::open(account(), reply).await;
    visitor.says("여보세요?").await;

    // The limit is met in the middle of opening; nothing is made twice for it.
    let now = shop.app.now();
    server.says_next(said(200, r#"{"payload":[]}"#));
    let too_many = (
        StatusCode::TOO_MANY_REQUESTS,
        vec![("retry-after", "60".to_owned())],
        Vec::new(),
    );
    server.says_next(too_many);
    relay.deliver_due(now).await.unwrap();
    assert!(state.lock().unwrap().conversations.is_empty());
    relay.deliver_due(now.later_by(59_000)).await.unwrap();
    assert!(
        state.lock().unwrap().contacts.is_empty(),
        "asked for a minute of peace"
    );
    relay.deliver_due(now.later_by(61_000)).await.unwrap();
    {
        let state = state.lock().unwrap();
        assert_eq!((state.contacts.len(), state.conversations.len()), (1, 1));
        assert_eq!(state.contacts[0]["email"], "mina@example.com");
        let opening = state.conversations[0]["message"]["content"]
            .as_str()
            .unwrap();
        for part in [
            "M-000001 [ko]",
            "https://help.example.com/console#",
            "아직 안 왔어요",
            "Visitor: 배송은 얼마나 걸려요?",
            "mondo: ",
        ] {
            assert!(opening.contains(part), "{part:?} is not in {opening:?}");
        }
        let said = &state.messages[0];
        assert_eq!(
            (&said["content"], &said["message_type"], &said["private"]),
            (&json!("여보세요?"), &json!("incoming"), &json!(false))
        );
        assert_eq!(state.messages.len(), 1, "after the opening, and once");
    }

    let moment = shop.app.now().as_millis() / 1_000;
    let hook = async |body: Value| chatwoot_says(&shop, moment, body).await;
    let reply = json!({
        "event": "message_created", "id": 900, "content": "택배사에 확인했습니다.", "message_type": "outgoing", "private": false,
        "sender": { "id": 1, "name": "Jin", "type": "user" }, "conversation": { "id": 71 }, "account": { "id": 3 },
    });
    assert_eq!(
        hook(reply.clone()).await.expect(StatusCode::OK)["result"],
        "done"
    );
    assert_eq!(
        hook(reply.clone()).await.expect(StatusCode::OK)["result"],
        "repeated"
    );
    let mut private = reply.clone();
    (private["private"], private["id"]) = (json!(true), json!(901));
    let mut own = reply.clone();
    (own["message_type"], own["id"]) = (json!("incoming"), json!(902));
    let mut elsewhere = reply.clone();
    (elsewhere["conversation"]["id"], elsewhere["id"]) = (json!(5_000), json!(903));
    for ignored in [
        private,
        own,
        elsewhere,
        json!({ "event": "webwidget_triggered", "id": 1 }),
    ] {
        assert_eq!(
            hook(ignored).await.expect(StatusCode::OK)["result"],
            "ignored"
        );
    }
    let seen = visitor.rereads().await;
    assert_eq!(
        agents_words(&seen),
        [("Jin".to_owned(), "택배사에 확인했습니다.".to_owned())]
    );

    let changed = json!({ "event": "conversation_updated", "id": 71, "changed_attributes": [{ "priority": { "current_value": "urgent", "previous_value": null } }] });
    hook(changed).await.expect(StatusCode::OK);
    let resolved =
        json!({ "event": "conversation_status_changed", "id": 71, "status": "resolved" });
    hook(resolved).await.expect(StatusCode::OK);
    assert_eq!(visitor.rereads().await["state"], "closed");
    let view = admin
        .gets("/v1/staff/tickets/M-000001")
        .await
        .expect(StatusCode::OK)
        .to_string();
    assert!(
        view.contains("\"urgent\"") && view.contains("\"solved\""),
        "{view}"
    );
    relay.deliver_due(now.later_by(70_000)).await.unwrap();
    let state = state.lock().unwrap();
    assert_eq!(state.messages.len(), 1, "their own words do not come back");
    assert_eq!(state.conversations[0]["status"], "resolved");
    assert_eq!(state.conversations[0]["priority"], "urgent");
}

#[tokio::test]
async fn a_message_whose_reply_was_lost_is_in_chatwoot_once() {
    let state = Arc::new(Mutex::new(Chatwoot::default()));
    let replying = Arc::clone(&state);
    let reply = move |heard: &Heard| replying.lock().unwrap().reply(heard);
    let Mirrored {
        shop,
        relay,
        visitor,
        server,
        ..
    } = Mirrored::open(account(), reply).await;
    relay.deliver_due(shop.app.now()).await.unwrap();
    let contents = || -> Vec<Value> {
        let state = state.lock().unwrap();
        let contents = state.messages.iter();
        contents.map(|message| message["content"].clone()).collect()
    };

    // It arrives, and the reply that says so does not; twice, and with much said there meanwhile.
    visitor.says("여보세요?").await;
    state.lock().unwrap().lost = 1;
    let now = shop.app.now();
    relay.deliver_due(now).await.unwrap();
    assert_eq!(contents(), ["여보세요?"]);
    for place in 0..25 {
        let id = state.lock().unwrap().messages.len() + 1;
        let other = json!({ "id": id, "content": format!("theirs {place}") });
        state.lock().unwrap().messages.push(other);
    }
    relay.deliver_due(now.later_by(3_600_000)).await.unwrap();
    relay.deliver_due(now.later_by(7_200_000)).await.unwrap();
    let said = contents();
    let mine = said.iter().filter(|content| *content == "여보세요?");
    assert_eq!((mine.count(), said.len()), (1, 26));

    // A worker dies with the message in its hands, before it could write down that it was sent.
    visitor.says("아직 계세요?").await;
    let endpoints = shop.store.reader().endpoints(now).await.unwrap();
    let claimed = shop
        .store
        .claim_deliveries(
            endpoints[0].id,
            endpoints[0].kind,
            8,
            1,
            now.later_by(7_300_000),
        )
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(!claimed[0].was_tried);
    let telling = &claimed[0].telling;
    let told = json!({ "id": 27, "content": "아직 계세요?", "source_id": format!("mondo-{}", telling.subject) });
    state.lock().unwrap().messages.push(told);
    relay.deliver_due(now.later_by(7_400_000)).await.unwrap();
    let said = contents();
    let mine = said.iter().filter(|content| *content == "아직 계세요?");
    assert_eq!(mine.count(), 1, "{said:?}");

    // What was never sent arrives, also at the second attempt.
    visitor.says("네").await;
    server.says_next(self::said(503, ""));
    relay.deliver_due(now.later_by(7_500_000)).await.unwrap();
    relay.deliver_due(now.later_by(11_200_000)).await.unwrap();
    assert_eq!(contents().last(), Some(&json!("네")));
}

async fn chatwoot_says(shop: &Shop, moment_s: i64, body: Value) -> Told {
    let body = body.to_string();
    let digits: String = mac("their-secret", &[&moment_s.to_string(), ".", &body])
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let visitor = shop.visitor("en");
    let request = visitor
        .request("POST", "/v1/hooks/other")
        .header("x-chatwoot-timestamp", moment_s)
        .header("x-chatwoot-signature", format!("sha256={digits}"))
        .header("x-chatwoot-delivery", &digits[..16]);
    visitor.sends(request.body(body.into()).unwrap()).await
}
