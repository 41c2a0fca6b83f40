//! The second encoder: its vectors are kept and never mixed, and it is asked only where the first leaves doubt.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mondo::encoder::{Embedding, Encoder, ModelFolder, StaticEncoder, TextRole, TokenWeights};
use mondo::knowledge::{KnowledgeBase, load_folder};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{
    Asked, Confidence, Engine, FIRST_EVIDENCE, Fusion, Outcome, Question, Routing, SecondOpinion,
    Snapshot, Thresholds, evidence_names,
};

/// The built-in first encoder under another name, counting what it is given.
struct Counting {
    inner: Arc<dyn Encoder>,
    identity: &'static str,
    questions: AtomicUsize,
    passages: AtomicUsize,
}

impl Counting {
    fn new(identity: &'static str) -> Arc<Self> {
        Arc::new(Self {
            inner: first(),
            identity,
            questions: AtomicUsize::new(0),
            passages: AtomicUsize::new(0),
        })
    }

    fn counts(&self) -> [usize; 2] {
        [&self.questions, &self.passages].map(|count| count.load(Ordering::SeqCst))
    }
}

impl Encoder for Counting {
    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn identity(&self) -> &str {
        self.identity
    }

    fn encode_weighed(
        &self,
        role: TextRole,
        texts: &[&str],
        _weights: &TokenWeights,
    ) -> Vec<Embedding> {
        let count = match role {
            TextRole::Query => &self.questions,
            TextRole::Passage => &self.passages,
        };
        count.fetch_add(texts.len(), Ordering::SeqCst);
        self.inner.encode(role, texts)
    }
}

fn first() -> Arc<dyn Encoder> {
    Arc::new(StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap())
}

fn write_article(folder: &Path, slug: &str, title: &str) {
    let article = folder.join("shop").join(slug);
    fs::create_dir_all(&article).unwrap();
    let about = format!("id = \"{slug}\"\ncategory = \"shop\"\n");
    fs::write(article.join("article.toml"), about).unwrap();
    let text = format!("+++\ntitle = \"{title}\"\nsummary = \"Within a week.\"\n+++\nMore.\n");
    fs::write(article.join("en.md"), text).unwrap();
}

fn base(folder: &Path) -> KnowledgeBase {
    write_article(folder, "parcel", "Where is my parcel?");
    write_article(folder, "refund", "How do I get a refund?");
    load_folder(folder).unwrap().into_served().unwrap()
}

fn engine(knowledge: KnowledgeBase, second: Arc<Counting>, sure_from: Confidence) -> Engine {
    engine_with(knowledge, second, sure_from)
}

fn engine_with(
    knowledge: KnowledgeBase,
    second: Arc<dyn Encoder>,
    sure_from: Confidence,
) -> Engine {
    let encoder = first();
    let snapshot = Snapshot::build(knowledge, encoder.as_ref()).unwrap();
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().unwrap(),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    );
    let second = SecondOpinion {
        encoder: second,
        fusion: Fusion::built_in_for_both().unwrap(),
        sure_from,
    };
    let engine = engine.with_second_opinion(second);
    engine.prepare_second().unwrap();
    engine
}

fn ask(engine: &Engine, text: &str) -> Outcome {
    let asked = Asked {
        question: &Question::parse(text).unwrap(),
        priors: &Priors::default(),
        forced: None,
        fallback: Language::English,
        today: "2026-06-01",
    };
    engine.ask(&asked).unwrap()
}

#[test]
fn vectors_are_kept_and_those_of_another_encoder_are_computed_anew() {
    let (folder, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let knowledge = base(folder.path());
    let texts = Snapshot::text_count(&knowledge);
    let open = |encoder: &Counting| {
        let snapshot =
            Snapshot::open_or_build(index.path(), knowledge.clone(), first().as_ref()).unwrap();
        snapshot.add_second_encoder(encoder, None).unwrap();
        snapshot
    };
    let (one, other) = (Counting::new("one"), Counting::new("other"));
    assert!(open(&one).encoder_identity().ends_with(" + one"));
    assert_eq!(one.counts(), [0, texts]);
    open(&one);
    assert_eq!(one.counts(), [0, texts]);
    assert!(open(&other).encoder_identity().ends_with(" + other"));
    assert_eq!(other.counts(), [0, texts]);
    open(&one);
    assert_eq!(one.counts(), [0, texts]);
}

#[test]
fn it_is_asked_only_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = base(folder.path());
    for (sure_from, asked, evidence) in [
        (Confidence(0.0), 0, FIRST_EVIDENCE),
        (SecondOpinion::ALWAYS, 1, evidence_names().len()),
    ] {
        let second = Counting::new("second");
        let engine = engine(knowledge.clone(), Arc::clone(&second), sure_from);
        let outcome = ask(&engine, "where is my parcel");
        assert_eq!(outcome.ranked[0].evidence.0.len(), evidence);
        assert_eq!(second.counts()[0], asked);
    }
}

#[test]
fn what_an_edit_adds_is_encoded_by_both_before_it_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let second = Counting::new("second");
    let engine = engine(
        base(folder.path()),
        Arc::clone(&second),
        SecondOpinion::ALWAYS,
    );
    write_article(folder.path(), "gift", "Can you wrap it as a gift?");
    let edited = load_folder(folder.path()).unwrap().into_served().unwrap();
    let [_, before] = second.counts();
    let snapshot = Snapshot::build(edited, first().as_ref()).unwrap();
    engine.replace_snapshot(snapshot).unwrap();
    // The title; its answer stands in the other articles too.
    assert_eq!(second.counts()[1] - before, 1);
    let outcome = ask(&engine, "Can you wrap it as a gift?");
    assert_eq!(outcome.ranked[0].evidence.0.len(), evidence_names().len());
}

#[test]
fn vectors_that_an_edit_leaves_are_those_that_would_be_computed_anew() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = |folder: &Path| engine_with(base(folder), first(), SecondOpinion::ALWAYS);
    let edited = open(folder.path());
    // Enough to make words common that were not.
    for (number, thing) in ["cup", "lamp", "chair", "clock", "shelf"]
        .iter()
        .enumerate()
    {
        for folder in [folder.path(), other.path()] {
            write_article(
                folder,
                &format!("n{number}"),
                &format!("Where is my {thing}?"),
            );
        }
    }
    let knowledge = load_folder(folder.path()).unwrap().into_served().unwrap();
    let snapshot = Snapshot::build(knowledge, first().as_ref()).unwrap();
    edited.replace_snapshot(snapshot).unwrap();
    let fresh = open(other.path());
    let evidence = |engine: &Engine| {
        let ranked = ask(engine, "my lamp, where is it").ranked;
        ranked
            .into_iter()
            .map(|ranked| (ranked.article, ranked.evidence))
            .collect::<Vec<_>>()
    };
    assert_eq!(evidence(&edited), evidence(&fresh));
}
