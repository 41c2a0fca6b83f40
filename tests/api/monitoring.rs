//! What dashboards and alerts ask for is what a running server tells.

use std::collections::BTreeSet;
use std::path::Path;

use crate::actors::Shop;

/// Names of metrics in a text: words that begin as ours do.
fn named(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with("mondo_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn every_metric_that_is_asked_for_is_told() {
    let shop = Shop::open().await;
    shop.visitor("en").asks("When do you open?").await;
    let told = shop.operator().gets("/metrics").await.text;
    let told = named(&told);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "docs/deploy/grafana-dashboard.json",
        "docs/deploy/alerts.yaml",
        "web/handbook/tuning.md",
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let asked = named(&text);
        assert!(asked.len() >= 8, "{file} asks for {asked:?}");
        for name in asked {
            // A histogram is told by its parts.
            let is_told = told.contains(&name) || told.contains(&format!("{name}_bucket"));
            assert!(is_told, "{file} asks for {name}, which is not told");
        }
    }
}

#[tokio::test]
async fn what_waits_for_a_person_is_counted_by_priority() {
    let shop = Shop::open().await;
    let waiting = async || {
        let told = shop.operator().gets("/metrics").await.text;
        let lines = told
            .lines()
            .filter_map(|line| line.strip_prefix("mondo_queue{"));
        lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum::<f64>()
    };
    assert_eq!(waiting().await, 0.0);
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("please").await;
    assert_eq!(waiting().await, 1.0);
}

#[tokio::test]
async fn where_the_time_of_a_question_goes_is_counted() {
    let shop = Shop::open().await;
    let told = async |name: &str| {
        let text = shop.operator().gets("/metrics").await.text;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.unwrap_or_else(|| panic!("{name} is not told:\n{text}"));
        number.trim().parse::<f64>().expect("a number")
    };
    let written = told("mondo_writer_seconds_count").await;
    let visitor = shop.visitor("en");
    for _ in 0..3 {
        visitor.asks("When do you open?").await;
    }
    assert_eq!(told("mondo_outcomes_total{from=\"engine\"}").await, 1.0);
    assert_eq!(told("mondo_outcomes_total{from=\"memory\"}").await, 2.0);
    let encoder = "mondo_encoder_seconds_count{encoder=\"first\"}";
    assert!(told(encoder).await >= 1.0);
    let longest = "mondo_encoder_seconds_bucket{encoder=\"first\",le=\"+Inf\"}";
    assert_eq!(told(longest).await, told(encoder).await);
    assert!(told("mondo_writer_seconds_count").await > written);
}
