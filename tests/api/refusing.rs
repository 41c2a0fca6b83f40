//! Bad input and too much of it: each a problem that says what to do, in the visitor's language.

use std::num::{NonZeroU32, NonZeroU64};
use std::pin::pin;

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::{poll, stream};
use mondo::http::HttpSettings;
use serde_json::json;

use crate::actors::Shop;

#[tokio::test]
async fn texts_without_a_question_are_refused_in_the_visitors_language() {
    let shop = Shop::open().await;
    for (languages, text, kind, message) in [
        ("en", "", "question-empty", "Please type your question."),
        (
            "zh-TW,zh;q=0.9",
            " \u{3000}\n",
            "question-empty",
            "請輸入您的問題。",
        ),
        (
            "ja",
            "\u{200b}\u{feff}",
            "question-without-words",
            "文字が見当たりません。言葉でご質問ください。",
        ),
        (
            "ko-KR",
            "\u{0}\u{7}\u{202e}",
            "question-without-words",
            "글자가 보이지 않습니다. 몇 단어로 질문해 주세요.",
        ),
        (
            "fr",
            "\u{2060}\u{200e}",
            "question-without-words",
            "I see no words there. Please ask in a few words.",
        ),
        (
            "en",
            &"tea ".repeat(1_000),
            "question-too-long",
            "That is a little long. Please shorten your question.",
        ),
    ] {
        let mut visitor = shop.visitor(languages);
        let problem = visitor
            .posts("/v1/ask", json!({ "text": text }))
            .await
            .problem(400, kind);
        assert_eq!(problem["message"], message);
        assert_eq!(problem["field"], "text");
        visitor.opens().await;
        visitor
            .posts(&visitor.path("messages"), json!({ "text": text }))
            .await
            .problem(400, kind);
        let whole = visitor.rereads().await;
        assert_eq!(
            whole["messages"],
            json!([]),
            "what is refused leaves no trace"
        );
    }
}

#[tokio::test]
async fn odd_characters_within_a_question_do_no_harm() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for text in [
        "When is\u{0} the\u{202e} shop open?",
        "When is the shop open?'; DROP TABLE messages; --",
        "When is the shop open? <script>alert(1)</script>",
        "When is the shop open? \u{feff}\u{200b}🙂",
    ] {
        let reply = visitor.asks(text).await;
        assert_eq!(
            reply["answer"]["article"], "opening-hours",
            "{text:?}: {reply}"
        );
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_name_the_place() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for (body, field) in [
        (&b""[..], "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"{}", "body"),
        (b"{\"text\": 7}", "text"),
        (b"{\"text\": null}", "text"),
        (b"{\"text\": \"tea\", \"language\": \"xx\"}", "language"),
        (b"{\"text\": \"tea\", \"langauge\": \"en\"}", "langauge"),
        (b"{\"text\": \"tea\"} tea", "body"),
        (b"{\"text\": \"\xff\xfe\"}", "body"),
        (b"{\"text\": \"\\ud800\"}", "text"),
    ] {
        let told = visitor.posts_bytes("/v1/ask", body.to_vec()).await;
        let problem = told.problem(400, "bad-request");
        let shown = String::from_utf8_lossy(body);
        assert_eq!(problem["field"], field, "{shown}: {problem}");
    }
    let request = visitor.request("POST", "/v1/ask");
    let mut request = request.body(Body::from("text=tea")).unwrap();
    request.headers_mut().insert(
        "content-type",
        "application/x-www-form-urlencoded".parse().unwrap(),
    );
    visitor
        .sends(request)
        .await
        .problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ja");
    let body = json!({ "text": "茶".repeat(350_000) });
    let problem = visitor
        .posts("/v1/ask", body)
        .await
        .problem(413, "body-too-large");
    assert_eq!(
        problem["message"],
        "一度に送れる量を超えています。内容を減らしてお送りください。"
    );
}

#[tokio::test]
async fn paths_that_lead_nowhere_are_problems_too() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.gets("/v1/nothing").await.problem(404, "not-found");
    visitor
        .gets("/v1/ask")
        .await
        .problem(405, "method-not-allowed");
    visitor
        .gets("/v1/conversations/x")
        .await
        .problem(404, "not-found");
    visitor
        .gets("/v1/conversations/%ff")
        .await
        .problem(400, "bad-request");
    visitor
        .gets("/v1/articles/nothing")
        .await
        .problem(404, "not-found");
    visitor
        .gets("/assets/page/../../Cargo.toml")
        .await
        .problem(404, "not-found");
    let problem = visitor
        .gets("/v1/search?limit=3")
        .await
        .problem(400, "bad-request");
    assert_eq!(problem["field"], "query");
    let told = visitor.gets("/v1/search?q=tea&limit=999").await;
    assert_eq!(told.problem(400, "bad-request")["field"], "limit");
    let told = visitor.posts("/v1/conversations", json!([])).await;
    assert_eq!(told.problem(400, "bad-request")["field"], "body");
    visitor.conversation = "019a9f6e-1c00-7000-8000-000000000000".to_owned();
    let lost = visitor
        .posts(&visitor.path("messages"), json!({ "text": "tea" }))
        .await;
    lost.problem(404, "not-found");
    visitor.opens().await;
    let both = json!({ "text": "tea", "article": "return-tea" });
    visitor
        .posts(&visitor.path("messages"), both)
        .await
        .problem(400, "bad-request");
}

/// A body whose end never comes.
fn endless() -> Body {
    Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>())
}

#[tokio::test]
async fn beyond_its_bound_the_server_refuses_and_says_when_to_come_back() {
    let settings = HttpSettings {
        max_in_flight: NonZeroU32::MIN,
        max_streams: NonZeroU32::MIN,
        ..HttpSettings::default()
    };
    let shop = Shop::open_with(settings).await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    let question = Body::from(json!({ "text": "배송" }).to_string());
    let asked = visitor.request("POST", "/v1/ask").body(question).unwrap();
    {
        // Polled once, it has its place and waits for the engine.
        let mut asked = pin!(visitor.connects(asked));
        assert!(poll!(asked.as_mut()).is_pending());
        let told = visitor.posts("/v1/ask", json!({ "text": "배송" })).await;
        let problem = told.problem(429, "busy");
        assert_eq!(told.header("retry-after"), "1");
        assert_eq!(
            problem["message"],
            "지금 문의가 많습니다. 잠시 후 다시 시도해 주세요."
        );
        assert_eq!(
            visitor.gets("/healthz").await.status,
            StatusCode::OK,
            "operators get through"
        );
    }
    visitor.asks("배송은 얼마나 걸려요?").await;

    let follow = || {
        visitor
            .request("GET", &visitor.path("events"))
            .body(Body::empty())
            .unwrap()
    };
    let first = visitor.connects(follow()).await;
    visitor.sends(follow()).await.problem(429, "busy");
    drop(first);
    assert_eq!(visitor.connects(follow()).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn bodies_that_never_end_keep_nobody_else_waiting() {
    let settings = HttpSettings {
        max_in_flight: NonZeroU32::MIN,
        ..HttpSettings::default()
    };
    let shop = Shop::open_with(settings).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let requests: Vec<_> = (0..20)
        .map(|_| visitor.request("POST", "/v1/ask").body(endless()).unwrap())
        .collect();
    let mut slow: Vec<_> = requests
        .into_iter()
        .map(|request| Box::pin(visitor.connects(request)))
        .collect();
    for one in &mut slow {
        assert!(poll!(one.as_mut()).is_pending());
    }
    visitor.asks("how long does delivery take?").await;
}

#[tokio::test]
async fn live_events_pass_proxies_and_conversations_are_kept_by_no_cache() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let follow = visitor
        .request("GET", &visitor.path("events"))
        .body(Body::empty())
        .unwrap();
    let stream = visitor.connects(follow).await;
    assert_eq!(stream.headers()["x-accel-buffering"], "no");
    assert_eq!(stream.headers()["cache-control"], "no-store, no-transform");
    let read = visitor.gets(visitor.path("").trim_end_matches('/')).await;
    assert_eq!(read.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let settings = HttpSettings {
        request_timeout_ms: NonZeroU64::MIN,
        ..HttpSettings::default()
    };
    let shop = Shop::open_with(settings).await;
    let visitor = shop.visitor("en");
    let slow = visitor.request("POST", "/v1/ask").body(endless()).unwrap();
    visitor.sends(slow).await.problem(503, "timed-out");
}
