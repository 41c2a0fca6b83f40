//! Numbers of the days are told apart, and every number leads to its conversations.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Visitor};
use crate::colleagues::Colleague;
use crate::learning::shop_without;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const OPEN: &str = "When is the shop open?";
const UNKNOWN: &str = "How far is the moon from the earth?";

async fn at(shop: &Shop, surface: &str, text: &str) -> Visitor {
    let mut visitor = shop.visitor("en");
    visitor.opens_at(surface).await;
    visitor.says(text).await;
    visitor
}

/// A day with something of everything.
async fn day(shop: &Shop, agent: &Colleague) {
    at(shop, "widget", "good morning").await;
    let liked = at(shop, "widget", OPEN).await;
    let reply = liked.rereads().await["messages"][1].clone();
    liked.rates(&reply, "helpful").await;
    let disliked = at(shop, "app", OPEN).await;
    let reply = disliked.rereads().await["messages"][1].clone();
    disliked.rates(&reply, "not_helpful").await;
    at(shop, "page", UNKNOWN).await;
    // One begins with what was offered, and goes on with another offer.
    let mut chooses = shop.visitor("ko");
    chooses.opens_at("help").await;
    chooses
        .chooses("gift-wrapping")
        .await
        .expect(StatusCode::OK);
    chooses
        .chooses("opening-hours")
        .await
        .expect(StatusCode::OK);
    shop.visitor("ja").asks("営業時間を教えてください").await;
    let settled = at(shop, "widget", OPEN).await;
    settled.wants_a_person("").await;
    agent
        .acts(&settled.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    agent.says(&settled.conversation, "From nine to six.").await;
    agent
        .acts(&settled.conversation, "close")
        .await
        .expect(StatusCode::OK);
    let score = json!({ "score": 4 });
    let told = settled.posts(&settled.path("satisfaction"), score).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    settled
        .says("thank you, and one more thing: when is it open?")
        .await;
    at(
        shop,
        "widget",
        "I was scammed by a fake shop and lost money",
    )
    .await;
    // Whoever left without an answer has been quiet for long enough.
    shop.moment.fetch_add(HOUR_MS, Ordering::Relaxed);
}

/// How many lines the list behind a number has, however many pages they are on.
async fn behind(lead: &Colleague, query: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/staff/insights/conversations?days=7&{query}{after}");
        let told = lead.gets(&path).await.expect(StatusCode::OK);
        found.extend(told["found"].as_array().unwrap().clone());
        match told["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

async fn outcomes(lead: &Colleague) -> Value {
    let told = lead.gets("/v1/staff/insights/outcomes?days=7").await;
    told.expect(StatusCode::OK)
}

async fn parts(lead: &Colleague, by: &str) -> Vec<Value> {
    let told = lead
        .gets(&format!("/v1/staff/insights/parts?days=7&by={by}"))
        .await;
    told.expect(StatusCode::OK)["parts"]
        .as_array()
        .unwrap()
        .clone()
}

fn count(told: &Value, outcome: &str) -> i64 {
    let mut found = told.as_array().unwrap().iter();
    let found = found.find(|one| one["outcome"] == outcome);
    found.unwrap_or_else(|| panic!("{outcome}: {told}"))["count"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn every_number_leads_to_as_many_conversations() {
    let shop = shop_without(&[]).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let sam = shop.colleague("Sam", Role::Agent).await;
    day(&shop, &sam).await;

    let told = outcomes(&lead).await;
    let total = &told["total"];
    for (outcome, least) in [
        ("helpful", 1),
        ("not_helpful", 1),
        ("small_talk", 1),
        ("abandoned", 1),
        ("follow_up_taken", 1),
        ("began_with_suggestion", 1),
        ("began_with_words", 5),
        ("handed_over_by_visitor", 1),
        ("handed_over_by_policy", 1),
        ("reopened", 1),
        ("answered", 3),
    ] {
        assert!(count(total, outcome) >= least, "{outcome}: {total:#}");
    }
    for one in total.as_array().unwrap() {
        let outcome = one["outcome"].as_str().unwrap();
        let found = behind(&lead, &format!("what={outcome}")).await;
        assert_eq!(one["count"], found.len(), "{outcome}: {found:#?}");
    }
    for language in told["languages"].as_array().unwrap() {
        let code = language["language"].as_str().unwrap();
        for one in language["outcomes"].as_array().unwrap() {
            let outcome = one["outcome"].as_str().unwrap();
            let found = behind(&lead, &format!("what={outcome}&language={code}")).await;
            assert_eq!(one["count"], found.len(), "{outcome} {code}: {found:#?}");
            assert!(
                found.iter().all(|one| one["language"] == code),
                "{found:#?}"
            );
        }
    }
    let mut lines = 0;
    for by in ["article", "section", "category", "channel", "surface"] {
        for part in parts(&lead, by).await {
            let name = part["name"].as_str().unwrap().replace('#', "%23");
            for one in part["outcomes"].as_array().unwrap() {
                let outcome = one["outcome"].as_str().unwrap();
                let query = format!("what={outcome}&part={by}&name={name}");
                let found = behind(&lead, &query).await;
                assert_eq!(one["count"], found.len(), "{query}: {found:#?}");
                lines += found.len();
            }
        }
    }
    assert!(lines > 40, "{lines}");
    let disliked = behind(&lead, "what=not_helpful&detail=none").await;
    assert_eq!((disliked.len(), &disliked[0]["words"]), (1, &json!(OPEN)));
    assert!(
        behind(&lead, "what=not_helpful&detail=wrong")
            .await
            .is_empty()
    );
    let talk = disliked[0]["conversation"].as_str().unwrap();
    lead.gets(&format!("/v1/staff/conversations/{talk}"))
        .await
        .expect(StatusCode::OK);
    let asked = behind(&lead, "what=asked&part=channel&name=ask").await;
    assert_eq!(asked[0]["conversation"], Value::Null, "{asked:#?}");
    for (what, expected) in [
        ("ticket_opened", 2),
        ("ticket_answered", 1),
        ("promise_broken", 0),
    ] {
        let found = behind(&lead, &format!("what={what}")).await;
        assert_eq!(found.len(), expected, "{what}: {found:#?}");
    }

    // The page says the same, and leads there.
    let page = lead.gets("/console/insights?days=7&by=surface").await;
    for part in [
        "data-part=\"widget\"",
        "what=answered&amp;part=surface&amp;name=widget",
        "what=asked&amp;language=en",
        "what=scored&amp;agent=",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let page = lead
        .gets("/console/insights/conversations?days=7&what=not_helpful&detail=none")
        .await;
    assert!(
        page.text.contains(&format!("/console#{talk}")),
        "{}",
        page.text
    );
    assert!(page.text.contains(OPEN), "{}", page.text);
}

#[tokio::test]
async fn what_was_told_apart_stays_when_conversations_have_gone() {
    let shop = shop_without(&[]).await;
    let ada = shop.colleague("Ada", Role::Admin).await;
    let sam = shop.colleague("Sam", Role::Agent).await;
    day(&shop, &sam).await;
    let read = async |colleague: &Colleague| {
        let mut told = Vec::new();
        for by in ["article", "section", "category", "channel", "surface"] {
            told.push(json!(parts(colleague, by).await));
        }
        let scores = colleague
            .gets("/v1/staff/insights/satisfaction?days=7")
            .await;
        told.push(scores.expect(StatusCode::OK));
        told
    };
    let live = read(&ada).await;
    let scores = live.last().unwrap().clone();
    assert_eq!(
        scores["all"],
        json!({ "count": 1, "mean": 4.0, "scores": [0, 0, 0, 1, 0] })
    );
    assert_eq!(scores["languages"][0]["name"], "en");
    let agents = scores["agents"].as_array().unwrap();
    let agent = behind(
        &ada,
        &format!("what=scored&agent={}", agents[0]["name"].as_str().unwrap()),
    )
    .await;
    assert_eq!((agents.len(), &agent[0]["detail"]), (1, &json!("4")));
    let page = ada.gets("/console/insights?days=7").await;
    assert!(
        page.text
            .contains("<tr data-scores=\"agent\"><th scope=\"row\">Agent</th><td>Sam</td>"),
        "{}",
        page.text
    );

    shop.moment.fetch_add(DAY_MS, Ordering::Relaxed);
    shop.app
        .workplace()
        .run_timers(shop.app.now())
        .await
        .unwrap();
    let ada = shop.signs_in_again(&ada).await;
    for fact in behind(&ada, "what=scored").await {
        let erasure = json!({ "conversation": fact["conversation"], "reason": "request 12" });
        ada.posts("/v1/staff/privacy/erasure", erasure)
            .await
            .expect(StatusCode::OK);
    }
    shop.moment.fetch_add(DAY_MS, Ordering::Relaxed);
    shop.app
        .workplace()
        .run_timers(shop.app.now())
        .await
        .unwrap();
    let ada = shop.signs_in_again(&ada).await;
    let kept = read(&ada).await;
    assert_eq!(kept.last(), live.last());
    for (kept, live) in kept.iter().zip(&live).take(5) {
        for part in live.as_array().unwrap() {
            let mut same = kept.as_array().unwrap().iter();
            let same = same
                .find(|one| one["name"] == part["name"])
                .expect("it stays");
            for outcome in ["asked", "answered", "resolved", "helpful"] {
                let counts = [same, part].map(|one| count(&one["outcomes"], outcome));
                assert_eq!(counts[0], counts[1], "{} {outcome}", part["name"]);
            }
        }
    }
}

#[tokio::test]
async fn what_an_edit_changed_is_told() {
    let shop = shop_without(&[]).await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let rates = async |rating: &str| {
        let visitor = at(&shop, "widget", "Do you wrap gifts?").await;
        let reply = visitor.rereads().await["messages"][1].clone();
        visitor.rates(&reply, rating).await;
    };
    for _ in 0..6 {
        rates("not_helpful").await;
    }
    shop.moment.fetch_add(DAY_MS, Ordering::Relaxed);
    let aki = shop.signs_in_again(&aki).await;
    let files = aki.gets("/v1/staff/knowledge/gift-wrapping").await.json();
    let mut files = files["files"].as_array().unwrap().iter();
    let hash = files.find(|file| file["name"] == "en.md").unwrap()["hash"].clone();
    let wording = json!({ "wording": { "title": "Do you wrap gifts?", "summary": "Yes, in paper of your choice." } });
    let path = "/v1/staff/knowledge/gift-wrapping/en.md";
    aki.replaces(path, hash.as_str().unwrap(), wording)
        .await
        .expect(StatusCode::OK);
    let edit = async |aki: &Colleague| {
        let told = aki.gets("/v1/staff/insights/edits?days=7").await;
        let told = told.expect(StatusCode::OK);
        let edits = told["edits"].as_array().unwrap().clone();
        assert_eq!(edits.len(), 1, "{told:#}");
        edits[0].clone()
    };
    assert_eq!(edit(&aki).await["verdict"], "unsure", "nothing came since");
    shop.moment.fetch_add(DAY_MS, Ordering::Relaxed);
    for _ in 0..6 {
        rates("helpful").await;
    }
    let aki = shop.signs_in_again(&aki).await;
    let told = edit(&aki).await;
    assert_eq!(told["verdict"], "better", "{told:#}");
    assert_eq!(
        (&told["before"]["given"], &told["after"]["given"]),
        (&json!(6), &json!(6))
    );
    assert_eq!(
        (&told["by"], &told["files"]),
        (&json!(["Aki"]), &json!(["en.md"]))
    );
    let page = aki.gets("/console/insights?days=7").await;
    assert!(
        page.text.contains("data-edit=\"gift-wrapping\""),
        "{}",
        page.text
    );
    assert!(page.text.contains(">better</span>"), "{}", page.text);
}
