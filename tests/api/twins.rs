//! Answering in languages one does not read: what was sent, was sent before or was drafted stands beside the same in the
//! reader's own language, and says how far it is the same.

use axum::http::StatusCode;
use mondo::desk::DrafterSettings;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Told, Visitor};
use crate::colleagues::Colleague;
use crate::listener::Listener;

/// What the article on shipping says in short.
const IN_JAPANESE: &str = "2日以内に発送し、その3日後にお届けします。";
const IN_CHINESE: &str = "我们会在 2 天内发货，再过 3 天送达。";

/// A piece of the console as somebody gets it who reads Chinese.
async fn in_chinese(colleague: &Colleague, visitor: &Visitor, piece: &str) -> String {
    let path = format!("/console/conversations/{}/{piece}", visitor.conversation);
    let headers = [("accept-language", "zh-CN")];
    let response = colleague.connects_bytes("GET", &path, &headers, Vec::new());
    let told = Told::read(response.await).await;
    assert_eq!(told.status, StatusCode::OK);
    told.text
}

/// What stands beside a message.
fn gloss_of<'a>(page: &'a str, sequence: &Value) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("data-gloss=\"{sequence}\""))?;
    rest.split("</li>").next()
}

async fn says(agent: &Colleague, visitor: &Visitor, text: &str) -> Value {
    let path = format!("/v1/staff/conversations/{}/messages", visitor.conversation);
    let body = json!({ "text": text, "language": "ja" });
    agent.posts(&path, body).await.expect(StatusCode::OK);
    let whole = visitor.rereads().await;
    let last = whole["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["text"], text);
    last["sequence"].clone()
}

#[tokio::test]
async fn what_was_sent_is_read_in_the_readers_language() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    let answered = visitor.says("届くまでどのくらいかかりますか？").await;
    visitor.wants_a_person("お願いします").await;
    let lin = shop.colleague("Lin", Role::Agent).await;
    let claimed = lin.acts(&visitor.conversation, "claim").await;
    claimed.expect(StatusCode::OK);
    let own_language = says(&lin, &visitor, "请稍等，我正在为您查询。").await;
    let near = says(&lin, &visitor, "ギフト包装はご希望ですか？").await;
    let within_more = format!("お問い合わせありがとうございます。{IN_JAPANESE}");
    let within_more = says(&lin, &visitor, &within_more).await;
    let very_words = says(&lin, &visitor, IN_JAPANESE).await;

    let page = in_chinese(&lin, &visitor, "glosses").await;
    let beside = |sequence: &Value| gloss_of(&page, sequence).unwrap_or("nothing");
    let bots = &answered["reply"]["sequence"];
    for (sequence, kind, text) in [
        (&very_words, "同一内容的您的语言版本", IN_CHINESE),
        (&within_more, "内容可能不完全对应", IN_CHINESE),
        (&near, "最接近的已知问题", "包装"),
        (bots, "", "多久能送到？"),
    ] {
        let told = beside(sequence);
        assert!(
            told.contains(kind) && told.contains(text),
            "{sequence}: {told}"
        );
    }
    assert_eq!(
        gloss_of(&page, &own_language),
        None,
        "it can be read as it is"
    );

    // Whoever reads Japanese needs none of it.
    let path = format!("/console/conversations/{}/glosses", visitor.conversation);
    let headers = [("accept-language", "ja")];
    let response = lin.connects_bytes("GET", &path, &headers, Vec::new()).await;
    let page = Told::read(response).await.text;
    assert!(!page.contains("data-gloss"), "{page}");

    // The same was sent before: another visitor's agent reads it too.
    let mut other = shop.visitor("ja");
    other.opens().await;
    other.says("届くまでどのくらいかかりますか？").await;
    other.wants_a_person("お願いします").await;
    let page = in_chinese(&lin, &other, "suggestions").await;
    let (_, sent) = page
        .split_once("data-source=\"sent_reply\"")
        .expect("what was sent before is suggested");
    let sent = sent.split("</li>").next().unwrap();
    assert!(
        sent.contains("data-twin=\"twin\"") && sent.contains(IN_CHINESE),
        "{sent}"
    );
}

#[tokio::test]
async fn a_draft_stands_beside_the_article_it_was_written_from() {
    let server = Listener::answering(|heard| {
        let request = heard.json();
        let material = request["messages"][1]["content"].as_str().unwrap_or("{}");
        let material: Value = serde_json::from_str(material).unwrap();
        let passage = material["passages"][0]["text"].as_str().unwrap_or_default();
        let sentence = passage.lines().nth(1).unwrap_or_default();
        let sentence = sentence.split(". ").next().unwrap_or_default();
        let text = format!("{} [1].", sentence.trim_end_matches('.'));
        let message = json!({ "role": "assistant", "content": text });
        let body = json!({
            "id": "c-1", "object": "chat.completion", "created": 0, "model": "small",
            "choices": [{ "index": 0, "finish_reason": "stop", "message": message }],
        });
        let headers = vec![("content-type", "application/json".to_owned())];
        (StatusCode::OK, headers, body.to_string().into())
    })
    .await;
    let settings = DrafterSettings {
        url: format!("{}/v1/chat/completions", server.address),
        model: "small".to_owned(),
        ..DrafterSettings::default()
    };
    let shop = Shop::open_changed(|desk| desk.with_drafter(settings)).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says("How long does shipping take?").await;
    visitor.wants_a_person("please").await;
    let lin = shop.colleague("Lin", Role::Agent).await;
    let page = in_chinese(&lin, &visitor, "suggestions").await;
    let (_, drafted) = page.split_once("data-source=\"drafted\"").expect("a draft");
    let drafted = drafted.split("</li>").next().unwrap();
    for wanted in ["data-twin=\"source\"", "由程序根据此文章撰写", IN_CHINESE] {
        assert!(drafted.contains(wanted), "{wanted}: {drafted}");
    }
}
