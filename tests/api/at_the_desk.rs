//! Who is at the desk, what they are given there, and what the visitor is told of it.

use axum::http::StatusCode;
use mondo::http::HttpSettings;
use mondo::language::Language;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Visitor};
use crate::colleagues::Colleague;
use crate::following::Followed;

const MINUTE: i64 = 60_000;

async fn waits(shop: &Shop, language: &str, words: &str) -> Visitor {
    let mut visitor = shop.visitor(language);
    visitor.opens().await;
    if !words.is_empty() {
        visitor.says(words).await;
    }
    visitor.wants_a_person("").await;
    visitor
}

async fn looks(colleague: &Colleague, conversation: &str) {
    let path = format!("/v1/staff/conversations/{conversation}/presence");
    let told = colleague.puts(&path, json!({})).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
}

async fn attends(colleague: &Colleague) -> Followed {
    let mut news = Followed::over(colleague.connects("GET", "/v1/staff/news", None).await);
    news.next_of("missed").await;
    news
}

async fn next(colleague: &Colleague) -> Value {
    let told = colleague.posts("/v1/staff/queue/next", json!({})).await;
    told.expect(StatusCode::OK)
}

async fn state(visitor: &Visitor) -> Value {
    visitor.rereads().await["state"].clone()
}

#[tokio::test]
async fn whoever_waited_long_stays_with_the_agent_who_takes_over() {
    let shop = Shop::open().await;
    let workplace = shop.app.workplace();
    let visitor = waits(&shop, "en", "").await;
    let id = visitor.conversation.clone();
    let begun = shop.app.now();
    let after = |minutes: i64| begun.later_by(minutes * MINUTE);

    // The visitor has waited for three hours when somebody comes and takes over.
    shop.set_clock(after(180));
    let sora = shop.colleague("Sora", Role::Agent).await;
    sora.acts(&id, "claim").await.expect(StatusCode::OK);
    let check = async |minutes: i64, expected: &str| {
        workplace.run_timers(after(minutes)).await.unwrap();
        assert_eq!(state(&visitor).await, expected, "after {minutes} minutes");
    };
    check(181, "agent").await;
    check(189, "agent").await;
    // As long as the agent is seen at the desk, nothing is taken from them, wherever they look.
    shop.set_clock(after(188));
    let other = waits(&shop, "en", "").await;
    looks(&sora, &other.conversation).await;
    check(197, "agent").await;
    shop.set_clock(after(196));
    let typing = format!("/v1/staff/conversations/{id}/typing");
    sora.posts(&typing, json!({})).await;
    check(205, "agent").await;
    // Gone for ten minutes, with the visitor still waiting: somebody else takes over.
    check(207, "queued").await;
    let said = visitor.rereads().await;
    let notes = said["messages"].as_array().unwrap();
    let stepped_away = |note: &&Value| note["text"].as_str().unwrap().contains("step away");
    assert_eq!(notes.iter().filter(stepped_away).count(), 1, "{said}");
}

#[tokio::test]
async fn hands_are_full_at_some_point() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let path = format!("/v1/staff/agents/{}/skills", sora.id);
    for refused in [0, -1, 101] {
        let duties = json!({ "skills": [], "capacity": refused });
        let told = admin.puts(&path, duties).await.problem(400, "bad-request");
        assert_eq!(told["field"], "capacity");
    }
    let duties = json!({ "skills": [], "capacity": 2 });
    let told = admin.puts(&path, duties).await.expect(StatusCode::OK);
    assert_eq!(told["capacity"], 2);
    let waiting = [
        waits(&shop, "en", "").await,
        waits(&shop, "en", "").await,
        waits(&shop, "en", "").await,
    ];
    for visitor in &waiting[..2] {
        assert_eq!(
            next(&sora).await["conversation"],
            visitor.conversation.as_str()
        );
    }
    let told = next(&sora).await;
    assert_eq!(
        (&told["conversation"], &told["hands_full"]),
        (&Value::Null, &json!(true))
    );
    // What waits for the visitor keeps no hand busy.
    let number = waiting[0].rereads().await["ticket"]["number"].clone();
    let work = format!("/v1/staff/tickets/{}/work", number.as_str().unwrap());
    let pending = json!({ "status": "pending" });
    sora.posts(&work, pending).await.expect(StatusCode::OK);
    let told = next(&sora).await;
    assert_eq!(told["conversation"], waiting[2].conversation.as_str());
    assert_eq!(told["hands_full"], false);
}

#[tokio::test]
async fn what_nobody_at_the_desk_may_take_is_told() {
    let shop = Shop::open_with(HttpSettings {
        presence_grace_ms: 0,
        ..HttpSettings::default()
    })
    .await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let english = [Language::English];
    let kim = shop.specialist("Kim", Role::Agent, &english, &[]).await;
    let fraud = waits(
        &shop,
        "en",
        "i was scammed by a fake shop, they stole my money",
    )
    .await;
    let japanese = waits(&shop, "ja", "営業時間を教えてください").await;
    let plain = waits(&shop, "en", "when do you open").await;
    let stranded = async || -> Vec<String> {
        let told = lead.gets("/v1/staff/queue?stranded=true").await;
        let told = told.expect(StatusCode::OK);
        let entries = told["entries"].as_array().unwrap().iter();
        entries
            .map(|entry| entry["conversation"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = [&fraud, &plain, &japanese].map(|visitor| visitor.conversation.clone());
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert_eq!(
        sorted(stranded().await),
        sorted(all.to_vec()),
        "nobody is there"
    );
    let _lead_attends = attends(&lead).await;
    assert!(
        stranded().await.is_empty(),
        "alone at the desk, a lead takes everything"
    );
    let _kim_attends = attends(&kim).await;
    let beyond = [&fraud, &japanese].map(|visitor| visitor.conversation.clone());
    assert_eq!(
        sorted(stranded().await),
        sorted(beyond.to_vec()),
        "Kim may not"
    );
    // The agent learns that there is more, which somebody else has to take.
    assert_eq!(
        next(&kim).await["conversation"],
        plain.conversation.as_str()
    );
    assert_eq!(next(&kim).await["others"], 2);
    let admin = shop.colleague("Ada", Role::Admin).await;
    let path = format!("/v1/staff/agents/{}/skills", kim.id);
    let duties = json!({ "languages": ["en", "ja"], "skills": [], "levels": ["l3"] });
    admin.puts(&path, duties).await.expect(StatusCode::OK);
    assert!(stranded().await.is_empty());
    assert_eq!(
        next(&kim).await["conversation"],
        fraud.conversation.as_str()
    );
}

#[tokio::test]
async fn an_address_that_reaches_nobody_is_refused_in_the_visitors_language() {
    let shop = Shop::open().await;
    for (language, sentence) in [
        ("en", "does not look like an e-mail address"),
        ("zh-CN", "邮箱地址好像不正确"),
        ("zh-TW", "電子郵件地址好像有誤"),
        ("ja", "メールアドレスの形式"),
        ("ko", "이메일 주소가 올바르지"),
    ] {
        let mut visitor = shop.visitor(language);
        visitor.opens().await;
        let path = visitor.path("escalate");
        let wish = json!({ "reason": null, "contact": "not-an-email" });
        let told = visitor
            .posts(&path, wish)
            .await
            .problem(422, "contact-refused");
        assert_eq!(told["field"], "contact");
        let said = told["message"].as_str().unwrap();
        assert!(said.contains(sentence), "{language}: {said}");
        assert_eq!(
            visitor.rereads().await["ticket"],
            Value::Null,
            "nothing was opened"
        );

        let ticket = visitor.wants_a_person("").await;
        assert_eq!(ticket["reachable"], false);
        // An address can be added while the ticket waits; it stays the same one.
        let wish = json!({ "contact": "ann@example.com" });
        let told = visitor.posts(&path, wish).await.expect(StatusCode::OK);
        assert_eq!(
            (&told["reachable"], &told["number"]),
            (&json!(true), &ticket["number"])
        );
    }
}

#[tokio::test]
async fn the_chat_and_the_status_page_say_the_same_of_who_is_there() {
    let shop = Shop::open_with(HttpSettings {
        presence_grace_ms: 0,
        ..HttpSettings::default()
    })
    .await;
    let visitor = waits(&shop, "en", "").await;
    let link = visitor.rereads().await["ticket"]["link"].clone();
    let page = async || visitor.gets(link.as_str().unwrap()).await.text;
    let place = async || {
        let told = visitor
            .gets(&visitor.path("place"))
            .await
            .expect(StatusCode::OK);
        told["here"].clone()
    };
    let mut chat = Followed::by(&visitor, None).await;
    assert_eq!(chat.next_of("presence").await, json!({ "here": false }));
    assert_eq!(place().await, false);
    let told = page().await;
    assert!(
        told.contains("Nobody is at the desk at this moment"),
        "{told}"
    );
    assert!(!told.contains("We are online"), "{told}");

    let sora = shop.colleague("Sora", Role::Agent).await;
    let _attends = attends(&sora).await;
    assert_eq!(chat.next_of("presence").await, json!({ "here": true }));
    assert_eq!(place().await, true);
    let told = page().await;
    assert!(told.contains("We are online"), "{told}");
    assert!(!told.contains("Nobody is at the desk"), "{told}");
}
