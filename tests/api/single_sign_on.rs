//! Staff sign in by a provider: who is let in, as what, and who is not.

mod forged;

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use mondo::sso::{Provider, SsoSettings};
use mondo::staff::Role;
use mondo::time::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::actors::{Shop, Told, Visitor, shop_settings};
use crate::listener::{Heard, Listener, Said, said};

/// What the provider knows and does next.
struct Known {
    /// Keys by name; tokens are signed with the last.
    keys: Vec<(String, SigningKey)>,
    /// What a token says beside what every token says.
    person: Value,
    /// What is said beside the token.
    beside: Value,
    /// Of the attempt that is under way.
    nonce: String,
    challenge: String,
    now_s: i64,
    /// A whole token in the place of the right one.
    forged: Option<String>,
    /// How often the keys were read.
    looks: usize,
}

/// A provider that speaks OpenID Connect as far as it is spoken here.
struct StubProvider {
    server: Listener,
    known: Arc<Mutex<Known>>,
}

fn key(name: &str, seed: u8) -> (String, SigningKey) {
    (name.to_owned(), SigningKey::from_bytes(&[seed; 32]))
}

/// Reads a form or query.
fn pairs_in(written: &str) -> Vec<(String, String)> {
    let pairs = written.split('&').filter_map(|pair| pair.split_once('='));
    let read = |part: &str| {
        let decoded = percent_encoding::percent_decode_str(part).decode_utf8();
        decoded.unwrap().into_owned()
    };
    pairs
        .map(|(name, value)| (name.to_owned(), read(value)))
        .collect()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signs a token.
fn token(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = key.sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

impl Known {
    fn claims(&self, issuer: &str) -> Value {
        let mut claims = json!({
            "iss": issuer, "aud": "mondo", "sub": "u-1", "nonce": self.nonce,
            "iat": self.now_s, "exp": self.now_s + 300, "auth_time": self.now_s,
        });
        for (name, value) in self.person.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "JWT", "kid": self.keys.last().unwrap().0 })
    }

    fn reply(&mut self, heard: &Heard) -> Said {
        let issuer = format!("http://{}", heard.header("host"));
        let answer = match heard.path.as_str() {
            "/.well-known/openid-configuration" => json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/auth?tenant=shop"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/jwks"),
                "userinfo_endpoint": format!("{issuer}/me"),
                "end_session_endpoint": format!("{issuer}/leave"),
            }),
            "/jwks" => {
                self.looks += 1;
                let keys = self.keys.iter().map(|(name, key)| {
                    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
                    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": name, "x": x })
                });
                json!({ "keys": keys.collect::<Vec<_>>() })
            }
            "/token" => {
                let form = pairs_in(std::str::from_utf8(&heard.body).unwrap());
                let field = |name: &str| {
                    let found = form.iter().find(|(known, _)| known == name);
                    found.map_or("", |(_, value)| value.as_str())
                };
                // The client shows its secret, and that it is the one that has asked for the code.
                let credentials =
                    base64::engine::general_purpose::STANDARD.encode("mondo:a%20secret");
                let shown = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
                if heard.header("authorization") != format!("Basic {credentials}")
                    || field("grant_type") != "authorization_code"
                    || field("code") != "the-code"
                    || shown != self.challenge
                {
                    return said(400, r#"{"error":"invalid_grant"}"#);
                }
                let id_token = match self.forged.take() {
                    Some(forged) => forged,
                    None => {
                        let key = &self.keys.last().unwrap().1;
                        token(&self.header(), &self.claims(&issuer), key)
                    }
                };
                json!({ "access_token": "access", "token_type": "Bearer", "id_token": id_token })
            }
            "/me" if heard.header("authorization") == "Bearer access" => self.beside.clone(),
            _ => return said(404, ""),
        };
        said(200, &answer.to_string())
    }
}

impl StubProvider {
    async fn start() -> Self {
        let known = Arc::new(Mutex::new(Known {
            keys: vec![key("first", 1)],
            person: json!({}),
            beside: json!({ "sub": "u-1" }),
            nonce: String::new(),
            challenge: String::new(),
            now_s: 0,
            forged: None,
            looks: 0,
        }));
        let answering = Arc::clone(&known);
        let server = Listener::answering(move |heard| answering.lock().unwrap().reply(heard)).await;
        Self { server, known }
    }

    fn settings(&self) -> SsoSettings {
        SsoSettings {
            issuer: self.server.address.clone(),
            client_id: "mondo".to_owned(),
            client_secret: mondo::signing::Secret::new("a secret"),
            name: "Tea House ID".to_owned(),
            roles: vec!["desk-admins:admin".to_owned(), "desk:agent".to_owned()],
            private_addresses: true,
            ..SsoSettings::default()
        }
    }

    /// Says who signs in next.
    fn knows(&self, person: Value) {
        self.known.lock().unwrap().person = person;
    }
}

fn ada() -> Value {
    json!({ "sub": "u-1", "name": "Ada", "email": "ada@example.com", "email_verified": true, "groups": ["desk"] })
}

/// A shop whose staff sign in by the provider.
struct Door {
    shop: Shop,
    provider: StubProvider,
    browser: Visitor,
    /// Beneath which path the shop is reached.
    base: &'static str,
}

/// A browser that is under way to the provider.
struct UnderWay {
    state: String,
    cookie: String,
}

impl Door {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut SsoSettings)) -> Self {
        let provider = StubProvider::start().await;
        let mut settings = provider.settings();
        change(&mut settings);
        Self::before(provider, &settings, "").await
    }

    /// A door of a shop that is reached beneath a path.
    async fn open_beneath(base: &'static str) -> Self {
        let provider = StubProvider::start().await;
        let settings = provider.settings();
        Self::before(provider, &settings, base).await
    }

    async fn before(provider: StubProvider, settings: &SsoSettings, base: &'static str) -> Self {
        let mut http = shop_settings();
        if !base.is_empty() {
            http.site.address = format!("https://www.tea.example{base}");
        }
        let known = Provider::new(settings).unwrap();
        let shop = Shop::open_as(http, |desk| desk.with_provider(known)).await;
        Self {
            browser: shop.visitor("en"),
            shop,
            provider,
            base,
        }
    }

    async fn gets(&self, path: &str, cookie: &str) -> Told {
        let path = format!("{}{path}", self.base);
        let request = self.browser.request("GET", &path).header("cookie", cookie);
        let response = self.browser.sends(request.body("".into()).unwrap());
        response.await
    }

    /// Leaves for the provider.
    async fn leaves(&self, query: &str, cookie: &str) -> UnderWay {
        let told = self.gets(&format!("/v1/staff/sso{query}"), cookie).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        let address = told.header("location");
        let (place, pairs) = address.split_once('?').unwrap();
        assert_eq!(place, format!("{}/auth", self.provider.server.address));
        let pairs = pairs_in(pairs);
        let pair = |name: &str| {
            let found = pairs.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        assert_eq!(pair("tenant"), "shop");
        assert_eq!(pair("response_type"), "code");
        assert_eq!(pair("client_id"), "mondo");
        assert_eq!(pair("scope"), "openid profile email");
        assert_eq!(pair("code_challenge_method"), "S256");
        let way_back = format!("{}/v1/staff/sso/callback", self.base);
        assert!(pair("redirect_uri").ends_with(&way_back));
        assert_eq!(pair("max_age") == "0", query.contains("prove"));
        let mut known = self.provider.known.lock().unwrap();
        known.nonce = pair("nonce");
        known.challenge = pair("code_challenge");
        known.now_s = self.shop.app.now().as_millis() / 1_000;
        let cookie = told.header("set-cookie");
        let path = format!("Path={}/v1/staff/sso", self.base);
        assert!(cookie.contains("HttpOnly; SameSite=Lax") && cookie.contains(&path));
        UnderWay {
            state: pair("state"),
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }

    async fn comes_back(&self, under_way: &UnderWay, cookies: &str) -> Told {
        let path = format!(
            "/v1/staff/sso/callback?code=the-code&state={}",
            under_way.state
        );
        self.gets(&path, &format!("{}; {cookies}", under_way.cookie))
            .await
    }

    /// There and back; the page that is shown then, and the cookies.
    async fn enters(&self) -> (String, String) {
        let under_way = self.leaves("", "").await;
        let told = self.comes_back(&under_way, "").await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        (told.header("location").to_owned(), session_in(&told))
    }

    /// Who is signed in, with the token that forms repeat.
    async fn who(&self, session: &str) -> Told {
        self.gets("/v1/staff/session", session).await
    }

    async fn acts(&self, method: &str, path: &str, session: &str, body: Value) -> Told {
        let who = self.who(session).await.expect(StatusCode::OK);
        let request = self
            .browser
            .request(method, path)
            .header("cookie", session)
            .header("x-csrf-token", who["csrf"].as_str().unwrap());
        self.browser
            .sends(request.body(body.to_string().into()).unwrap())
            .await
    }

    /// What the log keeps, as action and actor.
    async fn log(&self) -> Vec<(String, String)> {
        let auditor = self.shop.colleague("Otto", Role::Auditor).await;
        let log = auditor.gets("/v1/staff/log").await.expect(StatusCode::OK);
        let lines = log["lines"].as_array().unwrap().iter();
        let word = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        lines
            .map(|line| (word(line, "action"), word(line, "actor")))
            .collect()
    }
}

/// The session cookie among those that are set; empty where there is none.
fn session_in(told: &Told) -> String {
    let cookies = told.headers.get_all("set-cookie").iter();
    cookies
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|cookie| cookie.starts_with("mondo_session="))
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_person_of_the_right_group_signs_in_works_and_leaves() {
    let door = Door::open().await;
    let page = door.gets("/console/sign-in", "").await.text;
    assert!(page.contains("Sign in with Tea House ID"), "{page}");
    assert!(
        page.contains("name=\"password\""),
        "passwords work too: {page}"
    );
    door.provider.knows(ada());
    let (page, session) = door.enters().await;
    assert_eq!(page, "/console");
    let who = door.who(&session).await.expect(StatusCode::OK);
    assert_eq!(who["agent"]["name"], "Ada");
    assert_eq!(who["agent"]["email"], "ada@example.com");
    assert_eq!(who["agent"]["role"], "agent");
    // The same person again is the same account, whatever they are called by now.
    let mut renamed = ada();
    renamed["email"] = json!("ada.lovelace@example.com");
    door.provider.knows(renamed);
    let (_, again) = door.enters().await;
    let same = door.who(&again).await.expect(StatusCode::OK);
    assert_eq!(same["agent"]["id"], who["agent"]["id"]);

    let told = door
        .acts("DELETE", "/v1/staff/session", &session, json!({}))
        .await;
    let leaving = told.expect(StatusCode::OK)["continue_at"].clone();
    let leaving = leaving.as_str().unwrap();
    let place = format!("{}/leave?id_token_hint=ey", door.provider.server.address);
    assert!(leaving.starts_with(&place), "{leaving}");
    assert!(leaving.contains("post_logout_redirect_uri="), "{leaving}");
    door.who(&session).await.problem(401, "sign-in-needed");
    let log = door.log().await;
    for (action, actor) in [("add_agent", "provider"), ("sign_in", ""), ("sign_out", "")] {
        let found = log
            .iter()
            .any(|(known, by)| known == action && (actor.is_empty() || by == actor));
        assert!(found, "{action} by {actor}: {log:?}");
    }
}

#[tokio::test]
async fn the_provider_leads_back_beneath_the_path_of_the_shop() {
    let door = Door::open_beneath("/support").await;
    door.provider.knows(ada());
    let (page, session) = door.enters().await;
    assert_eq!(page, "/support/console");
    door.who(&session).await.expect(StatusCode::OK);
    // A page that was wanted, as the console names it; one with the path before it is none of ours.
    for (wanted, shown) in [
        ("/console/tickets", "/support/console/tickets"),
        ("/support/console/tickets", "/support/console"),
    ] {
        let under_way = door.leaves(&format!("?to={wanted}"), "").await;
        let back = door.comes_back(&under_way, "").await;
        assert_eq!(back.header("location"), shown);
    }
    let told = door
        .acts("DELETE", "/v1/staff/session", &session, json!({}))
        .await;
    let leaving = told.expect(StatusCode::OK)["continue_at"].clone();
    let back = "https%3A%2F%2Fwww.tea.example%2Fsupport%2Fconsole%2Fsign-in";
    assert!(leaving.as_str().unwrap().contains(back), "{leaving}");
}

#[tokio::test]
async fn roles_follow_groups_and_end_with_them() {
    let door = Door::open().await;
    door.provider.knows(ada());
    let (_, session) = door.enters().await;
    let mut person = ada();
    person["groups"] = json!(["tea", "desk-admins", "desk"]);
    door.provider.knows(person.clone());
    door.enters().await;
    let who = door.who(&session).await.expect(StatusCode::OK);
    assert_eq!(who["agent"]["role"], "admin", "in open sessions too");

    person["groups"] = json!(["tea"]);
    door.provider.knows(person.clone());
    let (page, none) = door.enters().await;
    assert_eq!(page, "/console/sign-in?refused=no_role");
    assert!(none.is_empty());
    door.who(&session).await.problem(401, "sign-in-needed");
    let page = door.gets(&page, "").await.text;
    assert!(
        page.contains("You belong to no group that works here."),
        "{page}"
    );
    // Whoever comes back to a group comes back.
    person["groups"] = json!("desk");
    door.provider.knows(person.clone());
    let (page, session) = door.enters().await;
    assert_eq!(page, "/console");
    let who = door.who(&session).await.expect(StatusCode::OK);
    assert_eq!(who["agent"]["role"], "agent");

    // Whom people have switched off stays so.
    let root = door.shop.colleague("Root", Role::Admin).await;
    let path = format!("/v1/staff/agents/{}", who["agent"]["id"].as_str().unwrap());
    root.puts(&path, json!({ "role": "agent", "active": false }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(door.enters().await.0, "/console/sign-in?refused=inactive");
}

#[tokio::test]
async fn an_address_counts_only_where_it_was_checked() {
    let door = Door::open().await;
    let boss = door.shop.hires("boss", Role::Lead).await;
    let mut stranger = ada();
    stranger["sub"] = json!("u-9");
    stranger["email"] = json!("boss@example.com");
    stranger["email_verified"] = json!(false);
    {
        let mut known = door.provider.known.lock().unwrap();
        known.beside = json!({ "sub": "u-9" });
    }
    door.provider.knows(stranger.clone());
    let (_, session) = door.enters().await;
    let who = door.who(&session).await.expect(StatusCode::OK);
    assert_ne!(
        who["agent"]["id"], boss.id,
        "an address that anybody can claim"
    );
    let address = who["agent"]["email"].as_str().unwrap();
    assert!(address.ends_with("@sso.invalid"), "{address}");

    // The real one comes, and their account becomes theirs, with the role of their groups.
    let mut real = stranger.clone();
    real["sub"] = json!("u-2");
    real["email_verified"] = json!(true);
    door.provider.known.lock().unwrap().beside = json!({ "sub": "u-2" });
    door.provider.knows(real.clone());
    let (_, session) = door.enters().await;
    let who = door.who(&session).await.expect(StatusCode::OK);
    assert_eq!(who["agent"]["id"], boss.id);
    assert_eq!(who["agent"]["role"], "agent");
    // A third with the same address finds it taken.
    real["sub"] = json!("u-3");
    door.provider.known.lock().unwrap().beside = json!({ "sub": "u-3" });
    door.provider.knows(real);
    assert_eq!(
        door.enters().await.0,
        "/console/sign-in?refused=address_taken"
    );
    let log = door.log().await;
    assert!(
        log.contains(&("link_identity".to_owned(), "provider".to_owned())),
        "{log:?}"
    );
}

#[tokio::test]
async fn passwords_can_be_switched_off_and_the_operator_has_a_way_back() {
    let door = Door::open_with(|settings| settings.passwords = false).await;
    let page = door.gets("/console/sign-in", "").await.text;
    assert!(!page.contains("name=\"password\""), "{page}");
    let mut ada = door.shop.hires("Ada", Role::Admin).await;
    ada.signs_in(None).await.problem(403, "forbidden");
    let mut nobody = ada.clone();
    nobody.email = "nobody@example.com".to_owned();
    nobody.signs_in(None).await.problem(403, "forbidden");
    let now = door.shop.app.now();
    let id = ada.id.parse().unwrap();
    let until = now.later_by(60 * 60 * 1_000);
    door.shop
        .store
        .let_in(id, until, "operator".to_owned(), now)
        .await
        .unwrap();
    let page = door.gets("/console/sign-in?password=true", "").await.text;
    assert!(page.contains("name=\"password\""), "{page}");
    ada.signs_in(None).await.expect(StatusCode::OK);
    door.shop
        .set_clock(Timestamp::from_millis(until.as_millis() + 1));
    ada.signs_in(None).await.problem(403, "forbidden");
}

#[tokio::test]
async fn who_one_is_can_be_shown_again_at_the_provider() {
    let door = Door::open().await;
    let mut person = ada();
    person["groups"] = json!(["desk-admins"]);
    door.provider.knows(person.clone());
    let (_, session) = door.enters().await;
    let later = door.shop.app.now().later_by(40 * 60 * 1_000);
    door.shop.set_clock(later);
    let body = json!({ "url": "https://example.com/hook" });
    let refused = door
        .acts("POST", "/v1/staff/webhooks", &session, body.clone())
        .await;
    refused.problem(403, "proof-needed");

    let query = "?prove=true&to=/console/programs";
    // Somebody else at the same screen does not pass for the owner.
    let mut other = person.clone();
    other["sub"] = json!("u-7");
    other["email"] = json!("eve@example.com");
    door.provider.known.lock().unwrap().beside = json!({ "sub": "u-7" });
    door.provider.knows(other);
    let under_way = door.leaves(query, &session).await;
    let told = door.comes_back(&under_way, &session).await;
    assert_eq!(
        told.header("location"),
        "/console/sign-in?refused=somebody_else"
    );
    // Nor does an hour ago pass for now.
    door.provider.known.lock().unwrap().beside = json!({ "sub": "u-1" });
    let mut stale = person.clone();
    stale["auth_time"] = json!(door.shop.app.now().as_millis() / 1_000 - 3_600);
    door.provider.knows(stale);
    let under_way = door.leaves(query, &session).await;
    let told = door.comes_back(&under_way, &session).await;
    assert_eq!(
        told.header("location"),
        "/console/sign-in?refused=unbelieved"
    );

    door.provider.knows(person);
    let under_way = door.leaves(query, &session).await;
    let told = door.comes_back(&under_way, &session).await;
    assert_eq!(told.header("location"), "/console/programs");
    assert!(
        session_in(&told).is_empty(),
        "the session stays the one it was"
    );
    let made = door
        .acts("POST", "/v1/staff/webhooks", &session, body)
        .await;
    made.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn a_second_factor_is_the_providers_matter_or_its_word_is_asked_for() {
    let door = Door::open_with(|settings| {
        settings.second_factor = mondo::sso::SecondFactorBy::Claim;
    })
    .await;
    door.provider.knows(ada());
    assert_eq!(
        door.enters().await.0,
        "/console/sign-in?refused=no_second_factor"
    );
    let mut person = ada();
    person["amr"] = json!(["pwd", "otp"]);
    door.provider.knows(person);
    assert_eq!(door.enters().await.0, "/console");
}
