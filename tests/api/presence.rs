//! Who is writing, who is there, and how satisfied visitors were.

use axum::http::StatusCode;
use mondo::http::HttpSettings;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Visitor};
use crate::colleagues::Colleague;
use crate::following::Followed;

async fn shop() -> Shop {
    Shop::open_with(HttpSettings {
        presence_grace_ms: 0,
        ..HttpSettings::default()
    })
    .await
}

async fn news(colleague: &Colleague) -> Followed {
    let response = colleague.connects("GET", "/v1/staff/news", None).await;
    let mut news = Followed::over(response);
    news.next_of("missed").await;
    news
}

async fn types(colleague: &Colleague, visitor: &Visitor) -> StatusCode {
    let path = format!("/v1/staff/conversations/{}/typing", visitor.conversation);
    colleague.posts(&path, json!({})).await.status
}

#[tokio::test]
async fn each_side_sees_the_other_write_and_nothing_is_kept() {
    let shop = shop().await;
    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    visitor.wants_a_person("返品").await;
    let agent = shop.colleague("aoi", Role::Agent).await;
    let mut news = news(&agent).await;
    let typing = visitor.path("typing");

    let told = visitor.posts(&typing, json!({})).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    assert_eq!(news.next_of("typing").await, visitor.conversation);

    assert_eq!(types(&agent, &visitor).await, StatusCode::CONFLICT);
    agent
        .acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    let mut followed = Followed::by(&visitor, None).await;
    followed.next_of("presence").await;
    assert_eq!(types(&agent, &visitor).await, StatusCode::NO_CONTENT);
    let sign = followed.next_of("typing").await;
    assert_eq!(sign, json!({ "name": "aoi", "seconds": 6 }));

    // The second sign comes too soon to say anything new, so the message is the next thing heard.
    assert_eq!(types(&agent, &visitor).await, StatusCode::NO_CONTENT);
    agent
        .says(&visitor.conversation, "お待たせいたしました。")
        .await
        .expect(StatusCode::OK);
    loop {
        let heard = followed.next_of_all().await.unwrap();
        assert_ne!(heard.kind, "typing");
        if heard.data["author"] == "agent" {
            break;
        }
    }
    let mut whole = Followed::by(&visitor, None).await;
    let last = visitor.rereads().await["last_event"].as_i64().unwrap();
    for _ in 0..=last {
        let heard = whole.next_of_all().await.unwrap();
        assert_ne!(heard.kind, "typing", "signs are not kept");
    }
}

#[tokio::test]
async fn each_side_sees_how_far_the_other_has_read() {
    let shop = shop().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let answered = visitor.says("How long is your shipping?").await;
    let agent = shop.colleague("sam", Role::Agent).await;
    let id = visitor.conversation.clone();
    let staff_path = format!("/v1/staff/conversations/{id}/read");
    let reads = async |up_to: &Value| {
        visitor
            .posts(&visitor.path("read"), json!({ "up_to": up_to }))
            .await
    };
    let staff_reads =
        async |up_to: &Value| agent.posts(&staff_path, json!({ "up_to": up_to })).await;
    let known = async || {
        let whole = visitor.rereads().await;
        let numbers =
            ["read_by_visitor", "read_by_staff"].map(|name| whole[name].as_i64().unwrap());
        (numbers[0], numbers[1])
    };

    // Who talks with the bot alone is not watched, and no person is said to have read.
    let first = &answered["question"]["sequence"];
    assert_eq!(reads(first).await.status, StatusCode::NO_CONTENT);
    assert_eq!(staff_reads(first).await.status, StatusCode::NO_CONTENT);
    assert_eq!(known().await, (0, 0));

    visitor.wants_a_person("my parcel").await;
    let asked = visitor.says("Is anybody there?").await["question"]["sequence"].clone();
    let mut followed = Followed::by(&visitor, None).await;
    let mut news = news(&agent).await;
    assert_eq!(staff_reads(&asked).await.status, StatusCode::NO_CONTENT);
    let told = followed.next_of("read").await;
    assert_eq!(told, json!({ "up_to": asked }));
    assert_eq!(known().await, (0, asked.as_i64().unwrap()));

    agent.acts(&id, "claim").await.expect(StatusCode::OK);
    agent.says(&id, "Here I am.").await.expect(StatusCode::OK);
    let said = visitor.rereads().await["last_event"].clone();
    assert_eq!(reads(&said).await.status, StatusCode::NO_CONTENT);
    assert_eq!(news.next_of("read").await, format!("{id} {said}"));
    let both = (said.as_i64().unwrap(), asked.as_i64().unwrap());
    assert_eq!(known().await, both);

    // Nobody reads backwards, or ahead of what was said.
    for up_to in [json!(1), json!(both.0 + 1)] {
        assert_eq!(reads(&up_to).await.status, StatusCode::NO_CONTENT);
        assert_eq!(staff_reads(&up_to).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(known().await, both);
    // Whoever comes back is told once more.
    let mut again = Followed::by(&visitor, Some(both.0)).await;
    assert_eq!(again.next_of("read").await, json!({ "up_to": asked }));

    // Only who may answer reads in the desk's name.
    let viewer = shop.colleague("vera", Role::Viewer).await;
    let refused = viewer.posts(&staff_path, json!({ "up_to": said })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let stranger = shop.visitor("en");
    let refused = stranger
        .posts(&visitor.path("read"), json!({ "up_to": 1 }))
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_visitor_with_the_bot_does_not_call_anybody() {
    let shop = shop().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let agent = shop.colleague("lee", Role::Agent).await;
    let mut news = news(&agent).await;
    visitor.posts(&visitor.path("typing"), json!({})).await;
    visitor.wants_a_person("help").await;
    let heard = news.next_of_all().await.unwrap();
    assert_eq!(heard.kind, "changed");
}

#[tokio::test]
async fn presence_is_what_it_says() {
    let shop = shop().await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    let viewer = shop.colleague("viewer", Role::Viewer).await;
    let _reading = news(&viewer).await;
    let mut followed = Followed::by(&visitor, None).await;
    let here = |here: bool| json!({ "here": here });
    assert_eq!(
        followed.next_of("presence").await,
        here(false),
        "a viewer answers nobody"
    );
    let first = shop.colleague("kim", Role::Agent).await;
    let watching = news(&first).await;
    assert_eq!(followed.next_of("presence").await, here(true));
    drop(watching);
    assert_eq!(followed.next_of("presence").await, here(false));

    // With an agent, that agent counts and no other.
    let _watching = news(&first).await;
    assert_eq!(followed.next_of("presence").await, here(true));
    let second = shop.colleague("park", Role::Agent).await;
    second
        .acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    assert_eq!(followed.next_of("presence").await, here(false));
    let _second = news(&second).await;
    assert_eq!(followed.next_of("presence").await, here(true));
}

#[tokio::test]
async fn who_says_they_are_away_is_not_here() {
    let shop = shop().await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    let mut followed = Followed::by(&visitor, None).await;
    let here = |here: bool| json!({ "here": here });
    assert_eq!(followed.next_of("presence").await, here(false));
    let kim = shop.colleague("kim", Role::Agent).await;
    let _watching = news(&kim).await;
    assert_eq!(followed.next_of("presence").await, here(true));
    let says = async |availability: &str| {
        let body = json!({ "availability": availability });
        let told = kim.puts("/v1/staff/account/availability", body).await;
        told.expect(StatusCode::OK)
    };
    says("away").await;
    assert_eq!(followed.next_of("presence").await, here(false));
    says("busy").await;
    assert_eq!(followed.next_of("presence").await, here(true));
}

#[tokio::test]
async fn staff_see_whether_the_visitor_has_the_conversation_open() {
    let shop = shop().await;
    let mut visitor = shop.visitor("zh");
    visitor.opens().await;
    let agent = shop.colleague("wang", Role::Agent).await;
    let mut news = news(&agent).await;
    let path = format!("/v1/staff/conversations/{}", visitor.conversation);
    let here = async || agent.gets(&path).await.expect(StatusCode::OK)["visitor_here"].clone();
    assert_eq!(here().await, false);
    let id = visitor.conversation.clone();
    let first = Followed::by(&visitor, None).await;
    let second = Followed::by(&visitor, None).await;
    assert_eq!(news.next_of("visitor").await, format!("{id} here"));
    assert_eq!(here().await, true);
    drop(first);
    assert_eq!(here().await, true, "the other window is still open");
    drop(second);
    assert_eq!(news.next_of("visitor").await, format!("{id} away"));
    assert_eq!(here().await, false);
}

#[tokio::test]
async fn a_closed_conversation_is_scored_once_an_episode() {
    let shop = shop().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("my order").await;
    let agent = shop.colleague("sam", Role::Agent).await;
    let id = visitor.conversation.clone();
    let scores = async |score: i64| {
        let body = json!({ "score": score, "comment": "  Quick and kind.  " });
        visitor.posts(&visitor.path("satisfaction"), body).await
    };
    scores(5).await.problem(409, "moved-on");
    agent.acts(&id, "claim").await.expect(StatusCode::OK);
    agent.acts(&id, "close").await.expect(StatusCode::OK);
    assert_eq!(visitor.rereads().await["satisfaction"], json!(null));
    for score in [0, 6, -1] {
        let problem = scores(score).await.problem(400, "bad-request");
        assert_eq!(problem["field"], "score");
    }
    assert_eq!(scores(5).await.status, StatusCode::NO_CONTENT);
    scores(1).await.problem(409, "moved-on");
    assert_eq!(visitor.rereads().await["satisfaction"], 5);

    visitor.says("One more thing: when is the shop open?").await;
    assert_eq!(visitor.rereads().await["satisfaction"], json!(null));
    scores(4).await.problem(409, "moved-on");
    visitor.wants_a_person("again").await;
    agent.acts(&id, "claim").await.expect(StatusCode::OK);
    agent.acts(&id, "close").await.expect(StatusCode::OK);
    assert_eq!(scores(4).await.status, StatusCode::NO_CONTENT);

    let seen = agent
        .gets(&format!("/v1/staff/conversations/{id}"))
        .await
        .expect(StatusCode::OK);
    let given = seen["satisfaction_given"].as_array().unwrap();
    let scores: Vec<_> = given.iter().map(|one| one["score"].clone()).collect();
    assert_eq!(scores, [5, 4]);
    assert_eq!(given[0]["comment"], "Quick and kind.");
}

#[tokio::test]
async fn a_visitor_checks_on_a_page_whether_an_agent_is_real() {
    let shop = shop().await;
    let agent = shop.colleague("Aoi", Role::Agent).await;
    let check_at = async |address: &str, locale: &str, phrase: &str| {
        let request = axum::http::Request::builder()
            .method("POST")
            .uri(format!("/help/{locale}/verify"))
            .header("x-forwarded-for", address)
            .header("content-type", "application/x-www-form-urlencoded");
        let body = format!("phrase={phrase}");
        let visitor = shop.visitor("en");
        visitor.sends(request.body(body.into()).unwrap()).await
    };
    let check = async |locale: &str, phrase: &str| check_at("192.0.2.1", locale, phrase).await;
    for (locale, real, unreal) in [
        ("en", "works here", "not one of ours"),
        ("zh", "是我们的工作人员", "不是我们的"),
        ("zh-Hant", "是我們的工作人員", "不是我們的"),
        ("ja", "当社の担当者です", "当社のものではない"),
        ("ko", "저희 상담원입니다", "저희 문구가 아니거나"),
    ] {
        let made = agent.posts("/v1/staff/phrase", json!({})).await;
        let phrase = made.expect(StatusCode::OK)["phrase"].clone();
        let phrase = phrase.as_str().unwrap().to_lowercase();
        let told = check(locale, &phrase).await;
        assert_eq!(told.status, StatusCode::OK);
        assert!(
            told.text.contains(real) && told.text.contains("Aoi"),
            "{locale}: {}",
            told.text
        );
        assert!(!told.text.contains(&phrase), "the page does not repeat it");
        let told = check(locale, &phrase).await;
        assert!(
            told.text.contains(unreal) && !told.text.contains("Aoi"),
            "{locale}: it works once"
        );
    }
    // Whoever tries many is stopped, on the page and in the API, and nobody else is.
    let stranger = "203.0.113.7";
    let mut last = check_at(stranger, "en", "00000000").await;
    for _ in 0..60 {
        last = check_at(stranger, "en", "00000000").await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!last.header("retry-after").is_empty());
    let told = shop.visitor("en").at(stranger);
    let told = told
        .posts("/v1/agents/verify", json!({ "phrase": "00000000" }))
        .await;
    told.problem(429, "too-often");
    let made = agent.posts("/v1/staff/phrase", json!({})).await;
    let heard = made.expect(StatusCode::OK);
    let told = shop.visitor("en").at("192.0.2.1");
    let told = told.posts("/v1/agents/verify", heard).await;
    assert_eq!(told.expect(StatusCode::OK)["name"], "Aoi");
}
