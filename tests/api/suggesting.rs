//! Suggested replies: right, in the visitor's language, with their origin, and a lesson for authors.

use axum::http::StatusCode;
use mondo::insights::{WordsFrom, propose_alternates};
use mondo::knowledge::ArticleId;
use mondo::language::Language;
use mondo::staff::Role;
use serde_json::json;

use crate::actors::Shop;

#[tokio::test]
async fn an_agent_sends_a_suggestion_edited_and_an_author_learns_of_it() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let author = shop.colleague("Aki", Role::Author).await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    visitor.says("배송은 얼마나 걸려요?").await;
    visitor.wants_a_person("").await;
    let id = &visitor.conversation;
    sora.acts(id, "claim").await.expect(StatusCode::OK);

    let path = format!("/v1/staff/conversations/{id}/suggestions");
    let found = sora.gets(&path).await.expect(StatusCode::OK);
    let first = &found["suggestions"][0];
    assert_eq!(
        (first["source"].as_str(), first["id"].as_str()),
        (Some("article"), Some("shipping-time"))
    );
    assert_eq!(first["language"], "ko");
    assert_eq!(first["seen"], true, "the bot has shown it");
    assert!(first["confidence"].as_f64().unwrap() > 0.2, "{found}");
    assert!(!first["revision"].as_str().unwrap().is_empty());
    let sum: f64 = found["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|suggestion| suggestion["source"] == "article")
        .map(|suggestion| suggestion["confidence"].as_f64().unwrap())
        .sum();
    assert!(sum <= 1.001, "odds that add up: {sum}");

    let sent = json!({
        "text": "보통 이틀 안에 도착합니다. 조회 번호를 보내 드릴게요.",
        "language": "ko",
        "suggestion": {
            "article": first["id"], "language": "ko", "revision": first["revision"], "text": first["text"],
        },
    });
    let messages = format!("/v1/staff/conversations/{id}/messages");
    sora.posts(&messages, sent).await.expect(StatusCode::OK);

    let learned = author
        .gets("/v1/staff/proposals")
        .await
        .expect(StatusCode::OK);
    let proposal = &learned["proposals"][0];
    assert_eq!(proposal["question"], "배송은 얼마나 걸려요?");
    assert_eq!(
        (&proposal["article"], &proposal["edited"]),
        (&json!("shipping-time"), &json!(true))
    );
    let path = format!("/v1/staff/proposals/{}", proposal["id"].as_str().unwrap());
    let decided = author.puts(&path, json!({ "verdict": "accepted" })).await;
    assert_eq!(decided.status, StatusCode::NO_CONTENT);
    author
        .puts(&path, json!({ "verdict": "accepted" }))
        .await
        .problem(404, "not-found");

    // The next visitor with such a question: the reply that was sent is suggested too.
    let mut other = shop.visitor("ko");
    other.opens().await;
    other.says("배송은 얼마나 걸리나요?").await;
    let path = format!("/v1/staff/conversations/{}/suggestions", other.conversation);
    let found = sora.gets(&path).await.expect(StatusCode::OK);
    let earlier = found["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|suggestion| suggestion["source"] == "sent_reply")
        .expect("an earlier reply");
    assert_eq!(earlier["title"], "배송은 얼마나 걸려요?");
    assert!(earlier["text"].as_str().unwrap().starts_with("보통 이틀"));
}

#[tokio::test]
async fn words_that_say_little_are_read_with_the_question_before_them() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    for (language, question, more) in [
        ("ko", "배송은 얼마나 걸려요?", "어제 신청했어요"),
        ("ja", "配送にはどのくらいかかりますか", "昨日そうしました"),
    ] {
        let transcript = json!([
            { "author": "visitor", "text": question },
            { "author": "bot", "text": "..." },
            { "author": "visitor", "text": more },
        ]);
        let ask = json!({ "transcript": transcript, "language": language });
        let found = sora.posts("/v1/suggestions", ask).await;
        let found = found.expect(StatusCode::OK);
        assert_eq!(found["suggestions"][0]["id"], "shipping-time", "{found}");
    }
}

#[tokio::test]
async fn macros_come_in_the_visitors_language() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let written = json!({
        "id": "tracking", "title": "ask for the tracking number",
        "texts": { "en": "Could you send me the tracking number?", "ja": "追跡番号を教えていただけますか。" },
    });
    let kept = lead.posts("/v1/staff/macros", written).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.text);
    let unknown = json!({ "id": "x", "title": "x", "texts": { "fr": "bonjour" } });
    lead.posts("/v1/staff/macros", unknown)
        .await
        .problem(400, "bad-request");

    let ask = |text: &str, language: &str| json!({ "transcript": [{ "author": "visitor", "text": text }], "language": language });
    for (text, language, expected) in [
        (
            "what is my tracking number",
            "en",
            Some("Could you send me the tracking number?"),
        ),
        (
            "追跡番号がわかりません",
            "ja",
            Some("追跡番号を教えていただけますか。"),
        ),
        ("조회 번호를 모르겠어요", "ko", None),
    ] {
        let found = lead
            .posts("/v1/suggestions", ask(text, language))
            .await
            .expect(StatusCode::OK);
        let suggested = found["suggestions"].as_array().unwrap();
        let of_macros = suggested
            .iter()
            .find(|suggestion| suggestion["source"] == "macro");
        assert_eq!(
            of_macros.map(|found| found["text"].as_str().unwrap()),
            expected,
            "{text}"
        );
    }
}

#[tokio::test]
async fn another_help_desk_gets_suggestions_with_a_key() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let ask = json!({ "name": "help desk", "scopes": ["suggestions.read"] });
    let made = admin
        .posts("/v1/staff/keys", ask)
        .await
        .expect(StatusCode::CREATED);
    let program = shop.program(made["token"].as_str().unwrap());
    let transcript = json!({
        "transcript": [
            { "author": "visitor", "text": "hello" },
            { "author": "agent", "text": "Hello, how can I help?" },
            { "author": "visitor", "text": "when does the shop open" },
        ],
        "seen": ["opening-hours"],
    });
    let found = program
        .posts("/v1/suggestions", transcript)
        .await
        .expect(StatusCode::OK);
    let first = &found["suggestions"][0];
    assert_eq!(
        (&first["id"], &first["seen"]),
        (&json!("opening-hours"), &json!(true))
    );
    let nothing = program
        .posts("/v1/suggestions", json!({ "transcript": [] }))
        .await;
    assert_eq!(nothing.expect(StatusCode::OK)["suggestions"], json!([]));
}

#[tokio::test]
async fn what_visitors_chose_and_agents_edited_becomes_proposals_for_other_words() {
    let shop = Shop::open().await;
    let visitor = {
        let mut visitor = shop.visitor("en");
        visitor.opens().await;
        visitor
    };
    let chosen = "those leaves were not for me";
    visitor.says(chosen).await;
    visitor.chooses("return-tea").await.expect(StatusCode::OK);

    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut other = shop.visitor("ko");
    other.opens().await;
    let asked = "소포는 대략 언제쯤 우리 집에 올까요?";
    other.says(asked).await;
    other.wants_a_person("").await;
    let id = &other.conversation;
    sora.acts(id, "claim").await.expect(StatusCode::OK);
    let path = format!("/v1/staff/conversations/{id}/suggestions");
    let found = sora.gets(&path).await.expect(StatusCode::OK);
    let first = &found["suggestions"][0];
    let sent = json!({
        "text": "보통 이틀 안에 도착합니다.",
        "language": "ko",
        "suggestion": {
            "article": first["id"], "language": "ko", "revision": first["revision"], "text": first["text"],
        },
    });
    let messages = format!("/v1/staff/conversations/{id}/messages");
    sora.posts(&messages, sent).await.expect(StatusCode::OK);

    let reader = shop.store.reader();
    let from_choices = reader.chosen_words().await.unwrap().into_iter();
    let from_edits = reader.open_proposals().await.unwrap().into_iter();
    let words: Vec<(ArticleId, Language, String)> = from_choices
        .map(|one| (one.article, one.language, one.question))
        .chain(from_edits.map(|one| (one.article, one.language, one.question)))
        .collect();
    let snapshot = shop.engine.snapshot();
    let proposed = propose_alternates(snapshot.knowledge(), &words);
    let of_visitors: Vec<(&str, Language, &str)> = proposed
        .iter()
        .filter(|one| one.from == WordsFrom::Visitor)
        .map(|one| (one.article.as_str(), one.language, one.words.as_str()))
        .collect();
    let edited = first["id"].as_str().unwrap();
    assert!(
        of_visitors.contains(&("return-tea", Language::English, chosen)),
        "{of_visitors:?}"
    );
    assert!(
        of_visitors.contains(&(edited, Language::Korean, asked)),
        "{of_visitors:?}"
    );
}
