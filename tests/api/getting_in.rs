//! Getting in and staying in: guesses, browsers that are known, sessions and their ends, and what leaves with an account.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::to_bytes;
use axum::http::StatusCode;
use futures_util::future::join_all;
use mondo::desk::{Desk, DeskSettings, StaffSettings};
use mondo::http::{AppState, HttpSettings};
use mondo::staff::{Role, SecondFactor};
use mondo::time::Timestamp;
use serde_json::json;

use crate::actors::{OPENING, Shop, Told, engine, store_on};
use crate::colleagues::Colleague;

/// A shop whose clock stands still until it is told to go on.
async fn shop_with(staff: StaffSettings) -> (Shop, Arc<AtomicI64>) {
    let moment = Arc::new(AtomicI64::new(OPENING));
    let clock = {
        let moment = Arc::clone(&moment);
        Arc::new(move || Timestamp::from_millis(moment.load(Ordering::Relaxed)))
    };
    let folder = tempfile::tempdir().unwrap();
    let store = store_on(folder.path()).await;
    let desk = Desk::new(engine(), store.clone(), DeskSettings::default());
    let desk = desk.with_staff_settings(staff);
    let app = AppState::new(Arc::new(desk), HttpSettings::default(), clock);
    let shop = Shop {
        app,
        store,
        engine: engine(),
        folder,
        moment: Arc::clone(&moment),
    };
    (shop, moment)
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Tries a password, from a browser that shows these cookies.
async fn tries(colleague: &Colleague, password: &str, cookies: &str) -> Told {
    let body = json!({ "email": colleague.email, "password": password });
    let headers = [("cookie", cookies)];
    let body = body.to_string().into_bytes();
    let path = "/v1/staff/session";
    Told::read(colleague.connects_bytes("POST", path, &headers, body).await).await
}

/// The cookie by which a browser is known from now on.
fn device_of(told: &Told) -> String {
    let cookies = told.headers.get_all("set-cookie").iter();
    cookies
        .map(|cookie| cookie.to_str().unwrap())
        .find(|cookie| cookie.contains("mondo_device="))
        .and_then(|cookie| cookie.split(';').next())
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn guesses_sent_at_once_are_looked_at_one_after_another() {
    let (shop, _) = shop_with(StaffSettings::default()).await;
    let sora = shop.hires("Sora", Role::Agent).await;
    let mut guesses: Vec<String> = (0..11).map(|place| format!("guess {place}")).collect();
    guesses.push(sora.password.clone());
    let tried = join_all(guesses.iter().map(|guess| tries(&sora, guess, ""))).await;
    let first = tried[0].problem(401, "sign-in-needed");
    for told in &tried {
        let refused = told.problem(401, "sign-in-needed");
        assert_eq!(refused["detail"], first["detail"]);
    }
}

#[tokio::test]
async fn strangers_who_guess_lock_nobody_out_of_the_browser_they_use() {
    let (shop, moment) = shop_with(StaffSettings::default()).await;
    let sora = shop.hires("Sora", Role::Agent).await;
    let kenji = shop.hires("Kenji", Role::Agent).await;
    let known = tries(&sora, &sora.password, "").await;
    known.expect(StatusCode::OK);
    let known = device_of(&known);
    for _ in 0..8 {
        tries(&sora, "a guess", "")
            .await
            .problem(401, "sign-in-needed");
    }
    let password = sora.password.clone();
    let elsewhere = tries(&sora, &password, "").await;
    elsewhere.problem(401, "sign-in-needed");
    let at_home = tries(&sora, &password, &known).await;
    at_home.expect(StatusCode::OK);

    // The browser is known by a new token, and guesses in it are counted as well.
    let known = device_of(&at_home);
    for _ in 0..5 {
        tries(&sora, "a guess", &known)
            .await
            .problem(401, "sign-in-needed");
    }
    tries(&sora, &password, &known)
        .await
        .problem(401, "sign-in-needed");
    moment.fetch_add(16 * MINUTE, Ordering::Relaxed);
    tries(&sora, &password, &known).await.expect(StatusCode::OK);

    // A browser known for one account opens no other.
    let borrowed = tries(&kenji, &kenji.password, "").await;
    let borrowed = device_of(&borrowed);
    for _ in 0..5 {
        tries(&sora, "a guess", &borrowed)
            .await
            .problem(401, "sign-in-needed");
    }
    tries(&sora, &password, &borrowed)
        .await
        .problem(401, "sign-in-needed");
}

#[tokio::test]
async fn who_leaves_is_out_with_their_keys_and_streams() {
    let (shop, _) = shop_with(StaffSettings::default()).await;
    let ada = shop.colleague("Ada", Role::Admin).await;
    let bea = shop.colleague("Bea", Role::Admin).await;
    let wanted = json!({ "name": "k", "scopes": ["conversations.read", "users.manage"] });
    let made = bea.posts("/v1/staff/keys", wanted).await;
    let made = made.expect(StatusCode::CREATED);
    let program = shop.program(made["token"].as_str().unwrap());
    program.gets("/v1/staff/keys").await.expect(StatusCode::OK);
    let streams = [
        bea.connects("GET", "/v1/staff/news", None).await,
        program.connects("GET", "/v1/staff/news", None).await,
    ];
    let path = format!("/v1/staff/agents/{}", bea.id);

    // A key may do what its maker may by now.
    let lower = json!({ "role": "viewer", "active": true });
    ada.puts(&path, lower).await.expect(StatusCode::OK);
    program
        .gets("/v1/staff/keys")
        .await
        .problem(403, "forbidden");
    program.gets("/v1/staff/queue").await.expect(StatusCode::OK);

    let leaves = json!({ "role": "viewer", "active": false });
    ada.puts(&path, leaves).await.expect(StatusCode::OK);
    bea.gets("/v1/staff/queue")
        .await
        .problem(401, "sign-in-needed");
    program
        .gets("/v1/staff/queue")
        .await
        .problem(401, "sign-in-needed");
    for stream in streams {
        assert_eq!(stream.status(), StatusCode::OK);
        to_bytes(stream.into_body(), usize::MAX)
            .await
            .expect("it has ended");
    }
}

#[tokio::test]
async fn streams_end_with_the_session_and_sessions_can_be_ended_elsewhere() {
    let (shop, _) = shop_with(StaffSettings::default()).await;
    let here = shop.colleague("Sora", Role::Agent).await;
    let there = shop.signs_in_again(&here).await;
    let stream = there.connects("GET", "/v1/staff/news", None).await;
    let listed = here.gets("/v1/staff/account/sessions").await;
    let listed = listed.expect(StatusCode::OK);
    let sessions = listed["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2, "{listed}");
    let other = sessions.iter().find(|one| one["current"] == false).unwrap();
    let path = format!(
        "/v1/staff/account/sessions/{}",
        other["id"].as_str().unwrap()
    );
    let stranger = shop.colleague("Eve", Role::Agent).await;
    stranger
        .sends("DELETE", &path, None)
        .await
        .problem(404, "not-found");
    let ended = here.sends("DELETE", &path, None).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
    to_bytes(stream.into_body(), usize::MAX)
        .await
        .expect("it has ended");
    there
        .gets("/v1/staff/session")
        .await
        .problem(401, "sign-in-needed");
    here.gets("/v1/staff/session").await.expect(StatusCode::OK);

    let stream = here.connects("GET", "/v1/staff/news", None).await;
    here.sends("DELETE", "/v1/staff/session", None).await;
    to_bytes(stream.into_body(), usize::MAX)
        .await
        .expect("it has ended");
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_nobody_elses() {
    let (shop, _) = shop_with(StaffSettings::default()).await;
    let here = shop.colleague("Sora", Role::Agent).await;
    let elsewhere = [
        shop.signs_in_again(&here).await,
        shop.signs_in_again(&here).await,
    ];
    let other = shop.colleague("Kenji", Role::Agent).await;
    let stream = elsewhere[0].connects("GET", "/v1/staff/news", None).await;
    let path = "/v1/staff/account/sessions";
    let ended = here.sends("DELETE", path, None).await;
    assert_eq!(ended.expect(StatusCode::OK)["ended"], 2);
    to_bytes(stream.into_body(), usize::MAX)
        .await
        .expect("it has ended");
    for session in &elsewhere {
        let told = session.gets("/v1/staff/session").await;
        told.problem(401, "sign-in-needed");
    }
    let left = here.gets(path).await.expect(StatusCode::OK);
    assert_eq!(left["sessions"].as_array().unwrap().len(), 1, "{left}");
    other.gets("/v1/staff/session").await.expect(StatusCode::OK);
    let again = here.sends("DELETE", path, None).await;
    assert_eq!(again.expect(StatusCode::OK)["ended"], 0);
}

#[tokio::test]
async fn sessions_end_when_nothing_is_done_and_ask_again_before_grave_acts() {
    let staff = StaffSettings {
        idle_minutes: 60,
        ask_again_minutes: 10,
        ..StaffSettings::default()
    };
    let (shop, moment) = shop_with(staff).await;
    let ada = shop.colleague("Ada", Role::Admin).await;
    let later = |minutes: i64| moment.fetch_add(minutes * MINUTE, Ordering::Relaxed);
    let key = || json!({ "name": "k", "scopes": [] });
    ada.posts("/v1/staff/keys", key())
        .await
        .expect(StatusCode::CREATED);
    later(11);
    let secret = json!({ "secret": SecondFactor::generate().reveal(), "code": "000000" });
    let hook = json!({ "url": "https://hooks.example/" });
    let whose = json!({ "visitor": "4711" });
    let erasure = json!({ "visitor": "4711", "reason": "request 12" });
    for (method, path, body) in [
        ("POST", "/v1/staff/keys", key()),
        ("POST", "/v1/staff/privacy/export", whose),
        ("POST", "/v1/staff/privacy/erasure", erasure),
        ("POST", "/v1/staff/webhooks", hook),
        ("PUT", "/v1/staff/second-factor", secret),
    ] {
        let told = ada.sends(method, path, Some(body)).await;
        told.problem(403, "proof-needed");
    }
    let wrong = json!({ "password": "a guess" });
    let told = ada.posts("/v1/staff/session/proof", wrong).await;
    assert_eq!(told.problem(422, "content-refused")["field"], "current");
    let right = json!({ "password": ada.password });
    let told = ada.posts("/v1/staff/session/proof", right.clone()).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
    ada.posts("/v1/staff/keys", key())
        .await
        .expect(StatusCode::CREATED);

    // Guesses in an open console are counted as those at the door are.
    for _ in 0..5 {
        let wrong = json!({ "password": "a guess" });
        let told = ada.posts("/v1/staff/session/proof", wrong).await;
        told.problem(422, "content-refused");
    }
    let told = ada.posts("/v1/staff/session/proof", right).await;
    told.problem(422, "content-refused");

    // What a page fetches by itself is nothing done; an act is.
    later(59);
    ada.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    later(2);
    ada.gets("/v1/staff/queue")
        .await
        .problem(401, "sign-in-needed");
    let sora = shop.colleague("Sora", Role::Agent).await;
    for _ in 0..3 {
        later(40);
        sora.posts("/v1/staff/phrase", json!({}))
            .await
            .expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn a_role_can_be_made_to_set_up_a_second_factor() {
    let staff = StaffSettings {
        second_factor_roles: vec![Role::Admin],
        ..StaffSettings::default()
    };
    let (shop, _) = shop_with(staff).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    sora.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    let ada = shop.colleague("Ada", Role::Admin).await;
    ada.gets("/v1/staff/queue")
        .await
        .problem(403, "second-factor-needed");
    let sent_on = ada.gets("/console").await;
    assert_eq!(sent_on.header("location"), "/console/settings");
    assert_eq!(ada.gets("/console/settings").await.status, StatusCode::OK);
    let factor = SecondFactor::generate();
    let code = factor.code_at(shop.app.now()).unwrap();
    let proof = json!({ "secret": factor.reveal(), "code": code });
    let set = ada.puts("/v1/staff/second-factor", proof).await;
    set.expect(StatusCode::OK);
    ada.gets("/v1/staff/queue").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn passwords_that_are_soon_guessed_are_refused_and_given_ones_expire() {
    let (shop, moment) = shop_with(StaffSettings::default()).await;
    let mut sora = shop.colleague("Sora", Role::Agent).await;
    let path = "/v1/staff/account/password";
    for (new, status, kind) in [
        ("password1234", 422, "content-refused"),
        ("123456789012", 422, "content-refused"),
        ("sora@example.com", 422, "content-refused"),
        ("short", 400, "bad-request"),
    ] {
        let told = sora
            .puts(path, json!({ "current": sora.password, "new": new }))
            .await;
        assert_eq!(told.problem(status, kind)["field"], "new", "{new}");
    }
    for secret in ["AA", "", "GEZDGNBV", "not base 32"] {
        let told = sora
            .puts(
                "/v1/staff/second-factor",
                json!({ "secret": secret, "code": "000000" }),
            )
            .await;
        assert_eq!(told.problem(400, "bad-request")["field"], "secret");
    }
    let kenji = shop.hires("Kenji", Role::Agent).await;
    let new = "teapot lantern gravel";
    let told = sora
        .puts(path, json!({ "current": sora.password, "new": new }))
        .await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
    moment.fetch_add(8 * DAY, Ordering::Relaxed);
    sora.password = new.to_owned();
    sora.signs_in(None).await.expect(StatusCode::OK);
    let told = tries(&kenji, &kenji.password, "").await;
    let refused = told.problem(401, "sign-in-needed");
    assert!(refused["detail"].as_str().unwrap().contains("expired"));
    let told = tries(&kenji, "a guess", "").await;
    let refused = told.problem(401, "sign-in-needed");
    assert!(!refused["detail"].as_str().unwrap().contains("expired"));
}

#[tokio::test]
async fn over_encryption_cookies_and_pages_are_held_to_it() {
    let (shop, _) = shop_with(StaffSettings::default()).await;
    let sora = shop.hires("Sora", Role::Agent).await;
    let sends = async |method: &str, path: &str, cookies: &str, body: Vec<u8>| {
        let headers = [("x-forwarded-proto", "https"), ("cookie", cookies)];
        Told::read(sora.connects_bytes(method, path, &headers, body).await).await
    };
    let body = json!({ "email": sora.email, "password": sora.password });
    let body = body.to_string().into_bytes();
    let told = sends("POST", "/v1/staff/session", "", body).await;
    told.expect(StatusCode::OK);
    let cookies: Vec<&str> = told
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    for cookie in &cookies {
        assert!(cookie.starts_with("__Host-mondo_"), "{cookie}");
        assert!(cookie.contains("; Secure") && cookie.contains("; Path=/"));
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let session = cookies[0].split(';').next().unwrap();
    let path = "/v1/staff/session";
    let known = sends("GET", path, session, Vec::new()).await;
    known.expect(StatusCode::OK);
    assert_eq!(known.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(known.header("cache-control"), "no-store");
    assert!(
        known
            .header("strict-transport-security")
            .contains("max-age=")
    );
    // A cookie that another site of the domain can set is not looked at.
    let planted = session.replace("__Host-", "");
    let told = sends("GET", path, &planted, Vec::new()).await;
    told.problem(401, "sign-in-needed");
    let page = sends("GET", "/help/en/", "", Vec::new()).await;
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    let plain = sora.gets("/help/en/").await;
    assert_eq!(plain.header("strict-transport-security"), "");
}
