//! Secrets: hidden at every door before anything is written, and the visitor told at once. Lines and pictures: what
//! belongs to them stays.

use std::path::Path;

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Told, Visitor, encoded};
use crate::calling_tools::{calls, settings_with_tickets};
use crate::hooks_in::Program;

/// What nobody needs to know, whoever writes it.
const SECRETS: &str = "My card is 4111 1111 1111 1111.
My seed phrase: legal winner thank year wave sausage worth useful legal winner thank yellow
The verification code is 48291357.
Private key: 0x4c0883a69102937d62341471b5dbb6204fe512961708279f0f1d2c3b4a596877";

/// What visitors give away without need, and staff may have to send.
const CONTACTS: &str = "Call me at +82 10-9876-5432.
Mail canary.kim@example.org";

/// Any of these on the disk tells a secret.
const CANARIES: [&str; 9] = [
    "4111 1111",
    "41111111",
    "sausage",
    "48291357",
    "4c0883a69102937d",
    "9876-5432",
    "98765432",
    "canary.kim",
    "canary",
];

pub fn planted(at: &str) -> String {
    format!("{at}: how long does shipping take?\n{SECRETS}\n{CONTACTS}")
}

/// Every byte below a folder.
fn bytes_in(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => bytes.extend(bytes_in(&path)),
            false => bytes.extend(std::fs::read(&path).unwrap()),
        }
        bytes.extend(path.file_name().unwrap().to_string_lossy().bytes());
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    bytes.windows(text.len()).any(|window| window == text)
}

pub fn nothing_leaked(shop: &Shop, door: &str) {
    let bytes = bytes_in(shop.folder.path());
    for canary in CANARIES {
        assert!(!holds(&bytes, canary), "{door} wrote {canary}");
    }
}

async fn sends_form(visitor: &Visitor, path: &str, form: &[(&str, &str)]) -> Told {
    let fields: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let request = visitor.request("POST", path);
    let mut request = request.body(fields.join("&").into()).unwrap();
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert("content-type", kind);
    visitor.sends(request).await
}

fn system_texts(messages: &Value) -> Vec<String> {
    let messages = messages.as_array().unwrap().iter();
    messages
        .filter(|message| message["author"] == "system")
        .map(|message| message["text"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn no_secret_is_written_at_any_door() {
    let shop = Shop::open_with(settings_with_tickets()).await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let bridge = shop.colleague("Bridge", Role::Agent).await;
    let program = Program::let_in(&shop, &admin, &bridge).await;
    let mut visitor = shop.visitor("en");

    visitor.asks(&planted("asked")).await;
    nothing_leaked(&shop, "POST /v1/ask");
    let page = sends_form(&visitor, "/help/en/ask", &[("text", &planted("form"))]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("Never give it to anyone"),
        "{}",
        page.text
    );
    for canary in CANARIES {
        assert!(
            !page.text.contains(canary),
            "the page leads on with {canary}"
        );
    }
    nothing_leaked(&shop, "the form of the help pages");
    let chat = json!({ "messages": [
        { "role": "user", "content": planted("before") },
        { "role": "assistant", "content": SECRETS },
        { "role": "user", "content": planted("chatted") },
    ] });
    let chatted = visitor.posts("/v1/chat/completions", chat).await;
    let asked = calls(&visitor, "ask", json!({ "question": planted("called") })).await;
    let ticket = json!({ "question": planted("opened"), "contact": "keep.me@example.com" });
    let opened = calls(&visitor, "ticket", ticket).await;
    for told in [chatted.text, asked.to_string(), opened.to_string()] {
        assert!(told.contains("Never give it to anyone"), "{told}");
        assert!(told.contains("seed-phrase"), "{told}");
        assert!(
            !CANARIES.iter().any(|canary| told.contains(canary)),
            "{told}"
        );
    }
    nothing_leaked(&shop, "what assistants pass on");

    visitor.opens().await;
    let exchange = visitor.says(&planted("said")).await;
    nothing_leaked(&shop, "a message");
    let rated = format!(
        "{}/{}/feedback",
        visitor.path("messages"),
        exchange["reply"]["id"].as_str().unwrap()
    );
    let comment = json!({ "rating": "not_helpful", "comment": planted("rated") });
    let told = visitor.posts(&rated, comment).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    nothing_leaked(&shop, "a comment");
    let name = "verification code 48291357 card 4111 1111 1111 1111 canary.kim@example.org.txt";
    let file = visitor.attaches(name, b"nothing to hide").await;
    let file = file.expect(StatusCode::CREATED);
    let named = file["name"].as_str().unwrap();
    assert!(named.contains('⟦') && named.ends_with(".txt"), "{named}");
    nothing_leaked(&shop, "a file name");

    let wish = json!({ "reason": planted("why"), "contact": "keep.me@example.com" });
    let ticket = visitor.posts(&visitor.path("escalate"), wish).await;
    let ticket = ticket.expect(StatusCode::OK);
    nothing_leaked(&shop, "a reason");
    let number = ticket["number"].as_str().unwrap();
    let seen = admin.gets(&format!("/v1/staff/tickets/{number}")).await;
    let seen = seen.expect(StatusCode::OK);
    assert_eq!(seen["contact"], "keep.me@example.com");
    let sent = json!({ "text": planted("waiting"), "attachments": [file["id"]] });
    visitor
        .posts(&visitor.path("messages"), sent)
        .await
        .expect(StatusCode::OK);
    nothing_leaked(&shop, "a message that waits");
    let link = ticket["link"].as_str().unwrap();
    let answer = [("key", "key-00000001"), ("text", &planted("answer")[..])];
    let told = sends_form(&visitor, link, &answer).await;
    assert!(told.status.is_redirection(), "{}", told.text);
    nothing_leaked(&shop, "the status page");

    let conversation = visitor.conversation.clone();
    sora.acts(&conversation, "claim")
        .await
        .expect(StatusCode::OK);
    let told = sora.says(&conversation, SECRETS).await;
    told.expect(StatusCode::OK);
    nothing_leaked(&shop, "a reply of an agent");
    let work = format!("/v1/staff/tickets/{number}/work");
    for work_done in [
        json!({ "note": SECRETS }),
        json!({ "priority": { "to": "urgent", "why": SECRETS } }),
        json!({ "tags": ["card 4111 1111 1111 1111"] }),
    ] {
        admin.posts(&work, work_done).await.expect(StatusCode::OK);
    }
    nothing_leaked(&shop, "the work on a ticket");
    let written =
        json!({ "id": "secrets", "title": SECRETS.replace('\n', " "), "texts": { "en": SECRETS } });
    let told = admin.posts("/v1/staff/macros", written).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
    nothing_leaked(&shop, "a macro");
    for (id, body) in [
        (
            "h-1",
            json!({ "type": "reply", "ticket": number, "text": SECRETS }),
        ),
        (
            "h-2",
            json!({ "type": "note", "ticket": number, "text": SECRETS }),
        ),
    ] {
        program.tells(id, body).await.expect(StatusCode::OK);
    }
    nothing_leaked(&shop, "a hook");
    bridge
        .acts(&conversation, "close")
        .await
        .expect(StatusCode::OK);
    let score = json!({ "score": 2, "comment": planted("scored") });
    let told = visitor.posts(&visitor.path("satisfaction"), score).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
    nothing_leaked(&shop, "a score");
    let letter = [
        ("key", "key-00000002"),
        ("text", &planted("letter")[..]),
        ("contact", "keep.me@example.com"),
    ];
    let told = sends_form(&visitor, "/help/en/write", &letter).await;
    assert_eq!(told.status, StatusCode::OK);
    nothing_leaked(&shop, "a letter");

    let mei = shop.colleague("Mei", Role::Lead).await;
    let brought = json!({ "questions": [planted("brought")] });
    let path = "/v1/staff/insights/review/questions";
    mei.posts(path, brought).await.expect(StatusCode::OK);
    let shown = mei.gets("/v1/staff/insights/review").await;
    assert!(!CANARIES.iter().any(|canary| shown.text.contains(canary)));
    nothing_leaked(&shop, "a question that staff brought");

    let bytes = bytes_in(shop.folder.path());
    assert!(holds(&bytes, &conversation), "nothing was searched");
}

#[tokio::test]
async fn the_visitor_is_told_at_once_what_was_hidden() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    let asked = visitor.asks(&planted("asked")).await;
    for kind in [
        "seed-phrase",
        "wallet-key",
        "one-time-code",
        "card",
        "phone",
        "mail",
    ] {
        let hidden = asked["hidden"].as_array().unwrap();
        assert!(hidden.contains(&json!(kind)), "{kind}: {hidden:?}");
    }
    let notice = asked["notice"].as_str().unwrap();
    assert!(notice.contains("a card number"), "{notice}");
    let asked = visitor.asks("How long does shipping take?").await;
    assert_eq!(
        (&asked["hidden"], &asked["notice"]),
        (&json!([]), &Value::Null)
    );

    visitor.opens().await;
    let exchange = visitor
        .says("How long does shipping take? My card is 4111 1111 1111 1111")
        .await;
    let said = system_texts(&exchange["notes"]);
    assert!(
        said.len() == 1 && said[0].contains("a card number"),
        "{said:?}"
    );
    assert_eq!(
        exchange["question"]["text"],
        "How long does shipping take? My card is ⟦card⟧"
    );
    assert!(
        exchange["reply"].is_object(),
        "the question is answered all the same"
    );
    let seen = visitor.rereads().await;
    assert_eq!(system_texts(&seen["messages"]), said);
    let mut korean = shop.visitor("ko");
    korean.opens().await;
    let exchange = korean
        .says("배송이 얼마나 걸려요? 인증번호는 48291357 입니다")
        .await;
    let said = system_texts(&exchange["notes"]);
    assert!(said.len() == 1 && said[0].contains("인증"), "{said:?}");
}

#[tokio::test]
async fn staff_send_contacts_and_order_links() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("my box is torn").await;
    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    let text = "Your order: https://tea.example/orders/20261122-004417?from=chat\n\nMail help@tea.example or call +82 2-345-6789.";
    let told = sora.says(&visitor.conversation, text).await;
    assert_eq!(told.expect(StatusCode::OK)["said"]["text"], text);
}

#[tokio::test]
async fn lines_survive_from_visitor_to_agent_and_back() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let list = "How long does shipping take?\n\n1. green tea\n2. black tea";
    let exchange = visitor.says(&list.replace('\n', "\r\n")).await;
    assert_eq!(exchange["question"]["text"], list);
    assert!(
        exchange["reply"].is_object(),
        "it is answered as one question"
    );
    visitor.wants_a_person("one\ntwo").await;
    let path = format!("/v1/staff/conversations/{}", visitor.conversation);
    let seen = sora.gets(&path).await.expect(StatusCode::OK);
    assert_eq!(seen["messages"][0]["text"], list);
    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    sora.says(&visitor.conversation, "1. today\r\n2. tomorrow")
        .await
        .expect(StatusCode::OK);
    let seen = visitor.rereads().await;
    let said = seen["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(said["text"], "1. today\n2. tomorrow");
}

/// A photograph of four by three pixels that says where it was taken.
fn photograph() -> Vec<u8> {
    let segment = |marker: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], payload].concat()
    };
    [
        vec![0xff, 0xd8],
        segment(
            0xe1,
            b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0GPS 22.2819N 114.1582E",
        ),
        segment(0xdb, &[1; 65]),
        segment(0xc0, &[8, 0, 3, 0, 4, 1, 1, 0x11, 0]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![1, 2, 3, 0xff, 0xd9],
    ]
    .concat()
}

#[tokio::test]
async fn a_picture_does_not_say_where_it_was_taken() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    assert!(holds(&photograph(), "GPS"));
    let file = visitor.attaches("box.jpg", &photograph()).await;
    let file = file.expect(StatusCode::CREATED);
    assert_eq!((&file["width"], &file["height"]), (&json!(4), &json!(3)));
    let served = visitor.gets(file["address"].as_str().unwrap()).await;
    assert_eq!(file["bytes"], served.bytes.len());
    assert!(!holds(&served.bytes, "GPS") && served.bytes.ends_with(&[1, 2, 3, 0xff, 0xd9]));
    assert!(!holds(&bytes_in(shop.folder.path()), "114.1582E"));
    let cut = &photograph()[..photograph().len() - 2];
    visitor
        .attaches("box.jpg", cut)
        .await
        .problem(415, "file-refused");
}
