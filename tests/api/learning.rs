//! What is learnt from all questions together: gaps are found, closed and left aside, and days are counted.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::StatusCode;
use mondo::desk::{Desk, DeskSettings, Library};
use mondo::http::AppState;
use mondo::pipeline::Thresholds;
use mondo::staff::Role;
use mondo::time::Timestamp;
use serde_json::{Value, json};

use crate::actors::{OPENING, Shop, Visitor, engine_of, shop_settings, store_on};
use crate::colleagues::Colleague;
use crate::editing::copy;

const DAY_MS: i64 = 86_400_000;

/// Questions about one matter in four languages, whose article is taken out of the shop's base.
const WRAPPING: [(&str, &str); 6] = [
    ("en", "Can you wrap it as a present?"),
    ("en", "is gift wrapping available"),
    ("zh", "能帮我包装成礼物吗"),
    ("ja", "プレゼント用に包装してもらえますか"),
    ("ko", "선물 포장을 해 주실 수 있나요?"),
    ("ko", "선물 포장 되나요"),
];

/// A shop that can be edited and is as sure as one is in earnest, without some of its articles.
pub async fn shop_without(articles: &[&str]) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("knowledge");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge"),
        &root,
    );
    for article in articles {
        std::fs::remove_dir_all(root.join(article)).unwrap();
    }
    let store = store_on(folder.path()).await;
    let engine = engine_of(&root, Thresholds::default());
    let desk = Desk::new(Arc::clone(&engine), store.clone(), DeskSettings::default())
        .with_library(Arc::new(Library::new(root, folder.path())));
    let moment = Arc::new(AtomicI64::new(OPENING));
    let shown = Arc::clone(&moment);
    let clock = Arc::new(move || Timestamp::from_millis(shown.fetch_add(1, Ordering::Relaxed)));
    let targets = toml::from_str("coverage = 0.99\nresolution = 0.05").unwrap();
    let app = AppState::new(Arc::new(desk), shop_settings(), clock).with_targets(targets);
    Shop {
        app,
        store,
        engine,
        folder,
        moment,
    }
}

fn root_of(shop: &Shop) -> PathBuf {
    shop.folder.path().join("knowledge")
}

/// Serves what was edited.
async fn serves(shop: &Shop) {
    let library = Arc::clone(shop.app.library().folder().unwrap());
    let engine = Arc::clone(&shop.engine);
    tokio::task::spawn_blocking(move || library.reload(&engine).unwrap())
        .await
        .unwrap();
}

async fn says(shop: &Shop, language: &str, text: &str) -> Visitor {
    let mut visitor = shop.visitor(language);
    visitor.opens().await;
    visitor.says(text).await;
    visitor
}

async fn gaps(colleague: &Colleague) -> Vec<Value> {
    let told = colleague.gets("/v1/staff/insights/gaps").await;
    let told = told.expect(StatusCode::OK);
    told["gaps"].as_array().unwrap().clone()
}

/// The gap with a question among its samples.
fn gap_about<'a>(gaps: &'a [Value], text: &str) -> Option<&'a Value> {
    gaps.iter()
        .find(|gap| gap["samples"].to_string().contains(text))
}

/// The greatest gap about wrapping.
fn gap_about_wrapping(gaps: &[Value]) -> Option<&Value> {
    gaps.iter().find(|gap| {
        let samples = gap["samples"].to_string();
        WRAPPING.iter().any(|(_, text)| samples.contains(text))
    })
}

fn acts_of(gap: &Value) -> String {
    format!(
        "/v1/staff/insights/gaps/{}/acts",
        gap["id"].as_str().unwrap()
    )
}

#[tokio::test]
async fn a_gap_is_found_across_languages_and_closed_by_an_article_and_other_words() {
    let shop = shop_without(&["shop/gift-wrapping"]).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let aki = shop.colleague("Aki", Role::Author).await;
    for (language, text) in WRAPPING {
        says(&shop, language, text).await;
    }
    says(&shop, "en", "thank you so much").await;
    says(&shop, "en", "When is the shop open?").await;
    says(&shop, "en", "How far is the moon from the earth?").await;

    let found = gaps(&lead).await;
    let gap = gap_about_wrapping(&found).expect("it is a gap");
    assert!(gap["count"].as_u64().unwrap() >= 4, "{found:#?}");
    assert!(gap["languages"].as_object().unwrap().len() >= 3, "{gap:#}");
    assert_eq!(gap["count_before"], 0);
    assert!(gap["samples"].as_array().unwrap().len() <= 5);
    assert!(
        gap["samples"][0]["conversation"].is_string(),
        "a lead reads them"
    );
    assert!(!gap["shortfall"]["sentence"].as_str().unwrap().is_empty());
    let all = json!(found).to_string();
    assert!(!all.contains("thank you"), "small talk asks nothing: {all}");
    assert!(
        !all.contains("shop open"),
        "what was answered is no gap: {all}"
    );
    let id = gap["id"].clone();

    // As questions are added, also on other days, the matter keeps its name.
    shop.moment.fetch_add(3 * DAY_MS, Ordering::Relaxed);
    let (lead, aki) = (
        shop.signs_in_again(&lead).await,
        shop.signs_in_again(&aki).await,
    );
    says(&shop, "en", "do you offer gift wrapping for presents").await;
    let again = gaps(&aki).await;
    let gap = gap_about_wrapping(&again).expect("it still is");
    assert_eq!(gap["id"], id);
    assert!(
        gap["samples"][0]["conversation"].is_null(),
        "an author reads none"
    );

    // An author begins an article from the questions.
    let drafted = aki
        .posts(&acts_of(gap), json!({ "draft_article": {} }))
        .await;
    let draft = drafted.expect(StatusCode::OK)["draft"].clone();
    let mut texts = draft["texts"].clone();
    assert!(
        !texts["en"]["title"].as_str().unwrap().is_empty(),
        "{draft}"
    );
    assert_eq!(texts["en"]["summary"], "");
    texts["en"]["summary"] = json!("Yes, for 2 coins.");
    for (language, title) in [("zh", "礼品"), ("ja", "ギフト"), ("ko", "선물")] {
        texts[language] = json!({ "title": title, "summary": "2" });
    }
    let new = json!({ "id": "presents", "category": "shop", "texts": texts });
    aki.posts("/v1/staff/knowledge", new)
        .await
        .expect(StatusCode::CREATED);

    // What is still asked in other words goes into it one by one.
    for _ in 0..WRAPPING.len() {
        let left = gaps(&aki).await;
        let Some(gap) = left.iter().find(|gap| {
            let title = gap["title"].as_str().unwrap();
            WRAPPING.iter().any(|(_, text)| *text == title)
        }) else {
            break;
        };
        let sample = &gap["samples"][0];
        let add = json!({ "add_alternate": { "answer": sample["answer"], "article": "presents" } });
        aki.posts(&acts_of(gap), add).await.expect(StatusCode::OK);
        serves(&shop).await;
    }
    let left = gaps(&aki).await;
    for (language, text) in WRAPPING {
        assert_eq!(gap_about(&left, text), None, "{text}");
        let asked = shop.visitor(language).asks(text).await;
        assert_eq!(asked["answer"]["article"], "presents", "{asked}");
    }
    assert!(gap_about(&left, "moon").is_some(), "{left:#?}");
    let told = lead.gets("/v1/staff/insights/gaps").await.json();
    assert!(told["settled"].as_u64().unwrap() >= 6, "{told:#}");
    let written = std::fs::read_to_string(root_of(&shop).join("shop/presents/ko.md")).unwrap();
    assert!(written.contains("선물 포장"), "{written}");
}

#[tokio::test]
async fn what_did_not_help_is_a_gap_until_the_article_is_changed() {
    let shop = shop_without(&[]).await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let said = visitor.says("Do you wrap gifts?").await;
    assert_eq!(said["reply"]["reply"]["decision"], "answer", "{said}");
    assert!(gaps(&aki).await.is_empty());
    visitor.rates(&said["reply"], "not_helpful").await;
    let found = gaps(&aki).await;
    let gap = gap_about(&found, "wrap gifts").expect("it did not help");
    assert_eq!(
        (&gap["kind"], &gap["shortfall"]["code"]),
        (&json!("falls_short"), &json!("unhelpful"))
    );
    assert_eq!(gap["nearest"]["article"], "gift-wrapping");

    let other = says(&shop, "en", "When is the shop open?").await;
    other.wants_a_person("I want to be sure").await;
    let found = gaps(&aki).await;
    let gap = gap_about(&found, "shop open").expect("a person was needed");
    assert_eq!(gap["shortfall"]["code"], "person_afterwards");

    let files = aki.gets("/v1/staff/knowledge/gift-wrapping").await.json();
    let file = files["files"].as_array().unwrap().iter();
    let hash = file.clone().find(|file| file["name"] == "en.md").unwrap()["hash"].clone();
    let wording = json!({ "wording": { "title": "Do you wrap gifts?", "summary": "Yes, in paper of your choice, for 2 coins." } });
    aki.replaces(
        "/v1/staff/knowledge/gift-wrapping/en.md",
        hash.as_str().unwrap(),
        wording,
    )
    .await
    .expect(StatusCode::OK);
    serves(&shop).await;
    let found = gaps(&aki).await;
    assert_eq!(
        gap_about(&found, "wrap gifts"),
        None,
        "somebody has looked after it"
    );
}

#[tokio::test]
async fn what_was_left_aside_comes_back_when_it_has_grown_by_half() {
    let shop = shop_without(&["shop/gift-wrapping"]).await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let mei = shop.colleague("Mei", Role::Lead).await;
    let question = "is gift wrapping available";
    for _ in 0..2 {
        says(&shop, "en", question).await;
    }
    let found = gaps(&aki).await;
    let gap = gap_about(&found, question).unwrap().clone();
    let dismiss = json!({ "dismiss": { "reason": "we never will" } });
    mei.posts(&acts_of(&gap), dismiss.clone())
        .await
        .problem(403, "forbidden");
    aki.posts(&acts_of(&gap), json!({ "dismiss": { "reason": " " } }))
        .await
        .problem(400, "bad-request");
    aki.posts(&acts_of(&gap), dismiss.clone())
        .await
        .expect(StatusCode::OK);
    let told = aki.gets("/v1/staff/insights/gaps").await.json();
    assert_eq!(gap_about(told["gaps"].as_array().unwrap(), question), None);
    assert_eq!(told["dismissed"][0]["dismissal"]["reason"], "we never will");

    aki.posts(&acts_of(&gap), json!({ "restore": {} }))
        .await
        .expect(StatusCode::OK);
    assert!(gap_about(&gaps(&aki).await, question).is_some());
    aki.posts(&acts_of(&gap), dismiss)
        .await
        .expect(StatusCode::OK);
    assert!(gap_about(&gaps(&aki).await, question).is_none());
    says(&shop, "en", question).await;
    let found = gaps(&aki).await;
    let back = gap_about(&found, question).expect("three are half as many more than two");
    assert_eq!(back["id"], gap["id"]);

    let nobody = "/v1/staff/insights/gaps/019a9f6e-1c00-7000-8000-000000000000/acts";
    aki.posts(nobody, json!({ "restore": {} }))
        .await
        .problem(404, "not-found");
    let stranger = json!({ "add_alternate": { "answer": "019a9f6e-1c00-7000-8000-000000000000", "article": "tea-school" } });
    aki.posts(&acts_of(&gap), stranger)
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn who_is_forgotten_asks_nothing_any_more_and_the_count_of_the_day_stays() {
    let shop = shop_without(&["shop/gift-wrapping"]).await;
    let ada = shop.colleague("Ada", Role::Admin).await;
    let first = says(&shop, "ja", WRAPPING[3].1).await;
    says(&shop, "ko", WRAPPING[4].1).await;
    let said = says(&shop, "en", "When is the shop open?").await;
    let read = said.rereads().await;
    let reply = read["messages"].as_array().unwrap().last().unwrap().clone();
    said.rates(&reply, "helpful").await;
    let found = gaps(&ada).await;
    assert!(gap_about(&found, WRAPPING[3].1).is_some(), "{found:#?}");

    let outcomes = "/v1/staff/insights/outcomes?days=7";
    let count = |told: &Value, outcome: &str| {
        let total = told["total"].as_array().unwrap().iter();
        let mut found = total.filter(|one| one["outcome"] == outcome);
        found.next().unwrap().clone()
    };
    let live = ada.gets(outcomes).await.expect(StatusCode::OK);
    assert_eq!(count(&live, "asked")["count"], 3);
    assert_eq!(count(&live, "resolved")["count"], 1);
    // The day is over and counted.
    shop.moment.fetch_add(DAY_MS, Ordering::Relaxed);
    shop.app
        .workplace()
        .run_timers(shop.app.now())
        .await
        .unwrap();
    let ada = shop.signs_in_again(&ada).await;
    let erasure = json!({ "conversation": first.conversation, "reason": "request 12" });
    ada.posts("/v1/staff/privacy/erasure", erasure)
        .await
        .expect(StatusCode::OK);
    let found = gaps(&ada).await;
    assert_eq!(gap_about(&found, WRAPPING[3].1), None, "{found:#?}");
    assert!(gap_about(&found, WRAPPING[4].1).is_some(), "{found:#?}");
    for _ in 0..2 {
        let ada = shop.signs_in_again(&ada).await;
        let told = ada.gets(outcomes).await.expect(StatusCode::OK);
        assert_eq!(count(&told, "asked")["count"], 3);
        assert_eq!(count(&told, "answered")["count"], 1);
        assert_eq!(count(&told, "resolved")["count"], 1);
        assert_eq!(count(&told, "helpful")["count"], 1);
        assert_eq!(count(&told, "abandoned")["count"], 2);
        let share = &count(&told, "answered")["share"];
        assert_eq!(share["total"], 3);
        assert!(share["low"].as_f64().unwrap() < 0.1 && share["high"].as_f64().unwrap() > 0.7);
        // It is counted again while it settles, and stays as it was before the erasure.
        shop.moment.fetch_add(DAY_MS, Ordering::Relaxed);
        shop.app
            .workplace()
            .run_timers(shop.app.now())
            .await
            .unwrap();
    }
    let ada = shop.signs_in_again(&ada).await;
    let table = ada.gets("/v1/staff/insights/outcomes?format=csv").await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        table
            .text
            .starts_with("day,language,outcome,count\n2026-11-22,"),
        "{}",
        table.text
    );
    assert!(
        table.text.contains("2026-11-22,en,answered,1\n"),
        "{}",
        table.text
    );
    ada.gets("/v1/staff/insights/outcomes?days=0")
        .await
        .problem(400, "bad-request");
}

#[tokio::test]
async fn what_is_settled_is_told_apart_from_what_is_answered_and_held_against_targets() {
    let shop = shop_without(&["shop/gift-wrapping"]).await;
    let ada = shop.colleague("Ada", Role::Lead).await;
    const OPEN: &str = "When is the shop open?";
    // Settled: at once, and at the second attempt.
    says(&shop, "en", OPEN).await;
    says(&shop, "en", WRAPPING[4].1).await.says(OPEN).await;
    // Not settled: disliked, handed over, and left without an answer to what came after.
    let disliked = says(&shop, "en", OPEN).await;
    let read = disliked.rereads().await;
    let reply = read["messages"].as_array().unwrap().last().unwrap().clone();
    disliked.rates(&reply, "not_helpful").await;
    says(&shop, "en", OPEN).await.wants_a_person("").await;
    says(&shop, "en", OPEN).await.says(WRAPPING[4].1).await;

    let told = ada.gets("/v1/staff/insights/outcomes").await;
    let told = told.expect(StatusCode::OK);
    let of = |outcome: &str| {
        let mut total = told["total"].as_array().unwrap().iter();
        total.find(|one| one["outcome"] == outcome).unwrap().clone()
    };
    let asked = of("asked")["count"].as_i64().unwrap();
    assert_eq!(of("answered")["count"], 5, "{told:#}");
    assert_eq!(of("resolved")["count"], 2, "{told:#}");
    assert_eq!(of("resolved")["share"]["total"], asked);
    let page = ada.gets("/console/insights").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in [
        "data-gauge=\"coverage\" data-standing=\"missed\"",
        "data-gauge=\"resolution\" data-standing=\"reached\"",
        "Target: 99%",
        "Target: 5%",
        ">missed</span>",
        ">reached</span>",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let month = shop.app.now().day()[..7].to_owned();
    let path = format!("/v1/staff/insights/report?month={month}");
    let figures = ada.gets(&format!("{path}&format=json")).await;
    let figures = figures.expect(StatusCode::OK);
    let gauges = &figures["gauges"];
    assert_eq!(gauges[0]["gauge"], "coverage");
    assert_eq!(gauges[0]["standing"], "missed");
    assert_eq!(gauges[1]["target"], 0.05);
    assert_eq!(gauges[1]["standing"], "reached");
    let public = ada.gets(&format!("{path}&format=json&public=true")).await;
    let public = public.expect(StatusCode::OK);
    assert_eq!(public["gauges"][0]["share"], Value::Null, "five are few");
    let paper = ada.gets(&format!("{path}&lang=ko")).await;
    assert!(paper.text.contains("답변율"), "{}", paper.text);
    assert!(paper.text.contains("99.0 %"), "{}", paper.text);

    // Monitoring is told of days that are over.
    let told = async || shop.operator().gets("/metrics").await.text;
    let share = |share: &str| format!("mondo_questions_share{{share=\"{share}\"}} ");
    assert!(told().await.contains(&(share("resolution") + "NaN\n")));
    shop.moment.fetch_add(DAY_MS, Ordering::Relaxed);
    let resolved = share("resolution") + &(2.0 / asked as f64).to_string();
    let told = told().await;
    assert!(told.contains(&resolved), "{resolved}: {told}");
    assert!(told.contains("mondo_questions_target{share=\"coverage\"} 0.99\n"));
}

#[tokio::test]
async fn ways_to_a_person_are_told_apart() {
    let shop = shop_without(&[]).await;
    let ada = shop.colleague("Ada", Role::Admin).await;
    let wanted = says(&shop, "en", "When is the shop open?").await;
    wanted.wants_a_person("").await;
    says(&shop, "en", "I was scammed by a fake shop and lost money").await;
    says(&shop, "en", "good morning").await;
    ada.acts(&wanted.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    ada.acts(&wanted.conversation, "close")
        .await
        .expect(StatusCode::OK);
    wanted.says("When is the shop open?").await;
    let told = ada.gets("/v1/staff/insights/outcomes").await;
    let told = told.expect(StatusCode::OK);
    let english = told["languages"].as_array().unwrap().iter();
    let english = english.clone().find(|one| one["language"] == "en").unwrap();
    let count = |outcome: &str| {
        let outcomes = english["outcomes"].as_array().unwrap().iter();
        let mut found = outcomes.filter(|one| one["outcome"] == outcome);
        found.next().unwrap()["count"].as_i64().unwrap()
    };
    assert_eq!(count("small_talk"), 1);
    assert_eq!(count("handed_over_by_visitor"), 1);
    assert_eq!(count("handed_over_by_policy"), 1);
    assert_eq!(count("handed_over_by_bot"), 0);
    assert_eq!(count("reopened"), 1);
    let page = ada.gets("/console/insights").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("data-outcome=\"small_talk\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn what_is_searched_in_vain_is_counted_sealed_and_leads_to_an_article() {
    let shop = shop_without(&["shop/gift-wrapping"]).await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let visitor = shop.visitor("en");
    let searches = async |words: &str| {
        let found = visitor.gets(&format!("/help/en/search?q={words}")).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    };
    searches("gift%20wrapping").await;
    searches("Gift%20wrapping").await;
    searches("moon%20distance%20reader%40tea.example").await;
    // It is on the shelf, and what is suggested while somebody types is no search yet.
    searches("opening%20hours").await;
    visitor
        .gets("/v1/search?q=how%20far%20is%20mars&lang=en")
        .await;

    let path = "/v1/staff/insights/searches";
    let told = aki.gets(path).await.expect(StatusCode::OK);
    let told = told["searches"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!(
        told[0],
        json!({ "text": "gift wrapping", "language": "en", "count": 2 })
    );
    let text = told[1]["text"].as_str().unwrap();
    assert!(
        text.starts_with("moon distance") && !text.contains("tea.example"),
        "{text}"
    );
    let mut files = 0;
    for entry in std::fs::read_dir(shop.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            files += 1;
            let content = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!content.contains("gift wrapping"), "{}", path.display());
        }
    }
    assert!(files > 0, "the database is there");

    let page = aki.gets("/console/insights").await;
    let link = "/console/new-article?title=gift%20wrapping&amp;language=en";
    assert!(page.text.contains(link), "{}", page.text);
    let editor = aki.gets(&link.replace("&amp;", "&")).await;
    assert!(
        editor.text.contains("value=\"gift wrapping\""),
        "{}",
        editor.text
    );

    // An article that fits takes it off the list.
    let root = root_of(&shop);
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge/shop/gift-wrapping"),
        &root.join("shop/gift-wrapping"),
    );
    serves(&shop).await;
    let told = aki.gets(path).await.expect(StatusCode::OK);
    assert_eq!(told["searches"].as_array().unwrap().len(), 1, "{told:#}");
    // It goes with the questions of its day, and with the key that sealed it.
    shop.moment.fetch_add(100 * DAY_MS, Ordering::Relaxed);
    shop.store.keep_house(shop.app.now()).await.unwrap();
    let since = Timestamp::from_millis(0);
    let kept = shop.store.reader().fruitless_searches(since).await.unwrap();
    assert_eq!(kept, []);
}
