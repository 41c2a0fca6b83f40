//! `POST /v1/ask`.

use serde_json::json;

use crate::actors::Shop;

#[tokio::test]
async fn a_question_is_answered_in_its_own_language() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for (question, language, article) in [
        ("How many days does delivery take?", "en", "shipping-time"),
        ("请问多久能送到", "zh", "shipping-time"),
        ("届くまでどのくらいかかりますか", "ja", "shipping-time"),
        ("배송은 얼마나 걸려요?", "ko", "shipping-time"),
        ("can I send back unopened tea", "en", "return-tea"),
        ("礼品包装可以吗", "zh", "gift-wrapping"),
        ("日曜日は営業していますか", "ja", "opening-hours"),
        ("선물 포장이 되나요", "ko", "gift-wrapping"),
    ] {
        let reply = visitor.asks(question).await;
        assert_eq!(reply["decision"], "answer", "{question}: {reply}");
        assert_eq!(reply["language"], language, "{question}");
        let answer = &reply["answer"];
        assert_eq!(answer["article"], article, "{question}");
        assert_eq!(answer["language"], language, "{question}");
        assert_eq!(answer["link"], format!("/help/{language}/{article}"));
        assert!(answer["label"].is_null(), "{reply}");
        let confidence = reply["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&confidence), "{reply}");
        assert!(!reply["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_missing_language_is_labelled_or_handed_over_as_the_article_says() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ja");
    let body = json!({ "text": "tea ceremony class", "language": "ja" });
    let reply = visitor.posts("/v1/ask", body).await.json();
    assert_eq!(reply["answer"]["language"], "en", "{reply}");
    assert_eq!(reply["answer"]["label"], "この回答は英語のみです。");

    let body = json!({ "text": "Do I pay import duty on tea?", "language": "ja" });
    let reply = visitor.posts("/v1/ask", body).await.json();
    assert_eq!(reply["decision"], "escalate", "{reply}");
    assert_eq!(reply["reason"], "language_missing");
    assert_eq!(reply["offer_person"], true);
}

#[tokio::test]
async fn a_wish_for_a_person_and_a_report_of_fraud_are_never_answered_by_similarity() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let reply = visitor.asks("I want to talk to a human").await;
    assert_eq!(
        (&reply["decision"], &reply["reason"]),
        (&json!("escalate"), &json!("person_requested"))
    );
    let reply = visitor.asks("I was scammed by a fake tea shop").await;
    assert_eq!(
        (&reply["decision"], &reply["reason"]),
        (&json!("escalate"), &json!("fraud_report"))
    );
    assert_eq!(
        reply["answer"]["article"], "fake-shops",
        "first aid: {reply}"
    );
}

#[tokio::test]
async fn every_answer_has_a_record_that_outlives_the_server() {
    let shop = Shop::open().await;
    let reply = shop.visitor("en").asks("When is the shop open?").await;
    let id = reply["id"].as_str().unwrap().parse().unwrap();
    let shop = shop.reopen().await;
    let explained = shop.app.visitors().explain(&id).await.unwrap();
    assert_eq!(explained.question, "When is the shop open?");
}
