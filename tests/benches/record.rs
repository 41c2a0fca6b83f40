//! What safety costs: hiding, sealing and recording one message, and verifying a long record.
//!
//! `cargo bench --bench record -- --events 1000000` writes a record of that many events into a folder that goes away
//! again, and verifies it as `mondo audit verify` does; some 2 GB of room are needed for a million. Without a number it is
//! 20,000 events. How many statements a message takes is counted by `cargo test --test statements -- --nocapture`.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mondo::conversation::{
    BotDecision, BotReply, Channel, Conversation, GivenAnswer, NewConversation, Standing,
};
use mondo::ids::{AnswerId, ConversationId};
use mondo::knowledge::{ArticleId, Revision};
use mondo::language::Language;
use mondo::pipeline::Confidence;
use mondo::safety::Words;
use mondo::sealing::DataKey;
use mondo::store::{
    AnswerOrigin, AnswerRecord, NewTurn, Owner, ProposedReply, RecordedOutcome, Store, Verifying,
};
use mondo::time::Timestamp;

/// Turns of each conversation; a turn is a question and its answer.
const TURNS: usize = 10;

/// Conversations that are written at once.
const AT_ONCE: usize = 64;

/// Messages whose cost is taken one by one.
const ALONE: usize = 500;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is_trial = arguments.iter().any(|argument| argument == "--test");
    let given = arguments
        .iter()
        .position(|argument| argument == "--events")
        .and_then(|place| arguments.get(place + 1)?.parse().ok());
    let events = given.unwrap_or(if is_trial { 400 } else { 20_000 });
    let sentences = sentences();
    print(
        "hide what is secret in a message",
        sentences
            .iter()
            .map(|text| timed(|| black_box(Words::parse(text, 4_000)).is_ok())),
    );
    let key = DataKey::generate();
    print(
        "seal a message",
        sentences
            .iter()
            .map(|text| timed(|| black_box(key.seal(text)))),
    );

    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path(), now()).await.expect("it opens");
    let store = Arc::new(store);
    let id = open(&store).await;
    let mut alone = Vec::new();
    for text in sentences
        .iter()
        .cycle()
        .take(if is_trial { 5 } else { ALONE })
    {
        let begun = Instant::now();
        store.take_turn(turn(id, text)).await.expect("taken");
        alone.push(begun.elapsed());
    }
    print(
        "record a question and its answer, one at a time",
        alone.into_iter(),
    );

    let begun = Instant::now();
    let places = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut writing = tokio::task::JoinSet::new();
    // Opening is an event, and so are the question and the answer of each turn.
    for number in 0..events / (2 * TURNS + 1) {
        let place = Arc::clone(&places).acquire_owned().await.expect("open");
        let store = Arc::clone(&store);
        let texts: Vec<String> = sentences
            .iter()
            .cycle()
            .skip(number * TURNS % sentences.len())
            .take(TURNS)
            .cloned()
            .collect();
        writing.spawn(async move {
            let _place = place;
            let id = open(&store).await;
            for text in texts {
                store.take_turn(turn(id, &text)).await.expect("taken");
            }
        });
        while writing.try_join_next().is_some() {}
    }
    while writing.join_next().await.is_some() {}
    let written = begun.elapsed();
    let begun = Instant::now();
    store.checkpoint(now()).await.expect("signed");
    let signed = begun.elapsed();
    store.fold_log().await.expect("folded");

    let begun = Instant::now();
    let verified = store
        .reader()
        .verify_record(
            folder.path(),
            Verifying {
                since: None,
                public_key: None,
            },
            &mut |fault| panic!("{fault}"),
        )
        .await
        .expect("looked at");
    let looked = begun.elapsed();
    let bytes = size_of(folder.path());
    println!(
        "{} events of {} conversations: written in {:.1} s ({:.0}/s, {AT_ONCE} conversations at once), signed in {:.1} s, \
         verified in {:.1} s ({:.0}/s); {:.1} MB, {} bytes an event with what was said, what was answered and why",
        verified.events,
        verified.conversations,
        written.as_secs_f64(),
        verified.events as f64 / written.as_secs_f64(),
        signed.as_secs_f64(),
        looked.as_secs_f64(),
        verified.events as f64 / looked.as_secs_f64(),
        bytes as f64 / 1e6,
        bytes / verified.events.max(1),
    );
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

/// What people write, with what must be hidden in some of it.
fn sentences() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/safety/redaction.tsv");
    let table = std::fs::read_to_string(path).expect("it is there");
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once('\t')?.1.replace(['{', '}'], "")))
        .filter(|text| Words::parse(text, 4_000).is_ok())
        .collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

fn print(what: &str, times: impl Iterator<Item = Duration>) {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{what}: median {:.3} ms, p99 {:.3} ms ({} times)",
        at(0.5),
        at(0.99),
        times.len()
    );
}

async fn open(store: &Store) -> ConversationId {
    let conversation = Conversation {
        id: ConversationId::generate(now()),
        standing: Standing::OPENED,
        language: None,
        script: None,
        opened_with: NewConversation::default(),
        last_sequence: 0,
        waiting_since: None,
        held_since: None,
        agent_spoke: None,
        created: now(),
        channel: Channel::Web,
        address: None,
        page: None,
        snoozed_until: None,
        woken: None,
    };
    let opened = store.open_conversation(conversation, Owner::Staff, None);
    opened.await.expect("opened").id
}

/// A question as the desk hands it in, with the answer of the bot and how it came about.
fn turn(conversation: ConversationId, text: &str) -> NewTurn {
    let article = ArticleId::new("withdrawal-pending");
    let answer = GivenAnswer {
        article: article.clone(),
        language: Language::English,
        other_language_label: false,
        title: "Why is my withdrawal still pending or not arrived?".to_owned(),
        text: "Withdrawals are normally sent within 30 minutes; above 10,000 USDT a manual check can take up to 2 hours.".to_owned(),
        summary: None,
        passage: None,
        also: Vec::new(),
        link: "/help/en/withdrawal-pending".to_owned(),
        follow_ups: vec![],
        machine_written: false,
    };
    let decision = BotDecision::Answer {
        answer,
        offer_person: None,
    };
    let words = Words::parse(text, 4_000).expect("it was looked at");
    let candidate =
        serde_json::json!({ "article": "withdrawal-pending", "evidence": vec![0.1234; 26] });
    let record = AnswerRecord {
        id: AnswerId::generate(now()),
        conversation: Some(conversation),
        origin: AnswerOrigin::Asked,
        question: words.as_str().to_owned(),
        language: Language::English,
        decision: decision.kind(),
        reason: None,
        confidence: Confidence(0.91),
        threshold: Confidence(0.8),
        article: Some(article),
        category: None,
        section: None,
        revision: Revision("r1".to_owned()),
        encoder: "bench".to_owned(),
        outcome: RecordedOutcome::of(&serde_json::json!({ "candidates": vec![candidate; 5] })),
        created: now(),
    };
    let reply = BotReply {
        answer: record.id,
        decision,
        language: Language::English,
        script: Default::default(),
        elsewhere: None,
        confidence: record.confidence,
        subject: None,
    };
    NewTurn {
        contact: None,
        conversation,
        text: Some(words),
        language: Some(Language::English),
        files: vec![],
        channels: Vec::new(),
        proposal: Some(ProposedReply { reply, record }),
        page: None,
        fallback: Language::English,
        request: None,
        now: now(),
    }
}

fn size_of(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("it is there");
    files
        .filter_map(|file| file.ok()?.metadata().ok())
        .filter(std::fs::Metadata::is_file)
        .map(|file| file.len())
        .sum()
}
