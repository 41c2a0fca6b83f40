//! From the bot to a person and to the end, through the API.

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::Shop;

#[tokio::test]
async fn a_person_takes_over_answers_and_closes() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    visitor.wants_a_person("주문이 안 와요").await;

    let queue = sora.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    assert_eq!(queue["queued"], 1);
    assert_eq!(queue["entries"][0]["conversation"], visitor.conversation);
    assert_eq!(queue["entries"][0]["summary"], "주문이 안 와요");
    assert!(queue["entries"][0]["waiting_since"].is_string());

    let claimed = sora.acts(&visitor.conversation, "claim").await;
    let claimed = claimed.expect(StatusCode::OK);
    assert_eq!(claimed["state"], "agent");
    let note = claimed["said"]["text"].as_str().unwrap();
    assert!(note.contains("Sora"), "{note}");
    // A second click changes nothing and says nothing twice.
    let again = sora.acts(&visitor.conversation, "claim").await;
    assert_eq!(again.expect(StatusCode::OK)["said"], Value::Null);

    sora.says(&visitor.conversation, "확인해 보겠습니다.")
        .await
        .expect(StatusCode::OK);
    let reply = visitor.says("감사합니다").await;
    assert_eq!(reply["reply"], Value::Null, "the bot is silent");
    let mine = sora.gets("/v1/staff/queue?mine=true").await;
    assert_eq!(
        mine.expect(StatusCode::OK)["entries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    sora.acts(&visitor.conversation, "close")
        .await
        .expect(StatusCode::OK);
    let seen = visitor.rereads().await;
    assert_eq!(seen["state"], "closed");
    assert_eq!(seen["ticket"]["status"], "solved");
    let authors: Vec<&str> = seen["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["author"].as_str().unwrap())
        .collect();
    assert_eq!(authors, ["system", "system", "agent", "visitor", "system"]);
    assert_eq!(seen["messages"][2]["speaker"], "Sora");

    let reopened = sora.acts(&visitor.conversation, "reopen").await;
    assert_eq!(reopened.expect(StatusCode::OK)["state"], "agent");
    let seen = visitor.rereads().await;
    assert_eq!(seen["ticket"]["status"], "open", "the same ticket goes on");
}

#[tokio::test]
async fn one_conversation_has_one_responder() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kenji = shop.colleague("Kenji", Role::Agent).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    visitor.wants_a_person("").await;
    let id = &visitor.conversation;

    kenji.says(id, "こんにちは").await.problem(409, "moved-on");
    // Two people click at once: one of them has it.
    let (first, second) = tokio::join!(sora.acts(id, "claim"), kenji.acts(id, "claim"));
    let statuses = [first.status.as_u16(), second.status.as_u16()];
    assert!(
        statuses == [200, 409] || statuses == [409, 200],
        "{statuses:?}"
    );
    let (holder, other) = if statuses[0] == 200 {
        (&sora, &kenji)
    } else {
        (&kenji, &sora)
    };
    for act in ["close", "requeue", "return"] {
        other.acts(id, act).await.problem(409, "moved-on");
    }
    other
        .says(id, "こちらで承ります")
        .await
        .problem(409, "moved-on");
    lead.says(id, "代わります").await.problem(409, "moved-on");

    let path = format!("/v1/staff/conversations/{id}/acts");
    let to_other = json!({ "act": "assign", "to": other.id });
    let assigned = lead.posts(&path, to_other).await.expect(StatusCode::OK);
    assert_eq!(assigned["agent"], other.id.as_str());
    holder.says(id, "遅れました").await.problem(409, "moved-on");
    other
        .says(id, "お待たせしました")
        .await
        .expect(StatusCode::OK);
}

#[tokio::test]
async fn a_viewer_cannot_be_given_work() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let viewer = shop.hires("Noor", Role::Viewer).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let path = format!("/v1/staff/conversations/{}/acts", visitor.conversation);
    let told = lead
        .posts(&path, json!({ "act": "assign", "to": viewer.id }))
        .await;
    assert_eq!(told.problem(422, "content-refused")["field"], "to");
    lead.posts(&path, json!({ "act": "assign" }))
        .await
        .problem(400, "bad-request");
}

#[tokio::test]
async fn the_desk_writes_chinese_in_the_script_of_the_visitors_page() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    for (page, opened, added, joined, closed) in [
        (
            "zh-TW",
            "已為您建立工單",
            "您的訊息已加入工單",
            "現在由 Sora 為您服務",
            "本次對話已結束。如果還有問題，隨時可以繼續留言。",
        ),
        (
            "zh-Hant",
            "已為您建立工單",
            "您的訊息已加入工單",
            "現在由 Sora 為您服務",
            "本次對話已結束。如果還有問題，隨時可以繼續留言。",
        ),
        (
            "zh-CN",
            "已为您创建工单",
            "您的消息已添加到工单",
            "现在由 Sora 为您服务",
            "本次对话已结束。如果还有问题，随时可以继续留言。",
        ),
        ("ja-JP", "担当", "追加", "Sora", "終了"),
    ] {
        let mut visitor = shop.visitor("");
        visitor.opens_on(page).await;
        visitor.wants_a_person("").await;
        visitor.says("12345678").await;
        for act in ["claim", "close"] {
            sora.acts(&visitor.conversation, act)
                .await
                .expect(StatusCode::OK);
        }
        let whole = visitor.rereads().await;
        let notes: Vec<&str> = whole["messages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|message| message["author"] == "system")
            .map(|message| message["text"].as_str().unwrap())
            .collect();
        assert_eq!(notes.len(), 4, "{page}: {notes:?}");
        for (note, expected) in notes.iter().zip([opened, added, joined, closed]) {
            assert!(note.contains(expected), "{page}: {note} has no {expected}");
        }
    }

    // Whoever speaks another language than the page is answered in theirs, and a restart forgets no script.
    let mut visitor = shop.visitor("");
    visitor.opens_on("zh-TW").await;
    let shop = shop.reopen().await;
    let mut same = shop.visitor("");
    (same.conversation, same.secret) = (visitor.conversation, visitor.secret);
    same.says("日曜日は営業していますか").await;
    same.wants_a_person("").await;
    let note = same.rereads().await["messages"][2]["text"].clone();
    assert!(note.as_str().unwrap().contains("担当"), "{note}");
    let mut other = shop.visitor("");
    other.opens_on("zh-HK").await;
    let shop = shop.reopen().await;
    let mut later = shop.visitor("");
    (later.conversation, later.secret) = (other.conversation, other.secret);
    later.wants_a_person("").await;
    let note = later.rereads().await["messages"][0]["text"].clone();
    assert!(note.as_str().unwrap().contains("已為您建立工單"), "{note}");
}
