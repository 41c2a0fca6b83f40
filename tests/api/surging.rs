//! Surge mode: switched by people, programs and a signed webhook; told everywhere in every language; over by itself.

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures_util::StreamExt as _;
use hmac::{Hmac, KeyInit, Mac};
use mondo::http::{HookSettings, HttpSettings};
use mondo::staff::Role;
use mondo::store::StaffLogFilter;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::actors::{Shop, Told, Visitor};
use crate::following::Followed;

const SECRET: &str = "shared with the monitor";

/// The moment `hours` after the shop opens.
fn in_hours(hours: i64) -> String {
    let opening = 1_795_305_600_000;
    mondo::time::Timestamp::from_millis(opening + hours * 3_600_000).to_string()
}

fn incident(name: &str, hours: i64) -> Value {
    json!({
        "incident": name,
        "texts": {
            "en": "Parcels are late after a <storm>.",
            "zh": "因台风，包裹派送延迟。",
            "ja": "台風のため、配送が遅れております。",
            "ko": "태풍으로 배송이 지연되고 있습니다.",
        },
        "categories": ["orders"],
        "bump": 1,
        "expires": in_hours(hours),
    })
}

async fn texts(shop: &Shop, languages: &str) -> Vec<Value> {
    let told = shop.visitor(languages).gets("/v1/notices").await;
    let notices = told.expect(StatusCode::OK)["notices"].clone();
    let notices = notices.as_array().unwrap();
    notices
        .iter()
        .map(|notice| notice["text"].clone())
        .collect()
}

#[tokio::test]
async fn an_incident_is_told_on_every_surface_and_its_tickets_go_first() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let agent = shop.colleague("Sora", Role::Agent).await;
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let before = late_parcel(&shop).await;
    assert_eq!(before["queue"], "standard");

    agent
        .posts("/v1/staff/surges", incident("INC-1", 2))
        .await
        .problem(403, "forbidden");
    let begun = lead
        .posts("/v1/staff/surges", incident("INC-1", 2))
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(begun["texts"]["zh-Hant"], "因颱風，包裹派送延遲。");
    for (languages, expected) in [
        ("en", "Parcels are late after a <storm>."),
        ("zh-CN", "因台风，包裹派送延迟。"),
        ("zh-TW", "因颱風，包裹派送延遲。"),
        ("ja", "台風のため、配送が遅れております。"),
        ("ko", "태풍으로 배송이 지연되고 있습니다."),
    ] {
        assert_eq!(texts(&shop, languages).await, [expected], "{languages}");
    }
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let link = visitor.wants_a_person("").await["link"].clone();
    let shown = "<p class=\"incident\" role=\"status\">Parcels are late after a &lt;storm&gt;.</p>";
    for path in [
        "/",
        "/help/en/",
        "/help/en/order-late",
        link.as_str().unwrap(),
    ] {
        let page = visitor.gets(path).await;
        assert!(page.text.contains(shown), "{path}: {}", page.text);
    }
    let page = shop.visitor("zh-TW").gets("/help/zh-Hant/").await;
    assert!(
        page.text.contains("因颱風，包裹派送延遲。"),
        "{}",
        page.text
    );

    let during = late_parcel(&shop).await;
    assert_eq!(
        (&during["queue"], &during["priority"]),
        (&json!("surge"), &json!("urgent"))
    );
    assert_eq!(before["priority"], "high");
    // A matter that nobody could place is not the incident's.
    assert_eq!(visitor.rereads().await["ticket"]["queue"], "standard");
    let queue = agent
        .gets("/v1/staff/queue?queue=surge")
        .await
        .expect(StatusCode::OK);
    let numbers: Vec<&Value> = queue["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["number"])
        .collect();
    assert_eq!(numbers, [&during["number"]]);

    // It survives a restart, ends by hand, and everything of it is in the log.
    let shop = shop.reopen().await;
    assert_eq!(texts(&shop, "ko").await.len(), 1);
    let lead = shop.signs_in_again(&lead).await;
    let ended = lead.sends("DELETE", "/v1/staff/surges/INC-1", None).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
    assert!(texts(&shop, "ko").await.is_empty());
    lead.sends("DELETE", "/v1/staff/surges/INC-1", None)
        .await
        .problem(404, "not-found");
    assert_eq!(late_parcel(&shop).await["queue"], "standard");
    let auditor = shop.signs_in_again(&auditor).await;
    let log = auditor
        .gets("/v1/staff/log?subject=INC-1")
        .await
        .expect(StatusCode::OK);
    let lines = log["lines"].as_array().unwrap();
    let mut actions: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["action"].as_str())
        .collect();
    // The shop's clock begins anew with each opening.
    actions.sort_unstable();
    assert_eq!(actions, ["surge_begin", "surge_end"]);
    assert!(lines.iter().all(|line| line["actor"] == lead.id.as_str()));
}

/// Opens a ticket of the category `orders`.
async fn late_parcel(shop: &Shop) -> Value {
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says("my order is late").await;
    visitor.wants_a_person("").await
}

#[tokio::test]
async fn a_surge_ends_by_itself_and_whoever_listens_hears_of_it() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let visitor = shop.visitor("en");
    let mut heard = listens(&visitor, "/v1/notices/events?lang=ja").await;
    let mut talking = shop.visitor("ko");
    talking.opens().await;
    let mut followed = Followed::by(&talking, None).await;
    followed.next_of("presence").await;
    assert_eq!(next(&mut heard).await, json!([]));
    lead.posts("/v1/staff/surges", incident("INC-2", 1))
        .await
        .expect(StatusCode::CREATED);
    // Whoever follows a conversation hears that there is something to read, without a number of its own.
    let sign = followed.next_of_all().await.unwrap();
    assert_eq!((sign.id, sign.kind.as_str()), (None, "notices"));
    let told = next(&mut heard).await;
    assert_eq!(told[0]["text"], "台風のため、配送が遅れております。");
    assert_eq!(
        (&told[0]["incident"], &told[0]["locale"]),
        (&json!("INC-2"), &json!("ja"))
    );

    // Begun again it is replaced, not doubled.
    let mut all = incident("INC-2", 3);
    all.as_object_mut().unwrap().remove("categories");
    lead.posts("/v1/staff/surges", all)
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(next(&mut heard).await.as_array().unwrap().len(), 1);
    let mut stranger = shop.visitor("en");
    stranger.opens().await;
    assert_eq!(
        stranger.wants_a_person("").await["queue"],
        "surge",
        "all categories"
    );

    let over = shop.app.now().later_by(4 * 3_600_000);
    assert_eq!(
        shop.app.visitors().surges(over),
        [],
        "over, whether or not anybody looks"
    );
    followed.next_of("notices").await;
    shop.app.workplace().run_surges(over).await.unwrap();
    followed.next_of("notices").await;
    assert_eq!(next(&mut heard).await, json!([]));
    let of_incident = StaffLogFilter {
        subject: Some("INC-2".to_owned()),
        ..StaffLogFilter::default()
    };
    let log = shop
        .store
        .reader()
        .staff_log(&of_incident, 1)
        .await
        .unwrap();
    assert_eq!(
        (log[0].action.as_str(), log[0].actor.as_str()),
        ("surge_expire", "timer")
    );
    let listed = lead.gets("/v1/staff/surges").await.expect(StatusCode::OK);
    assert_eq!(listed["surges"].as_array().unwrap().len(), 2);
    assert!(listed["surges"][0]["ended"].is_string());
}

async fn listens(visitor: &Visitor, path: &str) -> BodyDataStream {
    let request = visitor.request("GET", path).body(Body::empty()).unwrap();
    visitor
        .connects(request)
        .await
        .into_body()
        .into_data_stream()
}

async fn next(stream: &mut BodyDataStream) -> Value {
    let chunk = stream.next().await.unwrap().unwrap();
    let text = std::str::from_utf8(&chunk).unwrap();
    assert!(text.starts_with("event: notices\n"), "{text}");
    let data = text.lines().find_map(|line| line.strip_prefix("data: "));
    let data: Value = serde_json::from_str(data.unwrap()).unwrap();
    data["notices"].clone()
}

#[tokio::test]
async fn what_would_leave_somebody_untold_is_refused() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let refused = async |change: &dyn Fn(&mut Value), field: &str, word: &str| {
        let mut body = incident("INC-3", 1);
        change(&mut body);
        let told = admin.posts("/v1/staff/surges", body).await;
        // A moment that has passed and a category that no article has have their form.
        let problem = match word {
            "7 days" | "after now" | "weather" => told.problem(422, "content-refused"),
            _ => told.problem(400, "bad-request"),
        };
        assert_eq!(problem["field"], field);
        assert!(
            problem["detail"].as_str().unwrap().contains(word),
            "{problem}"
        );
    };
    let remove = |tag: &'static str| {
        move |body: &mut Value| drop(body["texts"].as_object_mut().unwrap().remove(tag))
    };
    refused(&remove("ko"), "texts", "`ko`").await;
    refused(&remove("zh"), "texts", "`zh`").await;
    refused(&|body| body["texts"]["fr"] = json!("x"), "texts.fr", "fr").await;
    refused(&|body| body["texts"]["en"] = json!(" "), "texts.en", "en").await;
    refused(
        &|body| body["expires"] = json!(in_hours(8 * 24)),
        "expires",
        "7 days",
    )
    .await;
    refused(
        &|body| body["expires"] = json!(in_hours(-1)),
        "expires",
        "after now",
    )
    .await;
    refused(&|body| body["expires"] = json!("soon"), "expires", "write").await;
    refused(&|body| body["bump"] = json!(9), "bump", "0 to 3").await;
    refused(
        &|body| body["categories"] = json!(["weather"]),
        "categories",
        "weather",
    )
    .await;
    refused(
        &|body| body["incident"] = json!("a b"),
        "incident",
        "visible",
    )
    .await;
    let mut endless = incident("INC-3", 1);
    endless.as_object_mut().unwrap().remove("expires");
    admin
        .posts("/v1/staff/surges", endless)
        .await
        .problem(400, "bad-request");
    assert!(texts(&shop, "en").await.is_empty());
}

fn signed(secret: &str, seconds: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    let digits = mac.finalize().into_bytes();
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn hooks(shop: &Shop, seconds: i64, signature: &str, body: &str) -> Told {
    let request = Request::builder()
        .method("POST")
        .uri("/v1/hooks/surge")
        .header("x-mondo-timestamp", seconds)
        .header("x-mondo-signature", format!("sha256={signature}"))
        .body(Body::from(body.to_owned()))
        .unwrap();
    shop.visitor("en").sends(request).await
}

#[tokio::test]
async fn a_monitor_switches_by_a_signed_webhook_once() {
    let settings = HttpSettings {
        hooks: HookSettings {
            surge_secret: mondo::signing::Secret::new(SECRET),
        },
        ..HttpSettings::default()
    };
    let shop = Shop::open_with(settings).await;
    let now = shop.app.now().as_millis() / 1_000;
    let begin = json!({ "begin": incident("INC-4", 1) }).to_string();
    let good = signed(SECRET, now, &begin);

    for (seconds, signature, body) in [
        (now, signed("another secret", now, &begin), begin.clone()),
        (now, good.clone(), begin.replace("INC-4", "INC-5")),
        (now + 1, good.clone(), begin.clone()),
        (now, good[..62].to_owned(), begin.clone()),
        (now, String::new(), begin.clone()),
        (now - 301, signed(SECRET, now - 301, &begin), begin.clone()),
        (now + 302, signed(SECRET, now + 302, &begin), begin.clone()),
    ] {
        hooks(&shop, seconds, &signature, &body)
            .await
            .problem(401, "sign-in-needed");
    }
    assert!(texts(&shop, "en").await.is_empty());

    let done = hooks(&shop, now, &good, &begin).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
    assert_eq!(texts(&shop, "ko").await.len(), 1);
    // Shown again, also in other letters, it is nothing but a copy.
    hooks(&shop, now, &good, &begin)
        .await
        .problem(409, "idempotency-conflict");
    hooks(&shop, now, &good.to_uppercase(), &begin)
        .await
        .problem(409, "idempotency-conflict");
    let end = json!({ "end": "INC-4" }).to_string();
    let done = hooks(&shop, now, &signed(SECRET, now, &end), &end).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
    assert!(texts(&shop, "ko").await.is_empty());
    let nonsense = "{\"begin\":{}}";
    hooks(&shop, now, &signed(SECRET, now, nonsense), nonsense)
        .await
        .problem(400, "bad-request");
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let log = auditor.gets("/v1/staff/log?subject=INC-4").await;
    let log = log.expect(StatusCode::OK);
    assert_eq!(log["lines"][0]["actor"], "webhook");

    let off = Shop::open().await;
    let told = hooks(&off, now, &signed("", now, &begin), &begin).await;
    told.problem(401, "sign-in-needed");
}
