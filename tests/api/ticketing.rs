//! Tickets: found by words in any language, noted, raised, paused, merged; and where visitors stand.

use axum::http::StatusCode;
use mondo::staff::Role;
use mondo::store::StaffLogFilter;
use serde_json::{Value, json};

use crate::actors::{Shop, encoded};

async fn work(
    colleague: &crate::colleagues::Colleague,
    number: &Value,
    work: Value,
) -> crate::actors::Told {
    let path = format!("/v1/staff/tickets/{}/work", number.as_str().unwrap());
    colleague.posts(&path, work).await
}

#[tokio::test]
async fn tickets_are_found_by_words_in_any_language() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut numbers = Vec::new();
    for (language, reason) in [
        ("zh", "我的包裹丢了，物流显示已签收"),
        ("ja", "商品が破損していました。返金をお願いします"),
        ("ko", "환불이 아직 안 되었어요"),
        ("en", "the teapot arrived broken"),
    ] {
        let mut visitor = shop.visitor(language);
        visitor.opens().await;
        numbers.push(visitor.wants_a_person(reason).await["number"].clone());
    }
    work(
        &sora,
        &numbers[3],
        json!({ "note": "checked with the warehouse" }),
    )
    .await
    .expect(StatusCode::OK);
    for (words, expected) in [
        ("包裹", 0),
        ("包裹簽收", 0),
        ("破損", 1),
        ("返金", 1),
        ("환불", 2),
        ("teapot", 3),
        ("WAREHOUSE", 3),
        ("M-000002", 1),
    ] {
        let path = format!("/v1/staff/tickets?q={}", encoded(words));
        let found = sora.gets(&path).await.expect(StatusCode::OK);
        assert_eq!(
            found["tickets"][0]["number"], numbers[expected],
            "{words}: {found}"
        );
    }
    let nothing = sora
        .gets("/v1/staff/tickets?q=zzz")
        .await
        .expect(StatusCode::OK);
    assert_eq!(nothing["tickets"], json!([]));
    sora.gets("/v1/staff/tickets/M-999999")
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_ticket_is_noted_tagged_raised_and_the_reason_is_kept() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let number = visitor.wants_a_person("broken").await["number"].clone();

    let noted = work(&sora, &number, json!({ "note": "they were very polite" }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(noted["notes"][0]["by"]["name"], "Sora");
    let tagged = work(
        &sora,
        &number,
        json!({ "tags": [" Broken ", "teapot", "broken"] }),
    )
    .await;
    assert_eq!(
        tagged.expect(StatusCode::OK)["tags"],
        json!(["broken", "teapot"])
    );
    let watched = work(&sora, &number, json!({ "watch": true }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(watched["watchers"], json!([sora.id]));
    let raised = work(&sora, &number, json!({ "level": "l2" }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(raised["ticket"]["level"], "l2");

    let urgent = json!({ "priority": { "to": "urgent", "why": "a wedding gift" } });
    work(&sora, &number, urgent.clone())
        .await
        .problem(403, "forbidden");
    let before = raised["first_response_due"].as_str().unwrap();
    let raised = work(&lead, &number, urgent).await.expect(StatusCode::OK);
    assert_eq!(raised["ticket"]["priority"], "urgent");
    assert!(
        raised["first_response_due"].as_str().unwrap() < before,
        "what is urgent is due earlier"
    );
    let silent = json!({ "priority": { "to": "low", "why": " " } });
    work(&lead, &number, silent)
        .await
        .problem(400, "bad-request");
    let log = auditor.gets("/v1/staff/log").await.expect(StatusCode::OK);
    let line = log["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["action"] == "priority")
        .unwrap();
    assert_eq!(line["detail"]["why"], "a wedding gift");

    let seen = visitor.rereads().await.to_string();
    assert!(
        !seen.contains("polite") && !seen.contains("teapot"),
        "notes and tags stay inside: {seen}"
    );
}

#[tokio::test]
async fn a_ticket_of_another_category_asks_for_what_that_one_needs() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says("when do you open").await;
    let ticket = visitor.wants_a_person("").await;
    let number = &ticket["number"];
    assert_eq!(
        (&ticket["category"], &ticket["collect"]),
        (&json!("shop"), &json!([]))
    );

    let moved = work(&sora, number, json!({ "category": "orders" })).await;
    let moved = moved.expect(StatusCode::OK);
    assert_eq!(moved["ticket"]["category"], "orders");
    assert_eq!(moved["ticket"]["collect"], json!(["order_number"]));
    // Two of its three articles are of the usual severity.
    assert_eq!(moved["ticket"]["priority"], "normal");
    let request = visitor.request("PUT", &visitor.path("fields")).body(
        json!({ "fields": { "order_number": "T-4711" } })
            .to_string()
            .into(),
    );
    visitor.sends(request.unwrap()).await.expect(StatusCode::OK);

    // What a lead has set against the rule stays; what was filled in stays too.
    let urgent = json!({ "priority": { "to": "urgent", "why": "a wedding gift" } });
    work(&lead, number, urgent).await.expect(StatusCode::OK);
    let back = work(&sora, number, json!({ "category": "shop" })).await;
    let back = back.expect(StatusCode::OK);
    assert_eq!(back["ticket"]["collect"], json!([]));
    assert_eq!(back["ticket"]["fields"]["order_number"], "T-4711");
    assert_eq!(back["ticket"]["priority"], "urgent");

    let unknown = work(&sora, number, json!({ "category": "weather" })).await;
    let problem = unknown.problem(422, "content-refused");
    assert_eq!(problem["field"], "category");
    work(&auditor, number, json!({ "category": "orders" }))
        .await
        .problem(403, "forbidden");
    let log = auditor.gets("/v1/staff/log").await.expect(StatusCode::OK);
    let lines = log["lines"].as_array().unwrap();
    let changes: Vec<&Value> = lines
        .iter()
        .filter(|line| line["action"] == "category")
        .map(|line| &line["detail"])
        .collect();
    assert_eq!(
        changes,
        [
            &json!({ "from": "orders", "to": "shop" }),
            &json!({ "from": "shop", "to": "orders" })
        ]
    );
}

#[tokio::test]
async fn the_clock_stands_still_while_the_visitor_has_to_act() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let number = visitor.wants_a_person("who am I").await["number"].clone();
    let read = format!("/v1/staff/tickets/{}", number.as_str().unwrap());
    let fresh = sora.gets(&read).await.expect(StatusCode::OK);
    assert!(fresh["resolution_due"].is_string() && fresh["first_response_due"].is_string());

    let paused = work(&sora, &number, json!({ "status": "awaiting_identity" }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(paused["ticket"]["status"], "awaiting_identity");
    assert_eq!(paused["resolution_due"], Value::Null);
    assert_eq!(
        visitor.rereads().await["state"],
        "queued",
        "the matter still has its place"
    );
    let resumed = work(&sora, &number, json!({ "status": "open" }))
        .await
        .expect(StatusCode::OK);
    assert!(
        resumed["resolution_due"].as_str() > fresh["resolution_due"].as_str(),
        "later by the pause"
    );

    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    sora.says(&visitor.conversation, "hello")
        .await
        .expect(StatusCode::OK);
    let answered = sora.gets(&read).await.expect(StatusCode::OK);
    assert_eq!(
        answered["first_response_due"],
        Value::Null,
        "the first word was said"
    );
    assert_eq!(answered["assignee"], sora.id.as_str());
    assert_eq!(answered["breached"], false);

    work(&sora, &number, json!({ "status": "solved" }))
        .await
        .problem(409, "moved-on");
    sora.acts(&visitor.conversation, "close")
        .await
        .expect(StatusCode::OK);
    work(&sora, &number, json!({ "status": "pending" }))
        .await
        .problem(409, "moved-on");
}

#[tokio::test]
async fn broken_promises_are_noticed_once() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let number = visitor.wants_a_person("anybody there").await["number"].clone();
    let read = format!("/v1/staff/tickets/{}", number.as_str().unwrap());
    let workplace = shop.app.workplace();
    let tomorrow = shop.app.now().later_by(24 * 3_600_000);
    assert_eq!(workplace.run_timers(shop.app.now()).await.unwrap(), 0);
    assert!(workplace.run_timers(tomorrow).await.unwrap() >= 1);
    assert_eq!(workplace.run_timers(tomorrow).await.unwrap(), 0, "once");
    assert_eq!(
        sora.gets(&read).await.expect(StatusCode::OK)["breached"],
        true
    );
    let breaches = StaffLogFilter {
        action: Some("breach".to_owned()),
        ..StaffLogFilter::default()
    };
    let breaches = shop.store.reader().staff_log(&breaches, 9).await.unwrap();
    assert_eq!(
        breaches.len(),
        1,
        "the first response; the end is not due yet"
    );
}

#[tokio::test]
async fn a_settled_ticket_becomes_part_of_another() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut first = shop.visitor("en");
    first.opens().await;
    let one = first.wants_a_person("broken").await["number"].clone();
    let mut second = shop.visitor("en");
    second.opens().await;
    let other = second.wants_a_person("broken, again").await["number"].clone();
    let into = json!({ "merge_into": one });
    work(&sora, &other, into.clone())
        .await
        .problem(409, "moved-on");
    sora.acts(&second.conversation, "close")
        .await
        .expect(StatusCode::OK);
    let merged = work(&sora, &other, into).await.expect(StatusCode::OK);
    assert_eq!(merged["ticket"]["status"], "closed");
    work(&sora, &one, json!({ "merge_into": one }))
        .await
        .problem(409, "moved-on");
    work(&sora, &one, json!({ "merge_into": "M-999999" }))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_visitor_knows_where_they_stand_and_fills_in_what_is_asked() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitors = Vec::new();
    for _ in 0..6 {
        let mut visitor = shop.visitor("en");
        visitor.opens().await;
        visitor.says("my order is late").await;
        visitor.wants_a_person("").await;
        visitors.push(visitor);
    }
    let last = visitors.pop().unwrap();
    let place = last.gets(&last.path("place")).await.expect(StatusCode::OK);
    assert_eq!(
        (&place["before"], &place["open"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(
        place["half_minutes"],
        Value::Null,
        "nothing was measured yet"
    );
    for visitor in &visitors {
        sora.acts(&visitor.conversation, "claim")
            .await
            .expect(StatusCode::OK);
    }
    let place = last.gets(&last.path("place")).await.expect(StatusCode::OK);
    assert_eq!(
        (&place["before"], &place["half_minutes"]),
        (&json!(0), &json!(1))
    );

    let ticket = last.rereads().await["ticket"].clone();
    let wanted = ticket["collect"][0].as_str().unwrap().to_owned();
    let path = last.path("fields");
    let put = |fields: Value| {
        let request = last
            .request("PUT", &path)
            .body(json!({ "fields": fields }).to_string().into());
        last.sends(request.unwrap())
    };
    let filled = put(json!({ wanted.clone(): "T-4711" }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(filled["fields"][&wanted], "T-4711");
    put(json!({ "password": "hunter2" }))
        .await
        .problem(422, "content-refused");
    sora.acts(&last.conversation, "close")
        .await
        .expect(StatusCode::OK);
    put(json!({ wanted: "T-4712" }))
        .await
        .problem(409, "moved-on");
    let place = last.gets(&last.path("place")).await.expect(StatusCode::OK);
    assert_eq!(place["before"], Value::Null);
}
