//! The second encoder: its vectors are kept and never mixed, and it is asked only where the first leaves doubt.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use mondo::desk::{AskContext, Desk, DeskSettings};
use mondo::encoder::{
    Embedding, Encoder, EncoderSettings, ModelFolder, StaticEncoder, TextRole, TokenWeights,
};
use mondo::knowledge::{
    Article, ArticleId, KnowledgeBase, Readership, Revision, Translation, load_folder,
};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{
    Asked, Confidence, Engine, FIRST_EVIDENCE, Fusion, Outcome, Question, Routing, SecondOpinion,
    Snapshot, Thresholds, asked_words, evidence_names,
};
use mondo::store::Store;
use mondo::time::Timestamp;

/// The built-in first encoder under another name, noting what it is given.
struct Counting {
    inner: Arc<dyn Encoder>,
    identity: &'static str,
    given: Mutex<Vec<String>>,
}

impl Counting {
    fn new(identity: &'static str) -> Arc<Self> {
        Arc::new(Self {
            inner: first(),
            identity,
            given: Mutex::new(Vec::new()),
        })
    }

    /// How often it was given each of these texts.
    fn counts<const N: usize>(&self, texts: [&str; N]) -> [usize; N] {
        let given = self.given.lock().unwrap();
        texts.map(|text| given.iter().filter(|one| *one == text).count())
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
        let mut given = self.given.lock().unwrap();
        given.extend(texts.iter().map(|text| text.to_string()));
        self.inner.encode(role, texts)
    }
}

fn first() -> Arc<dyn Encoder> {
    Arc::new(StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap())
}

const PARCEL: &str = "Where is my parcel?";
const PARCEL_AS_A_WHOLE: &str = "Where is my parcel?\nMore.";
const GIFT: &str = "Can you wrap it as a gift?";
const REFUND: &str = "How do I get a refund?";

fn write_article(folder: &Path, slug: &str, title: &str) {
    let article = folder.join("shop").join(slug);
    fs::create_dir_all(&article).unwrap();
    let about = format!("id = \"{slug}\"\ncategory = \"shop\"\n");
    fs::write(article.join("article.toml"), about).unwrap();
    let text = format!("+++\ntitle = \"{title}\"\nsummary = \"Within a week.\"\n+++\nMore.\n");
    fs::write(article.join("en.md"), text).unwrap();
}

fn base(folder: &Path) -> KnowledgeBase {
    write_article(folder, "parcel", PARCEL);
    write_article(folder, "refund", REFUND);
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
        readership: Readership::anybody(),
    };
    engine.ask(&asked).unwrap()
}

#[test]
fn vectors_are_kept_and_those_of_another_encoder_are_computed_anew() {
    let (folder, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let knowledge = base(folder.path());
    let open = |encoder: &Counting| {
        let snapshot =
            Snapshot::open_or_build(index.path(), knowledge.clone(), first().as_ref()).unwrap();
        snapshot.add_second_encoder(encoder, None).unwrap();
        snapshot
    };
    let (one, other) = (Counting::new("one"), Counting::new("other"));
    assert!(open(&one).encoder_identity().ends_with(" + one"));
    let texts = [PARCEL, REFUND, PARCEL_AS_A_WHOLE];
    assert_eq!(one.counts(texts), [1, 1, 1]);
    open(&one);
    assert_eq!(one.counts(texts), [1, 1, 1]);
    assert!(open(&other).encoder_identity().ends_with(" + other"));
    assert_eq!(other.counts([PARCEL, REFUND]), [1, 1]);
    open(&one);
    assert_eq!(one.counts([PARCEL, REFUND]), [1, 1]);
}

#[test]
fn it_orders_articles_only_in_doubt_and_reads_the_question_once() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = base(folder.path());
    for (sure_from, evidence) in [
        (Confidence(0.0), FIRST_EVIDENCE),
        (SecondOpinion::ALWAYS, evidence_names().len()),
    ] {
        let second = Counting::new("second");
        let engine = engine(knowledge.clone(), Arc::clone(&second), sure_from);
        let outcome = ask(&engine, "where is my parcel");
        assert_eq!(outcome.ranked[0].evidence.0.len(), evidence);
        // The passage that is shown is chosen by both.
        assert_eq!(second.counts(["where is my parcel"]), [1]);
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
    write_article(folder.path(), "gift", GIFT);
    let edited = load_folder(folder.path()).unwrap().into_served().unwrap();
    let snapshot = Snapshot::build(edited, first().as_ref()).unwrap();
    engine.replace_snapshot(snapshot).unwrap();
    assert_eq!(second.counts([GIFT, PARCEL, REFUND]), [1, 1, 1]);
    let outcome = ask(&engine, GIFT);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_many_ask_at_once_is_decided_once() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let knowledge = base(folder.path());
    let second = Counting::new("second");
    let engine = Arc::new(engine(
        knowledge,
        Arc::clone(&second),
        SecondOpinion::ALWAYS,
    ));
    let now = Timestamp::from_millis(1_790_000_000_000);
    let store = Store::open(data.path(), now).await.unwrap();
    let desk = Arc::new(Desk::new(
        Arc::clone(&engine),
        store,
        DeskSettings::default(),
    ));
    let ask_at_once = || {
        let asking = (0..16).map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move {
                let words = asked_words("where is my parcel").unwrap();
                let asked = desk.visitors.ask(words, AskContext::default(), now);
                asked.await.unwrap().id
            })
        });
        futures_util::future::join_all(asking)
    };
    let given: HashSet<_> = ask_at_once()
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    // Each is recorded by itself all the same.
    assert_eq!(given.len(), 16);
    assert_eq!(second.counts(["where is my parcel"]), [1]);

    write_article(folder.path(), "gift", GIFT);
    let edited = load_folder(folder.path()).unwrap().into_served().unwrap();
    let snapshot = Snapshot::build(edited, first().as_ref()).unwrap();
    engine.replace_snapshot(snapshot).unwrap();
    ask_at_once().await;
    assert_eq!(second.counts(["where is my parcel"]), [2]);
}

/// Answers of a shop's Korean help, which nobody wrote questions to, and what is asked of each.
const ANSWERS_ALONE: &str = include_str!("answers_alone/ko.jsonl");
/// Of 18: so many with half of a base's subject in the mean of questions, with all of it and with none.
const FOUND_FIRST: usize = 12;

#[derive(serde::Deserialize)]
struct AnswerAlone {
    id: String,
    answer: String,
    asked: Vec<String>,
}

#[test]
fn answers_are_found_that_nobody_wrote_questions_to() {
    let lines = ANSWERS_ALONE.lines().map(serde_json::from_str);
    let answers: Vec<AnswerAlone> = lines.collect::<Result<_, _>>().unwrap();
    let articles = answers.iter().map(|one| {
        let wording = Translation {
            body: one.answer.clone(),
            ..Translation::blank(Language::Korean)
        };
        Article {
            translations: BTreeMap::from([(Language::Korean, wording)]),
            ..Article::blank(ArticleId::new(&one.id))
        }
    });
    let revision = Revision("answers alone".to_owned());
    let knowledge = KnowledgeBase::of_articles(articles.collect(), revision);
    let folder = ModelFolder::built_in_second().unwrap();
    let second = folder.load(&EncoderSettings::default()).unwrap();
    let engine = engine_with(knowledge, second, SecondOpinion::ALWAYS);
    let asked = answers
        .iter()
        .flat_map(|one| one.asked.iter().map(move |text| (one, text)));
    let missed: Vec<&String> = asked
        .clone()
        .filter(|(one, text)| ask(&engine, text).ranked[0].article.as_str() != one.id)
        .map(|(_, text)| text)
        .collect();
    let found = asked.count() - missed.len();
    assert!(found >= FOUND_FIRST, "{found}, without {missed:?}");
}
