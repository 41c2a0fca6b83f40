//! Signing in: passwords, sessions, the second factor and its recovery codes.

use axum::http::StatusCode;
use mondo::staff::{Role, SecondFactor};
use mondo::time::Timestamp;
use serde_json::{Value, json};

use crate::actors::Shop;
use crate::colleagues::Colleague;

#[tokio::test]
async fn signing_in_tells_nobody_which_part_was_wrong() {
    let shop = Shop::open().await;
    let mut sora = shop.hires("Sora", Role::Agent).await;
    let right = sora.password.clone();
    sora.password = "wrong".to_owned();
    let wrong_password = sora.signs_in(None).await.problem(401, "sign-in-needed");
    let mut nobody = shop.stranger();
    nobody.email = "nobody@example.com".to_owned();
    let unknown = nobody.signs_in(None).await.problem(401, "sign-in-needed");
    assert_eq!(wrong_password["detail"], unknown["detail"]);

    // After a few failures even the right password has to wait.
    for _ in 0..4 {
        sora.signs_in(None).await.problem(401, "sign-in-needed");
    }
    sora.password = right;
    sora.signs_in(None).await.problem(401, "sign-in-needed");
}

#[tokio::test]
async fn a_session_lives_in_a_guarded_cookie_and_ends() {
    let shop = Shop::open().await;
    let mut sora = shop.hires("Sora", Role::Agent).await;
    let told = sora.signs_in(None).await;
    let cookie = told.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let me = sora.gets("/v1/staff/session").await.expect(StatusCode::OK);
    assert_eq!(me["agent"]["role"], "agent");
    let out = sora.sends("DELETE", "/v1/staff/session", None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    sora.gets("/v1/staff/session")
        .await
        .problem(401, "sign-in-needed");

    let admin = shop.colleague("Ada", Role::Admin).await;
    sora.signs_in(None).await.expect(StatusCode::OK);
    let path = format!("/v1/staff/agents/{}", sora.id);
    admin
        .puts(&path, json!({ "role": "agent", "active": false }))
        .await
        .expect(StatusCode::OK);
    sora.gets("/v1/staff/session")
        .await
        .problem(401, "sign-in-needed");
    sora.signs_in(None).await.problem(401, "sign-in-needed");
    let own = format!("/v1/staff/agents/{}", admin.id);
    admin
        .puts(&own, json!({ "role": "viewer", "active": true }))
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_no_code_works_twice() {
    let shop = Shop::open().await;
    let mut sora = shop.colleague("Sora", Role::Agent).await;
    let proposed = sora
        .posts("/v1/staff/second-factor", json!({}))
        .await
        .expect(StatusCode::OK);
    let secret = proposed["secret"].as_str().unwrap();
    let factor = SecondFactor::stored(secret.to_owned());
    let code_in = |steps: i64| {
        let moment = shop.app.now().later_by(steps * 30_000);
        factor
            .code_at(Timestamp::from_millis(moment.as_millis()))
            .unwrap()
    };
    let wrong = sora
        .puts(
            "/v1/staff/second-factor",
            json!({ "secret": secret, "code": "000000" }),
        )
        .await;
    assert_eq!(wrong.problem(422, "content-refused")["field"], "code");
    let set = sora
        .puts(
            "/v1/staff/second-factor",
            json!({ "secret": secret, "code": code_in(0) }),
        )
        .await;
    set.expect(StatusCode::OK);

    assert_eq!(
        sora.signs_in(None).await.problem(401, "sign-in-needed")["field"],
        "code"
    );
    // The code that set it up is spent; the next one works, once.
    sora.signs_in(Some(&code_in(0)))
        .await
        .problem(401, "sign-in-needed");
    sora.signs_in(Some(&code_in(1)))
        .await
        .expect(StatusCode::OK);
    sora.signs_in(Some(&code_in(1)))
        .await
        .problem(401, "sign-in-needed");

    let admin = shop.colleague("Ada", Role::Admin).await;
    let path = format!("/v1/staff/agents/{}/reset", sora.id);
    let reset = admin.posts(&path, json!({})).await.expect(StatusCode::OK);
    sora.password = reset["password"].as_str().unwrap().to_owned();
    sora.signs_in(None).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn recovery_codes_stand_in_for_a_lost_device_once_each() {
    let shop = Shop::open().await;
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let mut sora = shop.colleague("Sora", Role::Agent).await;
    let factor = SecondFactor::generate();
    let code_in = |steps: i64| {
        let moment = shop.app.now().later_by(steps * 30_000);
        factor.code_at(moment).unwrap()
    };
    let proof = json!({ "secret": factor.reveal(), "code": code_in(0) });
    let set = sora.puts("/v1/staff/second-factor", proof).await;
    let codes_in = |told: &Value| -> Vec<String> {
        let codes = told["recovery_codes"].as_array().unwrap().iter();
        codes
            .map(|code| code.as_str().unwrap().to_owned())
            .collect()
    };
    let first = codes_in(&set.expect(StatusCode::OK));
    assert_eq!(first.len(), 10);
    let left = async |colleague: &Colleague| {
        let page = colleague.gets("/console/settings").await;
        assert_eq!(page.status, StatusCode::OK);
        let (_, after) = page.text.split_once(">Recovery codes left: ").unwrap();
        after.split('<').next().unwrap().to_owned()
    };
    assert_eq!(left(&sora).await, "10");

    // However it is typed, and once.
    let typed = first[0].to_lowercase().replace('-', " ");
    sora.signs_in(Some(&typed)).await.expect(StatusCode::OK);
    sora.signs_in(Some(&first[0]))
        .await
        .problem(401, "sign-in-needed");
    assert_eq!(left(&sora).await, "9");
    let kenji = shop.hires("Kenji", Role::Agent).await;
    let stolen = json!({ "email": kenji.email, "password": "x", "code": first[1] });
    kenji
        .posts("/v1/staff/session", stolen)
        .await
        .problem(401, "sign-in-needed");

    // Fresh ones, for a proof; those from before are worth nothing any more.
    let renewal = "/v1/staff/account/second-factor/recovery-codes";
    let wrong = sora.posts(renewal, json!({ "code": "000000" })).await;
    assert_eq!(wrong.problem(422, "content-refused")["field"], "code");
    let renewed = sora.posts(renewal, json!({ "code": code_in(1) })).await;
    let second = codes_in(&renewed.expect(StatusCode::OK));
    assert_eq!(second.len(), 10);
    sora.signs_in(Some(&first[1]))
        .await
        .problem(401, "sign-in-needed");
    sora.signs_in(Some(&second[0])).await.expect(StatusCode::OK);

    // Nobody can read them where they are kept.
    for file in std::fs::read_dir(shop.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for code in first.iter().chain(&second) {
            let plain = code.replace('-', "");
            assert!(!text.contains(code) && !text.contains(&plain));
        }
    }
    let log = auditor.gets("/v1/staff/log").await.expect(StatusCode::OK);
    let lines = log["lines"].as_array().unwrap();
    let used = lines.iter().filter(|l| l["action"] == "use_recovery_code");
    assert_eq!(used.count(), 2);

    // A lost device is taken off the account with one, and its codes go with it.
    let removal = "/v1/staff/account/second-factor/removal";
    let removed = sora.posts(removal, json!({ "code": second[1] })).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{}", removed.text);
    sora.signs_in(None).await.expect(StatusCode::OK);
    let none = sora.posts(renewal, json!({ "code": second[2] })).await;
    none.problem(422, "content-refused");
}
