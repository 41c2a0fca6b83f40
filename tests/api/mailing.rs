//! Mail against a real SMTP server on a loopback port: in the reader's language, once, until it is taken or refused.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use mondo::desk::{MailSettings, Mailer};
use mondo::language::Language;
use mondo::locale::Locale;
use mondo::signing::Secret;
use mondo::staff::Role;
use mondo::store::ContractReview;
use mondo::time::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::actors::{Shop, Visitor};

/// A mail as the server was handed it.
#[derive(Debug, Clone)]
pub struct Received {
    pub to: String,
    pub raw: String,
}

impl Received {
    pub fn header(&self, name: &str) -> String {
        let unfolded = self.raw.replace("\r\n ", " ");
        let head = unfolded.split("\r\n\r\n").next().unwrap().to_owned();
        let begin = format!("{name}: ");
        let line = head.lines().find(|line| line.starts_with(&begin));
        line.map_or_else(String::new, |line| line[begin.len()..].to_owned())
    }

    pub fn subject(&self) -> String {
        // Encoded words (RFC 2047), which stand one after the other.
        let words = self.header("Subject");
        let mut text = String::new();
        for (place, word) in words.split("=?utf-8?b?").enumerate() {
            match place {
                0 => text.push_str(word),
                _ => {
                    let (encoded, rest) = word.split_once("?=").unwrap();
                    text.push_str(&String::from_utf8(base64(encoded)).unwrap());
                    text.push_str(rest.trim_end());
                }
            }
        }
        text
    }

    /// Paths of the links in the text.
    pub fn links(&self) -> Vec<String> {
        let text = self.text();
        let links = text.split("https://help.tea.example").skip(1);
        links
            .map(|link| link.lines().next().unwrap().to_owned())
            .collect()
    }

    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The part of a kind, as its reader sees it.
    pub fn part(&self, kind: &str) -> String {
        let whole = self.header("Content-Type");
        let boundary = whole.split("boundary=\"").nth(1).unwrap();
        let boundary = format!("--{}", boundary.split('"').next().unwrap());
        let mut parts = self.raw.split(&boundary).skip(1);
        let part = parts.find(|part| part.contains(&format!("Content-Type: {kind}")));
        let (head, body) = part.unwrap().split_once("\r\n\r\n").unwrap();
        let encoding = head.split("Content-Transfer-Encoding: ").nth(1);
        let bytes = match encoding
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default()
        {
            "base64" => base64(&body.replace("\r\n", "")),
            "quoted-printable" => quoted(body),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
    }
}

fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for value in text.chars().filter_map(|letter| LETTERS.find(letter)) {
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

fn quoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'=' => {
                let digits = std::str::from_utf8(&after[..2]).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &after[2..];
            }
            other => {
                bytes.push(*other);
                rest = after;
            }
        }
    }
    bytes
}

/// A mail server: it answers the recipients with what it is told to, and takes the rest.
pub struct MailServer {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let answers = Arc::<Mutex<VecDeque<&'static str>>>::default();
        let (kept, planned) = (Arc::clone(&received), Arc::clone(&answers));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept), Arc::clone(&planned)));
            }
        });
        Self {
            url,
            received,
            answers,
        }
    }

    pub fn will_answer(&self, answer: &'static str) {
        self.answers.lock().unwrap().push_back(answer);
    }

    pub fn takes(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

async fn serve(
    stream: TcpStream,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 tea.example ESMTP\r\n").await.unwrap();
    let mut to = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let command = line.split([' ', ':']).next().unwrap().to_uppercase();
        let answer = match command.as_str() {
            "EHLO" => "250-tea.example\r\n250 8BITMIME",
            "RCPT" => {
                to = line.clone();
                let planned = answers.lock().unwrap().pop_front();
                planned.unwrap_or("250 fine")
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut raw = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    raw.push_str("\r\n");
                }
                let to = to.clone();
                received.lock().unwrap().push(Received { to, raw });
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        let answer = format!("{answer}\r\n");
        if write.write_all(answer.as_bytes()).await.is_err() || command == "QUIT" {
            return;
        }
    }
}

async fn shop_with(server: &MailServer) -> Shop {
    let settings = MailSettings {
        from: "Tea help <help@tea.example>".to_owned(),
        smtp_url: Secret::new(server.url.clone()),
        ..MailSettings::default()
    };
    let mailer = Mailer::new(&settings, "Tea", "https://help.tea.example").unwrap();
    Shop::open_with_mailer(mailer).await
}

async fn wants_a_person(visitor: &Visitor, contact: &str) -> String {
    let wish = json!({ "reason": "", "contact": contact });
    let ticket = visitor.posts(&visitor.path("escalate"), wish).await;
    ticket.expect(StatusCode::OK)["number"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn visitors_are_told_in_their_language() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let workplace = shop.app.workplace();
    for (place, (language, opened, replied, solved)) in [
        (
            "en",
            "Thank you for writing",
            "There is an answer",
            "is solved",
        ),
        ("zh-CN", "感谢您的来信", "有新的回复", "已解决"),
        ("zh-TW", "感謝您的來信", "有新的回覆", "已解決"),
        (
            "ja",
            "ありがとうございます",
            "ご返信いたしました",
            "解決済み",
        ),
        ("ko", "문의해 주셔서", "답변이 등록", "해결되었습니다"),
    ]
    .into_iter()
    .enumerate()
    {
        let (written, address) = (
            format!("Ann{place}@Example.com"),
            format!("ann{place}@example.com"),
        );
        let mut visitor = shop.visitor(language);
        visitor.opens_on(language).await;
        let number = wants_a_person(&visitor, &written).await;
        // Asking again opens nothing and tells nothing.
        wants_a_person(&visitor, &address).await;
        assert_eq!(workplace.send_mail(shop.app.now()).await.unwrap(), 1);
        assert_eq!(workplace.send_mail(shop.app.now()).await.unwrap(), 0);
        let [mail] = &server.takes()[..] else {
            panic!()
        };
        assert_eq!(mail.to, format!("RCPT TO:<{address}>"));
        assert!(mail.subject().contains(&number), "{}", mail.subject());
        assert!(mail.text().contains(opened), "{}", mail.text());
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        let links = mail.links();
        let [status, confirm] = &links[..] else {
            panic!("{links:?}")
        };
        assert_eq!(visitor.gets(status).await.status, StatusCode::OK);
        confirms(&visitor, confirm).await;

        // An answer is told when the visitor is not seen in the chat for a minute, together with what follows it.
        let id = &visitor.conversation;
        sora.acts(id, "claim").await.expect(StatusCode::OK);
        sora.says(id, "first line\n.\nlast line")
            .await
            .expect(StatusCode::OK);
        sora.says(id, "お待ちください").await.expect(StatusCode::OK);
        assert_eq!(workplace.send_mail(shop.app.now()).await.unwrap(), 0);
        let later = shop.app.now().later_by(61_000);
        assert_eq!(workplace.send_mail(later).await.unwrap(), 1);
        let [mail] = &server.takes()[..] else {
            panic!()
        };
        assert!(mail.text().contains(replied), "{}", mail.text());
        assert!(
            mail.text().contains("Sora:\nfirst line\n.\nlast line\n"),
            "{}",
            mail.text()
        );
        assert!(mail.text().contains("お待ちください"));
        sora.says(id, "ok?").await.expect(StatusCode::OK);
        visitor.says("ok").await;
        assert_eq!(
            workplace.send_mail(later.later_by(61_000)).await.unwrap(),
            0
        );
        assert!(server.takes().is_empty(), "they have read it in the chat");

        sora.acts(id, "close").await.expect(StatusCode::OK);
        assert_eq!(workplace.send_mail(later).await.unwrap(), 1);
        let [mail] = &server.takes()[..] else {
            panic!()
        };
        assert!(mail.text().contains(solved), "{}", mail.text());
        let path = format!("/v1/staff/tickets/{number}");
        let seen = sora.gets(&path).await.expect(StatusCode::OK);
        let states: Vec<&Value> = seen["mails"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mail| &mail["state"])
            .collect();
        assert_eq!(states, ["sent", "sent", "dropped", "sent"]);
    }
}

/// Presses the button of the page that a first mail leads to.
async fn confirms(visitor: &Visitor, link: &str) {
    let page = visitor.gets(link).await;
    assert_eq!(page.status, StatusCode::OK, "{link}");
    assert!(page.text.contains("method=\"post\""), "{}", page.text);
    let thanks = visitor.posts(link, json!(null)).await;
    assert_eq!(thanks.status, StatusCode::OK);
    assert!(!thanks.text.contains("method=\"post\""), "{}", thanks.text);
}

#[tokio::test]
async fn a_strangers_address_gets_one_mail_until_its_reader_confirms_it() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let workplace = shop.app.workplace();
    let mut wishes = Vec::new();
    for _ in 0..20 {
        let mut visitor = shop.visitor("en");
        visitor.opens().await;
        wants_a_person(&visitor, "victim@example.com").await;
        wishes.push(visitor);
    }
    let mut sent = 0;
    for _ in 0..3 {
        sent += workplace.send_mail(shop.app.now()).await.unwrap();
    }
    assert_eq!(sent, 1, "twenty tickets and one address");
    let first = server.takes().remove(0);

    // Even what people answer waits: following the link alone, as programs do, confirms nothing.
    let visitor = &wishes[0];
    let id = &visitor.conversation;
    sora.acts(id, "claim").await.expect(StatusCode::OK);
    sora.says(id, "we looked into it")
        .await
        .expect(StatusCode::OK);
    let confirm = first.links().pop().unwrap();
    assert_eq!(visitor.gets(&confirm).await.status, StatusCode::OK);
    let later = shop.app.now().later_by(120_000);
    assert_eq!(workplace.send_mail(later).await.unwrap(), 0);

    confirms(visitor, &confirm).await;
    let later = later.later_by(120_000);
    assert_eq!(workplace.send_mail(later).await.unwrap(), 1);
    let [answer] = &server.takes()[..] else {
        panic!()
    };
    assert!(answer.text().contains("we looked into it"));
    assert!(!answer.text().contains("/mail/"), "it is confirmed");

    // A link that was changed is refused, and one for something else opens nothing here.
    let forged = confirm.replace("/mail/", "/mail/0");
    assert_eq!(visitor.gets(&forged).await.status, StatusCode::NOT_FOUND);
    let status = first.links().remove(0).replace("/t/", "/mail/");
    assert_eq!(
        visitor.posts(&status, json!(null)).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let workplace = shop.app.workplace();
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let number = wants_a_person(&visitor, "ann@example.com").await;
    let mail_of = async |number: &str| {
        let path = format!("/v1/staff/tickets/{number}");
        sora.gets(&path).await.expect(StatusCode::OK)["mails"][0].clone()
    };
    server.will_answer("451 come back later");
    let now = shop.app.now();
    assert_eq!(workplace.send_mail(now).await.unwrap(), 0);
    let waiting = mail_of(&number).await;
    assert_eq!(
        (&waiting["state"], &waiting["attempts"]),
        (&json!("waiting"), &json!(1))
    );
    assert!(
        waiting["error"].as_str().unwrap().contains("451"),
        "{waiting}"
    );
    assert_eq!(
        workplace.send_mail(now.later_by(29_000)).await.unwrap(),
        0,
        "too early"
    );
    server.will_answer("451 still busy");
    assert_eq!(workplace.send_mail(now.later_by(31_000)).await.unwrap(), 0);
    assert_eq!(
        workplace.send_mail(now.later_by(62_000)).await.unwrap(),
        0,
        "twice the pause"
    );

    // What waits survives a restart, and comes under the name it had.
    let shop = shop.reopen_with_mailer(&server.url).await;
    let workplace = shop.app.workplace();
    assert_eq!(workplace.send_mail(now.later_by(120_000)).await.unwrap(), 1);
    let [mail] = &server.takes()[..] else {
        panic!()
    };
    let id = waiting["id"].as_str().unwrap();
    let name = mail.header("Message-ID");
    assert!(name.starts_with(&format!("<{id}.")), "{name}");
    assert!(name.ends_with("@tea.example>"), "{name}");

    let sora = shop.colleague("Noor", Role::Agent).await;
    let mut other = shop.visitor("en");
    other.opens().await;
    let number = wants_a_person(&other, "nobody@example.com").await;
    server.will_answer("550 no such mailbox");
    assert_eq!(workplace.send_mail(shop.app.now()).await.unwrap(), 0);
    assert_eq!(
        workplace.send_mail(now.later_by(86_400_000)).await.unwrap(),
        0
    );
    let path = format!("/v1/staff/tickets/{number}");
    let seen = sora.gets(&path).await.expect(StatusCode::OK);
    let failed = &seen["mails"][0];
    assert_eq!(
        (&failed["state"], &failed["attempts"]),
        (&json!("failed"), &json!(1))
    );
    assert!(
        failed["error"].as_str().unwrap().contains("550"),
        "{failed}"
    );
    let failures = sora.gets("/v1/staff/mails?state=failed").await;
    let failures = failures.expect(StatusCode::OK);
    assert_eq!(failures["mails"].as_array().unwrap().len(), 1);
    assert_eq!(failures["mails"][0]["ticket"], number);
    let all = sora.gets("/v1/staff/mails").await.expect(StatusCode::OK);
    let all = all["mails"].as_array().unwrap().clone();
    assert!(all.len() > 1, "those in other states too");
    assert_eq!(all[0]["mail"]["state"], "failed", "the newest first");
    let unknown = sora.gets("/v1/staff/mails?state=lost").await;
    assert_eq!(unknown.problem(400, "bad-request")["field"], "query");
    assert!(server.takes().is_empty());
}

#[tokio::test]
async fn colleagues_are_told_of_work_and_of_broken_promises() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kim = shop.colleague("Kim", Role::Agent).await;
    let workplace = shop.app.workplace();
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let number = wants_a_person(&visitor, "").await;
    let work = format!("/v1/staff/tickets/{number}/work");
    kim.posts(&work, json!({ "watch": true }))
        .await
        .expect(StatusCode::OK);
    lead.posts(&work, json!({ "watch": true }))
        .await
        .expect(StatusCode::OK);
    let acts = format!("/v1/staff/conversations/{}/acts", visitor.conversation);
    lead.posts(&acts, json!({ "act": "assign", "to": sora.id }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(workplace.send_mail(shop.app.now()).await.unwrap(), 2);
    let told = |received: Vec<Received>| -> Vec<String> {
        let mut told: Vec<String> = received.into_iter().map(|mail| mail.to).collect();
        told.sort();
        told
    };
    let expected = ["RCPT TO:<kim@example.com>", "RCPT TO:<sora@example.com>"];
    assert_eq!(told(server.takes()), expected, "whoever did it knows");

    let tomorrow = shop.app.now().later_by(24 * 3_600_000);
    workplace.run_timers(tomorrow).await.unwrap();
    workplace.send_mail(tomorrow).await.unwrap();
    let received = server.takes();
    assert!(
        received[0].text().contains("promised"),
        "{}",
        received[0].text()
    );
    let told = told(received);
    assert!(
        told.contains(&"RCPT TO:<mei@example.com>".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"RCPT TO:<kim@example.com>".to_owned()),
        "{told:?}"
    );
}

#[tokio::test]
async fn people_are_told_before_it_is_too_late() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kim = shop.colleague("Kim", Role::Agent).await;
    let away = json!({ "availability": "away", "reason": "leave" });
    kim.puts("/v1/staff/account/availability", away)
        .await
        .expect(StatusCode::OK);
    let only = |kinds: Value| json!({ "mail": kinds });
    lead.puts("/v1/staff/account/notices", only(json!(["mentioned"])))
        .await
        .expect(StatusCode::OK);
    lead.puts("/v1/staff/account/notices", only(json!(["weather"])))
        .await
        .problem(400, "bad-request");
    // Whoever has the console in a language is written to in it.
    sora.gets("/console/preferences?to=/console&language=ko")
        .await;
    let workplace = shop.app.workplace();
    let agent = workplace.agent(&sora.id.parse().unwrap()).await.unwrap();
    workplace.reads_in(&agent, Locale::Korean).await.unwrap();

    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let number = wants_a_person(&visitor, "").await;
    let later = |minutes: i64| shop.app.now().later_by(minutes * 60_000);
    let run = async |at: Timestamp| {
        workplace.run_timers(at).await.unwrap();
        workplace.send_mail(at).await.unwrap();
        server.takes()
    };
    assert!(run(later(4)).await.is_empty(), "it may yet be looked at");
    let told = run(later(6)).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].to, "RCPT TO:<sora@example.com>");
    assert!(
        told[0].subject().contains("새 문의"),
        "{}",
        told[0].subject()
    );
    assert!(told[0].text().contains(&number));
    assert!(run(later(7)).await.is_empty(), "once");

    // What happens within ten minutes comes in one mail.
    for _ in 0..3 {
        let mut another = shop.visitor("en");
        another.opens().await;
        wants_a_person(&another, "").await;
    }
    assert!(run(later(12)).await.is_empty());
    let told = run(later(18)).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].subject().contains("3건"), "{}", told[0].subject());
    let links = told[0].links();
    assert_eq!(links.len(), 3, "{links:?}");

    // A ticket that somebody has looked at is no news.
    let mut seen = shop.visitor("en");
    seen.opens().await;
    wants_a_person(&seen, "").await;
    let look = format!("/v1/staff/conversations/{}/presence", seen.conversation);
    sora.puts(&look, json!({})).await;
    assert!(run(later(40)).await.is_empty());

    // A note that names somebody tells them.
    let work = format!("/v1/staff/tickets/{number}/work");
    sora.posts(
        &work,
        json!({ "note": "@mei please look, and not @nobody" }),
    )
    .await
    .expect(StatusCode::OK);
    let told = run(later(41)).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].to, "RCPT TO:<mei@example.com>");
    assert!(told[0].text().contains(&format!("{number} mentions you")));
}

#[tokio::test]
async fn nobody_writes_headers() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    for contact in [
        "ann@example.com\r\nBcc: eve@example.com",
        "ann@example.com, eve@example.com",
        "ann@example.com>\r\nRCPT TO:<eve@example.com",
        "+82 10 1234 5678",
    ] {
        let mut visitor = shop.visitor("en");
        visitor.opens().await;
        let wish = json!({ "reason": "", "contact": contact });
        let told = visitor.posts(&visitor.path("escalate"), wish).await;
        // A telephone number is taken; what is no single address is refused.
        match contact.contains('@') {
            true => told.problem(422, "contact-refused"),
            false => told.expect(StatusCode::OK),
        };
        shop.app
            .workplace()
            .send_mail(shop.app.now())
            .await
            .unwrap();
        let written = server.takes();
        assert!(
            written.is_empty(),
            "{contact:?} was written to: {written:?}"
        );
    }
    // Without a mail server nothing is put by for one.
    let quiet = Shop::open().await;
    let sora = quiet.colleague("Sora", Role::Agent).await;
    let mut visitor = quiet.visitor("en");
    visitor.opens().await;
    let number = wants_a_person(&visitor, "ann@example.com").await;
    let path = format!("/v1/staff/tickets/{number}");
    let seen = sora.gets(&path).await.expect(StatusCode::OK);
    assert_eq!(seen["mails"], json!([]));
}

impl Shop {
    async fn reopen_with_mailer(self, url: &str) -> Self {
        let Self {
            app, store, folder, ..
        } = self;
        drop((app, store));
        let settings = MailSettings {
            from: "help@tea.example".to_owned(),
            smtp_url: Secret::new(url),
            ..MailSettings::default()
        };
        let mailer = Mailer::new(&settings, "Tea", "").unwrap();
        Self::open_on(folder, mailer).await
    }
}

/// The parts of a mail that comes as text and as a page.
fn has_page(mail: &Received) -> bool {
    mail.raw.contains("multipart/alternative") && mail.raw.contains("text/html")
}

#[tokio::test]
async fn who_sets_thresholds_is_told_that_the_promise_is_broken() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    let mei = shop.colleague("Mei", Role::Lead).await;
    shop.colleague("Aki", Role::Author).await;
    let now = shop.app.now();
    let review = ContractReview {
        language: Language::Korean,
        threshold: 0.65,
        judged: 40,
        right: 33,
        bound: 0.69,
        keeping: "broken".to_owned(),
        changed_to: Some(0.8),
        created: now,
    };
    let workplace = shop.app.workplace();
    workplace
        .tell_of_broken_contract(&[review], 0.95, now)
        .await
        .unwrap();
    // A server that is busy is asked again; the letter comes once.
    server.will_answer("451 later");
    assert_eq!(workplace.send_staff_letters(now).await.unwrap(), 0);
    let later = now.later_by(3_600_000);
    assert_eq!(workplace.send_staff_letters(later).await.unwrap(), 1);
    assert_eq!(workplace.send_staff_letters(later).await.unwrap(), 0);
    let told = server.takes();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].to, "RCPT TO:<mei@example.com>");
    assert_eq!(told[0].subject(), "Answers are right less often than 95 %");
    let text = told[0].text();
    for part in [
        "33 of 40",
        "0.80",
        "한국어",
        "https://help.tea.example/console/contract",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(told[0].header("MIME-Version"), "1.0");
    drop(mei);
}

#[tokio::test]
async fn the_report_of_a_month_is_sent_once_it_is_over() {
    let server = MailServer::start().await;
    let shop = shop_with(&server).await;
    shop.colleague("Mei", Role::Lead).await;
    let opening = shop.app.now();
    shop.set_clock(opening.days_earlier(40));
    shop.visitor("en").asks("When is the shop open?").await;
    shop.set_clock(opening);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let Shop {
        app, store, folder, ..
    } = shop;
    let app = app.with_reports(true);
    let serving = tokio::spawn(mondo::http::serve(
        listener,
        async {
            let _ = stopped.await;
        },
        app,
    ));
    let waits = async {
        loop {
            let told = server.takes();
            if let Some(report) = told.into_iter().next() {
                return report;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let report = tokio::time::timeout(std::time::Duration::from_secs(60), waits)
        .await
        .expect("it is sent");
    assert!(report.subject().contains("2026-10"), "{}", report.subject());
    assert!(has_page(&report), "{}", report.raw);
    let _ = stop.send(());
    let _ = serving.await;
    drop((store, folder));
}
