//! Times of the stages from question to decision, on the demo base and on synthetic bases of growing size.
//!
//! `cargo bench --bench pipeline` runs all; `cargo bench --bench pipeline -- demo` only the demo base.

#![expect(
    missing_docs,
    reason = "the macro of criterion makes a public function without documentation"
)]

#[path = "demo.rs"]
mod demo;
#[path = "synthetic.rs"]
mod synthetic;

use std::cell::LazyCell;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{
    BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use mondo::encoder::{Encoder, ModelFolder, StaticEncoder, TextRole};
use mondo::knowledge::{KnowledgeBase, Readership};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{
    Asked, Engine, Fusion, MAX_QUESTION_CHARS, Question, Retrieved, Routing, Snapshot, Thresholds,
};
use mondo::safety::{Words, scam};

/// Entries of the synthetic bases; without optimisation only the smallest, to see that the bench runs.
const SIZES: &[usize] = if cfg!(debug_assertions) {
    &[1_000]
} else {
    &[1_000, 10_000, 100_000]
};

/// An engine and what it is asked.
struct Subject {
    engine: Engine,
    questions: Vec<Question>,
}

fn stages(criterion: &mut Criterion) {
    let encoder = encoder();
    let demo = LazyCell::new(|| demo_subject(&encoder));
    let mut group = criterion.benchmark_group("demo");
    bench_text_stages(&mut group, &demo);
    bench_engine(&mut group, &demo);
    group.finish();
    for entries in SIZES.iter().copied() {
        let synthetic = LazyCell::new(|| synthetic_subject(entries, &encoder));
        let mut group = criterion.benchmark_group(format!("synthetic {entries}"));
        bench_engine(&mut group, &synthetic);
        group.finish();
    }
}

/// A subject is made when the first of its benches runs, so that a filter on the command line saves the making.
type Lazy<'a, F> = &'a LazyCell<Subject, F>;

fn bench_text_stages<F: FnOnce() -> Subject>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    subject: Lazy<'_, F>,
) {
    let priors = Priors::default();
    group.bench_function("detect", |bencher| {
        let mut next = in_turn(&subject.questions);
        let detector = subject.engine.detector();
        bencher.iter(|| black_box(detector.detect(next().as_str(), &priors)));
    });
    group.bench_function("hide secrets", |bencher| {
        let mut next = in_turn(&subject.questions);
        bencher.iter(|| black_box(Words::parse(next().as_str(), MAX_QUESTION_CHARS)));
    });
    group.bench_function("hear scams", |bencher| {
        let mut next = in_turn(&subject.questions);
        bencher.iter(|| black_box(scam::read(next().as_str())));
    });
    group.bench_function("encode", |bencher| {
        let mut next = in_turn(&subject.questions);
        let encoder = subject.engine.encoder();
        bencher.iter(|| black_box(encoder.encode_one(TextRole::Query, next().as_str())));
    });
}

fn bench_engine<F: FnOnce() -> Subject>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    subject: Lazy<'_, F>,
) {
    let priors = Priors::default();
    group.bench_function("retrieve", |bencher| {
        let mut next = in_turn(&subject.questions);
        bencher.iter(|| black_box(retrieved(&subject.engine, next())));
    });
    group.bench_function("rerank", |bencher| {
        let mut next = in_turn(&subject.questions);
        bencher.iter_batched(
            || retrieved(&subject.engine, next()),
            |retrieved| black_box(subject.engine.rerank(&retrieved)),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("whole", |bencher| {
        let mut next = in_turn(&subject.questions);
        bencher.iter(|| {
            black_box(subject.engine.ask(&Asked {
                question: next(),
                priors: &priors,
                forced: None,
                fallback: Language::English,
                today: synthetic::DAY,
                readership: Readership::anybody(),
            }))
        });
    });
}

fn retrieved(engine: &Engine, question: &Question) -> Retrieved {
    let text = question.as_str();
    let detected = engine.detect(text, &Priors::default(), None);
    engine
        .retrieve(text, detected, synthetic::DAY, Readership::anybody())
        .expect("the index is readable")
}

fn demo_subject(encoder: &Arc<dyn Encoder>) -> Subject {
    Subject {
        engine: engine_over(demo::base(), encoder),
        questions: demo::questions(),
    }
}

fn synthetic_subject(entries: usize, encoder: &Arc<dyn Encoder>) -> Subject {
    let base = synthetic::base(entries);
    Subject {
        questions: synthetic::questions(&base),
        engine: engine_over(base, encoder),
    }
}

/// Gives the questions over and over, so that no single one is measured from a warm cache.
fn in_turn<'a>(questions: &'a [Question]) -> impl FnMut() -> &'a Question {
    let mut turn = questions.iter().cycle();
    move || turn.next().expect("there are questions")
}

fn encoder() -> Arc<dyn Encoder> {
    let model = ModelFolder::built_in().expect("the built-in model is sound");
    Arc::new(StaticEncoder::load(model).expect("the built-in model is sound"))
}

fn engine_over(knowledge: KnowledgeBase, encoder: &Arc<dyn Encoder>) -> Engine {
    Engine::new(
        Detector::new(),
        Arc::clone(encoder),
        Fusion::built_in().expect("the built-in fusion is sound"),
        Snapshot::build(knowledge, encoder.as_ref()).expect("an index in memory"),
        Thresholds::default(),
        Routing::default(),
    )
}

criterion_group!(benches, stages);
criterion_main!(benches);
