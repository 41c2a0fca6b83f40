//! There and back with Zendesk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Mirrored, agents_words, mac};
use crate::actors::{Shop, Told};
use crate::listener::{Heard, Said, said};

/// Zendesk as its documentation describes it, as far as the adapter uses it.
#[derive(Default)]
struct Zendesk {
    tickets: Vec<Value>,
    by_key: BTreeMap<String, usize>,
    audits: Vec<Value>,
    /// Replies to changes that get lost on their way.
    lost: usize,
}

/// Changes on one page of a ticket's history; there it is a hundred.
const PAGE: usize = 3;

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
                let change = &body["ticket"];
                self.audits
                    .push(json!({ "metadata": { "custom": change["metadata"] } }));
                let ticket = &mut self.tickets[0];
                for (key, value) in body["ticket"].as_object().unwrap() {
                    match key.as_str() {
                        "comment" => ticket["comments"]
                            .as_array_mut()
                            .unwrap()
                            .push(value.clone()),
                        "metadata" => {}
                        _ => ticket[key] = value.clone(),
                    }
                }
                if self.lost > 0 {
                    self.lost -= 1;
                    return said(502, "");
                }
                said(200, &answer(ticket))
            }
            ("GET", path) if path.starts_with("/api/v2/tickets/35436/audits.json?page=") => {
                let page: usize = path.rsplit('=').next().unwrap().parse().unwrap();
                let pages: Vec<_> = self.audits.chunks(PAGE).collect();
                let next = (page < pages.len()).then_some("https://example.zendesk.com/next");
                let audits = pages.get(page - 1).copied().unwrap_or_default();
                said(
                    200,
                    &json!({ "audits": audits, "next_page": next }).to_string(),
                )
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

fn account() -> Value {
    json!({ "kind": "zendesk", "user": "ada@example.com", "token": "our-token" })
}

#[tokio::test]
async fn a_ticket_lives_in_zendesk_too() {
    let state = Arc::new(Mutex::new(Zendesk::default()));
    let replying = Arc::clone(&state);
    let reply = move |heard: &Heard| {
        let made = replying.lock().unwrap().reply(heard);
        let first = replying.lock().unwrap().tickets.len() == 1 && heard.method == "POST";
        // The ticket is made, and the reply gets lost.
        if first { said(502, "") } else { made }
    };
    let Mirrored {
        shop,
        relay,
        visitor,
        server: _listening,
        ..
    } = Mirrored::open(account(), reply).await;
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

#[tokio::test]
async fn a_comment_whose_reply_was_lost_is_in_zendesk_once() {
    let state = Arc::new(Mutex::new(Zendesk::default()));
    let replying = Arc::clone(&state);
    let reply = move |heard: &Heard| replying.lock().unwrap().reply(heard);
    let Mirrored {
        shop,
        relay,
        visitor,
        server,
        ..
    } = Mirrored::open(account(), reply).await;
    let now = shop.app.now();
    relay.deliver_due(now).await.unwrap();

    // It arrives, and the reply that says so does not; much happens there meanwhile.
    visitor.says("여보세요?").await;
    state.lock().unwrap().lost = 1;
    relay.deliver_due(now.later_by(1_000)).await.unwrap();
    for _ in 0..2 * PAGE {
        let other = json!({ "metadata": { "custom": {} } });
        state.lock().unwrap().audits.insert(0, other);
    }
    relay.deliver_due(now.later_by(3_600_000)).await.unwrap();
    // What was never sent arrives, also at the second attempt.
    visitor.says("네").await;
    server.says_next(said(503, ""));
    relay.deliver_due(now.later_by(7_200_000)).await.unwrap();
    relay.deliver_due(now.later_by(10_800_000)).await.unwrap();
    let state = state.lock().unwrap();
    let comments = state.tickets[0]["comments"].as_array().unwrap();
    let bodies: Vec<&Value> = comments.iter().map(|comment| &comment["body"]).collect();
    assert_eq!(bodies, ["Visitor: 여보세요?", "Visitor: 네"]);
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
