//! How time and memory grow with the knowledge base: time to ready, memory, and the time of a question.
//!
//! `cargo bench --bench growth` prints one row a size, each measured in a process of its own.

#[path = "memory.rs"]
mod memory;
#[path = "synthetic.rs"]
mod synthetic;

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mondo::encoder::{Encoder, ModelFolder, StaticEncoder};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{Asked, Engine, Fusion, Question, Routing, Snapshot, Thresholds};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const ASKED: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(position) = arguments
        .iter()
        .position(|argument| argument == "--entries")
    {
        let entries = arguments[position + 1]
            .parse()
            .expect("a number of entries");
        return measure(entries);
    }
    let is_trial = arguments.iter().any(|argument| argument == "--test");
    let sizes = if is_trial { &SIZES[..1] } else { &SIZES[..] };
    println!(
        "{:>8} {:>14} {:>14} {:>12} {:>10} {:>10} {:>10}",
        "entries", "ready, built", "ready, opened", "memory", "median", "p99", "longest"
    );
    for entries in sizes {
        let program = std::env::current_exe().expect("this program");
        let status = Command::new(program)
            .args(["--entries", &entries.to_string()])
            .status();
        assert!(status.expect("this program runs").success());
    }
    if is_trial {
        println!("1 passed, 0 failed");
    }
}

fn measure(entries: usize) {
    let encoder: Arc<dyn Encoder> = {
        let model = ModelFolder::built_in().expect("the built-in model is sound");
        Arc::new(StaticEncoder::load(model).expect("the built-in model is sound"))
    };
    let base = synthetic::base(entries);
    let questions = synthetic::questions(&base);
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
    let mut times: Vec<Duration> = questions
        .iter()
        .cycle()
        .take(ASKED)
        .map(|question| ask(&engine, question))
        .collect();
    times.sort_unstable();
    println!(
        "{entries:>8} {:>12.2} s {:>12.2} s {:>8} MiB {:>7.2} ms {:>7.2} ms {:>7.2} ms",
        built.as_secs_f64(),
        opened.as_secs_f64(),
        memory::resident_mib("self"),
        milliseconds(times[ASKED / 2]),
        milliseconds(times[ASKED * 99 / 100]),
        milliseconds(times[ASKED - 1]),
    );
}

fn ask(engine: &Engine, question: &Question) -> Duration {
    let begun = Instant::now();
    let outcome = engine.ask(&Asked {
        question,
        priors: &Priors::default(),
        forced: None,
        fallback: Language::English,
        today: synthetic::DAY,
    });
    std::hint::black_box(outcome.expect("the index is readable"));
    begun.elapsed()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
