//! The store on real files: what was acknowledged is there, once, and in order.

#[cfg(feature = "s3")]
mod bucket;
mod channels;
mod counting;
mod crash;
mod erasing;
mod opening;
mod recording;
mod retries;
mod sealing;
mod walks;

use mondo::conversation::{
    BotDecision, BotReply, Conversation, GivenAnswer, NewConversation, TicketSubject,
};
use mondo::ids::{AnswerId, ConversationId};
use mondo::knowledge::{ArticleId, Revision, Severity};
use mondo::language::Language;
use mondo::locale::Locale;
use mondo::pipeline::{Confidence, EscalationReason};
use mondo::safety::Words;
use mondo::store::{
    AnswerOrigin, AnswerRecord, KeyedRequest, NewTurn, Owner, ProposedReply, RecordedOutcome, Store,
};
use mondo::time::Timestamp;

/// The moment at which everything here happens.
fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

/// A store in a folder of its own, gone when dropped.
struct Fixture {
    store: Store,
    folder: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::open(folder.path(), now())
            .await
            .expect("an empty folder is fine");
        Self { store, folder }
    }

    async fn conversation(&self) -> ConversationId {
        let conversation = Conversation {
            opened_with: NewConversation {
                page: Some(Locale::Korean),
                ..NewConversation::default()
            },
            ..channels::conversation()
        };
        self.store
            .open_conversation(conversation, Owner::Staff, None)
            .await
            .expect("a fresh conversation can be opened")
            .id
    }
}

fn keyed(scope: &str, key: &str, fingerprint: &str) -> KeyedRequest {
    KeyedRequest {
        key: key.parse().expect("a key of the tests is long enough"),
        scope: scope.to_owned(),
        fingerprint: fingerprint.to_owned(),
    }
}

fn answer() -> BotDecision {
    let answer = GivenAnswer {
        article: ArticleId::new("withdrawal-pending"),
        language: Language::Korean,
        other_language_label: false,
        title: "출금이 왜 안 되나요?".to_owned(),
        text: "네트워크 확인을 기다리는 중입니다.".to_owned(),
        summary: None,
        passage: None,
        also: Vec::new(),
        link: "/help/ko/withdrawal-pending".to_owned(),
        follow_ups: vec![],
        machine_written: false,
    };
    BotDecision::Answer {
        answer,
        offer_person: None,
    }
}

fn escalation() -> BotDecision {
    BotDecision::Escalate {
        reason: EscalationReason::PersonalCase,
        first_aid: None,
    }
}

fn record(question: &str) -> AnswerRecord {
    AnswerRecord {
        id: AnswerId::generate(now()),
        conversation: None,
        origin: AnswerOrigin::Asked,
        question: question.to_owned(),
        language: Language::Korean,
        decision: answer().kind(),
        reason: None,
        confidence: Confidence(0.91),
        threshold: Confidence(0.8),
        article: Some(ArticleId::new("withdrawal-pending")),
        category: None,
        section: None,
        revision: Revision("r1".to_owned()),
        encoder: "test".to_owned(),
        outcome: RecordedOutcome::of(
            &serde_json::json!({ "candidates": [{ "article": "withdrawal-pending", "evidence": vec![0.1234; 26] }] }),
        ),
        created: now(),
    }
}

fn proposal(conversation: ConversationId, question: &str, decision: BotDecision) -> ProposedReply {
    let mut record = record(question);
    record.conversation = Some(conversation);
    record.decision = decision.kind();
    let reply = BotReply {
        answer: record.id,
        decision,
        language: Language::Korean,
        script: Default::default(),
        elsewhere: None,
        confidence: record.confidence,
        subject: Some(TicketSubject {
            category: "withdrawals".to_owned(),
            severity: Severity::High,
            collect: vec!["txid".to_owned()],
            skills: vec![],
        }),
    };
    ProposedReply { reply, record }
}

fn turn(
    conversation: ConversationId,
    text: &str,
    decision: BotDecision,
    request: Option<KeyedRequest>,
) -> NewTurn {
    NewTurn {
        contact: None,
        page: None,
        conversation,
        text: Some(Words::from_record(text.to_owned())),
        language: Some(Language::Korean),
        files: vec![],
        channels: Vec::new(),
        proposal: Some(proposal(conversation, text, decision)),
        fallback: Language::English,
        request,
        now: now(),
    }
}

#[tokio::test]
async fn a_record_is_read_back_as_it_was_written() {
    let fixture = Fixture::new().await;
    let record = record("출금이 안 돼요");
    fixture
        .store
        .record_answer(record.clone())
        .await
        .expect("recorded");
    assert_eq!(
        fixture
            .store
            .reader()
            .answer(&record.id)
            .await
            .expect("there"),
        record
    );

    let unknown = AnswerId::generate(now());
    let error = fixture
        .store
        .reader()
        .answer(&unknown)
        .await
        .expect_err("never recorded");
    assert_eq!(error.to_string(), format!("there is no answer {unknown}"));
}
