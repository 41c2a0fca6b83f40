//! How the database finds rows: whatever is asked every day finds them by an index, however many there are.
//!
//! SQLite says so of every statement that a day at the desk sends. `cargo test --test statements plans -- --nocapture` prints
//! those that read a table whole, and why they may.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::json;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::actors::Shop;
use crate::counted::Counter;

/// Tables that grow with every visitor; others hold what an operator sets up, or what waits for a moment.
const GROWING: &[&str] = &[
    "answers",
    "attachments",
    "conversation_owners",
    "conversations",
    "daily_outcomes",
    "daily_parts",
    "events",
    "feedback",
    "idempotency_keys",
    "messages",
    "reads",
    "satisfaction",
    "search_terms",
    "sealing_keys",
    "staff_log",
    "ticket_notes",
    "ticket_tags",
    "tickets",
];

/// What may be read whole all the same: a part of the statement, and why.
const ALLOWED: &[(&str, &str)] = &[];

/// A day at the desk: visitors, an agent, a lead, and the timers.
async fn day(shop: &Shop) {
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.asks("When is the shop open?").await;
    let said = visitor.says("When is the shop open?").await;
    visitor.rates(&said["reply"], "helpful").await;
    visitor.says("How far is the moon from the earth?").await;
    visitor.wants_a_person("my order is lost").await;
    visitor.rereads().await;
    visitor.gets(&visitor.path("place")).await;
    let agent = shop.colleague("Sam", Role::Agent).await;
    let lead = shop.colleague("Ada", Role::Admin).await;
    let id = visitor.conversation.clone();
    for path in [
        "/console",
        "/console/queue",
        "/console/tickets",
        "/v1/staff/queue",
        "/v1/staff/queue?state=bot",
        "/v1/staff/queue?state=closed",
        "/console/queue?filter=bot",
        "/v1/staff/tickets",
        "/v1/staff/tickets?q=order",
        "/v1/staff/tickets?status=open&language=en",
    ] {
        agent.gets(path).await;
    }
    for rest in ["", "/ticket", "/visitor", "/suggestions", "/presence"] {
        agent
            .gets(&format!("/console/conversations/{id}{rest}"))
            .await;
    }
    agent.acts(&id, "claim").await.expect(StatusCode::OK);
    agent
        .says(&id, "I look for it.")
        .await
        .expect(StatusCode::OK);
    visitor.says("thank you").await;
    agent.acts(&id, "close").await.expect(StatusCode::OK);
    let score = json!({ "score": 5 });
    visitor.posts(&visitor.path("satisfaction"), score).await;
    visitor.says("one more thing").await;
    for path in [
        "/console/insights",
        "/console/insights?by=article",
        "/console/insights/conversations?what=answered",
        "/console/insights/conversations?what=ticket_opened",
        "/console/insights/conversations?what=scored",
        "/console/review",
        "/console/contract",
        "/console/knowledge",
        "/console/people",
        "/console/log",
        "/console/privacy",
        "/console/mail",
        "/v1/staff/insights/report",
        "/v1/staff/log",
        "/metrics",
        "/readyz",
    ] {
        lead.gets(path).await;
    }
    for _ in 0..3 {
        shop.moment
            .fetch_add(25 * 60 * 60 * 1_000, Ordering::Relaxed);
        let now = shop.app.now();
        shop.app.workplace().run_timers(now).await.unwrap();
        shop.store.keep_house(now).await.unwrap();
    }
}

/// Tells which of the growing tables a statement reads whole, or all but a part that is small, by what SQLite plans.
async fn read_whole(connection: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let explained = format!("EXPLAIN QUERY PLAN {statement}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(explained))
        .fetch_all(connection)
        .await
        .unwrap_or_else(|error| panic!("{error}: {statement}"));
    let steps = rows.iter().map(|row| row.get::<String, _>("detail"));
    // Most conversations are with the bot or closed, so that an index by state alone, or an order that none has, reads them all.
    let is_of_all = statement.contains("= 'bot'") || statement.contains("'closed'");
    steps
        .filter(|step| {
            let reads_all = step.ends_with(" (state=?)") || step.ends_with("TREE FOR ORDER BY");
            if is_of_all && reads_all {
                return true;
            }
            // One that goes along an index stops where it has enough.
            let Some(scanned) = step.strip_prefix("SCAN ") else {
                return false;
            };
            let is_ordered = scanned.contains(" USING ") && statement.contains(" LIMIT ");
            let name = scanned.split(' ').next().unwrap_or_default();
            !is_ordered && GROWING.iter().any(|table| is_named(statement, table, name))
        })
        .collect()
}

/// Whether a name in a plan is a table, or what a statement calls it.
fn is_named(statement: &str, table: &str, name: &str) -> bool {
    name == table
        || ["FROM", "JOIN", "UPDATE", "INTO"].iter().any(|word| {
            let called = [
                format!("{word} {table} {name}"),
                format!("{word} {table} AS {name}"),
            ];
            called.iter().any(|called| {
                statement.match_indices(called.as_str()).any(|(at, _)| {
                    let next = statement[at + called.len()..].chars().next();
                    !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
                })
            })
        })
}

pub async fn every_statement_finds_its_rows(counter: &Counter) {
    // What a new or an older database is asked once is no part of a day.
    let shop = Shop::open().await;
    counter.begin();
    day(&shop).await;
    let sent: BTreeSet<String> = counter.end().into_statements().collect();
    assert!(
        sent.len() > 150,
        "a day sends more than {} statements",
        sent.len()
    );
    let file = format!("sqlite://{}?mode=ro", shop.store.path().display());
    let mut connection = SqliteConnection::connect(&file).await.unwrap();
    let mut faults = Vec::new();
    let mut looked = 0;
    for statement in &sent {
        if !["SELECT", "UPDATE", "DELETE", "WITH"]
            .iter()
            .any(|verb| statement.starts_with(verb))
        {
            continue;
        }
        looked += 1;
        for step in read_whole(&mut connection, statement).await {
            match ALLOWED.iter().find(|(part, _)| statement.contains(part)) {
                Some((_, why)) => println!("allowed, {why}: {step}: {statement}"),
                None => faults.push(format!("{step}: {statement}")),
            }
        }
    }
    println!("{looked} statements of a day were looked at");
    assert!(
        faults.is_empty(),
        "these read a growing table whole:\n{}",
        faults.join("\n")
    );
}
