//! What a help desk gets that asks `POST /v1/suggestions` for an evaluation set: a real server, a key, one request a question.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::client::{Client, Destinations, Outgoing};
use crate::desk::{Desk, DeskSettings, add_account};
use crate::evaluation::{AskedQuestion, EvaluationSet, LabelledQuestion};
use crate::http::{AppState, HttpSettings};
use crate::knowledge::ArticleId;
use crate::pipeline::Engine;
use crate::staff::{NewAgent, Permission, Role};
use crate::store::Store;
use crate::time::Timestamp;

use super::progress::progress_bar;

/// How many suggestions are looked at, as accuracy@3 looks at three articles.
const DEPTH: usize = 3;

const PATIENCE: Duration = Duration::from_secs(60);

/// Right answers of one language.
#[derive(Debug, Default, Clone, Copy)]
pub struct Shares {
    questions: usize,
    ranked: usize,
    suggested: usize,
}

/// Asks for suggestions for every question that has an answer, and holds them against what the engine ranked.
pub fn measure(
    set: &EvaluationSet,
    asked: &[AskedQuestion],
    engine: Engine,
) -> anyhow::Result<BTreeMap<String, Shares>> {
    let runtime = tokio::runtime::Runtime::new().context("could not start the runtime")?;
    let data = std::env::temp_dir().join(format!(
        "mondo-suggestions-{}-{}",
        std::process::id(),
        set.name
    ));
    let measured = runtime.block_on(ask(set, asked, engine, &data));
    std::fs::remove_dir_all(&data)
        .with_context(|| format!("could not remove {}", data.display()))?;
    measured
}

async fn ask(
    set: &EvaluationSet,
    asked: &[AskedQuestion],
    engine: Engine,
    data: &Path,
) -> anyhow::Result<BTreeMap<String, Shares>> {
    let now = || Timestamp::from(SystemTime::now());
    let store = Store::open(data, now()).await?;
    let new = NewAgent::new("eval@example.com", "eval", Role::Admin)?;
    let (admin, _) = add_account(&store, new, "operator", now()).await?;
    let desk = Arc::new(Desk::new(Arc::new(engine), store, DeskSettings::default()));
    let scopes = vec![Permission::ReadSuggestions];
    let (_, token) = desk
        .workplace
        .add_api_key("eval", scopes, &admin, now())
        .await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/v1/suggestions", listener.local_addr()?);
    let app = AppState::new(desk, HttpSettings::default(), Arc::new(now));
    let serving = tokio::spawn(crate::http::serve(listener, std::future::pending(), app));
    let client = Client::new(Destinations::Any);
    let bar = progress_bar(&set.name, set.questions.len());
    let mut shares: BTreeMap<String, Shares> = BTreeMap::new();
    for (question, asked) in set.questions.iter().zip(asked) {
        bar.inc(1);
        if !question.is_in_scope() {
            continue;
        }
        let suggested = suggestions(&client, &address, token.reveal(), question).await?;
        let share = shares.entry(question.language.clone()).or_default();
        share.questions += 1;
        share.ranked += usize::from(is_right(question, &asked.prediction.ranked));
        share.suggested += usize::from(is_right(question, &suggested));
    }
    bar.finish_and_clear();
    serving.abort();
    Ok(shares)
}

fn is_right(question: &LabelledQuestion, articles: &[ArticleId]) -> bool {
    articles
        .iter()
        .take(DEPTH)
        .any(|article| question.relevant.contains(article))
}

async fn suggestions(
    client: &Client,
    address: &str,
    token: &str,
    question: &LabelledQuestion,
) -> anyhow::Result<Vec<ArticleId>> {
    let body = json!({ "transcript": [{ "author": "visitor", "text": question.text }] });
    let header = |name: &'static str, value: &str| {
        Ok::<_, anyhow::Error>((name.try_into()?, value.try_into()?))
    };
    let request = Outgoing {
        method: "POST".try_into()?,
        address: address.to_owned(),
        headers: vec![
            header("content-type", "application/json")?,
            header("authorization", &format!("Bearer {token}"))?,
        ],
        body: body.to_string().into_bytes(),
    };
    let reply = client.send(request, PATIENCE).await?;
    ensure!(reply.is_success(), "{} replied {}", address, reply.status);
    let said: Value = serde_json::from_slice(&reply.body)?;
    let list = said["suggestions"]
        .as_array()
        .context("the reply has no suggestions")?;
    Ok(list
        .iter()
        .filter(|suggestion| suggestion["source"] == "article")
        .filter_map(|suggestion| suggestion["id"].as_str())
        .map(ArticleId::new)
        .collect())
}

/// Writes the shares of a set, one line a language.
pub fn lines(set: &str, shares: &BTreeMap<String, Shares>) -> String {
    let percent = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
    shares
        .iter()
        .map(|(language, share)| {
            format!(
                "{set}\t{language}\t{} questions\taccuracy@3 {:.1}\tin the first 3 suggestions {:.1}\n",
                share.questions,
                percent(share.ranked, share.questions),
                percent(share.suggested, share.questions),
            )
        })
        .collect()
}
