//! Server-sent events.

use axum::body::BodyDataStream;
use axum::http::StatusCode;
use futures_util::StreamExt;
use serde_json::Value;

use crate::actors::{Shop, Visitor};

pub struct Followed {
    chunks: BodyDataStream,
    unread: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    pub id: Option<i64>,
    pub kind: String,
    pub data: Value,
}

impl Followed {
    pub async fn by(visitor: &Visitor, last_event_id: Option<i64>) -> Self {
        let mut request = visitor.request("GET", &visitor.path("events"));
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = visitor
            .connects(request.body(Default::default()).unwrap())
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        Self::over(response)
    }

    /// Any stream of events.
    pub fn over(response: axum::response::Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            chunks: response.into_body().into_data_stream(),
            unread: String::new(),
        }
    }

    /// Waits for the next event that is kept; nothing when the server ends the stream.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            let heard = self.next_of_all().await?;
            if heard.id.is_some() {
                return Some(heard);
            }
        }
    }

    /// Waits for the next event of a kind.
    pub async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let heard = self.next_of_all().await.unwrap();
            if heard.kind == kind {
                return heard.data;
            }
        }
    }

    /// Waits for the next event, kept or not.
    pub async fn next_of_all(&mut self) -> Option<Heard> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let heard = parse(block);
                self.unread = rest.to_owned();
                return Some(heard);
            }
            let chunk = self.chunks.next().await?.unwrap();
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn take(&mut self, count: usize) -> Vec<Heard> {
        let mut heard = Vec::new();
        for _ in 0..count {
            heard.push(self.next().await.unwrap());
        }
        heard
    }
}

fn parse(block: &str) -> Heard {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .unwrap_or_default()
    };
    Heard {
        id: field("id").parse().ok(),
        kind: field("event").to_owned(),
        // Staff are told by plain words, which stand as they are.
        data: serde_json::from_str(field("data")).unwrap_or_else(|_| field("data").into()),
    }
}

#[tokio::test]
async fn a_listener_goes_on_where_it_stopped() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says("When is the shop open?").await;
    visitor.says("talk to a human").await;
    let whole = visitor.rereads().await;
    let last = whole["last_event"].as_i64().unwrap();

    let all = Followed::by(&visitor, None).await.take(last as usize).await;
    let ids: Vec<i64> = all.iter().filter_map(|heard| heard.id).collect();
    assert_eq!(ids, (1..=last).collect::<Vec<_>>());
    let mut kinds: Vec<&str> = all.iter().map(|heard| heard.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["message", "state", "ticket"]);

    let mut resumed = Followed::by(&visitor, Some(2)).await;
    assert_eq!(resumed.take(last as usize - 2).await, all[2..]);
    visitor.says("still waiting").await;
    let live = resumed.next().await.unwrap();
    assert_eq!(
        (live.id, &live.data["text"]),
        (Some(last + 1), &"still waiting".into())
    );
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let mut followed = Followed::by(&visitor, None).await;
    shop.app.close_streams();
    assert_eq!(followed.next().await, None);
}

#[tokio::test]
async fn a_stream_of_nothing_is_refused() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("zh-CN");
    visitor.conversation = "019a9f6e-1c00-7000-8000-000000000000".to_owned();
    let problem = visitor
        .gets(&visitor.path("events"))
        .await
        .problem(404, "not-found");
    assert_eq!(problem["message"], "没有找到相关内容，请重新开始对话。");
    visitor.opens().await;
    let request = visitor
        .request("GET", &visitor.path("events"))
        .header("last-event-id", "x");
    let problem = visitor
        .sends(request.body(Default::default()).unwrap())
        .await;
    assert_eq!(
        problem.problem(400, "bad-request")["field"],
        "Last-Event-ID"
    );
}
