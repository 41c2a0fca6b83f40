//! Whether a channel is the operator's: by the API, on the page, and in a conversation.

use axum::http::StatusCode;
use mondo::http::HttpSettings;
use mondo::safety::OfficialChannels;
use serde_json::{Value, json};

use crate::actors::{Shop, encoded};

async fn shop() -> Shop {
    let channels = OfficialChannels {
        domains: vec!["kumora.example".to_owned()],
        mails: vec!["@kumora.example".to_owned()],
        phones: vec!["+852 2000 0001".to_owned()],
        profiles: vec!["t.me/kumora_news".to_owned()],
        ..OfficialChannels::default()
    };
    let settings = HttpSettings {
        channels,
        ..HttpSettings::default()
    };
    Shop::open_with(settings).await
}

#[tokio::test]
async fn the_api_reads_a_message_and_says_what_the_list_says() {
    let shop = shop().await;
    let visitor = shop.visitor("ko");
    let text = "@kumora_newz 님이 00852-2000-0001 말고 +852 2000 0007로 전화하래요. kumora.example 맞나요?";
    let told = visitor
        .gets(&format!("/v1/official-channels?q={}", encoded(text)))
        .await;
    let told = told.expect(StatusCode::OK);
    let channels: Vec<(&str, bool, &Value)> = told["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let asked = one["asked"].as_str().unwrap();
            (asked, one["listed"] == true, &one["resembles"])
        })
        .collect();
    assert_eq!(
        channels,
        [
            ("@kumora_newz", false, &json!("t.me/kumora_news")),
            ("+85220000007", false, &json!("+852 2000 0001")),
            ("kumora.example", true, &json!(null)),
        ]
    );
    let message = told["channels"][0]["message"].as_str().unwrap();
    assert!(message.contains("저희 채널이 아니며"), "{message}");
    visitor
        .gets("/v1/official-channels?q=")
        .await
        .problem(400, "bad-request");
    let long = "a".repeat(2_001);
    let told = visitor
        .gets(&format!("/v1/official-channels?q={long}"))
        .await;
    assert_eq!(told.problem(400, "bad-request")["field"], "q");
    let none = visitor
        .gets("/v1/official-channels?q=how%20do%20I%20withdraw")
        .await;
    assert_eq!(none.expect(StatusCode::OK)["channels"], json!([]));
}

#[tokio::test]
async fn the_page_names_what_a_channel_looks_like() {
    let shop = shop().await;
    let visitor = shop.visitor("en");
    for (locale, asked, expected) in [
        ("en", "kumora.example", "on our list of official channels"),
        ("en", "kum0ra.example", "It only looks like kumora.example"),
        ("zh", "kum0ra.example", "只是与 kumora.example 相似"),
        ("zh-Hant", "weather.test", "不在我們的名單上"),
        ("ja", "+852 2000 0001", "公式窓口の一覧にあります"),
        ("ko", "weather.test", "저희 목록에 없습니다"),
    ] {
        let page = format!("/help/{locale}/verify?q={}", encoded(asked));
        let page = visitor.gets(&page).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text.contains(expected),
            "{locale} {asked}: {}",
            page.text
        );
    }
}

#[tokio::test]
async fn the_chat_tells_of_lookalikes_and_repeats_nothing_that_was_hidden() {
    let shop = shop().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let notes = |exchange: &Value| -> Vec<String> {
        let notes = exchange["notes"].as_array().unwrap();
        notes
            .iter()
            .map(|note| note["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let said = visitor
        .says("The page kum0ra.example says that my order is late")
        .await;
    let told = notes(&said);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("kum0ra.example: not ours"), "{told:?}");

    let said = visitor.says("Is +852 2000 0007 really your number?").await;
    let told = notes(&said).join("\n");
    assert!(told.contains("the number you named: not ours"), "{told}");
    assert!(!said.to_string().contains("2000 0007"), "{said}");

    let said = visitor.says("how long does shipping take").await;
    assert!(notes(&said).is_empty(), "{said}");

    // Look-ups are kept, without what is somebody's own.
    visitor
        .gets("/v1/official-channels?q=someone%40weather.test")
        .await;
    let kept = shop.store.reader().channel_lookups().await.unwrap();
    let kept: Vec<(&str, &str, &str)> = kept
        .iter()
        .map(|one| (one.door.as_str(), one.kind.as_str(), one.asked.as_str()))
        .collect();
    assert_eq!(
        kept,
        [
            ("api", "mail", ""),
            ("chat", "phone", ""),
            ("chat", "website", "kum0ra.example"),
        ]
    );
}
