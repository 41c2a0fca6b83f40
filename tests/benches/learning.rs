//! What it costs to learn from many questions: how long the counts, lists and gaps of the Insights page take, and how much
//! memory, beside so many recorded questions.
//!
//! `cargo bench --bench learning -- --questions 1000000` writes that many, spread over thirty days, into a folder that goes
//! away again; some 3 GB of room are needed for a million. Without a number it is 20,000.

#[path = "demo.rs"]
mod demo;
#[path = "memory.rs"]
mod memory;

use std::sync::Arc;
use std::time::Instant;

use mondo::conversation::{
    BotDecision, BotReply, Channel, Conversation, GivenAnswer, NewConversation, Standing, Surface,
};
use mondo::encoder::{EncoderSettings, ModelFolder};
use mondo::ids::{AnswerId, ConversationId};
use mondo::insights::{Period, Readings, edit_effects, find_gaps, tally, tally_parts};
use mondo::knowledge::ArticleId;
use mondo::language::{Detector, Language};
use mondo::pipeline::{
    Confidence, Engine, EscalationReason, Fusion, Question, Routing, Snapshot, Thresholds,
};
use mondo::safety::Words;
use mondo::store::{
    AnswerOrigin, AnswerRecord, FactFilter, FactKind, NewTurn, Owner, Part, ProposedReply,
    RecordedOutcome, Store,
};
use mondo::time::Timestamp;

const DAYS: u32 = 30;
const DAY_MS: i64 = 86_400_000;

/// Questions of each conversation.
const TURNS: usize = 4;

/// Conversations that are written at once.
const AT_ONCE: usize = 64;

/// Of so many questions one has no good answer.
const UNANSWERED_ONE_IN: usize = 8;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is_trial = arguments.iter().any(|argument| argument == "--test");
    let given = arguments
        .iter()
        .position(|argument| argument == "--questions")
        .and_then(|place| arguments.get(place + 1)?.parse().ok());
    let count: usize = given.unwrap_or(if is_trial { 400 } else { 20_000 });

    let base = demo::base();
    let articles: Vec<(ArticleId, String)> = base
        .articles
        .iter()
        .map(|article| (article.id.clone(), article.category.clone()))
        .collect();
    let settings = EncoderSettings::default();
    let encoder = ModelFolder::chosen(&settings)
        .and_then(|folder| folder.load(&settings))
        .expect("ships with the binary");
    let snapshot = Snapshot::build(base, encoder.as_ref()).expect("an index in memory");
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("ships with the binary"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let begin = Timestamp::from_millis(1_790_000_000_000).start_of_day();
    let end = begin.later_by(i64::from(DAYS) * DAY_MS);
    let store = Arc::new(Store::open(folder.path(), begin).await.expect("it opens"));
    let plan = Arc::new(Plan {
        questions: demo::questions(),
        articles,
        begin,
        count,
    });
    let begun = Instant::now();
    let places = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut writing = tokio::task::JoinSet::new();
    for number in 0..count.div_ceil(TURNS) {
        let place = Arc::clone(&places).acquire_owned().await.expect("open");
        let (store, plan) = (Arc::clone(&store), Arc::clone(&plan));
        writing.spawn(async move {
            let _place = place;
            plan.talk(&store, number).await;
        });
        while writing.try_join_next().is_some() {}
    }
    while let Some(written) = writing.join_next().await {
        written.expect("written");
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{count} questions in {} conversations written in {seconds:.1} s ({:.0}/s); memory {} MiB",
        count.div_ceil(TURNS),
        count as f64 / seconds,
        memory::resident_mib("self"),
    );

    let reader = store.reader();
    let told = |what: &str, begun: Instant, result: String| {
        println!(
            "{what}: {:.3} s, {result}; memory {} MiB",
            begun.elapsed().as_secs_f64(),
            memory::resident_mib("self")
        );
    };
    let begun = Instant::now();
    let days = store.count_outcomes(end).await.expect("counted");
    told(
        "counting the days that are over, once for all",
        begun,
        format!("{days} days"),
    );

    let begun = Instant::now();
    let counts = reader.daily_outcomes(begin, end, end).await.expect("read");
    let parts = reader
        .daily_parts(begin, end, None, end)
        .await
        .expect("read");
    let asked = tally(&counts, None)[0].count;
    let lines = tally_parts(&parts, Part::Article).len();
    assert_eq!(asked, count as i64, "every question is counted");
    told(
        "outcomes and parts of thirty days",
        begun,
        format!("{asked} questions, {lines} articles"),
    );

    let begun = Instant::now();
    let edits = reader.article_edits(begin).await.expect("read");
    let effects = edit_effects(edits, &parts, end);
    told(
        "effects of edits",
        begun,
        format!("{} edits", effects.len()),
    );

    for kind in [
        FactKind::Answered,
        FactKind::Abandoned,
        FactKind::NotHelpful,
    ] {
        let filter = FactFilter {
            kind,
            from: begin,
            until: end,
            language: Some(Language::Korean),
            part: None,
            detail: None,
            agent: None,
            after: None,
        };
        let begun = Instant::now();
        let found = reader.facts(&filter, 50, end).await.expect("read");
        told(
            &format!("the newest conversations behind a number, {}", kind.code()),
            begun,
            format!("{} lines", found.len()),
        );
    }

    let begun = Instant::now();
    let lately = reader.asked_of_late(end).await.expect("read");
    told(
        "what others asked",
        begun,
        format!("{} articles", lately.most(Language::Korean).len()),
    );

    let period = Period {
        days: DAYS,
        until: end,
    };
    let readings = Readings::default();
    for what in ["gaps, when nothing was read yet", "gaps, again"] {
        let begun = Instant::now();
        let unanswered = reader.unanswered(period.read_from()).await.expect("read");
        let read = unanswered.questions.len();
        let found = find_gaps(&engine, &readings, unanswered, period).expect("found");
        told(
            what,
            begun,
            format!("{} gaps from {read} questions", found.report.gaps.len()),
        );
    }
    if is_trial {
        println!("{count} passed, 0 failed");
    }
}

/// What is asked, and when.
struct Plan {
    questions: Vec<Question>,
    articles: Vec<(ArticleId, String)>,
    begin: Timestamp,
    count: usize,
}

impl Plan {
    /// Writes a conversation.
    async fn talk(&self, store: &Store, number: usize) {
        let share = number as f64 / self.count.div_ceil(TURNS) as f64;
        let moment = self
            .begin
            .later_by((share * f64::from(DAYS) * DAY_MS as f64) as i64);
        let conversation = Conversation {
            id: ConversationId::generate(moment),
            standing: Standing::OPENED,
            language: None,
            script: None,
            opened_with: NewConversation {
                surface: [Some(Surface::Widget), Some(Surface::Page), None][number % 3],
                ..NewConversation::default()
            },
            last_sequence: 0,
            waiting_since: None,
            held_since: None,
            agent_spoke: None,
            created: moment,
            channel: Channel::Web,
            address: None,
            page: None,
            snoozed_until: None,
            woken: None,
        };
        let id = store
            .open_conversation(conversation, Owner::Staff, None)
            .await
            .expect("opened")
            .id;
        for turn in 0..TURNS.min(self.count - number * TURNS) {
            let turn = self.turn(
                id,
                number * TURNS + turn,
                moment.later_by(turn as i64 * 20_000),
            );
            store.take_turn(turn).await.expect("taken");
        }
    }

    fn turn(&self, conversation: ConversationId, number: usize, now: Timestamp) -> NewTurn {
        // No text is asked twice, so that none is read for another.
        let text = format!(
            "{} {number}",
            self.questions[number % self.questions.len()].as_str()
        );
        let words = Words::parse(&text, 4_000).expect("a question");
        let language = Language::ALL[number / TURNS % Language::ALL.len()];
        let (article, category) = &self.articles[number * 31 % self.articles.len()];
        let decision = match number % UNANSWERED_ONE_IN {
            0 => BotDecision::Escalate {
                reason: EscalationReason::LowConfidence,
                first_aid: None,
            },
            _ => BotDecision::Answer {
                answer: GivenAnswer {
                    article: article.clone(),
                    language,
                    other_language_label: false,
                    title: "What the article is called".to_owned(),
                    text: "What it says, in a sentence or two.".to_owned(),
                    summary: None,
                    passage: None,
                    also: Vec::new(),
                    link: format!("/help/{}/{article}", language.code()),
                    follow_ups: Vec::new(),
                    machine_written: false,
                },
                offer_person: None,
            },
        };
        let candidate = serde_json::json!({ "article": article, "evidence": vec![0.1234; 26] });
        let record = AnswerRecord {
            id: AnswerId::generate(now),
            conversation: Some(conversation),
            origin: AnswerOrigin::Asked,
            question: words.as_str().to_owned(),
            language,
            decision: decision.kind(),
            reason: match decision {
                BotDecision::Escalate { reason, .. } => Some(reason),
                _ => None,
            },
            confidence: Confidence(0.91),
            threshold: Confidence(0.8),
            article: decision.given_answer().map(|answer| answer.article.clone()),
            category: Some(category.clone()),
            section: None,
            revision: mondo::knowledge::Revision("r1".to_owned()),
            encoder: "bench".to_owned(),
            outcome: RecordedOutcome::of(&serde_json::json!({ "candidates": vec![candidate; 5] })),
            created: now,
        };
        let reply = BotReply {
            answer: record.id,
            decision,
            language,
            script: Default::default(),
            elsewhere: None,
            confidence: record.confidence,
            subject: None,
        };
        NewTurn {
            contact: None,
            conversation,
            text: Some(words),
            language: Some(language),
            files: vec![],
            channels: Vec::new(),
            proposal: Some(ProposedReply { reply, record }),
            page: None,
            fallback: Language::English,
            request: None,
            now,
        }
    }
}
