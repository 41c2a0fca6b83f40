//! The status page of a ticket: read and answered by whoever holds its signed link, and by nobody else.

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::json;

use crate::actors::{Shop, Told, Visitor, encoded, png};

async fn link_of(visitor: &Visitor) -> String {
    let seen = visitor.rereads().await;
    seen["ticket"]["link"].as_str().unwrap().to_owned()
}

async fn answers(visitor: &Visitor, link: &str, text: &str, key: &str) -> Told {
    let form = format!("text={}&key={key}", encoded(text));
    let request = visitor
        .request("POST", link)
        .header("content-type", "application/x-www-form-urlencoded");
    // The first header of the name is the browser's for JSON.
    let mut request = request.body(form.into()).unwrap();
    let form_type = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert("content-type", form_type);
    visitor.sends(request).await
}

#[tokio::test]
async fn a_visitor_follows_and_answers_without_the_chat() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    let ticket = visitor.wants_a_person("상자가 <b>찢어졌어요</b>").await;
    let link = ticket["link"].as_str().unwrap().to_owned();
    assert!(link.starts_with("/t/"), "{link}");
    let picture = visitor
        .attaches("상자.png", &png(3, 4))
        .await
        .expect(StatusCode::CREATED);
    let sent = json!({ "text": "<script>x</script>", "attachments": [picture["id"]] });
    visitor
        .posts(&visitor.path("messages"), sent)
        .await
        .expect(StatusCode::OK);

    let reader = shop.visitor("ko");
    let page = reader.gets(&link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in [
        ticket["number"].as_str().unwrap(),
        "상담원을 기다리고 있습니다",
        "다음이 고객님 차례입니다.",
        "예상 시간을 알려 드릴 수 없습니다",
        "지금은 상담원이 자리에 없습니다.",
        "&lt;script&gt;x&lt;/script&gt;",
        "상자.png",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("<script>x") && !page.text.contains(&visitor.conversation));
    for (header, expected) in [
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(page.header(header), expected);
    }
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'self'")
    );
    let file = format!("{link}/files/{}", picture["id"].as_str().unwrap());
    let file = reader.gets(&file).await;
    assert_eq!(file.bytes, png(3, 4));
    assert_eq!(file.header("referrer-policy"), "no-referrer");
    assert_eq!(
        file.header("content-security-policy"),
        "default-src 'none'; sandbox"
    );

    // Both ways: the agent's words stand on the page, the answer stands in the conversation, once.
    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    sora.says(&visitor.conversation, "새 상자를 보내 드리겠습니다.")
        .await
        .expect(StatusCode::OK);
    for _ in 0..2 {
        let told = answers(&reader, &link, "고맙습니다", "key-00000001").await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        assert!(
            told.header("location")
                .starts_with(&format!("{link}?sent=1"))
        );
    }
    let page = reader.gets(&format!("{link}?sent=1")).await.text;
    assert!(page.contains("새 상자를 보내 드리겠습니다.") && page.contains("Sora"));
    assert_eq!(page.matches("고맙습니다").count(), 1);
    assert!(page.contains("답변이 추가되었습니다."));
    let told = answers(&reader, &link, "  ", "key-00000002").await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    assert!(told.text.contains("role=\"alert\""));
    let seen = visitor.rereads().await;
    let last = seen["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["author"], &last["text"]),
        (&json!("visitor"), &json!("고맙습니다"))
    );

    // What is answered to a settled ticket reaches a person under a new one.
    sora.acts(&visitor.conversation, "close")
        .await
        .expect(StatusCode::OK);
    assert!(reader.gets(&link).await.text.contains("해결됨"));
    let told = answers(&reader, &link, "아직 안 왔어요", "key-00000003").await;
    let goes_on = told.header("location").to_owned();
    assert!(!goes_on.starts_with(&link), "{goes_on}");
    let again = answers(&reader, &link, "아직 안 왔어요", "key-00000003").await;
    assert_eq!(again.header("location"), goes_on);
    let seen = visitor.rereads().await;
    assert_eq!(
        (&seen["state"], &seen["ticket"]["status"]),
        (&json!("queued"), &json!("open"))
    );
    assert_ne!(seen["ticket"]["number"], ticket["number"]);
}

/// Sends the form of the page as a browser does, with files.
async fn answers_with(
    visitor: &Visitor,
    link: &str,
    text: &str,
    key: &str,
    files: &[(&str, &[u8])],
) -> Told {
    let mut form = Vec::new();
    for (name, value) in [("key", key), ("text", text)] {
        let part =
            format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.extend(part.bytes());
    }
    for (name, content) in files {
        let head = format!(
            "--cut\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             content-type: image/png\r\n\r\n"
        );
        form.extend(head.bytes());
        form.extend(*content);
        form.extend(b"\r\n");
    }
    form.extend(b"--cut--\r\n");
    let mut request = visitor.request("POST", link).body(form.into()).unwrap();
    let kind = "multipart/form-data; boundary=cut".parse().unwrap();
    request.headers_mut().insert("content-type", kind);
    visitor.sends(request).await
}

#[tokio::test]
async fn an_answer_brings_files_that_are_judged_by_their_content() {
    let files = mondo::store::FileSettings {
        max_bytes: 100_000,
        ..Default::default()
    };
    let shop = Shop::open_with_files(files).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    let ticket = visitor.wants_a_person("箱が破れていました").await;
    let link = ticket["link"].as_str().unwrap().to_owned();
    let reader = shop.visitor("ja");
    let picture = png(3, 4);
    let two: [(&str, &[u8]); 2] = [("箱.png", &picture), ("ログ.txt", "届いた\n".as_bytes())];
    for _ in 0..2 {
        let told = answers_with(&reader, &link, "写真です", "key-00000001", &two).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
    }
    // A browser whose field of files was left alone, and one that sends files alone.
    for (text, key, files) in [
        ("ありがとう", "key-00000002", [("", &b""[..])]),
        ("", "key-00000003", [("裏.png", &picture)]),
    ] {
        let told = answers_with(&reader, &link, text, key, &files).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
    }
    let path = format!("/v1/staff/conversations/{}", visitor.conversation);
    let seen = sora.gets(&path).await.expect(StatusCode::OK);
    let said: Vec<(&str, Vec<&str>)> = seen["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["author"] == "visitor")
        .map(|message| {
            let files = message["attachments"].as_array().unwrap();
            let names = files.iter().map(|file| file["name"].as_str().unwrap());
            (message["text"].as_str().unwrap(), names.collect())
        })
        .collect();
    assert_eq!(
        said,
        [
            ("写真です", vec!["箱.png", "ログ.txt"]),
            ("ありがとう", vec![]),
            ("", vec!["裏.png"]),
        ],
        "once, and each with its own"
    );
    let page = reader.gets(&link).await.text;
    assert!(page.contains("multipart/form-data") && page.contains("箱.png"));
    let file = page.split("/files/").nth(1).unwrap();
    let file = format!("{link}/files/{}", file.split('"').next().unwrap());
    assert_eq!(reader.gets(&file).await.bytes, picture);

    // What is refused keeps what was typed, and says why in the reader's words.
    let long = vec![b'a'; 200_000];
    for (key, content, status, word) in [
        (
            "key-00000004",
            &b"MZ\0\0\0\0"[..],
            415,
            "この種類のファイル",
        ),
        ("key-00000005", &b""[..], 400, "空です"),
        ("key-00000006", &long[..], 413, "大きすぎます"),
    ] {
        let told = answers_with(&reader, &link, "これは？", key, &[("x.png", content)]).await;
        assert_eq!(told.status.as_u16(), status, "{}", told.text);
        assert!(told.text.contains(word) && told.text.contains("role=\"alert\""));
        assert!(status == 413 || told.text.contains("これは？</textarea>"));
    }
    let after = sora.gets(&path).await.expect(StatusCode::OK);
    assert_eq!(after["messages"], seen["messages"], "nothing half was said");
    let nobody = answers_with(&reader, "/t/1.2.3", "x", "key-00000007", &two).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_speaks_the_visitors_language() {
    let shop = Shop::open().await;
    for (opened, reads, tag, word) in [
        ("en", "en", "en", "Waiting for a person"),
        ("zh-CN", "zh-CN", "zh-Hans", "正在等待人工客服"),
        ("zh-TW", "zh-TW", "zh-Hant", "正在等待真人客服"),
        ("ja", "ja", "ja", "担当者の対応をお待ちいただいています"),
        ("ko", "ko", "ko", "상담원을 기다리고 있습니다"),
        // A mail program that says nothing of languages.
        ("ja", "", "ja", "担当者の対応をお待ちいただいています"),
    ] {
        let mut visitor = shop.visitor(opened);
        visitor.opens().await;
        // The language of the matter is that of its words.
        let words = match &opened[..2] {
            "zh" => "茶叶什么时候发货",
            "ja" => "お茶はいつ届きますか",
            "ko" => "차는 언제 도착하나요",
            _ => "when does my tea arrive",
        };
        visitor.says(words).await;
        visitor.wants_a_person("").await;
        let link = link_of(&visitor).await;
        let page = shop.visitor(reads).gets(&link).await.text;
        assert!(
            page.contains(&format!("<html lang=\"{tag}\"")),
            "{opened} {reads}: {page}"
        );
        assert!(page.contains(word), "{opened}: {page}");
        let chosen = shop
            .visitor(reads)
            .gets(&format!("{link}?lang=zh-Hant"))
            .await;
        assert!(chosen.text.contains("正在等待真人客服"));
    }
}

#[tokio::test]
async fn a_link_that_was_changed_or_is_old_says_what_to_do() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("").await;
    let link = link_of(&visitor).await;
    let other_ticket = link.replacen("/t/1.", "/t/2.", 1);
    for (languages, word) in [
        ("en", "incomplete"),
        ("zh-CN", "不完整"),
        ("zh-TW", "不完整"),
        ("ja", "アドレス"),
        ("ko", "주소"),
    ] {
        let reader = shop.visitor(languages);
        for changed in [&other_ticket, &link[..link.len() - 2], "/t/x", "/t/1.2.3"] {
            let page = reader.gets(changed).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{changed}");
            assert!(page.text.contains(word), "{changed}: {}", page.text);
            assert!(page.text.contains("/write\""), "a way to people");
            let told = answers(&reader, changed, "hello", "key-00000001").await;
            assert_eq!(told.status, StatusCode::NOT_FOUND);
        }
    }
    let number = visitor.rereads().await["ticket"]["number"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let long_ago = shop.app.now().earlier_by(32 * 86_400_000);
    let old = format!("/t/{}", shop.app.visitors().status_token(number, long_ago));
    let page = visitor.gets(&old).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text.contains("expired"), "{}", page.text);

    // A new key signs from now on; links of the one before still work.
    let keys = shop.folder.path().join("link.keys");
    let before = std::fs::read_to_string(&keys).unwrap();
    std::fs::write(&keys, format!("{}\n{before}", "c".repeat(64))).unwrap();
    let shop = shop.reopen().await;
    assert_eq!(shop.visitor("en").gets(&link).await.status, StatusCode::OK);
    std::fs::write(&keys, "c".repeat(64)).unwrap();
    let shop = shop.reopen().await;
    let page = shop.visitor("en").gets(&link).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn opening_hours_are_told_in_the_visitors_zone() {
    let shop = Shop::open_in_hours("[calendar]\nzone = \"Asia/Seoul\"\n[calendar.hours]\nmon = [\"09:00-12:00\", \"13:00-18:00\"]\n").await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("").await;
    // The shop's clock stands on Sunday 00:00 UTC.
    let path = visitor.path("place?zone=America/New_York");
    let place = visitor.gets(&path).await.expect(StatusCode::OK);
    assert_eq!(
        (&place["open"], &place["zone"]),
        (&json!(false), &json!("America/New_York"))
    );
    assert_eq!(place["opens"], "2026-11-23T00:00:00.000Z");
    assert_eq!(
        place["hours"],
        json!([
            { "from": "2026-11-22T19:00:00-05:00", "to": "2026-11-22T22:00:00-05:00" },
            { "from": "2026-11-22T23:00:00-05:00", "to": "2026-11-23T04:00:00-05:00" },
        ])
    );
    let seen = visitor
        .gets(&format!(
            "/v1/conversations/{}?zone=Asia/Tokyo",
            visitor.conversation
        ))
        .await
        .expect(StatusCode::OK);
    assert_eq!(
        seen["place"]["hours"][0]["from"],
        "2026-11-23T09:00:00+09:00"
    );
    assert_eq!(seen["place"]["before"], 0);
    visitor
        .gets(&visitor.path("place?zone=Mars/Olympus"))
        .await
        .problem(422, "content-refused");
    let page = visitor.gets(&link_of(&visitor).await).await.text;
    let time = "<time datetime=\"2026-11-23T00:00:00.000Z\">2026-11-23 00:00 UTC</time>";
    assert!(page.contains(time), "{page}");
    assert!(page.contains("Times are shown in UTC."), "{page}");

    // Whoever has asked nothing is told the same, and nobody's place.
    let path = "/v1/desk?zone=America/New_York";
    let desk = shop.visitor("en").gets(path).await.expect(StatusCode::OK);
    for known in ["open", "opens", "hours", "zone", "desk_zone", "here"] {
        assert_eq!(desk[known], place[known], "{known}");
    }
    assert_eq!(
        (&desk["before"], &desk["desk_zone"]),
        (&json!(null), &json!("Asia/Seoul"))
    );
    let told = shop.visitor("en").gets("/v1/desk?zone=Mars/Olympus").await;
    told.problem(422, "content-refused");

    // The page knows where its visitor wrote from, without any script.
    let said = json!({
        "text": "Is anybody there?",
        "context": { "url": "https://example.com/", "time_zone": "America/New_York" },
    });
    let told = visitor.posts(&visitor.path("messages"), said).await;
    told.expect(StatusCode::OK);
    let page = visitor.gets(&link_of(&visitor).await).await.text;
    for wanted in [
        "<time datetime=\"2026-11-23T00:00:00.000Z\">2026-11-22 19:00</time>",
        "data-shown=\"day\">2026-11-22 23:00</time> – <time datetime=\"2026-11-23T09:00:00.000Z\" data-shown=\"clock\">04:00</time>",
        "data-desk=\"Asia/Seoul\">Times are shown in America/New_York.",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
}

#[tokio::test]
async fn a_desk_that_never_closes_tells_no_hours_on_the_page() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("").await;
    let page = visitor.gets(&link_of(&visitor).await).await.text;
    assert!(!page.contains("Opening hours"), "{page}");
    let desk = visitor.gets("/v1/desk").await.expect(StatusCode::OK);
    assert_eq!(desk["open"], true);
}
