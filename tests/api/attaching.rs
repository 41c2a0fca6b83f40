//! Files: attached by visitors and agents, judged by their content, served so that nothing in them can act.

use axum::http::StatusCode;
use mondo::staff::Role;
use mondo::store::FileSettings;
use serde_json::json;

use crate::actors::{Shop, Told, Visitor, png};

fn id_of(told: &Told) -> String {
    told.expect(StatusCode::CREATED)["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn sends(visitor: &Visitor, text: &str, files: &[&str]) -> Told {
    let body = json!({ "text": text, "attachments": files });
    visitor.posts(&visitor.path("messages"), body).await
}

#[tokio::test]
async fn a_picture_travels_with_its_message_to_everybody_concerned() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    let picture = png(640, 480);
    let attached = visitor.attaches("화면 캡처.PNG", &picture).await;
    let file = attached.expect(StatusCode::CREATED);
    assert_eq!(file["name"], "화면 캡처.PNG");
    assert_eq!(file["media_type"], "image/png");
    assert_eq!(
        (&file["width"], &file["height"]),
        (&json!(640), &json!(480))
    );

    let id = id_of(&attached);
    let told = sends(&visitor, "배송이 얼마나 걸려요?", &[&id]).await;
    let exchange = told.expect(StatusCode::OK);
    assert_eq!(exchange["question"]["attachments"][0], file);
    assert!(exchange["reply"].is_object(), "the bot answers the words");
    assert_eq!(
        visitor.rereads().await["messages"][0]["attachments"][0],
        file
    );
    let path = format!("/v1/staff/conversations/{}", visitor.conversation);
    let seen = sora.gets(&path).await.expect(StatusCode::OK);
    assert_eq!(seen["messages"][0]["attachments"][0]["id"], id);
    sora.gets(&format!("{path}/attachments/{id}"))
        .await
        .headers
        .get("cross-origin-resource-policy")
        .map(|policy| assert_eq!(policy, "same-origin"))
        .unwrap();

    let served = visitor.gets(file["address"].as_str().unwrap()).await;
    assert_eq!(served.status, StatusCode::OK);
    assert_eq!(served.bytes, picture);
    for (name, expected) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cross-origin-resource-policy", "cross-origin"),
        (
            "content-disposition",
            "inline; filename=\"__ __.PNG\"; filename*=UTF-8''%ED%99%94%EB%A9%B4%20%EC%BA%A1%EC%B2%98.PNG",
        ),
    ] {
        assert_eq!(served.header(name), expected);
    }
    assert!(served.header("cache-control").starts_with("private"));

    // A message carries a file once, and nobody else's.
    sends(&visitor, "또요", &[&id])
        .await
        .problem(404, "not-found");
    let mut other = shop.visitor("ko");
    other.opens().await;
    sends(&other, "배송", &[&id])
        .await
        .problem(404, "not-found");
    other
        .gets(&other.path(&format!("attachments/{id}")))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn files_alone_reach_a_person_but_not_the_bot() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    let id = id_of(&visitor.attaches("app.log", "エラー 503\n".as_bytes()).await);
    sends(&visitor, "", &[&id])
        .await
        .problem(409, "words-needed");
    visitor.wants_a_person("").await;
    let sent = sends(&visitor, "", &[&id]).await.expect(StatusCode::OK);
    assert_eq!(sent["question"]["attachments"][0]["kind"], "text");
    let found = sora.gets("/v1/staff/tickets?q=app.log").await;
    assert_eq!(
        found.expect(StatusCode::OK)["tickets"][0]["conversation"],
        visitor.conversation,
        "found by the name of its file"
    );
    let log = visitor
        .gets(&visitor.path(&format!("attachments/{id}")))
        .await;
    assert!(log.header("content-disposition").starts_with("attachment;"));
    assert_eq!(log.header("content-type"), "text/plain; charset=utf-8");

    // What an agent attaches is seen once it is sent.
    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    let guide = id_of(
        &sora
            .attaches(&visitor.conversation, "手順.pdf", b"%PDF-1.7\n")
            .await,
    );
    let address = visitor.path(&format!("attachments/{guide}"));
    visitor.gets(&address).await.problem(404, "not-found");
    sends(&visitor, "それは?", &[&guide])
        .await
        .problem(404, "not-found");
    let path = format!("/v1/staff/conversations/{}/messages", visitor.conversation);
    let said = sora
        .posts(&path, json!({ "attachments": [guide] }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(said["said"]["attachments"][0]["name"], "手順.pdf");
    assert_eq!(visitor.gets(&address).await.bytes, b"%PDF-1.7\n");
}

#[tokio::test]
async fn content_decides_and_the_refusal_is_said_in_the_visitors_language() {
    let shop = Shop::open().await;
    for (language, word) in [
        ("en", "picture"),
        ("zh-CN", "图片"),
        ("zh-TW", "圖片"),
        ("ja", "画像"),
        ("ko", "이미지"),
    ] {
        let mut visitor = shop.visitor(language);
        visitor.opens().await;
        for (name, content) in [
            ("a.png", &b"<svg onload='alert(1)'/>"[..]),
            ("a.txt", b"<!doctype html><script>alert(1)</script>"),
            ("a.jpg", b"MZ\x90\0\x03\0\0\0"),
            ("a.gif", b"\x7fELF\x02\x01\x01\0"),
            ("a.pdf", b"PK\x03\x04"),
        ] {
            let told = visitor.attaches(name, content).await;
            let problem = told.problem(415, "file-refused");
            let message = problem["message"].as_str().unwrap();
            assert!(message.contains(word), "{language}: {message}");
        }
        visitor
            .attaches("a.png", b"")
            .await
            .problem(400, "file-empty");
        // Three hundred bytes that unfold to ten gigabytes.
        visitor
            .attaches("bomb.png", &png(50_000, 50_000))
            .await
            .problem(413, "file-too-large");
    }
}

#[tokio::test]
async fn length_and_number_have_limits() {
    let limits = FileSettings {
        max_bytes: 100,
        max_per_conversation: 2,
        ..FileSettings::default()
    };
    let shop = Shop::open_with_files(limits).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor
        .attaches("long.txt", &[b'a'; 101])
        .await
        .problem(413, "file-too-large");
    visitor.attaches("fits.txt", &[b'a'; 100]).await;
    let request = |key: &str, content: &'static [u8]| {
        visitor
            .request("POST", &visitor.path("attachments?name=b.txt"))
            .header("idempotency-key", key)
            .body(content.into())
            .unwrap()
    };
    let first = id_of(&visitor.sends(request("key-00000001", b"b")).await);
    let again = id_of(&visitor.sends(request("key-00000001", b"b")).await);
    assert_eq!(first, again);
    let other = visitor.sends(request("key-00000001", b"c")).await;
    other.problem(409, "idempotency-conflict");
    visitor
        .attaches("third.txt", b"c")
        .await
        .problem(409, "too-many-files");
    let mut nowhere = shop.visitor("en");
    nowhere.conversation = "019a9f6e-1c00-7000-8000-000000000000".to_owned();
    nowhere
        .attaches("a.txt", b"a")
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn what_is_never_sent_is_removed_after_a_day() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let unsent = id_of(&visitor.attaches("unsent.txt", b"unsent").await);
    let sent = id_of(&visitor.attaches("sent.txt", b"sent").await);
    visitor.wants_a_person("").await;
    sends(&visitor, "look", &[&sent])
        .await
        .expect(StatusCode::OK);
    let folder = shop
        .folder
        .path()
        .join("attachments")
        .join(&visitor.conversation);
    assert!(folder.join(&unsent).exists());
    let workplace = shop.app.workplace();
    assert_eq!(
        workplace.sweep_attachments(shop.app.now()).await.unwrap(),
        0
    );
    let tomorrow = shop.app.now().later_by(25 * 3_600_000);
    assert_eq!(workplace.sweep_attachments(tomorrow).await.unwrap(), 1);
    assert_eq!(workplace.sweep_attachments(tomorrow).await.unwrap(), 0);
    assert!(!folder.join(&unsent).exists() && folder.join(&sent).exists());
    visitor
        .gets(&visitor.path(&format!("attachments/{unsent}")))
        .await
        .problem(404, "not-found");
    let shop = shop.reopen().await;
    let mut again = shop.visitor("en");
    again.secret.clone_from(&visitor.secret);
    let seen = again
        .gets(&visitor.path(&format!("attachments/{sent}")))
        .await;
    assert_eq!(seen.text, "sent");
}
