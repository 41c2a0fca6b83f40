//! Letters: visitors write by mail, and are answered by mail, once, in their language, and never in somebody else's name.

use axum::http::StatusCode;
use mondo::desk::{MailSettings, Mailer};
use mondo::ids::EndpointId;
use mondo::pipeline::Thresholds;
use mondo::relay::{Relay, WebhookSettings};
use mondo::signing::{Secret, SigningSecret};
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Told, Visitor, engine_with, png};
use crate::channels::exchange::Exchange;
use crate::colleagues::Colleague;
use crate::hiding::{nothing_leaked, planted};
use crate::mailing::{MailServer, Received};

/// A shop with a mailbox, whose mails a program posts.
struct PostOffice {
    shop: Shop,
    server: MailServer,
    relay: Relay,
    admin: Colleague,
    door: Visitor,
    outlet: EndpointId,
    secret: SigningSecret,
}

const HELP: &str = "help@tea.example";

fn mailer(server: &MailServer) -> Option<Mailer> {
    let settings = MailSettings {
        from: format!("Tea help <{HELP}>"),
        smtp_url: Secret::new(server.url.clone()),
        ..MailSettings::default()
    };
    let mailer = Mailer::new(&settings, "Tea", "https://help.tea.example").unwrap();
    mailer.map(|mailer| mailer.answered_at(HELP))
}

impl PostOffice {
    async fn open() -> Self {
        let server = MailServer::start().await;
        let shop = Shop::open_with_mailer(mailer(&server)).await;
        Self::in_shop(shop, server).await
    }

    async fn in_shop(shop: Shop, server: MailServer) -> Self {
        let now = shop.app.now();
        let workplace = shop.app.workplace();
        let outlet = workplace.mail_outlet(HELP, now).await.unwrap();
        assert_eq!(workplace.mail_outlet(HELP, now).await.unwrap(), outlet);
        let settings = WebhookSettings::default();
        let relay = Relay::new(shop.store.clone(), settings, "https://help.tea.example")
            .with_letters(workplace.letter_writer());
        let admin = shop.colleague("Ada", Role::Admin).await;
        let path = format!("/v1/staff/webhooks/{outlet}/secret");
        let told = admin.posts(&path, json!({})).await.expect(StatusCode::OK);
        let secret = SigningSecret::parse(told["secret"].as_str().unwrap()).unwrap();
        Self {
            door: shop.visitor(""),
            shop,
            server,
            relay,
            admin,
            outlet,
            secret,
        }
    }

    async fn posts(&self, mail: impl AsRef<[u8]>) -> Told {
        self.posts_signed(&self.secret, mail).await
    }

    async fn posts_signed(&self, secret: &SigningSecret, mail: impl AsRef<[u8]>) -> Told {
        let seconds = self.shop.app.now().as_millis() / 1_000;
        let signature = secret.sign("m1", seconds, mail.as_ref());
        let path = format!("/v1/channels/{}/mail", self.outlet);
        let request = self
            .door
            .request("POST", &path)
            .header("content-type", "message/rfc822")
            .header("webhook-id", "m1")
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature);
        let body = mail.as_ref().to_vec();
        self.door.sends(request.body(body.into()).unwrap()).await
    }

    /// Hands a mail in that is taken, and returns its conversation.
    async fn takes(&self, mail: impl AsRef<[u8]>) -> String {
        let told = self.posts(mail).await.expect(StatusCode::OK);
        assert_eq!(told["outcome"], "taken", "{told}");
        told["conversation"].as_str().unwrap().to_owned()
    }

    /// Sends what is due, and returns what the mail server was handed.
    async fn sends(&self) -> Vec<Received> {
        self.relay.deliver_due(self.shop.app.now()).await.unwrap();
        let workplace = self.shop.app.workplace();
        workplace.send_mail(self.shop.app.now()).await.unwrap();
        self.server.takes()
    }

    async fn sends_one(&self) -> Received {
        let mut mails = self.sends().await;
        assert_eq!(mails.len(), 1, "{mails:#?}");
        mails.remove(0)
    }

    async fn said_in(&self, conversation: &str) -> Vec<(String, String)> {
        let path = format!("/v1/staff/conversations/{conversation}");
        let view = self.admin.gets(&path).await.expect(StatusCode::OK);
        let messages = view["messages"].as_array().unwrap().clone();
        let text = |message: &Value, name: &str| message[name].as_str().unwrap().to_owned();
        messages
            .iter()
            .map(|message| (text(message, "author"), text(message, "text")))
            .collect()
    }
}

/// A mail of plain text.
fn letter(from: &str, id: &str, head: &str, text: &str) -> String {
    format!(
        "From: {from}\r\nTo: {HELP}\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         {head}\r\n{}\r\n",
        text.replace('\n', "\r\n")
    )
}

/// The address that answers to a mail go to, without its name.
fn reply_to(mail: &Received) -> String {
    let header = mail.header("Reply-To");
    let address = header.split('<').nth(1).unwrap();
    address.trim_end_matches('>').to_owned()
}

/// An answer to a mail, as programs write it.
fn answer_to(mail: &Received, from: &str, id: &str, text: &str) -> String {
    let told = mail.header("Message-ID");
    let head = format!(
        "In-Reply-To: {told}\r\nReferences: {} {told}\r\nSubject: Re: tea\r\n",
        mail.header("References")
    );
    letter(from, id, &head, text)
        .replace(&format!("To: {HELP}"), &format!("To: {}", reply_to(mail)))
}

#[tokio::test]
async fn a_question_is_answered_by_mail_once() {
    let office = PostOffice::open().await;
    for (place, (question, subject, answer, language)) in [
        ("How long does delivery take?", "Delivery", "arrive 3 days later", "en"),
        ("茶叶怎么退货？", "退货", "14 天内寄回", "zh-Hans"),
        ("茶葉怎麼退貨？", "退貨", "14 天內寄回", "zh-Hant"),
        (
            "お世話になっております。山田と申します。\n配送にはどのくらいかかりますか。\nよろしくお願いいたします。",
            "配送について",
            "3日後",
            "ja",
        ),
        ("안녕하세요,\n배송은 얼마나 걸려요?\n감사합니다.", "배송", "3일", "ko"),
    ]
    .into_iter()
    .enumerate()
    {
        let from = format!("Ann <ann{place}@customer.example>");
        let id = format!("q{place}@customer.example");
        let mail = letter(&from, &id, &format!("Subject: {subject}\r\n"), question);
        let first = office.posts(&mail).await.expect(StatusCode::OK);
        assert_eq!((&first["outcome"], &first["state"]), (&json!("taken"), &json!("bot")));
        let again = office.posts(&mail).await.expect(StatusCode::OK);
        assert_eq!(again["conversation"], first["conversation"]);
        assert_eq!(again["state"], Value::Null, "nothing was said again");
        let told = office.sends_one().await;
        assert_eq!(told.to, format!("RCPT TO:<ann{place}@customer.example>"));
        assert!(told.text().contains(answer), "{}", told.text());
        assert_eq!(told.subject(), format!("Re: {subject}"));
        assert_eq!(told.header("In-Reply-To"), format!("<{id}>"));
        assert_eq!(told.header("MIME-Version"), "1.0");
        assert_eq!(told.header("Auto-Submitted"), "auto-replied");
        assert_eq!(told.header("X-Auto-Response-Suppress"), "All");
        assert!(reply_to(&told).starts_with("help+"), "{}", told.raw);
        let page = told.part("text/html");
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
        assert!(page.contains("<a href=\"https://help.tea.example/help/"), "{page}");
        let id = first["conversation"].as_str().unwrap();
        let said = office.said_in(id).await;
        assert_eq!(said.len(), 2, "{said:?}");
    }
    assert!(office.sends().await.is_empty());
}

#[tokio::test]
async fn options_are_chosen_by_a_number_in_the_answer() {
    let server = MailServer::start().await;
    let mailer = mailer(&server);
    let shop = Shop::open_asking(engine_with(Thresholds::default()), |desk| desk).await;
    let Shop {
        store,
        engine,
        folder,
        ..
    } = shop;
    let desk = mondo::desk::Desk::new(engine, store.clone(), Default::default());
    let desk = desk.with_mailer(mailer).await.unwrap();
    let office = PostOffice::in_shop(Shop::open_over(folder, store, move |_| desk), server).await;
    let conversation = office
        .takes(letter(
            "ann@customer.example",
            "1@c.example",
            "Subject: hello\r\n",
            "tea",
        ))
        .await;
    let asked = office.sends_one().await;
    let lines: Vec<String> = asked.text().lines().map(str::to_owned).collect();
    assert!(
        lines.iter().any(|line| line.starts_with("1. ")),
        "{lines:?}"
    );
    let second = lines.iter().find(|line| line.starts_with("2. ")).unwrap();
    assert!(
        asked.text().contains("Reply with the number"),
        "{}",
        asked.text()
    );
    let answer = answer_to(
        &asked,
        "ann@customer.example",
        "2@c.example",
        "2\n\n> 1. one thing\n> 2. another",
    );
    assert_eq!(office.takes(answer).await, conversation);
    let told = office.sends_one().await;
    assert_eq!(office.said_in(&conversation).await[2].1, "2");
    assert!(
        second.contains("tea ceremony") && told.text().contains("Every first Saturday"),
        "{second} {}",
        told.text()
    );
}

#[tokio::test]
async fn what_is_not_sure_is_a_ticket_that_lives_on_by_mail() {
    let office = PostOffice::open().await;
    let ann = "ann@customer.example";
    let asked = letter(
        ann,
        "1@c.example",
        "Subject: My parcel\r\n",
        "Parcel 12345678 is lost. My card is 4111 1111 1111 1111.\n\n-- \nAnn",
    );
    let conversation = office.takes(asked).await;
    let opened = office.sends_one().await;
    assert!(
        opened.subject().starts_with("Re: [M-0000"),
        "{}",
        opened.subject()
    );
    assert!(
        opened.subject().ends_with("My parcel"),
        "{}",
        opened.subject()
    );
    let links = opened.links();
    assert!(
        links.iter().any(|link| link.starts_with("/t/")),
        "{links:?}"
    );
    let said = office.said_in(&conversation).await;
    assert!(
        said[0].1.contains("⟦card⟧") && !said[0].1.contains("4111"),
        "{said:?}"
    );
    assert!(!said[0].1.contains("Ann"), "{said:?}");

    // Whoever takes it over is no news; what they say is.
    office
        .admin
        .acts(&conversation, "claim")
        .await
        .expect(StatusCode::OK);
    assert!(office.sends().await.is_empty());
    office
        .admin
        .says(&conversation, "We look for it.")
        .await
        .expect(StatusCode::OK);
    let answered = office.sends_one().await;
    assert!(
        answered.text().starts_with("We look for it.\n\nAda"),
        "{}",
        answered.text()
    );
    assert_eq!(answered.header("Auto-Submitted"), "");
    assert_eq!(answered.header("References"), "<1@c.example>");

    // The answer comes back, by its token; a mail that only names an earlier one of its writer does too.
    let answer = answer_to(
        &answered,
        ann,
        "2@c.example",
        "Thank you, I wait.\n\nOn Monday, Tea wrote:\n> We look for it.",
    );
    assert_eq!(office.takes(answer).await, conversation);
    let more = letter(
        ann,
        "3@c.example",
        "In-Reply-To: <2@c.example>\r\nSubject: Re: tea\r\n",
        "It is there!",
    );
    assert_eq!(office.takes(more).await, conversation);
    let said: Vec<String> = office
        .said_in(&conversation)
        .await
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert!(
        said.ends_with(&["Thank you, I wait.".to_owned(), "It is there!".to_owned()]),
        "{said:?}"
    );
    assert!(office.sends().await.is_empty(), "a person holds it");

    // It is closed and solved, and the next letter begins again.
    office
        .admin
        .acts(&conversation, "close")
        .await
        .expect(StatusCode::OK);
    let solved = office.sends_one().await;
    assert!(solved.text().contains("is solved"), "{}", solved.text());
    assert_eq!(solved.header("In-Reply-To"), "<3@c.example>");
    assert!(
        solved
            .header("References")
            .ends_with("<1@c.example> <3@c.example>"),
        "{}",
        solved.header("References")
    );
    assert_eq!(reply_to(&solved), reply_to(&opened));
    let again = answer_to(
        &answered,
        ann,
        "4@c.example",
        "The box 12345678 was empty, please help me.",
    );
    assert_eq!(office.takes(again).await, conversation);
    let reopened = office.sends_one().await;
    assert_eq!(reopened.header("In-Reply-To"), "<4@c.example>");
    assert_eq!(reopened.header("References"), "<1@c.example> <4@c.example>");
}

#[tokio::test]
async fn nobody_writes_or_reads_in_somebody_elses_conversation() {
    let office = PostOffice::open().await;
    let conversation = office
        .takes(letter(
            "ann@customer.example",
            "1@c.example",
            "Subject: a\r\n",
            "Parcel 12345678 is lost.",
        ))
        .await;
    let opened = office.sends_one().await;
    let stolen = answer_to(
        &opened,
        "eve@evil.example",
        "e1@evil.example",
        "What did I write?",
    );
    let other = office.takes(stolen).await;
    assert_ne!(other, conversation);
    let told = office.sends_one().await;
    assert_eq!(told.to, "RCPT TO:<eve@evil.example>");
    assert!(
        !told.raw.contains("c.example") && !told.text().contains("12345678"),
        "{}",
        told.raw
    );
    // Neither does a name that she has seen somewhere.
    let named = letter(
        "eve@evil.example",
        "e2@evil.example",
        "References: <1@c.example>\r\nSubject: a\r\n",
        "And now?",
    );
    assert_ne!(office.takes(named).await, conversation);
    assert_eq!(
        office
            .said_in(&conversation)
            .await
            .iter()
            .filter(|(author, _)| author == "visitor")
            .count(),
        1
    );
    // A token of a conversation that was erased is nobody's.
    let now = office.shop.app.now();
    let id = conversation.parse().unwrap();
    office
        .shop
        .store
        .erase_conversation(id, "operator", "wish", now)
        .await
        .unwrap();
    let late = answer_to(
        &opened,
        "ann@customer.example",
        "2@c.example",
        "Hello? My parcel 12345678 is lost.",
    );
    assert_ne!(office.takes(late).await, conversation);
}

#[tokio::test]
async fn what_programs_write_is_noted_and_never_answered() {
    let office = PostOffice::open().await;
    let question = "How long does delivery take?";
    for (place, (from, head, outcome)) in [
        (
            "ann@customer.example",
            "Auto-Submitted: auto-replied\r\n",
            "automatic",
        ),
        (
            "ann@customer.example",
            "X-Auto-Response-Suppress: All\r\n",
            "automatic",
        ),
        ("ann@customer.example", "Return-Path: <>\r\n", "automatic"),
        ("ann@customer.example", "List-Id: <tea.example>\r\n", "bulk"),
        ("ann@customer.example", "Precedence: bulk\r\n", "bulk"),
        ("mailer-daemon@customer.example", "", "bounce"),
        ("no-reply@customer.example", "", "automatic"),
        (HELP, "", "own"),
        (HELP, "Reply-To: help@tea.example\r\n", "own"),
    ]
    .into_iter()
    .enumerate()
    {
        let told = office
            .posts(letter(from, &format!("p{place}@x.example"), head, question))
            .await;
        let told = told.expect(StatusCode::OK);
        assert_eq!(
            (&told["outcome"], &told["conversation"]),
            (&json!(outcome), &Value::Null),
            "{head}"
        );
    }
    assert!(office.sends().await.is_empty());

    // What we have sent comes back as it was, and as a report of a server.
    office
        .takes(letter(
            "ghost@customer.example",
            "1@c.example",
            "Subject: a\r\n",
            "Parcel 12345678 is lost.",
        ))
        .await;
    let opened = office.sends_one().await;
    let told = office
        .posts(&opened.raw.replace("Auto-Submitted: auto-replied\r\n", ""))
        .await;
    assert_eq!(told.expect(StatusCode::OK)["outcome"], "own");
    let report = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example\r\nTo: {}\r\nMessage-ID: <b1@mail.example>\r\nSubject: Undelivered\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\nAction: failed\r\n\
         Status: 5.1.1\r\n\r\n--b--\r\n",
        reply_to(&opened)
    );
    let told = office.posts(&report).await.expect(StatusCode::OK);
    assert_eq!(told["outcome"], "bounce");
    let tickets = office
        .admin
        .gets("/v1/staff/tickets")
        .await
        .expect(StatusCode::OK);
    let number = tickets["tickets"][0]["number"].as_str().unwrap().to_owned();
    let ticket = office
        .admin
        .gets(&format!("/v1/staff/tickets/{number}"))
        .await
        .expect(StatusCode::OK);
    let mails = ticket["mails"].as_array().unwrap();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0]["error"], "the mail came back: status 5.1.1");
    assert_eq!(
        office.posts(&report).await.expect(StatusCode::OK)["outcome"],
        "bounce"
    );
    let ticket = office
        .admin
        .gets(&format!("/v1/staff/tickets/{number}"))
        .await
        .expect(StatusCode::OK);
    assert_eq!(ticket["mails"].as_array().unwrap().len(), 1, "told once");
    assert!(office.sends().await.is_empty());

    let counted = office.shop.operator().gets("/metrics").await.text;
    for (outcome, count) in [
        ("automatic", 4),
        ("bulk", 2),
        ("bounce", 2),
        ("own", 3),
        ("taken", 1),
        ("limited", 0),
    ] {
        let line = format!("mondo_letters{{outcome=\"{outcome}\"}} {count}");
        assert!(counted.contains(&line), "{line}\n{counted}");
    }
}

#[tokio::test]
async fn a_form_of_our_own_site_is_answered_where_it_says() {
    let office = PostOffice::open().await;
    let head = "Reply-To: Ann <ann@customer.example>\r\nSubject: Contact form\r\n";
    let mail = letter(HELP, "f1@tea.example", head, "How long does delivery take?");
    office.takes(mail).await;
    let told = office.sends_one().await;
    assert_eq!(told.to, "RCPT TO:<ann@customer.example>");
}

#[tokio::test]
async fn two_programs_that_answer_each_other_fall_silent() {
    let office = PostOffice::open().await;
    for place in 0..20 {
        office
            .takes(letter(
                "loop@customer.example",
                &format!("{place}@c.example"),
                "",
                "How long does delivery take?",
            ))
            .await;
    }
    let told = office
        .posts(letter(
            "loop@customer.example",
            "20@c.example",
            "",
            "How long does delivery take?",
        ))
        .await;
    told.problem(429, "too-often");
    assert_eq!(office.sends().await.len(), 20);
    // Others are served, and so is whoever waits.
    office
        .takes(letter(
            "ann@customer.example",
            "a@c.example",
            "",
            "How long does delivery take?",
        ))
        .await;
    office
        .shop
        .set_clock(office.shop.app.now().later_by(61 * 60 * 1_000));
    office
        .takes(letter(
            "loop@customer.example",
            "21@c.example",
            "",
            "How long does delivery take?",
        ))
        .await;
}

#[tokio::test]
async fn what_is_no_mail_for_us_is_refused() {
    let office = PostOffice::open().await;
    let mail = letter(
        "ann@customer.example",
        "1@c.example",
        "",
        "How long does delivery take?",
    );
    office
        .posts_signed(&SigningSecret::generate(), &mail)
        .await
        .problem(401, "sign-in-needed");
    let stranger = office.door.request(
        "POST",
        &format!("/v1/channels/{}/mail", uuid::Uuid::now_v7()),
    );
    let stranger = stranger.body(mail.clone().into()).unwrap();
    office.door.sends(stranger).await.problem(404, "not-found");
    let in_utf7 = mail.replace("charset=utf-8", "charset=utf-7");
    let refused = office.posts(&in_utf7).await;
    assert!(refused.text.contains("UTF-7"), "{}", refused.text);
    refused.problem(422, "content-refused");
    for empty in [
        "",
        "hello",
        "From: ann@customer.example\r\nMessage-ID: <2@c.example>\r\n\r\n> only a quote\r\n",
    ] {
        office.posts(empty).await.problem(422, "content-refused");
    }
    // Words of a messenger do not come by mail, nor the other way round.
    let path = format!("/v1/staff/webhooks/{}", office.outlet);
    let named = json!({ "url": null, "description": "letters" });
    office
        .admin
        .sends("PUT", &path, Some(named))
        .await
        .expect(StatusCode::OK);
    let moved = json!({ "url": "https://tea.example/hook" });
    let refused = office.admin.sends("PUT", &path, Some(moved)).await;
    assert_ne!(refused.status, StatusCode::OK, "{}", refused.text);
    let change = json!({ "active": false });
    office
        .admin
        .sends("PUT", &path, Some(change))
        .await
        .expect(StatusCode::OK);
    office.posts(&mail).await.problem(404, "not-found");
    assert!(office.sends().await.is_empty());
}

#[tokio::test]
async fn files_go_with_the_ticket_and_long_letters_are_kept_whole() {
    let office = PostOffice::open().await;
    let picture = encoded(&png(4, 4));
    let long = format!(
        "Parcel 12345678 is lost. My card is 4111 1111 1111 1111. {}",
        "It was green tea. ".repeat(200)
    );
    // A mail with its files may be longer than any other body.
    let archive = format!("PK\u{3}\u{4}{}", "z\r\n".repeat(50_000));
    let mail = format!(
        "From: ann@customer.example\r\nTo: {HELP}\r\nMessage-ID: <1@c.example>\r\nSubject: Parcel\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{long}\r\n\
         --o\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"box.png\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{picture}\r\n\
         --o\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=\"all.zip\"\r\n\r\n{archive}\r\n--o--\r\n"
    );
    let conversation = office.takes(&mail).await;
    let path = format!("/v1/staff/conversations/{conversation}");
    let view = office.admin.gets(&path).await.expect(StatusCode::OK);
    let message = &view["messages"][0];
    let files = message["attachments"].as_array().unwrap();
    let mut names: Vec<&str> = files
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["box.png", "letter.txt"], "{message}");
    assert!(message["text"].as_str().unwrap().chars().count() <= 2_000);
    let text = files.iter().find(|file| file["kind"] == "text").unwrap();
    let whole = office
        .admin
        .gets(&format!(
            "{path}/attachments/{}",
            text["id"].as_str().unwrap()
        ))
        .await;
    assert!(
        whole.text.contains("⟦card⟧") && whole.text.matches("green tea").count() == 200,
        "{}",
        whole.text
    );

    // What an agent attaches leaves with the mail.
    office
        .admin
        .acts(&conversation, "claim")
        .await
        .expect(StatusCode::OK);
    office.sends().await;
    let attached = office
        .admin
        .attaches(&conversation, "map.png", &png(3, 3))
        .await;
    let attached = attached.expect(StatusCode::CREATED);
    let body = json!({ "text": "Here is a map.", "attachments": [attached["id"]] });
    office
        .admin
        .posts(&format!("{path}/messages"), body)
        .await
        .expect(StatusCode::OK);
    let told = office.sends_one().await;
    assert!(
        told.header("Content-Type").starts_with("multipart/mixed"),
        "{}",
        told.raw
    );
    assert!(told.raw.contains("filename=\"map.png\""), "{}", told.raw);
}

fn encoded(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let value = chunk
            .iter()
            .fold(0_u32, |value, byte| value << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(value >> (18 - 6 * place) & 63) as usize];
            let shown = if place <= chunk.len() {
                char::from(letter)
            } else {
                '='
            };
            let _ = write!(text, "{shown}");
        }
    }
    text
}

#[tokio::test]
async fn whoever_is_told_by_mail_of_a_chat_answers_by_mail_while_a_person_is_there() {
    let office = PostOffice::open().await;
    let mut ann = office.shop.visitor("en");
    ann.opens().await;
    let wish = json!({ "reason": "", "contact": "Ann@customer.example" });
    ann.posts(&ann.path("escalate"), wish)
        .await
        .expect(StatusCode::OK);
    let notice = office.sends_one().await;
    assert_eq!(notice.header("Auto-Submitted"), "auto-generated");
    let answer = answer_to(
        &notice,
        "ann@customer.example",
        "1@c.example",
        "It is about order 12345678.",
    );
    assert_eq!(office.takes(answer).await, ann.conversation);
    let said = office.said_in(&ann.conversation).await;
    assert!(
        said.contains(&(
            "visitor".to_owned(),
            "It is about order 12345678.".to_owned()
        )),
        "{said:?}"
    );
    // From another address it is somebody else.
    let other = answer_to(
        &notice,
        "eve@evil.example",
        "2@c.example",
        "And this? Parcel 12345678 is lost.",
    );
    assert_ne!(office.takes(other).await, ann.conversation);
}

#[tokio::test]
async fn a_mailbox_is_read_by_one_process_at_a_time() {
    let office = PostOffice::open().await;
    let workplace = office.shop.app.workplace();
    let now = office.shop.app.now();
    let hold = |name: &'static str, until_s: i64, now_s: i64| {
        let (until, now) = (now.later_by(until_s * 1_000), now.later_by(now_s * 1_000));
        workplace.hold_mailbox(office.outlet, name, until, now)
    };
    assert!(hold("one", 60, 0).await.unwrap());
    assert!(!hold("two", 70, 10).await.unwrap());
    assert!(hold("one", 80, 20).await.unwrap(), "its holder goes on");
    assert!(!hold("two", 139, 79).await.unwrap());
    assert!(
        hold("two", 141, 81).await.unwrap(),
        "a holder that died is followed"
    );
    assert!(!hold("one", 142, 82).await.unwrap());

    let failure = Some("the mail server is away".to_owned());
    workplace
        .note_mailbox(office.outlet, failure, now)
        .await
        .unwrap();
    workplace
        .note_mailbox(office.outlet, Some("still".to_owned()), now.later_by(5))
        .await
        .unwrap();
    let page = office.admin.gets("/console/mail").await;
    assert!(
        page.text.contains("still") && page.text.contains(HELP),
        "{}",
        page.text
    );
    let counted = office.shop.operator().gets("/metrics").await.text;
    assert!(
        counted.contains("mondo_mailboxes{state=\"failing\"} 1"),
        "{counted}"
    );
    let state = workplace.mailboxes().await.unwrap().remove(0);
    assert_eq!((state.failing_since, state.looked), (Some(now), None));
    workplace
        .note_mailbox(office.outlet, None, now.later_by(9))
        .await
        .unwrap();
    let state = workplace.mailboxes().await.unwrap().remove(0);
    assert_eq!(
        (state.failing_since, state.failure, state.looked),
        (None, None, Some(now.later_by(9)))
    );
}

#[tokio::test]
async fn what_nobody_needs_to_know_is_hidden_in_letters() {
    let office = PostOffice::open().await;
    let mail = letter(
        "Ann <keep.me@example.com>",
        "c1@example.com",
        "Subject: my card 4111 1111 1111 1111\r\n",
        &planted("mailed"),
    );
    let conversation = office.takes(mail).await;
    let said = office.said_in(&conversation).await;
    assert!(said[0].1.contains("⟦"), "{said:?}");
    for sent in office.sends().await {
        assert!(!sent.text().contains("4111"), "{}", sent.text());
    }
    nothing_leaked(&office.shop, "a letter by mail");
}

#[tokio::test]
async fn mail_is_as_recorded() {
    let office = PostOffice::open().await;
    let exchange = Exchange::default();
    let writes = async |mail: String| {
        exchange.says(&format!("== to mondo, by mail\n{}", mail.replace('\r', "")));
        office.takes(mail).await
    };
    let sends = async || {
        for mail in office.sends().await {
            let head = mail.raw.split("\r\n\r\n").next().unwrap();
            let head = head.replace('\r', "");
            let (text, page) = (mail.text(), mail.part("text/html"));
            exchange.says(&format!(
                "== from mondo, by mail to {}\n{head}\n\n-- as text\n{text}\n-- as HTML\n{page}",
                mail.to
            ));
        }
    };
    let ann = "Ann <ann@example.com>";
    let asked = letter(
        ann,
        "q1@example.com",
        "Subject: Delivery\r\n",
        "How long does delivery take?",
    );
    writes(asked).await;
    sends().await;
    let wish = "I want to talk to a person, please.";
    let id = writes(letter(ann, "q2@example.com", "Subject: Help\r\n", wish)).await;
    sends().await;
    office.admin.acts(&id, "claim").await.expect(StatusCode::OK);
    office
        .admin
        .says(&id, "Hello Ann.")
        .await
        .expect(StatusCode::OK);
    sends().await;
    exchange.is_as_recorded("mail");
}
