//! Tokens of hosts: which are believed, and which settings are refused.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use mondo::identity::{
    IdentityMode, IdentitySettings, InvalidIdentity, Keyring, RefusedToken, Tier,
};
use mondo::signing::Secret;
use mondo::time::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

pub const SECRET: &str = "a secret of the host, long enough to be one";
const OLD_SECRET: &str = "the secret of last year, soon to be taken away";
/// The moment the shop opens, in seconds.
pub const OPENING: i64 = 1_795_305_600;

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn settings(mode: IdentityMode) -> IdentitySettings {
    let public = STANDARD.encode(signing_key().verifying_key().as_bytes());
    IdentitySettings {
        mode,
        keys: vec![
            Secret::new(format!("new:HS256:{SECRET}")),
            Secret::new(format!("old:HS256:{OLD_SECRET}")),
            Secret::new(format!("curve:EdDSA:{public}")),
        ],
        audience: "mondo".to_owned(),
        leeway_seconds: 60,
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

pub fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{signed}.{signature}")
}

fn eddsa(header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = signing_key().sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

pub fn claims(subject: &str) -> Value {
    json!({ "sub": subject, "aud": "mondo", "exp": OPENING + 600 })
}

pub fn token(subject: &str) -> String {
    let header = json!({ "alg": "HS256", "kid": "new" });
    hs256(SECRET.as_bytes(), &header, &claims(subject))
}

#[test]
fn a_token_is_believed_when_everything_about_it_is_right() {
    let keyring = Keyring::new(&settings(IdentityMode::Optional)).unwrap();
    let header = |alg: &str, kid: &str| json!({ "alg": alg, "kid": kid, "typ": "JWT" });
    let with = |changes: Value| {
        let mut all = claims("ada");
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    };
    let signed = |claims: Value| hs256(SECRET.as_bytes(), &header("HS256", "new"), &claims);
    let public = signing_key().verifying_key();
    let none = |alg: &str| {
        format!(
            "{}.{}.",
            encoded(&header(alg, "new")),
            encoded(&claims("ada"))
        )
    };
    let tampered = {
        let whole = signed(claims("ada"));
        let parts: Vec<&str> = whole.split('.').collect();
        format!("{}.{}.{}", parts[0], encoded(&claims("bob")), parts[2])
    };
    let good = Ok(());
    let table: Vec<(&str, String, Result<(), RefusedToken>)> = vec![
        ("plain", token("ada"), good),
        (
            "the old key",
            hs256(
                OLD_SECRET.as_bytes(),
                &header("HS256", "old"),
                &claims("ada"),
            ),
            good,
        ),
        (
            "Ed25519",
            eddsa(&header("EdDSA", "curve"), &claims("ada")),
            good,
        ),
        (
            "audience in a list",
            signed(with(json!({ "aud": ["x", "mondo"] }))),
            good,
        ),
        (
            "within the leeway",
            signed(with(json!({ "exp": OPENING - 59 }))),
            good,
        ),
        (
            "a clock ahead",
            signed(with(json!({ "iat": OPENING + 59, "nbf": OPENING + 59 }))),
            good,
        ),
        (
            "past the leeway",
            signed(with(json!({ "exp": OPENING - 61 }))),
            Err(RefusedToken::Expired),
        ),
        (
            "not yet",
            signed(with(json!({ "nbf": OPENING + 90 }))),
            Err(RefusedToken::NotYet),
        ),
        (
            "issued in the future",
            signed(with(json!({ "iat": OPENING + 90 }))),
            Err(RefusedToken::NotYet),
        ),
        (
            "for another",
            signed(with(json!({ "aud": "shop" }))),
            Err(RefusedToken::Audience),
        ),
        (
            "no audience",
            signed(json!({ "sub": "ada", "exp": OPENING + 9 })),
            Err(RefusedToken::Claims),
        ),
        (
            "no end",
            signed(json!({ "sub": "ada", "aud": "mondo" })),
            Err(RefusedToken::Claims),
        ),
        (
            "no subject",
            signed(json!({ "aud": "mondo", "exp": OPENING + 9 })),
            Err(RefusedToken::Claims),
        ),
        (
            "empty subject",
            signed(with(json!({ "sub": "  " }))),
            Err(RefusedToken::Claims),
        ),
        (
            "unknown tier",
            signed(with(json!({ "tier": "gold" }))),
            Ok(()),
        ),
        (
            "text as time",
            signed(with(json!({ "exp": "tomorrow" }))),
            Err(RefusedToken::Claims),
        ),
        (
            "unknown key",
            hs256(SECRET.as_bytes(), &header("HS256", "lost"), &claims("ada")),
            Err(RefusedToken::UnknownKey),
        ),
        (
            "no key named",
            hs256(
                SECRET.as_bytes(),
                &json!({ "alg": "HS256" }),
                &claims("ada"),
            ),
            Err(RefusedToken::UnknownKey),
        ),
        (
            "another key's secret",
            hs256(
                OLD_SECRET.as_bytes(),
                &header("HS256", "new"),
                &claims("ada"),
            ),
            Err(RefusedToken::Signature),
        ),
        (
            "the public key as secret",
            hs256(public.as_bytes(), &header("HS256", "curve"), &claims("ada")),
            Err(RefusedToken::Algorithm),
        ),
        ("none", none("none"), Err(RefusedToken::Algorithm)),
        ("no signature", none("HS256"), Err(RefusedToken::Signature)),
        ("changed", tampered, Err(RefusedToken::Signature)),
        (
            "an extension",
            hs256(
                SECRET.as_bytes(),
                &json!({ "alg": "HS256", "kid": "new", "crit": ["b64"] }),
                &claims("ada"),
            ),
            Err(RefusedToken::Malformed),
        ),
        ("no token", "a.b.c".to_owned(), Err(RefusedToken::Malformed)),
        (
            "endless",
            format!("{}.b.c", "a".repeat(9_000)),
            Err(RefusedToken::Malformed),
        ),
    ];
    for (name, token, expected) in table {
        let told = keyring.identify(&token, Timestamp::from_millis(OPENING * 1_000));
        assert_eq!(told.map(|_| ()), expected, "{name}");
    }
    let all = json!({ "name": " Ada ", "email": "ada@example.com", "locale": "ja-JP", "tier": "premium" });
    let identity = keyring
        .identify(&signed(with(all)), Timestamp::from_millis(OPENING * 1_000))
        .unwrap();
    assert_eq!(identity.subject, "ada");
    assert_eq!(identity.name.as_deref(), Some("Ada"));
    assert_eq!(identity.email.as_deref(), Some("ada@example.com"));
    assert_eq!(identity.tier, Some(Tier::Premium));
}

#[test]
fn an_optional_claim_of_another_form_costs_itself_alone() {
    let keyring = Keyring::new(&settings(IdentityMode::Optional)).unwrap();
    let mut all = claims("ada");
    let odd = json!({ "name": 7, "email": "ada@example.com", "locale": ["ja"], "tier": "gold", "audience": {} });
    all.as_object_mut()
        .unwrap()
        .extend(odd.as_object().unwrap().clone());
    let token = hs256(
        SECRET.as_bytes(),
        &json!({ "alg": "HS256", "kid": "new" }),
        &all,
    );
    let identity = keyring
        .identify(&token, Timestamp::from_millis(OPENING * 1_000))
        .unwrap();
    assert_eq!(identity.subject, "ada");
    assert_eq!(identity.email.as_deref(), Some("ada@example.com"));
    assert_eq!((identity.name, identity.tier), (None, None));
    assert_eq!((identity.language, identity.audience), (None, Vec::new()));
}

#[test]
fn a_key_that_is_taken_away_opens_nothing_any_more() {
    let mut settings = settings(IdentityMode::Optional);
    settings.keys.remove(1);
    let keyring = Keyring::new(&settings).unwrap();
    let header = json!({ "alg": "HS256", "kid": "old" });
    let token = hs256(OLD_SECRET.as_bytes(), &header, &claims("ada"));
    let told = keyring.identify(&token, Timestamp::from_millis(OPENING * 1_000));
    assert_eq!(told, Err(RefusedToken::UnknownKey));
}

#[test]
fn settings_that_protect_nobody_are_refused_and_no_secret_is_shown() {
    let check = |keys: &[&str], audience: &str, expected: Result<(), InvalidIdentity>| {
        let settings = IdentitySettings {
            mode: IdentityMode::Enforced,
            keys: keys.iter().map(|line| Secret::new(*line)).collect(),
            audience: audience.to_owned(),
            leeway_seconds: 60,
        };
        let shown = format!("{settings:?} {:?}", Keyring::new(&settings));
        assert!(!shown.contains(SECRET), "{shown}");
        assert_eq!(Keyring::new(&settings).map(|_| ()), expected, "{keys:?}");
    };
    let good = format!("a:HS256:{SECRET}");
    let name = || "a".to_owned();
    check(&[&good], "mondo", Ok(()));
    check(&[], "mondo", Err(InvalidIdentity::NoKeys));
    check(&[&good], " ", Err(InvalidIdentity::NoAudience));
    check(
        &[&good, &good],
        "x",
        Err(InvalidIdentity::Twice { name: name() }),
    );
    check(
        &["a:HS256:short"],
        "x",
        Err(InvalidIdentity::ShortSecret { name: name() }),
    );
    check(
        &["a:EdDSA:AAAA"],
        "x",
        Err(InvalidIdentity::PublicKey { name: name() }),
    );
    check(&["a:none:"], "x", Err(InvalidIdentity::Line { number: 1 }));
    check(&[SECRET], "x", Err(InvalidIdentity::Line { number: 1 }));
    // As it stands in the PEM file of a public key.
    let mut pem = vec![
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    pem.extend_from_slice(signing_key().verifying_key().as_bytes());
    check(&[&format!("a:EdDSA:{}", STANDARD.encode(pem))], "x", Ok(()));
}
