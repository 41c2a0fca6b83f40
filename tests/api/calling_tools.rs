//! `POST /mcp` and `mondo mcp`: assistants that speak the Model Context Protocol.

use axum::http::StatusCode;
use mondo::http::{Allowance, AssistantSettings, ClientLimits, HttpSettings, answer_mcp_line};
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Visitor, shop_settings};

fn settings_at_home() -> HttpSettings {
    let mut settings = shop_settings();
    settings.site.address = "https://tea.example".to_owned();
    settings
}

/// The settings of a shop whose assistants may open tickets.
pub fn settings_with_tickets() -> HttpSettings {
    HttpSettings {
        assistants: AssistantSettings { tickets: true },
        ..settings_at_home()
    }
}

fn request(method: &str, parameters: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": parameters })
}

async fn obeyed(visitor: &Visitor, method: &str, parameters: Value) -> Value {
    let told = visitor.posts("/mcp", request(method, parameters)).await;
    let reply = told.expect(StatusCode::OK);
    assert_eq!(
        (&reply["jsonrpc"], &reply["id"]),
        (&json!("2.0"), &json!(7))
    );
    assert!(reply["error"].is_null(), "{reply}");
    reply["result"].clone()
}

/// Calls a tool and gives its result.
pub async fn calls(visitor: &Visitor, tool: &str, arguments: Value) -> Value {
    let parameters = json!({ "name": tool, "arguments": arguments });
    obeyed(visitor, "tools/call", parameters).await
}

#[track_caller]
fn text_of(result: &Value) -> &str {
    assert_eq!(result["content"][0]["type"], "text");
    result["content"][0]["text"].as_str().unwrap()
}

#[track_caller]
fn failed(result: &Value, part: &str) {
    assert_eq!(result["isError"], true, "{result}");
    let text = text_of(result);
    assert!(text.contains(part), "{text}");
}

#[tokio::test]
async fn a_client_agrees_on_a_revision_and_finds_the_tools() {
    let shop = Shop::open_with(settings_at_home()).await;
    let visitor = shop.visitor("en");
    for (asked, agreed) in [
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2024-11-05"),
        ("2099-01-01", "2025-06-18"),
    ] {
        let greeting = json!({
            "protocolVersion": asked, "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
        });
        let greeted = obeyed(&visitor, "initialize", greeting).await;
        assert_eq!(greeted["protocolVersion"], agreed);
        assert_eq!(greeted["serverInfo"]["name"], "mondo");
        assert!(greeted["capabilities"]["tools"].is_object());
        let instructions = greeted["instructions"].as_str().unwrap();
        assert!(instructions.contains("Leaf & Pot"), "{instructions}");
    }
    assert_eq!(obeyed(&visitor, "ping", json!({})).await, json!({}));
    let named = async |visitor: &Visitor| -> Vec<String> {
        let listed = obeyed(visitor, "tools/list", json!({})).await;
        let tools = listed["tools"].as_array().unwrap().iter();
        tools
            .map(|tool| {
                for schema in ["inputSchema", "outputSchema"] {
                    assert_eq!(tool[schema]["type"], "object", "{tool}");
                    let text = tool[schema].to_string();
                    assert!(!text.contains("#/components"), "{text}");
                    for referred in text.split("\"#/$defs/").skip(1) {
                        let name = referred.split('"').next().unwrap();
                        assert!(tool[schema]["$defs"][name].is_object(), "{name}: {text}");
                    }
                }
                assert!(!tool["description"].as_str().unwrap().is_empty());
                tool["name"].as_str().unwrap().to_owned()
            })
            .collect()
    };
    assert_eq!(named(&visitor).await, ["ask", "search", "article"]);
    let shop = Shop::open_with(settings_with_tickets()).await;
    assert_eq!(
        named(&shop.visitor("en")).await,
        ["ask", "search", "article", "ticket"]
    );
}

#[tokio::test]
async fn what_is_no_message_is_told_so() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for (body, code) in [
        ("{", -32_700),
        ("7", -32_600),
        ("[]", -32_600),
        ("{}", -32_600),
        (r#"{"id": 1, "method": "ping"}"#, -32_600),
        (
            r#"{"jsonrpc": "2.0", "id": null, "method": "ping"}"#,
            -32_600,
        ),
    ] {
        let told = visitor.posts_bytes("/mcp", body.into()).await;
        let reply = told.expect(StatusCode::BAD_REQUEST);
        assert_eq!(reply["error"]["code"], code, "{body}: {reply}");
        assert_eq!(reply["id"], Value::Null);
    }
    for (method, parameters, code) in [
        ("resources/list", json!({}), -32_601),
        ("tools/call", json!({ "name": "shout" }), -32_602),
        ("tools/call", json!({ "name": "ticket" }), -32_602),
        ("tools/call", json!([]), -32_602),
    ] {
        let told = visitor.posts("/mcp", request(method, parameters)).await;
        let reply = told.expect(StatusCode::OK);
        assert_eq!(reply["error"]["code"], code, "{reply}");
        assert_eq!(reply["id"], 7);
    }
    for silent in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
        json!([{ "jsonrpc": "2.0", "method": "notifications/cancelled" }]),
    ] {
        let told = visitor.posts("/mcp", silent).await;
        assert_eq!((told.status, &told.text[..]), (StatusCode::ACCEPTED, ""));
    }
    let several = json!([
        { "jsonrpc": "2.0", "id": "a", "method": "ping" },
        { "jsonrpc": "2.0", "method": "notifications/initialized" },
        { "jsonrpc": "2.0", "id": "b", "method": "ping" },
    ]);
    let replies = visitor.posts("/mcp", several).await.expect(StatusCode::OK);
    assert_eq!(
        (&replies[0]["id"], &replies[1]["id"]),
        (&json!("a"), &json!("b"))
    );

    visitor
        .gets("/mcp")
        .await
        .problem(405, "method-not-allowed");
    let sends = async |name: &str, value: &str| {
        let body = request("ping", json!({})).to_string();
        let mut request = visitor.request("POST", "/mcp").body(body.into()).unwrap();
        let name: axum::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        visitor.sends(request).await
    };
    let told = sends("mcp-protocol-version", "1999-01-01").await;
    told.problem(400, "bad-request");
    sends("mcp-protocol-version", "2025-03-26")
        .await
        .expect(StatusCode::OK);
    sends("content-type", "text/plain")
        .await
        .problem(415, "unsupported-media-type");
    sends("origin", "https://anywhere.example")
        .await
        .expect(StatusCode::OK);
    let settings = HttpSettings {
        origins: vec!["https://tea.example".to_owned()],
        ..HttpSettings::default()
    };
    let shop = Shop::open_with(settings).await;
    let visitor = shop.visitor("en");
    let told = |origin: &str| {
        let body = request("ping", json!({})).to_string();
        let request = visitor.request("POST", "/mcp").header("origin", origin);
        visitor.sends(request.body(body.into()).unwrap())
    };
    told("https://evil.example").await.problem(403, "forbidden");
    told("https://tea.example").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn questions_are_answered_with_their_source() {
    let shop = Shop::open_with(settings_at_home()).await;
    let visitor = shop.visitor("");
    for (question, language, text) in [
        (
            "How many days does delivery take?",
            "en",
            "Parcels leave our shop within 2 days",
        ),
        ("请问多久能送到", "zh", "我们会在 2 天内发货"),
        ("届くまでどのくらいかかりますか", "ja", "2日以内に発送し"),
        ("배송은 얼마나 걸려요?", "ko", "2일 안에 발송하고"),
    ] {
        let result = calls(&visitor, "ask", json!({ "question": question })).await;
        assert_eq!(result["isError"], false);
        let told = text_of(&result);
        let address = format!("https://tea.example/help/{language}/shipping-time");
        assert!(told.contains(text) && told.contains(&address), "{told}");
        let parts = &result["structuredContent"];
        assert_eq!(parts["decision"], "answer", "{parts}");
        assert_eq!(parts["language"], language);
        assert_eq!(parts["citations"][0]["article"], "shipping-time");
        assert_eq!(parts["citations"][0]["address"], address);
    }
    let chosen = json!({ "question": "tea ceremony class", "language": "zh-Hant" });
    let result = calls(&visitor, "ask", chosen).await;
    assert_eq!(result["structuredContent"]["language"], "zh", "{result}");
    let wish = json!({ "question": "I want to talk to a human" });
    let result = calls(&visitor, "ask", wish).await;
    assert!(text_of(&result).contains("https://tea.example/help/en/write"));

    failed(&calls(&visitor, "ask", json!({})).await, "question");
    failed(
        &calls(&visitor, "ask", json!({ "question": " " })).await,
        "empty",
    );
    let french = json!({ "question": "tea", "language": "fr" });
    failed(
        &calls(&visitor, "ask", french).await,
        "use en, zh, ja or ko",
    );
    let misspelt = json!({ "question": "tea", "lang": "en" });
    failed(&calls(&visitor, "ask", misspelt).await, "lang");
}

#[tokio::test]
async fn articles_are_found_and_read() {
    let shop = Shop::open_with(settings_at_home()).await;
    let visitor = shop.visitor("");
    let query = json!({ "query": "返品", "language": "ja", "limit": 2 });
    let result = calls(&visitor, "search", query).await;
    let found = result["structuredContent"]["articles"].as_array().unwrap();
    assert!((1..=2).contains(&found.len()), "{result}");
    assert_eq!(found[0]["id"], "return-tea");
    assert_eq!(
        found[0]["address"],
        "https://tea.example/help/ja/return-tea"
    );
    assert!(text_of(&result).starts_with("1. "), "{result}");
    failed(
        &calls(&visitor, "search", json!({ "query": "tea", "limit": 0 })).await,
        "limit",
    );

    let wanted = json!({ "id": "shipping-time", "language": "en" });
    let result = calls(&visitor, "article", wanted).await;
    let parts = &result["structuredContent"];
    assert_eq!(parts["language"], "en");
    assert_eq!(parts["languages"].as_array().unwrap().len(), 4);
    let text = parts["text"].as_str().unwrap();
    assert!(
        text.contains("1. You get a mail when the parcel leaves."),
        "{text}"
    );
    assert!(
        text.contains("late orders (https://tea.example/help/en/order-late)"),
        "{text}"
    );
    assert_eq!(parts["follow_ups"][0]["article"], "order-late");
    assert!(text_of(&result).contains(text));
    let wanted = json!({ "id": "return-tea", "language": "zh-Hant" });
    let result = calls(&visitor, "article", wanted).await;
    let parts = &result["structuredContent"];
    assert!(parts["title"].as_str().unwrap().contains("退貨"), "{parts}");
    assert_eq!(
        parts["address"],
        "https://tea.example/help/zh-Hant/return-tea"
    );
    failed(
        &calls(&visitor, "article", json!({ "id": "nothing" })).await,
        "no such article",
    );
}

#[tokio::test]
async fn a_ticket_reaches_the_desk() {
    let shop = Shop::open_with(settings_with_tickets()).await;
    let ada = shop.colleague("Ada", Role::Admin).await;
    let visitor = shop.visitor("");
    let unreachable = json!({ "question": "My parcel is lost", "contact": "on the moon" });
    failed(&calls(&visitor, "ticket", unreachable).await, "contact");
    let wanted = json!({
        "question": "荷物が届きません。カードは 4111 1111 1111 1111 です", "contact": "ann@example.com",
    });
    let result = calls(&visitor, "ticket", wanted).await;
    assert_eq!(result["isError"], false, "{result}");
    let opened = &result["structuredContent"];
    let number = opened["number"].as_str().unwrap();
    assert_eq!(opened["language"], "ja");
    assert_eq!(opened["hidden"], json!(["card"]));
    let address = opened["address"].as_str().unwrap();
    let told = text_of(&result);
    assert!(told.contains(number) && told.contains(address), "{told}");
    assert!(told.contains("お問い合わせ番号"), "{told}");

    let page = visitor
        .gets(address.strip_prefix("https://tea.example").unwrap())
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains(number), "{}", page.text);
    let seen = ada.gets(&format!("/v1/staff/tickets/{number}")).await;
    let seen = seen.expect(StatusCode::OK);
    assert_eq!(seen["contact"], "ann@example.com", "{seen}");
    assert_eq!(
        seen["ticket"]["summary"], "荷物が届きません。カードは ⟦card⟧ です",
        "{seen}"
    );

    let plain = json!({ "question": "Do you wrap gifts?" });
    let result = calls(&visitor, "ticket", plain).await;
    let other = &result["structuredContent"];
    assert_ne!(other["number"], *number);
    assert_eq!(other["language"], "en");
}

#[tokio::test]
async fn whoever_calls_too_often_is_told_when_to_come_back() {
    let address = Allowance {
        questions_per_minute: 2,
        tickets_per_hour: 1,
        ..Allowance::default()
    };
    let settings = HttpSettings {
        limits: ClientLimits {
            address,
            ..ClientLimits::none()
        },
        ..settings_with_tickets()
    };
    let shop = Shop::open_with(settings).await;
    let visitor = shop.visitor("en").at("203.0.113.7");
    let question = json!({ "question": "When is the shop open?" });
    calls(&visitor, "ask", question.clone()).await;
    calls(&visitor, "search", json!({ "query": "tea" })).await;
    failed(
        &calls(&visitor, "ask", question.clone()).await,
        "Retry-After: ",
    );
    calls(&visitor, "ticket", question.clone()).await;
    failed(
        &calls(&visitor, "ticket", question.clone()).await,
        "tickets_per_hour",
    );
    obeyed(&visitor, "ping", json!({})).await;
    let neighbour = shop.visitor("en").at("192.0.2.9");
    assert_eq!(calls(&neighbour, "ask", question).await["isError"], false);
}

#[tokio::test]
async fn lines_are_answered_as_requests_are() {
    let shop = Shop::open_with(settings_at_home()).await;
    let says = async |line: &str| answer_mcp_line(&shop.app, line.as_bytes()).await;
    let called = request(
        "tools/call",
        json!({ "name": "ask", "arguments": { "question": "When is the shop open?" } }),
    );
    let said = says(&called.to_string()).await.unwrap();
    assert!(!said.contains('\n'), "{said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    let parts = &said["result"]["structuredContent"];
    assert_eq!(parts["citations"][0]["article"], "opening-hours");
    let greeted = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(says(&greeted.to_string()).await, None);
    let broken = says("{").await.unwrap();
    assert!(broken.contains("-32700"), "{broken}");
}
