//! Tickets that also live in Chatwoot or Zendesk: there and back, against servers that speak their documented APIs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mondo::staff::Role;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::actors::{Shop, Told, Visitor};
use crate::colleagues::Colleague;
use crate::hooking::shop;
use crate::listener::{Heard, Listener, Said, said};

fn mac(secret: &str, parts: &[&str]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    for part in parts {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

async fn set_up(admin: &Colleague, bridge: &Colleague, address: &str, help_desk: Value) {
    let kind = help_desk["kind"].clone();
    let body = json!({ "url": address, "help_desk": help_desk });
    let made = admin
        .posts("/v1/staff/webhooks", body)
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(made["webhook"]["kind"], kind);
    let body = json!({
        "name": "other", "format": kind, "agent": bridge.id, "secret": "their-secret", "webhook": made["webhook"]["id"],
    });
    admin
        .posts("/v1/staff/sources", body)
        .await
        .expect(StatusCode::CREATED);
    let listed =
        admin.gets("/v1/staff/webhooks").await.text + &admin.gets("/v1/staff/sources").await.text;
    assert!(
        !listed.contains("their-") && !listed.contains("our-token"),
        "{listed}"
    );
}

/// A visitor who has asked something and then for a person.
async fn handed_over(shop: &Shop) -> Visitor {
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    visitor.says("배송은 얼마나 걸려요?").await;
    let ask = json!({ "reason": "아직 안 왔어요", "contact": "mina@example.com" });
    visitor
        .posts(&visitor.path("escalate"), ask)
        .await
        .expect(StatusCode::OK);
    visitor
}

fn agents_words(seen: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    seen["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["author"] == "agent")
        .map(|message| (text(&message["speaker"]), text(&message["text"])))
        .collect()
}

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

#[tokio::test]
async fn a_ticket_lives_in_chatwoot_too() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let bridge = shop.colleague("Bridge", Role::Agent).await;
    let state = Arc::new(Mutex::new(Chatwoot::default()));
    let server = {
        let state = Arc::clone(&state);
        Listener::answering(move |heard| state.lock().unwrap().reply(heard)).await
    };
    let account = json!({ "kind": "chatwoot", "account": 3, "inbox": 5, "token": "our-token" });
    set_up(&admin, &bridge, &server.address, account).await;
    let visitor = handed_over(&shop).await;
    visitor.says("여보세요?").await;

    // The limit is met in the middle of opening; nothing is made twice for it.
    let now = shop.app.now();
    server.says_next(said(200, r#"{"payload":[]}"#));
    let too_many = (
        StatusCode::TOO_MANY_REQUESTS,
        vec![("retry-after", "60".to_owned())],
        String::new(),
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
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let bridge = shop.colleague("Bridge", Role::Agent).await;
    let state = Arc::new(Mutex::new(Chatwoot::default()));
    let server = {
        let state = Arc::clone(&state);
        Listener::answering(move |heard| state.lock().unwrap().reply(heard)).await
    };
    let account = json!({ "kind": "chatwoot", "account": 3, "inbox": 5, "token": "our-token" });
    set_up(&admin, &bridge, &server.address, account).await;
    let visitor = handed_over(&shop).await;
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
    let endpoints = shop
        .app
        .desk()
        .store()
        .reader()
        .endpoints(now)
        .await
        .unwrap();
    let claimed = shop
        .app
        .desk()
        .store()
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

/// Zendesk as its documentation describes it, as far as the adapter uses it.
#[derive(Default)]
struct Zendesk {
    tickets: Vec<Value>,
    by_key: BTreeMap<String, usize>,
}

impl Zendesk {
    fn reply(&mut self, heard: &Heard) -> Said {
        let expected = format!(
            "Basic {}",
            STANDARD.encode("ada@example.com/token:our-token")
        );
        if heard.header("authorization") != expected {
            return said(401, r#"{"error":"Couldn't authenticate you"}"#);
        }
        let body = heard.json();
        let answer = |ticket: &Value| json!({ "ticket": ticket }).to_string();
        match (heard.method.as_str(), heard.path.as_str()) {
            ("POST", "/api/v2/tickets.json") => {
                let asked = &body["ticket"];
                if asked["comment"]["body"].as_str().is_none_or(str::is_empty)
                    || !asked["requester"]["name"].is_string()
                {
                    return said(422, r#"{"error":"RecordInvalid"}"#);
                }
                let key = heard.header("idempotency-key").to_owned();
                let number = *self.by_key.entry(key).or_insert(self.tickets.len());
                if number == self.tickets.len() {
                    let mut ticket = asked.clone();
                    ticket["id"] = json!(35_436);
                    ticket["comments"] = json!([]);
                    self.tickets.push(ticket);
                }
                said(201, &answer(&self.tickets[number]))
            }
            ("PUT", "/api/v2/tickets/35436.json") => {
                let ticket = &mut self.tickets[0];
                for (key, value) in body["ticket"].as_object().unwrap() {
                    match key.as_str() {
                        "comment" => ticket["comments"]
                            .as_array_mut()
                            .unwrap()
                            .push(value.clone()),
                        _ => ticket[key] = value.clone(),
                    }
                }
                said(200, &answer(ticket))
            }
            ("GET", path) if path.starts_with("/api/v2/tickets.json?external_id=") => {
                let wanted = path.rsplit('=').next().unwrap();
                let found: Vec<&Value> = self
                    .tickets
                    .iter()
                    .filter(|ticket| ticket["external_id"] == wanted)
                    .collect();
                said(
                    200,
                    &json!({ "tickets": found, "count": found.len() }).to_string(),
                )
            }
            _ => said(404, r#"{"error":"RecordNotFound"}"#),
        }
    }
}

#[tokio::test]
async fn a_ticket_lives_in_zendesk_too() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let bridge = shop.colleague("Bridge", Role::Agent).await;
    let state = Arc::new(Mutex::new(Zendesk::default()));
    let server = {
        let state = Arc::clone(&state);
        Listener::answering(move |heard| {
            let made = state.lock().unwrap().reply(heard);
            let first = state.lock().unwrap().tickets.len() == 1 && heard.method == "POST";
            // The ticket is made, and the reply gets lost.
            if first { said(502, "") } else { made }
        })
        .await
    };
    let account = json!({ "kind": "zendesk", "user": "ada@example.com", "token": "our-token" });
    set_up(&admin, &bridge, &server.address, account).await;
    let visitor = handed_over(&shop).await;
    let now = shop.app.now();
    relay.deliver_due(now).await.unwrap();
    relay.deliver_due(now.later_by(10_000)).await.unwrap();
    {
        let state = state.lock().unwrap();
        assert_eq!(state.tickets.len(), 1, "made once, found again");
        let ticket = &state.tickets[0];
        assert_eq!(ticket["external_id"], "M-000001");
        assert_eq!(ticket["requester"]["email"], "mina@example.com");
        assert_eq!(ticket["tags"], json!(["mondo", "ko"]));
        assert_eq!(ticket["comment"]["public"], false);
        let opening = ticket["comment"]["body"].as_str().unwrap();
        assert!(
            opening.contains("Visitor: 배송은 얼마나 걸려요?"),
            "{opening}"
        );
    }
    visitor.says("여보세요?").await;
    relay.deliver_due(now.later_by(20_000)).await.unwrap();
    let expected = json!([{ "body": "Visitor: 여보세요?", "public": false }]);
    assert_eq!(state.lock().unwrap().tickets[0]["comments"], expected);

    let comment = json!({
        "id": "01ABC", "type": "zen:event-type:ticket.comment_added", "subject": "zen:ticket:35436",
        "detail": { "id": "35436", "external_id": "M-000001" },
        "event": { "comment": { "id": "77", "body": "오늘 도착합니다.", "is_public": true,
                                "author": { "id": "1", "is_staff": true, "name": "Jin" } } },
    });
    assert_eq!(
        zendesk_says(&shop, &comment).await.expect(StatusCode::OK)["result"],
        "done"
    );
    assert_eq!(
        zendesk_says(&shop, &comment).await.expect(StatusCode::OK)["result"],
        "repeated"
    );
    let mut ours = comment.clone();
    (
        ours["event"]["comment"]["is_public"],
        ours["event"]["comment"]["id"],
    ) = (json!(false), json!("78"));
    assert_eq!(
        zendesk_says(&shop, &ours).await.expect(StatusCode::OK)["result"],
        "ignored"
    );
    let mut forged = zendesk_request(&shop, &comment);
    forged
        .headers_mut()
        .insert("x-zendesk-webhook-signature", "AAAA".parse().unwrap());
    shop.visitor("en")
        .sends(forged)
        .await
        .problem(401, "sign-in-needed");
    assert_eq!(
        agents_words(&visitor.rereads().await),
        [("Jin".to_owned(), "오늘 도착합니다.".to_owned())]
    );

    for (id, kind, current) in [
        ("01B", "priority_changed", "HIGH"),
        ("01C", "status_changed", "SOLVED"),
    ] {
        let event = json!({ "id": id, "type": format!("zen:event-type:ticket.{kind}"), "detail": { "id": "35436" }, "event": { "current": current } });
        assert_eq!(
            zendesk_says(&shop, &event).await.expect(StatusCode::OK)["result"],
            "done"
        );
    }
    assert_eq!(visitor.rereads().await["state"], "closed");
    relay.deliver_due(now.later_by(30_000)).await.unwrap();
    let state = state.lock().unwrap();
    assert_eq!(state.tickets[0]["status"], "solved");
    assert_eq!(
        state.tickets[0]["comments"].as_array().unwrap().len(),
        1,
        "their own words do not come back"
    );
}

fn zendesk_request(shop: &Shop, body: &Value) -> axum::http::Request<axum::body::Body> {
    let body = body.to_string();
    let moment = shop.app.now().to_string();
    let signature = STANDARD.encode(mac("their-secret", &[&moment, &body]));
    shop.visitor("en")
        .request("POST", "/v1/hooks/other")
        .header("x-zendesk-webhook-signature-timestamp", moment)
        .header("x-zendesk-webhook-signature", signature)
        .body(body.into())
        .unwrap()
}

async fn zendesk_says(shop: &Shop, body: &Value) -> Told {
    shop.visitor("en").sends(zendesk_request(shop, body)).await
}
