//! A server that is reached beneath a path of another site: nothing it says leads out of it.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use mondo::http::HttpSettings;
use mondo::staff::Role;
use serde_json::json;

use crate::actors::{Shop, Told, shop_settings};
use crate::colleagues::Colleague;
use crate::editing::library_with;

const BASE: &str = "/support";

fn settings() -> HttpSettings {
    let mut settings = shop_settings();
    settings.site.address = format!("https://www.tea.example{BASE}");
    settings
}

/// Values of the attributes of a page that lead somewhere.
fn links_of(page: &str) -> Vec<(&str, String)> {
    let attributes = ["href", "src", "action", "formaction", "data-logo"];
    let found = attributes.into_iter().flat_map(|attribute| {
        page.split(&format!(" {attribute}=\""))
            .skip(1)
            .map(move |rest| (attribute, rest.split('"').next().unwrap()))
            .collect::<Vec<_>>()
    });
    found
        .map(|(attribute, link)| (attribute, link.replace("&amp;", "&")))
        .collect()
}

/// Follows every link of some pages and of those they lead to, and returns the paths that were read.
async fn crawls(reader: &Colleague, first: &[&str]) -> BTreeSet<String> {
    let mut waiting: Vec<(String, String)> = first
        .iter()
        .map(|path| (format!("{BASE}{path}"), "the test".to_owned()))
        .collect();
    let mut read = BTreeSet::new();
    // One of each kind is enough: articles look alike.
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    while let Some((path, from)) = waiting.pop() {
        let path = path.split('#').next().unwrap().to_owned();
        let kind = path.split('?').next().unwrap().rsplit_once('/').unwrap();
        let seen = kinds.entry(kind.0.to_owned()).or_default();
        if *seen >= 40 || !read.insert(path.clone()) {
            continue;
        }
        *seen += 1;
        let told = reader.gets(&path).await;
        if told.status.is_redirection() {
            let to = told.header("location");
            assert!(to.starts_with(BASE), "{path} leads to {to}");
            waiting.push((to.to_owned(), path));
            continue;
        }
        assert_eq!(told.status, StatusCode::OK, "{path} from {from}");
        if !told.header("content-type").starts_with("text/html") {
            continue;
        }
        for (attribute, link) in links_of(&told.text) {
            if !link.starts_with('/') {
                continue;
            }
            let is_beneath = link == BASE || link.starts_with(&format!("{BASE}/"));
            assert!(is_beneath, "{path}: {attribute}=\"{link}\"");
            if ["href", "src"].contains(&attribute) {
                waiting.push((link, path.clone()));
            }
        }
    }
    read
}

#[track_caller]
fn has(read: &BTreeSet<String>, path: &str) {
    assert!(read.contains(&format!("{BASE}{path}")), "{path}: {read:?}");
}

#[tokio::test]
async fn every_link_of_the_public_pages_stays_beneath_the_path() {
    let shop = Shop::open_with(settings()).await;
    let read = crawls(&shop.stranger(), &["", "/help", "/verify", "/handbook/"]).await;
    for path in [
        "/help/en/return-tea",
        "/help/ja/topic/orders",
        "/help/zh-Hant/write",
        "/handbook/proxy",
        "/assets/help.js",
        "/widget/v1/widget.js",
    ] {
        has(&read, path);
    }
}

#[tokio::test]
async fn every_link_of_the_console_stays_beneath_the_path() {
    let (shop, _) = library_with(settings()).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let ticket = visitor.wants_a_person("my tea never came").await;
    let link = ticket["link"].as_str().unwrap().to_owned();
    let admin = shop.colleague("Ada", Role::Admin).await;
    let conversation = format!("/console/conversations/{}", visitor.conversation);
    let read = crawls(&admin, &["/console", &conversation, &link]).await;
    for path in [
        "/console/tickets",
        "/console/knowledge/return-tea",
        "/console/people",
        "/console/settings",
        "/assets/console/desk.js",
        "/assets/console/manifest.webmanifest",
        "/assets/status.js",
    ] {
        has(&read, path);
    }
}

#[tokio::test]
async fn redirects_cookies_and_addresses_follow_the_path() {
    let shop = Shop::open_with(settings()).await;
    let visitor = shop.visitor("ko");
    let header = |told: &Told, name: &str| told.header(name).to_owned();
    let nearest = visitor.gets("/support/help").await;
    assert_eq!(header(&nearest, "location"), "/support/help/ko/");
    let opened = visitor.posts("/support/v1/conversations", json!({})).await;
    assert_eq!(opened.status, StatusCode::CREATED);
    assert!(header(&opened, "location").starts_with("/support/v1/conversations/"));

    let page = visitor.gets("/support/help/ko/").await.text;
    let canonical = "<link rel=\"canonical\" href=\"https://www.tea.example/support/help/ko/\">";
    assert!(page.contains(canonical), "{page}");
    let sitemap = visitor.gets("/support/sitemap.xml").await.text;
    assert!(sitemap.contains("<loc>https://www.tea.example/support/help/en/</loc>"));
    let robots = visitor.gets("/support/robots.txt").await.text;
    assert!(robots.contains("Disallow: /support/v1/\n"), "{robots}");

    let sora = shop.hires("Sora", Role::Agent).await;
    let body = json!({ "email": sora.email, "password": sora.password }).to_string();
    for (scheme, names) in [
        ("http", ["mondo_session=", "mondo_device="]),
        (
            "https",
            ["__Secure-mondo_session=", "__Secure-mondo_device="],
        ),
    ] {
        let headers = [("x-forwarded-proto", scheme)];
        let path = "/support/v1/staff/session";
        let told = sora.connects_bytes("POST", path, &headers, body.clone().into());
        let told = Told::read(told.await).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        let cookies = told.headers.get_all("set-cookie").iter();
        let cookies: Vec<&str> = cookies.map(|cookie| cookie.to_str().unwrap()).collect();
        for (cookie, name) in cookies.iter().zip(names) {
            assert!(cookie.starts_with(name), "{cookie}");
            assert!(cookie.contains("; Path=/support; "), "{cookie}");
        }
        let cookie = cookies[0].split(';').next().unwrap();
        let headers = [("x-forwarded-proto", scheme), ("cookie", cookie)];
        let told = sora.connects_bytes("GET", path, &headers, Vec::new());
        Told::read(told.await).await.expect(StatusCode::OK);
    }

    let document = shop.operator().gets("/openapi.json").await;
    let document = document.expect(StatusCode::OK);
    assert_eq!(
        document["servers"],
        json!([{ "url": "https://www.tea.example/support" }])
    );
}

#[tokio::test]
async fn each_name_has_its_own_path_and_pages_belong_to_one() {
    let mut settings = settings();
    settings.site.also = vec![
        "https://help.tea.example".to_owned(),
        "https://shop.example:8443/tea".to_owned(),
    ];
    let shop = Shop::open_with(settings).await;
    let asks = async |host: &str, path: &str| {
        let request = shop.visitor("en").request("GET", path).header("host", host);
        let request = request.body(axum::body::Body::empty()).unwrap();
        shop.visitor("en").sends(request).await
    };
    let home = "https://www.tea.example/support";
    for (host, base) in [
        ("www.tea.example", "/support"),
        ("10.0.0.1:8090", "/support"),
        ("help.tea.example", ""),
        ("SHOP.example:8443", "/tea"),
    ] {
        let page = asks(host, &format!("{base}/help/en/")).await;
        assert_eq!(page.status, StatusCode::OK, "{host}");
        let widget = format!(" src=\"{base}/widget/v1/widget.js\"");
        assert!(page.text.contains(&widget), "{host}: {}", page.text);
        let canonical = format!("<link rel=\"canonical\" href=\"{home}/help/en/\">");
        assert!(page.text.contains(&canonical), "{host}: {}", page.text);
        let robots = asks(host, &format!("{base}/robots.txt")).await.text;
        assert!(
            robots.contains(&format!("Disallow: {base}/v1/\n")),
            "{robots}"
        );
        let console = asks(host, &format!("{base}/console/tickets?a=b")).await;
        let leads_to = match host.contains("example") && !host.starts_with("www") {
            true => format!("{home}/console/tickets?a=b"),
            false => format!("{base}/console/sign-in"),
        };
        assert_eq!(console.header("location"), leads_to, "{host}");
    }
}

#[tokio::test]
async fn a_proxy_may_take_the_path_off_itself() {
    let shop = Shop::open_with(settings()).await;
    let visitor = shop.visitor("en");
    // The path is missing where the proxy has taken it off, and what is said still begins with it.
    let nearest = visitor.gets("/help").await;
    assert_eq!(nearest.header("location"), "/support/help/en/");
    let page = visitor.gets("/help/en/").await;
    assert!(page.text.contains("src=\"/support/widget/v1/widget.js\""));
    assert_eq!(visitor.gets("/healthz").await.status, StatusCode::OK);
    for elsewhere in ["/supporters/help/en/", "/support/support/help/en/"] {
        visitor.gets(elsewhere).await.problem(404, "not-found");
    }
}
