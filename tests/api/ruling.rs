//! Rules: what happens to tickets by itself, what a trial tells of last week, and what goes with a macro.

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Visitor};
use crate::colleagues::Colleague;

async fn waits(shop: &Shop, language: &str, words: &str) -> Visitor {
    let mut visitor = shop.visitor(language);
    visitor.opens().await;
    visitor.says(words).await;
    visitor.wants_a_person("").await;
    visitor
}

async fn ticket(colleague: &Colleague, visitor: &Visitor) -> Value {
    let number = visitor.rereads().await["ticket"]["number"].clone();
    let path = format!("/v1/staff/tickets/{}", number.as_str().unwrap());
    colleague.gets(&path).await.expect(StatusCode::OK)
}

async fn runs(shop: &Shop) -> usize {
    let desk = shop.app.workplace();
    desk.run_rules(shop.app.now()).await.unwrap()
}

#[tokio::test]
async fn a_rule_does_what_it_says_to_what_fits() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let text = json!({ "id": "late", "title": "Late", "texts": { "en": "We look into it." } });
    lead.posts("/v1/staff/macros", text).await;
    // What was opened before there was a rule is left alone.
    let before = waits(&shop, "en", "my order is late").await;
    let rule = json!({
        "name": "Late orders",
        "active": true,
        "when": { "trigger": "opened", "languages": ["en"], "words": ["LATE"] },
        "then": [
            { "add_tags": ["Late", "parcel"] }, { "team": "Parcels" }, { "priority": "urgent" },
            { "level": "l2" }, { "say": "late" }, { "assign": sora.id },
        ],
    });
    let kept = lead.posts("/v1/staff/rules", rule.clone()).await;
    let kept = kept.expect(StatusCode::CREATED);
    assert_eq!(kept["then"][0], json!({ "add_tags": ["late", "parcel"] }));
    let late = waits(&shop, "en", "my order is late").await;
    let other = waits(&shop, "en", "do you wrap gifts").await;
    let korean = waits(&shop, "ko", "택배가 안 와요 late").await;
    assert_eq!(runs(&shop).await, 1);
    assert_eq!(runs(&shop).await, 0, "once");

    let seen = ticket(&lead, &late).await;
    assert_eq!(seen["tags"], json!(["late", "parcel"]));
    assert_eq!(seen["team"], "Parcels");
    let of = &seen["ticket"];
    assert_eq!(
        (&of["priority"], &of["level"]),
        (&json!("urgent"), &json!("l2"))
    );
    assert_eq!(seen["assignee"], sora.id.as_str());
    let read = late.rereads().await;
    assert_eq!(read["state"], "agent");
    let messages = read["messages"].as_array().unwrap();
    let said = |text: &str| messages.iter().filter(|one| one["text"] == text).count();
    assert_eq!(said("We look into it."), 1);
    for left in [&before, &other, &korean] {
        assert_eq!(ticket(&lead, left).await["tags"], json!([]));
        assert_eq!(left.rereads().await["state"], "queued");
    }

    // A rule that is off does nothing; one that is gone neither.
    let path = format!("/v1/staff/rules/{}", kept["id"].as_str().unwrap());
    let mut off = rule.clone();
    off["active"] = json!(false);
    lead.puts(&path, off).await.expect(StatusCode::OK);
    let more = waits(&shop, "en", "my order is late").await;
    assert_eq!(runs(&shop).await, 0);
    // Nor does it, once it is on again, to what was opened meanwhile.
    lead.puts(&path, rule).await.expect(StatusCode::OK);
    assert_eq!(runs(&shop).await, 0);
    assert_eq!(more.rereads().await["state"], "queued");
    assert_eq!(lead.deletes(&path).await.status, StatusCode::NO_CONTENT);
    lead.deletes(&path).await.problem(404, "not-found");
    let auditor = shop.colleague("Ada", Role::Auditor).await;
    let log = auditor.gets("/v1/staff/log?actor=rule").await;
    let log = log.expect(StatusCode::OK);
    assert_eq!(log["lines"][0]["detail"]["name"], "Late orders", "{log}");
}

#[tokio::test]
async fn a_trial_tells_what_a_rule_would_have_met_and_does_nothing() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let late = waits(&shop, "en", "my order is late").await;
    waits(&shop, "en", "do you wrap gifts").await;
    let rule = json!({
        "name": "Orders",
        "active": true,
        "when": { "trigger": "opened", "categories": ["orders"], "priorities": ["normal", "high"] },
        "then": [{ "add_tags": ["orders"] }],
    });
    let told = lead.posts("/v1/staff/rules/trial", rule.clone()).await;
    let told = told.expect(StatusCode::OK);
    assert_eq!((&told["tried"], &told["fitting"]), (&json!(2), &json!(1)));
    assert_eq!(
        told["tickets"][0]["conversation"],
        late.conversation.as_str()
    );
    assert_eq!(ticket(&lead, &late).await["tags"], json!([]));
    assert_eq!(
        lead.gets("/v1/staff/rules").await.expect(StatusCode::OK)["rules"],
        json!([])
    );
    let mut breached = rule.clone();
    breached["when"]["trigger"] = json!("breached");
    let told = lead.posts("/v1/staff/rules/trial", breached).await;
    assert_eq!(told.expect(StatusCode::OK)["fitting"], 0);

    let with = |name: &str, value: Value| {
        let mut changed = rule.clone();
        changed[name] = value;
        changed
    };
    for (wrong, status) in [
        (with("then", json!([])), 422),
        (with("then", json!([{ "say": "no-such-macro" }])), 422),
        (with("then", json!([{ "explode": true }])), 400),
        (with("then", json!([{ "priority": "never" }])), 400),
        (with("when", json!({ "trigger": "weather" })), 400),
        (with("when", json!({})), 400),
        (with("name", json!("")), 400),
    ] {
        let refused = lead.posts("/v1/staff/rules", wrong.clone()).await;
        assert_eq!(refused.status.as_u16(), status, "{wrong}: {}", refused.text);
    }
}

#[tokio::test]
async fn a_rule_tells_a_webhook_and_waits_for_broken_promises() {
    let shop = Shop::open().await;
    let mut admin = shop.colleague("Ada", Role::Admin).await;
    let hook = json!({ "description": "Pager", "url": "https://pager.example.com/hook", "events": ["feedback.created"] });
    let hook = admin.posts("/v1/staff/webhooks", hook).await;
    let hook = hook.expect(StatusCode::CREATED)["webhook"]["id"].clone();
    let rule = json!({
        "name": "Late answers",
        "active": true,
        "when": { "trigger": "breached" },
        "then": [{ "tell": hook }, { "priority": "urgent" }],
    });
    admin
        .posts("/v1/staff/rules", rule)
        .await
        .expect(StatusCode::CREATED);
    let visitor = waits(&shop, "en", "do you wrap gifts").await;
    assert_eq!(runs(&shop).await, 0, "nothing is late yet");
    let tomorrow = shop.app.now().later_by(48 * 3_600_000);
    shop.set_clock(tomorrow);
    // Nobody stays signed in for so long.
    admin.signs_in(None).await.expect(StatusCode::OK);
    shop.app.workplace().run_timers(tomorrow).await.unwrap();
    assert_eq!(
        ticket(&admin, &visitor).await["ticket"]["priority"],
        "urgent"
    );
    let path = format!("/v1/staff/webhooks/{}/deliveries", hook.as_str().unwrap());
    let told = admin.gets(&path).await.expect(StatusCode::OK);
    let told = told["deliveries"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_macro_carries_what_is_done_to_the_ticket() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let acts = json!([{ "add_tags": ["Asked"] }, { "status": "pending" }]);
    let text =
        json!({ "id": "ask", "title": "Ask", "texts": { "en": "Which order?" }, "acts": acts });
    let put = lead.posts("/v1/staff/macros", text.clone()).await;
    assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text);
    let read = lead.gets("/v1/staff/macros").await.expect(StatusCode::OK);
    let kept = &read["macros"][0]["acts"];
    assert_eq!(
        *kept,
        json!([{ "add_tags": ["asked"] }, { "status": "pending" }])
    );
    // They are what the ticket takes.
    let visitor = waits(&shop, "en", "my order is late").await;
    let number = visitor.rereads().await["ticket"]["number"].clone();
    let work = format!("/v1/staff/tickets/{}/work", number.as_str().unwrap());
    for act in kept.as_array().unwrap() {
        lead.posts(&work, act.clone()).await.expect(StatusCode::OK);
    }
    let mut wrong = text;
    wrong["acts"] = json!([{ "assign": "x" }]);
    lead.posts("/v1/staff/macros", wrong)
        .await
        .problem(400, "bad-request");
}
