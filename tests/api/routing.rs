//! Who takes what: by language, level, urgency, skill and wait; by who the visitor is; overrides leave a trace.

use axum::http::StatusCode;
use mondo::language::Language;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Visitor};
use crate::colleagues::Colleague;

/// Somebody who waits for a person, and asked about something.
async fn waits(shop: &Shop, language: &str, words: &str) -> Visitor {
    let mut visitor = shop.visitor(language);
    visitor.opens().await;
    if !words.is_empty() {
        visitor.says(words).await;
    }
    visitor.wants_a_person("").await;
    visitor
}

async fn next(colleague: &Colleague) -> Value {
    let told = colleague.posts("/v1/staff/queue/next", json!({})).await;
    told.expect(StatusCode::OK)["conversation"].clone()
}

#[tokio::test]
async fn next_gives_what_fits_best() {
    let shop = Shop::open().await;
    let (english, korean) = (Language::English, Language::Korean);
    let sora = shop
        .specialist("Sora", Role::Agent, &[korean, english], &["parcels", "l2"])
        .await;
    let first = waits(&shop, "en", "do you wrap gifts").await;
    let second = waits(&shop, "en", "when do you open").await;
    let parcel = waits(&shop, "en", "my order is late").await;
    let japanese = waits(&shop, "ja", "営業時間を教えてください").await;
    let fraud = waits(
        &shop,
        "en",
        "i was scammed by a fake shop, they stole my money",
    )
    .await;

    let offered = sora.gets("/v1/staff/queue?offered=true").await;
    let offered = offered.expect(StatusCode::OK);
    let listed: Vec<&Value> = offered["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["conversation"])
        .collect();
    // The most urgent first; what needs another level or language is not theirs.
    assert_eq!(
        listed,
        [
            &parcel.conversation,
            &first.conversation,
            &second.conversation
        ],
        "{offered}"
    );
    assert_eq!(fraud.rereads().await["ticket"]["level"], "l3");
    for visitor in [&parcel, &first, &second] {
        assert_eq!(next(&sora).await, visitor.conversation.as_str());
        assert_eq!(visitor.rereads().await["state"], "agent");
    }
    assert_eq!(next(&sora).await, Value::Null);
    let lead = shop
        .specialist("Mei", Role::Lead, &[Language::Japanese, english], &[])
        .await;
    assert_eq!(
        next(&lead).await,
        fraud.conversation.as_str(),
        "leads take every level"
    );
    assert_eq!(next(&lead).await, japanese.conversation.as_str());
    // What somebody learns is theirs to take from then on.
    let admin = shop.colleague("Ada", Role::Admin).await;
    let chinese = waits(&shop, "zh", "我被骗了，对方骗走了我的钱").await;
    assert_eq!(next(&sora).await, Value::Null);
    let path = format!("/v1/staff/agents/{}/skills", sora.id);
    let magic = json!({ "languages": ["zh"], "skills": [" L3 "] });
    let refused = admin
        .puts(&path, magic)
        .await
        .problem(422, "content-refused");
    assert_eq!(refused["field"], "skills", "a level is no skill");
    let learned = json!({ "languages": ["zh"], "skills": ["a,b"], "levels": ["l3", "l1", "l3"] });
    let learned = admin.puts(&path, learned).await.expect(StatusCode::OK);
    assert_eq!(learned["skills"], json!(["ab"]));
    assert_eq!(learned["levels"], json!(["l3"]));
    assert_eq!(learned["capacity"], 8);
    assert_eq!(next(&sora).await, chinese.conversation.as_str());
    assert_eq!(next(&lead).await, Value::Null);
}

#[tokio::test]
async fn within_a_priority_skill_goes_before_waiting() {
    let shop = Shop::open().await;
    let english = [Language::English];
    let gifts = waits(&shop, "en", "do you wrap gifts").await;
    let hours = waits(&shop, "en", "when do you open").await;
    let return_tea = waits(&shop, "en", "can i return tea").await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    // Who has proved who they are is at least normal, which lifts these two to the third.
    for visitor in [&gifts, &hours] {
        let number = visitor.rereads().await["ticket"]["number"].clone();
        let path = format!("/v1/staff/tickets/{}/work", number.as_str().unwrap());
        let raised = lead.posts(&path, json!({ "tier": "verified" })).await;
        assert_eq!(
            raised.expect(StatusCode::OK)["ticket"]["priority"],
            "normal"
        );
    }
    // A category is a skill too.
    let wanted = return_tea.rereads().await["ticket"]["category"].clone();
    assert_eq!(wanted, "orders");
    assert_eq!(return_tea.rereads().await["ticket"]["priority"], "normal");
    let specialist = shop
        .specialist("Kim", Role::Agent, &english, &["orders"])
        .await;
    let other = shop.specialist("Noor", Role::Agent, &english, &[]).await;
    assert_eq!(next(&specialist).await, return_tea.conversation.as_str());
    assert_eq!(next(&other).await, gifts.conversation.as_str());
    assert_eq!(next(&specialist).await, hours.conversation.as_str());
}

/// Somebody who writes in a language that is not served, and waits for a person.
async fn waits_from_elsewhere(shop: &Shop, page: &str, words: &str) -> Visitor {
    let mut visitor = shop.visitor("");
    visitor.opens_on(page).await;
    visitor.says(words).await;
    visitor.wants_a_person("").await;
    visitor
}

#[tokio::test]
async fn who_speaks_a_language_that_is_not_served_is_given_its_visitors_first() {
    let shop = Shop::open().await;
    let english = [Language::English];
    let (amelie, kim) = (
        shop.specialist("Amelie", Role::Agent, &english, &[]).await,
        shop.specialist("Kim", Role::Agent, &english, &[]).await,
    );
    let profile = json!({ "name": "Amélie", "languages": ["fr", "pt-BR"], "skills": [] });
    let known = amelie.puts("/v1/staff/account", profile).await;
    assert_eq!(
        known.expect(StatusCode::OK)["languages"],
        json!(["fr", "pt"])
    );
    let unknown = json!({ "name": "Amélie", "languages": ["xx"], "skills": [] });
    let refused = amelie.puts("/v1/staff/account", unknown).await;
    let refused = refused.problem(400, "bad-request");
    assert!(refused.to_string().contains("uk, vi"), "{refused}");

    let french = waits_from_elsewhere(&shop, "fr", "Où est ma commande, s'il vous plaît ?").await;
    let polish = waits_from_elsewhere(&shop, "pl", "Gdzie jest moje zamówienie, proszę?").await;
    let english = waits(&shop, "en", "how do I get to the moon by tram").await;
    let queue = kim.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    assert_eq!(queue["entries"][0]["elsewhere"], "fr", "{queue}");
    // What a colleague may understand better waits behind its equals, and is still taken by those who are there.
    assert_eq!(next(&kim).await, english.conversation.as_str());
    assert_eq!(next(&amelie).await, french.conversation.as_str());
    assert_eq!(
        next(&amelie).await,
        Value::Null,
        "she speaks neither English nor Polish"
    );
    assert_eq!(next(&kim).await, polish.conversation.as_str());
}

#[tokio::test]
async fn two_who_ask_at_once_get_different_ones_and_a_retry_gets_the_same() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kim = shop.colleague("Kim", Role::Agent).await;
    for _ in 0..4 {
        waits(&shop, "en", "").await;
    }
    let (one, other) = tokio::join!(next(&sora), next(&kim));
    assert!(
        one.is_string() && other.is_string() && one != other,
        "{one} {other}"
    );
    let keyed = async || {
        let told = sora
            .sends_keyed("POST", "/v1/staff/queue/next", "key-00000001")
            .await;
        told.expect(StatusCode::OK)
    };
    let taken = keyed().await;
    assert_eq!(keyed().await, taken);
    assert!(taken["conversation"].is_string() && taken["act"]["said"].is_object());
    assert!(next(&kim).await.is_string());
    assert_eq!(next(&kim).await, Value::Null);
}

#[tokio::test]
async fn who_the_visitor_is_enters_the_priority_and_overrides_leave_a_trace() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let visitor = waits(&shop, "en", "when do you open").await;
    let ticket = visitor.rereads().await["ticket"].clone();
    assert_eq!(ticket["tier"], "unverified");
    let path = format!(
        "/v1/staff/tickets/{}/work",
        ticket["number"].as_str().unwrap()
    );
    let ruled = ticket["priority"].clone();

    let premium = sora.posts(&path, json!({ "tier": "premium" })).await;
    let premium = premium.expect(StatusCode::OK)["ticket"].clone();
    assert_eq!(premium["tier"], "premium");
    assert_ne!(premium["priority"], ruled);
    let back = sora.posts(&path, json!({ "tier": "unverified" })).await;
    assert_eq!(back.expect(StatusCode::OK)["ticket"]["priority"], ruled);
    sora.posts(&path, json!({ "tier": "gold" }))
        .await
        .problem(400, "bad-request");

    let raise = json!({ "priority": { "to": "urgent", "why": "their wedding is today" } });
    sora.posts(&path, raise.clone())
        .await
        .problem(403, "forbidden");
    lead.posts(&path, raise).await.expect(StatusCode::OK);
    // What a person has set, no rule takes back.
    let verified = sora.posts(&path, json!({ "tier": "verified" })).await;
    assert_eq!(
        verified.expect(StatusCode::OK)["ticket"]["priority"],
        "urgent"
    );
    let log = auditor.gets("/v1/staff/log").await.expect(StatusCode::OK);
    let lines = log["lines"].as_array().unwrap();
    let line = lines
        .iter()
        .find(|line| line["action"] == "priority")
        .unwrap();
    assert_eq!(line["actor"], lead.id.as_str());
    assert_eq!(
        line["detail"],
        json!({ "from": ruled, "to": "urgent", "why": "their wedding is today" })
    );
    assert_eq!(
        lines.iter().filter(|line| line["action"] == "tier").count(),
        3
    );

    // Their next matter begins with what is known of them.
    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    sora.acts(&visitor.conversation, "close")
        .await
        .expect(StatusCode::OK);
    visitor.says("when do you open").await;
    assert_eq!(visitor.wants_a_person("").await["tier"], "verified");
}
