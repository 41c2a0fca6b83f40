//! Who is given which article, and what of it: audiences, passages, pictures.

use std::fs;
use std::path::Path;

use axum::http::StatusCode;
use mondo::identity::IdentityMode;
use mondo::staff::Role;
use serde_json::json;
use tempfile::TempDir;

use crate::actors::{Shop, Visitor};
use crate::tokens::{SECRET, claims, hs256, settings};

/// One white point.
const POINT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

const LONG: &str = "\
## Sizes of our lanterns

Small lanterns are 12 cm high, large ones 30 cm.

## Cleaning a lantern {#clean}

:::warning Glass
Let the glass cool for ten minutes before you touch it.
:::

1. Lift the lid.
2. Wipe the glass with a dry cloth.

![The lid](the%20lid.gif)

![Elsewhere](https://pictures.example/far.png)

## Sending a lantern back

Lanterns can be sent back within 40 days, in their box.
";

fn write(base: &Path, slug: &str, audience: &str, title: &str, summary: &str, body: &str) {
    let folder = base.join("lights").join(slug);
    fs::create_dir_all(&folder).unwrap();
    let matter = format!("id = \"{slug}\"\ncategory = \"lights\"\naudience = [\"{audience}\"]\n");
    fs::write(folder.join("article.toml"), matter).unwrap();
    let text = format!("+++\ntitle = \"{title}\"\nsummary = \"{summary}\"\n+++\n{body}");
    fs::write(folder.join("en.md"), text).unwrap();
}

fn base() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path();
    let about = "This page answers questions about lanterns.";
    write(base, "lanterns", "all", "Lanterns", about, LONG);
    fs::write(base.join("lights/lanterns/the lid.gif"), POINT).unwrap();
    write(
        base,
        "burned-stock",
        "staff",
        "What do we say about the burned candle stock?",
        "Say that the candle stock burned in May.",
        "Nothing else.",
    );
    write(
        base,
        "wholesale-candles",
        "dealers",
        "What do dealers pay for wholesale candles?",
        "Dealers pay half for wholesale candles.",
        "Nothing else.",
    );
    write(
        base,
        "candle-colours",
        "all",
        "Which colours do candles have?",
        "Candles are white, red or green.",
        "Nothing else.",
    );
    folder
}

async fn ids_found(visitor: &Visitor, query: &str) -> Vec<String> {
    let found = visitor.gets(&format!("/v1/search?q={query}")).await;
    let found = found.expect(StatusCode::OK);
    let hits = found["hits"].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["article"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_article_for_some_is_shown_to_nobody_else() {
    let folder = base();
    let shop = Shop::open_knowing(folder.path(), settings(IdentityMode::Optional)).await;
    let anybody = shop.visitor("en");
    let found = ids_found(&anybody, "candle").await;
    assert!(found.contains(&"candle-colours".to_owned()), "{found:?}");
    for hidden in ["burned-stock", "wholesale-candles"] {
        assert!(!found.contains(&hidden.to_owned()), "{found:?}");
        for path in [
            format!("/v1/articles/{hidden}"),
            format!("/help/en/{hidden}"),
        ] {
            assert_eq!(
                anybody.gets(&path).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        for path in ["/sitemap.xml", "/help/en/topic/lights", "/help/en/"] {
            let page = anybody.gets(path).await;
            assert!(!page.text.contains(hidden), "{path}: {}", page.text);
        }
    }
    let told = anybody
        .asks("What do dealers pay for wholesale candles?")
        .await;
    assert!(!told.to_string().contains("half"), "{told}");

    let mut dealer = shop.visitor("en");
    let mut named = claims("ada");
    named["audience"] = json!(["dealers"]);
    let header = json!({ "alg": "HS256", "kid": "new" });
    dealer.token = Some(hs256(SECRET.as_bytes(), &header, &named));
    let found = ids_found(&dealer, "candle").await;
    assert!(found.contains(&"wholesale-candles".to_owned()), "{found:?}");
    assert!(!found.contains(&"burned-stock".to_owned()), "{found:?}");
    let told = dealer
        .asks("What do dealers pay for wholesale candles?")
        .await;
    assert_eq!(told["answer"]["article"], "wholesale-candles", "{told}");

    let agent = shop.colleague("Mina", Role::Agent).await;
    let transcript = json!({
        "transcript": [{ "author": "visitor", "text": "What about the burned candle stock?" }],
    });
    let suggested = agent.posts("/v1/suggestions", transcript).await;
    let suggested = suggested.expect(StatusCode::OK);
    assert!(
        suggested.to_string().contains("burned-stock"),
        "{suggested}"
    );
}

#[tokio::test]
async fn a_long_page_answers_with_its_section() {
    let folder = base();
    let shop = Shop::open_knowing(folder.path(), settings(IdentityMode::Optional)).await;
    let visitor = shop.visitor("en");
    let told = visitor.asks("how do I send a lantern back").await;
    let answer = &told["answer"];
    assert_eq!(answer["article"], "lanterns", "{told}");
    assert_eq!(answer["passage"]["heading"], "Sending a lantern back");
    assert_eq!(answer["link"], "/help/en/lanterns#sending-a-lantern-back");
    let text = answer["text"].as_str().unwrap();
    assert_eq!(
        text,
        "Lanterns can be sent back within 40 days, in their box."
    );
    assert!(answer["summary"].as_str().unwrap().contains("This page"));
    let start = answer["passage"]["start"].as_u64().unwrap() as usize;
    assert!(LONG.trim()[start..].starts_with("Lanterns can be sent back"));

    let told = visitor.asks("cleaning the glass of a lantern").await;
    let passage = &told["answer"]["passage"];
    assert_eq!(passage["anchor"], "clean", "{told}");
    let html = passage["html"].as_str().unwrap();
    assert!(
        html.contains("<blockquote class=\"markdown-alert-warning\">"),
        "{html}"
    );
    assert!(
        html.contains("<li>Wipe the glass with a dry cloth.</li>"),
        "{html}"
    );
}

#[tokio::test]
async fn pictures_are_served_and_never_change_under_their_address() {
    let folder = base();
    let shop = Shop::open_knowing(folder.path(), settings(IdentityMode::Optional)).await;
    let visitor = shop.visitor("en");
    let page = visitor.gets("/help/en/lanterns").await;
    let html = &page.text;
    assert!(html.contains("<h2 id=\"clean\">"), "{html}");
    let start = html.find("/help/media/").expect("a picture of the article");
    let (address, rest) = html[start..].split_once('"').unwrap();
    assert!(address.ends_with("/the%20lid.gif"), "{address}");
    let tag = rest.split_once('>').unwrap().0;
    assert!(
        tag.contains("width=\"1\" height=\"1\" loading=\"lazy\""),
        "{tag}"
    );
    // A picture of a site that the operator does not name is a link.
    assert!(
        html.contains("href=\"https://pictures.example/far.png\""),
        "{html}"
    );

    let picture = visitor.gets(address).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.bytes, POINT);
    assert_eq!(picture.header("content-type"), "image/gif");
    assert!(picture.header("cache-control").contains("immutable"));
    fs::write(
        folder.path().join("lights/lanterns/the lid.gif"),
        b"changed",
    )
    .unwrap();
    assert_eq!(visitor.gets(address).await.status, StatusCode::NOT_FOUND);
    let unknown = visitor.gets("/help/media/0123/x.gif").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
