//! Webhooks: what happens is told once, signed, until it is taken; what others tell us is checked and done once.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::http::StatusCode;
use mondo::client::Destinations;
use mondo::relay::{Relay, WebhookSettings};
use mondo::signing::{SignedRequest, SigningSecret, verify_standard};
use mondo::staff::Role;
use mondo::time::Timestamp;
use serde_json::{Value, json};

use crate::actors::{Shop, Visitor, store_on};
use crate::colleagues::Colleague;
use crate::listener::{Heard, Listener, said};

/// A shop whose webhooks may lead to this machine, with its worker.
pub async fn shop() -> (Shop, Relay) {
    let shop = Shop::open_changed(|desk| desk.with_destinations(Destinations::Any)).await;
    let relay = relay(&shop);
    (shop, relay)
}

pub fn relay(shop: &Shop) -> Relay {
    let settings = WebhookSettings {
        private_addresses: true,
        ..WebhookSettings::default()
    };
    Relay::new(shop.store.clone(), settings, "https://help.example.com/")
}

async fn add(admin: &Colleague, body: Value) -> (String, SigningSecret) {
    let made = admin
        .posts("/v1/staff/webhooks", body)
        .await
        .expect(StatusCode::CREATED);
    let id = made["webhook"]["id"].as_str().unwrap().to_owned();
    let secret = SigningSecret::parse(made["secret"].as_str().unwrap()).unwrap();
    (format!("/v1/staff/webhooks/{id}"), secret)
}

fn is_signed_by(heard: &Heard, secret: &SigningSecret) -> bool {
    let signed = SignedRequest {
        id: heard.header("webhook-id"),
        timestamp: heard.header("webhook-timestamp"),
        signatures: heard.header("webhook-signature"),
        body: &heard.body,
    };
    let sent_s: i64 = heard.header("webhook-timestamp").parse().unwrap();
    let now = Timestamp::from_millis(sent_s * 1_000);
    verify_standard(std::slice::from_ref(secret), signed, now).is_ok()
}

fn events(heard: &[Heard]) -> Vec<String> {
    heard
        .iter()
        .map(|heard| heard.json()["type"].as_str().unwrap().to_owned())
        .collect()
}

async fn log(admin: &Colleague, webhook: &str) -> Vec<Value> {
    let told = admin.gets(&format!("{webhook}/deliveries")).await;
    told.expect(StatusCode::OK)["deliveries"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn a_handoff_is_told_from_question_to_close() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let place = Listener::start().await;
    let (webhook, secret) = add(
        &admin,
        json!({ "url": place.address, "description": "all" }),
    )
    .await;
    let few = Listener::start().await;
    add(
        &admin,
        json!({ "url": few.address, "events": ["ticket.solved", "feedback.created"] }),
    )
    .await;

    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    let exchange = visitor.says("배송은 얼마나 걸려요?").await;
    visitor.rates(&exchange["reply"], "not_helpful").await;
    visitor.wants_a_person("급해요").await;
    admin
        .acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    admin
        .says(&visitor.conversation, "확인하겠습니다.")
        .await
        .expect(StatusCode::OK);
    admin
        .acts(&visitor.conversation, "close")
        .await
        .expect(StatusCode::OK);

    relay.deliver_due(shop.app.now()).await.unwrap();
    let heard = place.heard();
    let found: BTreeSet<String> = events(&heard).into_iter().collect();
    let expected = [
        "conversation.closed",
        "conversation.created",
        "conversation.escalated",
        "conversation.updated",
        "feedback.created",
        "message.created",
        "ticket.created",
        "ticket.solved",
        "ticket.updated",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
    assert!(heard.iter().all(|heard| is_signed_by(heard, &secret)));
    let ids: BTreeSet<&str> = heard
        .iter()
        .map(|heard| heard.header("webhook-id"))
        .collect();
    assert_eq!(ids.len(), heard.len(), "each has an id of its own");
    let asked = heard
        .iter()
        .map(Heard::json)
        .find(|told| told["data"]["message"]["author"] == "visitor")
        .unwrap();
    assert_eq!(asked["data"]["message"]["text"], "배송은 얼마나 걸려요?");
    assert_eq!(
        asked["data"]["conversation"]["id"],
        visitor.conversation.as_str()
    );
    let escalated = heard
        .iter()
        .map(Heard::json)
        .find(|told| told["type"] == "conversation.escalated")
        .unwrap();
    assert_eq!(escalated["data"]["ticket"]["number"], "M-000001");
    assert_eq!(escalated["data"]["ticket"]["language"], "ko");

    let mut told = events(&few.heard());
    told.sort();
    assert_eq!(told, ["feedback.created", "ticket.solved"]);
    assert_eq!(
        relay.deliver_due(shop.app.now()).await.unwrap(),
        0,
        "nothing is told twice"
    );
    let lines = log(&admin, &webhook).await;
    assert_eq!(lines.len(), heard.len());
    assert!(
        lines
            .iter()
            .all(|line| line["status"] == "delivered" && line["response_status"] == 204)
    );
    assert!(
        lines
            .iter()
            .all(|line| line["attempts"] == 1 && line["duration_ms"].is_i64())
    );
}

#[tokio::test]
async fn what_is_not_taken_is_told_again_and_can_be_replayed() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let place = Listener::start().await;
    let (webhook, _) = add(
        &admin,
        json!({ "url": place.address, "events": ["conversation.created"] }),
    )
    .await;
    place.says_next(said(500, "oh"));
    place.says_next((
        StatusCode::SERVICE_UNAVAILABLE,
        vec![("retry-after", "120".to_owned())],
        Vec::new(),
    ));
    shop.visitor("en").opens().await;

    let now = shop.app.now();
    let deliver = async |later_ms| relay.deliver_due(now.later_by(later_ms)).await.unwrap();
    assert_eq!(deliver(0).await, 1);
    let line = log(&admin, &webhook).await.remove(0);
    assert_eq!(
        (&line["status"], &line["response_status"]),
        (&json!("pending"), &json!(500))
    );
    assert_eq!(deliver(3_000).await, 0, "not before it is due");
    assert_eq!(deliver(6_500).await, 1);
    assert_eq!(
        deliver(6_500 + 119_000).await,
        0,
        "as long as the other side asks for"
    );
    assert_eq!(deliver(6_500 + 120_000).await, 1);
    let heard = place.heard();
    let ids: BTreeSet<&str> = heard
        .iter()
        .map(|heard| heard.header("webhook-id"))
        .collect();
    assert_eq!(
        (heard.len(), ids.len()),
        (3, 1),
        "the id stays, so that it can be told from a new one"
    );
    let line = log(&admin, &webhook).await.remove(0);
    assert_eq!(
        (&line["status"], &line["attempts"]),
        (&json!("delivered"), &json!(3))
    );

    let replay = async |body| admin.posts(&format!("{webhook}/replay"), body).await;
    let one = replay(json!({ "delivery": line["id"] })).await;
    assert_eq!(one.expect(StatusCode::OK)["deliveries"], 1);
    assert_eq!(deliver(200_000).await, 1);
    let since = replay(json!({ "from_ms": 0, "until_ms": now.as_millis() + 1 })).await;
    assert_eq!(since.expect(StatusCode::OK)["deliveries"], 1);
    assert_eq!(deliver(300_000).await, 1);
    let none = replay(json!({ "from_ms": now.as_millis() + 1_000_000 })).await;
    assert_eq!(none.expect(StatusCode::OK)["deliveries"], 0);
    replay(json!({})).await.problem(400, "bad-request");
    let again = place.heard();
    assert!(
        again
            .iter()
            .all(|again| again.header("webhook-id") == heard[0].header("webhook-id"))
    );
}

#[tokio::test]
async fn places_that_are_gone_are_left_alone() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let gone = Listener::answering(|_| said(410, "")).await;
    let (of_gone, _) = add(
        &admin,
        json!({ "url": gone.address, "events": ["conversation.created"] }),
    )
    .await;
    let deaf = Listener::answering(|_| said(302, "")).await;
    let (of_deaf, _) = add(
        &admin,
        json!({ "url": deaf.address, "events": ["conversation.created"] }),
    )
    .await;
    shop.visitor("en").opens().await;
    let begun = shop.app.now();
    for hours in 0..=150 {
        relay
            .deliver_due(begun.later_by(hours * 3_600_000))
            .await
            .unwrap();
    }
    assert_eq!(gone.heard().len(), 1);
    let attempts = deaf.heard().len();
    assert!((5..=12).contains(&attempts), "{attempts}");
    let listed = admin
        .gets("/v1/staff/webhooks")
        .await
        .expect(StatusCode::OK);
    let place = |number: usize| listed["webhooks"][number].clone();
    assert_eq!(place(0)["active"], false);
    assert!(place(0)["disabled_why"].as_str().unwrap().contains("410"));
    assert!(place(1)["failing_since"].is_string());
    assert_eq!(log(&admin, &of_deaf).await[0]["status"], "failed");

    // What fails after five days of silence switches the place off.
    shop.visitor("en").opens().await;
    relay
        .deliver_due(begun.later_by(151 * 3_600_000))
        .await
        .unwrap();
    let listed = admin
        .gets("/v1/staff/webhooks")
        .await
        .expect(StatusCode::OK);
    assert_eq!(listed["webhooks"][1]["active"], false);
    let on = admin
        .puts(&of_gone, json!({ "active": true }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(
        (&on["active"], &on["disabled_why"]),
        (&json!(true), &Value::Null)
    );
    let removed = admin.sends("DELETE", &of_gone, None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    admin
        .gets(&format!("{of_gone}/deliveries"))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_secret_is_rotated_without_a_gap() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let place = Listener::start().await;
    let (webhook, old) = add(
        &admin,
        json!({ "url": place.address, "events": ["conversation.created"] }),
    )
    .await;
    let rotated = admin
        .posts(&format!("{webhook}/secret"), json!({}))
        .await
        .expect(StatusCode::OK);
    let new = SigningSecret::parse(rotated["secret"].as_str().unwrap()).unwrap();
    shop.visitor("en").opens().await;
    relay.deliver_due(shop.app.now()).await.unwrap();
    let heard = place.heard().remove(0);
    assert!(is_signed_by(&heard, &old) && is_signed_by(&heard, &new));
    shop.visitor("en").opens().await;
    relay
        .deliver_due(shop.app.now().later_by(25 * 3_600_000))
        .await
        .unwrap();
    let heard = place.heard().remove(0);
    assert!(!is_signed_by(&heard, &old) && is_signed_by(&heard, &new));
    let listed = admin.gets("/v1/staff/webhooks").await;
    assert!(!listed.text.contains("whsec_"), "{}", listed.text);
}

#[tokio::test]
async fn a_webhook_is_no_way_into_the_operators_network() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let place = Listener::start().await;
    for url in [
        place.address.as_str(),
        "http://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://192.168.0.1/",
    ] {
        let told = admin
            .posts("/v1/staff/webhooks", json!({ "url": url }))
            .await;
        let problem = told.problem(422, "content-refused");
        assert_eq!(problem["field"], "url", "{url}");
    }
    let nonsense = json!({ "url": "nonsense" });
    let told = admin.posts("/v1/staff/webhooks", nonsense).await;
    assert_eq!(told.problem(400, "bad-request")["field"], "url");
    let unknown = json!({ "url": "https://example.com/", "events": ["ticket.exploded"] });
    let told = admin.posts("/v1/staff/webhooks", unknown).await;
    assert_eq!(told.problem(400, "bad-request")["field"], "events[0]");

    // A name that means this machine is found out when it is used.
    add(
        &admin,
        json!({ "url": "https://localhost/", "events": ["conversation.created"] }),
    )
    .await;
    shop.visitor("en").opens().await;
    let guarded = Relay::new(shop.store.clone(), WebhookSettings::default(), "");
    assert_eq!(guarded.deliver_due(shop.app.now()).await.unwrap(), 1);
    let listed = admin
        .gets("/v1/staff/webhooks")
        .await
        .expect(StatusCode::OK);
    let webhook = format!(
        "/v1/staff/webhooks/{}",
        listed["webhooks"][0]["id"].as_str().unwrap()
    );
    let line = log(&admin, &webhook).await.remove(0);
    assert!(
        line["error"].as_str().unwrap().contains("not public"),
        "{line}"
    );
}

/// Names the folder and the address, in the process that is going to be killed.
const FOLDER: &str = "MONDO_TEST_RELAY_FOLDER";
const ADDRESS: &str = "MONDO_TEST_RELAY_ADDRESS";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_server_acknowledged_is_told_after_its_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = Listener::start().await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hooking::talks_until_killed", "--nocapture"])
        .env(FOLDER, folder.path())
        .env(ADDRESS, &place.address)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let acknowledged = tokio::task::spawn_blocking(move || {
        let mut acknowledged = BTreeSet::new();
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(id) = line.strip_prefix("said ") {
                acknowledged.insert(id.to_owned());
            }
            if acknowledged.len() == 40 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        acknowledged
    })
    .await
    .unwrap();
    assert!(acknowledged.len() >= 40, "{}", acknowledged.len());

    let store = store_on(folder.path()).await;
    let shop = Shop::open_over(folder, store, |desk| {
        desk.with_destinations(Destinations::Any)
    });
    let later = Timestamp::from(std::time::SystemTime::now()).later_by(120_000);
    relay(&shop).deliver_due(later).await.unwrap();
    let heard = place.heard();
    let told: BTreeSet<String> = heard
        .iter()
        .filter_map(|heard| {
            heard.json()["data"]["message"]["id"]
                .as_str()
                .map(str::to_owned)
        })
        .collect();
    let lost: Vec<&String> = acknowledged.difference(&told).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// Does nothing unless the test above starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn talks_until_killed() {
    let (Ok(folder), Ok(address)) = (std::env::var(FOLDER), std::env::var(ADDRESS)) else {
        return;
    };
    let store = store_on(Path::new(&folder)).await;
    let shop = Shop::open_over(tempfile::tempdir().unwrap(), store, |desk| {
        desk.with_destinations(Destinations::Any)
    });
    let admin = shop.colleague("Ada", Role::Admin).await;
    add(
        &admin,
        json!({ "url": address, "events": ["message.created"] }),
    )
    .await;
    let clock = shop.app.clone();
    tokio::spawn(Arc::new(relay(&shop)).run(move || clock.now()));
    let mut visitor: Visitor = shop.visitor("en");
    visitor.opens().await;
    loop {
        let exchange = visitor.says("how long does shipping take").await;
        for part in ["message", "reply"] {
            if let Some(id) = exchange[part]["id"].as_str() {
                writeln!(std::io::stdout(), "said {id}").unwrap();
            }
        }
    }
}
