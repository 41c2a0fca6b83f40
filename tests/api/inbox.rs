//! An inbox to work in: what is put aside comes back, who takes new conversations, teams, views, lists, and who the visitor is.

use axum::http::StatusCode;
use mondo::identity::IdentityMode;
use mondo::language::Language;
use mondo::staff::Role;
use mondo::time::Timestamp;
use serde_json::{Value, json};

use crate::actors::{OPENING, Shop, Visitor};
use crate::colleagues::Colleague;
use crate::tokens;

async fn waits(shop: &Shop, words: &str) -> Visitor {
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says(words).await;
    visitor.wants_a_person("").await;
    visitor
}

/// The conversations of a part of the queue, in its order.
async fn listed(colleague: &Colleague, query: &str) -> Vec<String> {
    let told = colleague.gets(&format!("/v1/staff/queue{query}")).await;
    let told = told.expect(StatusCode::OK);
    let entries = told["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["conversation"].as_str().unwrap().to_owned())
        .collect()
}

fn number(of: &Value) -> String {
    of["ticket"]["number"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_put_aside_comes_back_at_its_moment_or_when_the_visitor_writes() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kim = shop.colleague("Kim", Role::Agent).await;
    let visitor = waits(&shop, "do you wrap gifts").await;
    let id = visitor.conversation.as_str();
    let path = format!("/v1/staff/conversations/{id}/snooze");
    let hour = || json!({ "minutes": 60 });

    // Nobody holds it yet, so nobody can put it aside.
    sora.puts(&path, hour()).await.problem(409, "moved-on");
    sora.acts(id, "claim").await.expect(StatusCode::OK);
    kim.puts(&path, hour()).await.problem(409, "moved-on");
    for minutes in [json!(0), json!(43_201), json!("60"), Value::Null] {
        let refused = sora.puts(&path, json!({ "minutes": minutes })).await;
        refused.problem(400, "bad-request");
    }
    let until = sora.puts(&path, hour()).await.expect(StatusCode::OK)["until"].clone();
    assert!(
        until.as_str().unwrap().starts_with("2026-11-22T01:00"),
        "{until}"
    );
    assert!(listed(&sora, "").await.is_empty());
    assert!(listed(&sora, "?mine=true").await.is_empty());
    assert_eq!(listed(&sora, "?mine=true&snoozed=true").await, [id]);
    let told = sora.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    assert_eq!(
        (&told["snoozed"], &told["mine_snoozed"], &told["agent"]),
        (&json!(1), &json!(1), &json!(0))
    );

    // No silence ends it, and nothing takes it away, however long the visitor waits.
    let workplace = shop.app.workplace();
    let at = |minutes: i64| Timestamp::from_millis(OPENING + minutes * 60_000);
    assert_eq!(workplace.run_timers(at(59)).await.unwrap(), 0);
    assert_eq!(workplace.run_timers(at(61)).await.unwrap(), 1);
    assert_eq!(listed(&sora, "?mine=true").await, [id]);
    let entry = sora.gets("/v1/staff/queue").await.expect(StatusCode::OK)["entries"][0].clone();
    assert!(entry["woken"].is_string(), "{entry}");
    assert_eq!(entry["snoozed_until"], Value::Null);

    // A word of the agent's, and it is as any other.
    let say = json!({ "text": "We do." });
    sora.posts(&format!("/v1/staff/conversations/{id}/messages"), say)
        .await
        .expect(StatusCode::OK);
    let entry = sora.gets("/v1/staff/queue").await.expect(StatusCode::OK)["entries"][0].clone();
    assert_eq!(entry["woken"], Value::Null);

    sora.puts(&path, hour()).await.expect(StatusCode::OK);
    visitor.says("and with a ribbon?").await;
    assert_eq!(
        listed(&sora, "?mine=true").await,
        [id],
        "the visitor is back"
    );
    sora.puts(&path, hour()).await.expect(StatusCode::OK);
    assert_eq!(sora.deletes(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(listed(&sora, "?mine=true").await, [id]);
    // Whoever puts it back into the queue keeps nothing aside.
    sora.puts(&path, hour()).await.expect(StatusCode::OK);
    sora.acts(id, "requeue").await.expect(StatusCode::OK);
    assert_eq!(listed(&kim, "?state=queued").await, [id]);
}

#[tokio::test]
async fn what_is_put_aside_fills_no_hands() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let path = format!("/v1/staff/agents/{}/skills", sora.id);
    let one = json!({ "skills": [], "capacity": 1 });
    admin.puts(&path, one).await.expect(StatusCode::OK);
    let first = waits(&shop, "do you wrap gifts").await;
    waits(&shop, "when do you open").await;
    let next = async || {
        let told = sora.posts("/v1/staff/queue/next", json!({})).await;
        told.expect(StatusCode::OK)
    };
    assert_eq!(next().await["conversation"], first.conversation.as_str());
    assert_eq!(next().await["hands_full"], true);
    let aside = format!("/v1/staff/conversations/{}/snooze", first.conversation);
    sora.puts(&aside, json!({ "minutes": 30 }))
        .await
        .expect(StatusCode::OK);
    assert!(next().await["conversation"].is_string());
}

#[tokio::test]
async fn who_is_away_is_not_at_the_desk() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let visitor = waits(&shop, "do you wrap gifts").await;
    let id = visitor.conversation.as_str();
    sora.acts(id, "claim").await.expect(StatusCode::OK);
    let says = async |availability: &str, reason: Option<&str>| {
        let body = json!({ "availability": availability, "reason": reason });
        sora.puts("/v1/staff/account/availability", body).await
    };
    says("asleep", None).await.problem(400, "bad-request");
    let hidden = says("busy", Some("lunch, card 4111 1111 1111 1111")).await;
    let hidden = hidden.expect(StatusCode::OK);
    assert_eq!(hidden["availability_reason"], "lunch, card ⟦card⟧");
    let away = says("away", Some(" lunch\u{202e} "))
        .await
        .expect(StatusCode::OK);
    assert_eq!(
        (&away["availability"], &away["availability_reason"]),
        (&json!("away"), &json!("lunch"))
    );
    let known = lead.gets("/v1/staff/agents").await.expect(StatusCode::OK);
    let known = known["agents"].as_array().unwrap().clone();
    let known = known
        .iter()
        .find(|one| one["id"] == sora.id.as_str())
        .unwrap();
    assert_eq!(known["availability_reason"], "lunch", "colleagues read why");

    // A screen that stands open keeps nothing for somebody who is away.
    let workplace = shop.app.workplace();
    let look = format!("/v1/staff/conversations/{id}/presence");
    let minute = |count: i64| Timestamp::from_millis(OPENING + count * 60_000);
    for count in 1..=11 {
        shop.set_clock(minute(count));
        sora.puts(&look, json!({})).await;
        workplace.run_timers(minute(count)).await.unwrap();
    }
    assert_eq!(visitor.rereads().await["state"], "queued");
    let back = says("here", Some("no reason")).await.expect(StatusCode::OK);
    assert_eq!(back["availability_reason"], "");
    sora.acts(id, "claim").await.expect(StatusCode::OK);
    for count in 12..=30 {
        shop.set_clock(minute(count));
        sora.puts(&look, json!({})).await;
        workplace.run_timers(minute(count)).await.unwrap();
    }
    assert_eq!(visitor.rereads().await["state"], "agent");
}

#[tokio::test]
async fn what_is_for_a_team_is_for_its_people() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let english = [Language::English];
    let sora = shop.specialist("Sora", Role::Agent, &english, &[]).await;
    let kim = shop.specialist("Kim", Role::Agent, &english, &[]).await;
    let path = format!("/v1/staff/agents/{}/skills", kim.id);
    let team = json!({ "skills": [], "languages": ["en"], "department": "Payments" });
    let changed = admin.puts(&path, team).await.expect(StatusCode::OK);
    assert_eq!(changed["department"], "Payments");
    // As it is when it is left out.
    let again = admin.puts(&path, json!({ "skills": [], "languages": ["en"] }));
    assert_eq!(again.await.expect(StatusCode::OK)["department"], "Payments");

    let visitor = waits(&shop, "do you wrap gifts").await;
    let id = visitor.conversation.as_str();
    let number = number(&visitor.rereads().await);
    let work = format!("/v1/staff/tickets/{number}/work");
    let given = sora.posts(&work, json!({ "team": "Payments" })).await;
    assert_eq!(given.expect(StatusCode::OK)["team"], "Payments");
    let next = async |colleague: &Colleague| {
        let told = colleague.posts("/v1/staff/queue/next", json!({})).await;
        told.expect(StatusCode::OK)["conversation"].clone()
    };
    assert_eq!(next(&sora).await, Value::Null);
    assert_eq!(listed(&kim, "?team=Payments").await, [id]);
    let told = kim.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    assert_eq!(told["team"], 1);
    assert_eq!(next(&kim).await, id);
    let nobodys = sora.posts(&work, json!({ "team": "" })).await;
    assert_eq!(nobodys.expect(StatusCode::OK)["team"], Value::Null);
}

#[tokio::test]
async fn views_are_kept_by_their_owner() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kim = shop.colleague("Kim", Role::Agent).await;
    let view = json!({ "name": "Korean, urgent", "query": { "part": "queued", "language": "ko", "priority": "urgent", "tag": "VIP" } });
    let kept = sora
        .posts("/v1/staff/views", view)
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(
        kept["query"],
        json!({ "part": "queued", "order": "urgency", "language": "ko", "priority": "urgent", "tag": "vip" })
    );
    let all = sora.gets("/v1/staff/views").await.expect(StatusCode::OK);
    assert_eq!(all["views"], json!([kept]));
    assert_eq!(
        kim.gets("/v1/staff/views").await.expect(StatusCode::OK)["views"],
        json!([])
    );
    for wrong in [
        json!({ "name": "", "query": {} }),
        json!({ "name": "x", "query": { "part": "nowhere" } }),
        json!({ "name": "x", "query": { "more": 1 } }),
        json!({ "name": "x", "query": [] }),
    ] {
        let refused = sora.posts("/v1/staff/views", wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let path = format!("/v1/staff/views/{}", kept["id"].as_str().unwrap());
    kim.deletes(&path).await.problem(404, "not-found");
    assert_eq!(sora.deletes(&path).await.status, StatusCode::NO_CONTENT);
    sora.deletes(&path).await.problem(404, "not-found");
    for count in 0..20 {
        let one = json!({ "name": format!("view {count}"), "query": {} });
        sora.posts("/v1/staff/views", one)
            .await
            .expect(StatusCode::CREATED);
    }
    let more = sora.posts(
        "/v1/staff/views",
        json!({ "name": "one more", "query": {} }),
    );
    more.await.problem(409, "moved-on");
}

#[tokio::test]
async fn the_queue_is_narrowed_and_ordered() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let gifts = waits(&shop, "do you wrap gifts").await;
    let hours = waits(&shop, "when do you open").await;
    let late = waits(&shop, "my order is late").await;
    let (gifts, hours, late) = (
        gifts.conversation.as_str(),
        hours.conversation.as_str(),
        late.conversation.as_str(),
    );
    assert_eq!(listed(&lead, "?state=queued").await, [late, gifts, hours]);
    assert_eq!(
        listed(&lead, "?state=queued&order=waiting").await,
        [gifts, hours, late]
    );
    assert_eq!(
        listed(&lead, "?state=queued&order=newest").await,
        [late, hours, gifts]
    );
    assert_eq!(listed(&lead, "?priority=low").await.len(), 2);
    lead.gets("/v1/staff/queue?order=size")
        .await
        .problem(400, "bad-request");

    let read = lead.gets(&format!("/v1/staff/conversations/{gifts}")).await;
    let work = format!(
        "/v1/staff/tickets/{}/work",
        number(&read.expect(StatusCode::OK))
    );
    lead.posts(&work, json!({ "tags": ["gifts"] }))
        .await
        .expect(StatusCode::OK);
    let added = lead
        .posts(&work, json!({ "add_tags": ["VIP", "gifts"] }))
        .await;
    assert_eq!(
        added.expect(StatusCode::OK)["tags"],
        json!(["gifts", "vip"])
    );
    assert_eq!(listed(&lead, "?tag=ViP").await, [gifts]);
    assert!(listed(&lead, "?tag=other").await.is_empty());

    // The same for tickets, and as a table.
    let tickets = async |query: &str| {
        let told = lead.gets(&format!("/v1/staff/tickets{query}")).await;
        told.expect(StatusCode::OK)["tickets"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(tickets("").await, 3);
    assert_eq!(tickets("?tag=vip").await, 1);
    assert_eq!(tickets("?category=orders").await, 1);
    assert_eq!(tickets("?status=solved").await, 0);
    assert_eq!(tickets("?status=solved&any_status=true").await, 0);
    assert_eq!(tickets(&format!("?assignee={}", lead.id)).await, 0);
    lead.acts(gifts, "close").await.expect(StatusCode::OK);
    assert_eq!(tickets("").await, 2);
    assert_eq!(tickets("?any_status=true&days=1").await, 3);
    assert_eq!(tickets("?q=wrap").await, 1);
    lead.gets("/v1/staff/tickets?days=0")
        .await
        .problem(400, "bad-request");
    lead.gets("/v1/staff/tickets?status=lost")
        .await
        .problem(400, "bad-request");
    lead.gets("/v1/staff/tickets?assignee=me")
        .await
        .problem(400, "bad-request");

    let table = lead.gets("/v1/staff/tickets/export?any_status=true").await;
    assert_eq!(table.status, StatusCode::OK);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        table
            .header("content-disposition")
            .contains("tickets-2026-11-22.csv")
    );
    let lines: Vec<&str> = table.text.lines().collect();
    assert_eq!(lines.len(), 4, "{}", table.text);
    assert!(
        lines[0]
            .trim_start_matches('\u{feff}')
            .starts_with("number,status,priority,")
    );
    let solved = lines
        .iter()
        .find(|line| line.contains("do you wrap gifts"))
        .unwrap();
    assert!(
        solved.contains(",solved,") && solved.contains("gifts vip"),
        "{solved}"
    );
    lead.gets("/v1/staff/tickets/export?q=x")
        .await
        .problem(422, "content-refused");
    let auditor = shop.colleague("Ada", Role::Auditor).await;
    let log = auditor.gets("/v1/staff/log?action=export_tickets").await;
    assert_eq!(
        log.expect(StatusCode::OK)["lines"][0]["detail"]["tickets"],
        3
    );
}

#[tokio::test]
async fn staff_see_who_the_visitor_is_and_what_else_they_asked() {
    let shop = Shop::open_believing(tokens::settings(IdentityMode::Optional)).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut claims = tokens::claims("ada-7");
    claims["name"] = json!("Ada");
    claims["email"] = json!("ada@tea.example");
    claims["tier"] = json!("premium");
    let header = json!({ "alg": "HS256", "kid": "new" });
    let token = tokens::hs256(tokens::SECRET.as_bytes(), &header, &claims);
    let mut before = shop.visitor("en");
    before.token = Some(token.clone());
    before.opens().await;
    before.says("do you wrap gifts").await;
    before.wants_a_person("").await;
    let mut now = shop.visitor("en");
    now.token = Some(token);
    now.opens().await;
    let context =
        json!({ "url": "https://tea.example/cart?token=secret#top", "time_zone": "Asia/Seoul" });
    let said = json!({ "text": "when do you open", "context": context });
    now.posts(&now.path("messages"), said)
        .await
        .expect(StatusCode::OK);
    let read = async |visitor: &Visitor| {
        let path = format!("/v1/staff/conversations/{}", visitor.conversation);
        sora.gets(&path).await.expect(StatusCode::OK)
    };
    let seen = read(&now).await;
    assert_eq!(seen["account"]["name"], "Ada");
    assert_eq!(
        seen["page"], "https://tea.example/cart",
        "what follows the path is theirs alone"
    );
    assert_eq!(seen["time_zone"], "Asia/Seoul");
    let earlier = &seen["earlier"];
    assert_eq!(earlier.as_array().unwrap().len(), 1, "{earlier}");
    assert_eq!(earlier[0]["conversation"], before.conversation.as_str());
    assert_eq!(earlier[0]["about"], "do you wrap gifts");
    assert_eq!(earlier[0]["ticket_status"], "open");
    // The visitor is not told what staff see.
    assert_eq!(now.rereads().await["page"], Value::Null);

    // What is no zone and no address of a page is left out, and the rest stays.
    let context = json!({ "url": "javascript:alert(1)", "time_zone": "Mars/Olympus" });
    let said = json!({ "text": "and on sundays", "context": context });
    now.posts(&now.path("messages"), said)
        .await
        .expect(StatusCode::OK);
    assert_eq!(read(&now).await["time_zone"], "Asia/Seoul");
    // A stranger has no history, even with the same words.
    let stranger = waits(&shop, "do you wrap gifts").await;
    let seen = read(&stranger).await;
    assert_eq!(
        (&seen["account"], &seen["earlier"]),
        (&Value::Null, &json!([]))
    );
    let exported = shop.store.reader().export_account("ada-7").await.unwrap();
    assert!(
        exported.to_string().contains("Asia/Seoul"),
        "it is handed out too"
    );
}
