//! Letters as programs of four countries write them.

use encoding_rs::{EUC_KR, Encoding, GB18030, ISO_2022_JP, UTF_8};

use super::*;

/// Writes a mail of plain text in a charset.
fn plain(charset: &str, encoding: &'static Encoding, head: &str, text: &str) -> Vec<u8> {
    let head = format!(
        "From: Ann <Ann@Customer.example>\r\nTo: help@tea.example\r\nMessage-ID: <a1@customer.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n{head}\r\n"
    );
    let (body, _, unknown) = encoding.encode(text);
    assert!(!unknown, "{text}");
    [head.as_bytes(), &body].concat()
}

fn read(raw: &[u8]) -> Letter {
    read_letter(raw).expect("it is a mail")
}

#[test]
fn every_charset_of_the_languages_served_is_read() {
    for (charset, encoding, text) in [
        ("utf-8", UTF_8, "배송은 얼마나 걸려요?"),
        (
            "iso-2022-jp",
            ISO_2022_JP,
            "配送にはどのくらいかかりますか。ﾊﾝｶｸ"
                .split('ﾊ')
                .next()
                .unwrap(),
        ),
        ("shift_jis", encoding_rs::SHIFT_JIS, "届くまでどのくらい？"),
        ("euc-jp", encoding_rs::EUC_JP, "届くまでどのくらい？"),
        ("gb18030", GB18030, "提现多久到账？𠮷"),
        ("gb2312", encoding_rs::GBK, "提现多久到账？"),
        ("big5", encoding_rs::BIG5, "茶葉怎麼退貨？"),
        ("euc-kr", EUC_KR, "환불해 주세요"),
        ("ks_c_5601-1987", EUC_KR, "환불해 주세요"),
    ] {
        let letter = read(&plain(charset, encoding, "Subject: a\r\n", text));
        assert_eq!(letter.text, text, "{charset}");
        assert_eq!(letter.from, "ann@customer.example");
        assert_eq!(letter.message_id.as_deref(), Some("a1@customer.example"));
        assert_eq!(letter.recipients, ["help@tea.example"]);
        assert_eq!(letter.kind, LetterKind::Personal);
    }
}

#[test]
fn subjects_are_read_in_their_charsets() {
    for (written, expected) in [
        ("=?ISO-2022-JP?B?GyRCR1tBdxsoQg==?=", "配送"),
        ("=?gb2312?B?zOHP1g==?=", "提现"),
        ("=?euc-kr?B?yK+60g==?=", "환불"),
        ("=?utf-8?Q?caf=C3=A9?= =?utf-8?Q?_tea?=", "café tea"),
        ("a\r\n\tb", "a b"),
    ] {
        let raw = plain("utf-8", UTF_8, &format!("Subject: {written}\r\n"), "x");
        assert_eq!(read(&raw).subject, expected, "{written}");
    }
}

#[test]
fn utf_7_is_refused_wherever_it_stands() {
    let text = plain("UTF-7", UTF_8, "Subject: a\r\n", "+ADw-script+AD4-");
    let quoted = plain("\"unicode-1-1-utf-7\"", UTF_8, "Subject: a\r\n", "+ADw-");
    let subject = plain("utf-8", UTF_8, "Subject: =?utf-7?Q?+ADw-?=\r\n", "hello");
    for raw in [text, quoted, subject] {
        assert_eq!(read_letter(&raw), Err(UnreadableLetter::Utf7));
    }
    // Its name alone is no crime.
    let named = plain(
        "utf-8",
        UTF_8,
        "Subject: utf-7\r\n",
        "what is charset=utf-7?",
    );
    assert_eq!(read(&named).text, "what is charset=utf-7?");
}

#[test]
fn programs_lists_and_servers_are_told_from_people() {
    let automatic = LetterKind::Automatic;
    for (head, expected) in [
        ("Auto-Submitted: no\r\n", LetterKind::Personal),
        ("Auto-Submitted: auto-replied\r\n", automatic.clone()),
        (
            "Auto-Submitted: Auto-Generated (why)\r\n",
            automatic.clone(),
        ),
        ("X-Auto-Response-Suppress: All\r\n", automatic.clone()),
        ("X-Auto-Response-Suppress: DR, RN\r\n", LetterKind::Personal),
        ("X-Autoreply: yes\r\n", automatic.clone()),
        ("Return-Path: <>\r\n", automatic.clone()),
        (
            "Return-Path: <ann@customer.example>\r\n",
            LetterKind::Personal,
        ),
        ("Precedence: auto_reply\r\n", automatic.clone()),
        ("Precedence: bulk\r\n", LetterKind::Bulk),
        ("List-Id: <news.example>\r\n", LetterKind::Bulk),
        (
            "List-Unsubscribe: <https://a.example>\r\n",
            LetterKind::Bulk,
        ),
        (
            "Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSN77ya5oiR5LiN5Zyo?=\r\n",
            automatic.clone(),
        ),
        ("Subject: Automatic reply: tea\r\n", automatic.clone()),
        (
            "Subject: Is your automatic reply on?\r\n",
            LetterKind::Personal,
        ),
        (
            "X-Failed-Recipients: bo@customer.example\r\n",
            LetterKind::Bounce {
                status: None,
                is_final: true,
            },
        ),
    ] {
        assert_eq!(
            read(&plain("utf-8", UTF_8, head, "x")).kind,
            expected,
            "{head}"
        );
    }
    let robot = b"From: no-reply@shop.example\r\nTo: help@tea.example\r\nSubject: a\r\n\r\nx";
    assert_eq!(read(robot).kind, automatic);
}

#[test]
fn what_a_domain_disowns_is_refused() {
    for (results, is_refused) in [
        ("mx.tea.example; spf=pass; dmarc=pass", false),
        ("mx.tea.example;\r\n spf=fail; dmarc=fail (p=reject)", true),
        ("mx.tea.example; dkim=fail reason=\"dmarc=fail\"", false),
    ] {
        let raw = plain(
            "utf-8",
            UTF_8,
            &format!("Authentication-Results: {results}\r\n"),
            "x",
        );
        let refused = read_letter(&raw) == Err(UnreadableLetter::Disowned);
        assert_eq!(refused, is_refused, "{results}");
    }
}

#[test]
fn a_report_of_a_server_says_what_became_of_a_mail() {
    let report = |action: &str, status: &str| {
        format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example\r\nTo: help+x@tea.example\r\nSubject: Undelivered\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\nMIME-Version: 1.0\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mail.example\r\n\r\nFinal-Recipient: rfc822; bo@customer.example\r\nAction: {action}\r\n\
             Status: {status}\r\n--b--\r\n"
        )
    };
    for (action, status, is_final) in [("failed", "5.1.1", true), ("delayed", "4.4.1", false)] {
        let expected = LetterKind::Bounce {
            status: Some(status.to_owned()),
            is_final,
        };
        assert_eq!(read(report(action, status).as_bytes()).kind, expected);
    }
}

#[test]
fn html_is_read_as_text_where_there_is_no_other_and_files_are_kept() {
    let raw = "From: ann@customer.example\r\nTo: Tea <help+token@tea.example>\r\nCc: bo@customer.example\r\n\
         Delivered-To: help+token@tea.example\r\nIn-Reply-To: <m1@tea.example>\r\nReferences: <m0@tea.example>\r\n <m1@tea.example>\r\n\
         Subject: Re: tea\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n\
         --o\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <p>It came <b>broken</b>.</p><blockquote type=cite>It takes 3 days.</blockquote>\r\n\
         --o\r\nContent-Type: image/png; name=box.png\r\nContent-Disposition: attachment; filename=\"box.png\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n\
         --o\r\nContent-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <logo>\r\n\
         Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n\
         --o\r\nContent-Type: application/pgp-signature\r\n\r\nxx\r\n--o--\r\n";
    let letter = read(raw.as_bytes());
    assert_eq!(letter.text, "It came broken.");
    assert_eq!(letter.answers, ["m1@tea.example", "m0@tea.example"]);
    assert_eq!(
        letter.recipients,
        [
            "help+token@tea.example",
            "bo@customer.example",
            "help+token@tea.example"
        ]
    );
    let files: Vec<(&str, usize)> = letter
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.content.len()))
        .collect();
    assert_eq!(files, [("box.png", 8)]);
    assert_eq!(format!("{letter:?}"), "Letter(Personal, 1 files, ***)");
}

#[test]
fn what_is_no_mail_is_refused() {
    for raw in [&b""[..], b"\r\n\r\n", b"hello"] {
        let refused = read_letter(raw);
        assert!(refused.is_err(), "{raw:?}: {refused:?}");
    }
    let several = b"From: a@x.example, b@x.example\r\nSubject: a\r\n\r\nhello";
    assert_eq!(read_letter(several), Err(UnreadableLetter::NoSender));
    let nobody = b"Subject: a\r\nTo: help@tea.example\r\n\r\nhello";
    assert_eq!(read_letter(nobody), Err(UnreadableLetter::NoSender));
}

#[test]
fn nothing_that_comes_over_the_wire_breaks_the_reading() {
    let whole = plain(
        "iso-2022-jp",
        ISO_2022_JP,
        "Subject: a\r\n",
        "配送にはどのくらい？",
    );
    for end in 0..whole.len() {
        let _ = read_letter(&whole[..end]);
    }
    let nested = (0..200).fold(String::from("x"), |inner, depth| {
        format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n{inner}\r\n--b{depth}--\r\n")
    });
    let _ = read_letter(format!("From: a@x.example\r\n{nested}").as_bytes());
}
