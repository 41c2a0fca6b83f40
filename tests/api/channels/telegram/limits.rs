//! What is refused, said once, cut, put off or let be.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Bot, message, refused};
use crate::actors::png;
use crate::listener::said;

#[tokio::test]
async fn only_telegram_is_believed_and_each_update_once() {
    let bot = Bot::set_up().await;
    let update = json!({ "update_id": 1, "message": message(7, "en", json!({ "text": "hello" })) });
    for secret in ["", "0000", &"ab".repeat(32), "not-hex"] {
        let told = bot.sends(secret, update.clone()).await;
        told.problem(401, "sign-in-needed");
    }
    let told = bot.sends(&bot.secret, json!({ "no": "update" })).await;
    told.problem(400, "bad-request");
    for _ in 0..3 {
        let text = json!({ "text": "How long does delivery take?" });
        bot.numbered(5, "message", message(7, "en", text))
            .await
            .expect(StatusCode::OK);
        bot.numbered(6, "message", message(7, "en", json!({ "sticker": {} })))
            .await
            .expect(StatusCode::OK);
    }
    bot.deliver(0).await;
    assert_eq!(bot.texts(7).len(), 2, "{:?}", bot.texts(7));

    // During a rotation both secrets are believed, and after a day the new one alone.
    let id = bot.path.split('/').nth(3).unwrap().to_owned();
    let path = format!("/v1/staff/webhooks/{id}/secret");
    let rotated = bot
        .admin
        .posts(&path, json!({}))
        .await
        .expect(StatusCode::OK);
    let fresh = rotated["secret"].as_str().unwrap();
    assert_ne!(fresh, bot.secret);
    for secret in [fresh, &bot.secret] {
        bot.sends(secret, update.clone())
            .await
            .expect(StatusCode::OK);
    }
    let day_ms = 24 * 60 * 60 * 1_000;
    bot.shop
        .set_clock(bot.shop.app.now().later_by(day_ms + 60_000));
    bot.sends(&bot.secret, update.clone())
        .await
        .problem(401, "sign-in-needed");
    bot.sends(fresh, update).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn groups_and_bots_are_let_be_and_edits_are_read() {
    let bot = Bot::set_up().await;
    let words = json!({ "text": "How long does delivery take?" });
    for kind in ["group", "supergroup", "channel"] {
        let mut said = message(-100, "en", words.clone());
        said["chat"]["type"] = json!(kind);
        bot.update("message", said).await;
    }
    let mut by_bot = message(7, "en", words.clone());
    by_bot["from"]["is_bot"] = json!(true);
    bot.update("message", by_bot).await;
    bot.update("channel_post", message(7, "en", words.clone()))
        .await;
    bot.update("poll", json!({ "id": "1" })).await;
    bot.deliver(0).await;
    assert!(bot.api.lock().unwrap().sent.is_empty());

    bot.writes(7, "en", "hello").await;
    bot.update("edited_message", message(7, "en", words)).await;
    // A live place that moves is an edit too.
    let moved = message(
        7,
        "en",
        json!({ "location": { "latitude": 1.0, "longitude": 2.0 } }),
    );
    bot.update("edited_message", moved).await;
    bot.deliver(0).await;
    let texts = bot.texts(7);
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[1].contains("within 2 days"), "{texts:?}");
}

#[tokio::test]
async fn what_is_not_understood_is_answered_in_the_visitors_language() {
    let bot = Bot::set_up().await;
    for (chat, language, kind, expected) in [
        (1, "ja", "sticker", "文章と画像"),
        (2, "zh-hans", "voice", "文字和图片"),
        (3, "zh-hant", "video_note", "文字和圖片"),
        (4, "ko", "location", "글과 사진"),
        (5, "en", "contact", "words and pictures"),
    ] {
        let mut content = json!({});
        content[kind] = json!({ "file_id": "x" });
        for _ in 0..2 {
            bot.update("message", message(chat, language, content.clone()))
                .await;
        }
        bot.deliver(0).await;
        let texts = bot.texts(chat);
        assert_eq!(texts.len(), 1, "said once in a row: {texts:?}");
        assert!(texts[0].contains(expected), "{texts:?}");
    }
    let long = "提现 ".repeat(1_000);
    bot.writes(2, "zh-hans", &long).await;
    assert!(bot.texts(2)[1].contains("2000"), "{:?}", bot.texts(2));
}

#[tokio::test]
async fn long_words_go_in_parts_and_a_limit_is_waited_for() {
    let bot = Bot::set_up().await;
    bot.writes(7, "en", "hello").await;
    bot.writes(7, "en", "/person").await;
    let id = bot.claims().await;
    bot.deliver(0).await;
    let before = bot.texts(7).len();
    // Each of these counts twice there.
    let words = format!("{} end", "😀 ".repeat(1_500).trim_end());
    bot.admin.says(&id, &words).await.expect(StatusCode::OK);
    {
        let mut api = bot.api.lock().unwrap();
        let ok = said(
            200,
            &json!({ "ok": true, "result": { "message_id": 9 } }).to_string(),
        );
        let wait = json!({ "retry_after": 35 });
        // The first part is taken by a reply that the stub does not keep, the second has to wait.
        api.next = vec![ok, refused(429, "Too Many Requests: retry after 35", wait)];
    }
    bot.deliver(0).await;
    assert_eq!(bot.texts(7).len(), before);
    assert_eq!(
        bot.deliver(34).await,
        0,
        "not before the time that was asked for"
    );
    assert_eq!(bot.deliver(36).await, 1);
    let parts = bot.texts(7).split_off(before);
    assert_eq!(
        parts.len(),
        1,
        "the part that had arrived is not sent again"
    );
    assert!(parts[0].ends_with("end"), "{parts:?}");
    assert!(parts[0].encode_utf16().count() <= 4_096);
}

#[tokio::test]
async fn who_blocks_the_bot_is_noted_and_troubles_nobody() {
    let bot = Bot::set_up().await;
    let left = |chat: i64| {
        json!({
            "chat": { "id": chat, "type": "private" }, "from": { "id": chat, "is_bot": false }, "date": 1,
            "old_chat_member": { "status": "member" }, "new_chat_member": { "status": "kicked" },
        })
    };
    // Who was never heard of leaves nothing behind.
    bot.update("my_chat_member", left(9)).await;
    bot.writes(7, "en", "/person").await;
    let id = bot.conversation().await;
    bot.update("my_chat_member", left(7)).await;
    bot.api.lock().unwrap().next = vec![refused(
        403,
        "Forbidden: bot was blocked by the user",
        json!({}),
    )];
    bot.deliver(0).await;
    let last = bot.messages(&id).await.pop().unwrap();
    assert!(
        last["text"].as_str().unwrap().contains("has blocked"),
        "{last}"
    );
    let webhooks = bot.admin.gets("/v1/staff/webhooks").await;
    let webhooks = webhooks.expect(StatusCode::OK);
    assert_eq!(webhooks["webhooks"][0]["failing_since"], Value::Null);
    let line = bot.last_delivery().await;
    assert_eq!(line["status"], "dropped");
    assert_eq!(line["response_status"], 403);
    // Others are served all the while.
    bot.writes(8, "en", "How long does delivery take?").await;
    assert_eq!(bot.texts(8).len(), 1);
}

#[tokio::test]
async fn who_writes_too_much_is_told_so_and_others_are_served() {
    let bot = Bot::set_up().await;
    for _ in 0..70 {
        bot.update("message", message(7, "en", json!({ "text": "hello" })))
            .await;
    }
    bot.writes(8, "en", "hello").await;
    let texts = bot.texts(7);
    let greetings = texts.iter().filter(|text| text.starts_with("Hello"));
    assert_eq!(
        greetings.count(),
        60,
        "http.limits.visitor.questions_per_minute"
    );
    assert_eq!(texts.len(), 61);
    assert!(texts[60].starts_with("That was a lot"), "{}", texts[60]);
    assert_eq!(bot.texts(8).len(), 1);
    let now = bot.shop.app.now();
    bot.shop.set_clock(now.later_by(61_000));
    bot.writes(7, "en", "How long does delivery take?").await;
    assert_eq!(bot.texts(7).len(), 62);
}

#[tokio::test]
async fn the_shields_hold_there_too() {
    let bot = Bot::set_up().await;
    bot.writes(
        7,
        "en",
        "Is tea-example.test really yours? My card is 4111 1111 1111 1111",
    )
    .await;
    let texts = bot.texts(7).join("\n");
    assert!(
        texts.contains("tea-example.test"),
        "the list is asked: {texts}"
    );
    assert!(
        texts.contains("card number"),
        "what was hidden is told: {texts}"
    );
    bot.writes(7, "en", "/person").await;
    let id = bot.conversation().await;
    let view = bot
        .admin
        .gets(&format!("/v1/staff/conversations/{id}"))
        .await;
    assert!(!view.text.contains("4111"), "{}", view.text);
}

#[tokio::test]
async fn a_bot_is_set_up_whole_or_not_at_all() {
    let bot = Bot::set_up().await;
    let telegram = json!({ "kind": "telegram", "token": "1:a" });
    for (body, status) in [
        (json!({ "messenger": telegram, "channel": true }), 422),
        (
            json!({ "messenger": telegram, "events": ["ticket.created"] }),
            422,
        ),
        (json!({ "description": "nowhere" }), 422),
        (
            json!({ "messenger": { "kind": "telegram", "token": "../x" } }),
            400,
        ),
        (
            json!({ "messenger": { "kind": "pigeon", "token": "1:a" } }),
            400,
        ),
    ] {
        let told = bot.admin.posts("/v1/staff/webhooks", body.clone()).await;
        assert_eq!(told.status.as_u16(), status, "{body}: {}", told.text);
    }
    let told = bot
        .admin
        .posts("/v1/staff/webhooks", json!({ "messenger": telegram }))
        .await;
    let made = told.expect(StatusCode::CREATED);
    assert_eq!(made["webhook"]["url"], "https://api.telegram.org");
}

#[tokio::test]
async fn telegram_is_as_recorded() {
    let bot = Bot::set_up().await;
    bot.writes(7, "ko", "/start").await;
    bot.writes(7, "ko", "배송은 얼마나 걸려요?").await;
    bot.writes(7, "ko", "/person").await;
    bot.presses(7, &bot.buttons()[0]).await;
    let id = bot.claims().await;
    let photo = json!({ "photo": [{ "file_id": "large-photo", "file_size": 9_000 }] });
    bot.update("message", message(7, "ko", photo)).await;
    let wait = refused(429, "Too Many Requests", json!({ "retry_after": 35 }));
    bot.api.lock().unwrap().next = vec![wait];
    bot.sends_file(&id, "shelf.png", &png(320, 200), "안녕하세요.")
        .await;
    bot.deliver(0).await;
    bot.deliver(40).await;
    bot.exchange.is_as_recorded("telegram");
}
