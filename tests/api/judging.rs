//! The promise that so many answers are right: answers are judged one after the other, and what is said of them counts.

use std::sync::Arc;

use axum::http::StatusCode;
use mondo::conversation::{Judgement, Pick};
use mondo::ids::{AgentId, AnswerId};
use mondo::knowledge::ArticleId;
use mondo::language::Language;
use mondo::pipeline::Thresholds;
use mondo::staff::Role;
use mondo::store::NewJudgement;
use mondo::time::Timestamp;
use serde_json::{Value, json};

use crate::actors::{OPENING, Shop, engine_of};
use crate::colleagues::Colleague;

const REVIEW: &str = "/v1/staff/insights/review";
const CONTRACT: &str = "/v1/staff/insights/contract";
const OPEN: &str = "When is the shop open?";

/// A shop with an engine of its own, since its thresholds will change.
async fn shop() -> Shop {
    let base = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge");
    let engine = engine_of(&base, Thresholds::default());
    Shop::open_asking(engine, |desk| desk).await
}

async fn next(judge: &Colleague, query: &str) -> Value {
    let told = judge.gets(&format!("{REVIEW}{query}")).await;
    told.expect(StatusCode::OK)["next"].clone()
}

async fn says(judge: &Colleague, shown: &Value, judgement: &str) {
    let path = format!("{REVIEW}/{}", shown["answer"].as_str().unwrap());
    let told = judge.puts(&path, json!({ "judgement": judgement })).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
}

async fn english(lead: &Colleague) -> Value {
    let told = lead.gets(CONTRACT).await;
    let told = told.expect(StatusCode::OK);
    let mut languages = told["languages"].as_array().unwrap().iter();
    languages
        .find(|one| one["language"] == "en")
        .unwrap()
        .clone()
}

async fn bring(lead: &Colleague, count: usize, question: &str) {
    let body = json!({ "questions": vec![question; count] });
    let told = lead.posts(&format!("{REVIEW}/questions"), body).await;
    assert_eq!(told.expect(StatusCode::OK)["asked"], count);
}

/// What others have said of answers that have expired since.
async fn judged(shop: &Shop, judge: AgentId, count: i64, pick: Pick, confidence: f32, right: bool) {
    for number in 0..count {
        let judgement = match right {
            true => Judgement::Right,
            false => Judgement::Wrong,
        };
        let new = NewJudgement {
            answer: AnswerId::generate(Timestamp::from_millis(OPENING + number)),
            language: Language::English,
            article: ArticleId::new("shop/hours"),
            better: None,
            pick,
            confidence,
            judgement,
            judge,
            now: shop.app.now(),
        };
        assert!(shop.store.judge(new).await.unwrap());
    }
}

async fn id_of(lead: &Colleague) -> AgentId {
    let me = lead.gets("/v1/staff/session").await;
    let me = me.expect(StatusCode::OK);
    me["agent"]["id"].as_str().unwrap().parse().unwrap()
}

/// A question that is answered, with a confidence that some threshold is above.
async fn a_question_that_is_not_quite_sure(shop: &Shop) -> (&'static str, f32) {
    for question in [
        "what time do you close",
        "do you send parcels to korea",
        "how much is shipping",
        "can i return opened tea",
        "is the tea organic",
        "how should I store tea at home",
    ] {
        let told = shop.visitor("en").asks(question).await;
        let confidence = told["confidence"].as_f64().unwrap() as f32;
        if told["decision"] == "answer" && confidence < 0.96 {
            return (question, confidence);
        }
    }
    panic!("none is answered without being quite sure");
}

#[tokio::test]
async fn an_answer_that_was_given_is_judged_once_and_without_what_was_hidden() {
    let shop = shop().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let mei = shop.colleague("Mei", Role::Lead).await;
    assert_eq!(next(&aki, "").await, Value::Null, "nobody has asked");
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor
        .says("When is the shop open? My card is 4111 1111 1111 1111")
        .await;
    visitor.says("thank you so much").await;

    let shown = next(&aki, "").await;
    assert_eq!(shown["pick"], "given");
    assert_eq!(shown["language"], "en");
    let question = shown["question"].as_str().unwrap();
    assert!(question.starts_with("When is the shop open?"), "{question}");
    assert!(!question.contains("4111"), "{question}");
    assert!(shown["title"].is_string(), "{shown}");
    assert_eq!(next(&aki, "?language=ko").await, Value::Null);
    assert_eq!(next(&aki, "?pick=near").await, Value::Null);

    says(&aki, &shown, "right").await;
    assert_eq!(next(&aki, "").await, Value::Null, "small talk is no answer");
    let path = format!("{REVIEW}/{}", shown["answer"].as_str().unwrap());
    let again = mei.puts(&path, json!({ "judgement": "wrong" })).await;
    again.problem(409, "taken");
    assert_eq!(english(&mei).await["proof"]["right"], 1);
    // Whoever erred takes it back; nobody else can.
    mei.deletes(&path).await.problem(404, "not-found");
    let back = aki.deletes(&path).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT);
    assert_eq!(next(&aki, "").await["answer"], shown["answer"]);
    assert_eq!(english(&mei).await["proof"]["judged"], 0);
    // A better article is one that is served, and belongs to a wrong answer.
    for (judgement, better, status, kind) in [
        ("right", "shop/hours", 400, "bad-request"),
        ("wrong", "no/such", 422, "content-refused"),
    ] {
        let body = json!({ "judgement": judgement, "better": better });
        let told = aki.puts(&path, body).await;
        assert_eq!(told.problem(status, kind)["field"], "better");
    }
    says(&aki, &shown, "unclear").await;
    assert_eq!(
        english(&mei).await["proof"]["judged"],
        0,
        "it counts for nothing"
    );
}

#[tokio::test]
async fn a_newcomer_is_led_to_enough_judgements_by_questions_they_bring() {
    let shop = shop().await;
    let mei = shop.colleague("Mei", Role::Lead).await;
    let before = english(&mei).await;
    assert_eq!(
        (&before["keeping"], &before["missing"]),
        (&json!("unproved"), &json!(59))
    );
    bring(&mei, 59, OPEN).await;
    for number in 0..59 {
        let told = english(&mei).await;
        assert_eq!(told["keeping"], "unproved", "{number}: {told}");
        assert_eq!(told["missing"], 59 - number, "{told}");
        let shown = next(&mei, "").await;
        assert_eq!(
            (&shown["pick"], &shown["question"]),
            (&json!("brought"), &json!(OPEN))
        );
        says(&mei, &shown, "right").await;
    }
    let told = english(&mei).await;
    assert_eq!(
        (&told["keeping"], &told["missing"]),
        (&json!("held"), &Value::Null)
    );
    assert!(told["proof"]["bound"].as_f64().unwrap() >= 0.95, "{told}");
    // They are in no outcome.
    let days = mei.gets("/v1/staff/insights/outcomes").await;
    let days = days.expect(StatusCode::OK);
    assert_eq!(days["counts"], json!([]));
}

#[tokio::test]
async fn where_answers_are_wrong_the_threshold_rises_and_the_next_visitor_meets_it() {
    let shop = shop().await;
    let mei = shop.colleague("Mei", Role::Lead).await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let before = shop.engine.thresholds().answer.en;
    let (question, confidence) = a_question_that_is_not_quite_sure(&shop).await;
    judged(
        &shop,
        id_of(&mei).await,
        40,
        Pick::Given,
        confidence + 0.001,
        true,
    )
    .await;
    bring(&mei, 6, question).await;
    for _ in 0..6 {
        says(&aki, &next(&aki, "").await, "wrong").await;
    }
    let told = english(&mei).await;
    let raised = shop.engine.thresholds().answer.en;
    assert!(raised > before, "{told}");
    assert!(
        raised > confidence,
        "what was wrong is no longer answered: {raised}"
    );
    assert_eq!(told["overruled"], true);
    // The same words were answered a moment ago, and are decided anew.
    let unsure = shop.visitor("en").asks(question).await;
    assert_ne!(unsure["decision"], "answer", "{unsure}");
    let history = mei.gets(CONTRACT).await.expect(StatusCode::OK)["history"].clone();
    let broken = history.as_array().unwrap().iter();
    let broken = broken.filter(|one| one["keeping"] == "broken");
    assert!(
        broken.clone().any(|one| one["changed_to"].is_number()),
        "{history}"
    );
    // Other languages are as they were, and so is everything once a lead says so; an author may not.
    assert_eq!(
        shop.engine.thresholds().answer.ko,
        Thresholds::default().answer.ko
    );
    let path = format!("{CONTRACT}/thresholds/en");
    aki.deletes(&path).await.problem(403, "forbidden");
    assert_eq!(mei.deletes(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(shop.engine.thresholds().answer.en, before);
    assert_eq!(
        shop.visitor("en").asks(question).await["decision"],
        "answer"
    );
}

#[tokio::test]
async fn a_lower_threshold_is_taken_over_only_where_it_is_proved() {
    let shop = shop().await;
    let mei = shop.colleague("Mei", Role::Lead).await;
    let me = id_of(&mei).await;
    let path = format!("{CONTRACT}/thresholds/en");
    judged(&shop, me, 80, Pick::Given, 0.9, true).await;
    let told = mei.puts(&path, json!({ "hundredths": 60 })).await;
    assert_eq!(told.problem(422, "content-refused")["field"], "hundredths");
    judged(&shop, me, 60, Pick::Near, 0.62, true).await;
    let lower = english(&mei).await["lower"].clone();
    assert_eq!(
        (&lower["judged"], &lower["right"]),
        (&json!(60), &json!(60))
    );
    let told = mei.puts(&path, json!({ "hundredths": 60 })).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
    assert_eq!(shop.engine.thresholds().answer.en, 0.6);
    // Who starts again finds it.
    let engine = engine_of(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge"),
        Thresholds::default(),
    );
    let other = mondo::desk::Desk::new(
        Arc::clone(&engine),
        shop.store.clone(),
        mondo::desk::DeskSettings::default(),
    );
    let following = tokio::spawn(async move { other.library.follow_thresholds().await });
    let waits = async {
        while engine.thresholds().answer.en != 0.6 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        // And hears of changes at another door.
        assert_eq!(mei.deletes(&path).await.status, StatusCode::NO_CONTENT);
        while engine.thresholds().answer.en != Thresholds::default().answer.en {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), waits)
        .await
        .expect("it hears of it");
    following.abort();
}

#[tokio::test]
async fn the_promise_is_looked_at_by_one_process_when_its_time_has_come() {
    let shop = shop().await;
    let now = shop.app.now();
    let week = 7 * 86_400_000;
    let library = shop.app.library();
    assert!(library.contract_is_due(week, now).await.unwrap());
    assert!(
        !library
            .contract_is_due(week, now.later_by(week - 1))
            .await
            .unwrap()
    );
    let (first, second) = tokio::join!(
        library.contract_is_due(week, now.later_by(week)),
        library.contract_is_due(week, now.later_by(week)),
    );
    assert!(first.unwrap() ^ second.unwrap(), "one of the two");
}

#[tokio::test]
async fn a_month_is_reported_on_paper_as_a_table_and_for_the_public() {
    let shop = shop().await;
    let mei = shop.colleague("Mei", Role::Lead).await;
    for _ in 0..12 {
        shop.visitor("en").asks(OPEN).await;
    }
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    visitor.says("가게는 언제 열어요?").await;
    let path = "/v1/staff/insights/report?month=2026-11";
    let page = mei.gets(&format!("{path}&lang=ja")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in [
        "lang=\"ja\"",
        "月次レポート",
        "2026-11",
        "<td class=\"number\">13</td>",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let figures = mei.gets(&format!("{path}&format=json")).await;
    let figures = figures.expect(StatusCode::OK);
    assert_eq!(
        figures["channels"][0],
        json!({ "channel": "ask", "asked": 12, "answered": 12 })
    );
    assert!(
        figures["articles"][0]["given"].as_i64().unwrap() >= 12,
        "{figures}"
    );
    let public = mei.gets(&format!("{path}&format=json&public=true")).await;
    let public = public.expect(StatusCode::OK);
    assert_eq!(
        (&public["articles"], &public["channels"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(public["outcomes"][0]["count"], 13);
    assert_eq!(
        public["outcomes"][0]["languages"]["ko"],
        Value::Null,
        "one could be known"
    );
    let table = mei.gets(&format!("{path}&format=csv")).await;
    assert!(table.text.contains("2026-11,asked,,13\n"), "{}", table.text);
    let refused = mei.gets("/v1/staff/insights/report?month=November").await;
    assert_eq!(refused.problem(400, "bad-request")["field"], "month");
    // Once the days are over they are counted by their parts too, and outlast what was counted.
    shop.set_clock(Timestamp::from_millis(OPENING + 40 * 86_400_000));
    shop.store.count_outcomes(shop.app.now()).await.unwrap();
    shop.store.count_outcomes(shop.app.now()).await.unwrap();
    // Who signed in before that is still signed in a moment later, not a month.
    shop.set_clock(Timestamp::from_millis(OPENING + 3_600_000));
    let later = mei.gets(&format!("{path}&format=json")).await;
    let later = later.expect(StatusCode::OK);
    assert_eq!(
        (&later["channels"], &later["articles"]),
        (&figures["channels"], &figures["articles"])
    );
}
