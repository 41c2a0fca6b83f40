//! The help pages, as browsers without JavaScript and search engines get them.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

use mondo::http::{HttpSettings, SiteSettings};
use mondo::knowledge::ArticleId;

use crate::actors::{Shop, Told, Visitor};

/// A question that several articles could answer, and those whose pages decide which.
const IN_DOUBT: &str = "my tea";
const ON_PAGES: [&str; 3] = ["return-tea", "shipping-time", "tea-school"];

async fn page(visitor: &Visitor, path: &str) -> String {
    let told = visitor.gets(path).await;
    assert_eq!(told.status, StatusCode::OK, "{path}: {}", told.text);
    told.text
}

async fn sends_form(visitor: &Visitor, path: &str, form: &[(&str, &str)]) -> Told {
    let body: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect();
    let mut request = visitor
        .request("POST", path)
        .body(Body::from(body.join("&")))
        .unwrap();
    request.headers_mut().insert(
        "content-type",
        "application/x-www-form-urlencoded".parse().unwrap(),
    );
    visitor.sends(request).await
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What stands between two marks, the first time.
#[track_caller]
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before:?} is not in {text}"))
        .1;
    rest.split_once(after).unwrap().0
}

#[tokio::test]
async fn the_first_page_leads_everywhere_in_every_locale() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("zh-TW,zh;q=0.8");
    for path in ["/help", "/help/"] {
        let nearest = visitor.gets(path).await;
        assert_eq!(nearest.header("location"), "/help/zh-Hant/");
    }
    for (code, tag, heading) in [
        ("en", "en", "How can we help?"),
        ("zh", "zh-Hans", "需要什么帮助？"),
        ("zh-Hant", "zh-Hant", "需要什麼協助？"),
        ("ja", "ja", "どのようなご用件でしょうか？"),
        ("ko", "ko", "무엇을 도와드릴까요?"),
    ] {
        let home = page(&visitor, &format!("/help/{code}/")).await;
        assert!(home.contains(&format!("<html lang=\"{tag}\">")), "{home}");
        assert!(home.contains(&format!("<h1>{heading}</h1>")), "{home}");
        assert!(
            home.contains(&format!("/help/{code}/topic/orders")),
            "{home}"
        );
        let category = page(&visitor, &format!("/help/{code}/topic/orders")).await;
        assert!(
            category.contains(&format!("/help/{code}/return-tea")),
            "{category}"
        );
    }
}

#[tokio::test]
async fn an_article_names_its_siblings_and_says_honestly_what_it_is_written_in() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ja");
    let native = page(&visitor, "/help/ja/return-tea").await;
    assert!(!native.contains("role=\"note\""), "{native}");
    for tag in ["en", "zh-Hans", "ja", "ko", "x-default"] {
        assert!(
            native.contains(&format!("hreflang=\"{tag}\" href=\"")),
            "{tag}"
        );
    }
    assert!(
        native.contains("<ol><li><a href=\"/help/ja/\">"),
        "breadcrumbs"
    );

    let elsewhere = page(&visitor, "/help/ja/tea-school").await;
    assert!(elsewhere.contains("<html lang=\"ja\">"));
    assert!(
        elsewhere.contains("このページの日本語版はまだありません。Englishで表示しています。"),
        "{elsewhere}"
    );
    assert!(elsewhere.contains("<article lang=\"en\">"));
    assert!(
        between(&elsewhere, "rel=\"canonical\" href=\"", "\"").ends_with("/help/en/tea-school")
    );
    assert!(
        !elsewhere.contains("rel=\"alternate\" hreflang=\"ja\""),
        "no page in Japanese is promised"
    );

    let traditional = page(&visitor, "/help/zh-Hant/shipping-time").await;
    assert!(!traditional.contains("role=\"note\""), "{traditional}");
    assert!(
        traditional.contains("<h1>多久能送到？</h1>"),
        "{traditional}"
    );
    assert!(traditional.contains("我們會在 2 天內發貨"), "{traditional}");
    assert!(!traditional.contains("我们"), "{traditional}");
    let hong_kong = page(&visitor, "/help/zh-HK/shipping-time").await;
    assert!(
        hong_kong.contains("<article lang=\"zh-HK\">"),
        "{hong_kong}"
    );
    assert!(
        hong_kong.contains("hreflang=\"zh-HK\" href=\""),
        "{hong_kong}"
    );
    assert!(
        traditional.contains("/help/zh-Hant/order-late"),
        "links stay in the reader's locale"
    );
}

#[tokio::test]
async fn search_engines_read_questions_with_answers_and_every_page() {
    let settings = HttpSettings {
        site: SiteSettings {
            address: "https://help.example/".to_owned(),
            ..SiteSettings::default()
        },
        ..HttpSettings::default()
    };
    let shop = Shop::open_with(settings).await;
    let visitor = shop.visitor("en");
    let article = page(&visitor, "/help/ko/return-tea").await;
    let data: Value = serde_json::from_str(between(&article, "ld+json\">", "</script>")).unwrap();
    assert_eq!(data["@type"], "FAQPage");
    let question = &data["mainEntity"][0];
    assert_eq!(question["@type"], "Question");
    assert!(article.contains(&format!("<h1>{}</h1>", question["name"].as_str().unwrap())));
    assert!(article.contains(question["acceptedAnswer"]["text"].as_str().unwrap()));
    assert!(
        article.contains("property=\"og:title\"")
            && article.contains("og:locale\" content=\"ko_KR\"")
    );

    let request = visitor
        .request("GET", "/sitemap.xml")
        .header("host", "evil.example");
    let sitemap = visitor.sends(request.body(Body::empty()).unwrap()).await;
    assert!(
        sitemap
            .header("content-type")
            .starts_with("application/xml")
    );
    for address in [
        "/help/en/",
        "/help/zh-Hant/topic/orders",
        "/help/ja/return-tea",
        "/help/en/tea-school",
    ] {
        let entry = format!("<loc>https://help.example{address}</loc>");
        assert!(sitemap.text.contains(&entry), "{address}");
    }
    assert!(
        !sitemap
            .text
            .contains("<loc>https://help.example/help/ja/tea-school")
    );
    let robots = page(&visitor, "/robots.txt").await;
    assert!(
        robots.contains("Sitemap: https://help.example/sitemap.xml"),
        "{robots}"
    );
}

#[tokio::test]
async fn what_a_request_calls_the_server_is_never_repeated() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for path in [
        "/",
        "/help/en/",
        "/help/en/shipping-time",
        "/sitemap.xml",
        "/robots.txt",
    ] {
        let request = visitor.request("GET", path).header("host", "evil.example");
        let told = visitor.sends(request.body(Body::empty()).unwrap()).await;
        assert_eq!(told.status, StatusCode::OK, "{path}");
        assert!(!told.text.contains("evil.example"), "{path}: {}", told.text);
    }
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let first = visitor.gets("/help/en/return-tea").await;
    let request = visitor
        .request("GET", "/help/en/return-tea")
        .header("if-none-match", first.header("etag"));
    let second = visitor.sends(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (second.status, second.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
}

#[tokio::test]
async fn a_reader_says_whether_an_article_helped() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ja");
    let form = [("rating", "not_helpful"), ("language", "ja")];
    let rated = sends_form(&visitor, "/help/ja/return-tea/feedback", &form).await;
    assert_eq!(rated.status, StatusCode::SEE_OTHER, "{}", rated.text);
    let back = rated.header("location").to_owned();
    let thanked = page(&visitor, back.split('#').next().unwrap()).await;
    assert!(
        thanked.contains("ご協力ありがとうございます。"),
        "{thanked}"
    );
    let store = shop.store.reader();
    let count = store.opinions(&ArticleId::new("return-tea")).await.unwrap();
    assert_eq!((count.helpful, count.not_helpful), (0, 1));

    let nothing = sends_form(&visitor, "/help/ja/nothing/feedback", &form).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_question_is_answered_without_javascript() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let found = page(&visitor, "/help/ko/search?q=%EB%B0%98%ED%92%88").await;
    assert!(found.contains("/help/ko/return-tea"), "{found}");
    let asked = sends_form(
        &visitor,
        "/help/ko/ask",
        &[("text", "차를 반품하고 싶어요")],
    )
    .await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text.contains("/help/ko/return-tea"), "{}", asked.text);
    let empty = sends_form(&visitor, "/help/ko/ask", &[("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(
        empty.text.contains("질문을 입력해 주세요."),
        "{}",
        empty.text
    );
}

#[tokio::test]
async fn a_letter_opens_one_ticket_however_often_it_is_sent() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("zh");
    let form = page(&visitor, "/help/zh/write").await;
    let key = between(&form, "name=\"key\" value=\"", "\"");
    let letter = [
        ("key", key),
        ("text", "茶叶<b>少了一包"),
        ("contact", "reader@tea.example"),
    ];
    let first = sends_form(&visitor, "/help/zh/write", &letter).await;
    let number = between(&first.text, "工单 ", " 已创建").to_owned();
    assert!(number.starts_with("M-"), "{number}");
    let second = sends_form(&visitor, "/help/zh/write", &letter).await;
    assert!(second.text.contains(&number), "{}", second.text);

    let incomplete = [
        ("key", key),
        ("text", "茶叶<b>少了一包"),
        ("contact", "no address"),
    ];
    let refused = sends_form(&visitor, "/help/zh/write", &incomplete).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("请填写邮箱"), "{}", refused.text);
    assert!(
        refused.text.contains("茶叶&lt;b&gt;少了一包"),
        "what was written is kept, as text"
    );
}

#[tokio::test]
async fn a_channel_is_listed_or_not_and_never_called_safe() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ko");
    let short = visitor.gets("/verify?q=tea.example").await;
    assert_eq!(short.header("location"), "/help/ko/verify?q=tea.example");
    let listed = page(&visitor, "/help/ko/verify?q=support%40tea.example").await;
    assert!(listed.contains("공식 채널 목록에 있습니다."), "{listed}");
    assert!(
        listed.contains("비밀번호, 인증번호, 복구 문구"),
        "a warning even then"
    );
    let other = page(
        &visitor,
        "/help/en/verify?q=https%3A%2F%2Ftea.example%40evil.test",
    )
    .await;
    assert!(other.contains("not on our list"), "{other}");
    for shown in [&listed, &other] {
        assert!(
            !shown.contains("safe") && !shown.contains("안전"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn every_page_says_where_it_stands_and_what_it_is_about() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for (locale, og) in [
        ("en", "en_US"),
        ("zh", "zh_CN"),
        ("zh-Hant", "zh_TW"),
        ("ja", "ja_JP"),
        ("ko", "ko_KR"),
    ] {
        let home = format!("/help/{locale}/");
        for (path, crumbs, has_data) in [
            ("", 0, false),
            ("topic/orders", 2, true),
            ("return-tea", 3, true),
            ("verify", 2, false),
        ] {
            let address = format!("{home}{path}");
            let shown = page(&visitor, &address).await;
            let canonical = between(&shown, "rel=\"canonical\" href=\"", "\"");
            assert!(canonical.ends_with(&address), "{address}: {canonical}");
            for property in ["og:title", "og:site_name", "og:url", "og:description"] {
                let content = format!("property=\"{property}\" content=\"");
                let told = between(&shown, &content, "\"");
                assert!(!told.trim().is_empty(), "{address} {property}");
            }
            assert!(
                shown.contains(&format!("og:locale\" content=\"{og}\"")),
                "{address}"
            );
            assert!(shown.contains("<meta name=\"description\""), "{address}");
            assert!(shown.contains("hreflang=\"x-default\""), "{address}");
            let trail = shown.split_once("class=\"crumbs\"").map_or("", |it| it.1);
            let trail = trail.split("</nav>").next().unwrap_or_default();
            assert_eq!(trail.matches("<li").count(), crumbs, "{address}: {trail}");
            assert_eq!(shown.contains("ld+json"), has_data, "{address}");
            // Each of the five is one step away, and the present one is marked.
            assert_eq!(shown.matches("aria-current=\"true\"").count(), 1);
            for other in ["en", "zh", "zh-Hant", "ja", "ko"] {
                assert!(
                    shown.contains(&format!("href=\"/help/{other}/{path}\"")),
                    "{address} leads to {other}"
                );
            }
        }
        for path in ["search?q=tea", "ask", "write", "nothing"] {
            let shown = visitor.gets(&format!("{home}{path}")).await.text;
            assert!(shown.contains("content=\"noindex\""), "{path}");
            assert!(!shown.contains("rel=\"canonical\""), "{path}");
        }
    }
}

#[tokio::test]
async fn what_must_not_be_given_in_another_language_is_only_linked_to() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ko");
    let withheld = page(&visitor, "/help/ko/import-duty").await;
    let given = page(&visitor, "/help/en/import-duty").await;
    let summary = between(&given, "<p class=\"summary\">", "</p>");
    assert!(!summary.is_empty());
    let body = between(&withheld, "<article", "</article>");
    assert!(!body.contains(summary), "{body}");
    assert!(
        body.contains("<a href=\"/help/en/import-duty\" hreflang=\"en\">"),
        "{body}"
    );
    assert!(withheld.contains("role=\"note\""), "{withheld}");
}

#[tokio::test]
async fn a_question_on_the_page_of_an_article_is_read_with_it() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for article in ON_PAGES {
        let shown = page(&visitor, &format!("/help/en/{article}")).await;
        let field = format!("<input type=\"hidden\" name=\"article\" value=\"{article}\">");
        assert!(shown.contains(&field), "{shown}");
        let form = [("text", IN_DOUBT), ("article", article)];
        let asked = sends_form(&visitor, "/help/en/ask", &form).await;
        let reply = between(&asked.text, "class=\"summary\"", "</section>");
        assert!(
            reply.contains(&format!("<a href=\"/help/en/{article}\">")),
            "{article}: {reply}"
        );
        for context in [
            json!({ "article": article }),
            json!({ "url": format!("https://tea.example/help/en/{article}?from=mail#top") }),
        ] {
            let body = json!({ "text": IN_DOUBT, "context": context });
            let reply = visitor.posts("/v1/ask", body.clone()).await;
            let reply = reply.expect(StatusCode::OK);
            assert_eq!(reply["answer"]["article"], article, "{context}");
            let mut talking = shop.visitor("en");
            talking.opens().await;
            let said = talking.posts(&talking.path("messages"), body).await;
            let said = said.expect(StatusCode::OK);
            let answer = &said["reply"]["reply"]["answer"]["article"];
            assert_eq!(answer, article, "{context}");
        }
    }
    // A page nobody knows changes nothing, and neither does a clear question anywhere.
    let plain = visitor.asks(IN_DOUBT).await;
    let body = json!({ "text": IN_DOUBT, "context": { "article": "nothing" } });
    let reply = visitor.posts("/v1/ask", body).await.json();
    assert_eq!(reply["answer"]["article"], plain["answer"]["article"]);
    assert_eq!(reply["confidence"], plain["confidence"]);
}

#[tokio::test]
async fn the_chat_of_our_own_pages_has_the_colour_of_the_company() {
    let mut settings = HttpSettings::default();
    settings.site.color = "#aa2200".to_owned();
    let coloured = Shop::open_with(settings).await.visitor("en");
    let plain = Shop::open().await.visitor("en");
    for path in ["/", "/help/en/", "/help/en/return-tea"] {
        let text = page(&coloured, path).await;
        assert!(text.contains("data-color=\"#aa2200\""), "{path}: {text}");
        let text = page(&plain, path).await;
        assert!(!text.contains("data-color"), "{path}: {text}");
    }
}
