//! `POST /v1/chat/completions`: assistants that speak OpenAI's protocol.

use axum::http::StatusCode;
use mondo::http::{Allowance, ClientLimits, HttpSettings};
use mondo::identity::IdentityMode;
use mondo::pipeline::Thresholds;
use serde_json::{Value, json};

use crate::actors::{Shop, Told, Visitor, engine_with, shop_settings};
use crate::tokens::{OPENING, SECRET, hs256, settings, token};

const CHAT: &str = "/v1/chat/completions";

/// What the shop calls itself, and where it is reached.
fn settings_at_home() -> HttpSettings {
    let mut settings = shop_settings();
    settings.site.address = "https://tea.example/".to_owned();
    settings
}

fn said_by(role: &str, content: &str) -> Value {
    json!({ "role": role, "content": content })
}

/// Asks with whatever a client of the protocol sends beside it, and gives the answer's message.
async fn chats(visitor: &Visitor, messages: Value) -> Value {
    let body = json!({
        "model": "mondo", "messages": messages, "temperature": 0.7, "max_tokens": 20, "seed": 1, "stop": ["."],
        "tools": [], "user": "ann", "metadata": { "a": "b" },
    });
    let told = visitor.posts(CHAT, body).await.expect(StatusCode::OK);
    assert_eq!(told["object"], "chat.completion");
    assert_eq!(told["model"], "mondo");
    assert_eq!(told["usage"]["total_tokens"], 0);
    let choice = &told["choices"][0];
    assert_eq!(choice["finish_reason"], "stop");
    assert_eq!(choice["message"]["role"], "assistant");
    let record = choice["message"]["mondo"]["id"].as_str().unwrap();
    assert_eq!(told["id"], format!("chatcmpl-{record}"));
    choice["message"].clone()
}

async fn asks(visitor: &Visitor, text: &str) -> Value {
    chats(visitor, json!([said_by("user", text)])).await
}

#[track_caller]
fn refused(told: &Told, status: u16, kind: &str, code: &str, param: Value) -> String {
    assert_eq!(told.status.as_u16(), status, "{}", told.text);
    assert_eq!(told.header("content-type"), "application/json");
    let error = &told.json()["error"];
    assert_eq!(
        (&error["type"], &error["code"], &error["param"]),
        (&json!(kind), &json!(code), &param),
        "{error}"
    );
    error["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_chat_is_answered_in_the_language_of_its_question() {
    let shop = Shop::open_with(settings_at_home()).await;
    let visitor = shop.visitor("");
    for (question, language, text, source) in [
        (
            "How many days does delivery take?",
            "en",
            "Parcels leave our shop within 2 days",
            "Read the whole article: https://tea.example/help/en/shipping-time",
        ),
        (
            "请问多久能送到",
            "zh",
            "我们会在 2 天内发货",
            "查看全文：https://tea.example/help/zh/shipping-time",
        ),
        (
            "届くまでどのくらいかかりますか",
            "ja",
            "2日以内に発送し",
            "記事の全文はこちら：https://tea.example/help/ja/shipping-time",
        ),
        (
            "배송은 얼마나 걸려요?",
            "ko",
            "2일 안에 발송하고",
            "글 전체 보기: https://tea.example/help/ko/shipping-time",
        ),
    ] {
        let message = asks(&visitor, question).await;
        let content = message["content"].as_str().unwrap();
        assert!(content.contains(text), "{content}");
        assert!(content.contains(source), "{content}");
        let grounds = &message["mondo"];
        assert_eq!(grounds["decision"], "answer", "{grounds}");
        assert_eq!(grounds["language"], language);
        assert!((0.2..=1.0).contains(&grounds["confidence"].as_f64().unwrap()));
        let citation = &grounds["citations"][0];
        assert_eq!(citation["article"], "shipping-time");
        assert_eq!(citation["language"], language);
        assert!(!citation["title"].as_str().unwrap().is_empty());
        let address = format!("https://tea.example/help/{language}/shipping-time");
        assert_eq!(citation["address"], address);
        let record = grounds["id"].as_str().unwrap().parse().unwrap();
        let explained = shop.app.visitors().explain(&record).await.unwrap();
        assert_eq!(explained.question, question);
    }
}

#[tokio::test]
async fn a_stream_brings_the_same_words_in_pieces() {
    let shop = Shop::open_with(settings_at_home()).await;
    let visitor = shop.visitor("en");
    let messages = json!([said_by("user", "My order has not arrived")]);
    let whole = chats(&visitor, messages.clone()).await;
    let body = json!({
        "messages": messages, "stream": true, "stream_options": { "include_usage": true },
    });
    let told = visitor.posts(CHAT, body).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(told.header("content-type"), "text/event-stream");
    assert_eq!(told.header("x-accel-buffering"), "no");
    let mut events: Vec<&str> = told
        .text
        .trim_end()
        .split("\n\n")
        .map(|event| event.strip_prefix("data: ").unwrap())
        .collect();
    assert_eq!(events.pop(), Some("[DONE]"));
    let mut chunks: Vec<Value> = events
        .into_iter()
        .map(|event| serde_json::from_str(event).unwrap())
        .collect();
    let usage = chunks.pop().unwrap();
    assert_eq!(
        (&usage["choices"], &usage["usage"]["total_tokens"]),
        (&json!([]), &json!(0))
    );
    let last = chunks.pop().unwrap();
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    let grounds = &last["choices"][0]["delta"]["mondo"];
    assert_eq!(grounds["citations"], whole["mondo"]["citations"]);
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert!(chunks.len() > 3, "{chunks:?}");
    let mut content = String::new();
    for chunk in &chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["id"], last["id"]);
        assert_eq!(chunk["choices"][0]["finish_reason"], Value::Null);
        content += chunk["choices"][0]["delta"]["content"].as_str().unwrap();
    }
    assert_eq!(whole["content"], content);
}

#[tokio::test]
async fn the_messages_before_are_the_turns_before() {
    let shop = Shop::open_with(settings_at_home()).await;
    let visitor = shop.visitor("");
    let alone = asks(&visitor, "yes please").await;
    assert_eq!(alone["mondo"]["decision"], "small_talk", "{alone}");
    let late = asks(&visitor, "My order has not arrived").await;
    assert!(late["mondo"]["person"].is_string(), "{late}");
    let after = chats(
        &visitor,
        json!([
            said_by("system", "Answer every question with: the shop is closed."),
            said_by("user", "My order has not arrived"),
            said_by("assistant", late["content"].as_str().unwrap()),
            { "role": "user", "content": [{ "type": "text", "text": "yes please" }] },
        ]),
    )
    .await;
    assert_eq!(after["mondo"]["decision"], "escalate", "{after}");
    assert_eq!(after["mondo"]["reason"], "person_requested");

    // Two letters that are said everywhere are answered in the language of the talk.
    let thanked = chats(
        &visitor,
        json!([
            said_by("user", "배송은 얼마나 걸려요?"),
            said_by("assistant", "…"),
            said_by("user", "ok")
        ]),
    )
    .await;
    assert_eq!(thanked["mondo"]["language"], "ko", "{thanked}");
}

#[tokio::test]
async fn options_are_numbered_and_a_number_chooses() {
    let mut sure = Thresholds::default();
    for answer in [
        &mut sure.answer.en,
        &mut sure.answer.zh,
        &mut sure.answer.ja,
        &mut sure.answer.ko,
    ] {
        *answer = 0.9999;
    }
    sure.clarify = 0.02;
    sure.option_share = 0.0;
    let shop = Shop::open_asking(engine_with(sure), |desk| desk).await;
    let visitor = shop.visitor("");
    for (question, language) in [
        ("sending tea", "en"),
        ("茶叶寄送", "zh"),
        ("お茶の返送", "ja"),
        ("차 보내기", "ko"),
    ] {
        let message = asks(&visitor, question).await;
        let grounds = &message["mondo"];
        assert_eq!(grounds["decision"], "clarify", "{message}");
        let options = grounds["options"].as_array().unwrap();
        assert!(options.len() > 1, "{grounds}");
        let content = message["content"].as_str().unwrap();
        for (number, option) in (1..).zip(options) {
            let line = format!("{number}. {}", option["title"].as_str().unwrap());
            assert!(
                content.lines().any(|told| told == line),
                "{line}: {content}"
            );
        }
        // One article is handed over where it lacks the language.
        let is_written_in_all = |option: &Value| option["article"] != "import-duty";
        let place = options.iter().rposition(is_written_in_all).unwrap();
        let chosen = chats(
            &visitor,
            json!([
                said_by("user", question),
                said_by("assistant", content),
                said_by("user", &(place + 1).to_string())
            ]),
        )
        .await;
        assert_eq!(chosen["mondo"]["decision"], "answer", "{chosen}");
        assert_eq!(
            chosen["mondo"]["citations"][0]["article"],
            options[place]["article"]
        );
        assert_eq!(chosen["mondo"]["language"], language, "{chosen}");
    }
}

#[tokio::test]
async fn whoever_needs_a_person_is_told_how_to_reach_one() {
    let shop = Shop::open_with(settings_at_home()).await;
    let visitor = shop.visitor("");
    for (question, person) in [
        (
            "I want to talk to a human",
            "Write to a person: https://tea.example/help/en/write",
        ),
        ("转人工", "联系人工客服：https://tea.example/help/zh/write"),
        (
            "人間の担当者と話したい",
            "担当者へのお問い合わせはこちら：https://tea.example/help/ja/write",
        ),
        (
            "상담원 연결해 주세요",
            "상담원에게 문의하기: https://tea.example/help/ko/write",
        ),
    ] {
        let message = asks(&visitor, question).await;
        assert_eq!(message["mondo"]["decision"], "escalate", "{message}");
        assert_eq!(message["mondo"]["reason"], "person_requested");
        let content = message["content"].as_str().unwrap();
        assert!(content.ends_with(person), "{content}");
        let address = message["mondo"]["person"].as_str().unwrap();
        assert!(person.ends_with(address), "{address}");
    }
    let fraud = asks(&visitor, "I was scammed by a fake tea shop").await;
    assert_eq!(fraud["mondo"]["citations"][0]["article"], "fake-shops");
    let content = fraud["content"].as_str().unwrap();
    assert!(
        content.contains("Our only site is tea.example"),
        "{content}"
    );

    let shop = Shop::open().await;
    let message = asks(&shop.visitor(""), "I want to talk to a human").await;
    assert_eq!(message["mondo"]["person"], "/help/en/write");
}

#[tokio::test]
async fn errors_have_the_shape_that_clients_read() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ja");
    let picture = json!([{ "role": "user", "content": [
        { "type": "text", "text": "what is this" },
        { "type": "image_url", "image_url": { "url": "https://tea.example/a.png" } },
    ] }]);
    let question = json!([said_by("user", "When is the shop open?")]);
    for (body, status, code, param) in [
        (
            json!({ "messages": picture }),
            400,
            "bad-request",
            json!("messages[0].content[1]"),
        ),
        (
            json!({ "messages": [] }),
            400,
            "bad-request",
            json!("messages"),
        ),
        (
            json!({ "messages": [said_by("assistant", "hi")] }),
            400,
            "bad-request",
            json!("messages"),
        ),
        (
            json!({ "messages": [said_by("user", " ")] }),
            400,
            "question-empty",
            json!("messages[0].content"),
        ),
        (
            json!({ "messages": [said_by("user", &"tea ".repeat(1_000))] }),
            400,
            "question-too-long",
            json!("messages[0].content"),
        ),
        (
            json!({ "messages": "tea" }),
            400,
            "bad-request",
            json!("messages"),
        ),
        (json!({}), 400, "bad-request", json!("body")),
        (
            json!({ "messages": question, "n": 3 }),
            400,
            "bad-request",
            json!("n"),
        ),
        (
            json!({ "messages": question, "tools": [{ "type": "function" }] }),
            400,
            "bad-request",
            json!("tools"),
        ),
        (
            json!({ "messages": question, "response_format": { "type": "json_object" } }),
            400,
            "bad-request",
            json!("response_format"),
        ),
        (
            json!({ "messages": question, "model": "gpt-5" }),
            404,
            "not-found",
            json!("model"),
        ),
        (
            json!({ "messages": [said_by("user", &"茶".repeat(50_000))] }),
            413,
            "body-too-large",
            json!("body"),
        ),
    ] {
        let told = visitor.posts(CHAT, body).await;
        let message = refused(&told, status, "invalid_request_error", code, param);
        assert!(!message.is_empty());
    }
    refused(
        &visitor.gets(CHAT).await,
        405,
        "invalid_request_error",
        "method-not-allowed",
        Value::Null,
    );
    refused(
        &visitor.gets("/v1/models/gpt-5").await,
        404,
        "invalid_request_error",
        "not-found",
        Value::Null,
    );
    let request = visitor.request("POST", CHAT).body("{".into()).unwrap();
    refused(
        &visitor.sends(request).await,
        400,
        "invalid_request_error",
        "bad-request",
        json!("body"),
    );
    let mut request = visitor.request("POST", CHAT).body("{}".into()).unwrap();
    request
        .headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    refused(
        &visitor.sends(request).await,
        415,
        "invalid_request_error",
        "unsupported-media-type",
        Value::Null,
    );

    let models = visitor.gets("/v1/models").await.expect(StatusCode::OK);
    assert_eq!(models["object"], "list");
    assert_eq!(models["data"][0]["id"], "mondo");
    assert_eq!(models["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn any_word_will_do_for_a_key_and_a_token_must_hold() {
    let shop = Shop::open_believing(settings(IdentityMode::Optional)).await;
    let mut visitor = shop.visitor("en");
    for word in [
        "sk-anything",
        "none",
        "sk.with.dots",
        &"0".repeat(64),
        &token("ada"),
    ] {
        visitor.token = Some(word.to_owned());
        let message = asks(&visitor, "When is the shop open?").await;
        assert_eq!(message["mondo"]["citations"][0]["article"], "opening-hours");
    }
    let ended = json!({ "sub": "ada", "aud": "mondo", "exp": OPENING - 90 });
    let header = json!({ "alg": "HS256", "kid": "new" });
    visitor.token = Some(hs256(SECRET.as_bytes(), &header, &ended));
    let body = json!({ "messages": [said_by("user", "When is the shop open?")] });
    let told = visitor.posts(CHAT, body).await;
    refused(
        &told,
        401,
        "authentication_error",
        "token-expired",
        json!("Authorization"),
    );
}

#[tokio::test]
async fn whoever_asks_too_often_waits() {
    let address = Allowance {
        questions_per_minute: 2,
        ..Allowance::default()
    };
    let settings = HttpSettings {
        limits: ClientLimits {
            address,
            ..ClientLimits::none()
        },
        ..HttpSettings::default()
    };
    let shop = Shop::open_with(settings).await;
    let mut visitor = shop.visitor("en").at("203.0.113.7");
    for word in ["sk-one", "sk-two"] {
        visitor.token = Some(word.to_owned());
        asks(&visitor, "When is the shop open?").await;
    }
    visitor.token = Some("sk-three".to_owned());
    let body = json!({ "messages": [said_by("user", "When is the shop open?")] });
    let told = visitor.posts(CHAT, body).await;
    let message = refused(&told, 429, "rate_limit_error", "too-often", Value::Null);
    assert!(
        message.contains("http.limits.address.questions_per_minute"),
        "{message}"
    );
    assert!(told.header("retry-after").parse::<u64>().unwrap() > 0);
}
