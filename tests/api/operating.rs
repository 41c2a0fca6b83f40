//! What operators see.

use axum::http::StatusCode;

use crate::actors::Shop;

#[tokio::test]
async fn operators_see_health_version_and_counts() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    assert_eq!(visitor.gets("/healthz").await.text, "ok\n");
    let ready = visitor.gets("/readyz").await.text;
    let served = shop.engine.snapshot().revision().to_string();
    assert_eq!(ready, format!("ready\nknowledge {served}\n"));
    let operator = shop.operator();
    assert_eq!(operator.gets("/readyz").await.text, ready);
    let version = operator.gets("/version").await.expect(StatusCode::OK);
    assert_eq!(version["name"], "mondo");
    assert_eq!(version["articles"], 8);

    visitor.asks("배송은 얼마나 걸리나요?").await;
    visitor.posts_bytes("/v1/ask", Vec::new()).await;
    visitor
        .gets("/v1/conversations/019a9f6e-1c00-7000-8000-000000000000")
        .await;
    visitor.gets("/no/such/path").await;
    let metrics = operator.gets("/metrics").await.text;
    for line in [
        "mondo_requests_total{route=\"POST /v1/ask\",status=\"200\"} 1",
        "mondo_requests_total{route=\"POST /v1/ask\",status=\"400\"} 1",
        "mondo_requests_total{route=\"GET /v1/conversations/{id}\",status=\"404\"} 1",
        "mondo_requests_total{route=\"other\",status=\"404\"} 1",
        "mondo_decisions_total{decision=\"answer\",language=\"ko\"} 1",
        "mondo_answer_seconds_count 1",
        "mondo_in_flight 0",
        "mondo_streams 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    assert!(!metrics.contains("019a9f6e"), "ids must not become labels");
    for path in ["/metrics", "/version", "/docs/", "/docs", "/openapi.json"] {
        visitor.gets(path).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_request_keeps_the_name_its_caller_gave_it() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let request = visitor
        .request("GET", "/healthz")
        .header("x-request-id", "from-the-proxy");
    let told = visitor
        .sends(request.body(Default::default()).unwrap())
        .await;
    assert_eq!(told.header("x-request-id"), "from-the-proxy");
    let long = "x".repeat(500);
    let request = visitor
        .request("GET", "/healthz")
        .header("x-request-id", &long);
    let told = visitor
        .sends(request.body(Default::default()).unwrap())
        .await;
    assert_eq!(told.header("x-request-id").len(), 36);
}
