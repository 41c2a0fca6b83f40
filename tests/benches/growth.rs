//! How time and memory grow with the knowledge base: time to ready, memory, and the time of a question.
//!
//! `cargo bench --bench growth` prints one row a base, each measured in a process of its own: the demo base with both
//! encoders, as it is served, and with the first alone, then made-up ones of growing size with the first.

#[path = "demo.rs"]
mod demo;
#[path = "memory.rs"]
mod memory;
#[path = "synthetic.rs"]
mod synthetic;

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mondo::encoder::{Encoder, EncoderSettings, ModelFolder, StaticEncoder};
use mondo::knowledge::Readership;
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{
    Asked, Engine, Fusion, Question, Routing, SecondOpinion, Snapshot, Thresholds,
};

const DEMO: &str = "demo";
const DEMO_FAST: &str = "fast";
const BASES: [&str; 5] = [DEMO, DEMO_FAST, "1000", "10000", "100000"];
const ASKED: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(position) = arguments.iter().position(|argument| argument == "--base") {
        return measure(&arguments[position + 1]);
    }
    let is_trial = arguments.iter().any(|argument| argument == "--test");
    let bases = if is_trial { &BASES[..3] } else { &BASES[..] };
    println!(
        "{:>8} {:>14} {:>14} {:>12} {:>10} {:>10} {:>10}",
        "entries", "ready, built", "ready, opened", "memory", "median", "p99", "longest"
    );
    for base in bases {
        let program = std::env::current_exe().expect("this program");
        let status = Command::new(program).args(["--base", base]).status();
        assert!(status.expect("this program runs").success());
    }
    if is_trial {
        println!("1 passed, 0 failed");
    }
}

fn measure(name: &str) {
    let encoder: Arc<dyn Encoder> = {
        let model = ModelFolder::built_in().expect("the built-in model is sound");
        Arc::new(StaticEncoder::load(model).expect("the built-in model is sound"))
    };
    let (base, questions) = match name {
        DEMO | DEMO_FAST => (demo::base(), demo::questions()),
        entries => {
            let base = synthetic::base(entries.parse().expect("a number of entries"));
            let questions = synthetic::questions(&base);
            (base, questions)
        }
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let begun = Instant::now();
    drop(
        Snapshot::open_or_build(folder.path(), base.clone(), encoder.as_ref())
            .expect("an index is built"),
    );
    let built = begun.elapsed();
    let begun = Instant::now();
    let snapshot = Snapshot::open_or_build(folder.path(), base, encoder.as_ref())
        .expect("the index is opened");
    let opened = begun.elapsed();
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("the built-in fusion is sound"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    );
    let engine = match name {
        DEMO => with_second_opinion(engine),
        _ => engine,
    };
    let mut times: Vec<Duration> = questions
        .iter()
        .cycle()
        .take(ASKED)
        .map(|question| ask(&engine, question))
        .collect();
    times.sort_unstable();
    println!(
        "{name:>8} {:>12.2} s {:>12.2} s {:>8} MiB {:>7.2} ms {:>7.2} ms {:>7.2} ms",
        built.as_secs_f64(),
        opened.as_secs_f64(),
        memory::resident_mib("self"),
        milliseconds(times[ASKED / 2]),
        milliseconds(times[ASKED * 99 / 100]),
        milliseconds(times[ASKED - 1]),
    );
}

/// Adds the second encoder, as the mode `default` asks it.
fn with_second_opinion(engine: Engine) -> Engine {
    let folder = ModelFolder::built_in_second().expect("the built-in model is sound");
    let engine = engine.with_second_opinion(SecondOpinion {
        encoder: folder
            .load(&EncoderSettings::default())
            .expect("the built-in model is sound"),
        fusion: Fusion::built_in_for_both().expect("the built-in fusion is sound"),
        sure_from: SecondOpinion::SURE,
    });
    engine.prepare_second().expect("the base is read");
    engine
}

fn ask(engine: &Engine, question: &Question) -> Duration {
    let begun = Instant::now();
    let outcome = engine.ask(&Asked {
        question,
        priors: &Priors::default(),
        forced: None,
        fallback: Language::English,
        today: synthetic::DAY,
        readership: Readership::anybody(),
    });
    std::hint::black_box(outcome.expect("the index is readable"));
    begun.elapsed()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
