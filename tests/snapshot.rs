//! The searchable snapshot: kept on disk, rebuilt only when it must be, swapped without a failed question.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use mondo::encoder::{Embedding, Encoder, ModelFolder, StaticEncoder, TextRole, TokenWeights};
use mondo::knowledge::{KnowledgeBase, Readership, load_folder};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{
    Asked, Decision, Engine, Fusion, Outcome, Question, Routing, Snapshot, Thresholds,
};

fn encoder() -> Arc<dyn Encoder> {
    Arc::new(StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap())
}

/// The built-in encoder under another name, as another model would be.
struct Renamed(Arc<dyn Encoder>);

impl Encoder for Renamed {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    fn identity(&self) -> &str {
        "another model"
    }

    fn encode_weighed(
        &self,
        role: TextRole,
        texts: &[&str],
        _weights: &TokenWeights,
    ) -> Vec<Embedding> {
        self.0.encode(role, texts)
    }
}

fn knowledge(folder: &Path) -> KnowledgeBase {
    load_folder(folder).unwrap().into_served().unwrap()
}

fn write_article(folder: &Path, slug: &str, title: &str, summary: &str) {
    let article = folder.join("shop").join(slug);
    fs::create_dir_all(&article).unwrap();
    fs::write(
        article.join("article.toml"),
        format!("id = \"{slug}\"\ncategory = \"shop\"\n"),
    )
    .unwrap();
    fs::write(
        article.join("en.md"),
        format!("+++\ntitle = \"{title}\"\nsummary = \"{summary}\"\n+++\nMore.\n"),
    )
    .unwrap();
}

fn small_base() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_article(
        folder.path(),
        "parcel",
        "Where is my parcel?",
        "It comes in three days.",
    );
    write_article(
        folder.path(),
        "refund",
        "How do I get a refund?",
        "Within a week.",
    );
    folder
}

/// The kept snapshots and when each file of them was written.
fn kept(index: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut found: Vec<(PathBuf, SystemTime)> = fs::read_dir(index)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|place| {
            let vectors = place.join("question.vectors");
            let written = fs::metadata(&vectors).unwrap().modified().unwrap();
            [(vectors, written)]
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_kept_snapshot_is_opened_and_not_built_again() {
    let (base, index, encoder) = (small_base(), tempfile::tempdir().unwrap(), encoder());
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    let first = kept(index.path());
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    assert_eq!(kept(index.path()), first);
}

#[test]
fn another_text_or_another_model_builds_anew_and_leaves_nothing_behind() {
    let (base, index, encoder) = (small_base(), tempfile::tempdir().unwrap(), encoder());
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    let first = kept(index.path());
    write_article(
        base.path(),
        "refund",
        "How do I get my money back?",
        "Within a week.",
    );
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    let second = kept(index.path());
    assert_ne!(second, first);
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &Renamed(encoder)).unwrap();
    let third = kept(index.path());
    assert_ne!(third, second);
    assert_eq!((first.len(), second.len(), third.len()), (1, 1, 1));
}

#[test]
fn a_damaged_snapshot_is_built_again() {
    let (base, index, encoder) = (small_base(), tempfile::tempdir().unwrap(), encoder());
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    let (vectors, _) = kept(index.path()).remove(0);
    let whole = fs::read(&vectors).unwrap();
    fs::write(&vectors, &whole[..whole.len() / 2]).unwrap();
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    assert_eq!(fs::read(&vectors).unwrap(), whole);
}

#[test]
fn a_snapshot_from_disk_answers_like_one_from_memory() {
    let (base, index, encoder) = (small_base(), tempfile::tempdir().unwrap(), encoder());
    Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    let opened = Snapshot::open_or_build(index.path(), knowledge(base.path()), &*encoder).unwrap();
    let built = Snapshot::build(knowledge(base.path()), &*encoder).unwrap();
    let [opened, built] = [opened, built].map(|snapshot| engine(snapshot, &encoder));
    for text in ["where is the parcel", "refund please", "money"] {
        let [left, right] = [&opened, &built].map(|engine| ask(engine, text));
        assert_eq!(left.confidence, right.confidence, "{text}");
        assert_eq!(left.decision, right.decision, "{text}");
    }
}

#[test]
fn no_question_fails_while_the_knowledge_is_swapped() {
    let (base, encoder) = (small_base(), encoder());
    let engine = engine(
        Snapshot::build(knowledge(base.path()), &*encoder).unwrap(),
        &encoder,
    );
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let askers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut asked = 0;
                    while !done.load(Ordering::Relaxed) || asked == 0 {
                        let outcome = ask(&engine, "where is my parcel");
                        assert_eq!(outcome.ranked[0].article.as_str(), "parcel");
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        for round in 0..10 {
            write_article(base.path(), "extra", &format!("Round {round}?"), "Yes.");
            engine
                .replace_snapshot(Snapshot::build(knowledge(base.path()), &*encoder).unwrap())
                .unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for asker in askers {
            assert!(asker.join().unwrap() > 0);
        }
    });
    assert_eq!(engine.snapshot().knowledge().articles.len(), 3);
}

#[test]
fn an_article_is_given_on_its_days_only() {
    let (base, encoder) = (small_base(), encoder());
    let matter = base.path().join("shop/parcel/article.toml");
    fs::write(
        &matter,
        "id = \"parcel\"\ncategory = \"shop\"\nvalid_until = 2026-01-31\n",
    )
    .unwrap();
    let engine = engine(
        Snapshot::build(knowledge(base.path()), &*encoder).unwrap(),
        &encoder,
    );
    let first_on = |day: &str| {
        let question = Question::parse("where is my parcel").unwrap();
        let outcome = engine.ask(&asked(&question, day)).unwrap();
        outcome.ranked[0].article.to_string()
    };
    assert_eq!(first_on("2026-01-31"), "parcel");
    assert_ne!(first_on("2026-02-01"), "parcel");
}

#[test]
fn a_wish_for_a_person_and_a_report_of_fraud_are_policy_not_similarity() {
    let (base, encoder) = (small_base(), encoder());
    let engine = engine(
        Snapshot::build(knowledge(base.path()), &*encoder).unwrap(),
        &encoder,
    );
    for text in [
        "转人工",
        "상담원 연결해 주세요",
        "I was scammed",
        "詐欺に遭いました",
    ] {
        let outcome = ask(&engine, text);
        assert!(
            matches!(outcome.decision, Decision::Escalate { .. }),
            "{text}: {:?}",
            outcome.decision
        );
    }
}

fn engine(snapshot: Snapshot, encoder: &Arc<dyn Encoder>) -> Engine {
    Engine::new(
        Detector::new(),
        Arc::clone(encoder),
        Fusion::built_in().unwrap(),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    )
}

fn ask(engine: &Engine, text: &str) -> Outcome {
    let question = Question::parse(text).unwrap();
    engine.ask(&asked(&question, "2026-01-01")).unwrap()
}

fn asked<'a>(question: &'a Question, today: &'a str) -> Asked<'a> {
    static PRIORS: Priors = Priors {
        conversation: None,
        page: None,
        accept_language: Vec::new(),
        elsewhere: Vec::new(),
        script: None,
    };
    Asked {
        question,
        priors: &PRIORS,
        forced: None,
        fallback: Language::English,
        today,
        readership: Readership::anybody(),
    }
}
