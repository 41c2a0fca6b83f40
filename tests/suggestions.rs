//! Suggested replies through the HTTP API are as good as the evaluation says: the right article is among the first three
//! at least as often as `mondo eval` counts it there.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use mondo::desk::{Desk, DeskSettings, add_account};
use mondo::encoder::{Encoder, ModelFolder, StaticEncoder};
use mondo::evaluation::{EvaluationSet, SetReport, predict, read_questions};
use mondo::http::router;
use mondo::http::{AppState, HttpSettings};
use mondo::knowledge::load_folder;
use mondo::language::Detector;
use mondo::pipeline::{Engine, Fusion, Routing, Snapshot, Thresholds};
use mondo::staff::{NewAgent, Permission, Role};
use mondo::store::Store;
use mondo::time::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

/// 2026-06-01, a day on which every article of the demo base is valid.
const NOON: i64 = 1_780_315_200_000;
const DAY: &str = "2026-06-01";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_article_is_suggested_as_often_as_it_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = load_folder(&root.join("knowledge_base")).expect("a readable folder");
    let set = EvaluationSet {
        name: "demo".to_owned(),
        knowledge: loaded.into_served().expect("a sound base"),
        questions: read_questions(&root.join("tests/relevance")).expect("well-formed questions"),
    };
    let model = ModelFolder::built_in().expect("the built-in model is sound");
    let encoder: Arc<dyn Encoder> =
        Arc::new(StaticEncoder::load(model).expect("the built-in model is sound"));
    let snapshot =
        Snapshot::build(set.knowledge.clone(), encoder.as_ref()).expect("an index in memory");
    let engine = Arc::new(Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("the built-in fusion is sound"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    ));
    let asked = predict(&engine, &set.questions, DAY, || ()).expect("a working index");
    let report = SetReport::of(&set, &asked);

    let folder = tempfile::tempdir().expect("a temporary folder");
    let now = Timestamp::from_millis(NOON);
    let store = Store::open(folder.path(), now).await.expect("opens");
    let new = NewAgent::new("ada@example.com", "Ada", Role::Admin).expect("fits");
    let (ada, _) = add_account(&store, new, "operator", now)
        .await
        .expect("added");
    let desk = Arc::new(Desk::new(engine, store, DeskSettings::default()));
    let scopes = vec![Permission::ReadSuggestions];
    let (_, token) = desk
        .workplace
        .add_api_key("help desk", scopes, &ada, now)
        .await
        .expect("made");
    let app = AppState::new(desk, HttpSettings::default(), Arc::new(move || now));
    let router = router(app);

    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    for question in &set.questions {
        if question.relevant.is_empty() {
            continue;
        }
        let body = json!({ "transcript": [{ "author": "visitor", "text": question.text }] });
        let request = Request::post("/v1/suggestions")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", token.reveal()))
            .body(Body::from(body.to_string()))
            .expect("a request");
        let response = router.clone().oneshot(request).await.expect("answers");
        assert_eq!(response.status(), StatusCode::OK, "{}", question.text);
        let bytes = to_bytes(response.into_body(), usize::MAX)
            .await
            .expect("a body");
        let found: Value = serde_json::from_slice(&bytes).expect("JSON");
        let suggestions = found["suggestions"].as_array().expect("a list");
        let is_right = suggestions.iter().take(3).any(|suggestion| {
            let id = suggestion["id"].as_str().unwrap_or_default();
            question
                .relevant
                .iter()
                .any(|article| article.as_str() == id)
        });
        let count = counts.entry(question.language.as_str()).or_default();
        count.0 += usize::from(is_right);
        count.1 += 1;
    }
    for (language, (right, all)) in counts {
        let found = report.languages[language].accuracy_at_3.unwrap_or(0.0);
        let suggested = right as f64 / all as f64;
        println!(
            "{language}: {right} of {all} in the first three suggestions; accuracy@3 is {found:.4}"
        );
        assert!(
            suggested + 1e-9 >= found,
            "{language}: {suggested:.4} under {found:.4}"
        );
    }
}
